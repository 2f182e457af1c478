"""The list of periods says whose books it lists; a rate is written as people read it."""

import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.public.people import rate_words

V = f"/v/{COUNTY.village}"


def test_the_collectives_list_says_that_it_is_the_collectives(app: Flask, county: County, client: Browser) -> None:
    assert county
    with app.app_context():
        road.published()
    assert "<h1>财务收支</h1>" in client.get(f"{V}/finance").text
    assert "<h1>村集体经济组织的财务收支</h1>" in client.get(f"{V}/jt/finance").text
    assert "<h1>第2组的财务收支</h1>" in client.get(f"{V}/z2/finance").text


def test_a_rate_has_its_commas() -> None:
    assert [rate_words(one) for one in ("38000", "100.50", 20, "0.35")] == ["38,000", "100.50", "20", "0.35"]
