"""One line of a clerk's book, and the small tools that make many of them: days, amounts, voucher numbers. Pure."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from villagehub.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a clerk's book, in the clerk's words. ``category`` is the label that villagers read."""

    day: date
    summary: str
    direction: str
    fen: int
    category: str
    payee: str = ""
    voucher: str = ""
    by_hand: bool = False
    """Paid out in cash or on a list of hands: the work of villagers."""


def working_day(die: Random, year: int, month: int, low: int = 3, high: int = 27) -> date:
    """A weekday of the month."""
    day = date(year, month, die.randint(low, high))
    return day - timedelta(days=max(0, day.weekday() - 4))


def hundreds(die: Random, low: int, high: int) -> int:
    """Between so many hundreds of yuan, in fen."""
    return die.randint(low, high) * 10_000


def tens(die: Random, low: int, high: int) -> int:
    """Between so many tens of yuan, in fen."""
    return die.randint(low, high) * 1_000


def cents(die: Random, low: int, high: int) -> int:
    """Between so many yuan, to the fen."""
    return die.randint(low * 100, high * 100)


def numbered(entries: list[Entry]) -> list[Entry]:
    """By day, with voucher numbers 1, 2, 3 … in each month."""
    ordered = sorted(entries, key=lambda one: (one.day, one.direction, one.summary))
    numbers: dict[int, int] = {}
    made = []
    for one in ordered:
        numbers[one.day.month] = numbers.get(one.day.month, 0) + 1
        made.append(replace(one, voucher=str(numbers[one.day.month])))
    return made


def months_of(period: Period) -> list[tuple[int, int]]:
    """The quarter's (year, month) pairs."""
    return [(period.first.year, period.first.month + step) for step in range(3)]
