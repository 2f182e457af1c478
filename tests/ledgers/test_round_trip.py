"""Every draft or publication comes out as a table that, sent back, changes nothing: 0 new, 0 changed, for every section."""

import csv
import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import road
from flask import Flask
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from ledger_files import read
from openpyxl import load_workbook
from sending import accept, confirm, counts, send, snapshot
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures import actions, office
from villagehub.disclosures.scope import Account
from villagehub.kernel.period import Period
from villagehub.ledgers.actions import accept as accept_upload
from villagehub.ledgers.actions import confirm as answer
from villagehub.ledgers.actions import keep_report, receive
from villagehub.ledgers.checking import report_of
from villagehub.ledgers.exporting import version_table
from villagehub.ledgers.exports import protected
from villagehub.ledgers.report import open_questions
from villagehub.ledgers.templates import section_template_csv
from villagehub.ledgers.values import Seen, Setting, read_value
from villagehub.sections import SECTIONS
from villagehub.sections.base import Balances, Facts, Field, Kind, Section, Shape
from villagehub.storage import reading, unit_of_work

AsSignedIn = Callable[[str], Browser]
PERIODS = {"finance": "2026Q3", "assets": "2026", "funds": "2026Q3", "duties": "2026"}
each_section = pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
with_drawn_rows = pytest.mark.parametrize("section", [SECTIONS[one] for one in PERIODS], ids=list(PERIODS))
"""A flow, two registers and a list of persons, which hold fields of every kind; ``test_every_section`` walks the others."""
ENDINGS = ("xlsx", "csv")

FEN = st.one_of(st.integers(-(10**6), 10**6), st.integers(-(10**13), 10**13), st.sampled_from([0, 1, -1, 99, 100]))
WORDS = st.text("甲乙丙丁村东渠闸泵修瓦年月abXY 0129-=+@'\"，,;：（）%/＝＋－＠\t\n·", min_size=1, max_size=18)
TRICKY = st.sampled_from(
    [
        "=1+1",
        "'=1+1",
        "''甲",
        "+86",
        "-5 米",
        "@甲",
        "＝甲",
        '="甲"',
        "0012",
        "1.50",
        "2026-07-05",
        "TRUE",
        "甲\t乙",
        "甲, 乙",
    ]
)
QUANTITY = st.builds(lambda whole, part: f"{whole}.{part:06d}", st.integers(-(10**6), 10**9), st.integers(0, 999_999))


