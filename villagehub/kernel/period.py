"""Periods of account: a month, a quarter, a year or one day, written ``2026-03``, ``2026Q1``, ``2026``, ``2026-03-05``."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import total_ordering

from villagehub.kernel.refused import Refused

_QUARTERS = "一二三四"
_TYPED = re.compile(
    r"(?:(?P<y>\d{4})年?(?:度)?)?(?:第?(?P<q>[1-4一二三四])季度?|(?P<m>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?)?",
    re.ASCII,
)
_NUMBERS = {word: place for place, word in enumerate("一二三四五六七八九", start=1)} | {
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_WORDS = re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{2})(?:-(?P<d>\d{2}))?|Q(?P<q>[1-4]))?", re.ASCII)


class Cadence(StrEnum):
    """How long one period lasts."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class BadPeriod(Refused):
    """The text names no period."""

    code = "bad_period"
    message = "“{text}”不是一个期间。"
    fix = "请写成 2026年三季度、2026年9月、2026年，或者 2026Q3、2026-09、2026。"
    status = 422


class NoYear(BadPeriod):
    """A quarter or month without its year; which one is meant is not guessed."""

    code = "no_year"
    message = "“{text}”没有写是哪一年。"
    fix = "请连年份一起写，例如 {example}。"
    status = 422


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days. ``str(period)`` is its stable name in addresses, leaves and the database."""

    first: date
    last: date
    cadence: Cadence

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Reads a stable name; raises BadPeriod."""
        match = _WORDS.fullmatch(text.strip())
        if match is None:
            raise BadPeriod(text=text[:20])
        try:
            year = int(match["y"])
            if match["d"]:
                day = date(year, int(match["m"]), int(match["d"]))
                return cls(day, day, Cadence.DAY)
            if match["m"]:
                return cls.of(Cadence.MONTH, date(year, int(match["m"]), 1))
            if match["q"]:
                return cls.of(Cadence.QUARTER, date(year, int(match["q"]) * 3 - 2, 1))
            return cls.of(Cadence.YEAR, date(year, 1, 1))
        except ValueError as fault:
            raise BadPeriod(text=text[:20]) from fault

    @classmethod
    def read(cls, text: str, *, today: date) -> "Period":
        """Reads what people type: the stable name, or ``2026年三季度``, ``2026年9月``. Raises BadPeriod, NoYear."""
        flat = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
        if _WORDS.fullmatch(flat):
            return cls.parse(flat)
        match = _TYPED.fullmatch(flat)
        if match is None or not any(match.groups()):
            raise BadPeriod(text=text[:20])
        part = match["q"] or match["m"]
        number = _NUMBERS.get(part) or int(part) if part else 0
        if match["y"] is None:
            raise NoYear(text=text[:20], example=f"{today.year}年{flat}")
        name = f"Q{number}" if match["q"] else f"-{number:02d}" if match["m"] else ""
        return cls.parse(f"{match['y']}{name}")

    @classmethod
    def of(cls, cadence: Cadence, day: date) -> "Period":
        """The period of this cadence that holds ``day``."""
        if cadence is Cadence.DAY:
            return cls(day, day, cadence)
        months = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}[cadence]
        start_month = (day.month - 1) // months * months + 1
        first = date(day.year, start_month, 1)
        over, month = divmod(start_month - 1 + months, 12)
        return cls(first, date(day.year + over, month + 1, 1) - timedelta(days=1), cadence)

    def __str__(self) -> str:
        match self.cadence:
            case Cadence.DAY:
                return self.first.isoformat()
            case Cadence.MONTH:
                return f"{self.first:%Y-%m}"
            case Cadence.QUARTER:
                return f"{self.first.year}Q{self.number}"
            case Cadence.YEAR:
                return str(self.first.year)

    def __lt__(self, other: "Period") -> bool:
        return (self.first, self.last) < (other.first, other.last)

    @property
    def number(self) -> int:
        """The period's number within its year: month 1-12, quarter 1-4, year 1; a day's number in its month."""
        match self.cadence:
            case Cadence.DAY:
                return self.first.day
            case Cadence.MONTH:
                return self.first.month
            case Cadence.QUARTER:
                return (self.first.month + 2) // 3
            case Cadence.YEAR:
                return 1

    @property
    def label(self) -> str:
        """As a headline says it: ``2026年第三季度``."""
        year = f"{self.first.year}年"
        match self.cadence:
            case Cadence.DAY:
                return f"{year}{self.first.month}月{self.first.day}日"
            case Cadence.MONTH:
                return f"{year}{self.first.month}月"
            case Cadence.QUARTER:
                return f"{year}第{_QUARTERS[self.number - 1]}季度"
            case Cadence.YEAR:
                return year

    @property
    def short_label(self) -> str:
        """Without the year, for tight places: ``三季度``, ``9月``, ``2026年``."""
        if self.cadence is Cadence.QUARTER:
            return f"{_QUARTERS[self.number - 1]}季度"
        if self.cadence is Cadence.YEAR:
            return self.label
        return self.label.split("年", 1)[1]

    @property
    def noun(self) -> str:
        """What such a period is called in a sentence: 本季, 本月, 本年."""
        return {Cadence.DAY: "当天", Cadence.MONTH: "本月", Cadence.QUARTER: "本季", Cadence.YEAR: "本年"}[self.cadence]

    @property
    def span(self) -> str:
        """First and last day, as ux.md writes periods: ``7月1日 至 9月30日``."""
        first = f"{self.first.month}月{self.first.day}日"
        return first if self.first == self.last else f"{first} 至 {self.last.month}月{self.last.day}日"

    def previous(self) -> "Period":
        """The period of the same cadence just before."""
        return Period.of(self.cadence, self.first - timedelta(days=1))

    def following(self) -> "Period":
        """The period of the same cadence just after."""
        return Period.of(self.cadence, self.last + timedelta(days=1))

    def holds(self, day: date) -> bool:
        """Whether ``day`` lies within."""
        return self.first <= day <= self.last

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last


def day_words(day: date, *, beside: date | None = None) -> str:
    """``2026年9月18日``; the year is left out when ``beside`` is of the same year."""
    short = f"{day.month}月{day.day}日"
    return short if beside is not None and beside.year == day.year else f"{day.year}年{short}"
