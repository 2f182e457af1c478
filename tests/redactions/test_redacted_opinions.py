"""审核的人不同意，写的意见也随公开封存；里面写了不该写的，由两个人依法隐去：字和盐哪里都没有，谁审核的、怎么签的还在。

剧本：第一轮退回，第二轮何监委照样不同意，话里写了别人的病。村委会主任提出隐去这句话，镇监督员确认。
没有记录就少了字、又写回了字、改了签字的，每天的核对、核对包、verify.html 都说得出来。
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import road
import time_machine
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy import text as plain
from sqlalchemy.exc import IntegrityError
from test_redaction import (
    BOOK,
    SignIn,
    Visitor,
    _database_in,
    bundle,
    confirm,
    faults_in,
    sending,
    shown,
    tables,
    tampering,
)
from world import COUNTY, NOW, County

from villagehub.cli import cli
from villagehub.disclosures import office
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.erasing import erase_fields
from villagehub.disclosures.models import Version, VersionFact, Vote
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.proving import read_faults
from villagehub.disclosures.redacted import STUB
from villagehub.disclosures.redaction_models import Redaction, RedactionItem
from villagehub.disclosures.reviewing import cast
from villagehub.labels.sheet_facts import read_sheet
from villagehub.ledgers.models import Upload
from villagehub.ops.backup import make_backup
from villagehub.ops.doctor import KEYS
from villagehub.questions.models import Question, QuestionEvent
from villagehub.storage import reading, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.transparency.commitments import b64
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying.asking import open_file

SAID = "王老汉的透析费不该走这笔账"
V = f"/v/{COUNTY.village}"


def object_to(version_id: int, login: str, words: str) -> None:
    with unit_of_work() as session:
        office.cast_vote(session, version_id, road.hand(login), agrees=False, objection=words)


@pytest.fixture
def objected(app: Flask, county: County, sign_in: SignIn) -> Iterator[int]:
    """A quarter that was sent back once, published with two objections, and asked about; the version's id."""
    assert county
    app.test_client_class = Visitor
    for name in KEYS:
        load_key(app.extensions["villagehub"].keys, name)
    with time_machine.travel(NOW, tick=True), app.app_context():
        clerk = sign_in(COUNTY.clerk)
        upload = sending.send(clerk, BOOK)
        sending.confirm(clerk, upload)
        assert sending.press(clerk, upload).status_code == 303
        with reading() as session:
            version_id = session.get_one(Upload, upload).version_id
        assert version_id
        road.submit(version_id)
        object_to(version_id, COUNTY.chair, f"{SAID}，要改")
        with unit_of_work() as session:
            office.send_back(session, version_id, road.hand(COUNTY.member), reason="摘要写得不清楚，请写明白")
        road.change_row(version_id, 1, summary="鱼塘租金（二号塘）", confirmed=True)
        road.submit(version_id)
        object_to(version_id, COUNTY.chair, SAID)
        road.agree(version_id)
        road.publish(version_id)
        run_after_publish()
        with unit_of_work() as session:
            village_id = session.get_one(Version, version_id).village_id
            due = {"asked_at": NOW, "due_on": NOW.date()}
            asked = Question(village_id=village_id, number=1, version_id=version_id, source="web", **due)
            session.add(asked)
            session.flush()
            text = f"上面写“{SAID}”，是真的吗"
            session.add(QuestionEvent(question_id=asked.id, seq=1, move="ask", text=text, at=NOW))
        yield version_id


def review_of(version_id: int, words: str | None = SAID) -> VersionFact:
    with reading() as session:
        facts = session.scalars(select(VersionFact).where(VersionFact.version_id == version_id)).all()
        return next(one for one in facts if one.value and one.value.get("objection", "") == words)


def redact(sign_in: SignIn, version_id: int, name: str) -> None:
    """Both people, over the pages."""
    assert propose(sign_in, version_id, name).status_code == 303
    supervisor = sign_in(COUNTY.supervisor)
    assert confirm(supervisor).status_code == 303


def propose(sign_in: SignIn, version_id: int, *names: str) -> Any:
    page = f"/desk/d/{version_id}/redact?said={names[0]}"
    fields = {"said": list(names), "basis": "pipl28", "words": "写了别人的病情"}
    return sign_in(COUNTY.head).send(f"/desk/d/{version_id}/redact", fields, page=page)


