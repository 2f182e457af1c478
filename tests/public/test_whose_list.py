"""A page says whose books it lists and of which period; a rate is written as people read it, with what it comes to."""

import pytest
import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.public.people import rate_words, standard_words
from villagehub.public.published import Item
from villagehub.sections import SECTIONS

V = f"/v/{COUNTY.village}"


def test_the_collectives_list_says_that_it_is_the_collectives(app: Flask, county: County, client: Browser) -> None:
    assert county
    with app.app_context():
        road.published()
    assert "<h1>财务收支</h1>" in client.get(f"{V}/finance").text
    assert "<h1>村集体经济组织的财务收支</h1>" in client.get(f"{V}/jt/finance").text
    assert "<h1>二组的财务收支</h1>" in client.get(f"{V}/z2/finance").text


def test_a_rate_has_its_commas() -> None:
    assert [rate_words(one) for one in ("38000", "100.50", 20, "0.35")] == ["38,000", "100.50", "20", "0.35"]


def test_a_register_of_one_period_names_the_period(app: Flask, county: County, client: Browser) -> None:
    place = {
        "resource_no": "ZY-1",
        "name": "后山",
        "kind": "wood",
        "location": "一组",
        "area": "12.5",
        "use_mode": "own",
    }
    post = {"name": "周强", "post": "主任", "body": "村民委员会"}
    assert county
    with app.app_context():
        road.published([place], of=road.account("resources", "2025"), opening=None)
        road.published([post], of=road.account("duties", "2025"), opening=None)
    for section, title in (("resources", "集体资源"), ("duties", "干部权责")):
        newest, dated = (client.get(f"{V}/{section}{end}").text for end in ("", "/2025"))
        assert f"<h1>{title}</h1>" in newest
        assert f"<h1>2025年{title}</h1>" in dated
        assert f"<title>2025年{title} · " in dated
    assert "面积 12.50 亩" in client.get(f"{V}/resources").text
    assert "12.50 亩" in client.get(f"{V}/resources/i/1").text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("3", "50", 15_000)] * 2, "每个月 50 元；这次一起发 3 个月，3 × 50 = 150.00 元"),
        ([("3", "50", 15_000), ("2", "50", 10_000)], "每个月 50 元"),
        ([("3", "50", 15_000), ("3", "50", 10_000)], "每个月 50 元"),
        ([("1", "50", 5_000)], "每个月 50 元"),
        ([("3", "50", 15_000), ("3", "60", 18_000)], ""),
        ([], ""),
    ],
)
def test_a_standard_says_for_how_many_months_it_is_paid(rows: list[tuple[str, str, int]], words: str) -> None:
    items = [
        Item(at, at, at, {"basis": basis, "basis_unit": "个月", "rate": rate, "amount": fen})
        for at, (basis, rate, fen) in enumerate(rows, start=1)
    ]
    assert standard_words(SECTIONS["funds"], items) == words
