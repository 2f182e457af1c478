"""Whoever opens an office page that is not theirs is led to one that is, and never back to the same refusal."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from world import NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person
from villagehub.storage import unit_of_work

SignIn = Callable[[str], Browser]


def ways(page: str) -> list[str]:
    """Where the links of the page's own part lead."""
    return re.findall(r'<a class="go" href="([^"]+)"', page.partition("<main")[2])


@pytest.mark.parametrize(
    ("who", "closed", "home"),
    [
        ("administrator", "/desk", "/town/people"),
        ("administrator", "/review", "/town/people"),
        ("clerk", "/town", "/desk"),
    ],
)
def test_a_refused_page_leads_to_the_first_page_of_ones_own(
    county: County, sign_in: SignIn, who: str, closed: str, home: str
) -> None:
    browser = sign_in(getattr(county, who))
    refused = browser.get(closed)
    assert refused.status_code == 403
    assert ways(refused.text) == [home]
    assert browser.get(home).status_code == 200


def test_whoever_has_no_post_is_led_to_their_account(app: Flask, county: County, sign_in: SignIn) -> None:
    assert county
    with app.app_context(), unit_of_work() as session:
        add_person(session, "nobody", name="无名", password=PASSWORD, actor=None, channel="test", now=NOW)
    browser = sign_in("nobody")
    assert ways(browser.get("/desk").text) == ["/account"]
    assert browser.get("/account").status_code == 200
