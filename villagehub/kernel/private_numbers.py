"""Finds ID, phone and card numbers in any text, and takes them out (decision 9). Landlines may stay."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class PrivateKind(StrEnum):
    """What kind of number was found; the values also name a row's matches (decision 9)."""

    ID = "id"
    PHONE = "phone"
    CARD = "card"


HIDDEN: Final = {
    PrivateKind.ID: "（证件号已隐去）",
    PrivateKind.PHONE: "（电话已隐去）",
    PrivateKind.CARD: "（卡号已隐去）",
}
LONG_HIDDEN: Final = "（长数字已隐去）"

_DIGITS: Final = str.maketrans("０１２３４５６７８９〇零一二三四五六七八九幺Ｘｘ×", "0123456789001234567891XXX")
"""Every way to write a digit, one character for one, so that places in the text stay the same."""

_GAP: Final = r"[\s\u00a0\u2000-\u200d\u2060\u3000\ufeff\-‐‑–—－﹣_·]{0,2}"
_RUN: Final = re.compile(rf"\d(?:{_GAP}\d){{9,40}}(?:{_GAP}[Xx])?", re.ASCII)
_TOKEN: Final = re.compile(r"[0-9０-９]+|[〇零一二三四五六七八九幺]|[XxＸｘ×]")
"""A name may end in a Chinese digit (张三13800112233), so each of these is a token of its own."""
_GROUPED: Final = re.compile(
    r"(?<!\d)[(（]?1[3-9]\d[)）]?[\s.．、/\-–—]{1,3}\d{4}[\s.．、/\-–—]{1,3}\d{4}(?!\d)"
    r"|(?<!\d)[(（]1[3-9]\d[)）]\d{4}[\s\-–—]{0,3}\d{4}(?!\d)"
)
"""A mobile in its usual three groups, also with dots, brackets or a spaced hyphen. Elsewhere dots part amounts and days."""
_ANY_DIGIT: Final = re.compile(r"[\d〇零一二三四五六七八九幺]")
_FEWEST_DIGITS: Final = 10
"""Fewer digits than this in the whole text are no number of a person."""

_DIGITS_IN_A_LINE: Final = re.compile(
    rf"^(?>[^\d〇零一二三四五六七八九幺\n]*+[\d〇零一二三四五六七八九幺]){{{_FEWEST_DIGITS}}}", re.MULTILINE
)
_MOBILE: Final = re.compile(r"(?:0{0,2}86)?1[3-9]\d{9}", re.ASCII)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCE: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


@dataclass(frozen=True, slots=True)
class PrivateNumber:
    """One number in a text: its kind, where it stands, and its plain form without separators, for a keyed HMAC."""

    kind: PrivateKind
    start: int
    end: int
    plain: str


def _is_day(text: str) -> bool:
    try:
        born = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return 1880 <= born.year <= 2100


def id_check_character(first17: str) -> str:
    """The 18th character of a resident ID number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def looks_like_id(digits: str) -> bool:
    """Whether the text has the shape of a resident ID: a province, a real day of birth; 18 or the old 15 characters."""
    digits = digits.upper()
    if len(digits) == 18 and digits[:17].isdecimal() and (digits[17].isdecimal() or digits[17] == "X"):
        return _PROVINCE.match(digits) is not None and _is_day(digits[6:14])
    return (
        len(digits) == 15
        and digits.isdecimal()
        and _PROVINCE.match(digits) is not None
        and _is_day("19" + digits[6:12])
    )


def is_id_number(digits: str) -> bool:
    """Whether it is a resident ID whose checksum is right (15-character ones carry none)."""
    digits = digits.upper()
    return looks_like_id(digits) and (len(digits) == 15 or id_check_character(digits[:17]) == digits[17])


def normal_id(digits: str) -> str:
    """The one form of an ID for comparing: upper-case X, 15 characters made 18. Other texts come back upper-case."""
    digits = digits.upper()
    if len(digits) == 15 and looks_like_id(digits):
        first17 = f"{digits[:6]}19{digits[6:]}"
        return first17 + id_check_character(first17)
    return digits


def passes_luhn(digits: str) -> bool:
    """Whether a card number's last digit fits the others."""
    total = 0
    for place, mark in enumerate(reversed(digits)):
        value = int(mark) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _are_two_days(digits: str) -> bool:
    """Whether the digits are a span such as 2026-01-05-2026-03-31: one in ten passes the check of card numbers by chance,
    and no card begins with 19 or 20.
    """
    return len(digits) == 16 and digits[:2] in ("19", "20") and _is_day(digits[:8]) and _is_day(digits[8:])


