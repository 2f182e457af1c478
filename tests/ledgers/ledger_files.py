"""Small ledgers made by the tests themselves, and the reading of them without a child process."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.kernel.period import Period
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.result import Checked
from villagehub.sections import section_named

TODAY = date(2026, 11, 23)
HEAD = ["日期", "摘要", "收入", "支出"]
LEASE = [date(2026, 3, 1), "鱼塘租金", 12000, None]
CANAL = [date(2026, 3, 5), "水渠清淤", None, 1260.5]
GOOD_CSV = "日期,摘要,收入,支出\n2026-03-01,鱼塘租金,12000,\n2026-03-05,水渠清淤,,1260.50\n"
GOOD_TOTALS = {"rows": 2, "income_fen": 1_200_000, "expense_fen": 126_050}

Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, change: Callable[[Worksheet], object] | None = None, *, title: str = "Sheet1") -> bytes:
    """A workbook with one sheet; ``change`` may do more to it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def repacked(data: bytes, changes: Mapping[str, bytes], *, without: Sequence[str] = ()) -> bytes:
    """The same archive with parts replaced, added or left out."""
    written = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes and name not in without:
                new.writestr(name, old.read(name))
        for name, part in changes.items():
            new.writestr(name, part)
    return written.getvalue()


def part_of(data: bytes, name: str) -> bytes:
    """One part of an archive."""
    with ZipFile(BytesIO(data)) as opened:
        return opened.read(name)


def merged(*ranges: str) -> Callable[[Worksheet], None]:
    """Merges these ranges."""

    def change(sheet: Worksheet) -> None:
        for one in ranges:
            sheet.merge_cells(one)

    return change


def read(
    data: bytes | str,
    section: str = "finance",
    *,
    filename: str = "账.xlsx",
    period: str = "",
    answers: Mapping[str, str] | None = None,
    layouts: Mapping[str, Sequence[str]] | None = None,
    last_closing_fen: int | None = None,
    max_rows: int = 20_000,
) -> Checked:
    """Reads a file in this process."""
    return read_workbook(
        data.encode() if isinstance(data, str) else data,
        filename,
        section_named(section),
        period=Period.parse(period) if period else None,
        answers=answers,
        layouts=layouts,
        last_closing_fen=last_closing_fen,
        today=TODAY,
        max_rows=max_rows,
    )


def codes(checked: Checked, severity: str = "") -> list[tuple[str, int | None]]:
    """Code and row of each problem that asks something of the clerk (or of one severity)."""
    return [
        (one.code, one.row)
        for one in checked.problems
        if (one.severity == severity if severity else one.severity != "info")
    ]


def amounts(checked: Checked) -> list[tuple[int, str, int]]:
    """Row, direction and fen of each entry."""
    return [(one.source_row, one.facts["direction"], one.facts["amount"]) for one in checked.rows]
