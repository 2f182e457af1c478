"""One column ↔ one field. Two columns for one field are shown, not guessed; unused columns are listed (import.md step 3)."""

from dataclasses import dataclass, field
from typing import Final

from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import as_text, is_blank
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Column, Heading
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.task import Task
from villagehub.ledgers.vocabulary import Target, role_target
from villagehub.sections.base import Kind, Role, Section, Visible

IN, OUT = role_target(Role.IN_AMOUNT), role_target(Role.OUT_AMOUNT)
DEBIT, CREDIT = role_target(Role.DEBIT), role_target(Role.CREDIT)
BALANCE = role_target(Role.BALANCE)
YEAR, MONTH, DAY = role_target(Role.YEAR), role_target(Role.MONTH), role_target(Role.DAY)
IN_WORDS = role_target(Role.IN_WORDS)
STATUS = role_target(Role.STATUS)
IGNORED = role_target(Role.IGNORED)
_LABELS: Final = {
    IN: "收入金额",
    OUT: "支出金额",
    DEBIT: "借方金额",
    CREDIT: "贷方金额",
    BALANCE: "余额（核对用）",
    YEAR: "年",
    MONTH: "月",
    DAY: "日",
    IN_WORDS: "大写金额（核对用）",
    STATUS: "交易状态（核对用）",
    IGNORED: "不用",
}


@dataclass(slots=True)
class Block:
    """One table within a sheet: usually the whole; two where income stands on the left and expense on the right."""

    columns: dict[Target, Column]
    side: str = ""
    """``in`` or ``out`` where the heading says that all entries are; else empty."""
    never: tuple[tuple[Target, Column], ...] = ()
    """Columns whose values are dropped; several may stand for one field."""
    spares: dict[Target, list[Column]] = field(default_factory=dict)
    """Columns that stand in where a required text is not filled in, best first."""

    def some(self, *targets: Target) -> tuple[Column, ...]:
        """Those of these columns that are there."""
        return tuple(self.columns[target] for target in targets if target in self.columns)

    def has(self, *targets: Target) -> bool:
        """Whether all these columns are there."""
        return all(target in self.columns for target in targets)


def label_of(section: Section, target: Target) -> str:
    """What people call a target."""
    if target in _LABELS:
        return _LABELS[target]
    return section.field_named(target).heading if target else ""


