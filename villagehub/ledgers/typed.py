"""A ledger of a few rows that is typed on a page: texts by column and row, and the CSV that is kept as their original. Pure.

What is typed takes the road of a file: the CSV is made, kept in the vault and read like every other, so that the checks, the
row numbers and the original are the same whichever way a table came in.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.money import plain_yuan
from villagehub.ledgers.rules import MOST_TYPED
from villagehub.ledgers.templates import ledger_columns, ledger_heading
from villagehub.sections.base import Facts, Field, Kind, Section
from villagehub.sections.parts import entries_on_one_line

NAME: Final = "网页上填的表格.csv"
MOST_ROWS: Final = MOST_TYPED
LONGEST: Final = 2000
"""Characters of one cell."""
FIRST_ROW: Final = 2
"""The number of the first entry in the CSV, whose first row holds the headings."""
EMPTY_ROWS: Final = 3
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form."""

    name: str
    heading: str
    field: Field | None
    """None for 收入 and 支出."""
    main: bool
    """Shown at once; the others can be unfolded."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What can be chosen, in words; empty for free text."""
        if self.field is None:
            return ()
        if self.field.kind is Kind.YES_NO:
            return ("是", "否")
        return tuple(one.label for one in self.field.choices)

    @property
    def strict(self) -> bool:
        """Nothing but the labels can be meant."""
        return bool(self.labels) and not (self.field and self.field.open_choice)

    @property
    def numeric(self) -> bool:
        """Wants the keyboard of figures."""
        return self.field is None or self.field.kind in (Kind.MONEY, Kind.DECIMAL, Kind.WHOLE)

    @property
    def unit(self) -> str:
        """元 for money, else what the field says."""
        money = self.field is None or self.field.kind is Kind.MONEY
        return "元" if money else self.field.unit if self.field else ""


def columns_of(section: Section) -> list[Column]:
    """The form's columns; those of the printed sheet and those that must be filled in come first to the eye."""
    board = {one.field for one in section.board}
    return [
        Column(name, ledger_heading(name, one), one, one is None or one.required or name in board)
        for name, one in ledger_columns(section, staff=True)
    ]


def row_of(section: Section, facts: Facts) -> Row:
    """A stored row as it would be typed."""
    direction, amount = section.promoted.get("direction"), section.promoted.get("amount_fen")
    row: Row = {}
    for column in columns_of(section):
        if column.field is None:
            mine = direction is not None and facts.get(direction) == column.name
            value = facts.get(amount or "") if mine else None
            row[column.name] = "" if value is None else plain_yuan(int(value))
        else:
            row[column.name] = _text(column.field, facts.get(column.name))
    return row


def _text(field: Field, value: object) -> str:
    if value is None:
        return ""
    if field.kind is Kind.MONEY:
        return plain_yuan(int(str(value)))
    return field.label_of(value)


def _on_one_line(column: Column, text: str) -> str:
    if column.field is not None and column.field.parts:
        text = entries_on_one_line(text)
    return " ".join(text.split())


def rows_typed(section: Section, form: Mapping[str, str], *, count: int) -> list[Row]:
    """What stands in the form's fields ``r<number>-<column>``, each on one line and not longer than a cell may be. In a small
    table of its own (steps, materials) a line is an entry.
    """
    columns = columns_of(section)
    return [
        {one.name: _on_one_line(one, form.get(f"r{number}-{one.name}", ""))[:LONGEST] for one in columns}
        for number in range(FIRST_ROW, FIRST_ROW + count)
    ]


def filled(rows: Sequence[Row]) -> list[Row]:
    """Without the rows in which nothing was typed."""
    return [row for row in rows if any(row.values())]


def as_csv(section: Section, rows: Sequence[Row]) -> bytes:
    """The original: UTF-8 with its mark, so that Excel and WPS read it too."""
    columns = columns_of(section)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([one.heading for one in columns])
    writer.writerows([[row.get(one.name, "") for one in columns] for row in rows])
    return written.getvalue().encode("utf-8-sig")


def from_csv(section: Section, raw: bytes) -> list[Row]:
    """The rows of such an original; a column that the section has no more is left out."""
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    places = {heading: place for place, heading in enumerate(lines[0] if lines else [])}
    return [
        {one.name: line[places[one.heading]] if one.heading in places else "" for one in columns_of(section)}
        for line in lines[1:]
    ]
