"""The township asks, the village answers, the township decides: nothing is lost on the way, nobody judges their own books."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from urllib.parse import quote

import pytest
import road
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse
from world import COUNTY, NOW, OFFICES, Browser, County

from villagehub.accounts.actions import appoint
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.config import Settings
from villagehub.disclosures.actions import publish
from villagehub.disclosures.models import Erasure, VersionAuthor
from villagehub.disclosures.scope import version_with_id
from villagehub.journal.models import JournalEntry
from villagehub.storage import reading, unit_of_work
from villagehub.storage.tables import VaultReplacement
from villagehub.storage.vault import vault_of
from villagehub.supervision import audit_rules as rules
from villagehub.supervision.audits import Said, ask, move_audit
from villagehub.supervision.models import Audit, AuditEvent
from villagehub.supervision.stages import MOVE_WORDS, NEXT, STATE_WORDS, Move, State

SignIn = Callable[[str], Browser]
QUESTION = "四张收据同一天、同一户，请说明是否同一事项，附会议记录"
ANSWER = "是同一事项，当时以为分开买不用开会"
LATER = NOW.date() + timedelta(days=5)


def put_question(version: int, *, number: int | None = None, text: str = QUESTION) -> int:
    with unit_of_work() as session:
        return ask(
            session,
            version_with_id(session, version),
            Said(text, LATER),
            number=number,
            actor=road.person(COUNTY.supervisor),
            now=NOW,
        ).id


def step(audit: int, move: Move, *, by: str, seen: int, text: str = ANSWER, **more: object) -> None:
    actor = road.person(by)
    with unit_of_work() as session:
        move_audit(session, audit, move, Said(text, **more), seen=seen, actor=actor, now=NOW)  # type: ignore[arg-type]


def page_of(browser: Browser, audit: int) -> str:
    answer = browser.get(f"/desk/audits/{audit}")
    assert answer.status_code == 200
    return answer.text


def post(browser: Browser, audit: int, side: str, **fields: object) -> TestResponse:
    return browser.send(f"/desk/audits/{audit}/{side}", fields, page=f"/desk/audits/{audit}")


def test_every_state_is_reached_from_the_question_and_ends_in_closed() -> None:
    reached, edge = {State.ASKED}, {State.ASKED}
    while edge:
        edge = {state for one in edge for state in NEXT[one].values()} - reached
        reached |= edge
    assert reached == set(State) == set(STATE_WORDS)
    assert NEXT[State.CLOSED] == {}
    assert set(MOVE_WORDS) == set(Move)
    for move in Move:
        assert len({moves[move] for moves in NEXT.values() if move in moves}) <= 1


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(Move))
def test_only_the_moves_of_the_table_are_taken_and_never_by_whoever_drafted(state: State, move: Move) -> None:
    actor = road_actor()
    refusal = rules.why_not_move(state, move, actor=actor, authors=())
    assert isinstance(refusal, rules.WrongState) is (move not in NEXT[state])
    drafted = rules.why_not_move(state, move, actor=actor, authors={actor.person_id})
    if move in NEXT[state] and move not in (Move.ANSWER, Move.REPORT):
        assert isinstance(drafted, rules.DraftedIt)


def road_actor():  # type: ignore[no-untyped-def]
    from villagehub.accounts.actor import Actor

    return Actor(7, "吴敏")


def test_from_the_question_over_rectification_to_closed(due_county: County, sign_in: SignIn) -> None:
    version = road.published()
    town, clerk = sign_in(due_county.supervisor), sign_in(due_county.clerk)
    row = town.get(f"/town/d/{version}/row/2").text
    assert "就这一行请村里说明" in row
    form = {"text": QUESTION, "due_on": LATER.isoformat(), "row": "2"}
    asked = town.send(f"/town/d/{version}/ask", form, page=f"/town/d/{version}/ask?row=2")
    assert asked.status_code == 303
    audit = int(asked.headers["Location"].split("/")[-1].split("?")[0])
    assert "<b>1 项</b>待核实" in town.get("/town").text
    desk = clerk.get("/desk").text
    assert "镇里在问" in desk
    assert "村东水渠清淤人工费" in desk
    page = page_of(clerk, audit)
    assert QUESTION in page
    assert "待核实，等村里说明（还有 5 天）" in page
    assert post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1").status_code == 303
    assert "镇里在问" not in clerk.get("/desk").text
    fields = {"move": "rectify", "text": "补开会议，向村民说明", "due_on": LATER.isoformat(), "seen": "2"}
    assert post(town, audit, "decide", **fields).status_code == 303
    assert "镇里在问" in clerk.get("/desk").text
    assert post(clerk, audit, "answer", move="report", text="会议已补开，记录已上墙", seen="3").status_code == 303
    assert post(town, audit, "decide", move="confirm", text="到村里看过会议记录", seen="4").status_code == 303
    assert "整改已核实，销号" in page_of(clerk, audit)
    assert "这件已经办完，只能看" in page_of(clerk, audit)
    with reading() as session:
        noted = session.scalars(
            sa.select(JournalEntry).where(JournalEntry.event == "audit_moved").order_by(JournalEntry.seq)
        )
        assert [one.detail["move"] for one in noted] == ["ask", "answer", "rectify", "report", "confirm"]


def test_nothing_of_an_audit_is_public(due_county: County, client: Browser) -> None:
    version = road.published()
    audit = put_question(version, number=2)
    step(audit, Move.RECTIFY, by=COUNTY.supervisor, seen=1, text="属实，请整改这件事", due_on=LATER)
    home = f"/v/{COUNTY.village}"
    for address in (home, f"{home}/finance/2026Q3", f"{home}/n/1", f"{home}/finance/i/2", f"{home}/n"):
        page = client.get(address).text
        assert "四张收据" not in page
        assert "整改" not in page
        assert "待核实" not in page


def test_a_correction_closes_it_and_is_linked(due_county: County, sign_in: SignIn) -> None:
    version = road.published()
    audit = put_question(version)
    town = sign_in(due_county.supervisor)
    wrong = post(town, audit, "decide", move="corrected", text="金额抄错，已经更正", correction="1", seen="1")
    assert wrong.status_code == 422
    assert "第 1 号公开不是对这一份账的更正" in wrong.text
    draft = road.correct(1)
    road.change_row(draft, 3, amount="850")
    road.publish(road.agree(road.submit(draft)))
    done = post(town, audit, "decide", move="corrected", text="金额抄错，已经更正", correction="第 2 号", seen="1")
    assert done.status_code == 303
    page = page_of(town, audit)
    assert "数字有误，已更正，销号" in page
    assert f"/v/{COUNTY.village}/n/2" in page


def test_what_was_handed_over_keeps_no_content_and_the_village_sees_nothing(
    due_county: County, sign_in: SignIn
) -> None:
    audit = put_question(road.published())
    town, clerk = sign_in(due_county.supervisor), sign_in(due_county.clerk)
    assert post(town, audit, "decide", move="hand_over", text="涉嫌某某", seen="1").status_code == 303
    with reading() as session:
        assert session.scalars(sa.select(AuditEvent).where(AuditEvent.move == "hand_over")).one().text == ""
    assert clerk.get(f"/desk/audits/{audit}").status_code == 404
    assert clerk.get(f"/desk/audits/{audit}/file/1").status_code == 404
    assert QUESTION not in clerk.get("/desk/audits").text
    assert "村东水渠" not in clerk.get("/desk/audits").text
    assert "已线下移交" in sign_in(due_county.auditor).get(f"/desk/audits/{audit}").text


def test_whoever_drafted_the_version_does_not_decide_its_audit(due_county: County, sign_in: SignIn) -> None:
    """A clerk who became the township's supervisor answers for nothing they entered themselves."""
    version = road.published()
    audit = put_question(version)
    with unit_of_work() as session:
        clerk = person_with_login(session, COUNTY.clerk)
        assert clerk
        town = place_with_code(session, COUNTY.township)
        appoint(session, clerk, Role.TOWNSHIP_SUPERVISOR, place=town, actor=None, channel="test", now=NOW)
    browser = sign_in(due_county.clerk)
    page = page_of(browser, audit)
    assert "这份账您自己登记过，不能由您处理" in page
    assert "您的处理" not in page
    answer = post(browser, audit, "decide", move="clear", text="没有问题，已经看过", seen="1")
    assert answer.status_code == 403
    assert "自己登记的不能自己处理" in answer.text


