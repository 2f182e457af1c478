"""一个季度，从上传到公开榜：两个人在手机上签，一个人在纸上签。

剧本：
1. 报账员赵庆在村部电脑上，把三季度的收支表传上来，核对没有错，存成草稿，送审。账里有一行是付给王桂芳的。第三组的“无此类事项”
   已经送审。两件都应于10月15日公开。
2. 王桂芳在手机上打开“等您签字”：两件一起。她看收支，页面问那一行是不是她本人；她回避这一行，看完，点“我看过了”。
   第三组那件点“我看过：确实没有”。然后输一次密码，两件一起签。页面说还差 1 人。
3. 李成看出清淤的金额不对，退回，写明原因。赵庆看到原因，改好这一行，再送审；先前的签字和“看过”都作废。
4. 王桂芳、李成各自再看、再签。王桂芳回避的那一行还差 1 人。
5. 孙立不用手机。赵庆打印审核表，孙立在上面签了字。赵庆拍照录入。页面写明“纸上签字，由赵庆录入”。
6. 村委会主任周强在手机上看到“等您公开”，点开，输密码，公开。村民的页面上写着谁怎样签的。
7. 赵庆打印公开榜。榜上有改过的金额、合计、防改码和谁怎样签的。村民用手机一扫榜上的码，打开的就是
   这个季度的收支，防改码和榜上一样。
"""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
import road
from browsing import main_text
from flask import Flask
from openpyxl import Workbook
from PIL import Image
from test_pages_in_browser import SIDEWAYS, SMALL, measured, sign_in, violations
from test_the_whole_road import codes_in
from world import COUNTY, PASSWORD, settings_for, settle_county

from villagehub.app import create_app
from villagehub.disclosures import office
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PACKAGE = f"/review/p/{COUNTY.village}/committee/2026-10-15"
FINANCE = "2026年第三季度财务收支"
PUBLIC = f"/v/{COUNTY.village}/finance/2026Q3"
LEDGER = (
    ("青石沟村2026年第三季度收支明细表",),
    ("单位：元",),
    ("日期", "凭证号", "摘要", "收入", "支出", "余额", "类别", "收付款人"),
    (None, None, "上季结余", None, None, 5000, None, None),
    ("2026-07-05", "101", "鱼塘租金", 12000, None, 17000, "发包和出租", "孙长林"),
    ("2026-07-12", "107", "村东水渠清淤人工费", None, 11600, 5400, "修渠、路灯等公益", "李大山"),
    ("2026-08-02", "109", "修路灯人工费", None, 500, 4900, "修渠、路灯等公益", "王桂芳"),
    ("2026-09-12", "112", "购路灯配件", None, 840, 4060, "修渠、路灯等公益", "鑫源建材店"),
    (None, None, "合计", 12000, 12940, None, None, None),
)
"""Invented. The invoice of 清淤 says 11,500."""


