"""走完全程：从报账员的表格，到村民的手机。真的浏览器，真的服务，真的点击。

剧本：
1. 报账员赵庆在村部电脑上登录，传这个季度的收支表：上面有标题、“单位：元”、两层表头，下面有合计和制表人。有两格写错了。
2. 页面照他 Excel 里的行号、列号指出这两格；一行也没有存。他改好再传，存成草稿，送审。
3. 赵庆自己想签字，签不了，页面说明为什么、该由谁签。
4. 村务监督委员会王桂芳、李成各用自己的手机，逐行看过，签字同意。王桂芳签完，页面说还差 1 人。
5. 村委会主任周强点“公开”。
6. 公开栏海报上的码，从 PDF 印出来的图里认出来。村民的手机一扫，看到的收入、支出、结余和表格里的一样。
7. 水渠清淤的发票金额抄错了。赵庆写明原因，开更正草稿，改这一行，送审；王桂芳、李成看过改前改后，签字；周强公开。
8. 村民的手机上，改前、改后、为什么改、谁同意的，都写着；旧的一版照样能打开。
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import main_text
from openpyxl import Workbook

from villagehub.kernel import clock
from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence, Period

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VILLAGE = "990101100201"
PLACES = f"code,name\n990101,青禾县\n990101100,柳河镇\n{VILLAGE},青石沟村村民委员会\n"
PASSWORD = "四个 不相干 的 词 43"
PEOPLE = (
    ("zhaoqing", "赵庆", "clerk"),
    ("wangguifang", "王桂芳", "committee_member"),
    ("licheng", "李成", "committee_member"),
    ("zhouqiang", "周强", "village_head"),
)
QUARTER = Period.of(Cadence.QUARTER, clock.today()).previous()
"""The last complete quarter."""
OPENING = 31_280_040
ENTRIES = (
    (3, "101", "鱼塘租金", 1_260_000, 0, "发包和出租", "孙长林"),
    (9, "104", "上级拨付运转经费", 7_200_000, 0, "上级补助", "柳河镇财政所"),
    (12, "107", "村东水渠清淤人工费", 0, 1_260_000, "修渠、路灯等公益", "李大山"),
    (40, "109", "村部电费", 0, 63_850, "办公水电", "青禾县供电公司"),
    (55, "112", "购路灯配件", 0, 84_000, "修渠、路灯等公益", "鑫源建材店"),
    (71, "115", "存款利息", 4_287, 0, "存款利息", "柳河农商银行"),
    (80, "118", "困难户慰问", 0, 300_000, "困难慰问", "领款名册 10 人"),
)
"""Day of the quarter, voucher, what, income and expense in fen, category, payee. Invented."""
INCOME = sum(one[3] for one in ENTRIES)
EXPENSE = sum(one[4] for one in ENTRIES)
RIGHT_FEN = 1_160_000
REASON = "发票金额抄错，有村民提问后查对"
AGREED = "王桂芳、李成（村务监督委员会）"


def ledger(file: Path, *, wrong: bool) -> Path:
    """The clerk's workbook as he keeps it; with ``wrong`` a day that does not exist and an amount in words."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([f"青石沟村{QUARTER.label}财务收支明细表"])
    sheet.append(["单位：元"])
    sheet.append(["日期", "凭证号", "摘要", "发生额", None, "余额", "类别", "收付款人"])
    sheet.append([None, None, None, "收入", "支出", None, None, None])
    for area in ("A1:H1", "A2:H2", "D3:E3", "A3:A4", "B3:B4", "C3:C4", "F3:F4", "G3:G4", "H3:H4"):
        sheet.merge_cells(area)
    sheet.append([None, None, "上季结余", None, None, OPENING / 100, None, None])
    balance = OPENING
    for days, voucher, what, income, expense, category, payee in ENTRIES:
        balance += income - expense
        day = (QUARTER.first + timedelta(days=days)).strftime("%Y-%m-%d")
        money = [income / 100 or None, expense / 100 or None, balance / 100]
        sheet.append([day, voucher, what, *money, category, payee])
    sheet.append([None, None, "合计", INCOME / 100, EXPENSE / 100, None, None, None])
    sheet.append(["制表人：赵庆", None, None, "审核：", None, None, None, None])
    if wrong:
        sheet["A8"] = f"{QUARTER.first.year}年2月30日"
        sheet["E10"] = "八百四"
    book.save(file)
    return file