def drafted_also_by(login: str) -> int:
    """A public account in whose draft this person, too, had a hand; reviewed and published by others."""
    version = road.fill()
    me = road.person(login)
    with unit_of_work() as session:
        if session.get(VersionAuthor, (version, me.person_id)) is None:
            session.add(VersionAuthor(version_id=version, person_id=me.person_id))
    road.submit(version)
    road.agree(version, *[one for one in (COUNTY.member, COUNTY.second_member, COUNTY.chair) if one != login][:2])
    publisher = road.person(COUNTY.head if login != COUNTY.head else COUNTY.administrator)
    with unit_of_work() as session:
        held = version_with_id(session, version)
        publish(session, held, actor=publisher, policy=road.policy(), now=NOW)
    return version


@pytest.mark.parametrize(
    ("login", "drafted"),
    [*((login, True) for login, _, _, _ in OFFICES), *((login, False) for login, _, _, _ in OFFICES[1:])],
)
def test_no_office_closes_an_audit_of_what_it_drafted(
    due_county: County, sign_in: SignIn, login: str, drafted: bool
) -> None:
    """Whatever else they are: with the township's right to decide, having had a hand in the account takes it away. (The
    clerk of the account, first among the offices, always had.)
    """
    audit = put_question(drafted_also_by(login) if drafted else road.published())
    if login != COUNTY.supervisor:
        with unit_of_work() as session:
            person, town = person_with_login(session, login), place_with_code(session, COUNTY.township)
            assert person
            appoint(session, person, Role.TOWNSHIP_SUPERVISOR, place=town, actor=None, channel="test", now=NOW)
    browser = sign_in(login)
    moves = ("rectify", "hand_over", "clear") if drafted else ("clear",)
    for move in moves:
        fields = {"move": move, "text": "没有问题，材料已经看过", "due_on": LATER.isoformat(), "seen": "1"}
        answer = post(browser, audit, "decide", **fields)
        assert answer.status_code == (403 if drafted else 303), (move, answer.text)
        assert ("自己登记的不能自己处理" in answer.text) is drafted
    with reading() as session:
        assert session.query(AuditEvent).filter_by(audit_id=audit).count() == (1 if drafted else 2)


