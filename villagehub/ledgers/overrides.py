"""Cells that were mended on the page: typed texts that stand before the file's own when it is read. Pure.

The file itself never changes. A place is written ``SHEET!C12``, with the clerk's own letters and row numbers.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from villagehub.kernel.illness import hide_illness
from villagehub.kernel.private_numbers import PrivateKind, find_private_numbers, mask_for_problem
from villagehub.kernel.problem import Problem, Severity
from villagehub.kernel.refused import Refused
from villagehub.ledgers.cells import Raw, as_text, is_blank
from villagehub.ledgers.columns import Block
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.locate import Heading
from villagehub.ledgers.sheets import MOST_COLUMNS, Sheet, column_index, column_letter
from villagehub.sections.base import Section, Visible

LONGEST_TYPED: Final = 2_000
MOST_FIXES: Final = 500
MOST_BESIDE: Final = 8
LONGEST_BESIDE: Final = 30
NEVER, CONTACT, ILLNESS = "never", "contact", "illness"
NO_SUCH_CELL: Final = "no_such_cell"
_PLACE: Final = re.compile(r"(?P<sheet>.*)!(?P<column>[A-Z]{1,3})(?P<row>[1-9]\d{0,6})", re.DOTALL | re.ASCII)

Cell = tuple[str, int, int]
"""A sheet's name, the clerk's row number, the column's index."""


class BadFix(Refused):
    """A cell to be mended is not named as the command line wants it."""

    code = "bad_fix"
    message = "--fix “{what}”看不懂。"
    fix = "请写成 表名!C12=值；csv 没有表名，写 !C12=值。"
    status = 400


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that a problem is about, as the page offers it for mending."""

    problem: int
    """Which of the reading's problems, counted from 0."""
    sheet: str
    row: int
    column: str
    heading: str
    value: str
    """What the file holds, as a message may quote it."""
    whole: bool
    """Whether ``value`` is all that the file's cell holds; else it was shortened or a number was taken out."""
    keeps: str = ""
    """``never``: the column's values are not kept, so none can be typed here; ``contact``: a work number may be;
    ``illness``: words of illness are taken out."""
    beside: str = ""
    """What the row's other columns hold, as a message may quote them, so that the entry is known."""

    @property
    def place(self) -> str:
        """``SHEET!C12``."""
        return f"{self.sheet}!{self.column}{self.row}"


def cell_at(place: str) -> Cell | None:
    """The cell that a place names, or None for anything else."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    return found["sheet"], int(found["row"]), column_index(found["column"])


def typed_fixes(written: Iterable[str]) -> dict[str, str]:
    """``SHEET!C12=TEXT`` of the command line, as typed texts by place. Raises BadFix."""
    found: dict[str, str] = {}
    for one in written:
        place, sign, text = one.partition("=")
        if not sign or cell_at(place) is None:
            raise BadFix(what=mask_for_problem(one))
        found[place] = text.strip()
    return found


def row_of(place: str) -> str:
    """The row that a place lies in, as confirmations name it: ``SHEET!12``."""
    found = _PLACE.fullmatch(place)
    return f"{found['sheet']}!{found['row']}" if found else ""


def apply_fixes(sheets: Iterable[Sheet], fixes: Mapping[str, str]) -> dict[Cell, Raw]:
    """Puts the typed texts into the cells, before anything is read; returns what stood there. Raises Unreadable for a place
    that the file does not have.
    """
    named = {sheet.name: sheet for sheet in sheets}
    before: dict[Cell, Raw] = {}
    for place, typed in fixes.items():
        cell = cell_at(place)
        sheet = named.get(cell[0]) if cell else None
        if cell is None or sheet is None or cell[1] > len(sheet.rows) or cell[2] >= MOST_COLUMNS:
            raise Unreadable(
                NO_SUCH_CELL,
                f"表里没有“{mask_for_problem(place)}”这一格。",
                "请照“表名!C12”这样写；只有一张没有名字的表，就写“!C12”。",
            )
        _, row, index = cell
        before[cell] = sheet.cell(row, index)
        cells = sheet.rows[row - 1]
        cells.extend([None] * (index + 1 - len(cells)))
        cells[index] = typed or None
        here = {(row, index)}
        sheet.formulas, sheet.errors = sheet.formulas - here, sheet.errors - here
        sheet.without_value -= here
        sheet.shown_otherwise.pop((row, index), None)
    return before


def quoted(
    section: Section, before: Mapping[Cell, Raw], tables: Sequence[tuple[Sheet, Heading, list[Block]]]
) -> dict[str, str]:
    """What the file holds in the mended cells, as a message may quote it; nothing of columns whose values are not kept."""
    blocks = {sheet.name: blocks for sheet, _, blocks in tables}
    found = {}
    for (sheet, row, index), raw in before.items():
        keeps = _keeps(section, blocks.get(sheet, []), index)
        found[f"{sheet}!{column_letter(index)}{row}"] = "" if keeps == NEVER else _quote(as_text(raw), keeps)
    return found


def _keeps(section: Section, blocks: Sequence[Block], index: int) -> str:
    """What is special about the texts of a column: ``BadCell.keeps``."""
    if any(column.index == index for block in blocks for _, column in block.never):
        return NEVER
    return keeps_of(
        section, {target for block in blocks for target, column in block.columns.items() if column.index == index}
    )


def keeps_of(section: Section, targets: Collection[str]) -> str:
    """What is special about texts of these fields: ``BadCell.keeps``. Of a column that is used for nothing it is not known
    whether it speaks of illness.
    """
    fields = [one for one in section.fields if one.name in targets]
    if any(one.visible is Visible.NEVER for one in fields):
        return NEVER
    if any(one.contact for one in fields):
        return CONTACT
    return ILLNESS if any(one.illness for one in (fields or section.fields)) else ""


def _quote(text: str, keeps: str, *, longest: int = 200) -> str:
    return mask_for_problem(hide_illness(text) if keeps == ILLNESS else text, longest=longest)


def bad_cells(
    section: Section,
    problems: Sequence[Problem],
    tables: Sequence[tuple[Sheet, Heading, list[Block]]],
    before: Mapping[Cell, Raw],
) -> tuple[BadCell, ...]:
    """The cells that these problems are about, in the problems' order; ``before`` is what ``apply_fixes`` returned."""
    by_name = {sheet.name: (sheet, heading, blocks) for sheet, heading, blocks in tables}
    found = []
    for number, one in enumerate(problems):
        table = by_name.get(one.sheet or "")
        if table is None or one.row is None or one.severity is Severity.INFO:
            continue
        here = [
            _bad_cell(section, number, *table, one.row, letter, before)
            for letter in dict.fromkeys((*((one.column,) if one.column else ()), *one.also))
        ]
        if here and here[0].row > table[1].last:
            bad = {cell.column for cell in here}
            here[0] = replace(here[0], beside=_beside(section, table[0], table[2], here[0].row, bad))
        found.extend(here)
    return tuple(found)


