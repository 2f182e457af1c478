"""封存的审核意见和当时的签字、操作记录，每天一项一项对，隐去过字的也一样。

有人拿了数据库，停了触发器，把谁签的、怎么签的改过来，又把触发器装回去：总数凑得上，每天的核对照样说得出来。
隐去要两个人；只在数据库里写一条隐去的记录，什么也不算。换村码、早先版本封存的，不会虚报。
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import road
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from test_redacted_opinions import SAID, objected, redact, review_of, through_the_door  # noqa: F401
from test_redaction import SignIn, bundle, faults_in, tampering
from world import COUNTY, NOW, County

from villagehub.cli import cli
from villagehub.disclosures import publishing, reviewing
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.erasing import erase_fields, redaction_members
from villagehub.disclosures.models import Version, VersionFact, Vote
from villagehub.disclosures.proving import read_faults
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.places.actions import change_code
from villagehub.places.models import Place
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.log import append, keep_leaf


def votes_in(session: Session, version_id: int, *, former: bool = False) -> list[Vote]:
    """On the published content, or on what was sent back."""
    digest = session.get_one(Version, version_id).digest
    found = session.scalars(select(Vote).where(Vote.version_id == version_id).order_by(Vote.id)).all()
    return [one for one in found if (one.digest != digest) is former]


def put(session: Session, vote: Vote, **values: Any) -> None:
    session.execute(update(Vote).where(Vote.id == vote.id).values(**values))


def faults_after(version_id: int, change: Callable[[Session], object]) -> list[str]:
    """What the daily check says of it; the change is taken back."""
    with tampering.behind_its_back() as session:
        change(session)
        session.expire_all()
        return read_faults(session, version_id)


def turned_round(session: Session, version_id: int) -> None:
    """Who objected agrees and somebody else does not: as many agree as before."""
    votes = votes_in(session, version_id)
    no, yes = (next(one for one in votes if one.agrees is said) for said in (False, True))
    put(session, no, agrees=True)
    put(session, yes, agrees=False)


def test_a_vote_that_was_rewritten_is_named_whether_or_not_its_review_was_redacted(
    app: Flask,
    objected: int,  # noqa: F811
    sign_in: SignIn,
) -> None:
    assert app
    other, later = road.person(COUNTY.head).person_id, timedelta(microseconds=1)
    changes: dict[str, Callable[[Session], object]] = {"turned round": lambda session: turned_round(session, objected)}
    for name, values in {
        "person": {"person_id": other},
        "post": {"post": "别的职务"},
        "on paper": {"on_paper": True},
        "entered by": {"entered_by": other},
        "entered from paper": {"on_paper": True, "entered_by": other},
    }.items():
        for place in (0, 1):
            changes[f"{name} {place}"] = lambda session, at=place, of=values: put(  # type: ignore[misc]
                session, votes_in(session, objected)[at], **of
            )
    changes["moment"] = lambda session: put(
        session, votes_in(session, objected)[0], cast_at=votes_in(session, objected)[0].cast_at + later
    )

    def of_former(session: Session) -> None:
        put(session, votes_in(session, objected, former=True)[0], agrees=True)

    def rounds_exchanged(session: Session) -> None:
        before = votes_in(session, objected, former=True)[0]
        now = next(one for one in votes_in(session, objected) if one.person_id == before.person_id)
        digests = now.digest, before.digest
        put(session, now, digest="0" * 64)
        put(session, before, digest=digests[0], objection=now.objection)
        put(session, now, digest=digests[1])

    changes |= {"former vote": of_former, "rounds exchanged": rounds_exchanged}
    with reading() as session:
        assert len(votes_in(session, objected)) > 1
        assert votes_in(session, objected, former=True)
        assert read_faults(session, objected) == []
    for name, change in changes.items():
        assert faults_after(objected, change), name
    redact(sign_in, objected, review_of(objected).name)
    with reading() as session:
        assert read_faults(session, objected) == []
    for name, change in changes.items():
        assert faults_after(objected, change), f"{name}, redacted"


def test_a_redacted_review_cannot_be_turned_round_nor_given_to_somebody_else(
    app: Flask,
    objected: int,  # noqa: F811
    sign_in: SignIn,
) -> None:
    assert app
    fact, other = review_of(objected), road.person(COUNTY.head)
    redact(sign_in, objected, fact.name)

    def say(session: Session, **members: Any) -> None:
        held = session.get_one(VersionFact, fact.id).value or {}
        session.execute(update(VersionFact).where(VersionFact.id == fact.id).values(value={**held, **members}))

    def turned(session: Session) -> None:
        turned_round(session, objected)
        say(session, agrees=True)

    def given(session: Session, *, moved: timedelta = timedelta()) -> None:
        no = next(one for one in votes_in(session, objected) if not one.agrees)
        put(session, no, person_id=other.person_id, cast_at=no.cast_at + moved)
        say(session, name=other.name)

    def posted(session: Session) -> None:
        no = next(one for one in votes_in(session, objected) if not one.agrees)
        put(session, no, post="别的职务")
        say(session, post="别的职务")

    assert faults_after(objected, turned)
    assert faults_after(objected, given)
    assert faults_after(objected, lambda session: given(session, moved=timedelta(days=1)))
    assert faults_after(objected, posted)


def paper_vote(words: str = "") -> int:
    """A correction, published, whose chair signed on paper; the version's id."""
    draft = road.correct(1, reason="第一行的数字抄错了，改正")
    road.change_row(draft, 1, amount="11000", confirmed=True)
    road.submit(draft)
    with unit_of_work() as session:
        version, of = session.get_one(Version, draft), {"post": "村务监督委员会主任", "now": NOW, "on_paper": True}
        voter, by = road.person(COUNTY.chair), road.person(COUNTY.clerk)
        reviewing.cast(session, version, agrees=not words, objection=words, voter=voter, by=by, **of)
    road.agree(draft)
    road.publish(draft)
    run_after_publish()
    return draft


