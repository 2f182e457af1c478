"""A correction that changes a closing marks the periods after it 期初待更正, at the desk and on the page (decision 7)."""

from collections.abc import Callable

import road
from flask import Flask
from world import COUNTY, Browser, County

AsSignedIn = Callable[[str], Browser]
LATER = f"/v/{COUNTY.village}/finance/2026Q4"


def test_a_corrected_closing_marks_the_period_after_it_until_that_is_corrected_too(
    app: Flask, county: County, client: Browser, sign_in: AsSignedIn
) -> None:
    with app.app_context():
        road.published()
        later = (road.entry("2026-10-09", "路灯电费", 30_000),)
        road.published(later, of=road.account(period="2026Q4"), opening=None)
    assert "期初待更正" not in client.get(LATER).text
    assert "期初待更正" not in sign_in(county.clerk).get("/desk").text

    with app.app_context():
        draft = road.correct(1)
        road.change_row(draft, 2, amount="11500.00")
        road.publish(road.agree(road.submit(draft)))
    page = client.get(LATER).text
    assert "期初待更正：2026年第三季度更正以后，结余是 4,660.00 元，这一期写的期初还是 4,560.00 元。" in page
    desk = sign_in(county.clerk).get("/desk").text
    assert "期初待更正" in desk
    assert "差 100.00" in desk

    with app.app_context():
        second = road.correct(2, reason="上一季度更正，期初跟着改")
        road.fill(later, of=road.account(period="2026Q4"), opening=466_000)
        road.publish(road.agree(road.submit(second)))
    assert "期初待更正" not in client.get(LATER).text
    assert "期初待更正" not in sign_in(county.clerk).get("/desk").text
