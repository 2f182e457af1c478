"""Days as villagers type them into the search: 8月, 八月, 2026年8月15日, 第三季度, 去年. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from villagehub.kernel.period import Period

_YEARS_BACK: Final = 10
"""A month without its year is looked for in so many; the newest is shown first."""
_NUMBERS: Final = {word: place for place, word in enumerate("一二三四五六七八九", start=1)}
_LAST: Final = {"前年": 2, "去年": 1}
_DAY: Final = r"(?P<day>3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_WHEN: Final = re.compile(
    r"(?:(?P<year>[12][0-9]{3})(?:年度?|[-./](?=[0-9]))|(?P<said>今年|本年度?|去年|前年))?的?"
    r"(?:第?(?P<quarter>[1-4一二三四])季度?|(?P<half>[上下])半年"
    rf"|(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?(?:{_DAY}[日号]|(?![0-9一二三四五六七八九十])))?"
)
_NEAR: Final = re.compile(r"(?P<before>上个?)?(?:这个|本)?(?P<what>月|季度?)(?:份)?")
_NOTHING_MORE: Final = re.compile(r"的?(?:账目?|账本)?")
_DASHED: Final = re.compile(rf"(?P<year>[12][0-9]{{3}})[-./年](?P<month>1[0-2]|0?[1-9])(?:[-./月]{_DAY})?")


@dataclass(frozen=True, slots=True)
class When:
    """Months of years; no months are whole years. A day is one of its only month."""

    years: tuple[int, ...]
    months: tuple[int, ...] = ()
    day: int = 0
    """0: no single day."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The days' tokens, any of which will do."""
        if not self.months:
            return tuple(f"y{year}" for year in self.years)
        if self.day:
            return tuple(f"d{year}{self.months[0]:02}{self.day:02}" for year in self.years)
        return tuple(f"m{year}{month:02}" for year in self.years for month in self.months)

    @property
    def last_month(self) -> tuple[int, int]:
        """The last year that is meant, and the last month of it."""
        return max(self.years), max(self.months, default=12)

    def meets(self, period: Period) -> bool:
        """Whether the period shares a month with it."""
        return any(
            period.overlaps(Period.parse(f"{year}-{month:02}" if month else f"{year}"))
            for year in self.years
            for month in self.months or (0,)
        )


def read_when(word: str, *, today: date) -> tuple[When, str] | None:
    """The days that a word begins with, and the rest of it; None where it begins with none. A bare 2026 may be an amount:
    it is no day here.
    """
    near = _NEAR.match(word)
    if near and near[0] != near["what"] and near[0] != f"{near['what']}份":
        return _near(near, today), word[near.end() :]
    dashed = _DASHED.fullmatch(word)
    if dashed:
        return When((int(dashed["year"]),), (int(dashed["month"]),), _day(dashed)), ""
    found = _WHEN.match(word)
    if not found or not any(found.groupdict().values()):
        return None
    said, rest = found["said"], word[found.end() :]
    rest = "" if _NOTHING_MORE.fullmatch(rest) else rest.removeprefix("的")
    year = int(found["year"]) if found["year"] else today.year - _LAST.get(said, 0) if said else None
    years = (year,) if year else tuple(range(today.year, today.year - _YEARS_BACK, -1))
    return When(years, _months(found), _day(found)), rest


def _months(found: re.Match[str]) -> tuple[int, ...]:
    if found["quarter"]:
        first = (_number(found["quarter"]) - 1) * 3 + 1
        return tuple(range(first, first + 3))
    if found["half"]:
        return tuple(range(1, 7)) if found["half"] == "上" else tuple(range(7, 13))
    return (_number(found["month"]),) if found["month"] else ()


def _number(typed: str) -> int:
    """7, 07, 七, 二十七 or 三十 as a number."""
    if typed.isascii():
        return int(typed)
    tens, ten, ones = typed.rpartition("十")
    return (_NUMBERS.get(tens, 1) * 10 if ten else 0) + _NUMBERS.get(ones, 0)


def _day(found: re.Match[str]) -> int:
    return _number(found["day"]) if found["day"] else 0


def _near(found: re.Match[str], today: date) -> When:
    months = today.year * 12 + today.month - 1
    if found["what"] == "月":
        months -= bool(found["before"])
        return When((months // 12,), (months % 12 + 1,))
    first = months // 3 * 3 - 3 * bool(found["before"])
    return When((first // 12,), tuple(first % 12 + 1 + one for one in range(3)))
