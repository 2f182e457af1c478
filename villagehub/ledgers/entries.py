"""One row of a table becomes the facts of one entry, or faults that name its cells."""

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Period
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.kernel.problem import Severity
from villagehub.ledgers.amounts import read_money
from villagehub.ledgers.cells import Raw, Read, Trouble, as_text, is_blank
from villagehub.ledgers.columns import CREDIT, DAY, DEBIT, IN, IN_WORDS, MONTH, OUT, YEAR, Block, label_of
from villagehub.ledgers.dates import join_day
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Column
from villagehub.ledgers.plans import Plan, Way
from villagehub.ledgers.result import Repair
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.task import Task
from villagehub.ledgers.values import Seen, Setting, read_never, read_value
from villagehub.ledgers.vocabulary import Target, normal
from villagehub.sections.base import Facts, Field, Kind

_SIDE_WORDS: Final = {"借": "in", "借方": "in", "贷": "out", "贷方": "out"}
_MOST_REPAIRS: Final = 100


@dataclass(slots=True)
class Entry:
    """One row that was read: its facts, where it stood, and numbers for comparing."""

    sheet: str
    row: int
    facts: Facts
    matches: tuple[tuple[str, str], ...]
    columns: dict[Target, Column]
    balance_fen: int | None = None


@dataclass(slots=True)
class RepairLog:
    """The first repairs, and how many there were."""

    shown: list[Repair] = field(default_factory=list)
    count: int = 0


def _spans_of_columns(sheet: Sheet, columns: list[int]) -> dict[int, list[tuple[int, ...]]]:
    """For each column its merged cells of several rows as (first row, last row, left column), from top to bottom."""
    spans: dict[int, list[tuple[int, ...]]] = {}
    for top, left, bottom, right in sheet.merges:
        if bottom > top:
            for index in columns:
                if left <= index <= right:
                    spans.setdefault(index, []).append((top, bottom, left))
    return {index: sorted(found) for index, found in spans.items()}


