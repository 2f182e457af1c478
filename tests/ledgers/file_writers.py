"""The same table in every kind of file that clerks and web systems hand in, written without the code that reads it.

A grid holds cells as people see them: text, a ``Decimal`` for a number, a ``date`` for a day that the program shows as one.
"""

import csv
import html
import io
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from openpyxl import Workbook

Cell = str | Decimal | date | None
ORIGIN = date(1899, 12, 30)


@dataclass
class Grid:
    """Rows of cells; merges are (row, column, last row, last column), all counted from 0."""

    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def add(self, *cells: Cell) -> int:
        """Appends a row and returns its number as people count it."""
        self.rows.append(list(cells))
        return len(self.rows)


def seen(cell: Cell) -> str:
    """What a text file holds for a cell."""
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def as_xlsx(grid: Grid, title: str = "Sheet1") -> bytes:
    """A workbook with one sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in grid.rows:
        sheet.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row])
        for at, cell in enumerate(row, start=1):
            if isinstance(cell, str) and cell.startswith("="):  # the text ="1,234.56", no formula
                sheet.cell(sheet.max_row, at).data_type = "s"
    for top, left, bottom, right in grid.merges:
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_text(grid: Grid, encoding: str, separator: str = ",", *, end: str = "\r\n", trailing: int = 0) -> bytes:
    """A table parted by commas, tabs or semicolons; ``trailing`` empty cells stand at the end of each row."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator=end)
    for row in grid.rows:
        writer.writerow([seen(cell) for cell in row] + [""] * trailing)
    return _encoded(written.getvalue(), encoding)


def _encoded(text: str, encoding: str) -> bytes:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    return marks.get(encoding, b"") + text.encode(encoding)


