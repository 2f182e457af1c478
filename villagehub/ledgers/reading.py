"""Bytes in, checked rows out: the whole of import.md steps 1 to 5, pure, for the child process and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice

from villagehub.kernel.illness import hide_illness
from villagehub.kernel.masking import mask_for_problem
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import Raw, as_text, is_blank
from villagehub.ledgers.columns import IGNORED, Assigner, Block, label_of
from villagehub.ledgers.crosscheck import check_doubles, check_persons, check_rows, check_table
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity, Unreadable
from villagehub.ledgers.hidden import ask_about_hidden, ask_about_unnamed
from villagehub.ledgers.kinds import Opened, open_file
from villagehub.ledgers.layouts import Layouts, known_heading
from villagehub.ledgers.locate import Heading, find_heading
from villagehub.ledgers.looks import looks_of
from villagehub.ledgers.marked import COLUMN, OUR_FILLS, Returned, mark_up, take_marks_off
from villagehub.ledgers.other_village import UNTOLD, Names, ask_about_village
from villagehub.ledgers.overrides import Cell, apply_fixes, bad_cells, quoted
from villagehub.ledgers.plans import make_plan
from villagehub.ledgers.repairs import RepairLog
from villagehub.ledgers.result import Checked, CheckedRow, ColumnUse, Outcome, SheetUse, refusal
from villagehub.ledgers.sheets import MOST_ROWS, Sheet, column_letter, within_limits
from villagehub.ledgers.statements import settle
from villagehub.ledgers.strays import tell_wrong_period
from villagehub.ledgers.sums import check_against_published, check_labels, check_sums, read_balances
from villagehub.ledgers.task import Task
from villagehub.ledgers.units import ask_about_units, check_unit
from villagehub.ledgers.vocabulary import normal, vocabulary_of
from villagehub.ledgers.walk import Walker
from villagehub.ledgers.walked import Walked
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
    matched: dict[str, str] = field(default_factory=dict)
    """Sheet → mark of the layout by which its columns were taken."""
    tables: list[tuple[Sheet, Heading, list[Block]]] = field(default_factory=list)
    found: list[tuple[Sheet, Heading, list[Block]]] = field(default_factory=list)
    """The same with tables whose columns are not clear."""
    before: dict[Cell, Raw] = field(default_factory=dict)
    """What stood in the cells that were mended on the page."""
    returned: Returned = field(default_factory=Returned)


def read_workbook(
    data: bytes,
    filename: str,
    section: Section,
    *,
    period: Period | None = None,
    last_closing_fen: int | None = None,
    answers: Mapping[str, str] | None = None,
    layouts: Layouts | None = None,
    fixes: Mapping[str, str] | None = None,
    today: date | None = None,
    max_rows: int = MOST_ROWS,
    villages: Names = UNTOLD,
) -> Checked:
    """Reads and checks a ledger file; whatever the bytes are, the answer is a value and never an exception.

    ``answers`` are given answers that change how the file is read (``several_sheets``, ``header_two_columns``,
    ``unit_doubt``), by code or ``CODE@SHEET``. ``layouts`` are columns that a person has matched, ``fixes`` texts typed in
    place of single cells, by ``SHEET!C12``. ``villages``: where given, a file that names another one is asked about.
    """
    task = Task(section, period, last_closing_fen, answers or {}, layouts or {}, today, fixes or {}, max_rows, villages)
    try:
        return _read(data, filename, task)
    except Unreadable as stop:
        return refusal(section.name, stop.problem)
    except RecursionError:
        broken = Unreadable("broken_file", "文件的结构不正常，读不了。", "请在 WPS 里另存为 .xlsx 再传。")
        return refusal(section.name, broken.problem)


def mark_workbook(
    data: bytes,
    filename: str,
    section: Section,
    mark: str,
    *,
    period: Period | None = None,
    answers: Mapping[str, str] | None = None,
    layouts: Layouts | None = None,
    fixes: Mapping[str, str] | None = None,
    today: date | None = None,
    max_rows: int = MOST_ROWS,
) -> bytes:
    """The annotated workbook of a file that could be opened (import.md 6b); empty for one that could not. All faults of a
    kind are marked, not only the first ones. ``mark`` is how the upload is known again.
    """
    task = Task(section, period, None, answers or {}, layouts or {}, today, fixes or {}, max_rows)
    try:
        opened = open_file(data, filename, most_rows=max_rows)
        reading = _Reading(task, Findings(max_rows))
        checked = _check(opened, filename, reading)
    except (Unreadable, RecursionError):
        return b""
    behind = reading.findings.behind
    spots = bad_cells(section, behind, reading.found, reading.before)
    return mark_up(opened.sheets, checked, filename, mark, looks_of(data, without=OUR_FILLS), behind, spots)


def _read(data: bytes, filename: str, task: Task) -> Checked:
    return _check(open_file(data, filename, most_rows=task.most_rows), filename, _Reading(task, Findings()))


def _check(opened: Opened, filename: str, reading: _Reading) -> Checked:
    task = reading.task
    reading.returned = take_marks_off(opened.sheets)
    reading.before = apply_fixes(opened.sheets, task.fixes)
    if reading.returned.columns:
        reading.findings.add(
            Gravity.FILE,
            Severity.INFO,
            "marks_left_out",
            f"“{COLUMN}”那一列是上次标的，没有读。",
            "没有别的事就不用管。",
        )
    if opened.macros_left_out:
        reading.findings.add(
            Gravity.FILE, Severity.INFO, "macros_left_out", "文件里有宏，没有读，也不会运行。", "没有别的事就不用管。"
        )
    _pick_tables(opened, reading)
    told = [text for sheet, heading, _ in reading.found for text in (*heading.titles, sheet.name)]
    ask_about_village(told, filename, task.villages, reading.findings)
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
        known = known_heading(sheet, vocabulary, task.layouts)
        heading = known[0] if known else find_heading(sheet, task.section, vocabulary)
        if known:
            reading.matched[sheet.name] = known[1]
        if heading is None:
            reading.sheets.append(SheetUse(sheet.name, "no_table"))
        else:
            found.append((sheet, heading))
    found = _choose_sheets(found, opened, reading)
    findings.name_sheets = len(found) > 1
    for sheet, heading in found:
        blocks = Assigner(task, sheet, heading, findings).blocks()
        _list_columns(task.section, sheet, heading, blocks, reading)
        reading.found.append((sheet, heading, blocks))
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
    used |= {one.index for block in blocks for spares in block.spares.values() for one in spares}
    never = {one.name for one in section.fields if one.visible is Visible.NEVER}
    unused = []
    for one in heading.columns:
        target = one.target if one.target in never or one.target == IGNORED or one.index in used else ""
        if not target and blocks:
            unused.append(f"{column_letter(one.index)} 列“{one.heading}”")
        samples = () if one.target in never else samples_of(section, sheet, heading, one.index)
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
    reading.sheets.append(
        SheetUse(sheet.name, "read", heading.first, len(sheet.rows) - heading.last, reading.matched.get(sheet.name, ""))
    )
    if unused:
        reading.findings.add(
            Gravity.HEADING,
            Severity.INFO,
            "unused_columns",
            f"这几列没有用到：{'、'.join(unused)}。",
            "要用就把表头改成模板里的名字。",
            sheet=sheet.name,
        )


def samples_of(section: Section, sheet: Sheet, heading: Heading, column: int) -> tuple[str, ...]:
    """Up to three values of a column, without anybody's number, and without illness where the section is about persons."""
    found: list[str] = []
    discreet = any(one.illness for one in section.fields)
    for cells in islice(sheet.rows, heading.last, None):
        raw = cells[column] if column < len(cells) else None
        if raw is not None and raw != "" and not is_blank(raw):
            shown = hide_illness(as_text(raw)) if discreet else as_text(raw)
            found.append(mask_for_problem(shown, longest=20))
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
    tell_wrong_period(task, walked, findings)
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
    if section.shape is Shape.FLOW:
        settle(section, reading.walks, findings)
    kept = check_rows(section, entries, findings)
    held += len(entries) - len(kept)
    balances = Balances()
    for walked in reading.walks:
        check_sums(task, walked, findings)
        check_labels(section, walked, findings)
    if section.shape is Shape.FLOW:
        balances = read_balances(task, reading.walks, findings)
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
        cells=bad_cells(section, problems, reading.found, reading.before),
        continues=reading.returned.mark,
        before=quoted(section, reading.before, reading.tables),
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
