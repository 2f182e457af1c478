"""One's own password: a reset beats whoever still knows the old one, and a slip is good for one change within 14 days."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from world import PASSWORD, Browser, County, token_in

from villagehub.accounts.models import Person
from villagehub.accounts.passwords import is_password
from villagehub.accounts.queries import person_with_login
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
PAGE = "/account/password"
SECOND = "/account/second-step"
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Moves the clock on."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller.shift


def held_by(app: Flask, login: str) -> Person:
    with app.app_context(), reading() as session:
        found = person_with_login(session, login)
        assert found
        return found


def slip_of(browser: Browser, person_id: int) -> str:
    """The township resets the password; what stands on the slip."""
    found = re.search(r'class="code">([^<]+)<', browser.send(f"/town/people/{person_id}/password").text)
    assert found
    return found[1]


@pytest.mark.parametrize("delay", [0, 0.01, 0.02, 0.04])
def test_a_reset_beside_a_change_of_the_stolen_password_wins(
    app: Flask, county: County, sign_in: SignIn, delay: float
) -> None:
    township, thief = sign_in(county.supervisor), sign_in(county.member)
    person_id, evil = held_by(app, county.member).id, "words of the thief 99"
    own, token = token_in(thief.get(PAGE).text), token_in(township.get("/account").text)
    slip: list[str] = []

    def steal() -> None:
        thief.post(PAGE, data={"csrf_token": own, "old": PASSWORD, "new": evil, "again": evil})

    def reset() -> None:
        time.sleep(delay)
        page = township.post(f"/town/people/{person_id}/password", data={"csrf_token": token}).text
        slip.extend(re.findall(r'class="code">([^<]+)<', page))

    both = [threading.Thread(target=steal), threading.Thread(target=reset)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    held = held_by(app, county.member)
    assert is_password(held.password_hash, slip[0]), "the slip that was handed out works"
    assert held.must_change
    assert thief.get("/account").headers["Location"].startswith("/login"), "and everybody was signed out"


def test_a_one_time_password_does_not_become_ones_own(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    once = slip_of(sign_in(county.supervisor), held_by(app, county.clerk).id)
    client.sign_in(county.clerk, once)
    answer = client.send(PAGE, {"old": once, "new": once, "again": once}, page=PAGE)
    assert answer.status_code == 422
    assert "新密码和现在的一样，没有改" in answer.text
    assert client.get("/desk").headers["Location"] == PAGE


def test_a_slip_that_lay_about_for_two_weeks_opens_nothing(
    app: Flask, county: County, sign_in: SignIn, client: Browser, later: Callable[[timedelta], None]
) -> None:
    once = slip_of(sign_in(county.supervisor), held_by(app, county.clerk).id)
    later(timedelta(days=13, hours=23))
    assert client.sign_in(county.clerk, once).status_code == 303
    client.send("/logout", page=PAGE)
    later(timedelta(hours=1))
    answer = client.sign_in(county.clerk, once)
    assert answer.status_code == 403
    assert "这个一次性密码过期了：给出以后 14 天里没有用" in answer.text
    assert "登录名或密码不对" in client.sign_in(county.clerk, "wrong").text, "only its holder is told"
    again = slip_of(sign_in(county.supervisor), held_by(app, county.clerk).id)
    assert client.sign_in(county.clerk, again).status_code == 303
    mine = {"old": again, "new": PASSWORD + "8", "again": PASSWORD + "8"}
    assert client.send(PAGE, mine, page=PAGE).status_code == 303
    later(timedelta(days=400))
    assert client.sign_in(county.clerk, PASSWORD + "8").status_code == 303, "a password of one's own lasts"


def test_names_typed_at_the_door_lock_nobody_out_of_what_lies_behind_it(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk, number = sign_in(county.clerk), held_by(app, county.clerk).id
    for kind in ("second step of {}", "own password of {}", "password of {}", "sign:{}", "{}"):
        for _ in range(4):
            app.test_client().send("/login", {"login": kind.format(number), "password": "x"}, page="/login")  # type: ignore[attr-defined]
    fields = {"csrf_token": token_in(clerk.get(PAGE).text), "old": PASSWORD, "new": "short", "again": "short"}
    answer = clerk.post(PAGE, data=fields, environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert "只有 5 位" in answer.text, "the password was looked at, without a wait"


def test_guessing_the_present_password_is_slowed_down(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    fields = {"old": "wrong", "new": "my own words 88", "again": "my own words 88"}
    assert [clerk.send(PAGE, fields, page=PAGE).status_code for _ in range(7)][-1] == 429


def test_at_a_screen_left_open_nobody_enrols_their_own_phone(
    app: Flask, county: County, sign_in: SignIn, later: Callable[[timedelta], None]
) -> None:
    left_open = sign_in(county.clerk)
    left_open.send(f"{SECOND}/begin", page=SECOND)
    secret = re.search(r'class="code">([^<]+)<', left_open.get(SECOND).text)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    for typed in ({}, {"password": "guess"}):
        answer = left_open.send(SECOND, {"code": code, **typed}, page=SECOND)
        assert answer.status_code == 403
        assert "现在的密码不对" in answer.text
    assert "没开" in left_open.get("/account").text
    assert left_open.send(SECOND, {"code": code, "password": PASSWORD}, page=SECOND).status_code == 200
    assert "已开" in left_open.get("/account").text
