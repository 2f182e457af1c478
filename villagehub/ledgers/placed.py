"""What a cell says where it stands: a merged one holds its upper cell's value, and 〃 repeats the entry above."""

from bisect import bisect_left
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from villagehub.ledgers.cells import Raw, is_blank, is_ditto
from villagehub.ledgers.locate import Column
from villagehub.ledgers.quick import all_taken_as_written, taken_as_written
from villagehub.ledgers.sheets import Sheet
from villagehub.ledgers.vocabulary import Target
from villagehub.sections.base import Field


def _spans_of_columns(sheet: Sheet, columns: list[int]) -> dict[int, list[tuple[int, ...]]]:
    """For each column its merged cells of several rows as (first row, last row, left column), from top to bottom."""
    spans: dict[int, list[tuple[int, ...]]] = {}
    for top, left, bottom, right in sheet.merges:
        if bottom > top:
            for index in columns:
                if left <= index <= right:
                    spans.setdefault(index, []).append((top, bottom, left))
    return {index: sorted(found) for index, found in spans.items()}


@dataclass(slots=True)
class Step:
    """How one column is read for its field, and the clean values that were met in it."""

    of: Field
    column: Column
    index: int
    merged: bool
    as_written: Callable[[str], bool] | None
    all_as_written: Callable[[Collection[str]], bool]
    known: dict[Raw, Any] = field(default_factory=dict)


def step_of(one: Field, column: Column, *, merged: bool) -> Step:
    """The step for a field's column; ``merged``: it has merged cells of several rows."""
    return Step(one, column, column.index, merged, taken_as_written(one), all_taken_as_written(one))


class Cells:
    """The cells of one block of one sheet."""

    def __init__(self, sheet: Sheet, columns: list[int], amounts: Collection[Target]) -> None:
        """``amounts`` are the columns of money, which never repeat anything."""
        self._sheet = sheet
        self._amounts = amounts
        self._merged = _spans_of_columns(sheet, columns)
        self._copies: dict[int, tuple[int, Raw]] = {}
        self.rows_read: list[int] = []
        """The rows of entries so far, from top to bottom."""

    def is_merged(self, column: Column) -> bool:
        """Whether the column has merged cells of several rows."""
        return column.index in self._merged

    def raw(self, row: int, column: Column) -> Raw:
        """A cell; a merged one of several rows holds its upper cell's value, and 〃 what the entry above says. An amount is
        never repeated.
        """
        if column.target in self._amounts:
            return self._sheet.cell(row, column.index)
        found = self._unmerged(row, column)
        return self._copied(row, column) if is_ditto(found) else found

    def _copied(self, row: int, column: Column) -> Raw:
        """What 〃 stands for: the nearest entry above that says something in this column; 〃 itself where none does."""
        above, found = row, self._unmerged(row, column)
        while is_ditto(found):
            at = bisect_left(self.rows_read, above) - 1
            if at < 0:
                return found
            above = self.rows_read[at]
            known = self._copies.get(column.index)
            found = known[1] if known and known[0] == above else self._unmerged(above, column)
        self._copies[column.index] = (row, found)
        return found

    def _unmerged(self, row: int, column: Column) -> Raw:
        found = self._sheet.cell(row, column.index)
        if is_blank(found):
            spans = self._merged.get(column.index, [])
            at = bisect_left(spans, (row,)) - 1  # the last span that begins above this row
            if at >= 0 and row <= spans[at][1]:
                return self._sheet.cell(spans[at][0], spans[at][2])
        return found
