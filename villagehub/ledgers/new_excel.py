"""What an .xlsx or .ods hides or holds beside its values: hidden rows, formulas, errors, formats, the 1904 epoch."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from villagehub.ledgers.archives import Archive
from villagehub.ledgers.findings import Unreadable

_HIDING: Final = (b"hidden", b"zeroHeight", b'ht="0"', b'width="0"')
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_MAYBE_FAR: Final = re.compile(rb'r="(?:[A-Z]{2}|[A-Z](?:1[5-9]\d{4}|[2-9]\d{5}|\d{7}))')
"""Every reference to a column beyond Z or to a row from 150,000 on."""
_FILLED_CELL: Final = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*(?<!/)>')
PERCENT_FORMATS: Final = (9, 10)
"""Numbers of the formats for percentages that every workbook has."""

_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_MOST_REPEATED: Final = 100_000
MOST_MERGES: Final = 20_000
"""More merged cells than this are not looked at."""


@dataclass(slots=True)
class Beside:
    """Facts about one sheet. Rows are 1-based, columns 0-based."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    formula_texts: dict[tuple[int, int], str] = field(default_factory=dict)
    without_value: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    shown_otherwise: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(first row, first column, last row, last column), where the library does not tell them."""


def _broken() -> Unreadable:
    return Unreadable(
        "broken_file", "文件坏了，或者没有传完整。", "请在 WPS 或 Excel 里打开它，另存为 .xlsx，再传一次。"
    )


def _tree(part: bytes) -> Element:
    try:
        return fromstring(part, forbid_dtd=True)  # type: ignore[no-any-return]
    except (ParseError, DefusedXmlException, ValueError) as slip:
        raise _broken() from slip


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _column(reference: str) -> int:
    index = 0
    for mark in reference:
        if not mark.isalpha():
            break
        index = index * 26 + ord(mark.upper()) - 64
    return index - 1


@dataclass(slots=True)
class XlsxParts:
    """Where an .xlsx keeps its sheets, by name, and which epoch its days count from."""

    sheets: dict[str, str]
    epoch_1904: bool
    styles: str
    """The name of the part that holds the looks."""
    formats: dict[str, str]
    """Style numbers whose format shows a number as another one, and how (``shown_as``)."""


def shown_as(code: str) -> str:
    """How a number format changes what people see: 百分数, a unit, 缩小的数; empty where they see the number itself."""
    first = code.split(";", maxsplit=1)[0]
    unit = re.search(r"百万|千万|万|亿|千", first)
    bare = _QUOTED.sub("", first)
    if "%" in bare:
        return "百分数"
    if unit:
        return f"“{unit.group()}”"
    return "缩小了的数" if re.search(r"[0#?],+(?![0#?,])", bare) else ""


def _formats(part: bytes) -> dict[str, str]:
    """Of a styles part: the numbers of cell styles that show another number."""
    if not part:
        return {}
    codes: dict[str, str] = dict.fromkeys(map(str, PERCENT_FORMATS), "百分数")
    found: dict[str, str] = {}
    for one in _tree(part).iter():
        if _local(one.tag) == "numFmt":
            codes[str(one.get("numFmtId", ""))] = shown_as(str(one.get("formatCode", "")))
        elif _local(one.tag) == "cellXfs":
            styles = [str(style.get("numFmtId", "")) for style in one if _local(style.tag) == "xf"]
            found = {str(number): how for number, which in enumerate(styles) if (how := codes.get(which))}
    return found


def locate_parts(archive: Archive) -> XlsxParts:
    """Follows the workbook's relations. Raises Unreadable when the workbook part is missing or damaged."""
    main = "xl/workbook.xml"
    for one in _tree(archive.part("_rels/.rels") or b"<none/>").iter():
        if str(one.get("Type", "")).endswith("/officeDocument"):
            main = str(one.get("Target", main)).lstrip("/")
    part = archive.part(main)
    if not part:
        raise _broken()
    relations = archive.part(join(dirname(main), "_rels", main.rpartition("/")[2] + ".rels"))
    targets: dict[str, str] = {}
    for one in _tree(relations or b"<none/>").iter():
        target = str(one.get("Target", ""))
        targets[str(one.get("Id", ""))] = (
            target.lstrip("/") if target.startswith("/") else normpath(join(dirname(main), target))
        )
    sheets: dict[str, str] = {}
    epoch_1904 = False
    for one in _tree(part).iter():
        if _local(one.tag) == "sheet":
            relation = next((value for name, value in one.attrib.items() if _local(name) == "id"), "")
            sheets[str(one.get("name", ""))] = targets.get(relation, "")
        elif _local(one.tag) == "workbookPr":
            epoch_1904 = _on(one.get("date1904"))
    styles = next((target for target in targets.values() if target.endswith("styles.xml")), "xl/styles.xml")
    return XlsxParts(sheets, epoch_1904, styles, _formats(archive.part(styles)))


def may_be_far(part: bytes) -> bool:
    """Whether any cell might stand so far away that all cells between would be too many; a quick look, false for most."""
    return _MAYBE_FAR.search(part) is not None