def settle(server: "Server", folder: Path) -> None:
    """An installation with its places and people, made by commands, and served."""
    server.run("init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    places = folder / "places.csv"
    places.write_text(PLACES, encoding="utf-8")
    server.run("places", "import", str(places))
    for login, name, role in PEOPLE:
        words = ("accounts", "add", login, "--name", name, "--role", role, "--place", VILLAGE, "--password-stdin")
        server.run(*words, text=f"{PASSWORD}\n")
    server.start()


@contextmanager
def someone(
    chromium: "Browser", server: "Server", login: str = "", *, phone: bool = True, **more: Any
) -> Iterator["Page"]:
    """A browser of this person's own, signed in by the real page; without a login a villager's."""
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
    context = chromium.new_context(viewport=size, base_url=server.url, locale="zh-CN", **more)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    if login:
        page.goto("/desk")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/desk")
    try:
        yield page
    finally:
        context.close()


def upload(page: "Page", file: Path) -> None:
    page.get_by_role("link", name="上传账表").click()
    page.get_by_label("公开什么").select_option(label="财务收支")
    page.get_by_label("哪一期").fill(str(QUARTER))
    page.get_by_label("谁的账").select_option(label="村民委员会")
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("heading", name="核对结果").wait_for()


def sign(chromium: "Browser", server: "Server", login: str, *, must_see: str, then: str) -> None:
    """A member of the committee reads on the phone and signs."""
    with someone(chromium, server, login) as page:
        page.goto("/review")
        page.get_by_role("link", name=f"{QUARTER.label}财务收支").click()
        page.wait_for_load_state()
        assert page.get_by_role("button", name="签字").count() == 0
        page.get_by_role("link", name=f"去看：{QUARTER.label}财务收支").click()
        assert must_see in main_text(page)
        page.get_by_role("button", name="我看过了").click()
        page.get_by_label("您登录用的密码").fill(PASSWORD)
        page.get_by_role("button", name="签字").click()
        page.get_by_text(then).first.wait_for()


def publish(chromium: "Browser", server: "Server") -> None:
    """The village head publishes from the list of what waits for him."""
    with someone(chromium, server, "zhouqiang") as page:
        page.get_by_role("link", name=f"{QUARTER.label}财务收支").first.click()
        page.get_by_label("您登录用的密码").fill(PASSWORD)
        page.get_by_role("button", name="公开", exact=True).click()
        page.get_by_role("link", name="村民看到的页面").wait_for()


def codes_in(pdf: Path) -> list[str]:
    """What a phone reads from the printed sheet: every code in the raster of every page, at 200 dots an inch."""
    import pypdfium2
    import zxingcpp

    found = []
    document = pypdfium2.PdfDocument(pdf)
    for sheet in document:
        found += [one.text for one in zxingcpp.read_barcodes(sheet.render(scale=200 / 72).to_pil())]
    document.close()
    return found


def test_from_a_clerks_spreadsheet_to_a_villagers_phone(chromium: "Browser", server: "Server", tmp_path: Path) -> None:
    settle(server, tmp_path)

    with someone(chromium, server, "zhaoqing", phone=False) as clerk:
        upload(clerk, ledger(tmp_path / "三季度收支.xlsx", wrong=True))
        assert clerk.title().startswith("有 2 处错误")
        told = main_text(clerk)
        assert "第 8 行「日期」" in told
        assert "第 10 行「发生额 支出」" in told
        faults = clerk.locator("table.grid tbody tr").all_inner_texts()
        assert len(faults) == 2
        assert re.match(r"8\s+A 列.*2月30日", faults[0], re.DOTALL)
        assert re.match(r"10\s+E 列.*八百四", faults[1], re.DOTALL)
        assert clerk.get_by_role("button", name="存成草稿").is_disabled()
        clerk.get_by_role("link", name="第 10 行「发生额 支出」").click()
        assert re.search(r"#p\d+$", clerk.url)
        clerk.goto("/desk")
        assert "草稿" not in main_text(clerk)

        upload(clerk, ledger(tmp_path / "三季度收支（改好）.xlsx", wrong=False))
        assert f"{len(ENTRIES)} 行都没问题" in main_text(clerk)
        clerk.get_by_role("button", name="存成草稿").click()
        clerk.get_by_role("link", name="去看草稿、送审").click()
        clerk.get_by_role("button", name="送村务监督委员会审核").click()

        version = clerk.url.rstrip("/").rpartition("/")[2].partition("?")[0]
        for address in (clerk.url, f"/review/{version}"):
            clerk.goto(address)
            assert clerk.get_by_role("button", name="签字").count() == 0
            assert "现在轮到村务监督委员会签字，还差 2 人" in main_text(clerk)
            assert "由您本人登记，您不能再审核它" in main_text(clerk)

    sign(chromium, server, "wangguifang", must_see="村东水渠清淤人工费", then="李成 还没签，差 1 人")
    sign(chromium, server, "licheng", must_see="村东水渠清淤人工费", then="签字齐了，等公开")
    publish(chromium, server)

    poster = tmp_path / "海报.pdf"
    server.run("poster", "--village", VILLAGE, "--section", "finance", "-o", str(poster))
    codes = codes_in(poster)
    assert codes
    assert all(one.lower().startswith(f"{server.url}/c/") for one in codes)

    with someone(chromium, server, java_script_enabled=False) as phone:
        phone.goto(codes[0])
        if QUARTER.label not in (phone.locator("h1").text_content() or ""):
            phone.get_by_role("link", name=QUARTER.label).first.click()
        total = phone.locator("table.sum").inner_text()
        for fen in (OPENING, INCOME, EXPENSE, OPENING + INCOME - EXPENSE):
            assert yuan(fen) in total
        assert "更正" not in main_text(phone)
        assert AGREED in phone.locator(".seal").inner_text()
        assert phone.locator("li.ent").count() == len(ENTRIES)
        assert "孙长林" not in phone.content()
        assert "李大山" not in phone.content()
        first_seal = phone.locator(".seal .num").inner_text()

        correct(chromium, server)

        phone.reload()
        total = phone.locator("table.sum").inner_text()
        gone = 1_260_000 - RIGHT_FEN
        for fen in (OPENING, INCOME, EXPENSE - gone, OPENING + INCOME - EXPENSE + gone):
            assert yuan(fen) in total
        card = phone.locator("li.ent").filter(has_text="村东水渠清淤人工费")
        assert card.locator("del").inner_text() == "12,600.00 元"
        assert card.locator("ins").inner_text() == "11,600.00 元"
        for words in (REASON, AGREED):
            assert words in card.inner_text()
        assert phone.locator("del").count() == 1
        assert phone.locator(".seal .num").inner_text() != first_seal

        phone.get_by_role("link", name="更正过 1 次，看改了什么").click()
        side_by_side = main_text(phone)
        for words in (REASON, AGREED, "12,600.00 元 → 11,600.00 元", f"{yuan(EXPENSE)} → {yuan(EXPENSE - gone)}"):
            assert words in side_by_side
        phone.get_by_role("link", name="看第 1 号").click()
        assert "这是旧的一版，已由第 2 号更正" in main_text(phone)
        assert first_seal in main_text(phone)
        assert "-12,600.00" in main_text(phone)


def correct(chromium: "Browser", server: "Server") -> None:
    """One amount was copied wrongly: the correction goes the same road."""
    with someone(chromium, server, "zhaoqing", phone=False) as clerk:
        clerk.get_by_role("link", name=f"{QUARTER.label}财务收支").click()
        clerk.get_by_text("更正第 1 号公开").click()
        clerk.get_by_label("原因").fill(REASON)
        clerk.get_by_role("button", name="开更正草稿").click()
        clerk.locator("tr").filter(has_text="村东水渠清淤人工费").get_by_role("link", name="改编号").click()
        clerk.get_by_label("金额").fill("11,600.00")
        clerk.get_by_role("button", name="保存这一行").click()
        clerk.get_by_role("button", name="送村务监督委员会审核").click()
        clerk.get_by_text("等人看过签字").first.wait_for()
    for login in ("wangguifang", "licheng"):
        sign(chromium, server, login, must_see="改前和改后", then="签好了")
    publish(chromium, server)