@pytest.fixture
def village(server: "Server") -> tuple["Server", Flask]:
    """A served village; of its third quarter only the group's nil return has been handed in."""
    server.instance.mkdir(mode=0o700, parents=True)
    database = f"sqlite:///{server.instance / 'villagehub.db'}"
    app = create_app(settings_for(server.instance, database, base_url=server.url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        me, group = road.hand(COUNTY.clerk), road.account(entity="group", group_no="3")
        with unit_of_work() as session:
            nil = office.start_nil(session, group, me).id
        road.submit(nil)
        db.engine.dispose()
    server.start()
    return server, app


class Eyes:
    """Looks at every page that is met: axe, thumbs, sideways; keeps a picture of it where asked."""

    def __init__(self, folder: Path | None) -> None:
        self.wrong: list[str] = []
        self._folder = folder

    def look(self, page: "Page", name: str) -> None:
        """Reads the page at 390 px and at 320 px."""
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            self.wrong += [f"{name} {width}: {one}" for one in violations(page)]
            self.wrong += [f"{name} {width}: small {one}" for one in measured(page, SMALL)]
            if measured(page, SIDEWAYS) > 0:
                self.wrong.append(f"{name} {width}: sideways")
            if self._folder:
                page.screenshot(path=self._folder / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})

    def keep(self, picture: "Image.Image", name: str) -> None:
        """Keeps a picture that came another way, such as a printed page."""
        if self._folder:
            picture.save(self._folder / f"{name}.png")


@pytest.fixture
def eyes(pytestconfig: pytest.Config) -> Eyes:
    """Pictures go where VILLAGEHUB_TEST_PICTURES says, if it says anything."""
    named = os.environ.get("VILLAGEHUB_TEST_PICTURES", "")
    return Eyes(Path(named) if named else None)


def read_and_tick(page: "Page") -> None:
    page.get_by_role("link", name=f"去看：{FINANCE}").click()
    page.get_by_role("button", name="我看过了").click()
    page.wait_for_url("**/review/p/**")


def sign_here(page: "Page") -> None:
    page.get_by_label("您登录用的密码").fill(PASSWORD)
    page.get_by_role("button", name="签字（").click()
    page.get_by_text("签好了").wait_for()


def upload(page: "Page", folder: Path) -> None:
    """The clerk's file becomes a draft and is handed in."""
    book, file = Workbook(), folder / "三季度收支.xlsx"
    assert book.active is not None
    for line in LEDGER:
        book.active.append(line)
    book.save(file)
    page.goto("/desk/upload")
    page.get_by_label("公开什么").select_option(label="财务收支")
    page.get_by_label("哪一期").fill("2026Q3")
    page.get_by_label("谁的账").select_option(label="村民委员会")
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_text("4 行都没问题").wait_for()
    page.get_by_role("button", name="存成草稿").click()
    page.get_by_role("link", name="去看草稿、送审").click()
    page.get_by_role("button", name="送村务监督委员会审核").click()
    page.get_by_text("等人看过签字").first.wait_for()


def printed(page: "Page", which: str, folder: Path) -> tuple[list[str], str]:
    """Prints the sheet from the page that is open: the codes a camera reads on it, and its words without gaps."""
    with page.expect_download() as coming:
        page.get_by_role("button", name=f"打印{which}（PDF）").click()
    assert which in coming.value.suggested_filename
    file = folder / f"{which}.pdf"
    coming.value.save_as(file)
    document = pypdfium2.PdfDocument(file)
    words = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    return codes_in(file), "".join(words.split())


def test_from_upload_to_the_board_two_sign_on_phones_and_one_on_paper(
    chromium: "Browser", village: tuple["Server", Flask], eyes: Eyes, tmp_path: Path
) -> None:
    server, _ = village

    def phone(login: str, **more: Any) -> tuple["BrowserContext", "Page"]:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, base_url=server.url, java_script_enabled=True, **more
        )
        context.set_default_timeout(60_000)
        return context, sign_in(context, login)

    desk = sign_in(chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=server.url), COUNTY.clerk)
    upload(desk, tmp_path)
    version = desk.url.partition("?")[0]

    _, wang = phone(COUNTY.member)
    wang.goto("/review")
    eyes.look(wang, "review-list")
    wang.get_by_role("link", name="2 件").click()
    assert "有 1 行里的人和您同名" in main_text(wang)
    eyes.look(wang, "package-unread")
    wang.get_by_role("link", name=f"去看：{FINANCE}").click()
    assert "和您同名" in main_text(wang)
    eyes.look(wang, "reading")
    wang.locator("details[open] input[name=reason]").fill("收款人就是我")
    wang.locator("details[open] button").click()
    wang.get_by_text("王桂芳 回避这一行").wait_for()
    wang.get_by_role("button", name="我看过了").click()
    wang.get_by_role("button", name="我看过：三组").click()
    eyes.look(wang, "package-read")
    sign_here(wang)
    assert "李成、孙立 还没签，差 1 人" in main_text(wang)
    eyes.look(wang, "package-signed")

    _, li = phone(COUNTY.second_member)
    li.goto(PACKAGE)
    li.get_by_role("link", name=f"去看：{FINANCE}").click()
    li.get_by_text("退回给报账员").click()
    li.get_by_label("退回的原因").fill("清淤人工费和发票对不上，发票是 11500 元")
    li.get_by_role("button", name="退回", exact=True).click()
    li.get_by_text("已退回给报账员").wait_for()

    _, zhao = phone(COUNTY.clerk)
    zhao.goto("/desk")
    assert "退回的原因：清淤人工费和发票对不上" in main_text(zhao)
    zhao.get_by_role("link", name=FINANCE).first.click()
    zhao.locator("tr").filter(has_text="村东水渠清淤人工费").get_by_role("link", name="改编号").click()
    zhao.get_by_label("金额").fill("11500")
    zhao.get_by_role("button", name="保存这一行").click()
    zhao.get_by_role("button", name="送村务监督委员会审核").click()
    zhao.get_by_text("等人看过签字").first.wait_for()

    wang.goto("/review")
    wang.get_by_role("link", name="1 件").click()
    assert "还有 1 件没看完" in main_text(wang)
    read_and_tick(wang)
    sign_here(wang)
    li.goto(PACKAGE)
    read_and_tick(li)
    li.get_by_role("button", name="我看过：三组").click()
    sign_here(li)
    # Two have signed, but one of them stands aside from a row.
    assert "孙立 还没签，差 1 人" in main_text(li)

    desk.goto(version)
    codes, words = printed(desk, "审核表", tmp_path)
    assert "审核用，不要张贴" in words
    assert "孙立" in words
    assert "11,500.00" in words
    (code,) = codes

    photo = tmp_path / "IMG_0001.jpg"
    Image.new("RGB", (3000, 4000), "white").save(photo)
    zhao.goto(PACKAGE)
    zhao.get_by_role("link", name="录入纸上签字").click()
    eyes.look(zhao, "paper")
    zhao.get_by_label("拍一张").set_input_files(photo)
    zhao.get_by_role("group", name="孙立").get_by_text("签了同意").click()
    zhao.get_by_label("您登录用的密码").fill("wrong")
    zhao.get_by_role("button", name="录入").click()
    zhao.get_by_text("照片这次没有留下，请再选一次").wait_for()
    eyes.look(zhao, "paper-refused")
    zhao.get_by_label("拍一张").set_input_files(photo)
    zhao.get_by_label("您登录用的密码").fill(PASSWORD)
    zhao.get_by_role("button", name="录入").click()
    zhao.get_by_text("纸上的签字已录入").wait_for()
    assert "同意，纸上签字，由赵庆录入" in main_text(zhao)
    eyes.look(zhao, "package-paper")

    _, zhou = phone(COUNTY.head)
    zhou.goto("/desk")
    assert "等您公开" in main_text(zhou)
    eyes.look(zhou, "head-desk")
    zhou.get_by_role("link", name=re.compile(f"^{FINANCE}")).first.click()
    eyes.look(zhou, "publish")
    zhou.get_by_label("您登录用的密码").fill(PASSWORD)
    zhou.get_by_role("button", name="公开", exact=True).click()
    zhou.get_by_role("link", name="村民看到的页面").wait_for()
    zhou.get_by_role("link", name="第 1 号公开的记录").click()
    assert "孙立（村务监督委员会主任）：同意（纸上签字，由赵庆录入）" in main_text(zhou)

    desk.goto(version)
    board, words = printed(desk, "公开榜", tmp_path)
    assert [one for one in board if "/y#" not in one] == [code], "beside it only the square for checking"
    assert "合计12,000.0012,840.00" in words
    assert "期末结余4,160.00元" in words
    for line in ("王桂芳：同意（网上签字", "李成：同意（网上签字", "孙立：同意（纸上签字"):
        assert line in words, line
    villager = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    villager.goto(board[0])
    assert villager.url == server.url + PUBLIC
    assert "4,160.00" in villager.locator("table.sum").inner_text()
    seal = villager.locator(".seal .num").inner_text()
    assert len("".join(seal.split())) >= 16
    assert "".join(seal.split()) in words
    eyes.look(villager, "what-the-code-leads-to")
    assert eyes.wrong == []
