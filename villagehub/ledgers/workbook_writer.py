"""Writes a plain .xlsx from cells: values, a few looks, notes. Pure, in memory: a child process may not write files, and people's
names have no business in a folder for temporary ones, where openpyxl puts each sheet on its way.

Text is written as text in cells of the text format, so that nothing which began as text can become a formula.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, to_excel

from villagehub.ledgers.cells import Raw
from villagehub.ledgers.looks import Style
from villagehub.ledgers.sheets import column_letter

MUST, ASK, HEAD = "must", "ask", "head"
"""Looks of a cell beside its value: red, yellow, and the bold heading of a column of ours."""
RED: Final = "FFF8B4AE"
YELLOW: Final = "FFFFE08A"
_FILLS: Final = {"": "", MUST: RED, ASK: YELLOW, HEAD: ""}
_USUAL: Final = Style()
_FORMATS: Final = ("General", "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss")
_TEXT, _DAY, _MOMENT, _TIME, _SPAN = 1, 2, 3, 4, 5
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|\r|_(?=x[0-9A-Fa-f]{4}_)")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_START: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""Every part's date: the same cells give the same bytes, whenever they are written."""
_FLAT: Final = 2 * 1024 * 1024
_MOST_RATIO: Final = 80


@dataclass(slots=True)
class Page:
    """One sheet to be written. Rows are 1-based, columns 0-based, as everywhere in this room."""

    name: str
    rows: Sequence[Sequence[Raw | Decimal]]
    looks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Number formats of cells that show another number than they hold."""
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Formulas of cells, beside their last result where there is one."""
    errors: frozenset[tuple[int, int]] = frozenset()
    """Cells that hold an error instead of a value."""
    merges: Sequence[tuple[int, int, int, int]] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    frozen_rows: int = 0
    """So many rows stay in sight when one scrolls."""
    styles: Mapping[tuple[int, int], Style] = field(default_factory=dict)
    """How cells looked in the file that they came from."""
    heights: Mapping[int, float] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


