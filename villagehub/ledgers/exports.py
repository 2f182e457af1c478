"""A draft or publication as a table again, for offices: the template's columns, so that it can be mended and sent once more.

Sent back unchanged it changes nothing: every stored field stands in it, opening balance, bank and cash too. Pure.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from villagehub.kernel.money import plain_yuan
from villagehub.ledgers.templates import FORMATS, ledger_columns, ledger_heading
from villagehub.ledgers.workbook_writer import HEAD, Page, write_workbook
from villagehub.sections.base import Balances, Facts, Field, Kind, Section

_RISKY: Final = tuple("=+-@\t\r＝＋－＠'")
_BALANCE: Final = "余额"
_BALANCE_ROWS: Final = (("opening_fen", "期初余额"), ("bank_fen", "银行存款余额"), ("cash_fen", "现金余额"))
_EXACT_DIGITS: Final = 15
"""Spreadsheets keep so many; a longer number is written as text."""
Column = tuple[str, Field | None]


def protected(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a ``'`` in front, which reading takes away again (security.md)."""
    return f"'{text}" if text.startswith(_RISKY) else text


def export_table(section: Section, rows: Sequence[Facts], balances: Balances) -> tuple[list[str], list[list[Any]]]:
    """Headings and cells: money and quantities as Decimal, whole days as date, all else as protected text, nothing as None."""
    said = [(words, getattr(balances, name)) for name, words in _BALANCE_ROWS]
    said = [(words, fen) for words, fen in said if fen is not None]
    columns: list[Column] = ledger_columns(section, staff=True)
    headings = [ledger_heading(name, one) for name, one in columns]
    table = [[_cell(section, column, facts) for column in columns] for facts in rows]
    if said:
        headings.append(_BALANCE)
        place = [name for name, _ in columns].index(section.headline)
        table = [[*line, None] for line in table]
        lines = [_balance_line(len(headings), place, words, fen) for words, fen in said]
        opening = [line for line in lines if line[place] == _BALANCE_ROWS[0][1]]
        table = [*opening, *table, *(line for line in lines if line not in opening)]
    return headings, table


def _balance_line(width: int, place: int, words: str, fen: int) -> list[Any]:
    line: list[Any] = [None] * width
    line[place], line[-1] = words, Decimal(plain_yuan(fen))
    return line


def _cell(section: Section, column: Column, facts: Facts) -> Any:
    name, one = column
    if one is None:
        mine = facts.get(section.promoted["direction"]) == name
        fen = facts.get(section.promoted["amount_fen"]) if mine else None
        return None if fen is None else Decimal(plain_yuan(int(fen)))
    value = facts.get(name)
    if value is None:
        return None
    match one.kind:
        case Kind.MONEY:
            return Decimal(plain_yuan(int(value)))
        case Kind.DECIMAL | Kind.WHOLE:
            return Decimal(str(value))
        case Kind.DATE if len(str(value)) == len("2026-03-05"):
            return date.fromisoformat(str(value))
    return protected(one.label_of(value))


def export_csv(section: Section, rows: Sequence[Facts], balances: Balances) -> bytes:
    """The table as CSV: UTF-8 with its mark, so that Excel and WPS read it too."""
    headings, table = export_table(section, rows, balances)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(headings)
    writer.writerows([["" if one is None else _written(one) for one in line] for line in table])
    return written.getvalue().encode("utf-8-sig")


def _written(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def export_xlsx(section: Section, rows: Sequence[Facts], balances: Balances) -> bytes:
    """The table as an .xlsx with the template's number formats; no text in it is a formula."""
    headings, table = export_table(section, rows, balances)
    kinds = [one.kind if one is not None else Kind.MONEY for _, one in ledger_columns(section, staff=True)]
    kinds += [Kind.MONEY] * (len(headings) - len(kinds))
    formats = {index: code for index, kind in enumerate(kinds) if (code := FORMATS.get(kind))}
    cells = [[_exact(value) for value in line] for line in table]
    page = Page(
        section.title,
        [headings, *cells],
        looks={(1, index): HEAD for index in range(len(headings))},
        formats={
            (row, index): formats[index]
            for row, line in enumerate(cells, start=2)
            for index, value in enumerate(line)
            if isinstance(value, Decimal) and index in formats
        },
        widths=dict.fromkeys(range(len(headings)), 16),
        frozen_rows=1,
    )
    return write_workbook([page])


def _exact(value: Any) -> Any:
    """A number with more digits than spreadsheets keep as text, everything else as it is."""
    too_long = isinstance(value, Decimal) and len(value.as_tuple().digits) > _EXACT_DIGITS
    return _written(value) if too_long else value