def test_two_people_at_one_audit_do_not_write_over_each_other(due_county: County, sign_in: SignIn) -> None:
    audit = put_question(road.published())
    clerk, head = sign_in(due_county.clerk), sign_in(due_county.head)
    assert post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1").status_code == 303
    late = post(head, audit, "answer", move="answer", text="我也说明一下情况", seen="1")
    assert late.status_code == 409
    assert "赵庆刚写了“说明和材料”" in late.text
    assert "我也说明一下情况</textarea>" in late.text


def test_a_second_click_writes_nothing_twice(due_county: County, sign_in: SignIn) -> None:
    version = road.published()
    assert put_question(version) == put_question(version)
    audit, clerk = put_question(version), sign_in(due_county.clerk)
    for _ in range(2):
        assert post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1").status_code == 303
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 2


def test_the_same_question_can_be_put_again_once_the_first_was_answered(due_county: County) -> None:
    version = road.published()
    first = put_question(version)
    step(first, Move.ANSWER, by=COUNTY.clerk, seen=1)
    assert put_question(version) != first


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"move": "rectify", "text": "属实，请整改这件事", "due_on": "2026-11-01"}, "不能早于今天"),
        ({"move": "rectify", "text": "属实，请整改这件事", "due_on": ""}, "还没有写日期"),
        ({"move": "clear", "text": "好"}, "没有写清楚"),
        ({"move": "confirm", "text": "看过会议记录了"}, "不能办“整改已核实，销号”"),
        ({"move": "answer", "text": "替村里说明一下"}, "还没有选怎么处理"),
        ({"text": "没有选怎么处理"}, "还没有选怎么处理"),
    ],
)
def test_what_cannot_be_done_is_explained_and_what_was_typed_stays(
    due_county: County, sign_in: SignIn, fields: dict[str, str], said: str
) -> None:
    audit = put_question(road.published())
    answer = post(sign_in(due_county.supervisor), audit, "decide", seen="1", **fields)
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert f"{fields['text']}</textarea>" in answer.text


