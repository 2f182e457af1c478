"""Working days by the State Council's calendar: weekends and holidays off, weekends worked instead (调休). Pure.

A year that the calendar does not know counts by weekends alone, and whoever shows the day says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

OFF: Final = "off"
WORK: Final = "work"
_LONGEST: Final = 366


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that are not as their weekday says: ``off`` on a weekday, ``work`` on a weekend, with what they are called."""

    kinds: Mapping[date, str] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether offices are open on this day."""
        kind = self.kinds.get(day)
        return day.weekday() < 5 if kind is None else kind == WORK

    def knows(self, year: int) -> bool:
        """Whether the calendar of this year was taken over."""
        return any(day.year == year for day in self.kinds)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day, and how it came about."""

    first: date
    """The day that is not counted."""
    last: date
    days: int
    holidays: tuple[str, ...]
    """Names of weekdays that were passed over."""
    certain: bool
    """False where a year's calendar is not known: then holidays may move the day."""


def working_days_after(first: date, days: int, calendar: Calendar) -> Deadline:
    """The day that is ``days`` working days after ``first``, which is not counted (民法典 第二百零一条)."""
    day, left, passed = first, days, list[str]()
    for _ in range(days + _LONGEST):
        if left == 0:
            break
        day += timedelta(days=1)
        if calendar.works(day):
            left -= 1
        elif day.weekday() < 5:
            passed.append(calendar.names.get(day) or "放假")
    certain = calendar.knows(first.year) and calendar.knows(day.year)
    return Deadline(first, day, days, tuple(dict.fromkeys(passed)), certain)


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """The working days after ``first`` up to and with ``last``; negative where ``last`` lies before."""
    early, late = sorted((first, last))
    count = sum(calendar.works(early + timedelta(days=one)) for one in range(1, (late - early).days + 1))
    return count if first <= last else -count
