"""The further sections of the first village: what it owns by nature, has let, decided, built, owes and was given. Pure.

One sheet each, laid out as the section's template has it, a few rows; the names are the village's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from villagehub.ledgers.templates import ledger_columns, ledger_heading
from villagehub.ops.demo import others_built
from villagehub.ops.demo import others_in_figures as figures
from villagehub.ops.demo import others_in_words as in_words
from villagehub.ops.demo.calendar import last_quarters, office_days, open_day
from villagehub.ops.demo.collective import committee_books
from villagehub.ops.demo.others_in_words import Row
from villagehub.ops.demo.paper import Cell, Paper, as_xlsx, title_merges
from villagehub.ops.demo.villages import DemoVillage, group_name
from villagehub.sections import section_named

OPEN_FOR: Final = 8
"""Days since the 公示 that is still open was put up."""


@dataclass(frozen=True, slots=True)
class Other:
    """One account of a further section: its period as ``Period.parse`` reads it, its rows by field, its clerk's sheet's title."""

    section: str
    period: str
    rows: tuple[Row, ...]


def others_of(village: DemoVillage, today: date) -> Iterator[Other]:
    """All further accounts of the village, most of them of the last whole year and quarter."""
    quarter = last_quarters(today)[-1]
    quarters, year = last_quarters(today), str(today.year - 1)
    books, built = committee_books(village, quarters), tuple(others_built.projects_of(village, quarters))
    yield Other("resources", year, tuple(figures.resources_of(village)))
    yield Other("contracts", str(quarter), tuple(figures.contracts_of(village, quarter, built, today)))
    yield Other("debts", str(quarter), tuple(figures.debts_of(village, quarter)))
    yield Other("projects", str(quarter), built)
    yield Other("powers", year, tuple(in_words.powers_of(village)))
    yield Other("guides", year, tuple(in_words.guides_of(village)))
    for voted, votes in others_built.decisions_of(village, quarters, built):
        yield Other("decisions", str(voted), votes)
    yield Other("compensation", f"{quarter.last:%Y-%m}", tuple(_compensation(village, quarter.last)))
    yield Other("levies", year, tuple(figures.levies_of()))
    yield Other("donations", str(quarter), tuple(figures.donations_of(books[-1])))
    yield Other("statements", year, tuple(figures.statement_of(village, books)))
    yield Other("notices", f"{quarter.last:%Y-%m}", tuple(in_words.notices_of(village, quarter.last)))
    calendar = office_days(today)
    ended = open_day(in_words.lamps_posted_on(quarter.last), calendar)
    still = open_day(today - timedelta(days=OPEN_FOR), calendar)
    yield Other("announcements", str(ended), (in_words.ended_of(village, ended),))
    yield Other("announcements", str(still), tuple(in_words.open_of(village, still, today)))


def other_sheet(other: Other, title: str, clerk: str) -> bytes:
    """The clerk's sheet: title, headings of the template, rows, who made it."""
    section = section_named(other.section)
    columns = [one for one in ledger_columns(section) if any(row.get(one[0]) is not None for row in other.rows)]
    body = [tuple(row.get(name) for name, _ in columns) for row in other.rows]
    rows: list[tuple[Cell, ...]] = [
        (title,),
        tuple(ledger_heading(name, one) for name, one in columns),
        *body,
        (f"制表人：{clerk}",),
    ]
    widths = dict.fromkeys(range(1, len(columns) + 1), 18)
    return as_xlsx([Paper(section.title, tuple(rows), (2, 2), tuple(title_merges(1, len(columns))), 1, widths)])


def _compensation(village: DemoVillage, last: date) -> Iterator[Row]:
    areas = ("1.2", "0.35", "0.8", "2.1", "0.6", "1.05")
    for place, (area, one) in enumerate(zip(areas, village.households, strict=False), start=1):
        yield {
            "project": "通村公路扩宽",
            "batch": "第一批",
            "group_name": group_name(one.group),
            "recipient": one.head,
            "parcel": f"河边田{place}号",
            "basis": Decimal(area),
            "rate": 38000,
            "amount": int(Decimal(area) * 38000),
            "paid_on": str(last - timedelta(days=12)),
            "pay_method": "打卡",
            "state": "已付",
        }
