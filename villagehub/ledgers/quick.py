"""Short cuts for plain cells. Each gives exactly what the careful reader gives, or says that it cannot tell; a large file is
read in time because most of its cells are plain (performance.md P4). Pure.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Final

from villagehub.kernel.illness import mentions_illness
from villagehub.kernel.private_numbers import may_hold_number, may_hold_number_in_a_line
from villagehub.ledgers.cells import DITTO, NOTHING, Raw
from villagehub.ledgers.marks import is_footer, is_mark
from villagehub.sections.base import Field, Kind, Names

REMEMBERED: Final = 4096
"""So many different values a column are remembered with what they mean; a column of other values gains nothing by more."""

KEYED: Final = frozenset((str, date, datetime))
"""Kinds of cells that are remembered. Numbers are not: 1, 1.0 and True would be one key."""

_MARKS: Final = r"\u4e00-\u9fffA-Za-z0-9（）《》“”，。、；：\-.,()#_"
_PLAIN: Final = re.compile(rf"[{_MARKS}]+(?: [{_MARKS}]+)*")
"""Text that no cleaning changes: no white space but single spaces within, nothing invisible, and NFC already."""

_PLAIN_NAME: Final = re.compile(r"[\u4e00-\u9fff（）()]+")
_PLAIN_NUMBER: Final = re.compile(r"[\u4e00-\u9fffA-DF-Za-df-z0-9\-.]+")
"""Half-width already; without the letter E, which might stand in 1.2E+17."""

_PLAIN_LINES: Final = re.compile(rf"[{_MARKS} \n]+")
_PLAIN_NAMES: Final = re.compile(r"[\u4e00-\u9fff（）()\n]+")
_PLAIN_NUMBERS: Final = re.compile(r"[\u4e00-\u9fffA-DF-Za-df-z0-9\-.\n]+")
_ODD_SPACES: Final = ("  ", " \n", "\n ")

_YUAN: Final = re.compile(r"(-?)(\d{1,11})(?:\.(\d\d?))?", re.ASCII)
_MOST_YUAN: Final = 10**11
_MOST_FEN: Final = _MOST_YUAN * 100
_MARKING: Final = re.compile(
    r"数|小 ?计|合 ?计|总 ?计|共 ?计|总 ?额|累 ?计|承 ?[前上]|过 ?次|转 ?[次下入]|接 ?上|结 ?[转余存]|余 ?[额款]|"
    r"银 ?行|现 ?金|收 ?入|支 ?出"
)
"""Every mark holds one of these words."""
_FOOTING: Final = re.compile(r"[:：;注说备章第日以/(（]")


def plain_fen(raw: Raw) -> int | None:
    """The fen of an amount in yuan that has at most two decimals, or None where the careful reader must look.

    A float below 10^11 that equals n/100 is the number n/100 that people see: two decimals of 15 digits never share a float.
    """
    if isinstance(raw, float):
        if -_MOST_YUAN < raw < _MOST_YUAN:
            fen = round(raw * 100)
            return fen if fen / 100 == raw else None
        return None
    if isinstance(raw, str):
        match = _YUAN.fullmatch(raw)
        if match is not None and len(match[2]) < 11:
            fen = int(match[2]) * 100 + int((match[3] or "0").ljust(2, "0"))
            return -fen if match[1] else fen
    return None


def plain_fens(raws: Sequence[Raw]) -> list[int | None] | None:
    """``plain_fen`` of a whole column that holds nothing but plain amounts as numbers, and empty cells; else None."""
    if not set(map(type, raws)) <= {float, type(None)}:
        return None
    try:
        made = [None if raw is None else round(raw * 100) for raw in raws]  # type: ignore[operator, arg-type]
    except (ValueError, OverflowError):
        return None
    if any(fen is not None and not -_MOST_FEN < fen < _MOST_FEN for fen in made):
        return None
    back = [None if fen is None else fen / 100 for fen in made]
    return made if back == list(raws) else None


def is_plain(text: str) -> bool:
    """Whether no cleaning would change the text."""
    return _PLAIN.fullmatch(text) is not None


def taken_as_written(one: Field) -> Callable[[str], bool] | None:
    """For a field of text: tells whether a text is kept just as it is, without a word about it. None for other fields."""
    if one.kind is not Kind.TEXT:
        return None
    is_name = _is_name(one)
    whole = (_PLAIN_NUMBER if one.identifier else _PLAIN_NAME if is_name else _PLAIN).fullmatch
    looks_for_illness = _looks_for_illness(one)

    def tell(text: str) -> bool:
        if whole(text) is None or text in NOTHING or text in DITTO or (len(text) > 9 and may_hold_number(text)):
            return False
        return not (looks_for_illness and mentions_illness(text))

    return tell


def _is_name(one: Field) -> bool:
    return one.names is Names.MASK_PERSON or one.name in ("recipient", "name")


def _looks_for_illness(one: Field) -> bool:
    return one.illness or one.names is Names.SCAN


def _lines(texts: Collection[str]) -> str | None:
    """The texts as lines of one text, so that they are looked at in one go; None where a text has lines of its own."""
    lines = "\n".join(texts)
    return lines if lines.count("\n") == len(texts) - 1 else None


def are_plain(texts: Collection[str]) -> bool:
    """Whether every one of some texts ``is_plain``."""
    lines = _lines(texts)
    return (
        lines is not None
        and _PLAIN_LINES.fullmatch(lines) is not None
        and not any(odd in lines for odd in _ODD_SPACES)
        and lines.strip(" ") == lines
        and "" not in texts
    )


def all_taken_as_written(one: Field) -> Callable[[Collection[str]], bool]:
    """For a field of text: tells whether each of many different texts ``taken_as_written``; where it says no, some may be."""
    lines_of = _PLAIN_NUMBERS if one.identifier else _PLAIN_NAMES if _is_name(one) else None
    looks_for_illness = _looks_for_illness(one)

    def tell(texts: Collection[str]) -> bool:
        if one.kind is not Kind.TEXT or not texts or not (NOTHING.isdisjoint(texts) and DITTO.isdisjoint(texts)):
            return False
        lines = _lines(texts)
        if lines is None or (lines_of.fullmatch(lines) is None if lines_of else not are_plain(texts)):
            return False
        if max(map(len, texts)) > 9 and may_hold_number_in_a_line(lines):
            return False
        return not (looks_for_illness and mentions_illness(lines))

    return tell


def is_marked(text: str) -> bool:
    """Whether one of the first texts of a row needs the careful look: is it a total, a balance, a label?"""
    if not is_plain(text):
        return True
    if _MARKING.search(text) is None:
        return False
    return is_mark(text)


def is_foot(text: str) -> bool:
    """Whether the first text of a row may begin a footer."""
    return _FOOTING.search(text) is not None and is_footer(text)


def marked_among(texts: Collection[str]) -> set[str]:
    """Those of some texts that are marked (``is_marked``)."""
    return (
        {text for text in _hit(texts, _MARKING) if is_marked(text)}
        if are_plain(texts)
        else set(filter(is_marked, texts))
    )


def feet_among(texts: Collection[str]) -> set[str]:
    """Those of some texts that may begin a footer (``is_foot``)."""
    return {text for text in _hit(texts, _FOOTING) if is_foot(text)}


def _hit(texts: Collection[str], wanted: re.Pattern[str]) -> Collection[str]:
    """The texts in which something short is found, searched in one go."""
    lines = _lines(texts)
    if lines is None:
        return texts
    found, end = set(), -1
    for hit in wanted.finditer(lines):
        if hit.start() > end:
            end = lines.find("\n", hit.end())
            end = len(lines) if end < 0 else end
            found.add(lines[lines.rfind("\n", 0, hit.start()) + 1 : end])
    return found