def kind_of(digits: str) -> PrivateKind | None:
    """The kind of number that these bare digits are, or None."""
    if looks_like_id(digits):
        return PrivateKind.ID
    if _MOBILE.fullmatch(digits):
        return PrivateKind.PHONE
    if digits.isdecimal() and 16 <= len(digits) <= 19 and (passes_luhn(digits) or digits.startswith("62")):
        return None if _are_two_days(digits) else PrivateKind.CARD
    return None


def _in_run(text: str, start: int) -> list[PrivateNumber]:
    """The numbers in one run of digits: the longest groups of neighbouring tokens that are one, from the left."""
    tokens = list(_TOKEN.finditer(text))
    plain = [token.group().translate(_DIGITS) for token in tokens]
    found: list[PrivateNumber] = []
    first = 0
    while first < len(tokens):
        for last in range(len(tokens), first, -1):
            digits = "".join(plain[first:last]).upper()
            kind = kind_of(digits) if len(digits) <= 20 else None
            if kind is not None:
                found.append(PrivateNumber(kind, start + tokens[first].start(), start + tokens[last - 1].end(), digits))
                first = last
                break
        else:
            first += 1
    return found


def may_hold_number(text: str) -> bool:
    """Whether the text has digits enough for a number of a person; a quick look before the careful one."""
    return len(text) >= _FEWEST_DIGITS and len(_ANY_DIGIT.findall(text)) >= _FEWEST_DIGITS


def may_hold_number_in_a_line(lines: str) -> bool:
    """Whether any line of a text has digits enough for a number of a person: many short texts looked at in one go."""
    return _DIGITS_IN_A_LINE.search(lines) is not None


def find_private_numbers(text: str) -> list[PrivateNumber]:
    """Every ID, mobile and card number in ``text``, also with spaces, hyphens, full-width or Chinese digits."""
    if not may_hold_number(text):
        return []
    plain = text.translate(_DIGITS)
    found: list[PrivateNumber] = []
    for run in _RUN.finditer(plain):
        found.extend(_in_run(text[run.start() : run.end()], run.start()))
    taken = [(one.start, one.end) for one in found]
    for grouped in _GROUPED.finditer(plain):
        if all(grouped.end() <= start or end <= grouped.start() for start, end in taken):
            digits = re.sub(r"\D", "", grouped.group())
            found.append(PrivateNumber(PrivateKind.PHONE, grouped.start(), grouped.end(), digits))
    return sorted(found, key=lambda one: one.start)


def hide_numbers(text: str) -> str:
    """``text`` with every such number replaced by words that say so."""
    for number in reversed(find_private_numbers(text)):
        text = text[: number.start] + HIDDEN[number.kind] + text[number.end :]
    return text


def mask_number(kind: str, plain: str) -> str:
    """For staff screens only: ID 1+2, phone 3+4, card last 4 (domain §6.3)."""
    if kind == PrivateKind.ID:
        return f"{plain[:1]}{'*' * (len(plain) - 3)}{plain[-2:]}"
    if kind == PrivateKind.PHONE:
        return f"{plain[:3]}****{plain[-4:]}"
    return f"{'*' * (len(plain) - 4)}{plain[-4:]}"


def mask_for_problem(value: object, *, longest: int = 40) -> str:
    """A value as a message may quote it: no private or other very long number, one line, at most ``longest`` marks."""
    shown = "".join(mark if mark.isprintable() else " " for mark in str(value)[:400])
    shown = hide_numbers(" ".join(shown.split()))
    shown = re.sub(r"\d{15,}", LONG_HIDDEN, shown)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
