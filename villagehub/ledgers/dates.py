"""Days as clerks write them. What can mean two days is asked about; what is no day is a fault (import.md step 4)."""

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from villagehub.kernel.period import Period
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.ledgers.cells import Raw, Read, Trouble, fault, is_nothing, narrow
from villagehub.ledgers.numerals import plain_day

_FIX: Final = "请写成 2026-03-05 这样的日期。"
_EARLIEST: Final = 1900
_LATEST: Final = 2100
ZERO_DROPPED: Final = "day_zero_dropped"
"""The question about a day, or a month, that may end in a 0 which a spreadsheet took away: 3.10 is the number 3.1."""
_TIME: Final = r"(?:[T ]+(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s?(Z|[+-]\d{2}:?\d{2}))?)?"
_FULL: Final = re.compile(rf"(\d{{4}})\s*[-./年]\s*(\d{{1,2}})\s*[-./月]\s*(\d{{1,2}})\s*[日号]?{_TIME}", re.ASCII)
_SOLID: Final = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}})(?:{_TIME}|\s?([01]\d|2[0-3])[0-5]\d[0-5]\d)", re.ASCII)
_MONTH_DAY: Final = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?", re.ASCII)
_SHORT: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})", re.ASCII)
_ZERO_MAY_LACK: Final = re.compile(r"\d{1,2}\.[123]", re.ASCII)
_ZERO_OF_MONTH: Final = re.compile(r"\d{4}\.1", re.ASCII)
_ZERO_SHOWN: Final = re.compile(r"\d{1,2}\.[123]0|\d{4}\.10", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_YEAR_SHORT: Final = re.compile(r"(\d{2})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?(?:份)?", re.ASCII)
_SOLID_MONTH: Final = re.compile(r"(\d{4})(0[1-9]|1[0-2])", re.ASCII)
_YEAR: Final = re.compile(r"(\d{4})\s*年?(?:度)?", re.ASCII)
_LUNAR: Final = re.compile(r"农历|阴历|正月|腊月|冬月|初[一二三四五六七八九十]|廿|闰")
_QUARTER: Final = re.compile(r"季度|[上下]半年|全年|年度$")
_RANGE: Final = re.compile(
    r"\d\s*[月日号]?\s*(?:至|到|~|-{2})\s*\d|[月日号]\s*-\s*\d|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}[日号]?\s*-\s*\d"
)


def _day(year: int, month: int, day: int, *, shown: str, repaired: bool) -> Read:
    if not _EARLIEST <= year <= _LATEST or not 1 <= month <= 12:
        return fault("no_such_day", f"{shown} 没有这一天。", "请改成真实的日期。")
    if not 1 <= day <= monthrange(year, month)[1]:
        last = monthrange(year, month)[1]
        return fault("no_such_day", f"{shown} 没有这一天。", f"{month} 月只有 {last} 天，请改成真实的日期。")
    return Read(date(year, month, day).isoformat(), repaired=repaired)


def _of_number(raw: float, *, epoch_1904: bool, partial: bool) -> Read:
    if not abs(raw) <= 10**14:  # nor infinite, nor not a number
        return fault("no_such_day", f"“{raw:g}”不是日期。", _FIX)
    shown = f"{raw:g}" if raw != int(raw) else str(int(raw))
    whole = int(raw)
    solid = _SOLID.fullmatch(str(whole)) if raw == whole else None
    if solid:
        return _day(int(solid[1]), int(solid[2]), int(solid[3]), shown=shown, repaired=True)
    if partial and raw == whole and _EARLIEST <= whole <= _LATEST:
        return Read(str(whole))
    if partial and raw == whole and _SOLID_MONTH.fullmatch(shown):
        return Read(f"{shown[:4]}-{shown[4:]}", repaired=True)
    origin = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    earliest = 7305 if partial else 32874  # 1920 for things, 1990 for entries: below, it is more likely a plain number
    if earliest <= whole <= 73415:
        return Read((origin + timedelta(days=whole)).isoformat(), repaired=True)
    return fault("no_such_day", f"“{shown}”不是一个合理的日期。", _FIX)


def _with_hints(text: str, shown: str, period: Period | None, year: int | None) -> Read | None:
    hint = period.first.year if period else year
    match = _MONTH_DAY.fullmatch(text)
    if match:
        if hint is None:
            return fault("day_without_year", f"“{shown}”没写年份。", "请写上年份，例如 2026年3月5日。")
        return _day(hint, int(match[1]), int(match[2]), shown=f"{hint}年{shown}", repaired=True)
    match = _YEAR_SHORT.fullmatch(text)
    if match:
        if hint is not None and int(match[1]) == hint % 100 and int(match[3]) != hint % 100:
            return _day(hint, int(match[2]), int(match[3]), shown=shown, repaired=True)
        return fault("day_unclear", f"“{shown}”看不出哪个是年、哪个是日。", "年份请写四位，例如 2026-03-05。")
    match = _SHORT.fullmatch(text)
    if match:
        in_period = period is not None and period.first.month <= int(match[1]) <= period.last.month
        if period is not None and in_period:
            return _day(period.first.year, int(match[1]), int(match[2]), shown=shown, repaired=True)
        return fault("day_without_year", f"“{shown}”没写年份。", "请写上年份，例如 2026年3月5日。")
    return None


def _ask_about_zero(read: Read, shown: str, taken: str, other: str, written: str) -> Read:
    words = f"“{shown}”按 {taken} 记。表格软件会去掉末尾的 0，也可能是 {other}。是 {taken} 吗？"
    return replace(read, doubt=Trouble(ZERO_DROPPED, words, f"是就确认；是 {other} 就写成 {written}。"))


def _with_zero(read: Read, shown: str, period: Period) -> Read:
    """Asks about a day of one digit where that digit and a 0 are a day of the month and of the period too."""
    taken = date.fromisoformat(read.value)
    if taken.day * 10 > monthrange(taken.year, taken.month)[1]:
        return read
    other = taken.replace(day=taken.day * 10)
    if not period.holds(other):
        return read
    said, instead = (f"{day.month}月{day.day}日" for day in (taken, other))
    return _ask_about_zero(read, shown, said, instead, other.isoformat())


def shows_zero(raw: Raw) -> bool:
    """Whether a cell shows a day, or a month, that ends in 0 (3.10): then nothing took such zeros away in its column."""
    return isinstance(raw, str) and _ZERO_SHOWN.fullmatch(narrow(raw)) is not None


def _in_china(read: Read, match: re.Match[str], shown: str) -> Read:
    """A time with a zone of its own: the same day in China, or a fault, since the account's day is the day in China."""
    zone = match[6].replace(":", "")
    offset = timedelta() if zone == "Z" else timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    if abs(offset) >= timedelta(hours=15) or int(match[4]) > 23 or int(match[5]) > 59:
        return fault("not_a_day", f"“{shown}”不是日期。", _FIX)
    said = datetime.fromisoformat(f"{read.value}T{int(match[4]):02d}:{match[5]}:00+00:00")
    here = (said - offset + timedelta(hours=8)).date()
    if here.isoformat() == read.value:
        return read
    return fault(
        "day_of_other_zone", f"“{shown}”写的是外地时区的时间，北京时间是 {here.isoformat()}。", "请写北京时间的日期。"
    )


def _partly(text: str) -> str | None:
    """``2026年3月`` → ``2026-03``, ``2026`` → ``2026``; None for other texts."""
    match = _MONTH.fullmatch(text) or _SOLID_MONTH.fullmatch(text)
    if match and 1 <= int(match[2]) <= 12 and _EARLIEST <= int(match[1]) <= _LATEST:
        return f"{match[1]}-{int(match[2]):02d}"
    match = _YEAR.fullmatch(text)
    return match[1] if match and _EARLIEST <= int(match[1]) <= _LATEST else None


def _of_text(raw: str, *, period: Period | None, year: int | None, partial: bool) -> Read:
    shown = mask_for_problem(raw)
    text = plain_day(" ".join(narrow(raw).split()))
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text).replace("。", ".").rstrip(".")
    match = _FULL.fullmatch(text) or _SOLID.fullmatch(text)
    if match:
        plain = re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw, re.ASCII) is not None
        read = _day(int(match[1]), int(match[2]), int(match[3]), shown=shown, repaired=not plain)
        return read if read.fault or not match[6] else _in_china(read, match, shown)
    if partial and (known := _partly(text)):
        read, year_told = Read(known, repaired=known != raw), known[:4]
        if _ZERO_OF_MONTH.fullmatch(narrow(raw)) is None:
            return read
        return _ask_about_zero(read, shown, f"{year_told}年1月", f"{year_told}年10月", f"{year_told}-10")
    if _LUNAR.search(text):
        return fault("lunar_day", f"“{shown}”是农历。", "请换成公历日期，例如 2026-03-05。")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text, re.ASCII):
        return _of_number(float(text), epoch_1904=False, partial=partial)
    match = _YEAR_LAST.fullmatch(text)
    if match:
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second or second > 12 >= first:
            month, day = (second, first) if first > 12 else (first, second)
            return _day(int(match[3]), month, day, shown=shown, repaired=True)
        return fault("day_unclear", f"“{shown}”可能是 {first} 月 {second} 日，也可能是 {second} 月 {first} 日。", _FIX)
    hinted = _with_hints(text, shown, period, year)
    if hinted is not None:
        if period is None or hinted.fault is not None or _ZERO_MAY_LACK.fullmatch(narrow(raw)) is None:
            return hinted
        return _with_zero(hinted, shown, period)
    if _RANGE.search(text):
        return fault("day_range", f"“{shown}”是一段时间，不是一天。", "请写钱真正收付的那一天；几天的账分成几行。")
    if _QUARTER.search(text) or _MONTH.fullmatch(text) or re.fullmatch(r"\d{1,2}月份?", text) or _YEAR.fullmatch(text):
        return fault("day_incomplete", f"“{shown}”没写到哪一天。", "请写全年、月、日，例如 2026-03-05。")
    return fault("not_a_day", f"“{shown}”不是日期。", _FIX)


