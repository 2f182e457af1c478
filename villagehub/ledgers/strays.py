"""Days outside the period: told row by row while they are few; where they are most of a sheet, as the wrong period of the
whole sheet, once. Pure.
"""

from datetime import date
from typing import Final

from villagehub.kernel.period import Period, day_words
from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import Trouble
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.task import Task
from villagehub.ledgers.walked import Walked
from villagehub.sections.base import Facts, Kind, Section

STRAY: Final = "day_outside_period"
FEWEST: Final = 3
"""Fewer rows than this are told one by one: each may be a slip of its own."""
_LATE: Final = "以前漏记的，请加一列“补记月份”，写上是哪个月的。"

_MENDED: Final = "期选错了，请重新上传，选对是哪一期；表拿错了，换对的表；日期写错了，在表里改好再传。"


class Strays:
    """The entries of one block of a sheet whose days lie outside the period."""

    def __init__(self, task: Task) -> None:
        name = task.section.promoted.get("occurred_on", "")
        dated = bool(name) and task.section.field_named(name).kind is Kind.DATE
        self._period, self._severity = task.period if dated else None, _severity_of(task.section)
        self.days: list[date] = []

    def about(self, day: date, facts: Facts) -> tuple[Severity, Trouble] | None:
        """What is to be said of an entry of this day; None where nothing is."""
        period, severity = self._period, self._severity
        if period is None or severity is None or period.holds(day):
            return None
        if severity is Severity.MUST_FIX and facts.get("late_for") and day < period.first:
            return None
        self.days.append(day)
        return severity, _outside(day, period) if severity is Severity.MUST_FIX else _doubtful(day, period)


def _severity_of(section: Section) -> Severity | None:
    """An entry of money must lie in its period; a list of persons may be paid out in another one, and is asked about."""
    if section.promoted.get("direction"):
        return Severity.MUST_FIX
    return Severity.CONFIRM if section.persons else None


def _outside(day: date, period: Period) -> Trouble:
    """The fault of one entry: what to do before the period and after it."""
    last = "" if period.first == period.last else f" 到 {period.last.month}月{period.last.day}日"
    return Trouble(
        STRAY,
        f"{day.year}年{day.month}月{day.day}日 不在 {period.first.month}月{period.first.day}日{last} 里。",
        f"写错了就改；{_LATE}" if day < period.first else "下一期的账请放到下一期的表里。",
    )


def _doubtful(day: date, period: Period) -> Trouble:
    return Trouble(STRAY, f"{day.isoformat()} 不在{period.label}里。对吗？", "对就确认；写错了就改。")


def tell_wrong_period(task: Task, walked: Walked, findings: Findings) -> None:
    """Where most days of the sheet lie outside the period, names the period found and the one wanted, in the place of a
    problem for every row.
    """
    wanted, severity, days = task.period, _severity_of(task.section), sorted(walked.strays)
    if wanted is None or severity is None or len(days) < FEWEST:
        return
    name = task.section.promoted["occurred_on"]
    total = sum(1 for entry in walked.entries if entry.facts.get(name))
    if severity is Severity.MUST_FIX:  # such a row became no entry
        total += len(days)
    if 2 * len(days) <= total:
        return
    found = {Period.of(wanted.cadence, day) for day in days}
    called = found.pop().label if len(found) == 1 else f"{day_words(days[0])} 到 {day_words(days[-1], beside=days[0])}"
    what = f"{len(days)} 行都是{called}的" if len(days) >= total else f"{total} 行有 {len(days)} 行是{called}的"
    begins = "里" if findings.name_sheets and walked.sheet.name else "表里"
    asks = severity is Severity.CONFIRM
    late = _LATE if not asks and days[0] < wanted.first and len(days) < total else ""
    fix = f"{'对就确认；' if asks else ''}{_MENDED}{late}"
    findings.take_back(severity, STRAY, walked.sheet.name, len(days), fix)
    findings.add(
        Gravity.HEADING,
        severity,
        "wrong_period",
        f"{begins} {what}，您选的是{wanted.label}（{wanted.span}）。{'对吗？' if asks else ''}",
        fix,
        sheet=walked.sheet.name,
    )
