"""The number of a contract, an asset or a project that a row names leads to that thing, from the row and from the search."""

import re
from urllib.parse import unquote

import pytest
import road
from examples import PUMP
from flask import Flask
from world import COUNTY, County

from villagehub.disclosures.hiding import hide_now
from villagehub.kernel import clock
from villagehub.public.build import build_dirty
from villagehub.sections.base import Facts
from villagehub.storage import unit_of_work

HOME = f"/v/{COUNTY.village}"
LEASE: Facts = {
    "contract_no": "HT-2024-03", "title": "抽水机出租", "kind": "rental", "object_no": "JX-002",
    "party_a": "青石沟村村民委员会", "party_b": "柳河农机合作社", "rent": 120_000,
}  # fmt: skip
LET: Facts = {**PUMP, "state": "let", "contract_no": "HT-2024-03", "operating": True}
MILL: Facts = {**PUMP, "asset_no": "JX-003", "name": "碾米机", "contract_no": "HT-2024-03、HT-2019-01"}
SEED: Facts = {**PUMP, "asset_no": "JX-004", "name": "播种机", "contract_no": "<b>没有这份"}


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    with app.app_context():
        road.published((LET, MILL, SEED), of=road.account("assets", "2025"), opening=None)
        road.published((LEASE,), of=road.account("contracts", "2025"), opening=None)
        build_dirty()
    return app


def links_in(html: str) -> dict[str, str]:
    """Words and address below the village's of every link that is a number of a thing."""
    found = re.findall(rf'<a class="call" href="{HOME}/([^"]*)">([^<]*)</a>', html)
    return {words: unquote(href) for href, words in found}


def page_of(app: Flask, asked: str) -> tuple[str, str]:
    """The page of the first thing that is found, and the list of all."""
    answer = app.test_client().get(f"{HOME}/search", query_string={"q": asked}).text
    listed = answer.partition('<ul class="rows">')[2].partition("</ul>")[0]
    return app.test_client().get(re.findall(r'href="([^"]*)"', listed)[0]).text, listed


def test_on_a_thing_s_page_the_number_of_its_contract_leads_to_the_contract_and_from_there_back(village: Flask) -> None:
    pump, _ = page_of(village, "抽水机 东塘")
    assert list(links_in(pump)) == ["HT-2024-03"]
    lease = village.test_client().get(f"{HOME}/{links_in(pump)['HT-2024-03']}").text
    assert "<h1>抽水机出租</h1>" in lease
    assert list(links_in(lease)) == ["JX-002"], "its own number leads nowhere"
    back = village.test_client().get(f"{HOME}/{links_in(lease)['JX-002']}").text
    assert "<h1>抽水机</h1>" in back


def test_of_several_numbers_those_lead_on_that_have_a_page_and_others_stay_words(village: Flask) -> None:
    mill, _ = page_of(village, "碾米机")
    assert list(links_in(mill)) == ["HT-2024-03"]
    assert "、HT-2019-01" in mill
    seed, _ = page_of(village, "播种机")
    assert links_in(seed) == {}
    assert "&lt;b&gt;没有这份" in seed


def test_what_is_found_leads_to_its_own_page_and_beside_it_to_the_contract_that_it_names(village: Flask) -> None:
    _, listed = page_of(village, "碾米机")
    assert re.search(
        rf'</a><p class="dial">合同编号 <a class="call" href="{HOME}/contracts/i/\d+">HT-2024-03</a>', listed
    )
    assert len(links_in(listed)) == 1


def test_whoever_looks_for_a_number_finds_the_thing_that_has_it_before_those_that_name_it(village: Flask) -> None:
    for number, heading in {"HT-2024-03": "抽水机出租", "ht-2024-03": "抽水机出租", "JX-002": "抽水机"}.items():
        first, listed = page_of(village, number)
        assert f"<h1>{heading}</h1>" in first, number
        assert listed.count("<b>") > 1, number


def test_a_contract_that_is_hidden_is_led_to_from_nowhere(village: Flask) -> None:
    with village.app_context():
        with unit_of_work() as session:
            hide_now(session, 2, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
        build_dirty()
    pump, listed = page_of(village, "抽水机")
    assert links_in(pump) == links_in(listed) == {}


def test_of_two_registers_that_have_the_number_the_one_of_the_same_books_is_meant(village: Flask) -> None:
    with village.app_context():
        road.published((LEASE,), of=road.account("contracts", "2025", entity="collective"), opening=None)
        build_dirty()
    pump, _ = page_of(village, "抽水机 东塘")
    assert links_in(pump)["HT-2024-03"].startswith("contracts/i/")
