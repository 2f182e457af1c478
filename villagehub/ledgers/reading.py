"""Bytes in, checked rows out: the whole of import.md steps 1 to 5, pure, for the child process and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from villagehub.kernel.masking import mask_for_problem
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import as_text, is_blank
from villagehub.ledgers.columns import IGNORED, Assigner, Block, label_of
from villagehub.ledgers.crosscheck import check_doubles, check_persons, check_rows, check_table
from villagehub.ledgers.entries import Entry, RepairLog
from villagehub.ledgers.findings import Findings, Gravity, Unreadable
from villagehub.ledgers.hidden import ask_about_hidden, ask_about_unnamed
from villagehub.ledgers.kinds import Opened, open_file
from villagehub.ledgers.locate import Heading, find_heading
from villagehub.ledgers.plans import make_plan
from villagehub.ledgers.result import Checked, CheckedRow, ColumnUse, Outcome, SheetUse, refusal
from villagehub.ledgers.sheets import MOST_ROWS, Sheet, column_letter, within_limits
from villagehub.ledgers.sums import ask_about_sides, check_against_published, check_sums, read_balances
from villagehub.ledgers.task import Task
from villagehub.ledgers.units import ask_about_units, check_unit
from villagehub.ledgers.vocabulary import normal, vocabulary_of
from villagehub.ledgers.walk import Walked, Walker
from villagehub.sections.base import Balances, Facts, Section, Shape, Visible

EXAMPLE_SHEET = "示例"
"""Sheets whose names begin so belong to our templates and are never read."""


@dataclass(slots=True)
class _Reading:
    """What is known so far about one file."""

    task: Task
    findings: Findings
    repairs: RepairLog = field(default_factory=RepairLog)
    sheets: list[SheetUse] = field(default_factory=list)
    columns: list[ColumnUse] = field(default_factory=list)
    walks: list[Walked] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    tables: list[tuple[Sheet, Heading, list[Block]]] = field(default_factory=list)


def read_workbook(
    data: bytes,
    filename: str,
    section: Section,
    *,
    period: Period | None = None,
    last_closing_fen: int | None = None,
    answers: Mapping[str, str] | None = None,
    today: date | None = None,
    max_rows: int = MOST_ROWS,
) -> Checked:
    """Reads and checks a ledger file; whatever the bytes are, the answer is a value and never an exception.

    ``answers`` are given answers that change how the file is read (``several_sheets``, ``header_two_columns``,
    ``unit_doubt``), by code or ``CODE@SHEET``.
    """
    task = Task(section, period, last_closing_fen, answers or {}, today, max_rows)
    try:
        return _read(data, filename, task)
    except Unreadable as stop:
        return refusal(section.name, stop.problem)
    except RecursionError:
        return refusal(
            section.name,
            Unreadable("broken_file", "文件的结构不正常，读不了。", "请在 WPS 里另存为 .xlsx 再传。").problem,
        )


def _read(data: bytes, filename: str, task: Task) -> Checked:
    opened = open_file(data, filename, most_rows=task.most_rows)
    reading = _Reading(task, Findings())
    if opened.macros_left_out:
        reading.findings.add(
            Gravity.FILE, Severity.INFO, "macros_left_out", "文件里有宏，没有读，也不会运行。", "没有别的事就不用管。"
        )
    _pick_tables(opened, reading)
    for sheet, heading, blocks in reading.tables:
        _walk(sheet, heading, blocks, filename, reading)
    return _finish(opened, reading)


def _pick_tables(opened: Opened, reading: _Reading) -> None:
    """Which sheets hold a table of this section; several are asked about, hidden ones are named and left out."""
    task, findings = reading.task, reading.findings
    vocabulary = vocabulary_of(task.section.name)
    found: list[tuple[Sheet, Heading]] = []
    for sheet in opened.sheets:
        if sheet.name.startswith(EXAMPLE_SHEET):
            reading.sheets.append(SheetUse(sheet.name, "example"))
            continue
        if sheet.is_empty():
            reading.sheets.append(SheetUse(sheet.name, "hidden" if sheet.hidden else "empty"))
            continue
        if sheet.hidden:
            reading.sheets.append(SheetUse(sheet.name, "hidden"))
            findings.add(
                Gravity.HEADING,
                Severity.CONFIRM,
                "hidden_sheet",
                f"文件里有一张隐藏的表“{sheet.name}”，有内容，没有读。可以不读吗？",
                "可以不读就确认；要读，请先在 WPS 里取消隐藏，保存后再传。",
                sheet=sheet.name,
            )
            continue
        within_limits(sheet, most_rows=task.most_rows)
        heading = find_heading(sheet, task.section, vocabulary)
        if heading is None:
            reading.sheets.append(SheetUse(sheet.name, "no_table"))
        else:
            found.append((sheet, heading))
    found = _choose_sheets(found, opened, reading)
    findings.name_sheets = len(found) > 1
    for sheet, heading in found:
        blocks = Assigner(task, sheet, heading, findings).blocks()
        _list_columns(task.section, sheet, heading, blocks, reading)
        if blocks:
            reading.tables.append((sheet, heading, blocks))


def _choose_sheets(
    found: list[tuple[Sheet, Heading]], opened: Opened, reading: _Reading
) -> list[tuple[Sheet, Heading]]:
    if not found:
        _nothing_found(opened, reading)
    if len(found) < 2:
        return found
    wanted = {name.strip() for name in reading.task.answer("several_sheets").replace("，", ",").split(",")} - {
        "",
        "全部",
    }
    names = "、".join(f"“{sheet.name}”" for sheet, _ in found)
    if wanted:
        reading.sheets.extend(SheetUse(sheet.name, "left_out") for sheet, _ in found if sheet.name not in wanted)
        return [(sheet, heading) for sheet, heading in found if sheet.name in wanted] or found
    reading.findings.add(
        Gravity.HEADING,
        Severity.CONFIRM,
        "several_sheets",
        f"文件里有 {len(found)} 张账表：{names}，全部读在一起。对吗？",
        "对就确认；有的是汇总或别的期间的，请删掉那几张，保存后再传。",
    )
    return found


def _nothing_found(opened: Opened, reading: _Reading) -> None:
    filled = [sheet for sheet in opened.sheets if not sheet.is_empty() and not sheet.hidden]
    needed = _needed(reading.task.section)
    if not filled:
        first = next((sheet.name for sheet in opened.sheets if sheet.name), "")
        words = f"没有找到账目。第一张表“{first}”是空的。" if first else "没有找到账目，表是空的。"
        raise Unreadable("no_rows", words, "请填好内容，保存后再传。")
    raise Unreadable(
        "no_heading",
        f"没有找到“{reading.task.section.title}”的表头。",
        f"表头那一行至少要有{needed}。可以下载模板，照着填。",
        sheet=filled[0].name or None,
    )


def _needed(section: Section) -> str:
    """The headings that a table must have; two columns 收入 and 支出 serve as well as 金额 with a direction."""
    direction, amount = section.promoted.get("direction"), section.promoted.get("amount_fen")
    names = [
        "“收入”“支出”（或“收支”和“金额”）" if direction and one.name == amount else f"“{one.heading}”"
        for one in section.fields
        if one.required and (not direction or one.name != direction) and one.name != section.subject_field
    ]
    return "、".join(names)


def _list_columns(section: Section, sheet: Sheet, heading: Heading, blocks: list[Block], reading: _Reading) -> None:
    """What each column was taken for, with up to three sample values; unused ones are told."""
    used = {one.index for block in blocks for one in block.columns.values()}
    never = {one.name for one in section.fields if one.visible is Visible.NEVER}
    unused = []
    for one in heading.columns:
        target = one.target if one.target in never or one.target == IGNORED or one.index in used else ""
        if not target and blocks:
            unused.append(f"{column_letter(one.index)} 列“{one.heading}”")
        samples = () if one.target in never else _samples(sheet, heading, one.index)
        reading.columns.append(
            ColumnUse(
                sheet.name or None,
                column_letter(one.index),
                one.heading,
                target,
                label_of(section, target),
                one.unit,
                samples,
            )
        )
    reading.headings.append("|".join(normal(one.heading) for one in heading.columns))
    reading.sheets.append(SheetUse(sheet.name, "read", heading.first, len(sheet.rows) - heading.last))
    if unused:
        reading.findings.add(
            Gravity.HEADING,
            Severity.INFO,
            "unused_columns",
            f"这几列没有用到：{'、'.join(unused)}。",
            "要用就把表头改成模板里的名字。",
            sheet=sheet.name,
        )


def _samples(sheet: Sheet, heading: Heading, column: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in range(heading.last + 1, len(sheet.rows) + 1):
        raw = sheet.cell(row, column)
        if not is_blank(raw):
            found.append(mask_for_problem(as_text(raw), longest=20))
        if len(found) == 3:
            break
    return tuple(found)


def _walk(sheet: Sheet, heading: Heading, blocks: list[Block], filename: str, reading: _Reading) -> None:
    task, findings = reading.task, reading.findings
    plans = [make_plan(task.section, sheet, heading, block, findings) for block in blocks]
    made = [plan for plan in plans if plan is not None]
    if len(made) < len(plans):
        return
    ask_about_hidden(sheet, heading, findings)
    ask_about_units(task.section, sheet, heading, blocks, findings)
    given = _from_titles(task.section, sheet, heading, filename)
    walked = Walker(task, sheet, heading, blocks, made, findings, reading.repairs).walk(given)
    ask_about_unnamed(sheet, heading, walked, findings)
    reading.walks.append(walked)


def _from_titles(section: Section, sheet: Sheet, heading: Heading, filename: str) -> Facts:
    """Programme and batch as the title says them, else the sheet's name, else the file's name."""
    given: Facts = {}
    for text in (*heading.titles, sheet.name, filename.rpartition(".")[0]):
        for name, value in section.title_facts(text).items():
            given.setdefault(name, value)
    return given


def _finish(opened: Opened, reading: _Reading) -> Checked:
    task, findings, section = reading.task, reading.findings, reading.task.section
    entries = [entry for walked in reading.walks for entry in walked.entries]
    rows_read = sum(walked.read for walked in reading.walks)
    held = sum(walked.held for walked in reading.walks)
    if reading.walks and not entries and not findings.fails(Gravity.ROW):
        findings.add(Gravity.FILE, Severity.MUST_FIX, "no_rows", "只有表头，没有数据。", "请填好内容，保存后再传。")
    kept = check_rows(section, entries, findings)
    held += len(entries) - len(kept)
    balances = Balances()
    for walked in reading.walks:
        check_sums(task, walked, findings)
    if section.shape is Shape.FLOW:
        balances = read_balances(task, reading.walks, findings)
        ask_about_sides(reading.walks, findings)
    _check_between(reading, kept, balances)
    problems = findings.shown()
    rejected = any(one.severity is Severity.MUST_FIX for one in problems)
    asked = any(one.severity is Severity.CONFIRM for one in problems)
    return Checked(
        section=section.name,
        outcome=Outcome.REJECT if rejected else Outcome.REVIEW if asked else Outcome.ACCEPT,
        problems=problems,
        rows=tuple(CheckedRow(one.facts, one.sheet or None, one.row, one.matches) for one in kept),
        balances=balances,
        totals=dict(section.totals([one.facts for one in kept])),
        subject=_subject(section, kept),
        columns=tuple(reading.columns),
        sheets=tuple(reading.sheets),
        set_aside=tuple(one for walked in reading.walks for one in walked.set_aside),
        repairs=tuple(reading.repairs.shown),
        repaired=reading.repairs.count,
        rows_read=rows_read,
        rows_held=held,
        fingerprint=sha256("\n".join(reading.headings).encode()).hexdigest() if reading.headings else "",
        encoding=opened.encoding,
    )


def _check_between(reading: _Reading, kept: list[Entry], balances: Balances) -> None:
    task, findings, section = reading.task, reading.findings, reading.task.section
    if not kept:
        return
    subjects = {section.subject_of(one.facts) for one in kept}
    if section.subject_field is not None and any(not one.facts.get(section.subject_field) for one in kept):
        wanted = section.field_named(section.subject_field).heading
        findings.add(
            Gravity.HEADING,
            Severity.MUST_FIX,
            "subject_missing",
            f"没有写是哪一种（{wanted}）。",
            f"请在标题行写上，例如“2026年耕地地力保护补贴发放表”，或加一列“{wanted}”。",
        )
    elif len(subjects) > 1:
        findings.add(
            Gravity.TABLE,
            Severity.MUST_FIX,
            "several_subjects",
            f"表里有 {len(subjects)} 种：{'、'.join(sorted(subjects)[:6])}。",
            "一种补贴、一个批次传一张表，请分开再传。",
        )
    check_doubles(section, kept, findings)
    check_persons(section, kept, findings)
    check_table(section, kept, balances, findings)
    for sheet, heading, blocks in reading.tables:
        here = [one for one in kept if one.sheet == sheet.name]
        check_unit(task, sheet, heading, blocks, here, findings)
    check_against_published(task, balances, findings)


def _subject(section: Section, kept: list[Entry]) -> str:
    subjects = sorted({section.subject_of(one.facts) for one in kept})
    return subjects[0] if len(subjects) == 1 else ""
