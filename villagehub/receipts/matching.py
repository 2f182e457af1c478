"""Which row a file belongs to, by the voucher number in its name. Pure. What fits more than one row is left to a person."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_NAMED: Final = re.compile(r"(?:凭证|凭单|记字|单据|收据|票据|第|no)[^0-9a-z]{0,3}([0-9a-z]*[0-9]+)", re.IGNORECASE)
_AT_START: Final = re.compile(r"[ \-_.#（(]*([a-z]{0,4}0*[0-9]{1,8})(?![0-9a-z])", re.IGNORECASE)
_ONE_NUMBER: Final = re.compile(r"\D*\d+\D*")
_MONTH_SAID: Final = re.compile(r"(?:^|(?<=[^0-9]))(1[0-2]|0?[1-9])月")
_MONTH_BEFORE: Final = re.compile(r"(?:20\d{2}[-._ ])?(1[0-2]|0?[1-9])[-._ ](?=\d)")
_CAMERA: Final = re.compile(
    r"^(?:img|dsc|mmexport|wx_camera|screenshot|photo|pxl|微信图片|qq图片|屏幕截图)[^\u4e00-\u9fff]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Target:
    """A row that a picture can belong to."""

    thing_id: int
    voucher: str
    month: int | None = None


def plain_voucher(text: str) -> str:
    """``记字第 0112 号`` → ``112``: half-width, small letters, no words around it, no zeros before it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = re.sub(r"[^0-9a-z]", "", folded)
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", kept)


def match(name: str, targets: Iterable[Target]) -> int | None:
    """The thing whose voucher number stands in the file's name; None where there is no such row, or more than one.

    Vouchers restart every month: a month in the name (``9月112``, ``2026-09-112``) is part of the number. Where a name can be
    read in two ways (``8-2``: the second picture of 8, or August's 2) and both are rows, a person decides.
    """
    stem = unicodedata.normalize("NFKC", name).strip()
    stem = re.sub(r"\.(?:jpe?g|png|webp|pdf)\.?$", "", stem, flags=re.IGNORECASE)
    if _CAMERA.match(stem):
        return None
    held = [(plain_voucher(one.voucher), one) for one in targets if plain_voucher(one.voucher)]
    things = {
        one.thing_id
        for number, month in _readings(stem)
        for voucher, one in held
        if voucher == number and (month is None or one.month in (None, month))
    }
    return things.pop() if len(things) == 1 else None


def _readings(stem: str) -> list[tuple[str, int | None]]:
    """What the name can mean: a voucher number, and the month if one is said."""
    said = _MONTH_SAID.search(stem)
    month = int(said[1]) if said else None
    rest = stem[said.end() :] if said else stem
    named = _NAMED.findall(rest)
    if named:
        return [(plain_voucher(one), month) for one in named]
    found = [(plain_voucher(rest), month)] if _ONE_NUMBER.fullmatch(rest) else []
    begins = _AT_START.match(rest)
    if begins:
        found.append((plain_voucher(begins[1]), month))
    before = _MONTH_BEFORE.match(rest) if month is None else None
    after = _AT_START.match(rest[before.end() :]) if before else None
    if before and after:
        found.append((plain_voucher(after[1]), int(before[1])))
    return found