def read_day(
    raw: Raw,
    *,
    period: Period | None = None,
    year: int | None = None,
    epoch_1904: bool = False,
    partial: bool = False,
) -> Read:
    """A day as ``YYYY-MM-DD``; ``partial`` also takes ``YYYY-MM`` and ``YYYY``. A missing year comes from the period or title.

    Excel serials are read in the file's own epoch. 03/05/2026 and the like are refused: nobody can tell. 3.1 is asked about
    (``ZERO_DROPPED``); the number 3.1 is no day.
    """
    if is_nothing(raw):
        return Read()
    if isinstance(raw, datetime | date):
        day = raw.date() if isinstance(raw, datetime) else raw
        earliest = 1920 if partial else 1990
        if not earliest <= day.year <= _LATEST:
            return fault("no_such_day", f"{day.isoformat()} 不是一个合理的日期。", _FIX)
        return Read(day.isoformat())
    if isinstance(raw, bool | time | timedelta):
        return fault("not_a_day", f"“{raw}”不是日期。", _FIX)
    if isinstance(raw, int | float):
        return _of_number(float(raw), epoch_1904=epoch_1904, partial=partial)
    return _of_text(str(raw), period=period, year=year, partial=partial)


def join_day(year: Raw, month: Raw, day: Raw, *, hint: int | None) -> Read:
    """Three columns 年, 月, 日 as one day; a missing year comes from ``hint``."""
    if is_nothing(month) and is_nothing(day):
        return Read()
    parts: list[int] = []
    for raw, name in ((year, "年"), (month, "月"), (day, "日")):
        if name == "年" and is_nothing(raw):
            if hint is None:
                return fault("day_without_year", "没写年份。", "请在表头或“年”一栏写上年份。")
            parts.append(hint)
            continue
        text = narrow(str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)).rstrip("年月日号 ")
        if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
            return fault("not_a_day", f"“{mask_for_problem(raw)}”不是{name}。", "年、月、日三栏只写数字。")
        parts.append(int(text))
    if parts[0] < 100 and hint is not None and parts[0] == hint % 100:
        parts[0] = hint
    return _day(*parts, shown=f"{parts[0]}年{parts[1]}月{parts[2]}日", repaired=False)