def furthest(part: bytes) -> tuple[int, int]:
    """The last row (1-based) and the number of columns that cells with content claim by their references."""
    rows, widest = 0, b""
    for found in _FILLED_CELL.finditer(part):
        letters = found[1]
        rows = max(rows, int(found[2]))
        if (len(letters), letters) > (len(widest), widest):
            widest = letters
    return rows, _column(widest.decode("ascii")) + 1


def _is_of_interest(part: bytes, formats: Mapping[str, str]) -> bool:
    """Whether a part holds anything but plain values. A single letter is found much faster than a word, and the cells of most
    sheets hold no f and no h: the words with them are looked for only where one is.
    """
    begin, end = part.find(b"sheetData") + 9, part.rfind(b"sheetData")
    if end < begin:
        begin, end = 0, len(part)
    if any(mark in part[:begin] for mark in _HIDING):
        return True
    if part.find(b"h", begin, end) >= 0 and any(part.find(mark, begin, end) >= 0 for mark in _HIDING):
        return True
    if part.find(b"f", begin, end) >= 0 and (b"<f" in part or b":f" in part) and _FORMULA.search(part) is not None:
        return True
    return b't="e"' in part or any(f's="{number}"'.encode() in part for number in formats)


def beside_values(part: bytes, formats: Mapping[str, str]) -> Beside:
    """Looks through one worksheet part; a part without hidden things, formulas, errors or odd formats is not parsed."""
    found = Beside()
    if not _is_of_interest(part, formats):
        return found
    row, all_hidden = 0, False
    try:
        for event, one in iterparse(BytesIO(part), events=("start", "end"), forbid_dtd=True):
            name = _local(one.tag)
            if event == "start":
                if name == "row":
                    row = int(one.get("r") or row + 1)
                    height = one.get("hidden")
                    if _on(height) or one.get("ht") in ("0", "0.0") or (all_hidden and height is None):
                        found.hidden_rows.add(row)
                elif name == "sheetFormatPr":
                    all_hidden = _on(one.get("zeroHeight"))
                elif name == "col" and (_on(one.get("hidden")) or one.get("width") in ("0", "0.0")):
                    first, last = int(one.get("min") or 1), int(one.get("max") or 1)
                    found.hidden_columns.update(range(first - 1, min(last, 16384)))
            elif name == "c":
                _note_cell(found, row, one, formats)
            elif name == "row":
                one.clear()
    except (ParseError, DefusedXmlException, ValueError) as slip:
        raise _broken() from slip
    return found


def _note_cell(found: Beside, row: int, cell: Any, formats: Mapping[str, str]) -> None:
    parts = {_local(child.tag): child for child in cell}
    kind, how = cell.get("t"), formats.get(cell.get("s", ""))
    if "f" not in parts and kind != "e" and not how:
        return
    place = (row, _column(str(cell.get("r", ""))))
    if kind == "e":
        found.errors.add(place)
    if how and kind in (None, "n") and "v" in parts:
        found.shown_otherwise[place] = how
    if "f" not in parts:
        return
    found.formulas.add(place)
    if parts["f"].get("t") in (None, "normal") and parts["f"].text:
        found.formula_texts[place] = str(parts["f"].text)
    value = parts.get("v")
    if value is None or (not value.text and cell.get("t") != "str"):
        found.without_value.add(place)


def _note_open_cell(found: Beside, row: int, column: int, told: Mapping[str, str]) -> None:
    """A cell of an .ods by its attributes; a formula's error stands as a type of its own."""
    down, right = int(told.get("number-rows-spanned", "1")), int(told.get("number-columns-spanned", "1"))
    if (down > 1 or right > 1) and len(found.merges) < MOST_MERGES:
        found.merges.append((row, column, row + down - 1, column + right - 1))
    kind = told.get("value-type", "")
    if kind == "percentage":
        found.shown_otherwise[row, column] = "百分数"
    if kind == "error":
        found.errors.add((row, column))
    if "formula" in told:
        found.formulas.add((row, column))
        if not kind:
            found.without_value.add((row, column))


def beside_ods(part: bytes) -> dict[str, Beside]:
    """What each sheet of an .ods hides or holds beside its values, by its content part."""
    sheets: dict[str, Beside] = {}
    current, row, column, cell = Beside(), 0, 0, 0
    try:
        for event, one in iterparse(BytesIO(part), events=("start", "end"), forbid_dtd=True):
            name = _local(one.tag)
            told = {_local(key): value for key, value in one.attrib.items()}
            unseen = told.get("visibility") in ("collapse", "filter")
            if event == "start" and name == "table":
                current, row, column = Beside(), 0, 0
                sheets[told.get("name", "")] = current
            elif event == "start" and name == "table-column":
                times = min(int(told.get("number-columns-repeated", "1")), 16384)
                if unseen:
                    current.hidden_columns.update(range(column, column + times))
                column += times
            elif event == "start" and name == "table-row":
                times = int(told.get("number-rows-repeated", "1"))
                if unseen and times <= _MOST_REPEATED:
                    current.hidden_rows.update(range(row + 1, row + 1 + times))
                row += times
                cell = 0
            elif event == "start" and name in ("table-cell", "covered-table-cell"):
                _note_open_cell(current, row, cell, told)
                cell += int(told.get("number-columns-repeated", "1"))
            elif event == "end" and name == "table-row":
                one.clear()
    except (ParseError, DefusedXmlException, ValueError) as slip:
        raise _broken() from slip
    return sheets