class _Styles:
    """The looks that were used, numbered in the order in which they came."""

    def __init__(self) -> None:
        self._formats: dict[str, int] = {code: number for number, code in enumerate(_FORMATS)}
        self._used: dict[tuple[int, str, bool, Style], int] = {(0, "", False, _USUAL): 0}

    def number(self, code: str | int, look: str, *, quoted: bool = False, style: Style = _USUAL) -> int:
        known = code if isinstance(code, int) else self._formats.setdefault(code, len(self._formats))
        return self._used.setdefault((known, look, quoted, style), len(self._used))

    def part(self) -> str:
        codes = "".join(
            f'<numFmt numFmtId="{164 + number}" formatCode={quoteattr(code)}/>'
            for code, number in self._formats.items()
        )
        fonts: dict[str, int] = {"": 0, HEAD: 1}
        fills: dict[str, int] = {"": 0, "gray": 1, RED: 2, YELLOW: 3}
        borders: dict[str, int] = {"": 0}
        looks = "".join(
            f'<xf numFmtId="{164 + code if code else 0}" '
            f'fontId="{fonts.setdefault(HEAD if look == HEAD else style.font, len(fonts))}" '
            f'fillId="{fills.setdefault(_FILLS[look] or style.fill, len(fills))}" '
            f'borderId="{borders.setdefault(style.border, len(borders))}" '
            'xfId="0" applyNumberFormat="1" applyFill="1" applyFont="1" applyBorder="1"'
            f"{' quotePrefix=' + chr(34) + '1' + chr(34) if quoted else ''}"
            f"{f' applyAlignment={chr(34)}1{chr(34)}><alignment {style.alignment}/></xf>' if style.alignment else '/>'}"
            for code, look, quoted, style in self._used
        )
        their_fonts = "".join(f"<font>{told}</font>" for told in list(fonts)[2:])
        solid = "".join(
            f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
            for colour in list(fills)[2:]
        )
        lines = "".join(f"<border>{told}<diagonal/></border>" for told in list(borders)[1:])
        return (
            f'{_START}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(self._formats)}">{codes}</numFmts>'
            f'<fonts count="{len(fonts)}"><font><sz val="11"/><name val="宋体"/></font>'
            f'<font><b/><sz val="11"/><color rgb="FFA3231B"/><name val="宋体"/></font>{their_fonts}</fonts>'
            f'<fills count="{len(fills)}"><fill><patternFill patternType="none"/></fill>'
            f'<fill><patternFill patternType="gray125"/></fill>{solid}</fills>'
            f'<borders count="{len(borders)}"><border><left/><right/><top/><bottom/><diagonal/></border>{lines}</borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(self._used)}">{looks}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )


def text_of(value: str) -> str:
    """A text as XML holds it; marks that XML cannot hold are written as ``_x0001_``, as Excel does."""
    return escape(_ILLEGAL.sub(lambda found: f"_x{ord(found[0][0]):04X}_", value))


def _cell(place: str, raw: Raw | Decimal, spot: tuple[int, int], page: Page, styles: _Styles, epoch: datetime) -> str:
    look, theirs = page.looks.get(spot, ""), page.styles.get(spot, _USUAL)
    number_format: str | int = theirs.number_format or page.formats.get(spot) or 0
    if theirs.number_format:
        theirs = replace(theirs, number_format="")
    if spot in page.formulas and isinstance(raw, int | float | None):
        result = "" if raw is None else f"<v>{raw!r}</v>"
        style = styles.number(number_format, look, style=theirs)
        return f'<c r="{place}" s="{style}"><f>{escape(page.formulas[spot])}</f>{result}</c>'
    if spot in page.errors:
        return f'<c r="{place}" s="{styles.number(0, look, style=theirs)}" t="e"><v>#N/A</v></c>'
    if raw is None or raw == "":
        return f'<c r="{place}" s="{styles.number(0, look, style=theirs)}"/>' if look or theirs != _USUAL else ""
    if isinstance(raw, str):
        # a red cell will be typed anew: as a number, not as text that looks like one
        quoted = raw[:1] in "=+-@\t\r＝＋－＠"
        style = styles.number(0 if look == MUST else _TEXT, look, quoted=quoted, style=theirs)
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text_of(raw)}</t></is></c>'
    if isinstance(raw, bool):
        return f'<c r="{place}" s="{styles.number(0, look, style=theirs)}" t="b"><v>{int(raw)}</v></c>'
    if isinstance(raw, int | float | Decimal):
        style = styles.number(number_format, look, style=theirs)
        return f'<c r="{place}" s="{style}"><v>{f"{raw:f}" if isinstance(raw, Decimal) else repr(raw)}</v></c>'
    code = (
        _MOMENT
        if isinstance(raw, datetime)
        else _DAY
        if isinstance(raw, date)
        else _TIME
        if isinstance(raw, time)
        else _SPAN
    )
    return f'<c r="{place}" s="{styles.number(code, look, style=theirs)}"><v>{_serial(raw, epoch)!r}</v></c>'


def _serial(raw: date | time | timedelta, epoch: datetime) -> float:
    return float(to_excel(raw, epoch))  # type: ignore[no-untyped-call]


def _sheet(page: Page, styles: _Styles, epoch: datetime, *, first: bool) -> str:
    pieces = [f'{_START}<worksheet xmlns="{_MAIN}" xmlns:r="{_LINKS}">']
    below = f"A{page.frozen_rows + 1}"
    pane = f'<pane ySplit="{page.frozen_rows}" topLeftCell="{below}" activePane="bottomLeft" state="frozen"/>'
    pieces.append(
        f'<sheetViews><sheetView workbookViewId="0"{" tabSelected=" + chr(34) + "1" + chr(34) if first else ""}>'
        f"{pane if page.frozen_rows else ''}</sheetView></sheetViews>"
    )
    columns = sorted({*page.widths, *page.hidden_columns})
    if columns:
        pieces.append("<cols>")
        for index in columns:
            hidden = ' hidden="1"' if index in page.hidden_columns else ""
            pieces.append(
                f'<col min="{index + 1}" max="{index + 1}" width="{page.widths.get(index, 12)}" customWidth="1"{hidden}/>'
            )
        pieces.append("</cols>")
    pieces.append("<sheetData>")
    letters = [column_letter(index) for index in range(max((len(cells) for cells in page.rows), default=0))]
    for row, cells in enumerate(page.rows, start=1):
        made = [
            _cell(f"{letters[index]}{row}", raw, (row, index), page, styles, epoch) for index, raw in enumerate(cells)
        ]
        if any(made) or row in page.hidden_rows:
            hidden = ' hidden="1"' if row in page.hidden_rows else ""
            tall = f' ht="{page.heights[row]:g}" customHeight="1"' if row in page.heights else ""
            pieces.append(f'<row r="{row}"{hidden}{tall}>{"".join(made)}</row>')
    pieces.append("</sheetData>")
    if page.merges:
        spans = "".join(
            f'<mergeCell ref="{column_letter(left)}{top}:{column_letter(right)}{bottom}"/>'
            for top, left, bottom, right in page.merges
        )
        pieces.append(f'<mergeCells count="{len(page.merges)}">{spans}</mergeCells>')
    if page.notes:
        pieces.append('<legacyDrawing r:id="rId1"/>')
    pieces.append("</worksheet>")
    return "".join(pieces)


