"""Walks the rows under a heading: what is an entry, what is set aside and why (import.md step 2)."""

from typing import Final

from villagehub.files.confined import tell
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import Raw, as_text, is_blank
from villagehub.ledgers.columns import BALANCE, CREDIT, DEBIT, IN, OUT, Block
from villagehub.ledgers.entries import EntryReader
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Heading, is_value, repeats_heading, starts_other_table
from villagehub.ledgers.marks import WHY, Mark, balance_mark, is_footer, label_mark, total_mark
from villagehub.ledgers.ordinary import FIRST_TEXTS, Ordinary
from villagehub.ledgers.plain_rows import PlainRows
from villagehub.ledgers.plans import Plan, Way
from villagehub.ledgers.repairs import RepairLog
from villagehub.ledgers.result import SetAside
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.splitting import check_splitting, too_long, width_of
from villagehub.ledgers.stretch import ROWS
from villagehub.ledgers.task import Task
from villagehub.ledgers.units import money_units
from villagehub.ledgers.vocabulary import joined, unit_line, vocabulary_of
from villagehub.ledgers.walked import BalanceLine, LabelLine, SumLine, Walked
from villagehub.sections.base import Facts, Shape

_DIRECTIONS: Final = {Mark.INCOME_LABEL: "in", Mark.EXPENSE_LABEL: "out"}


