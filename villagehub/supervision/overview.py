"""Whose table is shown: the townships of a person, one of them chosen, and the sums of a county. Frozen lines come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from villagehub.kernel.period import Cadence, Period
from villagehub.kernel.refused import BadRequest, NotFound
from villagehub.places.queries import VillageFacts
from villagehub.sections import judged_sections
from villagehub.supervision.standing import Judged, Standing, worst
from villagehub.supervision.table import Row, read_rows

SHOWN = (Standing.MISSING, Standing.LATE, Standing.EXTENDED, Standing.NOT_YET)


@dataclass(frozen=True, slots=True)
class Township:
    """A township with those of its villages that the person oversees."""

    code: str
    name: str
    villages: tuple[VillageFacts, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The four counts on top of the table."""

    villages: int
    clean: int
    missing: int
    missing_in: int
    late: int
    late_in: int
    waiting: int
    waiting_long: int


@dataclass(frozen=True, slots=True)
class TownshipCell:
    """One section of a township: the worst of its villages, and how many accounts stand how."""

    section: str
    judged: Judged
    words: str


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """One township in the county's table."""

    township: Township
    counts: Counts
    audits: int
    """Questions that are still open."""
    cells: tuple[TownshipCell, ...]


def townships_of(villages: Sequence[VillageFacts]) -> list[Township]:
    """The villages by township, in the order of their codes."""
    found: dict[str, list[VillageFacts]] = {}
    for one in villages:
        found.setdefault(one.township_code, []).append(one)
    return [Township(code, held[0].township_name, tuple(held)) for code, held in sorted(found.items())]


def chosen_township(townships: Sequence[Township], code: str) -> Township | None:
    """The township with this code, the first where none is named, None where there is none at all. Raises NotFound for one
    that is not among them.
    """
    if not code:
        return townships[0] if townships else None
    for one in townships:
        if one.code == code:
            return one
    raise NotFound()


def read_quarter(text: str, *, today: date) -> Period:
    """The quarter that an address names, else the last whole one. Raises BadPeriod, BadRequest."""
    if not text:
        return Period.of(Cadence.QUARTER, today).previous()
    period = Period.parse(text)
    if period.cadence is not Cadence.QUARTER:
        raise BadRequest(what="这张表按季度看。", how="请点页面上的季度，或把网址里的期间写成 2026Q3。")
    return period


def counts_of(rows: Sequence[Row]) -> Counts:
    """What stands on top of the table."""
    return Counts(
        villages=len(rows),
        clean=sum(one.clean for one in rows),
        missing=sum(one.count(Standing.MISSING) for one in rows),
        missing_in=sum(one.count(Standing.MISSING) > 0 for one in rows),
        late=sum(one.count(Standing.LATE) for one in rows),
        late_in=sum(one.count(Standing.LATE) > 0 for one in rows),
        waiting=sum(one.waiting for one in rows),
        waiting_long=sum(one.waiting_long for one in rows),
    )


def read_county(
    session: Session,
    townships: Sequence[Township],
    quarter: Period,
    *,
    today: date,
    now: datetime,
    audits: dict[int, int],
    review_days: int,
) -> list[TownshipRow]:
    """Each township's line, the worst first; the words after the quarter as in ``read_rows``."""
    everything = [village for one in townships for village in one.villages]
    found = read_rows(session, everything, quarter, today=today, now=now, audits=audits, review_days=review_days)
    rows = {row.village.id: row for row in found}
    lines = [_township_row(one, [rows[village.id] for village in one.villages]) for one in townships]
    return sorted(lines, key=lambda one: (-one.counts.missing, -one.counts.late, one.township.code))


def sorted_townships(lines: Sequence[TownshipRow], by: str) -> list[TownshipRow]:
    """By ``v`` (code), ``a`` (open questions) or a section's name; else as they come, the worst first."""
    if by == "v":
        return sorted(lines, key=lambda one: one.township.code)
    if by == "a":
        return sorted(lines, key=lambda one: (-one.audits, one.township.code))
    judged = [one.name for one in judged_sections()]
    if by in judged:
        place = judged.index(by)
        return sorted(lines, key=lambda one: (one.cells[place].judged.rank, one.township.code))
    return list(lines)


def _township_row(township: Township, rows: Sequence[Row]) -> TownshipRow:
    cells = []
    for column in zip(*(row.cells for row in rows), strict=True):
        counted: dict[Standing, int] = {}
        for cell in column:
            standing = cell.judged.standing
            counted[standing] = counted.get(standing, 0) + 1
        names = {
            Standing.MISSING: "没公开",
            Standing.LATE: "晚了",
            Standing.EXTENDED: "已批准延期",
            Standing.NOT_YET: "还没到期",
        }
        said = [f"{names[one]} {counted[one]}" for one in SHOWN if one in counted]
        rest = sum(number for one, number in counted.items() if one not in SHOWN and one is not Standing.UNREPORTED)
        said += [f"按时 {rest}"] if rest else []
        judged = worst(cell.judged for cell in column)
        cells.append(TownshipCell(column[0].section, judged, " · ".join(said) or "没上报"))
    return TownshipRow(township, counts_of(rows), sum(one.audits for one in rows), tuple(cells))
