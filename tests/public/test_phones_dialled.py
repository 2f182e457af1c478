"""A published office phone is dialled by one tap; nothing else on the page becomes a phone."""

import road
from flask import Flask
from world import COUNTY, Browser, County

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
