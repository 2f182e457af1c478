"""A sheet as every reader hands it on: cells at the clerk's own rows and columns, and what was hidden."""

from dataclasses import dataclass, field
from typing import Final

from villagehub.ledgers.cells import Raw, is_blank
from villagehub.ledgers.findings import Unreadable

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
LONGEST_CELL: Final = 32_767
"""Limits of import.md for files that come through the web."""


@dataclass(slots=True)
class Sheet:
    """One sheet. ``rows[0]`` is the clerk's row 1; rows may differ in length."""

    name: str
    rows: list[list[Raw]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    """Row numbers (1-based) that the program does not show."""
    hidden_columns: frozenset[int] = frozenset()
    """Column indexes (0-based)."""
    formulas: frozenset[tuple[int, int]] = frozenset()
    """(row number, column index) of cells that hold a formula."""
    formula_texts: dict[tuple[int, int], str] = field(default_factory=dict)
    """What those of them say that a plain .xlsx tells."""
    without_value: frozenset[tuple[int, int]] = frozenset()
    """Those of them for which the file holds no result."""
    errors: frozenset[tuple[int, int]] = frozenset()
    """Cells that hold a formula's error (#REF!); readers hand them on as empty."""
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)
    """Numbers whose format shows another number or unit than the cell holds, and how: 百分数, 万元 …"""
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """(first row, first column, last row, last column), rows 1-based, columns 0-based, all inclusive."""
    epoch_1904: bool = False
    from_text: bool = False
    """Rows were split at separators: a row longer than the heading may have slipped."""
    width: int = field(default=0)

    def cell(self, row: int, column: int) -> Raw:
        """The cell at the clerk's row number and the column index; None outside."""
        if not 1 <= row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column] if 0 <= column < len(cells) else None

    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return all(is_blank(raw) for cells in self.rows for raw in cells)


def column_letter(index: int) -> str:
    """The column's letter as Excel shows it: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The other way round, for capital letters: AA → 26."""
    index = 0
    for mark in letters:
        index = index * 26 + ord(mark) - 64
    return index - 1


def named(sheet: str) -> str:
    """How a message names a sheet: ``“三月”``; 这张表 where it has no name, as in a text file."""
    return f"“{sheet}”" if sheet else "这张表"


def within_limits(sheet: Sheet, *, most_rows: int) -> None:
    """Raises Unreadable for too many rows or columns; sets the sheet's width. Cells that are too long stay for the rows."""
    used = len(sheet.rows)
    if used > most_rows:
        used = sum(1 for cells in sheet.rows if any(raw is not None and raw != "" for raw in cells))
    if used > most_rows:
        raise Unreadable(
            "too_many_rows",
            f"{named(sheet.name)}有 {used} 行，超过 {most_rows} 行。",
            "请按期间或按村分成几个文件再传。",
            sheet=sheet.name,
        )
    width = 0
    for cells in sheet.rows:
        for index in range(len(cells) - 1, width - 1, -1):
            if not is_blank(cells[index]):
                width = index + 1
                break
    if width > MOST_COLUMNS:
        raise Unreadable(
            "too_many_columns",
            f"{named(sheet.name)}有 {width} 列，超过 {MOST_COLUMNS} 列。",
            "请删掉用不到的列再传。",
            sheet=sheet.name,
        )
    sheet.width = width