def test_the_words_of_an_objection_and_their_salt_are_nowhere_and_the_vote_stays(
    app: Flask,
    objected: int,
    sign_in: SignIn,
    tmp_path: Path,
    engine_kind: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings, fact, older = app.extensions["villagehub"], review_of(objected), bundle(app, objected)
    assert fact.salt
    salt, more = fact.salt, (f"/api/v1/villages/{COUNTY.village}/publications/1",)
    before, public = tables(), shown(app, *more)
    assert before.count(SAID) > 3, "fact, two votes and a question"
    assert SAID in public
    assert b64(salt) in open_file(older)["publication.json"].decode()
    chosen = sign_in(COUNTY.head).get(f"/desk/d/{objected}/redact").text
    assert SAID in chosen
    assert f'name="said" value="{fact.name}"' in chosen

    redact(sign_in, objected, fact.name)

    dump, pages = tables(), shown(app, *more)
    for place, text in (("tables", dump), ("pages, twins, programs", pages), ("log", caplog.text)):
        assert SAID not in text, place
        assert "透析" not in text, place
    for one in settings.instance.rglob("*"):
        held = one.read_bytes() if one.is_file() else b""
        assert SAID.encode() not in held, one.name
        assert salt not in held, one.name
        assert b64(salt).encode() not in held, one.name
    assert b64(salt) not in pages
    make_backup(settings, tmp_path / "new", tmp_path / "new.keys")
    kept = b"".join(one.read_bytes() for one in (tmp_path / "new").rglob("*") if one.is_file())
    assert SAID.encode() not in kept
    assert salt not in kept
    if engine_kind == "sqlite":
        copied = sqlite3.connect(_database_in(tmp_path / "new"))
        dumped = "\n".join(copied.iterdump())
        copied.close()
        assert SAID not in dumped
        assert salt.hex().upper() not in dumped.upper()

    record = app.test_client().get(f"{V}/n/1").text
    name = str((fact.value or {})["name"])
    assert f"{name}（" in record
    assert f"不同意<br>意见：{STUB}" in record
    assert "1 条审核意见已于" in record
    assert "写了别人的病情" in record
    assert "敏感个人信息" in record
    with reading() as session:
        signed = read_sheet(session, objected, today=NOW.date()).signed
    assert [one.objection for one in signed if not one.agrees] == [STUB]
    assert STUB in sign_in(COUNTY.clerk).get(f"/desk/d/{objected}").text
    assert f'"objection":"{STUB}"' in pages.replace(": ", ":")

    with reading() as session:
        assert read_faults(session, objected) == []
    now = bundle(app, objected)
    assert faults_in(app, now, older) == []
    assert faults_in(app, older) == [], "whoever kept the older bundle still proves all of it"
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
    run = CliRunner().invoke(cli, ["log", "fsck"], obj=lambda: app, catch_exceptions=False)
    assert (run.exit_code, "一处不差" in run.output) == (0, True), run.output
    file = tmp_path / "now.zip"
    file.write_bytes(now)
    run = CliRunner().invoke(cli, ["verify", str(file), "--key", own_vkey(settings)], catch_exceptions=False)
    assert run.exit_code == 0, run.output
    assert "个人的审核意见已于" in run.output
    assert "证明不了这个人是谁、同意不同意，只能证明一共几个人签、几个人同意" in run.output


def test_words_that_are_gone_without_a_leaf_and_what_is_changed_beside_them_are_named(
    app: Flask, objected: int, sign_in: SignIn
) -> None:
    fact, folder = review_of(objected), LogFolder(app.extensions["villagehub"].log)
    held = fact.value or {}

    def looked(**changes: Any) -> tuple[list[str], list[str]]:
        with tampering.behind_its_back() as session:
            of_votes = {name: changes.pop(name) for name in ("vote_agrees", "vote_objection") if name in changes}
            if changes:
                session.execute(update(VersionFact).where(VersionFact.id == fact.id).values(**changes))
            for name, value in of_votes.items():
                wanted = Vote.version_id == objected, Vote.agrees.is_(False)
                session.execute(update(Vote).where(*wanted).values({name.removeprefix("vote_"): value}))
            session.expire_all()
            raw = make_proof_bundle(session, session.get_one(Version, objected), folder, "")
            return read_faults(session, objected), faults_in(app, raw)

    for gone in ({"value": {**held, "objection": None}, "salt": None}, {"value": {**held, "objection": None}}):
        daily, carried = looked(**gone)
        assert any("审核意见" in one for one in daily), gone
        assert any("审核意见" in one for one in carried), gone
    # A record in the database alone, made through the door by one hand, is no leaf in the log.
    with tampering.behind_its_back() as session:
        version, me = session.get_one(Version, objected), road.person(COUNTY.head).person_id
        by = {"basis": "没有人同意", "people": (me, me), "now": NOW}
        erase_fields(session, version.village_id, {}, version, said={fact.name}, **by)
        assert any("不见了" in one for one in read_faults(session, objected))
        raw = make_proof_bundle(session, session.get_one(Version, objected), folder, "")
        assert any("不见了" in one for one in faults_in(app, raw))

    redact(sign_in, objected, fact.name)
    assert looked() == ([], [])
    assert "on_behalf" in held
    for changes in (
        {"value": None},
        {"value": {**held, "objection": None, "agrees": True}},
        {"value": {**held, "objection": None, "name": None}},
        {"value": {**held, "objection": None, "name": "别的人"}},
        {"value": {**held, "objection": None, "on_behalf": not held["on_behalf"]}},
        {"value": {**held, "objection": None, "entered_by": "别的人"}},
        {"value": {**held, "objection": None, "post": "别的职务"}},
        {"value": {**held, "objection": "换成别的一句话"}},
        {"vote_objection": SAID},
        {"vote_agrees": True},
    ):
        daily, _ = looked(**changes)
        assert daily, changes


def test_the_reason_in_the_same_words_goes_along_and_another_publication_is_only_named(
    app: Flask, objected: int, sign_in: SignIn
) -> None:
    draft = road.correct(1, reason=f"{SAID}，改正")
    road.change_row(draft, 1, amount="11000", confirmed=True)
    road.submit(draft)
    with unit_of_work() as session:
        version, of = session.get_one(Version, draft), {"post": "村务监督委员会主任", "now": NOW, "on_paper": True}
        voter, by = road.person(COUNTY.chair), road.person(COUNTY.clerk)
        cast(session, version, agrees=False, objection=SAID, voter=voter, by=by, **of)
    road.agree(draft)
    road.publish(draft)
    run_after_publish()
    assert propose(sign_in, draft, review_of(draft).name).status_code == 303
    page = sign_in(COUNTY.supervisor).get("/desk/redact/1").text
    assert page.count(SAID) == 2
    assert "同样的字，一起隐去" in page
    assert "第 1 号公开也有人说过同样的话" in page
    assert "审核表的照片也留着" in page
    assert confirm(sign_in(COUNTY.supervisor)).status_code == 303
    assert "意见写在纸的审核表上" in sign_in(COUNTY.supervisor).get("/desk/redact/1").text
    with reading() as session:
        items = session.execute(select(RedactionItem.field, RedactionItem.asked).order_by(RedactionItem.id)).all()
        assert [tuple(one) for one in items] == [("reason", False), ("review:1", True)]
        assert read_faults(session, draft) == []
        assert read_faults(session, objected) == []
    typed_in = review_of(draft, None).value or {}
    assert typed_in["entered_by"]
    for named in ("name", "entered_by"):
        with tampering.behind_its_back() as session:
            changed = {"value": {**typed_in, named: "别的人"}}
            session.execute(update(VersionFact).where(VersionFact.id == review_of(draft, None).id).values(**changed))
            session.expire_all()
            assert any("和当时的签字不一样" in one for one in read_faults(session, draft)), named
    text = app.test_client().get(f"{V}/n/2").text
    assert SAID not in text
    assert "更正原因、1 条审核意见已于" in text
    assert SAID in app.test_client().get(f"{V}/n/1").text, "another publication needs its own two people"
    with reading() as session:
        signed = read_sheet(session, draft, today=NOW.date())
    assert signed.reason == STUB


def test_words_that_the_publication_does_not_have_are_refused(app: Flask, objected: int, sign_in: SignIn) -> None:
    for names in (("review:2", "review:99"), ("review:1", "recusal:1"), ("reason",), ("name",)):
        answer = propose(sign_in, objected, *names)
        assert (answer.status_code, "不在这一份里" in answer.text) == (422, True), names
    words = {"said": [review_of(objected).name], "basis": "pipl28", "words": SAID}
    page = f"/desk/d/{objected}/redact?said=review:1"
    answer = sign_in(COUNTY.head).send(f"/desk/d/{objected}/redact", words, page=page)
    assert (answer.status_code, "有要隐去的字" in answer.text) == (422, True)
    with reading() as session:
        assert session.scalars(select(Redaction)).all() == []


def through_the_door(*statements: str) -> None:
    """Plain SQL with every guard on; raises where the database refuses."""
    with unit_of_work() as session:
        for one in statements:
            session.execute(plain(one))


def test_who_voted_and_how_cannot_go_the_way_that_the_words_went(app: Flask, objected: int, sign_in: SignIn) -> None:
    assert app
    fact = review_of(objected)
    redact(sign_in, objected, fact.name)
    for of in (f"id = {fact.id}", f"version_id = {objected} AND name LIKE 'review:%'"):
        with pytest.raises(IntegrityError, match="已公开的内容不能改动"):
            through_the_door(f"UPDATE version_fact SET value = NULL WHERE {of}")
    with reading() as session:
        assert read_faults(session, objected) == []
        assert (session.get_one(VersionFact, fact.id).value or {})["agrees"] is False


def test_a_reviewer_who_later_has_another_name_gives_no_alarm(app: Flask, objected: int, sign_in: SignIn) -> None:
    """A name is what the journal had when they signed."""
    assert app
    redact(sign_in, objected, review_of(objected).name)
    through_the_door("UPDATE person SET name = '新名字'")
    with reading() as session:
        assert read_faults(session, objected) == []


def test_a_redacted_reason_opens_no_vote_and_words_missing_from_a_vote_are_named(
    app: Flask, objected: int, sign_in: SignIn
) -> None:
    assert app
    draft = road.correct(1, reason="第一行的数字抄错了，改正")
    road.change_row(draft, 1, amount="11000", confirmed=True)
    road.submit(draft)
    object_to(draft, COUNTY.chair, SAID)
    road.agree(draft)
    road.publish(draft)
    run_after_publish()
    redact(sign_in, draft, "reason")
    with reading() as session:
        erasure_id = session.get_one(Version, draft).erasure_id
    blank = f"UPDATE vote SET objection = '', erasure_id = {erasure_id} WHERE version_id = {draft}"
    with pytest.raises(IntegrityError, match="已公开的内容不能改动"):
        through_the_door(blank)
    with reading() as session:
        assert read_faults(session, draft) == []
    for sql in (
        blank,
        f"UPDATE vote SET erasure_id = {erasure_id} WHERE version_id = {draft} AND objection = ''",
        f"UPDATE vote SET objection = '换成别的一句话' WHERE version_id = {draft} AND objection <> ''",
    ):
        with tampering.behind_its_back() as session:
            session.execute(plain(sql))
            session.expire_all()
            assert any("和当时的签字不一样" in one for one in read_faults(session, draft)), sql
            session.rollback()


def test_the_same_words_spaced_otherwise_go_from_another_reviewers_former_vote_too(
    app: Flask, objected: int, sign_in: SignIn
) -> None:
    assert app
    spaced = "王老汉的 透析费　不该走这笔账，要改"
    draft = road.correct(1, reason="第一行的数字抄错了，改正")
    road.change_row(draft, 1, amount="11000", confirmed=True)
    road.submit(draft)
    object_to(draft, COUNTY.member, spaced)
    with unit_of_work() as session:
        office.send_back(session, draft, road.hand(COUNTY.chair), reason="摘要写得不清楚，请写明白")
    road.change_row(draft, 1, amount="12000", confirmed=True)
    road.submit(draft)
    object_to(draft, COUNTY.chair, SAID)
    road.agree(draft)
    road.publish(draft)
    run_after_publish()
    assert "透析费" in objections(draft)[0], "the former vote is there"
    redact(sign_in, draft, review_of(draft).name)
    assert not any(objections(draft))
    with reading() as session:
        assert read_faults(session, draft) == []
        assert read_faults(session, objected) == []


def objections(version_id: int) -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Vote.objection).where(Vote.version_id == version_id).order_by(Vote.id)))
