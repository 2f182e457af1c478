"""The journal's page: everybody above the village reads what happened in their villages, and no others."""

from collections.abc import Callable

import pytest
from flask import Flask
from world import NOW, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.journal_list import PAGE, JournalFilter, read_journal
from villagehub.accounts.queries import actor_of, person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.journal import Event, record
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]


def a_far_clerk(app: Flask, county: County) -> None:
    with app.app_context(), unit_of_work() as session:
        person = add_person(session, "far", name="远方", password="a b c d e f g", actor=None, channel="test", now=NOW)
        place = place_with_code(session, county.far_village)
        appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)


def test_role_changes_are_read_with_names_posts_and_filters(app: Flask, county: County, sign_in: SignIn) -> None:
    auditor = sign_in(county.auditor)
    page = auditor.get("/town/journal").text
    assert "任职开始：赵庆（青石沟村）" in page
    assert "职务 报账员" in page
    only = auditor.get("/town/journal?event=appointment_begun&person=赵庆").text
    assert "赵庆" in only
    assert "王桂芳" not in only
    assert "没有这样的记录" in auditor.get("/town/journal?until=2001-01-01").text
    assert "没有这样的记录" in auditor.get(f"/town/journal?village={county.other_village}").text
    assert auditor.get("/town/journal?before=x&from=gestern&event=none").status_code == 200
    assert auditor.get("/town/journal?event=%00").status_code == 400


@pytest.mark.parametrize(
    ("event", "kind", "said"),
    [
        (Event.QUESTION_MOVED, "question", "第 3 号提问"),
        (Event.ERRAND_MOVED, "errand", "第 3 号办事"),
        (Event.VERSION_PUBLISHED, "version", "第 3 号公开"),
        (Event.ROW_CORRECTED, "version", "编号 3"),
    ],
)
def test_a_number_says_of_what_it_is(
    app: Flask, county: County, sign_in: SignIn, event: Event, kind: str, said: str
) -> None:
    with app.app_context(), unit_of_work() as session:
        place = place_with_code(session, county.village)
        record(session, event, village_id=place.id, actor_id=None, actor_name="赵庆", channel="web",
               subject_kind=kind, subject_id=1, detail={"number": 3}, now=NOW)  # fmt: skip
    page = sign_in(county.supervisor).get(f"/town/journal?event={event.value}").text
    assert f"· {said}" in page
    assert "第几号" not in page


def test_another_townships_entries_are_not_seen(app: Flask, county: County, sign_in: SignIn) -> None:
    a_far_clerk(app, county)
    for path in ("/town/journal", f"/town/journal?village={county.far_village}", "/town/journal?person=远方"):
        text = sign_in(county.supervisor).get(path).text
        assert "石桥村" not in text
        assert "任职开始：远方" not in text
        assert "建了账号：远方" not in text
    assert "任职开始：远方（石桥村）" in sign_in(county.county).get("/town/journal").text


def test_pages_follow_each_other_without_a_gap_or_a_repeat(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        for number in range(PAGE):
            with unit_of_work() as session:
                clerk = person_with_login(session, county.clerk)
                assert clerk
                record(
                    session, Event.VERSION_DRAFTED, village_id=place_with_code(session, county.village).id,
                    actor_id=clerk.id, actor_name=clerk.name, channel="web", subject_kind="version",
                    subject_id=number, now=NOW,
                )  # fmt: skip
        with reading() as session:
            person = person_with_login(session, county.supervisor)
            assert person
            actor, seen, before = actor_of(session, person, now=NOW), [], None
            while True:
                lines, before = read_journal(session, actor, JournalFilter(before=before))
                seen += [one.id for one in lines]
                if before is None:
                    break
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) > PAGE
    assert "更早的" in sign_in(county.supervisor).get("/town/journal").text