def raw_cells(one: Field) -> st.SearchStrategy[Any]:
    """What a clerk may have written into a cell of this field."""
    match one.kind:
        case Kind.MONEY:
            return FEN.map(lambda fen: f"{fen / 100:.2f}" if abs(fen) < 10**12 else str(fen // 100))
        case Kind.DATE:
            return st.dates(date(2026, 7, 1), date(2026, 9, 30)).map(str)
        case Kind.PARTIAL_DATE:
            return st.dates(date(1950, 1, 1), date(2026, 6, 30)).flatmap(
                lambda day: st.sampled_from([str(day), str(day)[:7], str(day)[:4]])
            )
        case Kind.DECIMAL:
            return QUANTITY
        case Kind.WHOLE:
            return st.integers(-(10**6), 10**9).map(str)
        case Kind.YES_NO:
            return st.sampled_from(["是", "否"])
        case Kind.CHOICE:
            listed = st.sampled_from([choice.label for choice in one.choices])
            return st.one_of(listed, WORDS) if one.open_choice else listed
    return st.one_of(WORDS, TRICKY)


def value_of(one: Field, raw: Any) -> Any:
    """What reading a file keeps of such a cell; None where it keeps nothing, or refuses it."""
    found = read_value(one, raw, Setting(Period.parse("2026Q3")), Seen())
    return None if found.fault else found.value


@st.composite
def a_row(draw: st.DrawFn, section: Section, number: int) -> Facts:
    """One row as a file can have brought it: required fields filled, the section's own sums right."""
    facts: Facts = {}
    for one in section.stored_fields:
        if one.required or draw(st.booleans()):
            value = value_of(one, draw(raw_cells(one)))
            if value is None and one.required:
                value = value_of(one, f"甲{number}")
            if value is not None:
                facts[one.name] = value
    match section.name:
        case "assets":
            facts["asset_no"] = f"ZC-{number}"
            facts["original_value"] = abs(facts["original_value"])
            gone, net = facts.get("depreciation"), facts.get("net_value")
            if gone is not None and net is not None:
                facts["net_value"] = facts["original_value"] - gone
        case "duties":
            facts["post"] = f"{facts['post'][:8]} {number}"
        case "funds":
            facts |= {"programme": "耕地地力保护补贴", "batch": "2026年第一批"}
            for name in ("basis", "rate", "due", "deducted"):
                facts.pop(name, None)
    return facts


@st.composite
def tables(draw: st.DrawFn, section: Section) -> list[Facts]:
    """Up to six rows; where nothing forbids it, some of them truly identical."""
    rows = [draw(a_row(section, number)) for number in range(1, draw(st.integers(1, 6)) + 1)]
    if section.name == "finance" and draw(st.booleans()):
        rows.insert(draw(st.integers(0, len(rows))), dict(rows[0]))
    return rows


def account_for(section: Section, rows: list[Facts]) -> Account:
    subject = section.subject_of(rows[0]) if rows else ""
    return replace(road.account(section.name, PERIODS[section.name]), subject=subject)


def fill(section: Section, rows: list[Facts], balances: Balances) -> int:
    me = road.hand(COUNTY.clerk)
    with unit_of_work() as session:
        version = actions.open_draft(session, account_for(section, rows), actor=me.actor, now=NOW)
        new = [actions.NewRow(facts, "Sheet1", 5 + index) for index, facts in enumerate(rows)]
        more: dict[str, Any] = {"actor": me.actor, "policy": me.policy, "now": NOW}
        actions.put_rows(session, version, new, balances=balances, **more)
        return version.id


def take(raw: bytes, name: str, section: Section, account: Account) -> actions.Changes:
    """Reads, confirms and accepts a file, by the actions of the pages."""
    me = road.hand(COUNTY.clerk)
    checked = read(raw, section.name, filename=name, period=str(account.period))
    assert [one for one in checked.problems if one.severity == "must_fix"] == []
    with unit_of_work() as session:
        upload, _ = receive(session, account, sha256=road.SHA, size=len(raw), filename=name, actor=me.actor, now=NOW)
        keep_report(session, upload, checked, report_of(checked))
        places = [one["place"] for one in open_questions(upload.report, upload.confirmations)]
        answer(session, upload, places, actor=me.actor, now=NOW)
        changes = accept_upload(session, upload, checked, actor=me.actor, policy=me.policy, now=NOW)
        # What was sent must not be recognised as the same file the next time.
        upload.state = "abandoned"
        return changes


@with_drawn_rows
def test_a_draft_comes_back_from_its_own_export_without_any_change(
    app: Flask, county: County, section: Section
) -> None:
    @settings(
        max_examples=12,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(rows=tables(section), opening=st.none() | FEN, bank=st.none() | FEN, cash=st.none() | FEN)
    def holds(rows: list[Facts], opening: int | None, bank: int | None, cash: int | None) -> None:
        balances = Balances(opening, None, bank, cash) if section.shape is Shape.FLOW else Balances()
        draft, account = fill(section, rows, balances), account_for(section, rows)
        before = snapshot(account)
        assert before
        event(f"{len(rows)} rows")
        for ending in ENDINGS:
            with reading() as session:
                table = version_table(session, draft, ending)
            changes = take(table.raw, table.name, section, account)
            found = (changes.new, changes.changed, changes.unchanged, changes.missing)
            assert found == (0, 0, len(rows), 0), ending
            assert snapshot(account) == before, ending
        with unit_of_work() as session:
            office.abandon(session, draft, road.hand(COUNTY.clerk))

    with app.app_context():
        holds()


def test_two_truly_identical_rows_stay_two_and_the_same_file_twice_changes_nothing(
    app: Flask, county: County, sign_in: AsSignedIn
) -> None:
    clerk = sign_in(county.clerk)
    head, line = "日期,摘要,收入,支出\n", "2026-07-05,误工补助,,80\n"
    accept(clerk, send(clerk, head + line + line))
    with app.app_context():
        before = snapshot()
        assert before
        assert len(before["rows"]) == 2
    again = send(clerk, head + line + line + "\n", name="另存的账.csv")
    confirm(clerk, again)
    assert counts(clerk, again) == {"new": 0, "changed": 0, "unchanged": 2, "missing": 0}
    accept(clerk, again)
    with app.app_context():
        assert snapshot() == before
    one_less = send(clerk, head + line)
    assert counts(clerk, one_less) == {"new": 0, "changed": 0, "unchanged": 1, "missing": 1}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_publication_is_downloaded_and_sent_back_by_hand(
    app: Flask, county: County, sign_in: AsSignedIn, ending: str
) -> None:
    with app.app_context():
        published = road.published()
        before = snapshot()
    clerk = sign_in(county.clerk)
    answer = clerk.get(f"/desk/d/{published}/export.{ending}")
    assert answer.status_code == 200
    assert f".{ending}" in answer.headers["Content-Disposition"]
    upload = send(clerk, answer.data, name=f"下载的.{ending}")
    confirm(clerk, upload)
    assert counts(clerk, upload) == {"new": 0, "changed": 0, "unchanged": 3, "missing": 0}
    accept(clerk, upload)
    with app.app_context():
        now = snapshot()
        assert now
        assert before
        assert (now["rows"], now["balances"], now["kind"]) == (before["rows"], before["balances"], "correction")


def test_an_export_can_be_mended_in_one_cell(app: Flask, county: County, sign_in: AsSignedIn) -> None:
    with app.app_context():
        draft = road.fill()
    clerk = sign_in(county.clerk)
    book = load_workbook(BytesIO(clerk.get(f"/desk/d/{draft}/export.xlsx").data))
    sheet = book.worksheets[0]
    place = [cell.value for cell in sheet[1]].index("支出") + 1
    row = next(line[0].row for line in sheet.iter_rows(min_row=2) if line[place - 1].value == 840)
    sheet.cell(row, place, 850)
    written = BytesIO()
    book.save(written)
    upload = send(clerk, written.getvalue(), name="改好的.xlsx")
    assert counts(clerk, upload) == {"new": 0, "changed": 1, "unchanged": 2, "missing": 0}
    text = clerk.get(f"/desk/u/{upload}?list=changed").text
    assert "<del>840.00</del> → <ins>850.00</ins>" in text


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5 米", "@甲", "＝甲", "＋", "－甲", "＠", "'甲", "''=甲", '="甲"', "\t甲", "甲=1"]
)
def test_no_text_of_an_export_is_a_formula_and_all_come_back(text: str) -> None:
    kept = protected(text)
    assert kept[0] not in "=+-@\t\r＝＋－＠"
    one = SECTIONS["finance"].field_named("note")
    raw = value_of(one, kept)
    assert raw == " ".join(text.split())


@each_section
def test_a_csv_template_has_the_headings_and_is_known_to_be_empty(section: Section) -> None:
    raw = section_template_csv(section)
    assert raw.startswith(b"\xef\xbb\xbf")
    headings = next(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(headings) == len(set(headings)) > 3
    checked = read(raw, section.name, filename="模板.csv")
    assert [one.code for one in checked.problems] == ["no_rows"]


def test_an_export_lies_in_no_folder_for_temporary_files(
    app: Flask, county: County, sign_in: AsSignedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds what is never public; a process that dies would leave it there."""
    clerk = sign_in(county.clerk)
    draft = accept(clerk, send(clerk, "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000.50,\n"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    raw = clerk.get(f"/desk/d/{draft}/export.xlsx").data
    monkeypatch.undo()
    sheet = load_workbook(BytesIO(raw)).worksheets[0]
    cells = {cell.value: cell for line in sheet.iter_rows() for cell in line}
    assert sheet.freeze_panes == "A2"
    assert cells[12000.5].number_format == "#,##0.00"
    assert cells[datetime(2026, 7, 5)].is_date  # noqa: DTZ001 - a spreadsheet knows no zones


def test_exports_are_for_the_villages_own_offices(app: Flask, county: County, sign_in: AsSignedIn) -> None:
    with app.app_context():
        draft = road.fill()
    assert sign_in(county.member).get(f"/desk/d/{draft}/export.csv").status_code == 200
    stranger = app.test_client()
    assert stranger.get(f"/desk/d/{draft}/export.csv").status_code == 302
    assert sign_in(county.clerk).get("/desk/d/999/export.csv").status_code == 404
