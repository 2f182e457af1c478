"""One row of a table becomes the facts of one entry, or faults that name its cells."""

from dataclasses import replace
from datetime import date
from typing import Final

from villagehub.kernel.illness import hide_illness
from villagehub.kernel.money import yuan
from villagehub.kernel.problem import Severity
from villagehub.ledgers.amounts import read_money
from villagehub.ledgers.cells import Raw, Read, Trouble, as_text, fault, is_blank, is_ditto, is_nothing
from villagehub.ledgers.columns import CREDIT, DAY, DEBIT, IN, IN_WORDS, MONTH, OUT, STATUS, YEAR, Block, label_of
from villagehub.ledgers.dates import join_day
from villagehub.ledgers.dropped_zeros import DroppedZeros
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Column
from villagehub.ledgers.placed import Cells, Step, step_of
from villagehub.ledgers.plans import Plan, Way
from villagehub.ledgers.quick import KEYED, REMEMBERED, plain_fen
from villagehub.ledgers.repairs import RepairLog
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.strays import Strays
from villagehub.ledgers.task import Task
from villagehub.ledgers.values import Seen, Setting, read_never, read_value
from villagehub.ledgers.vocabulary import Target, normal
from villagehub.sections.base import Facts, Kind

SIDE_WORDS: Final = {"借": "in", "借方": "in", "贷": "out", "贷方": "out"}
YUAN: Final = 100
"""Fen in the unit in which plain amounts are written."""
FAR_AHEAD: Final = 366
"""Days from today after which a day is asked about."""

