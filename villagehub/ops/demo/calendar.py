"""Which periods the demo covers, and on which days people did what. Pure; days are those of Asia/Shanghai."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.period import Cadence, Period
from villagehub.kernel.working_days import OFF, Calendar

QUARTERS: Final = 4
_SOON: Final = timedelta(minutes=25)
_LAST_AFTERNOON: Final = 15
"""The hour of a period's last day at which the road may begin when there is no time for believable days."""


def last_quarters(today: date, count: int = QUARTERS) -> list[Period]:
    """The last complete quarters before ``today``, the oldest first."""
    found = [Period.of(Cadence.QUARTER, today).previous()]
    while len(found) < count:
        found.insert(0, found[0].previous())
    return found


def register_years(today: date) -> list[int]:
    """The years of the registers: the one that was public when the first quarter was, and the last complete one."""
    first = last_quarters(today)[0]
    known = first.first.year if first.number == 4 else first.first.year - 1
    return sorted({known, today.year - 1})


def last_june(today: date) -> int:
    """The year of the last June that is over."""
    return today.year if today.month > 6 else today.year - 1


_HOLIDAYS: Final = (
    ("元旦", 1, 1),
    ("劳动节", 5, 1),
    ("劳动节", 5, 2),
    ("国庆节", 10, 1),
    ("国庆节", 10, 2),
    ("国庆节", 10, 3),
)
"""Those of 全国年节及纪念日放假办法 that stand on days of the sun's calendar; a real site imports each year's own list."""


def holidays(today: date) -> list[tuple[date, str, str]]:
    """Day, kind and name of the holidays of last year, this year and the next."""
    years = range(today.year - 1, today.year + 2)
    return [(date(year, month, day), OFF, name) for year in years for name, month, day in _HOLIDAYS]


def office_days(today: date) -> Calendar:
    """On which days offices are open, by the holidays that the demo takes over."""
    return Calendar({day: kind for day, kind, _ in holidays(today)})


def open_day(day: date, calendar: Calendar) -> date:
    """The day itself where offices are open on it, else the last one before it."""
    while not calendar.works(day):
        day -= timedelta(days=1)
    return day


def in_office(found: Sequence[datetime], today: date) -> list[datetime]:
    """The same moments in the same order, each on a day on which the village's office is open."""
    calendar, made = office_days(today), list[datetime]()
    for one in found:
        local = one.astimezone(SHANGHAI)
        at = datetime.combine(open_day(local.date(), calendar), local.time(), SHANGHAI).astimezone(UTC)
        made.append(max(at, made[-1] + _SOON) if made else at)
    return made


def lately(period_end: date, today: date, offsets: Sequence[timedelta]) -> list[datetime]:
    """The same as ``moments`` for what happened in the last five days before ``today``, but not before the period's end."""
    return moments(max(period_end, today - timedelta(days=6)), today, offsets, within=5)


def moments(period_end: date, today: date, offsets: Sequence[timedelta], *, within: int) -> list[datetime]:
    """When things happened: ``offsets`` after the first midnight that follows the period, in this order, in UTC.

    Where ``today`` comes before ``within`` days are over, the same order is pressed into the time that there was, from
    the period's last afternoon on; so everything lies before today, whatever day it is.
    """
    midnight = datetime.combine(period_end + timedelta(days=1), time(), SHANGHAI)
    until = datetime.combine(today, time(), SHANGHAI) - timedelta(minutes=1)
    natural = timedelta(days=within)
    if until >= midnight + natural:
        return [(midnight + offset).astimezone(UTC) for offset in offsets]
    begin = datetime.combine(period_end, time(_LAST_AFTERNOON), SHANGHAI)
    room = until - begin
    pressed = [begin + timedelta(seconds=int(room.total_seconds() * (offset / natural))) for offset in offsets]
    return [one.astimezone(UTC) for one in pressed]
