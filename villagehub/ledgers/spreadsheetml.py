"""XML spreadsheets of Excel 2003 (also named .xls by web systems). Document types are refused before parsing."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from villagehub.ledgers.cells import Raw
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.sheets import MOST_ROWS, Sheet

MARK: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_MOST_INDEX: Final = 100_000


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _told(one: Any) -> dict[str, str]:
    return {_local(name): str(value) for name, value in one.attrib.items()}


def _index(told: dict[str, str], following: int) -> int:
    said = told.get("Index", "")
    wanted = int(said) if said.isdecimal() else following
    if not following <= wanted <= _MOST_INDEX:
        raise Unreadable("broken_file", "文件里的行列号不对。", "请在 WPS 里打开它，另存为 .xlsx，再传一次。")
    return wanted


def _value(kind: str, text: str) -> Raw:
    if kind == "Number":
        try:
            number = Decimal(text.strip())
        except InvalidOperation:
            return text
        return float(number) if number.is_finite() and abs(number) < 10**300 else text
    if kind == "DateTime":
        try:
            return datetime.fromisoformat(re.sub(r"\.\d+$", "", text.strip()))
        except ValueError:
            return text
    return text == "1" if kind == "Boolean" else text


class _Reader:
    """Builds sheets from the events of the parser."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._rows: list[list[Raw]] = []
        self._hidden: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._merges: list[tuple[int, int, int, int]] = []
        self._formulas: set[tuple[int, int]] = set()
        self._column = 0

    def start(self, name: str, told: dict[str, str]) -> None:
        if name == "Worksheet":
            self._rows, self._hidden, self._merges, self._formulas = [], set(), [], set()
            self._hidden_columns, self._column = set(), 0
            self.sheets.append(Sheet(told.get("Name", ""), self._rows))
        elif name == "Row":
            wanted = _index(told, len(self._rows) + 1)
            while len(self._rows) < wanted:
                self._rows.append([])
            if len(self._rows) > MOST_ROWS * 2:
                raise Unreadable("too_many_rows", "表格太大了。", "请按期间分成几个文件再传。")
            if told.get("Hidden") == "1":
                self._hidden.add(wanted)

    def end(self, name: str, one: Any) -> None:
        if name == "Column":
            told = _told(one)
            self._column = _index(told, self._column + 1)
            span = int(told.get("Span", "0")) if told.get("Span", "0").isdecimal() else 0
            if told.get("Hidden") == "1":
                self._hidden_columns.update(range(self._column - 1, min(self._column + span, 16384)))
            self._column += span
        elif name == "Cell" and self._rows:
            self._cell(one)
        elif name == "Row":
            one.clear()
        elif name == "Worksheet" and self.sheets:
            sheet = self.sheets[-1]
            sheet.hidden_rows, sheet.hidden_columns = frozenset(self._hidden), frozenset(self._hidden_columns)
            sheet.merges, sheet.formulas = tuple(self._merges), frozenset(self._formulas)
            sheet.hidden = any(
                _local(child.tag) == "Visible" and (child.text or "").startswith("Sheet") for child in one.iter()
            )

    def _cell(self, one: Any) -> None:
        told = _told(one)
        cells, row = self._rows[-1], len(self._rows)
        wanted = _index(told, len(cells) + 1)
        cells.extend([None] * (wanted - 1 - len(cells)))
        data = next((child for child in one if _local(child.tag) == "Data"), None)
        text = "".join(data.itertext()) if data is not None else ""
        cells.append(_value(_told(data).get("Type", "String"), text) if data is not None and text else None)
        across, down = (int(told[key]) if told.get(key, "").isdecimal() else 0 for key in ("MergeAcross", "MergeDown"))
        if across or down:
            self._merges.append((row, wanted - 1, row + min(down, 1000), wanted - 1 + min(across, 1000)))
            cells.extend([None] * min(across, 1000))
        if "Formula" in told:
            self._formulas.add((row, wanted - 1))


def read_spreadsheetml(data: bytes) -> list[Sheet]:
    """The sheets of an XML spreadsheet. Raises Unreadable."""
    if re.search(rb"<!\s*DOCTYPE|<!\s*ENTITY", data, re.IGNORECASE) or b"<\x00!\x00" in data:
        raise Unreadable(
            "document_type",
            "文件里有外来的文档定义（DOCTYPE），普通的表格不会有，没有读。",
            "请把表格复制到一个新的空白文件里，保存后再传。",
        )
    reader = _Reader()
    try:
        for event, one in iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                reader.start(_local(one.tag), _told(one))
            else:
                reader.end(_local(one.tag), one)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as slip:
        raise Unreadable(
            "broken_file", "文件坏了，或者没有传完整。", "请在 WPS 或 Excel 里打开它，另存为 .xlsx，再传一次。"
        ) from slip
    return reader.sheets
