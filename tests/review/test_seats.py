"""A seat in the committee speaks once, a publisher had no hand in the signatures, and a reason has an end."""

from dataclasses import replace
from datetime import timedelta

import pytest
import road
from flask import Flask
from reading import PACKAGE, SignIn, field, photograph, read_all, sign, submitted
from world import COUNTY, NOW, PASSWORD, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.disclosures import office
from villagehub.disclosures.reviewing import stand_aside
from villagehub.disclosures.rules import ReasonTooLong, SameHandsPublish
from villagehub.disclosures.scope import version_with_id
from villagehub.kernel.clock import local_day
from villagehub.storage import unit_of_work


def fill_in_for(member: str) -> str:
    """Names a substitute for this member; returns the substitute's login."""
    with unit_of_work() as session:
        person = add_person(session, "standin", name="周敏", password=PASSWORD, actor=None, channel="test", now=NOW)
        appoint(
            session,
            person,
            Role.COMMITTEE_MEMBER,
            place=place_with_code(session, COUNTY.village),
            until_date=local_day(NOW) + timedelta(days=60),
            stands_in_for=person_with_login(session, member),
            reason="住院",
            actor=None,
            channel="test",
            now=NOW,
        )
    return "standin"


def test_a_member_and_who_fills_in_for_them_are_one_signature(app: Flask, county: County) -> None:
    sent = submitted(app)
    with app.app_context():
        substitute = fill_in_for(county.member)
        road.agree(sent, county.member, substitute)
        assert road.version(sent).stage == "submitted"
        road.agree(sent, county.second_member)
        assert road.version(sent).stage == "reviewed"


def test_where_the_member_stands_aside_the_substitute_holds_the_seat(app: Flask, county: County) -> None:
    sent = submitted(app)
    with app.app_context():
        substitute = fill_in_for(county.member)
        with unit_of_work() as session:
            version = version_with_id(session, sent)
            stand_aside(session, version, 1, reason="亲戚", actor=road.person(county.member), now=NOW)
        road.agree(sent, county.member, county.second_member)
        assert road.version(sent).stage == "submitted"
        road.agree(sent, substitute)
        assert road.version(sent).stage == "reviewed"


def test_who_entered_signatures_from_paper_does_not_publish(app: Flask, county: County, sign_in: SignIn) -> None:
    sent = submitted(app)
    chair = sign_in(county.chair)
    with app.app_context():
        people = [road.person(one).person_id for one in (county.member, county.second_member)]
    page = chair.get(f"{PACKAGE}/paper").text
    revision = page.partition(f'name="revision-{sent}" value="')[2].partition('"')[0]
    fields = {"v": str(sent), f"revision-{sent}": revision, "password": PASSWORD, "picture": photograph()}
    told = chair.send(
        f"{PACKAGE}/paper", fields | {f"signed-{one}": "agree" for one in people}, page=f"{PACKAGE}/paper"
    )
    assert told.status_code == 303
    with app.app_context():
        assert road.version(sent).stage == "reviewed"
        by_the_chair = replace(road.policy(), publish_by="chair")
        hand = office.Hand(road.person(county.chair), by_the_chair, NOW, None)
        with pytest.raises(SameHandsPublish, match="录的签字"), unit_of_work() as session:
            office.publish_version(session, sent, hand)


LONG = "这一笔和发票对不上，" * 21


def test_a_reason_that_no_board_could_hold_is_refused_with_its_length(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    sent = submitted(app)
    member = sign_in(county.member)
    read_all(member, sent)
    revision = field(member.get(PACKAGE).text, f"revision-{sent}")
    answers = [
        sign(member, sent, **{f"objection-{sent}": LONG}),
        member.send(f"/review/{sent}/return", {"reason": LONG, "revision": revision}, page=f"/review/{sent}"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "有 210 个字，最多 200 个字" in answer.text
        assert LONG in answer.text
    with app.app_context():
        me = road.person(county.member)
        with pytest.raises(ReasonTooLong), unit_of_work() as session:
            stand_aside(session, version_with_id(session, sent), 1, reason=LONG, actor=me, now=NOW)
        road.agree(sent)
        road.publish(sent)
        with pytest.raises(ReasonTooLong):
            road.correct(1, reason=LONG)
