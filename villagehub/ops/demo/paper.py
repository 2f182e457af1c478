"""A sheet as a clerk leaves it, and its bytes as .xlsx or text. The same sheet always gives the same bytes. Pure."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.kernel.money import plain_yuan

Cell = str | int | Decimal | date | None
FEN_PER: Final = {"元": 100, "万元": 1_000_000}

_LINE: Final = Side(style="thin", color="808080")
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = datetime(2020, 1, 1)  # noqa: DTZ001 - openpyxl writes it as it is; only its sameness matters


@dataclass(frozen=True, slots=True)
class Paper:
    """Rows from the top, merged ranges (``A1:H1``), and which rows are the heading (counted from 1)."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    heading: tuple[int, int]
    merges: tuple[str, ...] = ()
    titles: int = 1
    widths: dict[int, int] = field(default_factory=dict)


def amount(fen: int, unit: str = "元") -> Decimal:
    """An amount as it stands in a cell."""
    return Decimal(fen) / FEN_PER[unit]


def title_merges(count: int, width: int) -> list[str]:
    """The first ``count`` rows merged over ``width`` columns."""
    return [f"A{row}:{get_column_letter(width)}{row}" for row in range(1, count + 1)]


def as_xlsx(papers: Sequence[Paper]) -> bytes:
    """The workbook's bytes, without the time of writing."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for paper in papers:
        _draw(book.create_sheet(paper.name), paper)
    book.properties.created = book.properties.modified = _STAMP
    book.properties.creator = "报账员"
    written = io.BytesIO()
    book.save(written)
    return _without_time(written.getvalue())


def _draw(sheet: Worksheet, paper: Paper) -> None:
    first, last = paper.heading
    for number, cells in enumerate(paper.rows, start=1):
        for column, value in enumerate(cells, start=1):
            if value is None or value == "":
                continue
            cell = sheet.cell(number, column, value)
            if isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
            elif isinstance(value, Decimal):
                cell.number_format = "#,##0.00" if value == value.quantize(Decimal("0.01")) else "0.000000"
            elif isinstance(value, str) and value.isdecimal():
                cell.number_format = "@"
            if number <= paper.titles:
                cell.font = Font(name="宋体", size=16 if number == 1 else 11, bold=number == 1)
                cell.alignment = Alignment(horizontal="center" if number == 1 else "left", vertical="center")
            elif first <= number <= last:
                cell.font = Font(name="宋体", size=11, bold=True)
                cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if number >= first:
                cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    for merge in paper.merges:
        sheet.merge_cells(merge)
    for column, width in paper.widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width


def _without_time(raw: bytes) -> bytes:
    """The same archive with one fixed time on every part and inside the properties."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2020-01-01T00:00:00Z", part)
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, part)
    return written.getvalue()


def as_csv(rows: Sequence[Sequence[Cell]], encoding: str) -> bytes:
    """The rows as text with commas; ``utf-16`` gets its byte order mark, and tabs as Excel's Unicode text has them."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter="\t" if encoding == "utf-16" else ",", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_as_text(value) for value in row])
    text = written.getvalue()
    return b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16" else text.encode(encoding)


def _as_text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain_yuan(int(value * 100))
    return f"{value.year}/{value.month}/{value.day}" if isinstance(value, date) else str(value)
