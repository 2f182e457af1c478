"""代理会计的一天：三个村的账，一个人办。

剧本：
1. 钱芳是三个村的报账员。她在手机上打开“要办的事”，三个村该公开的都在一张表里，只有这三个村。
2. 她挑青石沟村，上传三季度的收支表，存成草稿。再挑柳树坪村，从 Excel 里复制一块表格，粘贴，存成草稿。
3. 石桥村只有两笔，她在网页上一行一行填。日期写错一处，页面写明是哪一格；改好，存成草稿。
4. 每个村的草稿只在自己的村里。她打开别的村，没有这一页。

剧本：报“无此类事项”。
1. 赵庆的村三季度没有收支。他在“该公开还没开始”里点一下“这一期没有”，页面说还要送审。
2. 他送审；王桂芳、李成各点一下“我看过：确实没有”，签字；周强公开。村民的页面写着这个季度没有收支。
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import main_text
from flask import Flask
from test_pages_in_browser import SIDEWAYS, SMALL, measured, sign_in, violations
from world import COUNTY, NOW, PASSWORD, settings_for, settle_county

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.app import create_app
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THREE = (COUNTY.village, COUNTY.other_village, COUNTY.far_village)
TABLE = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n2026-09-12,购路灯配件,,840\n"


@pytest.fixture
def served(server: "Server") -> "Server":
    """A served county with a bookkeeper (钱芳) who is the clerk of three villages."""
    server.instance.mkdir(mode=0o700, parents=True)
    database = f"sqlite:///{server.instance / 'villagehub.db'}"
    app: Flask = create_app(settings_for(server.instance, database, base_url=server.url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
            person = add_person(session, "books", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
            for code in THREE:
                place = place_with_code(session, code)
                appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
        db.engine.dispose()
    server.start()
    return server


class Eyes:
    """Reads every page that is met by axe, by thumb and sideways, at 390 and 320 px; keeps pictures where asked."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        named = os.environ.get("VILLAGEHUB_TEST_PICTURES", "")
        self._folder = Path(named) if named else None

    def look(self, page: "Page", name: str, widths: tuple[int, ...] = (390, 320)) -> None:
        for width in widths:
            page.set_viewport_size({"width": width, "height": 844})
            self.wrong += [f"{name} {width}: {one}" for one in violations(page)]
            self.wrong += [f"{name} {width}: small {one}" for one in measured(page, SMALL)]
            if measured(page, SIDEWAYS) > 0:
                self.wrong.append(f"{name} {width}: sideways")
            if self._folder:
                page.screenshot(path=self._folder / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})


def phone(chromium: "Browser", server: "Server", login: str) -> tuple["BrowserContext", "Page"]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=server.url, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    return context, sign_in(context, login)


def choose(page: "Page", village: str) -> None:
    page.goto("/desk")
    page.get_by_label("看哪个村").select_option(village)
    with page.expect_navigation():
        page.get_by_role("button", name="看这个村").click()


def start(page: "Page", village: str) -> None:
    """From the desk of this village to the form for its quarter."""
    choose(page, village)
    page.get_by_role("link", name="2026年第三季度财务收支").click()


def accept(page: "Page") -> str:
    page.get_by_role("button", name="存成草稿").click()
    page.get_by_role("link", name="去看草稿、送审").click()
    return page.url


