"""Accounts and terms: what the township gives and takes, and what is written down about it."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from world import NOW, PASSWORD, County

from villagehub.accounts import actions
from villagehub.accounts.appointing import HeldAlready, NothingToEnd
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import WeakPassword, is_password
from villagehub.accounts.people import BadLogin, LoginTaken
from villagehub.accounts.queries import (
    MayNotActAs,
    NoSuchPerson,
    acting_as,
    actor_of,
    list_people,
    person_with_login,
    place_with_code,
    villages_of,
)
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import BadTerm, ConflictingPost, Permission, WrongLevel
from villagehub.journal.models import JournalEntry
from villagehub.storage import reading, unit_of_work

KEYBOARD = {"actor": None, "channel": "cli:root", "now": NOW}


def add(login: str, password: str = PASSWORD, name: str = "刘芳") -> None:
    with unit_of_work() as session:
        actions.add_person(session, login, name=name, password=password, **KEYBOARD)


def appoint(login: str, role: Role, code: str | None, **term: object) -> None:
    with unit_of_work() as session:
        person = person_with_login(session, login)
        assert person is not None
        place = place_with_code(session, code) if code else None
        actions.appoint(session, person, role, place=place, **KEYBOARD, **term)


def roles_of(login: str, day: date) -> list[Role]:
    with reading() as session:
        person = person_with_login(session, login)
        assert person is not None
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return [post.role for post in actor_of(session, person, now=moment).appointments]


def test_a_login_name_is_stored_in_one_spelling_and_given_once(app: Flask, county: County) -> None:
    with app.app_context():
        add(" Liu.Fang ")
        with reading() as session:
            held = person_with_login(session, "liu.fang")
            assert held is not None
            assert held.password_hash.startswith("$argon2id$")
        with pytest.raises(LoginTaken):
            add("LIU.FANG")


@pytest.mark.parametrize("login", ["a", "x" * 41, "刘 芳", "13800000000", "11010119900307123x", "a/b", ""])
def test_numbers_of_a_person_and_odd_marks_make_no_login_name(app: Flask, login: str) -> None:
    with app.app_context(), pytest.raises(BadLogin):
        add(login)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "1234567890", "my-liufang-2026", "x" * 129])
def test_a_password_that_everybody_guesses_is_refused_with_advice(app: Flask, password: str) -> None:
    with app.app_context(), pytest.raises(WeakPassword) as refusal:
        add("liufang", password)
    assert password not in refusal.value.sentence
    assert "至少" in refusal.value.next_step


def test_a_term_begins_and_ends_by_its_dates(app: Flask, county: County) -> None:
    with app.app_context():
        add("liufang")
        appoint("liufang", Role.CLERK, county.village, from_date=date(2026, 12, 1), until_date=date(2026, 12, 31))
        assert roles_of("liufang", date(2026, 11, 30)) == []
        assert roles_of("liufang", date(2026, 12, 1)) == [Role.CLERK]
        assert roles_of("liufang", date(2026, 12, 31)) == [Role.CLERK]
        assert roles_of("liufang", date(2027, 1, 1)) == []
        with pytest.raises(BadTerm):
            appoint("liufang", Role.AUDITOR, county.code, until_date=date(2026, 1, 1))


def test_a_day_begins_at_midnight_in_shanghai(app: Flask, county: County) -> None:
    with app.app_context():
        add("liufang")
        appoint("liufang", Role.CLERK, county.village, from_date=date(2026, 12, 1))
        with reading() as session:
            person = person_with_login(session, "liufang")
            assert person is not None
            before, after = datetime(2026, 11, 30, 15, 59, tzinfo=UTC), datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
            assert [len(actor_of(session, person, now=one).appointments) for one in (before, after)] == [0, 1]


def test_conflicting_and_misplaced_posts_are_refused(app: Flask, county: County) -> None:
    with app.app_context():
        with pytest.raises(ConflictingPost) as refusal:
            appoint(county.clerk, Role.COMMITTEE_MEMBER, county.village)
        assert "赵庆" in refusal.value.sentence
        appoint(county.clerk, Role.COMMITTEE_MEMBER, county.other_village)
        with pytest.raises(WrongLevel):
            appoint(county.clerk, Role.CLERK, county.township)
        with pytest.raises(HeldAlready):
            appoint(county.clerk, Role.CLERK, county.village)


def test_after_the_old_post_ended_the_new_one_may_begin(app: Flask, county: County) -> None:
    with app.app_context():
        with unit_of_work() as session:
            person = person_with_login(session, county.clerk)
            assert person is not None
            assert actions.end_appointment(session, person, role=Role.CLERK, **KEYBOARD) == 1
        assert roles_of(county.clerk, date(2026, 11, 23)) == []
        appoint(county.clerk, Role.COMMITTEE_MEMBER, county.village)
        with pytest.raises(NothingToEnd), unit_of_work() as session:
            actions.end_appointment(session, session.get_one(Person, 1), role=Role.COUNTY, **KEYBOARD)


def test_everything_is_written_into_the_journal_without_a_secret(app: Flask, county: County) -> None:
    with app.app_context():
        add("liufang")
        appoint("liufang", Role.AUDITOR, county.township, until_date=date(2027, 1, 1))
        with unit_of_work() as session:
            person = person_with_login(session, "liufang")
            assert person is not None
            actions.give_password(session, person, "another good one 9", **KEYBOARD)
            actions.end_appointment(session, person, **KEYBOARD)
            actions.disable_person(session, person, **KEYBOARD)
            number = person.id
        with reading() as session:
            entries = session.scalars(
                select(JournalEntry)
                .where(JournalEntry.subject_kind == "person", JournalEntry.subject_id == number)
                .order_by(JournalEntry.id)
            ).all()
            assert [one.event for one in entries] == [
                "person_added", "appointment_begun", "password_changed", "appointment_ended", "person_disabled",
            ]  # fmt: skip
            assert entries[1].detail["until"] == "2027-01-01"
            assert all(one.channel == "cli:root" for one in entries)
            assert PASSWORD not in str([one.detail for one in entries])


def test_a_post_in_a_village_stands_in_that_villages_journal(app: Flask, county: County) -> None:
    with app.app_context(), reading() as session:
        village = place_with_code(session, county.village)
        events = session.scalars(select(JournalEntry.event).where(JournalEntry.village_id == village.id)).all()
        assert events == ["appointment_begun"] * 5


def test_the_villages_of_a_person_follow_from_the_posts(app: Flask, county: County) -> None:
    with app.app_context(), reading() as session:
        wanted = {
            county.clerk: [county.village],
            county.supervisor: [county.village, county.other_village],
            county.county: [county.village, county.other_village, county.far_village],
            county.administrator: [],
        }
        for login, codes in wanted.items():
            person = person_with_login(session, login)
            assert person is not None
            actor = actor_of(session, person, now=NOW)
            assert [one.code for one in villages_of(session, actor, Permission.READ_STAFF)] == codes, login
        admin = person_with_login(session, county.administrator)
        assert admin is not None
        everywhere = villages_of(session, actor_of(session, admin, now=NOW), Permission.MANAGE_ACCOUNTS)
        assert len(everywhere) == 3


def test_acting_for_somebody_at_the_keyboard_is_off_unless_the_settings_say_so(app: Flask, county: County) -> None:
    from dataclasses import replace

    settings = app.extensions["villagehub"]
    with app.app_context(), reading() as session:
        with pytest.raises(MayNotActAs):
            acting_as(session, county.clerk, settings=settings, now=NOW)
        for allowed in (replace(settings, cli_act_as=True), replace(settings, demo=True)):
            actor = acting_as(session, "Clerk", settings=allowed, now=NOW)
            assert actor.name == "赵庆"
            assert actor.on_behalf
            assert actor.channel.startswith("cli:")
            with pytest.raises(NoSuchPerson):
                acting_as(session, "nobody", settings=allowed, now=NOW)


def test_the_list_shows_who_holds_which_post(app: Flask, county: County) -> None:
    with app.app_context(), reading() as session:
        people = list_people(session, today=date(2026, 11, 23), place_code=county.village)
        assert [one.login for one in people] == ["chair", "clerk", "head", "member", "member2"]
        assert people[1].posts[0].words == "报账员"
        assert people[1].posts[0].place_name == "青石沟村"


def test_a_hash_fits_its_password_only(app: Flask, county: County) -> None:
    with app.app_context(), reading() as session:
        person = person_with_login(session, county.clerk)
        assert person is not None
        assert is_password(person.password_hash, PASSWORD)
        assert not is_password(person.password_hash, PASSWORD + " ")
        assert not is_password(None, "nobody has this password")
        assert not is_password("damaged", PASSWORD)
