"""How one account stands against its due day, in the words of the township's table. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from villagehub.disclosures.due import Due
from villagehub.kernel.period import Cadence, Period


class Standing(StrEnum):
    """What a cell says; the worst first. 无 comes last: a cell says so only where all of its accounts had nothing."""

    MISSING = "missing"
    LATE = "late"
    EXTENDED = "extended"
    NOT_YET = "not_yet"
    UNREPORTED = "unreported"
    PUBLIC = "public"
    ON_TIME = "on_time"
    NIL = "nil"


WORDS: Final = {
    Standing.MISSING: "没公开",
    Standing.LATE: "晚{days}天",
    Standing.EXTENDED: "已批准延期",
    Standing.NOT_YET: "还没到期",
    Standing.UNREPORTED: "没上报",
    Standing.NIL: "无",
    Standing.PUBLIC: "已公开",
    Standing.ON_TIME: "按时",
}

LOOKS: Final = {
    Standing.MISSING: "none",
    Standing.LATE: "late",
    Standing.EXTENDED: "ext",
    Standing.NOT_YET: "soon",
    Standing.UNREPORTED: "na",
    Standing.NIL: "na",
    Standing.PUBLIC: "ok",
    Standing.ON_TIME: "ok",
}
"""The class of the cell: its colour and pattern; the words stand beside them always."""

_ORDER: Final = {one: place for place, one in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Judged:
    """A standing with the days that it is about: late by, or overdue for."""

    standing: Standing
    days: int = 0

    @property
    def words(self) -> str:
        """``按时``, ``晚6天``, ``没公开`` …"""
        return WORDS[self.standing].format(days=self.days)

    @property
    def look(self) -> str:
        """The class of its cell."""
        return LOOKS[self.standing]

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts the worst first."""
        return _ORDER[self.standing], -self.days


def judge(due: Due | None, published_on: date | None, *, nil: bool, today: date) -> Judged:
    """How an account stands that was first published on this day (None: not yet), under this due day (None: no rule)."""
    if published_on is None:
        if due is None:
            return Judged(Standing.UNREPORTED)
        if today > due.day:
            return Judged(Standing.MISSING, (today - due.day).days)
        return Judged(Standing.EXTENDED if due.waived else Standing.NOT_YET)
    if due is not None and published_on > due.day:
        return Judged(Standing.LATE, (published_on - due.day).days)
    if nil:
        return Judged(Standing.NIL)
    return Judged(Standing.ON_TIME if due is not None else Standing.PUBLIC)


def worst(found: Iterable[Judged]) -> Judged:
    """The worst of several; 没上报 where there is none."""
    return min(found, key=lambda one: one.rank, default=Judged(Standing.UNREPORTED))


def periods_within(cadence: Cadence, quarter: Period) -> list[Period]:
    """The periods of this cadence that a quarter's table judges: its months, itself, or the year that it lies in."""
    if cadence is Cadence.MONTH:
        first = Period.of(cadence, quarter.first)
        return [first, first.following(), first.following().following()]
    return [] if cadence is Cadence.DAY else [Period.of(cadence, quarter.first)]


def quarters_before(today: date, count: int = 5) -> list[Period]:
    """The quarter that runs and those before it, oldest first."""
    found = [Period.of(Cadence.QUARTER, today)]
    while len(found) < count:
        found.append(found[-1].previous())
    return found[::-1]
