"""Signing in: the same answer for everybody, a back-off that locks nobody out, sessions that end."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from remembered import REAL_PRICE
from sqlalchemy import func, select, update
from world import PASSWORD, Browser, County

from villagehub.accounts import actions, passwords
from villagehub.accounts.models import Person, SignInSession, SignInThrottle
from villagehub.accounts.queries import person_with_login
from villagehub.accounts.throttle import wait_after
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock_at() -> Iterator[Callable[[timedelta], None]]:
    """Moves the clock to a time after MORNING."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield lambda later: traveller.move_to(MORNING + later)


def sessions_in(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(SignInSession)) or 0


def test_a_clerk_signs_in_and_is_greeted_by_name_and_post(county: County, client: Browser) -> None:
    answer = client.sign_in(county.clerk)
    assert answer.status_code == 303
    page = client.get("/account").text
    assert "赵庆" in page
    assert "报账员" in page
    assert "青石沟村" in page


def test_the_wanted_page_opens_after_signing_in(county: County, client: Browser) -> None:
    answer = client.get("/account/password?x=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/account/password?x%3D1"
    page = client.get(answer.headers["Location"]).text
    wanted = re.search(r'name="next" value="([^"]*)"', page)
    assert wanted
    assert client.sign_in(county.clerk, next=wanted[1]).headers["Location"] == "/account/password?x=1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(county: County, client: Browser, target: str) -> None:
    assert 'value=""' in client.get("/login", query_string={"next": target}).text
    assert "evil" not in client.sign_in(county.clerk, next=target).headers["Location"]


def test_wrong_name_and_wrong_password_get_the_same_answer(county: County, client: Browser) -> None:
    answers = [client.sign_in(county.clerk, "wrong"), client.sign_in("nobody", "wrong"), client.sign_in("a b", "wrong")]
    pages = [
        re.sub(r'name="csrf_token" value="[^"]+"|value="(?:clerk|nobody|a b)"|nonce="[^"]+"', "", one.text)
        for one in answers
    ]
    assert [one.status_code for one in answers] == [403, 403, 403]
    assert pages[0] == pages[1] == pages[2]
    assert "登录名或密码不对" in pages[0]
    assert "wrong" not in pages[0]
    assert 'value="clerk"' in answers[0].text


def test_an_unknown_name_costs_as_much_work_as_a_known_one(app: Flask, county: County, client: Browser) -> None:
    """Counted, not timed: every try runs argon2id once over the same parameters."""
    from villagehub.accounts import passwords

    with app.app_context(), reading() as session:
        person = person_with_login(session, county.clerk)
        assert person is not None
        known = person.password_hash
    assert passwords._nobodys_hash().rsplit("$", 2)[0] == known.rsplit("$", 2)[0]


def test_a_closed_account_does_not_open(app: Flask, county: County, client: Browser, sign_in: SignIn) -> None:
    browser = sign_in(county.clerk)
    with app.app_context(), unit_of_work() as session:
        person = person_with_login(session, county.clerk)
        assert person is not None
        actions.disable_person(session, person, actor=None, channel="test", now=datetime.now(UTC))
    assert browser.get("/account").status_code == 302
    assert "登录名或密码不对" in client.sign_in(county.clerk).text


def test_the_token_is_fresh_at_every_sign_in_and_only_its_hash_is_stored(
    app: Flask, county: County, client: Browser
) -> None:
    client.get("/login")
    with client.session_transaction() as before:
        planted = dict(before)
    client.sign_in(county.clerk)
    with client.session_transaction() as first:
        token = str(first["_user_id"])
        assert first.get("csrf_token") != planted["csrf_token"]
    client.send("/logout")
    client.sign_in(county.clerk)
    with client.session_transaction() as second:
        assert second["_user_id"] != token
    with app.app_context(), reading() as session:
        stored = session.scalars(select(SignInSession.token_hash)).all()
        assert len(stored) == 1
        assert token.encode() not in stored


def test_signing_out_ends_the_session_on_the_server(app: Flask, county: County, client: Browser) -> None:
    client.sign_in(county.clerk)
    cookie = client.get_cookie("vh")
    assert cookie is not None
    assert client.send("/logout").headers["Location"] == "/login"
    assert sessions_in(app) == 0
    client.set_cookie("vh", cookie.value)
    assert client.get("/account").status_code == 302


def test_signing_out_everywhere_ends_every_browser(app: Flask, county: County, sign_in: SignIn) -> None:
    phone, office = sign_in(county.clerk), sign_in(county.clerk)
    phone.send("/account/sign-out-everywhere")
    assert office.get("/account").status_code == 302
    assert sessions_in(app) == 0


def test_after_half_an_hour_without_a_click_the_session_is_over(
    county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    client.sign_in(county.clerk)
    for minutes in (29, 58):
        clock_at(timedelta(minutes=minutes))
        assert client.get("/account").status_code == 200
    clock_at(timedelta(minutes=88))
    assert client.get("/account").status_code == 302


def test_after_twelve_hours_the_session_is_over_even_when_in_use(
    county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    client.sign_in(county.clerk)
    for quarter in range(1, 29):
        clock_at(timedelta(minutes=25 * quarter))
        assert client.get("/account").status_code == 200
    clock_at(timedelta(hours=12, minutes=1))
    assert client.get("/account").status_code == 302


def test_an_action_after_the_session_ended_says_so_and_leads_back(app: Flask, county: County, sign_in: SignIn) -> None:
    browser = sign_in(county.clerk)
    page = browser.get("/account/password").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    with app.app_context(), unit_of_work() as session:
        session.execute(update(SignInSession).values(expires_at=MORNING - timedelta(days=30)))
    answer = browser.post(
        "/account/password", data={"csrf_token": token[1]}, headers={"Referer": "http://localhost/account/password"}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/login?next=/account/password&ended=1"
    assert "没有办成" in browser.get(answer.headers["Location"]).text


def test_guessing_one_account_is_slowed_down_and_nothing_is_checked_meanwhile(
    county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    statuses = [client.sign_in(county.clerk, "wrong").status_code for _ in range(6)]
    assert statuses == [403] * 5 + [429]
    answer = client.sign_in(county.clerk)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "秒" in answer.text
    clock_at(timedelta(seconds=2))
    assert client.sign_in(county.clerk).status_code == 303


def test_a_prankster_cannot_lock_out_a_browser_that_signed_in_before(
    app: Flask, county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    client.sign_in(county.clerk)
    client.send("/logout")
    prankster = app.test_client()
    for _ in range(8):
        prankster.sign_in(county.clerk, "wrong")  # type: ignore[attr-defined]
        clock_at(timedelta(0))
    assert prankster.sign_in(county.clerk, "wrong").status_code == 429  # type: ignore[attr-defined]
    assert client.sign_in(county.clerk).status_code == 303


def test_the_mark_of_a_known_browser_is_good_for_its_own_account_only(
    county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    client.sign_in(county.member)
    client.send("/logout")
    mark = client.get_cookie("vh-device")
    assert mark is not None
    assert county.member not in mark.value
    for _ in range(6):
        answer = client.sign_in(county.clerk, "wrong")
    assert answer.status_code == 429


def test_one_address_that_tries_many_names_is_slowed_down(
    county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    answers = [client.sign_in(f"name{number}", "wrong").status_code for number in range(21)]
    assert answers[:20] == [403] * 20
    assert answers[20] == 429
    elsewhere = client.application.test_client()
    page = elsewhere.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "login": county.clerk, "password": PASSWORD}
    assert elsewhere.post("/login", data=form, environ_base={"REMOTE_ADDR": "10.1.1.9"}).status_code == 303


def test_after_an_hour_the_count_begins_anew(
    app: Flask, county: County, client: Browser, clock_at: Callable[[timedelta], None]
) -> None:
    for _ in range(6):
        client.sign_in(county.clerk, "wrong")
    clock_at(timedelta(hours=1, minutes=1))
    assert [client.sign_in(county.clerk, "wrong").status_code for _ in range(5)] == [403] * 5
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInThrottle)) == 2


def test_no_wait_grows_beyond_what_a_person_can_sit_out() -> None:
    assert [wait_after("account", count).total_seconds() for count in (4, 5, 6, 7, 400)] == [0, 1, 2, 4, 60]
    assert wait_after("address", 400) == timedelta(minutes=15)


def test_the_throttle_keeps_no_names_and_no_addresses(app: Flask, county: County, client: Browser) -> None:
    client.sign_in(county.clerk, "wrong")
    with app.app_context(), reading() as session:
        keys = session.scalars(select(SignInThrottle.key)).all()
        assert [len(key) for key in keys] == [32, 32]
        assert not any(county.clerk.encode() in key or b"127.0.0.1" in key for key in keys)


def give(app: Flask, login: str, password: str, *, must_change: bool) -> None:
    with app.app_context(), unit_of_work() as session:
        person = person_with_login(session, login)
        assert person is not None
        actions.give_password(
            session, person, password, must_change=must_change, actor=None, channel="test", now=datetime.now(UTC)
        )


def test_a_one_time_password_opens_nothing_but_its_own_change(app: Flask, county: County, client: Browser) -> None:
    give(app, county.clerk, "for one time 77", must_change=True)
    client.sign_in(county.clerk, "for one time 77")
    assert client.get("/account").headers["Location"] == "/account/password"
    fields = {"old": "for one time 77", "new": "my own words 88", "again": "my own words 88"}
    answer = client.send("/account/password", fields, page="/account/password")
    assert answer.headers["Location"] == "/login?changed=1"
    assert client.sign_in(county.clerk, "for one time 77").status_code == 403
    assert client.sign_in(county.clerk, "my own words 88").status_code == 303
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "wrong", "new": "my own words 88", "again": "my own words 88"}, "现在的密码不对"),
        ({"old": PASSWORD, "new": "my own words 88", "again": "my own words 89"}, "两遍新密码不一样"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "只有 5 位"),
    ],
)
def test_a_password_that_cannot_be_taken_is_explained(
    county: County, sign_in: SignIn, fields: dict[str, str], words: str
) -> None:
    browser = sign_in(county.clerk)
    answer = browser.send("/account/password", fields, page="/account/password")
    assert answer.status_code in (403, 422)
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert browser.get("/account").status_code == 200


def test_a_changed_password_signs_every_other_browser_out(app: Flask, county: County, sign_in: SignIn) -> None:
    left_open = sign_in(county.clerk)
    give(app, county.clerk, "brand new words 1", must_change=False)
    assert left_open.get("/account").status_code == 302


def test_a_new_post_begins_with_a_fresh_sign_in(app: Flask, county: County, sign_in: SignIn) -> None:
    from villagehub.accounts.queries import place_with_code
    from villagehub.accounts.roles import Role

    browser = sign_in(county.clerk)
    with app.app_context(), unit_of_work() as session:
        person = person_with_login(session, county.clerk)
        assert person is not None
        place = place_with_code(session, county.other_village)
        actions.appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=datetime.now(UTC))
    assert browser.get("/account").status_code == 302


