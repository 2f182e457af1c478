"""While a publication's pages are being built readers see the earlier ones at once; nothing else is ever shown late."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import road
import time_machine
from flask import Flask
from world import COUNTY, NOW, County, Visitor

from villagehub.disclosures import hiding
from villagehub.disclosures.checking import check_publication
from villagehub.disclosures.scope import version_with_id
from villagehub.public import stored
from villagehub.public.build import build_dirty
from villagehub.storage import unit_of_work
from villagehub.transparency.ours import bring_up_to_date, folder_of

PAGE = f"/v/{COUNTY.village}/finance/2026Q3"
BEFORE, AFTER = "购路灯配件", "购路灯配件和电线"


@pytest.fixture
def clock(app: Flask, county: County) -> Iterator[Any]:
    """A published quarter with its pages built, and a correction that was published but whose pages are not built yet."""
    assert county
    app.test_client_class = Visitor
    with time_machine.travel(NOW, tick=False) as moved, app.app_context():
        road.published()
        build_dirty()
        yield moved


def text_of(app: Flask, *, cookie: str = "") -> str:
    browser = app.test_client()
    if cookie:
        browser.set_cookie("size", cookie)
    return browser.get(PAGE).text


def publish_a_correction() -> int:
    draft = road.correct(1)
    road.change_row(draft, 3, summary=AFTER, confirmed=True)
    road.publish(road.agree(road.submit(draft)))
    return draft


def test_readers_get_the_earlier_page_until_the_new_one_is_built(app: Flask, clock: Any) -> None:
    assert AFTER not in text_of(app, cookie="l")
    publish_a_correction()
    for cookie in ("", "l"):
        assert BEFORE in text_of(app, cookie=cookie)
        assert AFTER not in text_of(app, cookie=cookie)
    build_dirty()
    for cookie in ("", "l"):
        assert AFTER in text_of(app, cookie=cookie)


def test_a_builder_that_died_keeps_nobody_from_the_new_page(app: Flask, clock: Any) -> None:
    publish_a_correction()
    assert AFTER not in text_of(app)
    clock.shift(stored.LONGEST_BUILD + timedelta(milliseconds=1))
    assert AFTER in text_of(app)


def test_a_hide_is_never_late_even_beside_a_publication(app: Flask, clock: Any) -> None:
    hidden = publish_a_correction()
    assert BEFORE in text_of(app)
    with unit_of_work() as session:
        hiding.hide_now(session, hidden, cause="privacy", words="", actor=road.person(COUNTY.head), now=NOW)
    assert BEFORE not in text_of(app)
    road.published(of=road.account(period="2026Q1"), opening=None)
    assert BEFORE not in text_of(app)


def test_a_first_check_leaves_the_earlier_page_until_the_new_one_is_built(app: Flask, clock: Any) -> None:
    """Where the log follows a minute later, the check comes then: readers must not make the village's pages for it."""
    settings = app.extensions["villagehub"]
    assert "现在没法核对" in text_of(app)
    bring_up_to_date(settings)
    with unit_of_work() as session:
        assert check_publication(session, version_with_id(session, 1), folder_of(settings), now=NOW) == ""
    assert "现在没法核对" in text_of(app)
    build_dirty()
    assert "没有改过" in text_of(app)
