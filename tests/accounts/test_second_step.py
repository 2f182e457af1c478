"""The second step of sign-in: led to it by office, codes taken once, recovery codes, and a lost phone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from world import PASSWORD, Browser, County

from villagehub.accounts.models import RecoveryCode, SecondFactor
from villagehub.accounts.queries import person_with_login
from villagehub.journal.models import JournalEntry
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PAGE = "/account/second-step"


@pytest.fixture
def later() -> Iterator[Callable[[int], None]]:
    """Moves the clock on by some seconds."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield lambda seconds: traveller.shift(timedelta(seconds=seconds))


def enrol(browser: Browser) -> tuple[str, list[str]]:
    """Sets the second step up as a person does; returns the secret and the recovery codes."""
    page = browser.send(f"{PAGE}/begin", page=PAGE)
    assert page.status_code == 303
    shown = browser.get(PAGE).text
    assert "<svg" in shown
    secret = re.search(r'class="code">([^<]+)<', shown)
    assert secret
    plain = secret[1].replace(" ", "")
    done = browser.send(PAGE, {"code": pyotp.TOTP(plain).now(), "password": PASSWORD}, page=PAGE)
    assert done.status_code == 200, done.text
    return plain, re.findall(r'class="code">([^<]+)<', done.text)


def give_code(browser: Browser, login: str, code: str) -> int:
    """Both steps; the status of the second."""
    asked = browser.sign_in(login)
    assert asked.status_code == 200
    pass_on = re.search(r'name="pass_on" value="([^"]+)"', asked.text)
    assert pass_on
    return browser.send("/login/code", {"pass_on": pass_on[1], "code": code}, page="/login").status_code


def test_those_above_the_village_are_led_to_set_it_up_and_the_village_is_not(
    app: Flask, county: County, sign_in: SignIn, later: Callable[[int], None]
) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], totp_required="office")
    for login in (county.supervisor, county.auditor, county.county, county.administrator):
        browser = sign_in(login)
        assert browser.get("/town").headers["Location"].endswith(PAGE), login
        assert browser.get("/account").headers["Location"].endswith(PAGE), login
        assert "您的职务要求" in browser.get(PAGE).text
    assert sign_in(county.clerk).get("/desk").status_code == 200
    township = sign_in(county.supervisor)
    enrol(township)
    assert township.get("/town").status_code == 200
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], demo=True)
    assert sign_in(county.auditor).get("/town").status_code == 200, "the demo's accounts work at once"


def test_the_password_alone_opens_nothing_and_a_code_is_taken_once(
    app: Flask, county: County, sign_in: SignIn, client: Browser, later: Callable[[int], None]
) -> None:
    secret, _ = enrol(sign_in(county.clerk))
    used = pyotp.TOTP(secret).now()
    assert give_code(client, county.clerk, used) == 422, "the code of the set-up is used up"
    assert client.get("/account").status_code == 302
    later(60)
    code = pyotp.TOTP(secret).now()
    assert give_code(client, county.clerk, code) == 303
    assert client.get("/desk").status_code == 200
    assert give_code(app.test_client(), county.clerk, code) == 422  # type: ignore[arg-type]
    later(60)
    late = pyotp.TOTP(secret).at(int(datetime.now(UTC).timestamp()) - 300)
    assert give_code(app.test_client(), county.clerk, late) == 422  # type: ignore[arg-type]


def test_guessing_codes_is_slowed_down_and_the_first_step_does_not_last(
    app: Flask, county: County, sign_in: SignIn, client: Browser, later: Callable[[int], None]
) -> None:
    secret, _ = enrol(sign_in(county.clerk))
    later(60)
    assert [give_code(client, county.clerk, "000000") for _ in range(8)][-1] == 429
    later(3700)
    asked = client.sign_in(county.clerk)
    pass_on = re.search(r'name="pass_on" value="([^"]+)"', asked.text)
    assert pass_on
    later(400)
    fields = {"pass_on": pass_on[1], "code": pyotp.TOTP(secret).now()}
    ended = client.send("/login/code", fields, page="/login")
    assert ended.headers["Location"] == "/login?ended=1"
    assert client.send("/login/code", {"pass_on": "x", "code": "1"}, page="/login").status_code == 303


def test_a_recovery_code_opens_once_and_nothing_is_stored_in_clear(
    app: Flask, county: County, sign_in: SignIn, client: Browser, later: Callable[[int], None]
) -> None:
    secret, codes = enrol(sign_in(county.clerk))
    assert len(set(codes)) == 10
    assert give_code(client, county.clerk, codes[3].upper().replace("-", " ")) == 303
    assert give_code(app.test_client(), county.clerk, codes[3]) == 422  # type: ignore[arg-type]
    with app.app_context(), reading() as session:
        held = session.scalars(select(SecondFactor)).one()
        assert secret.encode() not in held.secret
        assert len(session.scalars(select(RecoveryCode)).all()) == 10
        written = str([(one.event, one.detail) for one in session.scalars(select(JournalEntry))])
        assert "recovery_code_used" in written
        assert secret not in written
        assert codes[3] not in written


def test_after_a_lost_phone_the_township_takes_it_off_and_the_person_starts_anew(
    app: Flask, county: County, sign_in: SignIn, client: Browser, later: Callable[[int], None]
) -> None:
    clerk = sign_in(county.clerk)
    enrol(clerk)
    assert clerk.send(f"{PAGE}/begin", page="/account").status_code == 409, "a working one is not replaced"
    with app.app_context(), reading() as session:
        person = person_with_login(session, county.clerk)
        assert person
        number = person.id
    answer = sign_in(county.supervisor).send(f"/town/people/{number}/second-step/reset")
    assert answer.status_code == 303
    assert clerk.get("/account").status_code == 302
    assert client.sign_in(county.clerk, PASSWORD).status_code == 303
    enrol(client)


def test_the_command_takes_it_off_too(
    app: Flask, county: County, sign_in: SignIn, client: Browser, later: Callable[[int], None]
) -> None:
    from click.testing import CliRunner

    from villagehub.accounts.commands import accounts_group

    enrol(sign_in(county.administrator))
    done = CliRunner().invoke(accounts_group, ["reset-totp", county.administrator], obj=lambda: app)
    assert done.exit_code == 0, done.output
    assert client.sign_in(county.administrator).status_code == 303