def _spans(grid: Grid) -> tuple[dict[tuple[int, int], tuple[int, int]], set[tuple[int, int]]]:
    """For each merged range's first cell how far it reaches, and all the cells that it covers."""
    first, covered = {}, set()
    for top, left, bottom, right in grid.merges:
        first[top, left] = (bottom - top, right - left)
        covered |= {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        covered.discard((top, left))
    return first, covered


def as_html(grid: Grid, encoding: str) -> bytes:
    """A page with one table, as web systems name it .xls."""
    first, covered = _spans(grid)
    lines = []
    for at, row in enumerate(grid.rows):
        cells = []
        for index, cell in enumerate(row):
            if (at, index) in covered:
                continue
            down, right = first.get((at, index), (0, 0))
            span = (f' rowspan="{down + 1}"' if down else "") + (f' colspan="{right + 1}"' if right else "")
            cells.append(f"<td{span}>{html.escape(seen(cell)) or '&nbsp;'}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    charset = {"gb18030": "gb2312", "utf-8-sig": "utf-8"}.get(encoding, encoding[:6].rstrip("-"))
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head>'
        f"<body><table border=1>\n{chr(10).join(lines)}\n</table></body></html>"
    )
    return _encoded(page, encoding)


def as_xml_2003(grid: Grid, title: str = "Sheet1") -> bytes:
    """An XML spreadsheet of 2003."""
    first, covered = _spans(grid)
    lines = []
    for at, row in enumerate(grid.rows):
        cells = []
        for index, cell in enumerate(row):
            if cell is None or (at, index) in covered:
                continue
            down, right = first.get((at, index), (0, 0))
            span = (f' ss:MergeDown="{down}"' if down else "") + (f' ss:MergeAcross="{right}"' if right else "")
            kind = "Number" if isinstance(cell, Decimal) else "DateTime" if isinstance(cell, date) else "String"
            text = f"{seen(cell)}T00:00:00.000" if kind == "DateTime" else html.escape(seen(cell))
            cells.append(f'<Cell ss:Index="{index + 1}"{span}><Data ss:Type="{kind}">{text}</Data></Cell>')
        lines.append(f'<Row ss:Index="{at + 1}">{"".join(cells)}</Row>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="{title}"><Table>'
        + "".join(lines)
        + "</Table></Worksheet></Workbook>"
    ).encode()


def as_ods(grid: Grid, title: str = "Sheet1", *, hidden_rows: Sequence[int] = ()) -> bytes:
    """An OpenDocument spreadsheet; ``hidden_rows`` are row numbers as people count them."""
    first, covered = _spans(grid)
    lines = []
    for at, row in enumerate(grid.rows):
        cells = []
        for index, cell in enumerate(row):
            if (at, index) in covered:
                cells.append("<table:covered-table-cell/>")
                continue
            down, right = first.get((at, index), (0, 0))
            told = (f' table:number-rows-spanned="{down + 1}"' if down or right else "") + (
                f' table:number-columns-spanned="{right + 1}"' if down or right else ""
            )
            shown = f"<text:p>{html.escape(seen(cell))}</text:p>" if cell is not None else ""
            if isinstance(cell, Decimal):
                told += f' office:value-type="float" office:value="{cell}"'
            elif isinstance(cell, date):
                told += f' office:value-type="date" office:date-value="{cell.isoformat()}"'
            elif cell is not None:
                told += ' office:value-type="string"'
            cells.append(f"<table:table-cell{told}>{shown}</table:table-cell>")
        hidden = ' table:visibility="collapse"' if at + 1 in hidden_rows else ""
        lines.append(f"<table:table-row{hidden}>{''.join(cells)}</table:table-row>")
    names = "".join(
        f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="{title}">{"".join(lines)}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>'
    )
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as made:
        made.writestr("mimetype", mime, ZIP_STORED)
        made.writestr("content.xml", content)
        made.writestr("META-INF/manifest.xml", manifest)
    return written.getvalue()


DAY_FORMAT = 0x0E
"""The built-in number format of days."""


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _unicode(text: str) -> bytes:
    return struct.pack("<HB", len(text.encode("utf-16-le")) // 2, 1) + text.encode("utf-16-le")


def _format_record(number: int, code: str) -> bytes:
    return _record(0x041E, struct.pack("<H", number) + _unicode(code))


def as_xls(
    grid: Grid,
    title: str = "Sheet1",
    *,
    formats: Mapping[tuple[int, int], str] | None = None,
    epoch_1904: bool = False,
) -> bytes:
    """A BIFF8 workbook in a compound file: .xls, or .et as WPS names it.

    ``formats`` gives cells (row as people count, column from 0) a number format of their own.
    """
    codes = list(dict.fromkeys((formats or {}).values()))
    general = 0
    styles = [general, DAY_FORMAT, *(164 + place for place in range(len(codes)))]
    opening = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 0x06))
    book = _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", epoch_1904))
    book += _record(
        0x0031,
        struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + b"\x05\x01" + "Arial".encode("utf-16-le"),
    )
    book += b"".join(_format_record(164 + place, code) for place, code in enumerate(codes))
    book += b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, one, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0)) for one in styles
    )
    name = title.encode("utf-16-le")
    start = len(opening) + len(book) + 4 + 8 + len(name) + 4
    book += _record(0x0085, struct.pack("<IHBB", start, 0, len(title), 1) + name) + _record(0x000A, b"")
    cells = b""
    origin = date(1904, 1, 1) if epoch_1904 else ORIGIN
    for at, row in enumerate(grid.rows):
        for index, cell in enumerate(row):
            code = (formats or {}).get((at + 1, index))
            style = 2 + codes.index(code) if code else 1 if isinstance(cell, date) else 0
            place = struct.pack("<HHH", at, index, style)
            if isinstance(cell, Decimal):
                cells += _record(0x0203, place + struct.pack("<d", float(cell)))
            elif isinstance(cell, date):
                cells += _record(0x0203, place + struct.pack("<d", (cell - origin).days))
            elif cell is not None:
                cells += _record(0x0204, place + _unicode(cell))
    width = max((len(row) for row in grid.rows), default=0)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 0x06))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(grid.rows), 0, width, 0)) + cells
    if grid.merges:
        ranges = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in grid.merges)
        sheet += _record(0x00E5, struct.pack("<H", len(grid.merges)) + ranges)
    return compound(opening + book + sheet + _record(0x000A, b""))


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """A compound file that holds one stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    tables = -(-(sectors + 2) // 127)
    chain = [at + 1 for at in range(sectors - 1)] + [0xFFFFFFFE, 0xFFFFFFFE] + [0xFFFFFFFD] * tables
    fat = b"".join(struct.pack("<I", one) for one in chain).ljust(tables * 512, b"\xff")

    def entry(called: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = called.encode("utf-16-le") + b"\0\0"
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return head + b"\0" * 36 + struct.pack("<III", first, size, 0)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 0, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [sectors + 1 + at for at in range(tables)]
    header += b"".join(struct.pack("<I", one) for one in places).ljust(436, b"\xff")
    return header + stream.ljust(sectors * 512, b"\0") + directory.ljust(512, b"\0") + fat


Writer = Callable[[Grid, str], bytes]
KINDS: dict[str, tuple[str, Writer]] = {
    "xlsx": ("账.xlsx", lambda grid, _: as_xlsx(grid)),
    "xls": ("账.xls", lambda grid, _: as_xls(grid)),
    "et": ("账.et", lambda grid, _: as_xls(grid, "收支")),
    "ods": ("账.ods", lambda grid, _: as_ods(grid)),
    "xml": ("账.xls", lambda grid, _: as_xml_2003(grid)),
    "html": ("导出.xls", as_html),
    "csv": ("账.csv", as_text),
    "semicolons": ("账.csv", lambda grid, encoding: as_text(grid, encoding, ";", end="\n")),
    "tabs": ("导出.xls", lambda grid, encoding: as_text(grid, encoding, "\t")),
    "commas at the end": ("导出.csv", lambda grid, encoding: as_text(grid, encoding, trailing=2)),
}
"""What each kind is called, and how it is written; only text kinds heed the encoding."""

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be")
