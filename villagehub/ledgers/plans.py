"""How a table says what is income and what is expense: two columns, 借/贷, a direction column, labels, or its title."""

from dataclasses import dataclass
from enum import StrEnum

from villagehub.kernel.problem import Severity
from villagehub.ledgers.amounts import UNITS, read_money
from villagehub.ledgers.cells import as_text, is_blank
from villagehub.ledgers.columns import CREDIT, DEBIT, IN, OUT, Block
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Column, Heading
from villagehub.ledgers.marks import Mark, label_mark
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.sections.base import Section


class Way(StrEnum):
    """Where an entry's direction comes from."""

    NONE = "none"
    """The section has no directions."""
    TWO_COLUMNS = "two_columns"
    DEBIT_CREDIT = "debit_credit"
    DIRECTION_COLUMN = "direction_column"
    FIXED = "fixed"
    LABELS = "labels"
    SIGNED = "signed"
    """One column of amounts, in which a minus means an expense; the balance proves it, or it is asked."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The way, and the direction where one holds for the whole table."""

    way: Way
    direction: str = ""


def make_plan(section: Section, sheet: Sheet, heading: Heading, block: Block, findings: Findings) -> Plan | None:
    """Decides how directions are told; None, with a fault or a question added, where the table does not say."""
    direction, amount = section.promoted.get("direction"), section.promoted.get("amount_fen")
    if not direction or not amount:
        return Plan(Way.NONE)
    two, one, posted = IN in block.columns or OUT in block.columns, amount in block.columns, block.has(DEBIT, CREDIT)
    if two and one and direction not in block.columns:
        letters = "、".join(
            column_letter(block.columns[target].index) for target in (IN, OUT, amount) if target in block.columns
        )
        findings.add(
            Gravity.HEADING,
            Severity.MUST_FIX,
            "header_two_amounts",
            f"表头里既有“收入”“支出”，又有“金额”（{letters} 列），分不清用哪个。",
            "请只留“收入”“支出”两列，或只留“金额”和“收支”两列。",
            sheet=sheet.name,
            row=heading.last,
        )
        return None
    if one and direction in block.columns:
        return Plan(Way.DIRECTION_COLUMN)
    if two:
        return Plan(Way.TWO_COLUMNS)
    if posted:
        return Plan(Way.DEBIT_CREDIT)
    if block.side:
        return Plan(Way.FIXED, block.side)
    if _has_labels(sheet, heading):
        return Plan(Way.LABELS)
    return _from_title(sheet, heading, block.columns[amount], findings)


def _has_labels(sheet: Sheet, heading: Heading) -> bool:
    for row in range(heading.last + 1, len(sheet.rows) + 1):
        first = next((as_text(raw) for raw in sheet.rows[row - 1] if not is_blank(raw)), "")
        if first and label_mark(first) in (Mark.INCOME_LABEL, Mark.EXPENSE_LABEL):
            return True
    return False


def _has_both_signs(sheet: Sheet, heading: Heading, column: Column) -> bool:
    cells = [sheet.cell(row, column.index) for row in range(heading.last + 1, len(sheet.rows) + 1)]
    read = (read_money(raw, unit_fen=unit).value for raw in cells for unit in (UNITS["元"], UNITS["万元"]))
    values = {value for value in read if isinstance(value, int)}
    return min(values, default=0) < 0 < max(values, default=0)


def _from_title(sheet: Sheet, heading: Heading, amount: Column, findings: Findings) -> Plan | None:
    words = " ".join([*heading.titles, sheet.name])
    income, expense = "收入" in words, "支出" in words
    if income != expense:
        side = "收入" if income else "支出"
        findings.add(
            Gravity.HEADING,
            Severity.CONFIRM,
            "direction_from_title",
            f"表里没有“收支”一列，标题写的是{side}，所以每一笔都当{side}。对吗？",
            "对就确认；有收有支就加一列“收支”，写“收入”或“支出”。",
            sheet=sheet.name,
        )
        return Plan(Way.FIXED, "in" if income else "out")
    if _has_both_signs(sheet, heading, amount):
        return Plan(Way.SIGNED)
    findings.add(
        Gravity.HEADING,
        Severity.MUST_FIX,
        "column_missing",
        "只有“金额”一列，看不出哪笔是收入、哪笔是支出。",
        "请加一列“收支”，每行写“收入”或“支出”；或把金额分成“收入”“支出”两列。",
        sheet=sheet.name,
        row=heading.last,
    )
    return None
