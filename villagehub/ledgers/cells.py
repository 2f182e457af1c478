"""A single cell: what a reader makes of it, and text made clean."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

Raw = str | int | float | bool | date | datetime | time | timedelta | None
"""A cell as the file holds it. Floats stand here only: spreadsheets store every number as one."""

NOTHING: Final = frozenset(
    ("", "-", "--", "---", "—", "——", "–", "−", "－", "/", "／", "\\", "无", "没有", "空", "N/A", "n/a")
)
"""Ways to write that there is nothing; a zero is not among them (ux.md §8)."""

DITTO: Final = frozenset(("〃", "″", "＂", '"', "“", "”", "同上", "同前", "上同", "同上行"))
"""Ways to write that a cell says what the one above it says."""

_INVISIBLE: Final = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad\u180e]")
_DIRECTION: Final = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PRIVATE_USE: Final = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_AS_TEXT: Final = re.compile(r'="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a cell cannot be taken as it is: a stable code, what is there, what to do."""

    code: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader made of one cell: a value (None for nothing), or a fault; maybe a question about the value."""

    value: Any = None
    fault: Trouble | None = None
    doubt: Trouble | None = None
    repaired: bool = False
    """The clerk wrote it in another way than it is kept; listed under 系统帮您改了 N 处写法."""


def fault(code: str, message: str, fix: str = "") -> Read:
    """A reading that failed."""
    return Read(fault=Trouble(code, message, fix))


def is_nothing(raw: Raw) -> bool:
    """Whether the cell is empty, or says in one of the usual ways that there is nothing."""
    return raw is None or (isinstance(raw, str) and raw.strip() in NOTHING)


def is_ditto(raw: Raw) -> bool:
    """Whether the cell says nothing but that it is like the one above (〃, 同上)."""
    return isinstance(raw, str) and len(raw) < 8 and bare(raw) in DITTO


def is_blank(raw: Raw) -> bool:
    """Whether the cell holds no mark at all."""
    return raw is None or (isinstance(raw, str) and not _INVISIBLE.sub("", raw).strip())


def exact(number: float) -> Decimal:
    """A spreadsheet's number as the decimal that people see: 15 digits, so that 48653.130000000005 is 48653.13."""
    value = Decimal(repr(number))
    if value.is_finite() and len(value.as_tuple().digits) > 15:
        value = Decimal(f"{value:.15g}")
    return value


def plain_number(value: Decimal) -> str:
    """A decimal as text without exponent and without trailing zeros: ``12.5``, ``68``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def bare(text: str) -> str:
    """Text without invisible marks and the ``="…"`` or ``'`` with which programs protect it, trimmed."""
    text = _DIRECTION.sub("", _INVISIBLE.sub("", text)).strip()
    protected = _AS_TEXT.fullmatch(text)
    if protected:
        text = protected.group(1).strip()
    return text.removeprefix("'") if text.startswith("'") else text


def narrow(text: str) -> str:
    """``bare`` text with full-width letters, digits and signs made half-width (NFKC)."""
    return unicodedata.normalize("NFKC", bare(text))


def as_text(raw: Raw) -> str:
    """Any cell as one line of text, numbers without exponent, days as ``2026-03-05``."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float):
        return plain_number(exact(float(raw))) if abs(raw) < 1e15 else str(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ", "minutes")
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, timedelta):
        return str(raw)
    return " ".join(unicodedata.normalize("NFC", bare(_CONTROL.sub(" ", raw))).split())


def text_trouble(raw: Raw) -> Read | None:
    """A fault or question about the marks in a text: control and private-use characters, marks that turn the direction."""
    if not isinstance(raw, str):
        return None
    if _CONTROL.search(raw):
        return fault("control_character", "里有看不见的控制符号。", "请删掉这一格的内容，重新打一遍。")
    if _PRIVATE_USE.search(raw):
        return fault("unknown_character", "里有电脑认不出的字。", "请换成标准汉字，或用同音字加括号说明。")
    if _DIRECTION.search(raw):
        return Read(
            doubt=Trouble(
                "hidden_direction",
                f"里藏着改变文字方向的符号，看到的和实际的可能不一样。去掉以后是“{as_text(raw)[:40]}”。对吗？",
                "对就确认；不对就重新打一遍这一格。",
            )
        )
    return None


def read_text(raw: Raw, *, identifier: bool = False) -> Read:
    """Free text on one line; an identifier keeps its zeros, and full-width marks become half-width."""
    trouble = text_trouble(raw)
    if trouble is not None and trouble.fault is not None:
        return trouble
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) >= 1e15:
        return fault(
            "lost_digits",
            "是很长的数字，Excel 存成了数，后几位已经丢了。",
            "请把这一列设成“文本”格式，照原件重新填这一格。",
        )
    text = as_text(raw)
    if text in NOTHING and not identifier:
        text = ""
    kept = unicodedata.normalize("NFC", narrow(text)) if identifier else text
    if identifier:
        kept = "".join(kept.split())
        kept = "" if kept in NOTHING else kept
        if re.fullmatch(r"\d+(?:\.\d+)?[eE]\+?\d+", kept, re.ASCII):
            return fault(
                "lost_digits",
                f"“{kept}”是科学记数法，后几位已经丢了。",
                "请把这一列设成“文本”格式，照原件重新填这一格。",
            )
    changed = isinstance(raw, str) and kept != raw.strip() and bool(kept)
    return Read(kept or None, doubt=trouble.doubt if trouble else None, repaired=changed)


def read_name(raw: Raw) -> Read:
    """A person's name: spaces between single characters go (张　三), every middle dot becomes ``·``."""
    read = read_text(raw)
    if not isinstance(read.value, str):
        return read
    name = re.sub(r"[•．・‧∙]", "·", read.value)
    if re.fullmatch(r"(?:[\u3400-\u9fff\U00020000-\U0003ffff] ?){2,4}", name):
        name = name.replace(" ", "")
    return Read(name, doubt=read.doubt, repaired=read.repaired or name != read.value)
