"""台账和公开记录可以只看一类、一年、一个单位：件数和合计加起来还是全部；人的名字不能拿来筛。"""

import re
from html import unescape
from urllib.parse import quote

import pytest
import road
from examples import BUILDING, PUMP
from flask import Flask
from world import COUNTY, Browser, County

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
    only = client.get(f"{HOME}/finance{years['2025年'][0]}").text
    assert "2025年第四季度" in only
    assert "2026年第三季度</b>" not in only
