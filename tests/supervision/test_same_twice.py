"""What two offices, or two clicks, do in the same moment is done once; on PostgreSQL as on SQLite."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import road
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from world import COUNTY, NOW, Browser, County, token_in

from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.checking import keep_check
from villagehub.disclosures.models import VillageCounter, Waiver
from villagehub.disclosures.scope import version_with_id
from villagehub.kernel.period import Period
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work
from villagehub.supervision.audits import Said, ask
from villagehub.supervision.models import Audit, AuditEvent
from villagehub.supervision.waivers import grant_waiver

SignIn = Callable[[str], Browser]


def twice(app: Flask, act: Callable[[Session], object]) -> None:
    """Does it in two transactions, of which the second begins while the first is still open."""
    done = Event()

    def first() -> None:
        with app.app_context(), unit_of_work() as session:
            act(session)
            done.set()
            time.sleep(0.5)

    def second() -> None:
        assert done.wait(60)
        with app.app_context(), unit_of_work() as session:
            act(session)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(first), pool.submit(second)]:
            one.result(30)


def count(table: type[Waiver | PublicationCheck | Audit | AuditEvent | VillageCounter]) -> int | None:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_the_same_question_asked_twice_at_once_is_one_audit(app: Flask, due_county: County) -> None:
    version_id, town = road.published(), road.person(due_county.supervisor)

    def asked(session: Session) -> None:
        said = Said("请说明这一笔的情况", date(2026, 12, 1))
        ask(session, version_with_id(session, version_id), said, number=None, actor=town, now=NOW)

    twice(app, asked)
    assert (count(Audit), count(AuditEvent)) == (1, 1)


def test_the_first_check_of_a_publication_made_twice_at_once_is_kept_once(app: Flask, due_county: County) -> None:
    assert due_county
    version_id = road.published()
    with reading() as session:
        version = version_with_id(session, version_id)
    twice(app, lambda session: keep_check(session, version, "", now=NOW))
    assert count(PublicationCheck) == 1


def test_the_same_later_day_granted_twice_at_once_is_one_waiver(app: Flask, due_county: County) -> None:
    """In a village where nothing was drafted yet, so that its counter too is made in that moment."""
    town, quarter = road.person(due_county.supervisor), Period.parse("2026Q3")
    assert count(VillageCounter) == 0

    def granted(session: Session) -> None:
        village = read_village(session, COUNTY.village)
        words = {"until": date(2026, 12, 5), "reason": "县系统未关账，延至12月5日"}
        grant_waiver(session, village, "finance", quarter, actor=town, now=NOW, **words)  # type: ignore[arg-type]

    twice(app, granted)
    assert (count(Waiver), count(VillageCounter)) == (1, 1)


def test_two_clicks_on_a_form_of_the_township_do_it_once(due_county: County, sign_in: SignIn) -> None:
    """Each form is opened once and sent twice, as by two clicks: both answers lead to the same page."""
    version_id, town = road.published(), sign_in(due_county.supervisor)
    ask_page, village = f"/town/d/{version_id}/ask", f"/town/v/{due_county.other_village}"
    asked = {"text": "请说明这一笔的情况", "due_on": "2026-12-01"}
    waived = {"account": "finance/2026Q3", "until": "2026-12-05", "reason": "县系统未关账，延至12月5日", "q": "2026Q3"}
    for address, page, fields in ((ask_page, ask_page, asked), (f"{village}/waivers", village, waived)):
        form = {**fields, "csrf_token": token_in(town.get(page).text)}
        first, second = (town.post(address, data=form) for _ in range(2))
        assert (first.status_code, second.status_code) == (303, 303)
        assert first.headers["Location"] == second.headers["Location"]
    assert (count(Audit), count(AuditEvent), count(Waiver)) == (1, 1, 1)
    audit = "/desk/audits/1"
    decided = {"move": "clear", "text": "看过凭证，没有问题", "seen": "1", "csrf_token": token_in(town.get(audit).text)}
    assert [town.post(f"{audit}/decide", data=decided).status_code for _ in range(2)] == [303, 303]
    assert count(AuditEvent) == 2


def test_what_was_typed_stays_in_every_form_of_the_township_that_is_refused(
    due_county: County, sign_in: SignIn
) -> None:
    version_id, town = road.published(), sign_in(due_county.supervisor)
    ask_page, village = f"/town/d/{version_id}/ask", f"/town/v/{due_county.other_village}"
    late = {"text": "请说明这一笔的情况，附会议记录", "due_on": "2026-11-01"}
    refused = town.send(ask_page, late, page=ask_page)
    assert refused.status_code == 422
    assert f"{late['text']}</textarea>" in refused.text
    assert 'value="2026-11-01"' in refused.text
    waived = {"account": "finance/2026Q3", "until": "2026-11-01", "reason": "县系统未关账，等几天", "q": "2026Q3"}
    refused = town.send(f"{village}/waivers", waived, page=village)
    assert refused.status_code == 422
    assert waived["reason"] in refused.text
    assert 'value="2026-11-01"' in refused.text
