"""From wherever somebody is named as answering for something, one tap leads to the card with post and telephone."""

import re

import pytest
import road
from examples import SECRETARY
from flask import Flask
from world import COUNTY, County

from villagehub.disclosures.hiding import hide_now
from villagehub.kernel import clock
from villagehub.ops.demo.registers import officers_of, phones_of
from villagehub.ops.demo.villages import make_villages
from villagehub.public.build import build_dirty
from villagehub.sections.base import Facts
from villagehub.storage import unit_of_work

HOME = f"/v/{COUNTY.village}"
POWER: Facts = {
    "power_no": "QL-1", "power": "使用公章", "category": "seal", "body": "村民委员会", "responsible": "周强、钱有根",
    "steps": "登记；盖章",
}  # fmt: skip
MANY = "一二三四五六七八九十甲"
CROWD = tuple(
    {**SECRETARY, "name": f"周{one}{two}", "post": f"{one}{two}组组长"} for one in "东南西北中" for two in MANY
)


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    """A village with one post holder, and a power for which he answers beside somebody without a post."""
    assert county
    with app.app_context():
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        road.published((POWER,), of=road.account("powers", "2025"), opening=None)
        build_dirty()
    return app


def test_every_name_in_the_drawing_of_the_duties_jumps_to_its_card(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        road.published(CROWD, of=road.account("duties", "2025"), opening=None)
        build_dirty()
    client = app.test_client()
    page = client.get(f"{HOME}/duties").text
    drawing = page.partition('id="org"')[2].partition("</section>")[0]
    links = re.findall(r'<a href="([^"]+)">(周..)</a>', drawing)
    assert [name for _, name in links] == [one["name"] for one in CROWD]
    assert {href.startswith("#") for href, _ in links} == {True, False}, "some cards stand on a later page"
    for href, name in links[::9]:
        if href.startswith("#"):
            card = page.partition(f'id="{href[1:]}"')[2].partition("</li>")[0]
            assert f"<h3>{name} · " in card
        else:
            assert f"<h1>{name}</h1>" in client.get(href).text


def test_whoever_answers_for_a_power_is_one_tap_from_post_and_telephone(village: Flask) -> None:
    client = village.test_client()
    page = client.get(f"{HOME}/powers/i/2").text
    link = re.search(rf'周强 <a class="call" href="({HOME}/duties)#(i\d+)">职务和电话</a>、钱', page)
    assert link, "the post holder alone has a card"
    assert page.count("职务和电话") == 1
    card = client.get(link[1]).text.partition(f'id="{link[2]}"')[2].partition("</li>")[0]
    assert "周强 · 村委会主任" in card
    assert 'href="tel:07190000000"' in card


def test_a_card_that_was_taken_off_is_not_led_to(village: Flask) -> None:
    with village.app_context():
        with unit_of_work() as session:
            hide_now(session, 1, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
        build_dirty()
    assert "职务和电话" not in village.test_client().get(f"{HOME}/powers/i/2").text


def test_post_holders_of_the_demo_have_telephones_of_their_own_that_are_nobody_s() -> None:
    for village in make_villages(1):
        officers = officers_of(village)
        phones = phones_of(village, officers)
        assert set(phones) == {one.name for one in officers}
        assert len({*phones.values(), village.phone}) == len(phones) + 1
        assert all(re.fullmatch(r"0000-6\d{6}", one) for one in phones.values()), "no area's code is 0000"
        assert phones == phones_of(village, officers)
