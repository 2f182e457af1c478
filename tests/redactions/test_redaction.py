"""Two people of different posts take a name out for good, and nobody can take one out otherwise.

剧本：账里有一个人的名字。村委会主任提出隐去，镇监督员看清楚，写密码确认。从那一刻起，名字和它的盐在哪里都找不到：
每张表、存好的网页、下载文件、接口、查询、上传记录、提问、原始文件、下一次备份。合计不动，旧凭据照样核得过。
没有记录就少掉一个字，核对、核对包、fsck、每天的核对都说得出来。
"""

import base64
import gzip
import io
import json
import re
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import road
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from world import COUNTY, NOW, PASSWORD, Browser, County, Visitor

from villagehub.accounts.roles import Role
from villagehub.accounts.rules import REDACTION_PAIRS, TABLE, Permission
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.erasing import erase_fields
from villagehub.disclosures.models import Erasure, Row, RowFace, Thing, Version, VersionFact, VersionRow
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.proving import read_faults
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent
from villagehub.disclosures.redaction_stages import NEXT, State
from villagehub.journal.models import JournalEntry
from villagehub.journal.queries import first_break
from villagehub.kernel.canonical import canonical
from villagehub.ledgers.cutting_out import drop_redacted
from villagehub.ledgers.models import Upload
from villagehub.models import metadata
from villagehub.ops.backup import make_backup
from villagehub.ops.doctor import KEYS
from villagehub.public.build import build_dirty
from villagehub.public.models import StoredPage
from villagehub.questions.actions import Asked, Policy, ask
from villagehub.questions.models import Question, QuestionEvent
from villagehub.redactions import actions, rules
from villagehub.storage import reading, unit_of_work, wipe_freed
from villagehub.storage.keys import load_key
from villagehub.storage.originals import read_original
from villagehub.storage.tables import VaultReplacement
from villagehub.storage.vault import vault_of
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.models import Leaf
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying.asking import open_file
from villagehub.transparency.verifying.content import Trust, check_bundle
from villagehub.transparency.verifying.sums import Wrong

sys.path += [str(Path(__file__).parents[1] / one) for one in ("transparency", "ledgers")]
import sending
import tampering

SignIn = Callable[[str], Browser]
SHOP = "鑫源建材店"
TEXT = "鑫源建材店补路面"
"""A summary that holds the payee's words too."""
BOOK = (
    "日期,凭证号,摘要,收入,支出,往来单位\n"
    "2026-07-05,101,鱼塘租金,12000,,\n"
    f"2026-07-12,107,{TEXT},,840,{SHOP}\n"
    "2026-09-12,112,购路灯配件,,84,大河五金店\n"
)
V = f"/v/{COUNTY.village}"
PATHS = (
    V,
    f"{V}/n",
    f"{V}/n/1",
    f"{V}/n/1/check",
    f"{V}/n/1/read",
    f"{V}/finance/2026Q3",
    f"{V}/finance/2026Q3.csv",
    f"{V}/finance/2026Q3.xlsx",
    f"{V}/finance/2026Q3.json",
    f"{V}/data.zip",
    f"{V}/feed.atom",
    f"{V}/search?q=补路面",
    f"/api/v1/villages/{COUNTY.village}/publications/1/rows",
)


@pytest.fixture
def quarter(app: Flask, county: County, sign_in: SignIn) -> Iterator[int]:
    """A quarter that came as a file, was published and asked about; the version's id."""
    assert county
    app.test_client_class = Visitor
    settings = app.extensions["villagehub"]
    for name in KEYS:
        load_key(settings.keys, name)
    with time_machine.travel(NOW, tick=True), app.app_context():
        clerk = sign_in(COUNTY.clerk)
        upload = sending.send(clerk, BOOK)
        sending.confirm(clerk, upload)
        assert sending.press(clerk, upload).status_code == 303
        with reading() as session:
            version_id = session.get_one(Upload, upload).version_id
        assert version_id
        road.agree(road.submit(version_id))
        road.publish(version_id)
        run_after_publish()
        with unit_of_work() as session:
            made = session.get_one(Version, version_id)
            thing = session.scalars(select(Row.thing_id).where(Row.facts["counterparty"].as_string() == SHOP)).one()
            asked = Question(
                village_id=made.village_id,
                number=1,
                version_id=version_id,
                thing_id=thing,
                source="web",
                asked_at=NOW,
                due_on=NOW.date(),
            )
            session.add(asked)
            session.flush()
            session.add(QuestionEvent(question_id=asked.id, seq=1, move="ask", text=f"{SHOP}是谁家开的", at=NOW))
        yield version_id


