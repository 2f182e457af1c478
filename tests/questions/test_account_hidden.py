"""提问里说的是哪一期：那一期撤下或正在核对时，只说哪一类、哪一期、第几号，不说它的题目。"""

import re
from collections.abc import Callable, Iterator

import pytest
import road
import time_machine
from examples import BATCH
from flask import Flask
from sqlalchemy import update
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.hiding import hide_now
from villagehub.disclosures.models import Disclosure
from villagehub.kernel import clock
from villagehub.ops.rechecking import recheck_publications
from villagehub.ops.turn import Turn
from villagehub.public.build import build_dirty
from villagehub.storage import db, unit_of_work
from villagehub.storage.triggers import drop_triggers, install_triggers

SignIn = Callable[[str], Browser]
HOME = f"/v/{COUNTY.village}"
ORIGIN = {"Origin": "http://localhost"}
WHY, ANSWER = "这个钱什么时候发", "下个月十五号以前发"
SUBJECT, FORGED = "大病户孙长根救助金", "伪造四三二一九"
BARE = "第 1 号公开：2026年9月惠民资金"
PAGES = (f"{HOME}/ask", f"{HOME}/ask/1")


@pytest.fixture
def version(app: Flask, county: County) -> Iterator[int]:
    assert county
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = road.published(BATCH, of=road.account("funds", "2026-09", subject=SUBJECT), opening=None)
            build_dirty()
        yield made


def ask(app: Flask) -> tuple[str, str]:
    """The receipt of a question about the first publication, and its 查询码."""
    form = {"text": WHY, "n": "1", "sure": "1"}
    page = app.test_client().post(f"{HOME}/ask", data=form, headers=ORIGIN).text
    return page, re.findall(r'class="code num"><b>([0-9A-Z ]+)</b>', page)[0]


def answered(sign_in: SignIn) -> None:
    for who, what, form in (
        (COUNTY.supervisor, "decide", {"move": "hand_on", "shown": WHY}),
        (COUNTY.clerk, "answer", {"text": ANSWER}),
    ):
        client, page = sign_in(who), "/desk/questions/1"
        seen = re.findall(r'name="seen" value="(\d+)"', client.get(page).text)[0]
        assert client.send(f"{page}/{what}", {"seen": seen, **form}, page=page).status_code == 303


def told_by(app: Flask, code: str) -> list[str]:
    """What the holder of the 查询码 reads, by either box."""
    client = app.test_client()
    return [client.post(path, data={"code": code}, headers=ORIGIN).text for path in ("/c", f"{HOME}/ask/status")]


def hide(app: Flask, version_id: int) -> None:
    with app.app_context():
        with unit_of_work() as session:
            hide_now(session, version_id, cause="privacy", words="", actor=road.person(COUNTY.head), now=NOW)
        build_dirty()


def forge_subject(app: Flask) -> None:
    """Behind the program; then the daily check finds it."""
    with app.app_context():
        with db.engine.begin() as connection:
            drop_triggers(connection)
        with unit_of_work() as session:
            session.execute(update(Disclosure).values(subject=FORGED))
        with db.engine.begin() as connection:
            install_triggers(connection)
        assert "1 份和封存时不一样" in recheck_publications(
            Turn(clock.now(), app.extensions["villagehub"], lambda _words: None)
        )
        build_dirty()


def test_whoever_asks_about_what_is_hidden_is_not_told_its_subject(app: Flask, version: int, sign_in: SignIn) -> None:
    hide(app, version)
    receipt, code = ask(app)
    for page in (receipt, *told_by(app, code)):
        assert SUBJECT not in page
        assert BARE in page
    assert SUBJECT in sign_in(COUNTY.supervisor).get("/desk/questions/1").text, "the office has to know"


def test_what_is_hidden_after_it_was_asked_about_is_named_without_its_subject_from_then_on(
    app: Flask, version: int, sign_in: SignIn
) -> None:
    receipt, code = ask(app)
    assert SUBJECT in receipt
    answered(sign_in)
    assert SUBJECT in app.test_client().get(f"{HOME}/ask/1").text
    hide(app, version)
    for page in told_by(app, code):
        assert ANSWER in page
        assert SUBJECT not in page
        assert BARE in page
    for path in PAGES:
        assert SUBJECT not in app.test_client().get(path).text


def test_a_forged_subject_stands_beside_no_question_once_the_check_has_run(
    app: Flask, version: int, sign_in: SignIn
) -> None:
    assert version
    _, code = ask(app)
    answered(sign_in)
    forge_subject(app)
    receipt, later = ask(app)
    for page in (receipt, *told_by(app, code), *told_by(app, later)):
        assert FORGED not in page
        assert BARE in page
    for path in PAGES:
        page = app.test_client().get(path).text
        assert ANSWER in page, "an answer stays while the account is being checked"
        assert FORGED not in page
        assert BARE in page
