"""Which unit an amount is written in: the column's bracket, the 单位 line, else yuan. What contradicts itself is asked."""

import re
from collections.abc import Sequence

from villagehub.kernel.money import yuan
from villagehub.kernel.problem import Severity
from villagehub.ledgers.amounts import UNITS
from villagehub.ledgers.cells import Raw
from villagehub.ledgers.columns import BALANCE, CREDIT, DEBIT, IN, OUT, Block
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Column, Heading
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.task import Task
from villagehub.ledgers.vocabulary import Target
from villagehub.sections.base import Kind, Section


def money_columns(section: Section, block: Block) -> dict[Target, Column]:
    """The block's columns of money."""
    money = {one.name for one in section.fields if one.kind is Kind.MONEY} | {IN, OUT, DEBIT, CREDIT, BALANCE}
    return {target: column for target, column in block.columns.items() if target in money}


def money_units(section: Section, block: Block, heading: Heading, task: Task, sheet: Sheet) -> dict[Target, int]:
    """Fen per unit for each money column: its own bracket, else the 单位 line, else yuan."""
    asked = task.answer("unit_doubt", sheet.name)
    general = asked if asked in UNITS else heading.unit or "元"
    return {
        target: UNITS[column.unit if column.unit in UNITS and asked not in UNITS else general]
        for target, column in money_columns(section, block).items()
    }


def ask_about_units(
    section: Section, sheet: Sheet, heading: Heading, blocks: Sequence[Block], findings: Findings
) -> None:
    """Two 单位 lines that differ are a fault; a bracket that says something else than the 单位 line is asked about."""
    if len(heading.units) > 1:
        named = "、".join(f"“{unit}”" for unit in heading.units)
        findings.add(
            Gravity.HEADING,
            Severity.MUST_FIX,
            "unit_conflict",
            f"表头上方写了两种单位：{named}，分不清用哪一种。",
            "请只留一种；两种都要用，就写在各列的括号里，例如“收入（万元）”。",
            sheet=sheet.name,
        )
        return
    for block in blocks:
        for column in money_columns(section, block).values():
            if heading.unit and column.unit in UNITS and column.unit != heading.unit:
                findings.add(
                    Gravity.HEADING,
                    Severity.CONFIRM,
                    "unit_conflict",
                    f"“{column.heading}”按“{column.unit}”算，可是表头上方写着单位：{heading.unit}。对吗？",
                    f"是{column.unit}就确认；不是就把两处改成一样，再传。",
                    sheet=sheet.name,
                    column=column_letter(column.index),
                )


def _says_yuan(raw: Raw) -> bool:
    return isinstance(raw, str) and re.search(r"[¥￥]\s*\d|\d元", raw) is not None


def check_unit(
    task: Task, sheet: Sheet, heading: Heading, blocks: Sequence[Block], entries: Sequence[Entry], findings: Findings
) -> None:
    """All amounts tiny and with decimals, and no unit named: perhaps they are in 万元 (ux.md §5)."""
    name = task.section.promoted.get("amount_fen", "")
    amounts = [abs(int(entry.facts[name])) for entry in entries if isinstance(entry.facts.get(name), int)]
    stated = heading.unit or any(one.unit for block in blocks for one in block.columns.values())
    if stated or task.answer("unit_doubt", sheet.name) or len(amounts) < 3 or task.section.persons:
        return
    if any(_says_yuan(sheet.cell(entry.row, one.index)) for entry in entries[:3] for one in entry.columns.values()):
        return
    broken = sum(1 for amount in amounts if amount % 100)
    if max(amounts) < 10_000 and broken * 2 >= len(amounts):
        column = next(
            (block.columns[one] for block in blocks for one in (name, IN, DEBIT) if one in block.columns), None
        )
        findings.add(
            Gravity.TABLE,
            Severity.CONFIRM,
            "unit_doubt",
            f"金额最大只有 {yuan(max(amounts))}，是不是按“万元”填的？系统按“元”算。",
            "是元就确认；是万元，就在表头上方写“单位：万元”再传。",
            sheet=sheet.name,
            column=column_letter(column.index) if column else None,
        )