class Walker:
    """Goes through one sheet from the heading down."""

    def __init__(
        self,
        task: Task,
        sheet: Sheet,
        heading: Heading,
        blocks: list[Block],
        plans: list[Plan],
        findings: Findings,
        repairs: RepairLog,
    ) -> None:
        self._task = task
        self._sheet = sheet
        self._heading = heading
        self._blocks = blocks
        self._plans = plans
        self._findings = findings
        self._units = [money_units(task.section, block, heading, task, sheet) for block in blocks]
        self._readers = [
            EntryReader(task, sheet, block, plan, units, heading.year, findings, repairs)
            for block, plan, units in zip(blocks, plans, self._units, strict=True)
        ]
        self._flow = task.section.shape is Shape.FLOW
        self._known = {one.index for one in heading.columns}
        self._loose: list[tuple[int, str]] = []
        self._other_table = False
        """A second heading was met: nothing below it can be read by the first one."""
        self._ordinary = Ordinary()
        self._result = Walked(sheet)

    def walk(self, given: Facts) -> Walked:
        """Reads all rows. ``given`` are facts that the title says for every row."""
        plain = self._plain_rows() if not given else None
        entries, loose, take = self._result.entries, self._loose, self._readers[0].rows_read.append
        begin, last = self._heading.last + 1, len(self._sheet.rows)
        for first in (begin, *range(begin - begin % ROWS + ROWS, last + 1, ROWS)):
            rows = self._sheet.rows[first - 1 : first - first % ROWS + ROWS - 1]
            if first % ROWS == 0:
                tell(first, last)
            found = plain.entries(first, rows) if plain is not None else [None] * len(rows)
            for row, (cells, entry) in enumerate(zip(rows, found, strict=True), start=first):
                if entry is None or loose or self._other_table:
                    self._any(row, cells, given, entry)
                else:
                    entries.append(entry)
                    take(row)
                    self._result.read += 1
        for row, text in self._loose:
            self._aside(row, "表尾的文字", text)
        for reader in self._readers:
            reader.zeros.ask(entries)
            self._result.strays += reader.strays.days
        if any(
            column.half for column in self._heading.columns
        ):  # the left half is read before the right one, as people do
            order = {id(block.columns): place for place, block in enumerate(self._blocks)}
            entries.sort(key=lambda entry: order.get(id(entry.columns), 0))
        self._result.used_signs = any(plan.way is Way.SIGNED for plan in self._plans) and bool(self._result.entries)
        self._result.used_sides = any(
            reader.used_sides or (plan.way is Way.DEBIT_CREDIT and bool(self._result.entries))
            for reader, plan in zip(self._readers, self._plans, strict=True)
        )
        return self._result

    def _plain_rows(self) -> PlainRows | None:
        """The short way for plain rows, where this sheet has one."""
        if len(self._blocks) > 1:
            return None
        (block,), (plan,), (units,), (reader,) = self._blocks, self._plans, self._units, self._readers
        plain = PlainRows(
            self._task.section, self._sheet, block, plan, units, reader, width=width_of(self._sheet, self._heading)
        )
        return plain if plain.usable else None

    def _any(self, row: int, cells: list[Raw], given: Facts, entry: Entry | None) -> None:
        """A row of any kind; ``entry`` where it was read as a plain one."""
        if entry is not None and not self._other_table:
            self._ask_about_loose()
            self._result.read += 1
            self._readers[0].rows_read.append(row)
            self._result.entries.append(entry)
            return
        if not self._other_table and self._ordinary.tells(cells):
            self._entries(row, cells, given, marked=False)
            return
        if all(is_blank(raw) for raw in cells):
            return
        if self._other_table or too_long(self._sheet, row, cells, self._findings):
            self._result.read += 1
            self._result.held += 1
            return
        self._row(row, cells, given)

    def _row(self, row: int, cells: list[Raw], given: Facts) -> None:
        if self._heads_page(row, cells):
            return
        if self._words(row, cells):
            return
        self._entries(row, cells, given, marked=True)

    def _entries(self, row: int, cells: list[Raw], given: Facts, *, marked: bool) -> None:
        """Reads the row's entries, one for each block. ``marked``: its words may still mean a balance."""
        if self._loose:
            self._ask_about_loose()
        check_splitting(self._sheet, self._heading, row, cells, self._findings)
        for index, reader in enumerate(self._readers):
            if len(self._blocks) > 1 and not reader.holds_anything(row):
                continue
            self._result.read += 1
            if reader.says_neither(row):
                amount = reader.money(row, self._task.section.promoted.get("amount_fen", "")).value
                self._result.neither.append((row, amount if isinstance(amount, int) else 0))
                self._result.set_aside.append(
                    SetAside(self._sheet.name, row, "既不是收入也不是支出", mask_for_problem(joined(cells)))
                )
                continue
            entry = reader.read(row, given)
            if entry is None:
                self._result.held += 1
                continue
            if marked and self._flow:
                self._ask_about_balance(row, cells)
            if BALANCE in self._blocks[index].columns:
                balance = reader.money(row, BALANCE)
                entry.balance_fen = balance.value if balance.fault is None and balance.doubt is None else None
            self._result.entries.append(entry)

    def _heads_page(self, row: int, cells: list[Raw]) -> bool:
        if repeats_heading(self._sheet, row, self._heading):
            self._aside(row, "每页重复的表头", joined(cells))
            return True
        if starts_other_table(self._sheet, row, self._heading, vocabulary_of(self._task.section.name)):
            self._other_table = True
            self._result.read += 1
            self._result.held += 1
            self._findings.add(
                Gravity.ROW,
                Severity.MUST_FIX,
                "second_heading",
                "这里又有一个表头，列和前面的表头不一样，后面的行不能照前面的列来读。",
                "两张表请分成两张工作表或两个文件；是同一张表，就把各列对齐。",
                sheet=self._sheet.name,
                row=row,
            )
            return True
        if self._heading.titles and not any(map(is_value, cells)) and joined(cells) in self._heading.titles:
            self._aside(row, "每页重复的标题", joined(cells))
            return True
        return False

    def _words(self, row: int, cells: list[Raw]) -> bool:
        """Whether the row's words say that it is no entry; sets it aside then."""
        texts = [(index, as_text(raw)) for index, raw in enumerate(cells) if isinstance(raw, str) and not is_blank(raw)]
        filled = sum(1 for raw in cells if not is_blank(raw))
        if not texts:
            return False
        self._unit_elsewhere(row, cells)
        first = texts[0][1]
        mark = next(
            (mark for index, text in texts[:FIRST_TEXTS] if (mark := total_mark(text)) and self._may_mark(index)), None
        )
        if mark is not None and not (self._task.section.keeps_sums and self._has_amount(row)):
            self._sum(row, mark, first)
            return True
        if self._flow:
            mark = self._balance_words(texts)
            if (
                mark is not None
                and (not self._has_day(row) or self._only_balance(row))
                and self._balance(row, mark, first)
            ):
                return True
        if self._flow and (label := label_mark(first)) is not None and not self._has_day(row):
            for reader in self._readers:
                reader.label_direction = _DIRECTIONS[label]
            self._aside(row, WHY[label], first)
            self._label(row, first, _DIRECTIONS[label])
            return True
        if is_footer(first) and not self._has_amount(row):
            self._aside(row, WHY[Mark.FOOTER], joined(cells))
            return True
        if filled == 1 and len(self._heading.columns) > 2:
            self._result.read += 1
            self._loose.append((row, first))
            return True
        return False

    def _unit_elsewhere(self, row: int, cells: list[Raw]) -> None:
        """A 单位 line under the rows: too late to be sure which rows it means."""
        unit = "" if any(map(is_value, cells)) else unit_line(joined(cells))
        if unit and unit != (self._heading.unit or "元"):
            self._findings.add(
                Gravity.ROW,
                Severity.MUST_FIX,
                "unit_elsewhere",
                f"这里写着单位：{unit}，上面的金额是按“{self._heading.unit or '元'}”读的。",
                "请把单位写到表头上方；不同单位的账分成两张表。",
                sheet=self._sheet.name,
                row=row,
            )

    def _balance_words(self, texts: list[tuple[int, str]]) -> Mark | None:
        return next(
            (mark for index, text in texts[:FIRST_TEXTS] if (mark := balance_mark(text)) and self._may_mark(index)),
            None,
        )

    def _only_balance(self, row: int) -> bool:
        """Whether the balance column is the only amount of the row: then 上年结转 with a day is no entry either."""
        for reader, units in zip(self._readers, self._units, strict=True):
            filled = {target for target in units if reader.money(row, target).value}
            if filled != {BALANCE}:
                return False
        return True

    def _ask_about_balance(self, row: int, cells: list[Raw]) -> None:
        """An opening balance that stands as an income would be counted twice."""
        texts = [(index, as_text(raw)) for index, raw in enumerate(cells) if isinstance(raw, str) and not is_blank(raw)]
        if self._balance_words(texts) in (Mark.OPENING, Mark.CLOSING):
            self._findings.add(
                Gravity.ROW,
                Severity.CONFIRM,
                "balance_as_entry",
                "写的是结余、结转，却记在收入或支出里，当成了一笔账。对吗？",
                "是期初、期末的余额，就把数写到“余额”一列；真是一笔账就确认。",
                sheet=self._sheet.name,
                row=row,
            )

    def _may_mark(self, index: int) -> bool:
        """Words such as 合计 count only where a title, a day or the summary stands, not in a remark."""
        notes = {block.columns[name].index for block in self._blocks for name in ("note",) if name in block.columns}
        return index not in notes

    def _has_day(self, row: int) -> bool:
        name = self._task.section.promoted.get("occurred_on", "")
        columns = [block.columns[name] for block in self._blocks if name in block.columns]
        return any(is_value(self._sheet.cell(row, one.index)) for one in columns)

    def _has_amount(self, row: int) -> bool:
        for reader, units in zip(self._readers, self._units, strict=True):
            for target in units:
                read = reader.money(row, target)
                if read.fault is None and read.value is not None:
                    return True
        return False

    def _sum(self, row: int, mark: Mark, text: str) -> None:
        self._aside(row, WHY[mark], text)
        for index, (reader, units) in enumerate(zip(self._readers, self._units, strict=True)):
            claims = {}
            for target in units:
                column = self._blocks[index].columns[target]
                if (row, column.index) in self._sheet.without_value:
                    self._findings.add(
                        Gravity.ROW,
                        Severity.INFO,
                        "total_without_value",
                        "合计是公式，文件里没有算好的结果，没法核对。",
                        "在 WPS 中打开、保存后再传，就能核对。",
                        sheet=self._sheet.name,
                        row=row,
                        column=column_letter(column.index),
                    )
                    continue
                read = reader.money(row, target)
                if read.fault is None and isinstance(read.value, int):
                    claims[target] = read.value
            before = len(self._result.entries)
            self._result.sums.append(SumLine(row, mark, self._blocks[index], before, claims, units))

    def _label(self, row: int, words: str, direction: str) -> None:
        """Remembers what the label claims to be the sum of its part; a balance beside it says nothing of that."""
        found = {
            read.value
            for reader, units in zip(self._readers, self._units, strict=True)
            for target in units
            if target != BALANCE and isinstance((read := reader.money(row, target)).value, int) and read.value
        }
        if found:
            self._result.labels.append(
                LabelLine(row, words, direction, len(self._result.entries), frozenset(map(int, found)))
            )

    def _balance(self, row: int, mark: Mark, text: str) -> bool:
        amount = self._task.section.promoted.get("amount_fen", "")
        for reader in self._readers:
            for target in (BALANCE, amount, IN, DEBIT, CREDIT, OUT):
                read = reader.money(row, target)
                if read.fault is None and isinstance(read.value, int):
                    self._result.balances.append(BalanceLine(row, mark, read.value))
                    self._aside(row, WHY[mark], text)
                    return True
        return False

    def _ask_about_loose(self) -> None:
        """Single texts between entries: set aside, and asked about, since an entry may have lost its other cells."""
        for row, text in self._loose:
            self._result.set_aside.append(SetAside(self._sheet.name, row, "只有一格文字", mask_for_problem(text)))
            self._findings.add(
                Gravity.ROW,
                Severity.CONFIRM,
                "row_set_aside",
                f"只写了“{mask_for_problem(text)}”，没有当成一笔账。对吗？",
                "对就确认；是一笔账就把这一行填全。",
                sheet=self._sheet.name,
                row=row,
            )
        self._loose.clear()

    def _aside(self, row: int, why: str, text: str) -> None:
        if (row, text) not in self._loose:
            self._result.read += 1
        self._result.set_aside.append(SetAside(self._sheet.name, row, why, mask_for_problem(text)))
