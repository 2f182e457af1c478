"""Posts of the collective act on the collective's books only; what a register carries on is judged by none of its authors."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import road
from world import COUNTY, NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint, end_appointment
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.disclosures.scope import version_with_id
from villagehub.storage import unit_of_work
from villagehub.supervision import audit_rules as rules
from villagehub.supervision.audits import Said, ask, move_audit
from villagehub.supervision.stages import Move

SignIn = Callable[[str], Browser]
SOON = NOW.date() + timedelta(days=5)
BOARD = {"boardhead": Role.VILLAGE_HEAD, "boardchair": Role.COMMITTEE_CHAIR, "boardclerk": Role.CLERK}


def seat(login: str, role: Role, entity: str = "") -> None:
    """One more person with a post in the village."""
    with unit_of_work() as session:
        new = add_person(session, login, name="冯小满", password=PASSWORD, actor=None, channel="test", now=NOW)
        place = place_with_code(session, COUNTY.village)
        appoint(session, new, role, place=place, entity=entity, actor=None, channel="test", now=NOW)


def asked(version_id: int, number: int | None = None) -> int:
    actor = road.person(COUNTY.supervisor)
    with unit_of_work() as session:
        version = version_with_id(session, version_id)
        return ask(session, version, Said("请说明这一项的情况", SOON), number=number, actor=actor, now=NOW).id


@pytest.fixture
def board(due_county: County) -> County:
    """The county with people of the village's collective."""
    for login, role in BOARD.items():
        seat(login, role, "collective")
    return due_county


def test_the_collective_s_people_do_not_hide_or_answer_for_the_committee_s_books(
    board: County, sign_in: SignIn
) -> None:
    version, head, clerk = road.published(), sign_in("boardhead"), sign_in("boardclerk")
    form = {"cause": "other", "words": "金额单位写错"}
    assert head.get(f"/desk/d/{version}/hide").status_code == 403
    assert head.send(f"/desk/d/{version}/hide", form).status_code == 403
    assert f"/desk/d/{version}/hide" not in head.get("/desk/hide").text
    assert f"/desk/d/{version}/hide" not in head.get(f"/desk/d/{version}").text
    audit = asked(version)
    assert "镇里在问" not in clerk.get("/desk").text
    assert "请说明这一项的情况" in clerk.get(f"/desk/audits/{audit}").text
    answer = {"move": "answer", "text": "由我来说明一下情况", "seen": "1"}
    assert clerk.send(f"/desk/audits/{audit}/answer", answer).status_code == 403


def test_the_collective_s_chair_is_no_second_word_on_the_committee_s_page(board: County, sign_in: SignIn) -> None:
    version, head = road.published(), sign_in(board.head)
    page = f"/desk/d/{version}/hide"
    assert head.send(page, {"cause": "other", "words": "金额单位写错"}, page=page).status_code == 303
    chair = sign_in("boardchair")
    assert "确认撤下" not in chair.get("/desk/hide").text
    assert chair.send("/desk/hide/1/confirm", page="/desk/hide").status_code == 403
    assert sign_in(board.chair).send("/desk/hide/1/confirm", page="/desk/hide").status_code == 303


def test_the_collective_s_people_hide_and_answer_for_their_own_books(board: County, sign_in: SignIn) -> None:
    """Nobody sits on the reviewing board but its chair, so the books are published by those who act for the whole village."""
    version = road.published(of=road.account(entity="collective"))
    audit = asked(version)
    clerk = sign_in("boardclerk")
    assert "镇里在问" in clerk.get("/desk").text
    answer = {"move": "answer", "text": "由我来说明一下情况", "seen": "1"}
    assert clerk.send(f"/desk/audits/{audit}/answer", answer, page=f"/desk/audits/{audit}").status_code == 303
    page = f"/desk/d/{version}/hide"
    head = sign_in("boardhead")
    assert page in head.get("/desk/hide").text
    assert head.send(page, {"cause": "other", "words": "金额单位写错"}, page=page).status_code == 303
    after = head.get("/desk/hide").text
    assert page not in after, "what is hidden already is not offered again"
    assert "能撤下的，现在都已经撤下了" in after
    assert sign_in("boardchair").send("/desk/hide/1/confirm", page="/desk/hide").status_code == 303


def test_the_township_hides_the_books_of_all(board: County, sign_in: SignIn) -> None:
    town = sign_in(board.supervisor)
    for entity in ("committee", "collective"):
        version = road.published(of=road.account(entity=entity))
        page = f"/desk/d/{version}/hide"
        assert town.send(page, {"cause": "privacy"}, page=page).status_code == 303


SHRINE = {"name": "老祠堂", "asset_no": "A1", "category": "public", "state": "self"}
WELL = {"name": "水井", "asset_no": "A2", "category": "public", "state": "self"}


@pytest.fixture
def carried(due_county: County) -> int:
    """A register of 2025 in which the shrine of 2024's goes on; whoever entered it in 2024 is the township's now."""
    first = road.published([SHRINE], of=road.account("assets", "2024"), opening=None)
    assert first
    with unit_of_work() as session:
        old = person_with_login(session, due_county.clerk)
        assert old
        town = place_with_code(session, due_county.township)
        end_appointment(session, old, actor=None, channel="test", now=NOW)
        appoint(session, old, Role.TOWNSHIP_SUPERVISOR, place=town, actor=None, channel="test", now=NOW)
    seat("clerk9", Role.CLERK)
    of = road.account("assets", "2025")
    second = road.fill([SHRINE, WELL], of=of, opening=None, by="clerk9")
    road.publish(road.agree(road.submit(second, "clerk9")))
    return second


@pytest.mark.parametrize("number", [1, None])
def test_whoever_entered_a_thing_closes_no_audit_of_it_in_a_later_year(
    carried: int, due_county: County, number: int | None
) -> None:
    audit, said = asked(carried, number), Said("我看过了，没有问题")
    with pytest.raises(rules.DraftedIt), unit_of_work() as session:
        move_audit(session, audit, Move.CLEAR, said, seen=1, actor=road.person(due_county.clerk), now=NOW)
    with unit_of_work() as session:
        move_audit(session, audit, Move.CLEAR, said, seen=1, actor=road.person(due_county.supervisor), now=NOW)


def test_a_thing_that_they_never_entered_is_theirs_to_close(carried: int, due_county: County) -> None:
    audit = asked(carried, 2)
    with unit_of_work() as session:
        move_audit(session, audit, Move.CLEAR, Said("我看过了，没有问题"), seen=1, actor=road.person("clerk"), now=NOW)