def cell_of(version_id: int, words: str = SHOP) -> tuple[int, int]:
    """The row that names the shop, and its permanent number."""
    with reading() as session:
        found = session.execute(
            select(Row.id, Thing.number)
            .join(Thing, Thing.id == Row.thing_id)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .where(VersionRow.version_id == version_id, Row.facts["counterparty"].as_string() == words)
        ).one()
        return found[0], found[1]


def propose(browser: Browser, version_id: int, **changes: Any) -> Any:
    row_id, number = cell_of(version_id)
    page = f"/desk/d/{version_id}/redact?row={number}"
    fields = {"row": number, "field": f"{row_id}:counterparty", "basis": "pipl47", "words": "本人要求删除名称"}
    return browser.send(f"/desk/d/{version_id}/redact", fields | changes, page=page)


def confirm(browser: Browser, redaction_id: int = 1, password: str = PASSWORD) -> Any:
    page = f"/desk/redact/{redaction_id}"
    found = re.search(r'name="seen" value="([^"]+)"', browser.get(page).text)
    seen = found[1] if found else ""
    return browser.send(f"{page}/confirm", {"seen": seen, "password": password}, page=page)


def redact(sign_in: SignIn, version_id: int) -> None:
    """Both people, over the pages."""
    assert propose(sign_in(COUNTY.head), version_id).status_code == 303
    answer = confirm(sign_in(COUNTY.supervisor))
    assert answer.status_code == 303


def tables() -> str:
    """All text in all tables, the search index too, stored pages unpacked."""
    parts: list[str] = []
    with reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                parts += [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in row]
        parts += [gzip.decompress(one).decode() for one in session.scalars(select(StoredPage.body))]
    return "\n".join(parts)


def shown(app: Flask, *more: str) -> str:
    """What villagers and programs can fetch, workbooks and packages unpacked."""
    browser, parts = app.test_client(), []
    for path in (*PATHS, *more):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        raw = answer.data
        parts.append(raw.decode("utf-8", "replace"))
        if raw.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                parts += [archive.read(one).decode("utf-8", "replace") for one in archive.namelist()]
    return "\n".join(parts)


def salts_of(version_id: int) -> list[str]:
    """The salts of the shop's name and of its whole row."""
    row_id, _ = cell_of(version_id)
    with reading() as session:
        face = session.scalars(select(RowFace).where(RowFace.row_id == row_id)).one()
        return [face.fields[name]["salt"] for name in ("counterparty", "original")]


def bundle(app: Flask, version_id: int) -> bytes:
    with reading() as session:
        folder = LogFolder(app.extensions["villagehub"].log)
        return make_proof_bundle(session, session.get_one(Version, version_id), folder, "http://localhost")


def faults_in(app: Flask, raw: bytes, *saved: bytes) -> list[str]:
    trust = Trust(own_vkey(app.extensions["villagehub"]), saved=[open_file(one) for one in saved])
    try:
        return check_bundle(open_file(raw), trust).faults
    except Wrong as fault:
        return [str(fault)]


def _database_in(folder: Path) -> Path:
    files = [one for one in folder.iterdir() if one.is_file()]
    return next(one for one in files if one.read_bytes().startswith(b"SQLite format 3"))


