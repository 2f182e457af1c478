"""The clerk's own totals and balances as checksums: sums of rows, running balance, opening and closing (decision 7)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.kernel.problem import Severity
from villagehub.ledgers.amounts import bare_in_unit, in_unit
from villagehub.ledgers.columns import CREDIT, DEBIT, IN, OUT
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.marks import Mark
from villagehub.ledgers.sheets import column_letter
from villagehub.ledgers.statements import chain, effect
from villagehub.ledgers.task import Task
from villagehub.ledgers.vocabulary import Target
from villagehub.ledgers.walked import SumLine, Walked
from villagehub.sections.base import Balances, Section

_DIRECTION_OF: Final = {IN: "in", DEBIT: "in", OUT: "out", CREDIT: "out"}
_SWAPPED: Final = {DEBIT: CREDIT, CREDIT: DEBIT}


def _of_target(section: Section, entries: list[Entry], target: Target) -> set[int]:
    """The sums that a total over these entries may rightly claim for a column."""
    amount, direction = section.promoted.get("amount_fen", ""), section.promoted.get("direction", "")
    if target in _DIRECTION_OF:
        wanted = _DIRECTION_OF[target]
        return {sum(int(one.facts.get(amount) or 0) for one in entries if one.facts.get(direction) == wanted)}
    if direction and target == amount:
        income = sum(int(one.facts[amount]) for one in entries if one.facts.get(direction) == "in")
        expense = sum(int(one.facts[amount]) for one in entries if one.facts.get(direction) == "out")
        return {income + expense, income - expense, income, expense}
    return {sum(int(one.facts.get(target) or 0) for one in entries if isinstance(one.facts.get(target) or 0, int))}


def check_sums(task: Task, walked: Walked, findings: Findings) -> None:
    """Each total must equal the rows since the last total, or since the top (or, standing above them, all rows)."""
    checked = [line for line in walked.sums if line.mark is Mark.TOTAL]
    if findings.fails(Gravity.ROW):
        return
    previous: dict[int, int] = {}  # by block: side by side, each table has totals of its own
    for line in checked:
        start, previous[id(line.block)] = previous.get(id(line.block), 0), line.before
        ranges = [walked.entries[start : line.before], walked.entries[: line.before]]
        if line.before == 0:
            ranges = [walked.entries]
        _check_line(task, walked, line, ranges, findings)


def check_labels(section: Section, walked: Walked, findings: Findings) -> None:
    """An amount beside the label 收入 or 支出 is the sum of its part, or of all of that side; anything else may be an entry
    that lost its day, and is asked about.
    """
    if not walked.labels or findings.fails(Gravity.ROW):
        return
    amount, direction = section.promoted.get("amount_fen", ""), section.promoted.get("direction", "")
    ends = [*(one.before for one in walked.labels[1:]), len(walked.entries)]
    for label, end in zip(walked.labels, ends, strict=True):
        side = [one for one in walked.entries if one.facts.get(direction) == label.direction]
        part = [one for one in walked.entries[label.before : end] if one.facts.get(direction) == label.direction]
        sums = {abs(sum(int(one.facts.get(amount) or 0) for one in found)) for found in (side, part)}
        odd = sorted(one for one in label.amounts if abs(one) not in sums)
        if odd:
            findings.add(
                Gravity.TABLE,
                Severity.CONFIRM,
                "label_amount",
                f"写着“{mask_for_problem(label.words)}”和 {yuan(odd[0])}，当成标题，没有当成一笔账；"
                f"和下面逐笔相加的 {yuan(max(sums))} 也对不上。对吗？",
                "对就确认；是一笔账就写上日期，再传。",
                sheet=walked.sheet.name,
                row=label.row,
            )


def _check_line(task: Task, walked: Walked, line: SumLine, ranges: list[list[Entry]], findings: Findings) -> None:
    columns = line.block.columns
    for target, claimed in line.claims.items():
        if not walked.entries or not _is_summed(task.section, target):
            continue
        right: set[int] = set()
        for entries in ranges:
            mine = [entry for entry in entries if entry.columns is columns]  # of two tables side by side, only its own
            right |= _of_target(task.section, mine, _SWAPPED.get(target, target) if walked.sides_reversed else target)
        if walked.minus_is_expense:
            right |= {-one for one in right}
        if claimed in right:
            continue
        nearest = min(right, key=lambda value: abs(value - claimed))
        column, unit = columns[target], line.units[target]
        findings.add(
            Gravity.TABLE,
            Severity.MUST_FIX,
            "total_mismatch",
            f"合计对不上：表里写 {in_unit(claimed, unit)}，逐笔相加是 {in_unit(nearest, unit)}，"
            f"差 {in_unit(abs(claimed - nearest), unit)}。",
            "请查哪一行抄错或漏了；合计是手填的，就改成正确的数。",
            sheet=walked.sheet.name,
            row=line.row,
            column=column_letter(column.index),
            heading=column.heading,
            raw=bare_in_unit(claimed, unit),
        )


def _is_summed(section: Section, target: Target) -> bool:
    return target in _DIRECTION_OF or any(one.name == target for one in section.fields)


def read_balances(task: Task, walks: list[Walked], findings: Findings) -> Balances:
    """Opening and closing, bank and cash: from their own rows, else from the balance column. Asks where it breaks."""
    found = Balances()
    for walked in walks:
        here = _balances_of(task, walked, findings)
        opening = found.opening_fen if found.opening_fen is not None else here.opening_fen
        closing = here.closing_fen if here.closing_fen is not None else found.closing_fen
        if found.closing_fen is not None and here.opening_fen is not None and here.opening_fen != found.closing_fen:
            findings.add(
                Gravity.TABLE,
                Severity.MUST_FIX,
                "sheets_do_not_join",
                f"这张表的期初 {yuan(here.opening_fen)} 和前一张表的期末 {yuan(found.closing_fen)} 不一样。",
                "请核对两张表的结余。",
                sheet=walked.sheet.name,
            )
        found = replace(
            here,
            opening_fen=opening,
            closing_fen=closing,
            bank_fen=here.bank_fen if here.bank_fen is not None else found.bank_fen,
            cash_fen=here.cash_fen if here.cash_fen is not None else found.cash_fen,
        )
    return found


def _balances_of(task: Task, walked: Walked, findings: Findings) -> Balances:
    said: dict[Mark, int] = {}
    for line in walked.balances:
        if line.mark is Mark.OPENING:
            said.setdefault(line.mark, line.fen)
        else:
            said[line.mark] = line.fen
    opening, closing = said.get(Mark.OPENING), said.get(Mark.CLOSING)
    entries = [entry for entry in walked.entries if entry.balance_fen is not None]
    if entries and not findings.fails(Gravity.ROW):
        first, last = _follow(task, walked, findings)
        opening = opening if opening is not None else first
        closing = closing if closing is not None else last
    return Balances(opening, closing, said.get(Mark.BANK), said.get(Mark.CASH))


def _follow(task: Task, walked: Walked, findings: Findings) -> tuple[int | None, int | None]:
    """Follows the balance column downwards, or upwards where the newest entry stands on top."""
    section = task.section
    run = chain(walked.entries, [effect(section, entry) for entry in walked.entries])
    if run.breaks:
        _ask_about_break(task, walked, run.breaks, findings)
        return None, None
    head, tail = run.entries[0], run.entries[-1]
    opening = head.balance_fen - effect(section, head) if head.balance_fen is not None else None
    return opening, tail.balance_fen


def _ask_about_break(task: Task, walked: Walked, breaks: Sequence[int], findings: Findings) -> None:
    entry, before = walked.entries[breaks[0]], walked.entries[breaks[0] - 1]
    wanted = (before.balance_fen or 0) + effect(task.section, entry)
    more = f"后面还有 {len(breaks) - 1} 处。" if len(breaks) > 1 else ""
    findings.add(
        Gravity.TABLE,
        Severity.CONFIRM,
        "balance_breaks",
        f"余额对不上：上一笔余额 {yuan(before.balance_fen or 0)}，加减这一笔应是 {yuan(wanted)}，"
        f"表里写 {yuan(entry.balance_fen or 0)}。{more}",
        "余额不是接着上一行算的（例如银行、现金分开）就确认；写错了就改。余额只用来核对。",
        sheet=walked.sheet.name,
        row=entry.row,
    )


def check_against_published(task: Task, balances: Balances, findings: Findings) -> None:
    """The opening balance equals the closing balance last published (domain §3.4)."""
    last, opening = task.last_closing_fen, balances.opening_fen
    if last is not None and opening is not None and last != opening:
        findings.add(
            Gravity.PUBLISHED,
            Severity.MUST_FIX,
            "opening_mismatch",
            f"期初 {yuan(opening)} 和上一期公开的结余 {yuan(last)} 不一样，差 {yuan(abs(last - opening))}。",
            "请核对期初数；上一期写错了，要先走“更正”。",
        )