class Assigner:
    """Gives the columns of one heading to fields, or says why it cannot."""

    def __init__(self, task: Task, sheet: Sheet, heading: Heading, findings: Findings) -> None:
        self._task = task
        self._section = task.section
        self._sheet = sheet
        self._heading = heading
        self._findings = findings
        self._never = {one.name for one in task.section.fields if one.visible is Visible.NEVER}

    def blocks(self) -> list[Block]:
        """The blocks of the sheet; empty when a heading-level fault stands in the way."""
        columns = self._heading.columns
        self._take_weak()
        if any(one.half for one in columns):
            made = [self._block([one for one in columns if one.half == half], "") for half in (1, 2)]
        else:
            sides = ["in", "out"] if self._side_by_side() else [""]
            made = [self._block([one for one in columns if not side or one.side in ("", side)], side) for side in sides]
        if any(block is None for block in made):
            return []
        blocks = [block for block in made if block is not None]
        complete = [self._complete(block) for block in blocks]
        return blocks if all(complete) else []

    def _take_weak(self) -> None:
        """Headings that mean a field only where no other column does; required fields come first, and of several columns
        the one whose word says most.
        """
        columns = self._heading.columns
        taken = {(one.target, one.side) for one in columns if one.target}
        wished = [
            (place, rank, one.index, target, one)
            for one in columns
            if not one.target
            for place, (target, rank) in enumerate(zip(one.meaning.weak, one.meaning.ranks, strict=True))
        ]
        for _, _, _, target, one in sorted(wished, key=lambda wish: wish[:3]):
            if not one.target and (target, one.side) not in taken and (target, "") not in taken:
                one.target = target
                taken.add((target, one.side))

    def _side_by_side(self) -> bool:
        sides: dict[Target, set[str]] = {}
        for one in self._heading.columns:
            if one.target and one.target not in self._never and one.target != IGNORED:
                sides.setdefault(one.target, set()).add(one.side)
        return any({"in", "out"} <= found for found in sides.values())

    def _block(self, columns: list[Column], side: str) -> Block | None:
        by_target: dict[Target, list[Column]] = {}
        never: list[tuple[Target, Column]] = []
        for one in columns:
            if one.target in self._never:
                never.append((one.target, one))
            elif one.target and one.target != IGNORED:
                by_target.setdefault(one.target, []).append(one)
        chosen: dict[Target, Column] = {}
        clear = True
        for target, found in by_target.items():
            single = self._choose(target, found)
            if single is None:
                clear = False
            else:
                chosen[target] = single
        if not clear:
            return None
        return Block(chosen, side, tuple(never), self._spares(columns))

    def _spares(self, columns: list[Column]) -> dict[Target, list[Column]]:
        """Columns that were not taken but might say the same in rows where the column that was taken says nothing."""
        wanted = [one.name for one in self._section.fields if one.required and one.kind is Kind.TEXT]
        found: dict[Target, list[Column]] = {}
        for name in wanted:
            own = [
                (one.meaning.ranks[one.meaning.weak.index(name)], one.index, one)
                for one in columns
                if not one.target and name in one.meaning.weak
            ]
            if own:
                found[name] = [one for _, _, one in sorted(own, key=lambda each: each[:2])]
        return found

    def _choose(self, target: Target, found: list[Column]) -> Column | None:
        if len(found) == 1:
            return found[0]
        filled = [one for one in found if not self._is_empty(one.index)]
        if len(filled) <= 1 or self._say_the_same(filled):
            return (filled or found)[0]
        answer = self._task.answer("header_two_columns", self._sheet.name).upper()
        told = next((one for one in filled if column_letter(one.index) == answer), None)
        if told is not None:
            return told
        letters = "、".join(f"{column_letter(one.index)} 列“{one.heading}”" for one in filled)
        name = label_of(self._section, target)
        self._findings.add(
            Gravity.HEADING,
            Severity.MUST_FIX,
            "header_two_columns",
            f"表头有 {len(filled)} 列都像“{name}”：{letters}。分不清用哪一列。",
            f"请把不用的那一列改个名字或删掉；两列是收入和支出的，就写成“收入”“支出”。只留“{name}”一列。",
            sheet=self._sheet.name,
            row=self._heading.last,
            column=column_letter(filled[-1].index),
        )
        return None

    def _say_the_same(self, columns: list[Column]) -> bool:
        """Whether the columns hold the same in every row: a bank's 交易日期 and 记账日期 mostly do."""
        rows = range(self._heading.last + 1, len(self._sheet.rows) + 1)
        return all(len({as_text(self._sheet.cell(row, one.index)) for one in columns}) == 1 for row in rows)

    def _is_empty(self, index: int) -> bool:
        return all(
            is_blank(self._sheet.cell(row, index)) for row in range(self._heading.last + 1, len(self._sheet.rows) + 1)
        )

    def _complete(self, block: Block) -> bool:
        """Whether every required field has its column, or may come from elsewhere."""
        missing = []
        for one in self._section.fields:
            if not one.required or one.name in block.columns or self._otherwise(block, one.name):
                continue
            missing.append(one)
        known = "、".join(dict.fromkeys(column.heading for column in self._heading.columns))
        for one in missing:
            place = f"第 {self._heading.first} 行" + (
                f"到第 {self._heading.last} 行" if self._heading.last > self._heading.first else ""
            )
            self._findings.add(
                Gravity.HEADING,
                Severity.MUST_FIX,
                "column_missing",
                f"没找到“{one.heading}”这一列。读到的表头在{place}：{known}。",
                f"请加上“{one.heading}”一列，或把表里那一列的名字改成“{one.heading}”。",
                sheet=self._sheet.name,
            )
        return not missing

    def _otherwise(self, block: Block, name: str) -> bool:
        section = self._section
        if name == section.promoted.get("direction"):
            return True  # the rows' plan decides, and asks where it must
        if name == section.promoted.get("amount_fen") and section.promoted.get("direction"):
            return any(target in block.columns for target in (IN, OUT, DEBIT, CREDIT))
        if name == section.promoted.get("occurred_on"):
            return block.has(MONTH, DAY)
        return name == section.subject_field
