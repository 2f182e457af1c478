"""What one section says and another does not bear out: told to offices, never to villagers, and only as a reason to look."""

from datetime import date

import pytest
import road
from flask import Flask
from world import COUNTY, County

from villagehub.disclosures.scope import version_with_id
from villagehub.kernel.period import Period
from villagehub.storage import reading
from villagehub.supervision.cross_rules import Beside, Facts, cross_hints
from villagehub.supervision.hint_rules import Lines
from villagehub.supervision.hints import odd_books, odd_entries

TODAY = date(2026, 11, 23)
POND: Facts = {"contract_no": "HT-1", "object_no": "ZY-1", "party_b": "孙长林", "decision": "代表会议"}
PAID = {**POND, "schedule": "2026-07-05｜12000｜12000"}
BOOKS = (Period.parse("2026Q3"),)


@pytest.mark.parametrize(
    ("section", "row", "beside", "said"),
    [
        ("assets", {"asset_no": "ZC-1", "state": "let"}, Beside([POND]), "没写合同编号"),
        ("assets", {"asset_no": "ZC-1", "state": "let", "contract_no": "HT-9"}, Beside([POND]), "没有这一份"),
        ("assets", {"asset_no": "ZC-1", "state": "let", "contract_no": "HT-1"}, Beside([POND]), ""),
        ("assets", {"asset_no": "ZC-1", "state": "own_use"}, Beside([POND]), ""),
        ("assets", {"asset_no": "ZC-1", "state": "let"}, Beside(), ""),
        ("resources", {"resource_no": "ZY-1", "use_mode": "contract"}, Beside([POND]), ""),
        ("contracts", {**POND, "schedule": "2026-07-05｜12000｜5000"}, Beside(), "到现在缴了 5,000.00 元"),
        ("contracts", PAID, Beside(books=BOOKS), "收入里没有找到"),
        ("contracts", PAID, Beside(books=BOOKS, income=[road.RENT]), ""),
        ("contracts", PAID, Beside(books=BOOKS, income=[{**road.RENT, "amount": 100}]), "只找到 1.00 元"),
        ("contracts", {"contract_no": "HT-2", "whole": 2_000_000}, Beside(), "没有写会议"),
        ("projects", {"project_no": "XM-1", "budget": 2_000_000}, Beside(decisions=[{"project_no": "XM-1"}]), ""),
        ("projects", {"project_no": "XM-1", "budget": 2_000_000}, Beside(decisions=[]), "没有写会议"),
        ("projects", {"project_no": "XM-1", "budget": 900_000}, Beside(), ""),
    ],
)
def test_each_rule_speaks_where_it_should_and_nowhere_else(section: str, row: Facts, beside: Beside, said: str) -> None:
    found = cross_hints(section, [(7, row)], beside, decision_fen=1_000_000, today=TODAY)
    assert [number for number, _ in found] == ([7] if said else [])
    assert said in "".join(words for _, words in found)


def test_the_township_and_the_clerk_see_it_from_what_is_published(app: Flask, county: County) -> None:
    lines = Lines(1_000_000, 100_000)
    with app.app_context():
        road.published()
        shed = {"asset_no": "ZC-1", "name": "厂房", "category": "building", "quantity": "1", "location": "二组"}
        let = road.published(
            [{**shed, "original_value": 100, "state": "let"}], of=road.account("assets", "2025"), opening=None
        )
        with reading() as session:
            assert odd_entries(session, version_with_id(session, let), lines) == ()
        pond = {**POND, "title": "鱼塘", "kind": "lease", "party_a": "村委会"}
        road.published([pond], of=road.account("contracts", "2025"), opening=None)
        with reading() as session:
            version = version_with_id(session, let)
            assert len(odd_entries(session, version, lines)) == 1
            books = odd_books(session, [version.village_id], Period.parse("2026Q4"), lines, ())
            assert let in [one.version_id for one in books]
        assert "合同台账里也没有它" not in app.test_client().get(f"/v/{COUNTY.village}/assets/i/4").text
