"""Renders the page of a section of events, whole or narrowed to a kind or a year, a bounded part of the history at a time."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import render_template
from sqlalchemy.orm import Session

from villagehub.public import finance_page, narrowing, registers
from villagehub.public.address import Address
from villagehub.public.published import Publication
from villagehub.public.village import Village
from villagehub.sections import section_named

MOST_READ: Final = 12
"""Publications whose rows are read for one page of events, though none of them may have what is asked for: a year of months."""
_MOST_ROWS: Final = 600
"""Rows read for one page of events of one kind; the publication that passes it is still read whole."""


def _behind(village: Village, wanted: Sequence[Publication], after: int) -> list[Publication]:
    """What comes behind the publication with this number, also once it has been corrected; everything where there is none."""
    last = next((one for one in village.publications if one.number == after), None)
    return [one for one in wanted if last is None or (one.period, one.number) < (last.period, last.number)]


def _to_read(wanted: Sequence[Publication], most_rows: int) -> list[Publication]:
    """The first of these, few enough to be read for one page."""
    kept, rows = list[Publication](), 0
    for one in wanted[:MOST_READ]:
        if rows >= most_rows:
            break
        kept.append(one)
        rows += max(1, one.rows or 0)
    return kept


def events_page(
    session: Session,
    village: Village,
    address: Address,
    found: Sequence[Publication],
    query: Mapping[str, str],
    after: int,
) -> str:
    """What happened, newest first: whole publications until the page is full, or enough have been read for one page; ``after``
    is the number of the last publication of the page before, 0 for the first page.
    """
    section = section_named(address.section)
    chosen = narrowing.read_chosen(query, narrowing.YEAR, *narrowing.fields_of(section))
    wanted = narrowing.of_year(found, chosen) if narrowing.known(section, chosen) else []
    behind = _behind(village, wanted, after)
    by_kind = chosen.name not in ("", narrowing.YEAR)
    part = _to_read(behind, _MOST_ROWS if by_kind else finance_page.MORE_ROWS)
    held = village.items_of_all(session, part)
    shown, rows, reached = [], 0, 0
    for one in part:
        if rows >= finance_page.MORE_ROWS:
            break
        reached += 1
        items = narrowing.narrowed(section, held[one.id], chosen)
        if by_kind and not items:
            continue
        lines = [registers.list_line(section, item, today=village.today) for item in items]
        part_of = by_kind and len(lines) != one.rows
        kept = f"{len(lines)} {section.unit}" if part_of else one.counted
        counted = f"{one.counted}里有 {kept}" if part_of else kept
        shown.append(
            (one, lines[: finance_page.PAGE_ROWS], counted, kept if len(lines) > finance_page.PAGE_ROWS else "")
        )
        rows += max(1, len(lines))
    return render_template(
        "public/events.html",
        village=village.facts,
        section=section,
        base=address.path(village.facts.code),
        events=shown,
        everything=bool(found),
        chips=[*narrowing.years_of(found, chosen), *(narrowing.kinds_of(section, chosen) if found else [])],
        chosen=chosen,
        by_kind=by_kind,
        more=chosen.and_after(behind[reached - 1].number) if reached < len(behind) else "",
    )