def photo() -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    Image.new("RGB", (400, 300), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photograph_comes_back_without_what_the_phone_wrote_into_it(due_county: County, sign_in: SignIn) -> None:
    audit = put_question(road.published())
    clerk = sign_in(due_county.clerk)
    sent = post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1", file=(BytesIO(photo()), "会议记录.jpg"))
    assert sent.status_code == 303
    assert "下载材料：会议记录.jpg" in page_of(clerk, audit)
    got = sign_in(due_county.supervisor).get(f"/desk/audits/{audit}/file/2")
    assert got.data.startswith(b"\xff\xd8")
    assert b"SECRETPHONE" not in got.data
    assert "attachment" in got.headers["Content-Disposition"]


def test_a_document_is_kept_as_it_is_and_other_files_are_not_taken(due_county: County, sign_in: SignIn) -> None:
    audit = put_question(road.published())
    clerk = sign_in(due_county.clerk)
    for name, raw in (("a.exe", b"MZ"), ("记录.pdf", b"<html>"), ("照片.jpg", b"not a picture")):
        wrong = post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1", file=(BytesIO(raw), name))
        assert wrong.status_code == 422
        assert ANSWER in wrong.text
    pdf = b"%PDF-1.4 minutes"
    post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1", file=(BytesIO(pdf), "记录.pdf"))
    assert clerk.get(f"/desk/audits/{audit}/file/2").data == pdf


def test_a_list_that_came_as_material_is_the_reduced_copy_once_it_is_over(
    app: Flask, due_county: County, sign_in: SignIn
) -> None:
    settings: Settings = app.extensions["villagehub"]
    vault, audit = vault_of(settings), put_question(road.published())
    clerk, sent = sign_in(due_county.clerk), b"PK\x03\x04 the whole list"
    post(clerk, audit, "answer", move="answer", text=ANSWER, seen="1", file=(BytesIO(sent), "名单.xlsx"))
    assert clerk.get(f"/desk/audits/{audit}/file/2").data == sent
    old, copy = sha256(sent).hexdigest(), vault.keep(b"the reduced copy")
    with unit_of_work() as session:
        village_id = session.get_one(Audit, audit).village_id
        erasure = Erasure(village_id=village_id, kind="expiry", basis="名单公开期满", created_at=NOW)
        session.add(erasure)
        session.flush()
        session.add(VaultReplacement(old_sha256=old, new_sha256=copy, erasure_id=erasure.id, replaced_at=NOW))
    assert vault.drop(old, older=NOW + timedelta(days=36_500))
    got = clerk.get(f"/desk/audits/{audit}/file/2")
    assert got.data == b"the reduced copy"
    assert quote("已减去个人信息") in got.headers["Content-Disposition"]


def test_numbers_of_people_are_taken_out_of_what_is_written(due_county: County) -> None:
    audit = put_question(road.published(), text="请问 13907190000 是谁的电话，请说明")
    with reading() as session:
        assert "139" not in session.scalars(sa.select(AuditEvent).where(AuditEvent.audit_id == audit)).one().text


def test_a_draft_is_not_audited(due_county: County, sign_in: SignIn) -> None:
    version = road.fill()
    with pytest.raises(rules.AuditNotPublic):
        put_question(version)
    assert "不能审看" in sign_in(due_county.supervisor).get(f"/town/d/{version}/ask").text


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_event",
        "UPDATE audit_event SET text = 'x'",
        "DELETE FROM audit",
        "UPDATE audit SET opened_by = 1",
    ],
)
def test_nothing_of_an_audit_is_changed_or_deleted_by_plain_sql(due_county: County, sql: str) -> None:
    put_question(road.published())
    with pytest.raises(sa.exc.IntegrityError, match="只能添加"), unit_of_work() as session:
        session.execute(sa.text(sql))


def test_the_auditor_reads_and_writes_nothing(due_county: County, sign_in: SignIn) -> None:
    audit = put_question(road.published())
    browser = sign_in(due_county.auditor)
    assert "您这里只看" in page_of(browser, audit)
    assert browser.send(f"/desk/audits/{audit}/decide", {"move": "clear"}).status_code == 403
    assert browser.send(f"/desk/audits/{audit}/answer", {"move": "answer"}).status_code == 403


def test_a_deadline_that_has_passed_is_said(due_county: County) -> None:
    from villagehub.places.queries import read_village
    from villagehub.supervision.audit_queries import list_audits

    put_question(road.published())
    with reading() as session:
        village = read_village(session, COUNTY.village).id
        (line,) = list_audits(session, [village], today=date(2026, 12, 3))
        assert (line.days, line.late) == ("晚 5 天", True)
