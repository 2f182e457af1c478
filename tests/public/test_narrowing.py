"""台账和公开记录可以只看一类、一年、一个单位：件数和合计加起来还是全部；人的名字不能拿来筛。"""

import re
from collections.abc import Sized
from html import unescape
from urllib.parse import quote, urljoin

import pytest
import road
from examples import BUILDING, PUMP
from flask import Flask
from sqlalchemy import Engine, event
from world import COUNTY, Browser, County

from villagehub.public.narrowing import LONGEST

HOME = f"/v/{COUNTY.village}"
ASSETS = f"{HOME}/assets"
PERIOD = f"{HOME}/finance/2026Q3"
MANY = tuple(
    {**PUMP, "asset_no": f"JX-{one:03}", "original_value": 1000 + one, "keeper": "钱有根"} for one in range(60)
)
SHOP, PERSON = "鑫源建材店", "李大山"
ENTRIES = (
    road.entry("2026-07-05", "租金", 70_000, "in", counterparty=SHOP),
    road.entry("2026-07-12", "购路灯配件", 84_000, counterparty=SHOP),
    road.entry("2026-08-12", "购水泥", 16_000, counterparty=SHOP),
    road.entry("2026-07-12", "清淤人工费", 1_160_000, counterparty=PERSON),
    road.entry("2026-07-13", "清淤人工费", 1_000, counterparty=PERSON),
)


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    with app.app_context():
        road.published(ENTRIES)
        road.published((BUILDING, *MANY), of=road.account("assets", "2025"), opening=None)
    return app


def chips(page: str, label: str) -> dict[str, tuple[str, int]]:
    """Words → where they lead and how many they promise."""
    held = re.search(rf'<nav class="chips" aria-label="{label}">(.*?)</nav>', page, re.DOTALL)
    found = re.findall(r'<a href="([^"#]+)#[^"]*"[^>]*>(.+?) (\d+)</a>', held[1]) if held else []
    return {words: (unescape(address), int(count)) for address, words, count in found}


def walked(client: Browser, address: str) -> tuple[list[str], int]:
    """The numbers of all rows, page by page, and the sum of original values in fen that the first page says."""
    base, found, said = address.partition("?")[0], [], -1
    while address:
        page = client.get(address).text
        if said < 0:
            told = re.search(r'原值合计（[^<]*</th><td class="num">([\d,.]+)<', page)
            said = int(told[1].replace(",", "").replace(".", "")) if told else 0
        found += re.findall(r'href="[^"]+/i/(\d+)"', page.partition('id="l"')[2])
        more = re.search(r'href="([^"]*after=\d+[^"]*)#l">再看', page)
        address = base + unescape(more[1]) if more else ""
    return found, said


@pytest.mark.parametrize("row", [0, 1])
def test_the_parts_of_a_register_are_together_the_whole_with_their_sums(
    village: Flask, client: Browser, row: int
) -> None:
    page = client.get(ASSETS).text
    label = re.findall(r'<nav class="chips" aria-label="([^"]+)">', page)[row]
    whole, total = walked(client, ASSETS)
    assert len(whole) == len(set(whole)) == 61
    rows, sums = [], 0
    for address, count in chips(page, label).values():
        part, said = walked(client, address)
        assert len(part) == count, address
        rows += part
        sums += said
    assert sorted(rows) == sorted(whole)
    assert sums == total > 0


def test_a_part_says_no_sum_of_what_none_of_its_rows_fills_in(village: Flask, client: Browser) -> None:
    kinds = chips(client.get(ASSETS).text, "资产类别")
    assert "净值合计（元，1 件填了）" in client.get(ASSETS).text
    pumps = client.get(kinds["机器设备"][0]).text
    assert "原值合计" in pumps
    assert "净值合计" not in pumps
    assert "净值合计（元）" in client.get(kinds["房屋建筑物"][0]).text
    assert "没填" not in client.get(f"{ASSETS}?cat=nothing").text


def test_no_choice_is_a_persons_name_and_one_typed_by_hand_narrows_nothing(village: Flask, client: Browser) -> None:
    for path in (PERIOD, ASSETS):
        page = client.get(path).text
        assert not re.search(r"who=[^\"]*(%E6%9D%8E|%E9%92%B1)", page), "李, 钱"
        for name in (PERSON, "钱有根", "李**"):
            typed = client.get(f"{path}?who={quote(name)}").text
            assert name not in typed.replace("李**", "") or name == "李**"
            assert "只看：" not in typed
            assert len(re.findall(r"/i/\d+", typed)) == len(re.findall(r"/i/\d+", page))


def test_what_went_to_an_organisation_and_came_from_it_is_counted_apart(village: Flask, client: Browser) -> None:
    offered = chips(client.get(PERIOD).text, "和哪个单位")
    assert {words: count for words, (_, count) in offered.items()} == {SHOP: 3}
    page = client.get(offered[SHOP][0]).text
    assert f"只看：{SHOP}，付给 2 笔，合计 1,000.00 元；收自 1 笔，合计 700.00 元" in page
    assert len(re.findall(r'class="amt ', page)) == 3


