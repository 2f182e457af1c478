"""Days and instalments as clerks write them in one cell: ``2020.1.1-2029.12.31``, ``2026-03-31｜24000｜24000``. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from villagehub.kernel.period import BadPeriod, Period
from villagehub.sections.parts import read_parts

_DAY: Final = r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?"
_TERM: Final = re.compile(rf"{_DAY}\s*(?:起)?\s*(?:至|到|-|—+|–|~|～)\s*{_DAY}\s*止?")


class BadInstalment(Exception):
    """An entry of a plan that names no day or no amount; its text is the message."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is to be paid by a day, and what has been, in fen."""

    day: date
    due_fen: int
    paid_fen: int


def last_day(text: Any, *, first: bool = False) -> date | None:
    """The last (or first) day of a date of which the day or month may be missing; None where there is none."""
    try:
        period = Period.parse(str(text or ""))
    except BadPeriod:
        return None
    return period.first if first else period.last


def read_term(text: str) -> tuple[date, date] | None:
    """First and last day of a term in one cell; None where it says no two days."""
    match = _TERM.search(text)
    if match is None:
        return None
    first, last = last_day(_stable(match.groups()[:3]), first=True), last_day(_stable(match.groups()[3:]))
    return (first, last) if first and last else None


def _stable(parts: Sequence[str | None]) -> str:
    """Year, month and day, if any, as ``Period.parse`` reads them."""
    return "-".join(f"{int(part):02}" for part in parts if part)


def part_fen(text: str, entry: str) -> int:
    """Fen of an amount in yuan in a cell's small table; nothing is 0. Raises BadInstalment with the entry."""
    plain = text.replace(",", "").replace("，", "").removesuffix("元").strip()
    if not plain:
        return 0
    try:
        value = Decimal(plain) * 100
    except InvalidOperation as slip:
        raise BadInstalment(entry) from slip
    if not value.is_finite() or value != value.to_integral_value() or abs(value) > 10**15:
        raise BadInstalment(entry)
    return int(value)


def read_instalments(text: str) -> list[Instalment]:
    """A plan of payments: day｜due｜paid, entries apart by ``；``. Raises BadInstalment with the entry that cannot be read."""
    found = []
    for day, due, paid in read_parts(text, ("day", "due", "paid")):
        entry = "｜".join(one for one in (day, due, paid) if one)[:40]
        match = re.fullmatch(_DAY, day)
        when = last_day(_stable(match.groups())) if match else None
        if when is None or not due:
            raise BadInstalment(entry)
        found.append(Instalment(when, part_fen(due, entry), part_fen(paid, entry)))
    return found