NEITHER: Final = frozenset(("/", "不计收支", "不计", "不计入收支", "中性交易", "中性", "其他"))
"""What payment services write where money moved between accounts of one holder."""


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
        self.setting = Setting(task.period, year, sheet.epoch_1904)
        self._day_field = task.section.promoted.get("occurred_on", "")
        self._day_parts = () if self._day_field in block.columns else (YEAR, MONTH, DAY)
        self._amount_field = task.section.promoted.get("amount_fen", "")
        self._direction_field = task.section.promoted.get("direction", "")
        self.fields = {one.name: one for one in task.section.stored_fields}
        self._never = {one.name: one for one in task.section.fields}
        self._cells = Cells(sheet, [one.index for one in block.columns.values()], units)
        self.rows_read = self._cells.rows_read
        """The rows of entries so far; whoever reads one elsewhere adds it, so that 〃 below finds it."""
        planned = () if plan.way is Way.NONE else (self._amount_field, self._direction_field)
        self.steps = [
            step_of(one, column, merged=self._cells.is_merged(column))
            for name, one in self.fields.items()
            if name not in planned and (column := block.columns.get(name)) is not None
        ]
        self._required_names = [
            one.name for one in task.section.fields if one.required and one.name != task.section.subject_field
        ]
        self._told = bool(sheet.errors or sheet.without_value or sheet.shown_otherwise)
        """Whether the file tells more about some cells than their values."""
        self._good_days: set[str] = set()
        """Days about which there is nothing to say."""
        self.strays = Strays(task)
        self.zeros = DroppedZeros(sheet, task.fixes)
        """Questions that wait for the last row."""
        self._asked: set[tuple[str, object]] = set()
        """Words that the clerk was asked about already."""
        self.label_direction = ""
        """The direction that the last label row set (收入部分 / 支出部分)."""
        self.used_sides = False
        """Whether 借 and 贷 were read as income and expense."""

    def is_good_day(self, said: str) -> bool:
        """Whether there is nothing to say about an entry's day."""
        if said in self._good_days:
            return True
        day, period, today = date.fromisoformat(said), self._task.period, self._task.today
        if (today is not None and (day - today).days > FAR_AHEAD) or not (period is None or period.holds(day)):
            return False
        self._good_days.add(said)
        return True

    def holds_anything(self, row: int) -> bool:
        """Whether any of the block's own columns has something in this row."""
        own = [one for one in self._block.columns.values() if not self._block.side or one.side]
        return any(not is_blank(self._sheet.cell(row, one.index)) for one in own)

    def money(self, row: int, target: Target) -> Read:
        """An amount by its column's target, in fen."""
        column = self._block.columns.get(target)
        if column is None:
            return Read()
        if is_ditto(self._sheet.cell(row, column.index)):
            return fault("ditto_amount", "金额不能用“同上”这样的记号。", "请在这一格写上数字。")
        read = read_money(
            self._cells.raw(row, column), unit_fen=self._units.get(target, 100), epoch_1904=self._sheet.epoch_1904
        )
        return self._as_shown(read, row, column)

    def read(self, row: int, given: Facts) -> Entry | None:
        """One entry; None when something in the row must be mended. ``given`` are facts from the title."""
        facts: Facts = {}
        seen = Seen()
        cells = self._sheet.rows[row - 1]
        width = len(cells)
        for step in self.steps:
            raw = cells[step.index] if step.index < width else None
            if not step.merged and (raw is None or raw == "") and step.of.name not in self._block.spares:
                continue
            if raw.__class__ in KEYED and not self._told:
                known = step.known.get(raw)
                if known is None and step.as_written is not None and raw.__class__ is str and step.as_written(str(raw)):
                    known = raw
                if known is not None:
                    facts[step.of.name] = known
                    continue
            self._take(facts, step, row, seen)
        for name, column in self._block.never:
            self._settle(
                read_never(self._never[name], self._cells.raw(row, column), seen), row, column, None, hidden=True
            )
        self._split_day(facts, row)
        for name, value in given.items():
            facts.setdefault(name, value)
        if self._plan.way is not Way.NONE:
            self._direction_and_amount(facts, row)
        self._in_words(facts, row)
        self._required(facts, row)
        self._within_period(facts, row)
        self.rows_read.append(row)
        if self._findings.failed(self._sheet.name, row):
            return None
        matches = tuple(dict.fromkeys(seen.matches)) if seen.matches else ()
        said = self._block.columns.get(STATUS)
        status = as_text(self._cells.raw(row, said)) if said else ""
        return Entry(self._sheet.name, row, facts, matches, self._block.columns, status=status)

    def says_neither(self, row: int) -> bool:
        """Whether the column for income or expense says that the row is neither of them."""
        column = self._block.columns.get(self._direction_field)
        return column is not None and normal(as_text(self._sheet.cell(row, column.index))) in NEITHER

    def _take(self, facts: Facts, step: Step, row: int, seen: Seen) -> None:
        one, column = step.of, step.column
        raw = self._cells.raw(row, column)
        if one.name in self._block.spares and is_nothing(raw):
            column = next(
                (spare for spare in self._block.spares[one.name] if not is_nothing(self._cells.raw(row, spare))), column
            )
            raw = self._cells.raw(row, column)
        if self._has_no_value(row, column):
            return
        before, matched = len(seen.notes), len(seen.matches)
        if is_ditto(raw):
            words = f"写的是“{as_text(raw)}”，上面没有可以照抄的内容。"
            self._add(Severity.MUST_FIX, Trouble("ditto_without_row", words, "请把这一格写全。"), row, column)
            return
        read = read_value(one, raw, self.setting, seen, unit_fen=self._units.get(one.name, 100))
        if one.kind is Kind.MONEY:
            read = self._as_shown(read, row, column)
        written = self._sheet.cell(row, column.index)
        if is_ditto(written):
            read, raw = replace(read, repaired=True), written
        quoted = hide_illness(raw) if one.illness and isinstance(raw, str) else raw
        for note in seen.notes[before:]:
            self._add(Severity.INFO, note, row, column, quoted)
        if read.doubt is not None and read.doubt.code == "unknown_choice":
            if (one.name, read.value) in self._asked:  # the question is about the word: once is enough
                read = replace(read, doubt=None)
            self._asked.add((one.name, read.value))
        sure = self.zeros.keep_back(
            read, column.index, lambda doubt: self._add(Severity.CONFIRM, doubt, row, column, quoted)
        )
        value = self._settle(sure, row, column, quoted)
        if value is not None:
            facts[one.name] = value
            if (
                raw.__class__ in KEYED
                and len(step.known) < REMEMBERED
                and read == Read(value)
                and (len(seen.notes), len(seen.matches)) == (before, matched)
            ):
                step.known[raw] = value

    def _settle(
        self, read: Read, row: int, column: Column, raw: Raw, *, hidden: bool = False, also: tuple[Column, ...] = ()
    ) -> object:
        if read.fault is not None:
            self._add(Severity.MUST_FIX, read.fault, row, column, None if hidden else raw, also)
            return None
        if read.doubt is not None:
            self._add(Severity.CONFIRM, read.doubt, row, column, None if hidden else raw, also)
        if read.repaired and not hidden:
            after = read.value if column.target not in self._units else yuan(int(read.value))
            self._repairs.note(self._sheet.name, row, column, raw, after)
        return read.value

    def _add(
        self,
        severity: Severity,
        trouble: Trouble,
        row: int,
        column: Column | None,
        raw: Raw = None,
        also: tuple[Column, ...] = (),
    ) -> None:
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
            also=tuple(column_letter(one.index) for one in also),
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
        hint = self.setting.period.first.year if self.setting.period else self.setting.year
        read = join_day(
            self._cells.raw(row, year) if year else None,
            self._cells.raw(row, month),
            self._cells.raw(row, day),
            hint=hint,
        )
        value = self._settle(read, row, day, self._cells.raw(row, day), also=self._block.some(*self._day_parts))
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
        value = self._settle(self.money(row, self._amount_field), row, column, self._cells.raw(row, column))
        if value is not None:
            facts[self._amount_field] = value
        direction = self._plan.direction or self.label_direction
        if self._plan.way is Way.SIGNED and isinstance(value, int):
            direction, facts[self._amount_field] = "out" if value < 0 else "in", abs(value)
        if self._plan.way is Way.DIRECTION_COLUMN:
            direction = self._direction_cell(row)
        if direction:
            facts[self._direction_field] = direction
        elif self._plan.way is Way.LABELS:
            trouble = Trouble("no_direction", "看不出是收入还是支出。", "请加一列“收支”，写“收入”或“支出”。")
            self._add(Severity.MUST_FIX, trouble, row, None)

    def _direction_cell(self, row: int) -> str:
        column = self._block.columns[self._direction_field]
        raw = self._cells.raw(row, column)
        side = SIDE_WORDS.get(normal(as_text(raw)))
        if side:
            self.used_sides = True
            return side
        read = read_value(self.fields[self._direction_field], raw, self.setting, Seen())
        return str(self._settle(read, row, column, raw) or "")

    def _two_columns(self, facts: Facts, row: int, first: Target, second: Target) -> None:
        amounts: dict[str, int] = {}
        cells = self._sheet.rows[row - 1]
        for direction, target in (("in", first), ("out", second)):
            column = self._block.columns.get(target)
            if column is None:
                continue
            if not self._told:
                raw = cells[column.index] if column.index < len(cells) else None
                if raw is None or raw == "":
                    continue
                fen = plain_fen(raw) if self._units.get(target) == YUAN else None
                if fen is not None:
                    amounts[direction] = fen
                    continue
            if self._has_no_value(row, column):
                return
            read = self.money(row, target)
            value = self._settle(read, row, column, self._cells.raw(row, column))
            if read.fault is not None:
                return
            if isinstance(value, int):
                amounts[direction] = value
        told = {direction: amount for direction, amount in amounts.items() if amount} or dict(list(amounts.items())[:1])
        if len(told) == 1:
            facts[self._direction_field], facts[self._amount_field] = next(iter(told.items()))
            self.used_sides = self.used_sides or first == DEBIT
            return
        names = [label_of(self._section, target).removesuffix("金额") for target in (first, second)]
        both = self._block.some(first, second)
        if len(told) > 1:
            trouble = Trouble(
                "both_amounts", f"{names[0]}和{names[1]}只能填一个。", "请把不该填的那一格清空；是两笔账就分成两行。"
            )
        else:
            trouble = Trouble("no_amount", f"{names[0]}和{names[1]}都没填。", "请填上金额；不是一笔账就删掉这一行。")
        self._add(Severity.MUST_FIX, trouble, row, both[0], also=both[1:])

    def _in_words(self, facts: Facts, row: int) -> None:
        column = self._block.columns.get(IN_WORDS)
        amount = facts.get(self._amount_field)
        if column is None or not isinstance(amount, int):
            return
        raw = self._cells.raw(row, column)
        read = read_money(raw)
        if isinstance(read.value, int) and abs(read.value) != abs(amount):
            trouble = Trouble("words_differ", "大写金额和小写金额不一样。", "请核对两个金额，改成一致。")
            self._add(
                Severity.MUST_FIX,
                trouble,
                row,
                column,
                raw,
                self._block.some(self._amount_field, IN, OUT, DEBIT, CREDIT),
            )

    def _required(self, facts: Facts, row: int) -> None:
        if self._findings.failed(self._sheet.name, row):
            return
        if all(facts.get(name) is not None for name in self._required_names):
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
        if not isinstance(said, str) or len(said) != 10 or self.is_good_day(said):
            return
        day, column = date.fromisoformat(said), self._block.columns.get(self._day_field) or self._block.columns.get(DAY)
        today = self._task.today
        if today is not None and (day - today).days > FAR_AHEAD:
            trouble = Trouble("day_far_ahead", f"{said} 在一年以后。日期对吗？", "对就确认；写错了就改。")
            self._add(Severity.CONFIRM, trouble, row, column)
        stray = self.strays.about(day, facts)
        if stray is not None:
            self._add(*stray, row, column, said, self._block.some(*self._day_parts))