def _bad_cell(
    section: Section,
    number: int,
    sheet: Sheet,
    heading: Heading,
    blocks: list[Block],
    row: int,
    letter: str,
    before: Mapping[Cell, Raw],
) -> BadCell:
    cell = cell_at(f"{sheet.name}!{letter}{row}")
    index = cell[2] if cell else 0
    row, index = _shown_at(sheet, row, index)
    while heading.first < row <= heading.last and is_blank(sheet.cell(row, index)):
        row -= 1  # of a heading over several rows, the lowest text of the column
    place = (sheet.name, row, index)
    raw = before[place] if place in before else sheet.cell(row, index)
    title = next((one.heading for one in heading.columns if one.index == index), "")
    keeps = _keeps(section, blocks, index)
    if keeps == NEVER:
        return BadCell(number, sheet.name, row, column_letter(index), title, "", False, NEVER)
    text = as_text(raw)
    value = _quote(text, keeps)
    whole = value == text and (raw is None or not isinstance(raw, str) or " ".join(raw.split()) == text)
    return BadCell(number, sheet.name, row, column_letter(index), title, value, whole, keeps)


def _beside(section: Section, sheet: Sheet, blocks: Sequence[Block], row: int, bad: Collection[str]) -> str:
    """The row's other cells, in the order of the file; nothing of columns that are used for nothing or not kept."""
    columns = {one.index: one.heading for block in blocks for one in block.columns.values()}
    told = []
    for index, heading in sorted(columns.items()):
        keeps = _keeps(section, blocks, index)
        if keeps == NEVER or column_letter(index) in bad or is_blank(sheet.cell(row, index)):
            continue
        text = as_text(sheet.cell(row, index))
        told.append(f"{heading} {_quote(text, keeps, longest=LONGEST_BESIDE)}")
    return "，".join(told[:MOST_BESIDE])


def _shown_at(sheet: Sheet, row: int, index: int) -> tuple[int, int]:
    """An empty cell within merged ones is mended where their text stands: in the first of them."""
    if is_blank(sheet.cell(row, index)):
        for top, left, bottom, right in sheet.merges:
            if top <= row <= bottom and left <= index <= right and not is_blank(sheet.cell(top, left)):
                return top, left
    return row, index


def holds_private_number(text: str, keeps: str) -> bool:
    """Whether a typed text holds a person's number that must not be stored: any, but a work phone in a contact field."""
    found = find_private_numbers(text)
    return any(keeps != CONTACT or one.kind is not PrivateKind.PHONE for one in found)
