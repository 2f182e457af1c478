"""The 查询码 that somebody is to copy stands on one line, in the largest letters on a small phone too."""

from typing import TYPE_CHECKING

import pytest
from flask import Flask
from world import COUNTY, County

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

pytestmark = pytest.mark.browser
HOME = f"/v/{COUNTY.village}"


@pytest.fixture
def told(app: Flask, county: County) -> str:
    """The page that gives the code, in 特大."""
    assert county
    client = app.test_client()
    client.set_cookie("size", "x")
    page = client.post(f"{HOME}/ask", data={"text": "村口的桥什么时候修"}, headers={"Origin": "http://localhost"}).text
    assert 'class="xl"' in page
    return page


def test_a_code_to_be_copied_stands_on_one_line_in_the_largest_letters(told: str, chromium: "Chromium") -> None:
    phone = chromium.new_page(viewport={"width": 390, "height": 844})
    phone.set_content(told)
    lines = "() => new Set([...document.querySelector('p.code b').getClientRects()].map(one => one.top)).size"
    for width in (320, 360, 390, 1280):
        phone.set_viewport_size({"width": width, "height": 844})
        assert phone.evaluate(lines) == 1, width
    phone.close()