def test_the_name_and_its_salts_are_nowhere_afterwards_and_everything_else_stays(
    app: Flask, quarter: int, sign_in: SignIn, tmp_path: Path, engine_kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = app.extensions["villagehub"]
    _, number = cell_of(quarter)
    more = (f"{V}/finance/i/{number}",)
    salts, older = salts_of(quarter), bundle(app, quarter)
    with unit_of_work() as session:  # about no row and no account, and it names the name all the same
        asked = Asked(f"{SHOP}是谁家开的？")
        ask(session, road.version(quarter).village_id, asked, policy=Policy(7, "12388", b"x"), actor=None, now=NOW)
    before, public = tables(), shown(app, *more)
    for word in (SHOP, TEXT, *salts):
        assert word in before, word
    assert "补路面" in public
    totals = road.version(quarter).totals
    with reading() as session:
        sha256 = session.get_one(Upload, 1).sha256
    assert SHOP.encode() in vault_of(settings).read(sha256)
    old = make_backup(settings, tmp_path / "old", tmp_path / "old.keys")
    assert old

    redact(sign_in, quarter)

    dump, pages = tables(), shown(app, *more)
    for word in (SHOP, TEXT, "补路面", *salts):
        assert word not in dump, word
    assert SHOP not in pages
    assert "补路面" not in pages.replace("/search?q=补路面", "").replace('value="补路面"', "").replace("“补路面”", "")
    assert pages.count("已依法隐去") > 5
    assert "本人要求删除名称" in app.test_client().get(f"{V}/n/1").text
    assert "依法隐去" in app.test_client().get(f"{V}/n/1/check").text
    assert road.version(quarter).totals == totals
    assert SHOP not in caplog.text
    vault = vault_of(settings)
    assert not vault.holds(sha256)
    sheet = load_workbook(io.BytesIO(read_original(vault, sha256)))
    cells = [str(cell) for page in sheet for row in page.values for cell in row if cell is not None]
    assert not [one for one in cells if SHOP in one]
    assert {"大河五金店", "鱼塘租金"} <= set(cells)
    for raw in (b"".join(one.read_bytes() for one in settings.instance.rglob("*") if one.is_file()),):
        assert SHOP.encode() not in raw, "not in the instance's files, nor in freed pages"
        assert not [one for one in salts if one.encode() in raw]
    make_backup(settings, tmp_path / "new", tmp_path / "new.keys")
    kept = b"".join(one.read_bytes() for one in (tmp_path / "new").rglob("*") if one.is_file())
    assert SHOP.encode() not in kept
    assert not [one for one in salts if one.encode() in kept]
    if engine_kind == "sqlite":
        copied = sqlite3.connect(_database_in(tmp_path / "new"))
        assert SHOP not in "\n".join(copied.iterdump())
        copied.close()
    page = sign_in(COUNTY.supervisor).get("/desk/redact/1").text
    assert str(tmp_path / "old") in page
    assert str(tmp_path / "new") not in page

    with reading() as session:
        assert read_faults(session, quarter) == []
        assert first_break(session, road.version(quarter).village_id) is None
        leaf = json.loads(session.scalars(select(Leaf).where(Leaf.kind == "redaction")).one().body)
        assert leaf["roles"] == ["village_head", "township_supervisor"]
        assert [row["fields"] for row in leaf["rows"]] == [["counterparty", "original", "summary"]]
    now = bundle(app, quarter)
    assert faults_in(app, now, older) == []
    assert faults_in(app, older) == [], "whoever kept the older bundle still proves the other fields with it"
    assert SHOP not in open_file(now)["publication.json"].decode()


def test_what_is_missing_without_its_leaf_is_named_everywhere(app: Flask, quarter: int, sign_in: SignIn) -> None:
    row_id, _ = cell_of(quarter)
    folder = LogFolder(app.extensions["villagehub"].log)

    def take(session: Session, *, whole: bool) -> None:
        face = session.scalars(select(RowFace).where(RowFace.row_id == row_id)).one()
        gone = {**face.fields["counterparty"], "value": None} | ({"salt": None} if whole else {})
        session.execute(
            update(RowFace).where(RowFace.id == face.id).values(fields={**face.fields, "counterparty": gone})
        )

    for whole in (False, True):
        with tampering.behind_its_back() as session:
            take(session, whole=whole)
            session.expire_all()
            raw = make_proof_bundle(session, session.get_one(Version, quarter), folder, "")
            daily = read_faults(session, quarter)
        assert any("counterparty" in one and "不见了" in one for one in daily), daily
        assert any("不见了" in one for one in faults_in(app, raw)), "verify"
    # A record in the database alone, made through the door by one hand, is no leaf in the log.
    with unit_of_work() as session:
        version = session.get_one(Version, quarter)
        person = road.person(COUNTY.head).person_id
        gone = {row_id: ("counterparty",)}
        erase_fields(session, version.village_id, gone, None, basis="没有人同意", people=(person, person), now=NOW)
    with reading() as session:
        assert any("不见了" in one for one in read_faults(session, quarter))
    assert any("不见了" in one for one in faults_in(app, bundle(app, quarter)))


def test_a_redaction_that_is_not_in_the_log_excuses_nothing(app: Flask, quarter: int, sign_in: SignIn) -> None:
    redact(sign_in, quarter)
    files = open_file(bundle(app, quarter))
    content = json.loads(files["publication.json"])
    assert len(content["redactions"]) == 1

    def looked(told: list[str]) -> list[str]:
        changed = json.dumps({**content, "redactions": told}).encode()
        try:
            return check_bundle({**files, "publication.json": changed}, Trust()).faults
        except Wrong as fault:
            return [str(fault)]

    assert looked(content["redactions"]) == []
    assert any("不见了" in one for one in looked([]))
    head, _, rest = content["redactions"][0].partition("extra ")
    leaf, _, tail = rest.partition("\n")
    other = base64.b64decode(leaf).replace(b"pipl47", b"pipl28")
    forged = f"{head}extra {base64.b64encode(other).decode()}\n{tail}"
    assert any("不在日志里" in one for one in looked([forged]))


def test_nobody_confirms_alone_and_a_pair_is_of_two_levels(app: Flask, quarter: int, sign_in: SignIn) -> None:
    head, chair, supervisor = sign_in(COUNTY.head), sign_in(COUNTY.chair), sign_in(COUNTY.supervisor)
    assert propose(head, quarter).status_code == 303
    assert propose(chair, quarter).status_code == 409
    for browser, words in ((head, "提出的人不能自己确认"), (chair, "要由镇监督员确认")):
        assert words in browser.get("/desk/redact/1").text
        seen = re.search(r'name="seen" value="([^"]+)"', supervisor.get("/desk/redact/1").text)
        assert seen
        answer = browser.send("/desk/redact/1/confirm", {"seen": seen[1], "password": PASSWORD}, page="/desk/redact/1")
        assert (answer.status_code, words in answer.text) == (403, True)
    wrong = confirm(supervisor, password="不是这个")
    assert wrong.status_code == 422
    assert "密码不对，还没有隐去。" in wrong.text
    assert SHOP in tables()
    stale = supervisor.send("/desk/redact/1/confirm", {"seen": "0" * 32, "password": PASSWORD}, page="/desk/redact/1")
    assert stale.status_code == 409
    assert confirm(supervisor).status_code == 303
    again = supervisor.send("/desk/redact/1/confirm", {"seen": "", "password": PASSWORD}, page="/account")
    assert again.status_code == 409
    assert supervisor.send("/desk/redact/1/withdraw", page="/account").status_code == 409
    for proposer, confirmers in REDACTION_PAIRS.items():
        assert proposer not in confirmers
        assert {proposer, *confirmers} <= set(TABLE[Permission.REDACT])
        assert (Role.TOWNSHIP_SUPERVISOR in confirmers) != (proposer is Role.TOWNSHIP_SUPERVISOR)


def test_before_it_is_confirmed_it_can_be_withdrawn_and_it_lapses_after_a_week(
    app: Flask, quarter: int, sign_in: SignIn
) -> None:
    head, still = sign_in(COUNTY.head), (f"{V}/finance/2026Q3", f"{V}/finance/2026Q3.csv", f"{V}/n/1")
    before = [app.test_client().get(one).data for one in still]
    assert propose(head, quarter).status_code == 303
    assert head.send("/desk/redact/1/withdraw", page="/desk/redact/1").status_code == 303
    assert confirm(sign_in(COUNTY.supervisor)).status_code == 409
    assert propose(head, quarter).status_code == 303
    with reading() as session:
        assert actions.list_lapsed(session, now=NOW + timedelta(days=6)) == []
        assert actions.list_lapsed(session, now=NOW + timedelta(days=8)) == [2]
    with unit_of_work() as session:
        assert actions.lapse(session, 2, now=NOW + timedelta(days=8)) == 1
    with unit_of_work() as session:
        assert actions.lapse(session, 2, now=NOW + timedelta(days=9)) == 0
    assert confirm(sign_in(COUNTY.supervisor), 2).status_code == 409
    with reading() as session:
        kinds = session.scalars(select(RedactionEvent.kind).order_by(RedactionEvent.id)).all()
        events = session.scalars(select(JournalEntry.event).where(JournalEntry.event.like("redact%"))).all()
        journal = str([one.detail for one in session.scalars(select(JournalEntry))])
    assert list(kinds) == ["withdrawn", "lapsed"]
    assert sorted(events) == [
        "redaction_lapsed",
        "redaction_proposed",
        "redaction_proposed",
        "redaction_withdrawn",
    ]
    assert SHOP not in journal
    assert [app.test_client().get(one).data for one in still] == before
    assert all(NEXT[state] == () for state in State if state is not State.PROPOSED)


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"field": ""}, "还没有选"),
    ({"basis": "乱写"}, "没有选依据"),
    ({"words": "短"}, "还没有写清"),
    ({"words": f"{SHOP}要求删除"}, "有要隐去的字"),
    ({"field": "1:amount"}, "不能隐去"),
    ({"field": "999999:counterparty"}, "不能隐去"),
    ({"field": "x" * 40}, "还没有选"),
)


