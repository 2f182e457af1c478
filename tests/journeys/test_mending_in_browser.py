"""改错：在网页上改两格；下载标好错的表格，在 WPS 里改完传回来。

剧本：
1. 报账员赵庆在手机上传了三季度的表，两格写错：9月31日、“一千二”。页面上红的两行，旁边就是格，他照着改。
2. 一格还是不对（写成了“壹仟二”）。页面说哪里不对，他写的还在，表里原来写的也在旁边。再改，就好了，存成草稿。
3. 王桂芳审核时点开这次上传，看得到哪两格在网页上改过、谁改的。赵庆传的原来的文件一个字没有变。
4. 另一张表错得多，他点“下载标好错的表格”，在 WPS 里只改红的格，传回来：认得是接着上次的，一次就好。
5. 浏览器不许用脚本，也一样能改。
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import main_text
from flask import Flask
from openpyxl import Workbook, load_workbook
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.ledgers.workbook_writer import RED
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEAD = ("日期", "凭证号", "摘要", "收入", "支出", "收款人")


@pytest.fixture
def village(server: "Server") -> "Server":
    """A served village without any account yet."""
    server.instance.mkdir(mode=0o700, parents=True)
    app: Flask = create_app(
        settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}", base_url=server.url)
    )
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        db.engine.dispose()
    server.start()
    return server


@pytest.fixture
def eyes() -> Eyes:
    """Looks at pages; keeps pictures where the environment names a folder."""
    folder = os.environ.get("VILLAGEHUB_TEST_PICTURES")
    return Eyes(Path(folder) if folder else None)


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for line in (("青石沟村2026年第三季度收支明细表",), ("单位：元",), HEAD, *rows):
        sheet.append(line)
    book.save(path)
    return path


def send(page: "Page", file: Path) -> None:
    page.goto("/desk/upload")
    page.get_by_label("公开什么").select_option(label="财务收支")
    page.get_by_label("哪一期").fill("2026Q3")
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


def test_cells_are_mended_on_the_page_and_in_the_marked_workbook(
    village: "Server", chromium: "Browser", eyes: Eyes, tmp_path: Path
) -> None:
    contexts: list[BrowserContext] = []

    def person(login: str, **more: Any) -> "Page":
        context = chromium.new_context(
            **{"viewport": {"width": 390, "height": 844}, "base_url": village.url, "reduced_motion": "reduce", **more}
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        return sign_in(context, login)

    # 1 two cells
    zhao = person(COUNTY.clerk)
    file = workbook(
        tmp_path / "三季度.xlsx",
        ("2026-07-05", "101", "鱼塘租金", 12000, None, "青石水产合作社"),
        ("2026年9月31日", "107", "村东水渠清淤人工费", None, 11600, "刘家湾施工队"),
        ("2026-09-12", "112", "购路灯配件", None, "一千二", "鑫源建材店"),
    )
    original = file.read_bytes()
    send(zhao, file)
    assert "有 2 处要改" in main_text(zhao)
    zhao.get_by_role("link", name="第 5 行「日期」：2026年9月31日 没有这一天").click()
    eyes.look(zhao, "mend-two-cells")
    zhao.get_by_label("第 5 行「日期」改成").fill("2026-9-30")
    zhao.get_by_label("第 6 行「支出」改成").fill("壹仟二")
    zhao.get_by_role("button", name="改好了，再核对").click()

    # 2 one is still wrong
    assert "有 1 处要改" in main_text(zhao)
    assert "“壹仟二”不是数字" in main_text(zhao)
    assert zhao.get_by_label("第 6 行「支出」改成").input_value() == "壹仟二"
    assert "一千二" in main_text(zhao)
    eyes.look(zhao, "mend-still-wrong")
    zhao.get_by_label("第 6 行「支出」改成").fill("1200")
    zhao.get_by_role("button", name="改好了，再核对").click()
    assert "3 行都没问题，可以存成草稿" in main_text(zhao)
    eyes.look(zhao, "mend-done")
    address = zhao.url.partition("?")[0]
    zhao.get_by_role("button", name="存成草稿").click()
    assert "已存成草稿，存完读回来数过，一共 3 行" in main_text(zhao)

    # 3 the reviewer sees it; the file is what it was
    wang = person(COUNTY.member)
    zhao.get_by_role("link", name="去看草稿、送审").click()
    draft = zhao.url.rpartition("/")[2]
    zhao.get_by_role("button", name="送村务监督委员会审核").click()
    wang.goto(f"/review/{draft}")
    wang.get_by_role("link", name="上传记录：原来的文件、确认过的地方、改过的格和行").click()
    assert wang.url == f"{address}/record"
    assert "在网页上改过的 2 格" in main_text(wang)
    assert "第 6 行「支出」：一千二 → 1200" in main_text(wang).replace("\n", "")
    eyes.look(wang, "mend-reviewer")
    assert zhao.request.get(f"{address}/original").body() == original

    # 4 the marked workbook
    worse = workbook(
        tmp_path / "三季度再.xlsx",
        ("2026-07-05", "101", "鱼塘租金", 12000, 5, "青石水产合作社"),
        ("2026-06-31", "107", "村东水渠清淤人工费", None, "11,60.0", "刘家湾施工队"),
        ("2026-09-12", "112", None, None, 840, "鑫源建材店"),
    )
    send(zhao, worse)
    assert "有 4 处要改" in main_text(zhao)
    with zhao.expect_download() as coming:
        zhao.get_by_role("link", name="下载标好错的表格（xlsx），改完重传").click()
    assert coming.value.suggested_filename == "三季度再（标好错）.xlsx"
    marked = tmp_path / "三季度再（标好错）.xlsx"
    coming.value.save_as(marked)
    book = load_workbook(marked)
    right = {"D4": 12000, "E4": None, "A5": "2026-07-12", "E5": 11600, "C6": "购路灯配件"}
    sheet = book.worksheets[0]
    red = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}
    assert red == set(right)
    for place, value in right.items():
        sheet[place].value = value
    book.save(marked)
    send(zhao, marked)
    assert "这是“三季度再.xlsx”改好以后传回来的" in main_text(zhao)
    assert "3 行都没问题" in main_text(zhao)
    eyes.look(zhao, "mend-workbook-back")

    # 5 without any script, on a wide screen, dark too
    plain = person(COUNTY.clerk, java_script_enabled=False, viewport={"width": 1280, "height": 800})
    send(plain, workbook(tmp_path / "四.xlsx", ("2026-07-05", "101", "鱼塘租金", 12000, 80, "青石水产合作社")))
    if folder := os.environ.get("VILLAGEHUB_TEST_PICTURES"):
        plain.screenshot(path=Path(folder) / "mend-1280.png", full_page=True)
    plain.get_by_label("第 4 行「支出」改成").fill("")
    plain.get_by_role("button", name="改好了，再核对").click()
    assert "1 行都没问题" in main_text(plain)
    dark = chromium.new_context(base_url=village.url, viewport={"width": 390, "height": 844})
    dark.add_cookies([{"name": "theme", "value": "dark", "url": village.url}])
    contexts.append(dark)
    page = sign_in(dark, COUNTY.clerk)
    send(page, workbook(tmp_path / "五.xlsx", ("2026-07-35", "101", "鱼塘租金", 12000, 80, "青石水产合作社")))
    eyes.look(page, "mend-dark")
    for context in contexts:
        context.close()
    assert eyes.wrong == []
