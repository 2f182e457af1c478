"""The office makes posters on a page: the PDF comes only when it could be read back, and the making is noted by name."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from paper import codes_in, picture_of
from werkzeug.test import TestResponse
from world import COUNTY, Browser, County

from villagehub.journal.models import JournalEntry
from villagehub.storage import reading

SignIn = Callable[[str], Browser]


def make(browser: Browser, **fields: str) -> TestResponse:
    return browser.send("/print/poster", {"village": COUNTY.village, **fields}, page="/print/poster")


@pytest.mark.parametrize("login", [COUNTY.clerk, COUNTY.chair, COUNTY.head, COUNTY.supervisor])
def test_who_may_print_finds_the_page_in_the_top_bar_and_gets_a_poster(
    app: Flask, county: County, sign_in: SignIn, login: str
) -> None:
    browser = sign_in(login)
    page = browser.get("/print/poster").text
    assert 'href="/print/poster" aria-current="page">海报' in page
    assert "青石沟村还没有码" in page
    answer = make(browser, section="assets", board="东头 2 号")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    (payload,) = set(codes_in(picture_of(answer.data)))
    led = browser.get(payload.removeprefix("HTTP://LOCALHOST"))
    assert led.headers["Location"] == f"/v/{county.village}/assets"
    with app.app_context(), reading() as session:
        entry = session.query(JournalEntry).filter_by(event="poster_made").one()
        assert (entry.channel, entry.detail["board"], entry.detail["ref"]) == ("web", "东头 2 号", "committee/assets")
    code = payload[-9:]
    listed = browser.get("/print/poster").text
    assert f"{code[:3]} {code[3:6]} {code[6:]}" in listed
    assert "集体资产" in listed


def test_looking_at_the_page_mints_nothing(app: Flask, county: County, sign_in: SignIn) -> None:
    browser = sign_in(COUNTY.clerk)
    browser.get("/print/poster?section=finance")
    assert "还没有码" in browser.get("/print/poster").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"board": "😀"}, "U+1F600"),
        ({"board": "长" * 30}, "写不下"),
        ({"section": "money"}, "没有“money”这一类"),
    ],
)
def test_what_cannot_be_printed_is_said_on_the_page_and_what_was_typed_stays(
    county: County, sign_in: SignIn, fields: dict[str, str], said: str
) -> None:
    answer = make(sign_in(COUNTY.clerk), **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<title>海报没有做成" in answer.text
    assert fields.get("board", "") in answer.text


def test_an_address_that_phones_cannot_open_is_warned_of_before_printing(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    browser = sign_in(COUNTY.clerk)
    assert "手机打不开" in browser.get("/print/poster").text
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], base_url="https://cun.example.cn")
    assert "手机打不开" not in browser.get("/print/poster").text


@pytest.mark.parametrize("village", [COUNTY.far_village, "x", "", "0" * 300])
def test_nobody_prints_for_a_village_that_is_not_theirs(county: County, sign_in: SignIn, village: str) -> None:
    assert make(sign_in(COUNTY.clerk), village=village).status_code == 404
