"""In large letters pages stay short, and nothing that they promise is lost: every row is there, every total opens to rows."""

import re

import pytest
import road
from examples import BATCH
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.disclosures.after import run_after_publish

HOME = f"/v/{COUNTY.village}"
PERIOD = f"{HOME}/finance/2026Q3"
KINDS = ("out_public", "out_project", "out_relief", "out_office", "out_pay", "out_other")
SPENT = tuple(
    road.entry(f"2026-08-{1 + place:02d}", f"第{place}样东西", 10_000 + place, voucher_no=str(place), category=kind)
    for place, kind in enumerate(KINDS * 4)
)
LATE = (road.entry("2026-05-03", "买扫帚", 84_050, voucher_no="2"),)


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    """A village with 24 payments of six kinds, a quarter before, and a list of persons."""
    assert county
    with app.app_context():
        road.published(LATE, of=road.account(period="2026Q2"))
        road.published(SPENT, opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="粮食直补"), opening=None)
        run_after_publish()
    return app


@pytest.fixture
def large(village: Flask) -> Browser:
    """A phone whose letters are set to 特大."""
    client = village.test_client()
    client.set_cookie("size", "x")
    return client


def words_of(page: str) -> str:
    """A page without the marks that tie a number to its unit."""
    return page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")


def amounts(page: str) -> list[int]:
    return [int(re.sub(r"[^0-9]", "", one)) for one in re.findall(r'class="amt out num">([^<]+)<', page)]


def all_rows(client: Browser, path: str) -> list[int]:
    """Every amount of a list, by 再看 until it ends."""
    found: list[int] = []
    while path:
        page = words_of(client.get(path).text)
        found += amounts(page)
        more = re.search(r'href="([^"]*after=[^"#]*)#list">再看', page)
        path = more[1].replace("&amp;", "&") if more else ""
    return found


def test_a_list_shows_ten_entries_at_first_and_every_total_still_opens_to_all_of_its_rows(large: Browser) -> None:
    page = words_of(large.get(PERIOD).text)
    assert len(amounts(page)) == 10
    assert ">再看 14 笔<" in page, "the button says how many there are"
    total = sum(one["amount"] for one in SPENT)
    assert sum(all_rows(large, PERIOD)) == total
    bars = re.findall(r'href="([^"]*\?dir=out&amp;cat=[^"#]*)', page)
    assert len(bars) == len(KINDS)
    assert "另外 3 类" in page
    assert sum(sum(all_rows(large, one.replace("&amp;", "&"))) for one in bars) == total


def test_what_is_beside_the_figures_is_folded_and_on_paper_everything_is_open(large: Browser, village: Flask) -> None:
    page = words_of(large.get(PERIOD).text)
    assert page.count("<details") == 4
    for words in ("上一期（2026年第二季度）", "下载表格、长图、广播稿"):
        assert f"<summary>{words}</summary>" in page
    paper = large.get(f"{PERIOD}?print=1").text
    assert "<details" not in paper
    assert len(amounts(paper)) == len(SPENT)
    assert "<details" not in village.test_client().get(PERIOD).text


@pytest.mark.parametrize("size", ["m", "x"])
def test_a_list_of_what_stands_on_the_page_leads_to_each_part(village: Flask, size: str) -> None:
    client = village.test_client()
    client.set_cookie("size", size)
    page = client.get(PERIOD).text
    contents = re.search(r'aria-label="这一页有什么">(.*?)</nav>', page)
    assert contents
    targets = re.findall(r'href="#([^"]+)"', contents[1])
    assert len(targets) == 6, targets
    assert [page.index(f'id="{one}"') for one in targets] == sorted(page.index(f'id="{one}"') for one in targets)
    assert page.index("花了") < page.index("这一页有什么"), "the figures come first"


@pytest.mark.parametrize("size", ["m", "x"])
def test_the_way_to_ones_own_subsidy_stands_before_all_tiles_and_leads_to_the_box(village: Flask, size: str) -> None:
    client = village.test_client()
    client.set_cookie("size", size)
    page = client.get(HOME).text
    before = page.partition('class="tiles"')[0]
    link = re.search(r'href="([^"#]+)#(\w+)">查自家的补贴<', before)
    assert link
    listed = client.get(link[1]).text
    assert listed.index(f'id="{link[2]}"') < listed.index('id="name"') < listed.index("公开过的")


def test_a_village_without_a_list_of_persons_offers_no_way_to_one(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        road.published(SPENT, opening=None)
        run_after_publish()
    assert "查自家的补贴" not in app.test_client().get(HOME).text
