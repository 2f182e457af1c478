"""村民在手机上走的几条路，手机不开脚本，网站是真的在开着。

剧本一（查自家的）：一户人家点“惠民资金”→这一批→自家的组→姓→名字，看到自家的数；
    低保的名单不上网，同一户拿着村里发的查询单，输单子上的查询码，看到自家那一行。网址里始终没有名字，也没有码。
剧本二（公示到期）：公示还在期内，看得到正文；过了最后一天，系统自己办事的钟走一遍，正文就没有了，标题、日期留着。
剧本三（去年的账）：从首页点进“财务收支”，点去年第四季度，看到那一季的合计，和登记的账一分不差。
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
import time_machine
from browsing import main_text
from serving import Server
from small_county import SmallDemo

from villagehub.accounts.guard import app_secret
from villagehub.app import create_app
from villagehub.config import load_settings
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.slips import read_slips
from villagehub.kernel import clock
from villagehub.kernel.codes import grouped
from villagehub.kernel.money import yuan
from villagehub.ops.demo.batches import aged_batch
from villagehub.ops.demo.calendar import last_quarters
from villagehub.ops.demo.collective import committee_books
from villagehub.ops.ticking import tick
from villagehub.places.queries import read_village
from villagehub.storage import db, reading

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Board = tuple[Server, Path]


@pytest.fixture
def phone(chromium: "Browser", board: Board, small_demo: SmallDemo) -> "Page":
    """A phone without scripts at the village's home page."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, base_url=board[0].url
    )
    page = context.new_page()
    page.goto(f"/v/{small_demo.villages[0].code}")
    return page


def served_app(board: Board, monkeypatch: pytest.MonkeyPatch) -> "Flask":
    """The application of the served instance, for what only the inside knows."""
    for name, value in board[0].environ.items():
        if name.startswith("VILLAGEHUB_"):
            monkeypatch.setenv(name, value)
    return create_app(load_settings())


def test_ones_own_money_is_found_by_group_surname_and_name(phone: "Page", small_demo: SmallDemo) -> None:
    village = small_demo.villages[0]
    paid = aged_batch(village, last_quarters(small_demo.tale.today)[-1]).payments[0]
    phone.get_by_role("link", name=re.compile("惠民资金")).first.click()
    phone.get_by_role("link", name=re.compile("高龄津贴")).first.click()
    phone.locator(".chips a", has_text=paid.group).click()
    phone.locator(".chips a", has_text=paid.person[0]).first.click()
    chosen = phone.locator("main").get_by_role("link", name=re.compile(re.escape(paid.person)))
    if chosen.count():
        chosen.first.click()
    assert paid.person in main_text(phone)
    assert yuan(paid.fen) in main_text(phone)
    assert paid.person not in unquote(phone.url)


def test_a_slip_opens_the_line_of_a_list_that_is_never_online(
    phone: "Page", board: Board, small_demo: SmallDemo, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = served_app(board, monkeypatch)
    with app.app_context():
        with reading() as session:
            village_id = read_village(session, small_demo.villages[0].code).id
            version = (
                session.query(Version)
                .join(Disclosure, Disclosure.id == Version.disclosure_id)
                .filter(Disclosure.subject == "农村低保", Version.village_id == village_id)
                .first()
            )
            assert version
            _, slips = read_slips(session, version, today=clock.today(), secret=app_secret())
        db.engine.dispose()
    phone.get_by_role("link", name=re.compile("惠民资金")).first.click()
    phone.get_by_label("用查询单上的查询码查").fill(grouped(slips[0].code).lower())
    phone.locator("form", has_text="用查询单上的查询码查").get_by_role("button").click()
    told = main_text(phone)
    assert slips[0].values["recipient"] in told
    assert yuan(slips[0].values["amount"]) in told
    assert slips[0].code not in phone.url
    phone.go_back()
    phone.get_by_label("用查询单上的查询码查").fill("2222 2222 2")
    phone.locator("form", has_text="用查询单上的查询码查").get_by_role("button").click()
    assert "没有找到" in main_text(phone)


def test_last_years_quarter_is_found_with_its_own_totals(phone: "Page", small_demo: SmallDemo) -> None:
    quarters = last_quarters(small_demo.tale.today)
    book = committee_books(small_demo.villages[0], quarters)[0]
    phone.get_by_role("link", name=re.compile("^财务收支")).first.click()
    phone.get_by_role("link", name=re.compile(quarters[0].label)).first.click()
    told = main_text(phone)
    for direction in ("in", "out"):
        assert yuan(sum(one.fen for one in book.entries if one.direction == direction)) in told
    assert quarters[0].label in phone.locator("h1").inner_text()


def test_a_notice_for_objections_takes_itself_down_after_its_last_day(
    phone: "Page", board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.get_by_role("link", name=re.compile("^公示")).first.click()
    assert main_text(phone).count("公示期满，正文已自动撤下") == 1, "one has ended before"
    phone.get_by_role("link", name=re.compile("下一期发包方案")).first.click()
    address = phone.url
    assert "底价每年" in main_text(phone)
    app = served_app(board, monkeypatch)
    with time_machine.travel(clock.now() + timedelta(days=20), tick=True), app.app_context():
        assert list(tick(app.extensions["villagehub"]))
        db.engine.dispose()
    phone.goto(address)
    assert "底价每年" not in main_text(phone)
    assert "下一期发包方案" in phone.locator("h1").inner_text()