def test_what_is_wrong_with_a_proposal_is_said_and_nothing_is_put_down(
    app: Flask, quarter: int, sign_in: SignIn
) -> None:
    head = sign_in(COUNTY.head)
    for changes, words in WRONG:
        answer = propose(head, quarter, **changes)
        assert (answer.status_code in (409, 422), words in answer.text) == (True, True), words
    with reading() as session:
        assert session.scalars(select(Redaction)).all() == []


def test_more_rows_than_one_proposal_may_hold_are_refused_before_each_is_looked_up(
    app: Flask, quarter: int, sign_in: SignIn
) -> None:
    chosen = dict.fromkeys(range(1, rules.MOST_ROWS + 2), ("summary",))
    with unit_of_work() as session, pytest.raises(rules.TooManyRows):
        actions.propose(
            session, quarter, chosen, basis="personal", words="本人要求", actor=road.person(COUNTY.head), now=NOW
        )


def test_the_reason_of_a_correction_goes_and_its_seal_still_holds(app: Flask, quarter: int, sign_in: SignIn) -> None:
    said = "王老汉住院，发票金额抄错"
    draft = road.correct(1, reason=said)
    _, number = cell_of(quarter)
    road.change_row(draft, number, amount="850", confirmed=True)
    road.agree(road.submit(draft))
    road.publish(draft)
    run_after_publish()
    assert said in app.test_client().get(f"{V}/n/2").text
    head = sign_in(COUNTY.head)
    page = f"/desk/d/{draft}/redact?said=reason"
    fields = {"said": "reason", "basis": "pipl28", "words": "写了别人的病情"}
    assert head.send(f"/desk/d/{draft}/redact", fields, page=page).status_code == 303
    assert confirm(sign_in(COUNTY.supervisor)).status_code == 303
    assert said not in tables()
    text = app.test_client().get(f"{V}/n/2").text
    assert said not in text
    assert "已依法隐去" in text
    with reading() as session:
        assert read_faults(session, draft) == []
        fact = session.scalars(select(VersionFact).where(VersionFact.version_id == draft)).first()
        assert fact is not None
    assert faults_in(app, bundle(app, draft)) == []