class EntryReader:
    """Reads the entries of one block of one sheet."""

    def __init__(
        self,
        task: Task,
        sheet: Sheet,
        block: Block,
        plan: Plan,
        units: dict[Target, int],
        year: int | None,
        findings: Findings,
        repairs: RepairLog,
    ) -> None:
        self._task = task
        self._section = task.section
        self._sheet = sheet
        self._block = block
        self._plan = plan
        self._units = units
        self._findings = findings
        self._repairs = repairs
        self._setting = Setting(task.period, year, sheet.epoch_1904)
        self._day_field = task.section.promoted.get("occurred_on", "")
        self._amount_field = task.section.promoted.get("amount_fen", "")
        self._direction_field = task.section.promoted.get("direction", "")
        self._fields = {one.name: one for one in task.section.stored_fields}
        self._never = {one.name: one for one in task.section.fields}
        self._merged = _spans_of_columns(sheet, [one.index for one in block.columns.values()])
        self.label_direction = ""
        """The direction that the last label row set (收入部分 / 支出部分)."""
        self.used_sides = False
        """Whether 借 and 贷 were read as income and expense."""

    def raw(self, row: int, column: Column) -> Raw:
        """A cell; a merged one of several rows holds its upper cell's value, but an amount is never repeated."""
        found = self._sheet.cell(row, column.index)
        if is_blank(found) and column.target not in self._units:
            spans = self._merged.get(column.index, [])
            at = bisect_left(spans, (row,)) - 1  # the last span that begins above this row
            if at >= 0 and row <= spans[at][1]:
                return self._sheet.cell(spans[at][0], spans[at][2])
        return found

    def holds_anything(self, row: int) -> bool:
        """Whether any of the block's own columns has something in this row."""
        own = [one for one in self._block.columns.values() if not self._block.side or one.side]
        return any(not is_blank(self._sheet.cell(row, one.index)) for one in own)

    def money(self, row: int, target: Target) -> Read:
        """An amount by its column's target, in fen."""
        column = self._block.columns.get(target)
        if column is None:
            return Read()
        read = read_money(
            self.raw(row, column), unit_fen=self._units.get(target, 100), epoch_1904=self._sheet.epoch_1904
        )
        return self._as_shown(read, row, column)

    def read(self, row: int, given: Facts) -> Entry | None:
        """One entry; None when something in the row must be mended. ``given`` are facts from the title."""
        facts: Facts = {}
        seen = Seen()
        for name, one in self._fields.items():
            column = self._block.columns.get(name)
            planned = self._plan.way is not Way.NONE and name in (self._amount_field, self._direction_field)
            if column is None or planned:
                continue
            self._take(facts, one, column, row, seen)
        for name, column in self._block.never:
            self._settle(read_never(self._never[name], self.raw(row, column), seen), row, column, None, hidden=True)
        self._split_day(facts, row)
        for name, value in given.items():
            facts.setdefault(name, value)
        if self._plan.way is not Way.NONE:
            self._direction_and_amount(facts, row)
        self._in_words(facts, row)
        self._required(facts, row)
        self._within_period(facts, row)
        if self._findings.failed(self._sheet.name, row):
            return None
        matches = tuple(dict.fromkeys(seen.matches))
        return Entry(self._sheet.name, row, facts, matches, self._block.columns)

    def _take(self, facts: Facts, one: Field, column: Column, row: int, seen: Seen) -> None:
        raw = self.raw(row, column)
        if self._has_no_value(row, column):
            return
        before = len(seen.notes)
        read = read_value(one, raw, self._setting, seen, unit_fen=self._units.get(one.name, 100))
        if one.kind is Kind.MONEY:
            read = self._as_shown(read, row, column)
        for note in seen.notes[before:]:
            self._add(Severity.INFO, note, row, column, raw)
        value = self._settle(read, row, column, raw)
        if value is not None:
            facts[one.name] = value

    def _settle(self, read: Read, row: int, column: Column, raw: Raw, *, hidden: bool = False) -> object:
        if read.fault is not None:
            self._add(Severity.MUST_FIX, read.fault, row, column, None if hidden else raw)
            return None
        if read.doubt is not None:
            self._add(Severity.CONFIRM, read.doubt, row, column, None if hidden else raw)
        if read.repaired and not hidden:
            self._repairs.count += 1
            if len(self._repairs.shown) < _MOST_REPAIRS:
                after = read.value if column.target not in self._units else yuan(int(read.value))
                self._repairs.shown.append(
                    Repair(
                        self._sheet.name,
                        row,
                        column_letter(column.index),
                        column.heading,
                        mask_for_problem(as_text(raw)),
                        mask_for_problem(after),
                    )
                )
        return read.value

    def _add(self, severity: Severity, trouble: Trouble, row: int, column: Column | None, raw: Raw = None) -> None:
        self._findings.add(
            Gravity.ROW,
            severity,
            trouble.code,
            trouble.message,
            trouble.fix,
            sheet=self._sheet.name,
            row=row,
            column=column_letter(column.index) if column else None,
            heading=column.heading if column else None,
            raw=raw,
        )

    def _has_no_value(self, row: int, column: Column) -> bool:
        """Whether the cell is a formula without its result, or with an error for one; a fault is added then."""
        if (row, column.index) in self._sheet.errors:
            words = f"{column_letter(column.index)}{row} 的公式出错了，没有结果。"
            fix = "请在 WPS 里改好公式，或直接写数字、文字。"
            self._add(Severity.MUST_FIX, Trouble("formula_error", words, fix), row, column)
        elif (row, column.index) in self._sheet.without_value:
            words = f"{column_letter(column.index)}{row} 是公式，文件里没有算好的结果。"
            fix = "请在 WPS 中打开、保存后再传。"
            self._add(Severity.MUST_FIX, Trouble("formula_without_value", words, fix), row, column)
        else:
            return False
        return True

    def _as_shown(self, read: Read, row: int, column: Column) -> Read:
        """An amount whose format shows another number than the cell holds is asked about."""
        how = self._sheet.shown_otherwise.get((row, column.index))
        if not how or not isinstance(read.value, int) or read.doubt is not None:
            return read
        words = f"这一格的格式把数显示成{how}，看到的和存的不一样。按存的数 {yuan(read.value)} 元记吗？"
        return replace(
            read, doubt=Trouble("amount_shown_otherwise", words, "是就确认；不是就改成普通的数字格式，核对金额再传。")
        )

    def _split_day(self, facts: Facts, row: int) -> None:
        if not self._day_field or self._day_field in self._block.columns or not self._block.has(MONTH, DAY):
            return
        month, day = self._block.columns[MONTH], self._block.columns[DAY]
        year = self._block.columns.get(YEAR)
        hint = self._setting.period.first.year if self._setting.period else self._setting.year
        read = join_day(self.raw(row, year) if year else None, self.raw(row, month), self.raw(row, day), hint=hint)
        value = self._settle(read, row, day, self.raw(row, day))
        if value is not None:
            facts[self._day_field] = value

    def _direction_and_amount(self, facts: Facts, row: int) -> None:
        pair = (IN, OUT) if self._plan.way is Way.TWO_COLUMNS else (DEBIT, CREDIT)
        if self._plan.way in (Way.TWO_COLUMNS, Way.DEBIT_CREDIT):
            self._two_columns(facts, row, *pair)
            return
        column = self._block.columns[self._amount_field]
        if self._has_no_value(row, column):
            return
        value = self._settle(self.money(row, self._amount_field), row, column, self.raw(row, column))
        if value is not None:
            facts[self._amount_field] = value
        direction = self._plan.direction or self.label_direction
        if self._plan.way is Way.DIRECTION_COLUMN:
            direction = self._direction_cell(row)
        if direction:
            facts[self._direction_field] = direction
        elif self._plan.way is Way.LABELS:
            trouble = Trouble("no_direction", "看不出是收入还是支出。", "请加一列“收支”，写“收入”或“支出”。")
            self._add(Severity.MUST_FIX, trouble, row, None)

    def _direction_cell(self, row: int) -> str:
        column = self._block.columns[self._direction_field]
        raw = self.raw(row, column)
        side = _SIDE_WORDS.get(normal(as_text(raw)))
        if side:
            self.used_sides = True
            return side
        read = read_value(self._fields[self._direction_field], raw, self._setting, Seen())
        return str(self._settle(read, row, column, raw) or "")

    def _two_columns(self, facts: Facts, row: int, first: Target, second: Target) -> None:
        amounts: dict[str, int] = {}
        for direction, target in (("in", first), ("out", second)):
            column = self._block.columns.get(target)
            if column is None:
                continue
            if self._has_no_value(row, column):
                return
            read = self.money(row, target)
            value = self._settle(read, row, column, self.raw(row, column))
            if read.fault is not None:
                return
            if isinstance(value, int):
                amounts[direction] = value
        told = {direction: amount for direction, amount in amounts.items() if amount} or dict(list(amounts.items())[:1])
        names = [label_of(self._section, target).removesuffix("金额") for target in (first, second)]
        if len(told) > 1:
            trouble = Trouble(
                "both_amounts", f"{names[0]}和{names[1]}只能填一个。", "请把不该填的那一格清空；是两笔账就分成两行。"
            )
            self._add(Severity.MUST_FIX, trouble, row, self._block.columns[first])
        elif not told:
            trouble = Trouble("no_amount", f"{names[0]}和{names[1]}都没填。", "请填上金额；不是一笔账就删掉这一行。")
            self._add(
                Severity.MUST_FIX, trouble, row, self._block.columns.get(first) or self._block.columns.get(second)
            )
        else:
            facts[self._direction_field], facts[self._amount_field] = next(iter(told.items()))
            self.used_sides = self.used_sides or first == DEBIT

    def _in_words(self, facts: Facts, row: int) -> None:
        column = self._block.columns.get(IN_WORDS)
        amount = facts.get(self._amount_field)
        if column is None or not isinstance(amount, int):
            return
        raw = self.raw(row, column)
        read = read_money(raw)
        if isinstance(read.value, int) and abs(read.value) != abs(amount):
            trouble = Trouble("words_differ", "大写金额和小写金额不一样。", "请核对两个金额，改成一致。")
            self._add(Severity.MUST_FIX, trouble, row, column, raw)

    def _required(self, facts: Facts, row: int) -> None:
        if self._findings.failed(self._sheet.name, row):
            return
        for one in self._section.fields:
            if one.required and facts.get(one.name) is None and one.name != self._section.subject_field:
                column = self._block.columns.get(one.name)
                trouble = Trouble(
                    "cell_missing", f"没填“{one.heading}”。", f"请补上{one.heading}；不是一行数据就删掉。"
                )
                self._add(Severity.MUST_FIX, trouble, row, column)

    def _within_period(self, facts: Facts, row: int) -> None:
        said = facts.get(self._day_field)
        if not isinstance(said, str) or len(said) != 10:
            return
        day, column = date.fromisoformat(said), self._block.columns.get(self._day_field) or self._block.columns.get(DAY)
        period, today = self._task.period, self._task.today
        if today is not None and (day - today).days > 366:
            trouble = Trouble("day_far_ahead", f"{said} 在一年以后。日期对吗？", "对就确认；写错了就改。")
            self._add(Severity.CONFIRM, trouble, row, column)
        if period is None or period.holds(day) or self._fields[self._day_field].kind is not Kind.DATE:
            return
        if self._direction_field:
            late = facts.get("late_for") and day < period.first
            if not late:
                self._add(Severity.MUST_FIX, _outside(day, period), row, column, said)
        elif self._section.persons:
            words = f"{said} 不在{period.label}里。对吗？"
            self._add(Severity.CONFIRM, Trouble("day_outside_period", words, "对就确认；写错了就改。"), row, column)


def _outside(day: date, period: Period) -> Trouble:
    last = "" if period.first == period.last else f" 到 {period.last.month}月{period.last.day}日"
    return Trouble(
        "day_outside_period",
        f"{day.year}年{day.month}月{day.day}日 不在 {period.first.month}月{period.first.day}日{last} 里。",
        "写错了就改；以前漏记的，请加一列“补记月份”，写上是哪个月的。"
        if day < period.first
        else "下一期的账请放到下一期的表里。",
    )
