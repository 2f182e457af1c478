"""Text files: which characters the bytes are, and where the columns part (import.md 1a, 1b).

Never a guessing library: they answered Korean for short GBK texts. BOM, then UTF-16 that can be nothing else, then strict
UTF-8, then strict GB18030, else ask.
"""

import codecs
import csv
import io
import re
from itertools import islice
from typing import Final

from villagehub.ledgers.cells import Raw
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.sheets import LONGEST_CELL, Sheet

_SAVE_AGAIN: Final = "请在 WPS 里打开它，另存为 .xlsx（或“CSV UTF-8”），再传一次。"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLD_PRIVATE: Final = str.maketrans("\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864", "龴龵龶龷龸龹龺龻")
"""The eight private-use code points of GB18030-2000 that got real characters (U+9FB4 to U+9FBB) in 2005."""

_ORDINARY: Final = re.compile(
    r"[\t\r\n -~\xa0-\xff\u0370-\u03ff\u2010-\u2312\u2460-\u26ff\u3000-\u303f\u3200-\u9fff\uff00-\uffef]+"
)
"""What Chinese ledgers are written with. The line ends and commas of ASCII, read in the wrong order of bytes, are outside."""

_THREE_BYTES: Final = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
SEPARATORS: Final = (",", "\t", ";", "|")


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mixed(data: bytes) -> bool:
    """Whether single cells of a GB18030 text are UTF-8: two files were pasted together."""
    for cell in re.split(rb"[,;\t\r\n\"|]", data):
        if len(_THREE_BYTES.findall(cell)) < 2:
            continue
        as_utf8 = _strictly(cell, "utf-8")
        if as_utf8 is None:
            continue
        as_gb = _strictly(cell, "gb18030")
        if as_gb is None or _strictly(cell, "gb2312") is None:
            return True
    return False


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises Unreadable where it cannot be told for sure."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = _strictly(data[len(mark) :], encoding)
            if text is None or text.count("\x00") > len(text) // 10:  # UTF-32 begins with the mark of UTF-16
                raise _unknown()
            return text, encoding
    if b"\x00" in data:
        told = _utf_16(data)
        if told is not None:
            return told
    text = _strictly(data, "utf-8")
    if text is not None:
        if text.count("\x00") > len(text) // 10:
            raise _unknown()
        return text, "utf-8"
    text = _strictly(data, "gb18030")
    if text is None or _mixed(data) or text.count("\x00") > len(text) // 10:
        raise _unknown()
    return text.translate(_OLD_PRIVATE), "gb18030"


def _utf_16(data: bytes) -> tuple[str, str] | None:
    """UTF-16 that lost its mark: certain where one order of bytes gives lines of ordinary marks only and the other does not."""
    found = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _strictly(data, encoding)
        if text and "\n" in text and _ORDINARY.fullmatch(text):
            found.append((text, encoding))
    return found[0] if len(found) == 1 else None


def _unknown() -> Unreadable:
    return Unreadable("unknown_encoding", "文件里的文字编码认不准，可能是两种编码混在一起，没有读。", _SAVE_AGAIN)


def _split(text: str, separator: str) -> list[list[Raw]]:
    rows: list[list[Raw]] = []
    try:
        # strict: a quote that is never closed would swallow the rest of the file into one cell, and nobody would miss it
        rows.extend(list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as slip:
        raise Unreadable(
            "unpaired_quote",
            f"第 {len(rows) + 1} 行的引号没有配对，分不清哪里是一格。",
            "请看看这一行和后面几行的引号：内容里的引号改成中文引号“”，或者在 WPS 里另存为 .xlsx 再传。",
            row=len(rows) + 1,
        ) from slip
    return rows


def _evenness(rows: list[list[Raw]]) -> tuple[int, int]:
    """How many of the first rows have several cells, and the commonest width among them."""
    widths = [len(row) for row in rows[:60] if len(row) > 1]
    common = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    return widths.count(common), common


def read_text_table(text: str) -> Sheet:
    """Splits a text at the separator that gives the most even table; rows are numbered as Excel numbers them."""
    csv.field_size_limit(max(len(text) + 1, LONGEST_CELL))
    head = text[:200_000]
    best = max(SEPARATORS, key=lambda mark: (*_evenness(_split_head(head, mark)), -SEPARATORS.index(mark)))
    return Sheet("", _split(text, best), from_text=True)


def _split_head(head: str, separator: str) -> list[list[Raw]]:
    """The first rows, loosely: enough to tell the separator by; the head may end within a quoted cell."""
    try:
        return [list(row) for row in islice(csv.reader(io.StringIO(head, newline=""), delimiter=separator), 60)]
    except csv.Error:
        return []
