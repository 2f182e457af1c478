"""Two officials at the same person at once: one of them is told so, and the table of posts stays in order."""

import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from world import NOW, Browser, County, token_in

from villagehub.accounts.actions import appoint
from villagehub.accounts.models import Appointment
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import ConflictingPost
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def test_the_same_login_name_twice_makes_one_account_and_one_refusal(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    start = threading.Barrier(2)
    answers: list[tuple[int, bool]] = []

    def add(browser: Browser, token: str) -> None:
        fields = {"csrf_token": token, "login": "same", "name": "钱进", "role": "clerk", "place": county.other_village}
        start.wait()
        answer = browser.post("/town/people/new", data=fields)
        answers.append((answer.status_code, "已经有人用了" in answer.text))

    browsers = [sign_in(county.supervisor) for _ in range(2)]
    tokens = [token_in(one.get("/town/people/new").text) for one in browsers]
    at_once(lambda: add(browsers[0], tokens[0]), lambda: add(browsers[1], tokens[1]))
    assert sorted(answers) == [(200, False), (422, True)]


def test_two_appointments_at_once_that_exclude_each_other_are_one(app: Flask, county: County) -> None:
    first_gave, second_began = threading.Event(), threading.Event()
    refused: list[str] = []

    def give(role: Role, wait_for: threading.Event | None, tell: threading.Event) -> None:
        try:
            with app.app_context(), unit_of_work() as session:
                if wait_for is not None:
                    wait_for.wait(timeout=5)
                    tell.set()
                person = person_with_login(session, county.clerk)
                assert person
                place = place_with_code(session, county.other_village)
                appoint(session, person, role, place=place, actor=None, channel="test", now=NOW)
                if wait_for is None:
                    tell.set()
                    second_began.wait(timeout=1)  # on SQLite it cannot even begin
                    time.sleep(0.3)
        except ConflictingPost as refusal:
            refused.append(refusal.code)

    at_once(
        lambda: give(Role.CLERK, None, first_gave),
        lambda: give(Role.COMMITTEE_MEMBER, first_gave, second_began),
    )
    with app.app_context(), reading() as session:
        person, place = person_with_login(session, county.clerk), place_with_code(session, county.other_village)
        assert person
        posts = session.scalars(
            select(Appointment.role).where(Appointment.person_id == person.id, Appointment.place_id == place.id)
        ).all()
    assert posts == ["clerk"]
    assert len(refused) == 1