@pytest.mark.parametrize(("length", "offered"), [(61, True), (LONGEST, True), (LONGEST + 1, False)])
def test_an_organisation_with_a_long_name_is_offered_only_where_its_link_finds_it(
    app: Flask, county: County, length: int, offered: bool
) -> None:
    assert county
    shop = f"青禾县{'某' * (length - 8)}专业合作社"
    with app.app_context():
        bought = (road.entry("2026-07-12", "购路灯配件", 84_000, counterparty=shop) for _ in range(2))
        road.published((*bought, road.entry("2026-07-12", "清淤人工费", 1_000, counterparty=PERSON)))
    held = chips(app.test_client().get(PERIOD).text, "和哪个单位")
    assert list(held) == ([shop] if offered else [])
    for address, count in held.values():
        page = app.test_client().get(address).text
        assert f"只看：{shop}" in page
        assert len(re.findall(r'class="amt ', page)) == count == 2


def test_what_nobody_has_is_said_to_be_none_and_never_a_fault(village: Flask, client: Browser) -> None:
    for query in ("cat=nothing", "st=nothing", "who=%E5%85%AC%E5%8F%B8", "y=2019", "cat=" + "x" * 900, "y=abc"):
        for path in (ASSETS, PERIOD, f"{HOME}/finance", f"{HOME}/projects", f"{HOME}/duties", f"{HOME}/decisions"):
            assert client.get(f"{path}?{query}").status_code == 200, (path, query)
    assert "没有这样的" in client.get(f"{ASSETS}?cat=nothing").text


def test_periods_are_narrowed_to_a_year_by_a_link(village: Flask, client: Browser) -> None:
    with village.app_context():
        road.published((road.entry("2025-11-05", "租金", 100, "in"),), of=road.account(period="2025Q4"), opening=None)
    page = client.get(f"{HOME}/finance").text
    years = chips(page, "哪一年")
    assert {words: count for words, (_, count) in years.items()} == {"2026年": 1, "2025年": 1}
    only = client.get(urljoin(f"{HOME}/finance", years["2025年"][0])).text
    assert "2025年第四季度" in only
    assert "2026年第三季度</b>" not in only


NOTICES = f"{HOME}/notices"
RULES, AUDITS = "村规民约", "上半年审计"
MOST_READ, MOST_ROWS, A_PAGE = 12, 600, 20
"""Publications, and rows, that are read for one page of one kind of events; rows on one page of all. Written out: whoever
raises them changes how long a page takes and how much it weighs.
"""
MONTHS = [f"{2026 - back // 12}-{12 - back % 12:02}" for back in range(2, MOST_READ + 4)]
"""One more than are read at once, and one more: newest first, from 2026-10."""


def notice(title: str, kind: str, month: str) -> dict[str, object]:
    return {"title": title, "kind": kind, "issued_on": f"{month}-05", "content": "已经贴在公开栏"}


@pytest.fixture
def notices(app: Flask, county: County) -> Flask:
    """A notice each month; the rules in the oldest alone."""
    assert county
    with app.app_context():
        for month in MONTHS:
            title, kind = (RULES, "rules") if month == MONTHS[-1] else (AUDITS + month, "audit")
            road.published((notice(title, kind, month),), of=road.account("notices", month), opening=None)
    return app


def whole_list(page: str, address: str) -> str:
    """Where 看全部 leads from a page at this address, as a browser reads the link."""
    (href,) = re.findall(r'<a class="go" href="([^"]*)">看全部</a>', page)
    return urljoin(address, unescape(href)) if href else address


@pytest.mark.parametrize("query", ["y=2026", "y=2019"])
def test_the_link_to_the_whole_list_leads_from_a_year_to_all_periods(
    village: Flask, client: Browser, query: str
) -> None:
    with village.app_context():
        road.published((road.entry("2025-11-05", "租金", 100, "in"),), of=road.account(period="2025Q4"), opening=None)
    address = f"{HOME}/finance?{query}"
    led = whole_list(client.get(address).text, address)
    assert led == f"{HOME}/finance"
    page = client.get(led).text
    assert "2025年第四季度</b>" in page
    assert "2026年第三季度</b>" in page
    assert "看全部" not in page


