"""The calendar of working days: read from a list as the State Council publishes one, kept, and used for deadlines."""

import csv
import io
import re
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.holidays.models import CalendarDay
from villagehub.kernel.problem import Problem, Severity
from villagehub.kernel.working_days import OFF, WORK, Calendar

_KINDS = {"休": OFF, "放假": OFF, "off": OFF, "班": WORK, "上班": WORK, "补班": WORK, "work": WORK}


def read_days(raw: bytes) -> tuple[list[tuple[date, str, str]], list[Problem]]:
    """Day, kind and name of each line (日期,休或班,名称; a heading may stand above), and what is wrong with the others."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    days: list[tuple[date, str, str]] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = list(reader) if "\0" not in text else None
    except csv.Error:
        lines = None
    if lines is None:
        at = max(1, reader.line_num)
        return [], [_problem("calendar_file", at, "", "这不是 CSV，读不下去。", "请在 Excel 里另存为 CSV，再导一次。")]
    for number, line in enumerate(lines, start=1):
        cells = [*(cell.strip() for cell in line), "", "", ""]
        if not any(cells) or (number == 1 and not re.search(r"\d", cells[0])):
            continue
        try:
            day = date(*(int(part) for part in re.findall(r"\d+", cells[0], re.ASCII)))
        except (TypeError, ValueError, OverflowError):
            problems.append(_problem("calendar_day", number, cells[0], "日期看不懂。", "写成 2027-01-01 这样。"))
            continue
        kind = _KINDS.get(cells[1].lower())
        if kind is None:
            problems.append(_problem("calendar_kind", number, cells[1], "要写“休”或“班”。", "放假写休，周末上班写班。"))
            continue
        days.append((day, kind, cells[2][:20]))
    return days, problems


def _problem(code: str, row: int, value: str, message: str, fix: str) -> Problem:
    return Problem(severity=Severity.MUST_FIX, code=code, message=message, fix=fix, row=row, value=value[:20])


def keep_days(session: Session, days: list[tuple[date, str, str]]) -> int:
    """Keeps the days, the later word counts; returns how many are new or other than before."""
    changed = 0
    for day, kind, name in days:
        held = session.get(CalendarDay, day)
        if held is None:
            session.add(CalendarDay(day=day, kind=kind, name=name))
        elif (held.kind, held.name) == (kind, name):
            continue
        else:
            held.kind, held.name = kind, name
        changed += 1
        session.flush()
    return changed


def read_calendar(session: Session) -> Calendar:
    """All that was taken over."""
    found = session.scalars(select(CalendarDay)).all()
    return Calendar({one.day: one.kind for one in found}, {one.day: one.name for one in found})
