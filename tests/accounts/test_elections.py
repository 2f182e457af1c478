"""A committee that is being elected locks nobody out: the township says so with dates and names who reviews meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from road import fill, policy, publish, submit, version
from sqlalchemy import select
from world import NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint, end_appointment
from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Appointment, Election
from villagehub.accounts.queries import actor_of, person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.disclosures import office
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.journal.models import JournalEntry
from villagehub.kernel import clock
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
PAGE = "/town/people/elections"


def the_committee_leaves(app: Flask, county: County) -> None:
    """Its term is over; nobody in the village may sign any more."""
    with app.app_context(), unit_of_work() as session:
        for login, role in (
            (county.member, Role.COMMITTEE_MEMBER),
            (county.second_member, Role.COMMITTEE_MEMBER),
            (county.chair, Role.COMMITTEE_CHAIR),
        ):
            found = person_with_login(session, login)
            assert found
            end_appointment(session, found, role=role, place=None, actor=None, channel="test", now=NOW)


def neighbours(app: Flask, county: County) -> dict[str, int]:
    """Two members of the next village's committee."""
    found = {}
    with app.app_context(), unit_of_work() as session:
        for login, name in (("guoqin", "郭琴"), ("heshan", "何山")):
            one = add_person(session, login, name=name, password=PASSWORD, actor=None, channel="test", now=NOW)
            place = place_with_code(session, county.other_village)
            appoint(session, one, Role.COMMITTEE_MEMBER, place=place, actor=None, channel="test", now=NOW)
            found[login] = one.id
    return found


def days() -> dict[str, str]:
    today = clock.today()
    return {"from": today.isoformat(), "until": (today + timedelta(days=40)).isoformat()}


def test_named_by_the_township_it_lets_others_review_and_everybody_reads_so(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    with app.app_context():
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        finance = submit(fill())
    the_committee_leaves(app, county)
    others = neighbours(app, county)
    township = sign_in(county.supervisor)
    begun = township.send(PAGE, {"village": county.village, "entity": "committee", **days()}, page=PAGE)
    assert begun.headers["Location"] == f"{PAGE}?done=begun"

    clerk = sign_in(county.clerk)
    for address in ("/desk", f"/desk/d/{finance}", f"/review/p/{county.village}/committee/2026-10-15"):
        page = clerk.get(address).text
        assert "村务监督委员会正在改选" in page, address
        assert "还没有指定代为审核的人，请找镇里" in page, address
    assert "村务监督委员会正在改选" in township.get(f"/town/v/{county.village}").text
    public = client.get(f"/v/{county.village}").text
    assert "村务监督委员会正在改选" in public
    assert "由镇里指定的人代为审核" in public
    assert "正在改选" not in client.get(f"/v/{county.other_village}").text

    for one in others.values():
        form = {"role": "committee_member", "place": county.village, "substitute": "yes"}
        assert township.send(f"/town/people/{one}/posts", form).status_code == 303
    assert "镇里指定代为审核的人：郭琴、何山" in clerk.get("/desk").text
    assert "改选期间代为审核" in township.get("/town/people").text
    with app.app_context(), reading() as session:
        last_days = {
            one.until_date.isoformat()
            for one in session.scalars(select(Appointment).where(Appointment.person_id.in_(others.values())))
            if one.until_date
        }
        assert last_days == {days()["until"]}, "nobody named for an election reviews after its last day"
        for login in others:
            with unit_of_work() as inner:
                office.cast_vote(inner, finance, office.Hand(person_now(login), policy(), clock.now()), agrees=True)
        assert version(finance).stage == "reviewed"
        publish(finance)
    told = client.get(f"/v/{county.village}/n/1").text
    assert "郭琴（村务监督委员会成员（改选期间由镇里指定））：同意" in told
    assert "审核人：郭琴（镇里指定）、何山（镇里指定）" in client.get(f"/v/{county.village}").text

    page = township.get(PAGE).text
    with app.app_context(), reading() as session:
        election = session.scalars(select(Election)).one().id
    assert f"{PAGE}/{election}/end" in page
    for _ in range(2):
        assert township.send(f"{PAGE}/{election}/end", page=PAGE).status_code == 303
    assert "正在改选" not in client.get(f"/v/{county.village}").text
    assert "正在改选" not in clerk.get("/desk").text
    assert sign_in("guoqin").get(f"/review/{finance}").status_code == 404, "the post ended with the election"
    assert sign_in("guoqin").get("/review").status_code == 200, "the post in the next village did not"
    with app.app_context(), reading() as session:
        events = [one.event for one in session.scalars(select(JournalEntry)) if one.subject_kind == "election"]
        assert events == ["election_begun", "election_ended"]


def person_now(login: str) -> Actor:
    """The person with the posts held today: an election begins on the day on which the tests run."""
    with reading() as session:
        found = person_with_login(session, login)
        assert found
        return actor_of(session, found, now=clock.now())


def test_without_an_election_nobody_is_named_for_one(app: Flask, county: County, sign_in: SignIn) -> None:
    others = neighbours(app, county)
    township = sign_in(county.supervisor)
    form = {"role": "committee_member", "place": county.village, "substitute": "yes"}
    refused = township.send(f"/town/people/{others['guoqin']}/posts", form)
    assert refused.status_code == 422
    assert "没有登记改选" in refused.text
    # Nor is a clerk named in the name of an election.
    township.send(PAGE, {"village": county.village, "entity": "committee", **days()}, page=PAGE)
    refused = township.send(f"/town/people/{others['guoqin']}/posts", form | {"role": "clerk"})
    assert refused.status_code == 422
    assert "改选期间代为审核" in refused.text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"until": "2026-01-01", "from": "2026-02-01"}, "早于开始日期"),
        ({"until": "2099-01-01"}, "改选最多登记一年"),
        ({"from": "明天"}, "“从哪天起”没有填对"),
        ({"until": ""}, "“到哪天为止”没有填对"),
    ],
)
def test_dates_that_cannot_be_are_refused_and_stay_as_typed(
    county: County, sign_in: SignIn, changes: dict[str, str], says: str
) -> None:
    township = sign_in(county.supervisor)
    typed = {"village": county.village, "entity": "collective", **days(), **changes}
    refused = township.send(PAGE, typed, page=PAGE)
    assert refused.status_code == 422
    assert says in refused.text
    assert f'value="{typed["from"]}"' in refused.text
    assert '<option value="collective" selected>' in refused.text


def test_the_same_body_is_not_elected_twice_at_once_and_no_other_township_says_so(
    county: County, sign_in: SignIn
) -> None:
    township = sign_in(county.supervisor)
    form = {"village": county.village, "entity": "committee", **days()}
    assert township.send(PAGE, form, page=PAGE).status_code == 303
    again = township.send(PAGE, form, page=PAGE)
    assert again.status_code == 409
    assert "已经登记过改选" in again.text
    assert township.send(PAGE, form | {"entity": "collective"}, page=PAGE).status_code == 303
    assert township.send(PAGE, form | {"village": county.far_village}, page=PAGE).status_code == 404
    assert township.send(PAGE, form | {"village": county.township}, page=PAGE).status_code == 404