def reads_of(client: Browser, address: str) -> tuple[str, int, int]:
    """The page, how many queries it took, and how many of them read rows."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        page = client.get(address).text
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return page, len(said), sum("row_face" in one.replace('"', "") for one in said)


def test_events_of_one_kind_are_looked_for_part_by_part_with_few_reads(notices: Flask, client: Browser) -> None:
    empty, none_read, rows_read = reads_of(client, f"{NOTICES}?cat=zzz")
    assert "没有这样的。" in empty
    assert "再看以前的" not in empty
    assert rows_read == 0
    first, queries, rows_read = reads_of(client, f"{NOTICES}?cat=rules")
    assert rows_read == 1
    assert queries <= none_read + 4, "as many as one publication takes, whatever the number of publications"
    assert "这几期里没有这样的，再看以前的。" in first
    assert RULES not in first
    (more,) = re.findall(r'href="([^"]+)">再看以前的', first)
    then = client.get(urljoin(NOTICES, unescape(more))).text
    assert RULES in then
    assert "再看以前的" not in then
    for address in (f"{NOTICES}?cat=rules", f"{NOTICES}?cat=zzz", f"{NOTICES}?y=2019"):
        assert whole_list(client.get(address).text, address) == NOTICES


def test_a_month_narrowed_to_a_kind_counts_that_kind_and_leads_to_it(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        rows = [notice(f"{RULES}{one}", ("rules", "audit")[one % 2], "2026-10") for one in range(130)]
        road.published(rows, of=road.account("notices", "2026-10"), opening=None)
    client = app.test_client()
    page = client.get(f"{NOTICES}?cat=rules").text
    (heading,) = re.findall(r'<h2 id="e\d+">(.*?)</h2>', page)
    assert "130 条里有 65 条" in heading
    ((href, words),) = re.findall(r'<a class="go" href="([^"]*)">(看全部 [^<]*)<', page)
    assert words == "看全部 65 条"
    found, address = [], urljoin(NOTICES, unescape(href))
    while address:
        page = client.get(address).text
        found += re.findall(rf"<b>{RULES}(\d+)</b>", page)
        more = re.search(r'href="([^"]*after=\d+[^"]*)#l">再看', page)
        address = urljoin(address, unescape(more[1])) if more else ""
    assert sorted(map(int, found)) == list(range(0, 130, 2))
    (whole,) = re.findall(r'<a class="go" href="[^"]*">(看全部 [^<]*)<', client.get(NOTICES).text)
    assert whole == "看全部 130 条"


@pytest.mark.parametrize(("rows", "reached"), [(MOST_ROWS - 1, True), (MOST_ROWS, False)])
def test_no_more_rows_are_looked_through_for_one_page_of_a_kind_than_it_may_take(
    app: Flask, county: County, rows: int, reached: bool
) -> None:
    assert county
    with app.app_context():
        road.published((notice(RULES, "rules", "2026-09"),), of=road.account("notices", "2026-09"), opening=None)
        many = tuple(notice(f"{AUDITS}{one}", "audit", "2026-10") for one in range(rows))
        road.published(many, of=road.account("notices", "2026-10"), opening=None)
    page = app.test_client().get(f"{NOTICES}?cat=rules").text
    assert (RULES in page) == reached
    assert ("这几期里没有这样的，再看以前的。" in page) != reached


@pytest.mark.parametrize("query", ["", "?cat=audit"])
def test_a_page_of_events_ends_with_the_publication_that_fills_it(app: Flask, county: County, query: str) -> None:
    assert county
    with app.app_context():
        for month, rows in (("2026-08", 1), ("2026-09", 1), ("2026-10", A_PAGE - 1)):
            made = tuple(notice(f"{AUDITS}{month}-{one}", "audit", month) for one in range(rows))
            road.published(made, of=road.account("notices", month), opening=None)
    asked_for: list[int] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Sized, *_more: object) -> None:
        if "row_face" in statement:
            asked_for.append(len(parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        first = app.test_client().get(f"{NOTICES}{query}").text
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked_for == [3 if query else 2], "of all kinds no publication is read that is not shown"
    assert len(re.findall(r'/i/\d+"', first)) == A_PAGE
    assert f"{AUDITS}2026-08" not in first
    (more,) = re.findall(r'href="([^"]+)">再看以前的', first)
    assert f"{AUDITS}2026-08" in app.test_client().get(urljoin(NOTICES, unescape(more))).text


def test_what_is_published_between_two_pages_of_events_moves_nothing(notices: Flask, client: Browser) -> None:
    found, address = [], f"{NOTICES}?cat=audit"
    while address:
        page = client.get(address).text
        found += re.findall(rf"{AUDITS}(\d{{4}}-\d\d)", page)
        if len(found) <= MOST_READ:
            with notices.app_context():
                late = (notice(f"{AUDITS}晚报", "audit", "2026-11"),)
                road.published(late, of=road.account("notices", "2026-11"), opening=None)
        more = re.findall(r'href="([^"]+)">再看以前的', page)
        address = urljoin(NOTICES, unescape(more[0])) if more else ""
    assert found == MONTHS[:-1]


def test_events_begin_at_the_newest_where_the_address_names_no_publication(village: Flask, client: Browser) -> None:
    with village.app_context():
        road.published((notice(RULES, "rules", "2026-10"),), of=road.account("notices", "2026-10"), opening=None)
    for after in ("0", "99999", "-1", "x", "9" * 20):
        assert RULES in client.get(f"{NOTICES}?after={after}").text, after