def test_an_old_hash_is_made_anew_at_sign_in(
    app: Flask, county: County, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    monkeypatch.setattr(passwords, "_HASHER", REAL_PRICE)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with app.app_context(), unit_of_work() as session:
        session.execute(update(Person).where(Person.login == county.clerk).values(password_hash=weak))
    assert client.sign_in(county.clerk).status_code == 303
    with app.app_context(), reading() as session:
        person = person_with_login(session, county.clerk)
        assert person is not None
        assert "m=19456,t=2" in person.password_hash
    client.send("/logout")
    assert client.sign_in(county.clerk).status_code == 303


def test_public_pages_never_look_at_the_session(app: Flask, county: County, sign_in: SignIn) -> None:
    from villagehub.accounts.guard import current_actor

    app.add_url_rule("/v/here", endpoint="here", view_func=lambda: str(current_actor()))
    assert sign_in(county.clerk).get("/v/here").text == "None"


def test_sign_in_and_sign_out_stand_in_the_journal(app: Flask, county: County, client: Browser) -> None:
    from villagehub.journal.models import JournalEntry

    client.sign_in(county.clerk)
    client.send("/logout")
    with app.app_context(), reading() as session:
        events = session.scalars(
            select(JournalEntry.event).where(JournalEntry.actor_name == "赵庆").order_by(JournalEntry.id)
        ).all()
    assert events == ["signed_in", "signed_out"]
