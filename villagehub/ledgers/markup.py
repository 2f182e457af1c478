"""Tables that web systems export as HTML or single-file web pages and name .xls. Nothing is ever fetched."""

import re
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from typing import Final

from villagehub.ledgers.cells import Raw
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.sheets import MOST_COLUMNS, Sheet
from villagehub.ledgers.texts import decode

_DEEPEST: Final = 60
_MOST_SPAN: Final = 1000
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SILENT: Final = frozenset(("script", "style", "title", "xml", "head"))


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _MOST_SPAN) if value and value.strip().isdecimal() else 1


class _Tables(HTMLParser):
    """Collects the rows of each outermost table; cells of inner tables become text of the outer cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Sheet] = []
        self._depth = 0
        self._silent = 0
        self._rows: list[list[Raw]] = []
        self._hidden: set[int] = set()
        self._merges: list[tuple[int, int, int, int]] = []
        self._blocked: set[tuple[int, int]] = set()
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._open_cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise _too_deep()
        elif self._depth == 1 and tag == "tr":
            self._close_cell()
            self._rows.append([])
            if _HIDDEN.search(told.get("style") or "") or "hidden" in told:
                self._hidden.add(len(self._rows))
        elif self._depth == 1 and tag in ("td", "th"):
            self._close_cell()
            if not self._rows:
                self._rows.append([])
            self._cell, self._spans = [], (_span(told.get("rowspan")), _span(told.get("colspan")))
            if len(self._rows[-1]) > MOST_COLUMNS * 10:
                raise _too_deep()
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "table" and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self._close_cell()
                self._close_table()
        elif self._depth == 1 and tag in ("td", "th", "tr"):
            self._close_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._close_cell()
        if self._rows:
            self._close_table()

    def _close_cell(self) -> None:
        if self._cell is None:
            return
        row, cells = len(self._rows), self._rows[-1]
        while (row, len(cells)) in self._blocked:
            cells.append(None)
        text = re.sub(r"[ \t\r\f]+", " ", "".join(self._cell).replace("\xa0", " ")).strip()
        left, (down, right) = len(cells), self._spans
        cells.append(text or None)
        cells.extend([None] * (right - 1))
        if down > 1 or right > 1:
            self._merges.append((row, left, row + down - 1, left + right - 1))
            for below in range(row + 1, row + down):
                self._blocked.update((below, column) for column in range(left, left + right))
        self._cell = None

    def _close_table(self) -> None:
        name = f"表{len(self.tables) + 1}"
        made = Sheet(name, self._rows, hidden_rows=frozenset(self._hidden), merges=tuple(self._merges))
        self.tables.append(made)
        self._rows, self._hidden, self._merges, self._blocked = [], set(), [], set()


def _too_deep() -> Unreadable:
    return Unreadable("table_too_deep", "网页表格一层套一层，读不了。", "请在 WPS 里打开它，另存为 .xlsx，再传一次。")


def read_html(data: bytes, *, charset: str = "") -> tuple[list[Sheet], str]:
    """The tables of an HTML text and its encoding. Raises Unreadable."""
    named = charset.encode() or next(iter(_CHARSET.findall(data[:4096])), b"")
    text, encoding = _decoded(data, named.decode("ascii", "ignore").lower())
    parser = _Tables()
    parser.feed(text)
    parser.close()
    tables = [table for table in parser.tables if not table.is_empty()]
    if len(tables) == 1:
        tables[0].name = ""
    return tables, encoding


def _decoded(data: bytes, named: str) -> tuple[str, str]:
    """The page's own charset if it holds strictly (the gb family as gb18030), else the usual rule."""
    if named in ("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk") and not data.startswith(b"\xef\xbb\xbf"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return decode(data)
        if data.isascii():
            return data.decode("ascii"), "ascii"
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            return decode(data)
    return decode(data)


def read_mhtml(data: bytes) -> tuple[list[Sheet], str]:
    """The tables of a single-file web page. Raises Unreadable when it holds no HTML."""
    message: Message = message_from_bytes(data)
    found: list[Sheet] = []
    encoding = ""
    for part in message.walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                tables, encoding = read_html(body, charset=str(part.get_content_charset() or ""))
                found.extend(tables)
    for number, table in enumerate(found, start=1):
        table.name = "" if len(found) == 1 else f"表{number}"
    if not found:
        raise Unreadable("no_table", "没有找到表格。", "请在 WPS 里打开它，另存为 .xlsx，再传一次。")
    return found, encoding