@pytest.mark.parametrize("older", [False, True], ids=["as noted now", "as noted before"])
def test_whose_signature_on_paper_it_is_cannot_be_changed_either(
    app: Flask,
    objected: int,  # noqa: F811
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    older: bool,
) -> None:
    assert app
    if older:
        note = reviewing.note

        def as_before(*given: Any, detail: dict[str, Any], **more: Any) -> None:
            kept = {name: one for name, one in detail.items() if name in ("agrees", "on_paper", "voter")}
            note(*given, detail=kept, **more)

        monkeypatch.setattr(reviewing, "note", as_before)
    draft = paper_vote(SAID)
    other = road.person(COUNTY.head)

    def given(session: Session) -> None:
        put(session, next(one for one in votes_in(session, draft) if one.on_paper), person_id=other.person_id)

    def typed(session: Session) -> None:
        put(session, next(one for one in votes_in(session, draft) if one.on_paper), entered_by=other.person_id)

    for _ in range(2):
        with reading() as session:
            assert read_faults(session, draft) == []
        assert faults_after(draft, given)
        assert faults_after(draft, typed)
        if review := next((one for one in facts_of(draft) if (one.value or {}).get("objection")), None):
            redact(sign_in, draft, review.name)
    through_the_door("UPDATE person SET name = '新名字'")
    with reading() as session:
        assert read_faults(session, draft) == [], "a name is what it was when they signed"


def facts_of(version_id: int) -> list[VersionFact]:
    with reading() as session:
        return list(session.scalars(select(VersionFact).where(VersionFact.version_id == version_id)))


def test_a_review_sealed_before_it_said_on_whose_behalf_it_was_gives_no_alarm(
    app: Flask, county: County, sign_in: SignIn, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    assert county
    made = publishing.review_of

    def as_before(*given: Any) -> dict[str, Any]:
        return {name: one for name, one in made(*given).items() if name != "on_behalf"}

    monkeypatch.setattr(publishing, "review_of", as_before)
    version_id = request.getfixturevalue("objected")
    monkeypatch.undo()
    assert "on_behalf" not in (review_of(version_id).value or {})
    with reading() as session:
        assert read_faults(session, version_id) == []
    fact = review_of(version_id)
    redact(sign_in, version_id, fact.name)
    with reading() as session:
        assert read_faults(session, version_id) == []
        held = session.get_one(VersionFact, fact.id).value or {}
    for name in held:
        less = {key: one for key, one in held.items() if key != name}
        change = update(VersionFact).where(VersionFact.id == fact.id).values(value=less)
        assert faults_after(version_id, lambda session, sql=change: session.execute(sql)), name  # type: ignore[misc]
    more = update(VersionFact).where(VersionFact.id == fact.id).values(value={**held, "on_behalf": True})
    assert faults_after(version_id, lambda session: session.execute(more))


def test_a_redaction_after_the_village_got_another_code_excuses_what_was_sealed_under_the_former(
    app: Flask,
    objected: int,  # noqa: F811
    sign_in: SignIn,
) -> None:
    with unit_of_work() as session:
        place = session.get_one(Place, session.get_one(Version, objected).village_id)
        change_code(session, place, "990101100299", now=NOW)
    redact(sign_in, objected, review_of(objected).name)
    with reading() as session:
        assert read_faults(session, objected) == []
    assert faults_in(app, bundle(app, objected)) == []


def fsck(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    settings = app.extensions["villagehub"]
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
    return CliRunner().invoke(cli, ["log", "fsck"], obj=lambda: app, catch_exceptions=False).output


def test_a_record_of_redaction_in_the_log_that_no_two_people_made_excuses_nothing(
    app: Flask,
    objected: int,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every guard is on; there is no proposal, no confirmation and nothing in the journal."""
    me = road.person(COUNTY.head).person_id
    name = review_of(objected).name
    with unit_of_work() as session:
        version = session.get_one(Version, objected)
        by = {"basis": "没有人同意", "people": (me, me), "now": NOW}
        erased = erase_fields(session, version.village_id, {}, version, said={name}, **by)
        roles = ("head", "township_supervisor")
        members = redaction_members(session, version, erased, basis="court", roles=roles, now=NOW)
        append(session, keep_leaf(session, members, now=NOW), LogFolder(app.extensions["villagehub"].log))
    run_after_publish()
    with reading() as session:
        assert session.scalars(select(Redaction)).all() == []
        found = read_faults(session, objected)
    assert any("查不到是哪两个人" in one for one in found), found
    assert "查不到是哪两个人" in fsck(app, monkeypatch)


def test_a_redaction_excuses_only_with_two_different_people_and_its_entry_in_the_journal(
    app: Flask,
    objected: int,  # noqa: F811
    sign_in: SignIn,
) -> None:
    assert app
    redact(sign_in, objected, review_of(objected).name)
    supervisor = road.person(COUNTY.supervisor).person_id
    entry = JournalEntry.event == Event.REDACTED
    for sql in (
        update(Redaction).values(proposed_by=supervisor),
        update(RedactionEvent).values(person_id=road.person(COUNTY.head).person_id),
        update(RedactionEvent).values(kind="withdrawn"),
        delete(RedactionEvent),
        delete(JournalEntry).where(entry),
        update(JournalEntry).where(entry).values(detail={}),
        update(JournalEntry).where(entry).values(actor_id=None),
    ):
        found = faults_after(objected, lambda session, change=sql: session.execute(change))  # type: ignore[misc]
        assert any("查不到是哪两个人" in one for one in found), sql
    with reading() as session:
        assert read_faults(session, objected) == []