def _comments(page: Page) -> str:
    notes = "".join(
        f'<comment ref="{column_letter(index)}{row}" authorId="0"><text><r><t xml:space="preserve">{text_of(words)}</t></r>'
        "</text></comment>"
        for (row, index), words in sorted(page.notes.items())
    )
    author = "<authors><author>核对</author></authors>"
    return f'{_START}<comments xmlns="{_MAIN}">{author}<commentList>{notes}</commentList></comments>'


def _bubbles(page: Page) -> str:
    """Where notes pop up: without this part spreadsheet programs do not show them."""
    shapes = "".join(
        f'<v:shape id="_x0000_s{1025 + number}" type="#_x0000_t202" style="position:absolute;width:220pt;height:80pt;'
        'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:textbox/>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{index + 1}, 15, {row}, 2, {index + 4}, '
        f"31, {row + 4}, 1</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{index}</x:Column>"
        "</x:ClientData></v:shape>"
        for number, (row, index) in enumerate(sorted(page.notes))
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
        '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        f'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>{shapes}</xml>'
    )


def _links(links: Iterable[tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, start=1)
    )
    return f'{_START}<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _types(pages: Sequence[Page]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    for number, page in enumerate(pages, start=1):
        parts.append((f"/xl/worksheets/sheet{number}.xml", "worksheet"))
        if page.notes:
            parts.append((f"/xl/comments{number}.xml", "comments"))
    named = "".join(f'<Override PartName="{name}" ContentType="{kind}.{what}+xml"/>' for name, what in parts)
    return (
        f'{_START}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f"{named}</Types>"
    )


def write_workbook(pages: Sequence[Page], *, epoch_1904: bool = False) -> bytes:
    """The pages as an .xlsx. Days count from the same epoch as in the file that they came from."""
    epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
    styles = _Styles()
    parts: dict[str, str] = {}
    for number, page in enumerate(pages, start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(page, styles, epoch, first=number == 1)
        if page.notes:
            parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = _links(
                (("vmlDrawing", f"../drawings/vmlDrawing{number}.vml"), ("comments", f"../comments{number}.xml"))
            )
            parts[f"xl/comments{number}.xml"] = _comments(page)
            parts[f"xl/drawings/vmlDrawing{number}.vml"] = _bubbles(page)
    listed = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{number}" r:id="rId{number}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if page.hidden else ''}/>"
        for number, page in enumerate(pages, start=1)
    )
    days = '<workbookPr date1904="1"/>' if epoch_1904 else "<workbookPr/>"
    parts["xl/workbook.xml"] = (
        f'{_START}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">{days}<sheets>{listed}</sheets></workbook>'
    )
    sheets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(pages) + 1)]
    parts["xl/_rels/workbook.xml.rels"] = _links((*sheets, ("styles", "styles.xml")))
    parts["xl/styles.xml"] = styles.part()
    parts["_rels/.rels"] = _links((("officeDocument", "xl/workbook.xml"),))
    parts["[Content_Types].xml"] = _types(pages)
    return _packed(parts)


def _packed(parts: Mapping[str, str]) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            raw = part.encode("utf-8", "replace")
            archive.writestr(ZipInfo(name, _EARLIEST), raw, ZIP_DEFLATED)
            packed = archive.getinfo(name).compress_size
            if len(raw) > _FLAT and len(raw) > _MOST_RATIO * packed:
                return _stored(parts)  # our own limits would take a part that shrinks so much for a bomb
    return written.getvalue()


def _stored(parts: Mapping[str, str]) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(ZipInfo(name, _EARLIEST), part.encode("utf-8", "replace"))
    return written.getvalue()
