"""What an .xls or .et file hides, from its own records: a password, macros, hidden rows, errors, odd formats, the 1904 epoch.

The values themselves are read by calamine; these records it does not tell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from villagehub.ledgers.compound import CompoundFile
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.new_excel import PERCENT_FORMATS, shown_as

_BOF: Final = 0x0809
_FILE_PASSWORD: Final = 0x002F
_SHEET: Final = 0x0085
_EPOCH: Final = 0x0022
_ROW: Final = 0x0208
_COLUMNS: Final = 0x007D
_FORMULA: Final = 0x0006
_BOOLEAN_OR_ERROR: Final = 0x0205
_FORMAT: Final = 0x041E
_STYLE: Final = 0x00E0
_NUMBER: Final = 0x0203
_SHORT_NUMBER: Final = 0x027E
_SHORT_NUMBERS: Final = 0x00BD
_VERSION_8: Final = b"\x00\x06"


@dataclass(slots=True)
class HiddenParts:
    """Hidden row numbers (1-based) and column indexes of one sheet; places (row, column) of formulas and errors."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class OldWorkbook:
    """What the records say: sheets in the order of the file, the epoch, whether macros are inside."""

    sheets: list[HiddenParts]
    epoch_1904: bool = False
    macros: bool = False


def _records(stream: bytes, start: int = 0) -> Iterator[tuple[int, bytes]]:
    at = start
    while at + 4 <= len(stream):
        kind = int.from_bytes(stream[at : at + 2], "little")
        size = int.from_bytes(stream[at + 2 : at + 4], "little")
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _format_code(body: bytes, version: bytes) -> str:
    """The text of a number format's record; the records of version 5 hold one byte a character."""
    if version != _VERSION_8:
        return body[3:].decode("gb18030", "ignore")
    return body[5:].decode("utf-16-le" if body[4:5] == b"\x01" else "latin-1", "ignore")


def _hidden_parts(stream: bytes, start: int, formats: Mapping[int, str]) -> HiddenParts:
    found = HiddenParts()
    depth = 0
    for kind, body in _records(stream, start):
        if kind == _BOF:
            depth += 1
        elif kind == 0x000A:  # EOF of this sheet, or of a chart within it
            depth -= 1
            if depth <= 0:
                break
        elif kind == _ROW and len(body) >= 14 and body[12] & 0x20:
            found.rows.add(int.from_bytes(body[:2], "little") + 1)
        elif kind == _COLUMNS and len(body) >= 10 and body[8] & 0x01:
            first, last = int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")
            found.columns.update(range(first, min(last, 255) + 1))
        elif kind in (_FORMULA, _BOOLEAN_OR_ERROR) and len(body) >= 8:
            _note_cell(found, kind, body)
        if formats and kind in (_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS, _FORMULA):
            _note_formats(found, kind, body, formats)
    return found


def _note_cell(found: HiddenParts, kind: int, body: bytes) -> None:
    place = (int.from_bytes(body[:2], "little") + 1, int.from_bytes(body[2:4], "little"))
    if kind == _FORMULA:
        found.formulas.add(place)
        if len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
            found.errors.add(place)
    elif body[7] == 1:
        found.errors.add(place)


def _note_formats(found: HiddenParts, kind: int, body: bytes, formats: Mapping[int, str]) -> None:
    row, first = int.from_bytes(body[:2], "little") + 1, int.from_bytes(body[2:4], "little")
    count = (len(body) - 6) // 6 if kind == _SHORT_NUMBERS else 1
    for place in range(count):
        at = 4 + place * 6
        how = formats.get(int.from_bytes(body[at : at + 2], "little"))
        if how:
            found.shown_otherwise[row, first + place] = how


def look_into(compound: CompoundFile) -> OldWorkbook:
    """Reads the records. Raises Unreadable for a password and for a damaged or too old file."""
    stream = compound.stream("Workbook" if "Workbook" in compound.names else "Book")
    starts: list[int] = []
    epoch_1904 = False
    codes: dict[int, str] = dict.fromkeys(PERCENT_FORMATS, "百分数")
    styles: list[int] = []
    first, opening = next(_records(stream), (0, b""))
    if first != _BOF:
        raise Unreadable(
            "broken_file", "文件坏了，或者没有传完整。", "请在 WPS 或 Excel 里打开它，另存为 .xlsx，再传一次。"
        )
    for kind, body in _records(stream):
        if kind == _FILE_PASSWORD:
            raise Unreadable("password", "这个文件有打开密码。", "请在 WPS 里去掉密码再传。")
        if kind == _SHEET and len(body) > 6:
            starts.append(int.from_bytes(body[:4], "little"))
        elif kind == _EPOCH:
            epoch_1904 = body[:1] == b"\x01"
        elif kind == _FORMAT:
            codes[int.from_bytes(body[:2], "little")] = shown_as(_format_code(body, opening[:2]))
        elif kind == _STYLE:
            styles.append(int.from_bytes(body[2:4], "little"))
        elif kind == 0x000A:
            break
    macros = any(name.startswith("_VBA_PROJECT") or name == "Macros" for name in compound.names)
    formats = {number: how for number, which in enumerate(styles) if (how := codes.get(which))}
    return OldWorkbook([_hidden_parts(stream, start, formats) for start in starts[:200]], epoch_1904, macros)