def test_a_crash_before_the_commit_leaves_all_and_after_it_pages_follow_again(
    app: Flask, quarter: int, sign_in: SignIn
) -> None:
    assert propose(sign_in(COUNTY.head), quarter).status_code == 303
    settings, me = app.extensions["villagehub"], road.person(COUNTY.supervisor)
    before = tables()
    with reading() as session:
        held = session.get_one(Redaction, 1)
        seen = actions.digest_of(actions.cells_of(session, held))
    ready = actions.prepare(1, seen=seen, actor=me, settings=settings, now=NOW)

    class Died(Exception):
        pass

    def die(_village: int) -> None:
        raise Died

    given: dict[str, Any] = {"actor": me, "settings": settings, "now": NOW}
    with pytest.raises(Died), unit_of_work() as session:
        actions.confirm(session, 1, ready, **given, sign=die)  # after the erasing and the leaf, before its place
    assert tables() == before
    with unit_of_work() as session:
        actions.confirm(session, 1, ready, **given, sign=lambda _village: None)
    # The process ended here: nothing was built, no log written, no bytes dropped. What readers get is right all the same.
    assert SHOP not in tables()
    assert SHOP not in app.test_client().get(f"{V}/finance/2026Q3").text
    for _ in range(2):
        run_after_publish()
        build_dirty()
        wipe_freed()
        drop_redacted(settings)
    with reading() as session:
        assert read_faults(session, quarter) == []
        replaced = session.scalars(select(VaultReplacement)).one()
        kinds = session.scalars(select(Erasure.kind)).all()
    assert not vault_of(settings).holds(replaced.old_sha256)
    assert list(kinds) == ["redaction"]
    assert faults_in(app, bundle(app, quarter)) == []


def test_a_proposal_that_the_logs_record_cannot_hold_is_refused_before_anything_is_put_down() -> None:
    names = ("summary", "counterparty", "handler", "witness", "original")
    assert rules.fits_a_leaf([names] * 20, 4096)
    assert not rules.fits_a_leaf([names] * 40, 4096)
    longest = {"hash": "A" * 44, "fields": list(names)}
    head = {"v": 1, "type": "redaction", "village": "9" * 12, "basis": "personal", "roles": ["township_supervisor"] * 2}
    leaf = {**head, "rows": [longest] * 24, "facts": [{"number": 999999, "names": ["reason"]}], "redacted_at": "x" * 20}
    assert len(canonical(leaf)) <= 4096 or not rules.fits_a_leaf([names] * 24, 4096)


def test_a_redacted_summary_is_called_so_in_the_search_too(app: Flask, quarter: int, sign_in: SignIn) -> None:
    redact(sign_in, quarter)
    build_dirty()
    listed = app.test_client().get(f"{V}/search?q=840").text.partition('<ul class="rows">')[2].partition("</ul>")[0]
    assert "已依法隐去" in listed
    assert "第 2 项" not in listed