def test_a_bookkeeper_keeps_the_books_of_three_villages(chromium: "Browser", served: "Server", tmp_path: Path) -> None:
    eyes = Eyes()
    context, books = phone(chromium, served, "books")
    books.goto("/desk")
    eyes.look(books, "desk-three")
    everything = main_text(books)
    for name in ("青石沟村", "柳树坪村", "石桥村"):
        assert f"{name} · 应于" in everything
    assert books.get_by_label("看哪个村").locator("option").count() == 4

    table = tmp_path / "三季度.csv"
    table.write_text(TABLE, encoding="utf-8")
    start(books, THREE[0])
    books.get_by_text("没有文件，从表格里复制了一块？").click()
    eyes.look(books, "upload")
    assert books.get_by_label("哪个村").input_value() == THREE[0]
    books.locator("#file").set_input_files(table)
    books.get_by_role("button", name="上传并核对").click()
    assert "2 行都没问题" in main_text(books)
    drafts = [accept(books)]

    start(books, THREE[1])
    books.get_by_text("没有文件，从表格里复制了一块？").click()
    books.get_by_label("粘贴的表格").fill(TABLE.replace(",", "\t").replace("09-12", "09-31"))
    books.get_by_role("button", name="上传并核对").click()
    assert "第 3 行「日期」" in main_text(books)
    eyes.look(books, "pasted-wrong")
    books.get_by_role("link", name="改好了，重新粘贴").click()
    held = books.get_by_label("粘贴的表格")
    held.fill(held.input_value().replace("09-31", "09-30"))
    books.get_by_role("button", name="上传并核对").click()
    drafts.append(accept(books))

    start(books, THREE[2])
    books.get_by_role("button", name="不用文件，在网页上一行一行填").click()
    eyes.look(books, "fill-empty")
    for number, (day, what, field, amount) in enumerate(
        (("2026-07-08", "卖旧木料", "in", "300"), ("2026-09-31", "修路灯", "out", "120.50")), start=2
    ):
        books.locator(f"#r{number}-occurred_on").fill(day)
        books.locator(f"#r{number}-summary").fill(what)
        books.locator(f"#r{number}-{field}").fill(amount)
    books.get_by_role("button", name="再加几行").click()
    books.wait_for_load_state()
    assert books.locator("fieldset").count() == 6
    books.get_by_role("button", name="核对").last.click()
    assert "没有这一天" in main_text(books)
    eyes.look(books, "fill-wrong")
    books.locator(".err a").first.click()
    books.locator("#r3-occurred_on").fill("2026-09-30")
    books.get_by_role("button", name="核对").last.click()
    assert "2 行都没问题" in main_text(books)
    eyes.look(books, "typed-checked")
    drafts.append(accept(books))
    eyes.look(books, "typed-draft")

    for village, mine in zip(THREE, drafts, strict=True):
        choose(books, village)
        links = [one.get_attribute("href") for one in books.locator('main a[href^="/desk/d/"]').all()]
        assert links == [mine.removeprefix(served.url).partition("?")[0]]
    context.close()

    context, other = phone(chromium, served, COUNTY.clerk)
    answer = other.goto(drafts[2])
    assert answer is not None
    assert answer.status == 404
    context.close()
    assert eyes.wrong == []


def test_nothing_happened_from_the_list_to_the_villagers_page(chromium: "Browser", served: "Server") -> None:
    eyes = Eyes()
    context, zhao = phone(chromium, served, COUNTY.clerk)
    zhao.goto("/desk")
    zhao.get_by_role("button", name="这一期没有").first.click()
    assert "还要送审" in main_text(zhao)
    eyes.look(zhao, "nil-draft")
    zhao.get_by_role("button", name="送村务监督委员会审核").click()
    context.close()

    for login in (COUNTY.member, COUNTY.second_member):
        context, reviewer = phone(chromium, served, login)
        reviewer.goto("/review")
        reviewer.get_by_role("link", name="1 件").click()
        reviewer.get_by_role("button", name="我看过：").click()
        reviewer.get_by_label("您登录用的密码").fill(PASSWORD)
        reviewer.get_by_role("button", name="签字（").click()
        reviewer.get_by_text("签好了").wait_for()
        context.close()

    context, zhou = phone(chromium, served, COUNTY.head)
    zhou.goto("/desk")
    zhou.get_by_role("link", name="2026年第三季度财务收支").first.click()
    zhou.get_by_label("您登录用的密码").fill(PASSWORD)
    zhou.get_by_role("button", name="公开", exact=True).click()
    zhou.get_by_role("link", name="村民看到的页面").click()
    assert "2026年第三季度没有收支，村里已" in main_text(zhou)
    context.close()
    assert eyes.wrong == []


def test_the_villages_phones_are_written_on_a_phone_and_read_at_the_foot_of_its_pages(
    chromium: "Browser", served: "Server"
) -> None:
    eyes = Eyes()
    context, books = phone(chromium, served, "books")
    books.goto("/desk")
    books.get_by_role("link", name="电话值班").click()
    books.get_by_label("哪个村").select_option(THREE[1])
    books.get_by_role("button", name="看这个村").click()
    books.get_by_label("村委会电话").fill("0719-1234567")
    books.get_by_label("上班时间").fill("周一至周五 8:30 至 17:30")
    books.get_by_text("哪天谁值班").click()
    for number in range(1, 8):
        books.locator(f"#f-who{number}").fill("周强（主任）")
    books.locator("#f-call1").fill("138 0013 8000")
    books.get_by_role("button", name="保存").click()
    assert "这是手机号" in main_text(books)
    eyes.look(books, "profile-wrong")
    books.locator("#f-call1").fill("")
    books.get_by_role("button", name="保存").click()
    eyes.look(books, "profile")
    books.get_by_role("link", name="去看村首页").click()
    foot = books.locator("footer").inner_text()
    assert "值班：周强（主任）" in foot
    assert "村委会电话：0719-1234567" in foot
    eyes.look(books, "home-with-phones")
    context.close()
    assert eyes.wrong == []
