"""A published office phone is dialled by one tap; nothing else on the page becomes a phone."""

import re

import pytest
import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.public.published import Item
from villagehub.public.registers import item_lines
from villagehub.sections import SECTIONS

HOME = f"/v/{COUNTY.village}"
HOLDER = {
    "name": "周强", "post": "村委会主任", "body": "村民委员会", "portfolio": "全面工作，2026 年修渠 38000 元",
    "office_phone": "0719-8000000，夜里 12345", "term": "2021-2026",
}  # fmt: skip


def test_an_office_phone_is_a_link_that_dials(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        road.published((HOLDER,), of=road.account("duties", "2025"), opening=None)
    for page in (client.get(f"{HOME}/duties").text, client.get(f"{HOME}/duties/i/1").text):
        assert (
            '<a class="call" href="tel:07198000000">0719-8000000</a>，夜里 <a class="call" href="tel:12345">12345</a>'
            in page
        )
        assert "tel:38000" not in page
        assert "tel:2021" not in page


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("12345 12388", ["12345", "12388"]),
        ("（0719）8000000", ["07198000000"]),
        ("0719 8000000", ["07198000000"]),
        ("138 0000 0000", ["13800000000"]),
        ("1380719****", []),
        ("138****0000", []),
        ("****80000000", []),
        ("周一至周五 8:30-17:00", []),
    ],
)
def test_each_number_is_dialled_alone_and_the_rest_of_a_masked_one_is_not(written: str, dialled: list[str]) -> None:
    ((_, shown),) = item_lines(SECTIONS["duties"], Item(1, 1, 1, {"office_phone": written}))
    assert re.findall(r'href="tel:(\d+)"', shown) == dialled


def test_the_two_lines_that_always_answer_are_dialled_from_the_foot_of_every_page(
    county: County, client: Browser
) -> None:
    for address in ("/", HOME, "/about"):
        foot = client.get(address).text
        assert '<a href="tel:12345">12345</a><br>反映干部问题 <a href="tel:12388">12388</a>' in foot
