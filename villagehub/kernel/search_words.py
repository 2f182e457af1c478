"""What can be found, cut into tokens, and what somebody looks for, read as an expression over such tokens. Pure.

Chinese has no spaces, so text is kept as every single character and every pair of neighbours (decision 15, architecture.md).
A token is plain ASCII, the characters' code points in hex: no engine's idea of a letter can then lose a rare character.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from villagehub.kernel.search_when import When, read_when

LONGEST: Final = 40
"""Characters of a question that are read; nobody types more on a phone."""
_PIECE: Final = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_PART: Final = re.compile(r"[a-z]+|[0-9]+")
_AMOUNT: Final = re.compile(
    r"[¥-]?(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.(?P<rest>[0-9]{1,6}))?(?P<unit>万元|万块钱?|万|元|块钱?)?"
)
_WAN: Final = 1_000_000
_MONTH: Final = re.compile(r"(?<![0-9])(?P<digits>0?[1-9]|1[0-2])月")
_YEAR: Final = re.compile(r"[12][0-9]{3}")
_SLASHED: Final = re.compile(r"(?<=[0-9])/(?=[0-9])")
_NAMED: Final = "h"
"""Before a token: it stands in the name."""
_KIND: Final = "k"
"""Before a token: it stands in a choice from a list (category, state), and nobody wrote it of this row."""
_SPACE: Final = re.compile(r"[\s，。、；：？！“”‘’（）()《》<>;:?!\"'/|]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One way to satisfy one word of the question: all of ``tokens``; ``prefix`` is a beginning that will do."""

    tokens: tuple[str, ...]
    prefix: str = ""


Question = tuple[tuple[Wanted, ...], ...]
"""Every word must be satisfied, each in one of its ways. Empty: nothing to look for."""


def plain(text: str) -> str:
    """Full-width and half-width, capitals and small letters are one."""
    return unicodedata.normalize("NFKC", text).casefold()


def tokens_of_text(text: str) -> set[str]:
    """Single characters, pairs of neighbours, words of letters and digits, and months (8月电费, but not 8个月电费)."""
    flat = plain(text)
    found = {_month_in_words(one) for one in _MONTH.finditer(flat)}
    for piece in _PIECE.findall(flat):
        if piece.isascii():
            found.add(f"w{piece}")
            found.update(f"w{part}" for part in _PART.findall(piece))
        else:
            found.update(_grams(piece, 1))
            found.update(_grams(piece, 2))
    return found


def _month_in_words(found: re.Match[str]) -> str:
    return f"n{int(found['digits'])}"


def token_of_amount(fen: int) -> str:
    """An amount in fen, whichever way it went."""
    return f"a{abs(fen)}"


def tokens_of_amount(fen: int) -> set[str]:
    """The amount itself, and from 1 万 on what pages write of it in a sentence (2.19 万元)."""
    return {token_of_amount(fen), *([_in_wan(fen)] if abs(fen) >= _WAN else [])}


def _in_wan(fen: int) -> str:
    return f"r{(abs(fen) + _WAN // 200) // (_WAN // 100)}"


def tokens_of_day(day: str) -> set[str]:
    """The year, and month and day if they are known, of ``2026``, ``2026-03`` or ``2026-03-05``."""
    parts = day.split("-")
    marks = zip("ymd", range(1, len(parts) + 1), strict=False)
    return {f"{mark}{''.join(parts[:many])}" for mark, many in marks}


def words_of(text: str) -> list[str]:
    """What is looked for, word by word, made plain; 2026/8/15 is one word."""
    return [word for word in _SPACE.split(_SLASHED.sub("-", plain(text[:LONGEST]))) if word]


def tokens_of_name(text: str) -> set[str]:
    """What is in a thing's own name, kept apart from what is only written about it."""
    return {f"{_NAMED}{one}" for one in tokens_of_text(text)}


def tokens_of_kind(text: str) -> set[str]:
    """What is in the label of a category or state, kept apart from a row's own words."""
    return {f"{_KIND}{one}" for one in tokens_of_text(text)}


def in_names(question: Question) -> Question:
    """The same question, asked of names alone."""
    return tuple(_marked(ways, _NAMED) for ways in question)


def of_any_kind(question: Question) -> Question:
    """The same question, each word of it in a row's own words or in its category."""
    return tuple((*ways, *_marked(ways, _KIND)) for ways in question)


def _marked(ways: tuple[Wanted, ...], mark: str) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(tuple(f"{mark}{one}" for one in way.tokens), f"{mark}{way.prefix}" if way.prefix else "") for way in ways
    )


def read_question(text: str, *, today: date) -> Question:
    """What is looked for. Any text has an answer; one of signs alone has the empty one."""
    return tuple(ways for word in words_of(text) if (ways := tuple(_ways(word, today))))


def _ways(word: str, today: date) -> Iterator[Wanted]:
    amount = _AMOUNT.fullmatch(word)
    if amount and (fen := _fen(amount)) is not None:
        yield Wanted((token_of_amount(fen),))
        if (amount["unit"] or "").startswith("万") and fen % (_WAN // 100) == 0:
            yield Wanted((_in_wan(fen),))
    if _YEAR.fullmatch(word):
        yield Wanted((f"y{word}",))
    when = read_when(word, today=today)
    if when is None:
        yield from _as_text(word)
        return
    yield from _at_a_time(*when)
    if when[0].day and not when[1]:  # as texts write it; its characters alone would also find 8个月误工15日
        yield Wanted((f"n{when[0].months[0]}", f"w{when[0].day}"))
        return
    month = _MONTH.fullmatch(word)
    if month:
        yield Wanted((_month_in_words(month),))  # written in a text; its digits and 月 alone would also find 8个月
    else:
        yield from _as_text(word)


def _at_a_time(when: When, rest: str) -> Iterator[Wanted]:
    """Rows of these days; with something behind (8月电费) only those that it finds too."""
    ways = list(_as_text(rest)) if rest else [Wanted(())]
    for token in when.tokens:
        yield from (Wanted((token, *one.tokens), one.prefix) for one in ways)


def _as_text(word: str) -> Iterator[Wanted]:
    """Its characters and pairs; the last word of letters and digits may go on."""
    pieces = _PIECE.findall(word)
    if not pieces:
        return
    tokens: set[str] = set()
    for piece in pieces[:-1]:
        tokens.update([f"w{piece}"] if piece.isascii() else _shortest(piece))
    last = pieces[-1]
    if last.isascii():
        yield Wanted(tuple(sorted(tokens)), f"w{last}")
    else:
        yield Wanted(tuple(sorted(tokens | set(_shortest(last)))))


def _shortest(piece: str) -> list[str]:
    return list(_grams(piece, min(2, len(piece))))


def _grams(piece: str, length: int) -> Iterator[str]:
    for start in range(len(piece) - length + 1):
        yield "g" + "".join(f"{ord(one):06x}" for one in piece[start : start + length])


def _fen(found: re.Match[str]) -> int | None:
    """The amount in fen; None where it has parts smaller than that."""
    places = 6 if (found["unit"] or "").startswith("万") else 2
    rest = (found["rest"] or "").rstrip("0")
    if len(rest) > places:
        return None
    return int(found["whole"].replace(",", "") + rest.ljust(places, "0"))
