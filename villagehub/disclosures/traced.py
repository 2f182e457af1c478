"""What an upload did row by row, in lists that can be paged: new, changed, unchanged, missing from the file (import.md 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Row, Thing
from villagehub.disclosures.tracing import trace_of
from villagehub.disclosures.undo_rules import Link
from villagehub.disclosures.wording import heading_of, shown
from villagehub.sections.base import Facts, Section

ROWS_A_PAGE: Final = 50


class Which(StrEnum):
    """The lists."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "missing"


LIST_WORDS: Final = {
    Which.NEW: "新的",
    Which.CHANGED: "有改动的",
    Which.UNCHANGED: "没变的",
    Which.MISSING: "这次表里没有的",
}


@dataclass(frozen=True, slots=True)
class TracedRow:
    """One row of a list."""

    number: int
    """The thing's permanent number."""
    source_row: int | None
    """The clerk's Excel row; of a missing row, in the file it came from."""
    headline: str
    cells: tuple[tuple[str, str, str], ...]
    """(heading, before, after): of a changed row the fields that changed, else all that hold anything."""
    stays: bool = False
    """Missing from the file, and kept."""


@dataclass(frozen=True, slots=True)
class TracedList:
    """One page of one list."""

    which: Which
    rows: tuple[TracedRow, ...]
    total: int
    page: int
    pages: int


def counted(changes: Mapping[str, Any]) -> tuple[tuple[Which, str, int], ...]:
    """The four lists of rows in words, with their counts."""
    return tuple((which, LIST_WORDS[which], int(changes.get(which.value, 0))) for which in Which)


def first_filled(changes: Mapping[str, Any]) -> Which:
    """The list that a reader wants first: what changed, then what is missing, then the new rows."""
    wanted = (Which.CHANGED, Which.MISSING, Which.NEW)
    return next((one for one in wanted if changes.get(one.value)), Which.UNCHANGED)


Pair = tuple[Link | None, Link | None]


def sort_links(before: Sequence[Link], after: Sequence[Link]) -> dict[Which, list[Pair]]:
    """Each row in one of the lists, as (before, after); those of the file in its order. Pure."""
    was, put = ({one.thing_id: one for one in links} for links in (before, after))
    lists: dict[Which, list[Pair]] = {which: [] for which in Which}
    for link in after:
        if not link.listed:
            continue
        former = was.get(link.thing_id)
        which = Which.NEW if former is None else Which.UNCHANGED if former.row_id == link.row_id else Which.CHANGED
        lists[which].append((former, link))
    for former in before:
        kept = put.get(former.thing_id)
        if kept is None or not kept.listed:
            lists[Which.MISSING].append((former, kept))
    return lists


def list_traced(session: Session, section: Section, upload_id: int, which: Which, *, page: int = 1) -> TracedList:
    """One page of one list of an upload; empty where its trace is gone."""
    pairs = sort_links(*trace_of(session, upload_id))[which]
    pages = max(1, -(-len(pairs) // ROWS_A_PAGE))
    page = min(max(1, page), pages)
    chosen = pairs[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    held = _facts(session, [one.row_id for pair in chosen for one in pair if one is not None])
    rows = tuple(_row(section, which, pair, held) for pair in chosen)
    return TracedList(which, rows, len(pairs), page, pages)


def _facts(session: Session, row_ids: Sequence[int]) -> dict[int, tuple[int, Facts]]:
    found = session.execute(
        select(Row.id, Thing.number, Row.facts).join(Thing, Thing.id == Row.thing_id).where(Row.id.in_(row_ids))
    )
    return {row_id: (number, facts) for row_id, number, facts in found}


def _row(section: Section, which: Which, pair: Pair, held: dict[int, tuple[int, Facts]]) -> TracedRow:
    former, link = pair
    number, old = held[former.row_id] if former is not None else (0, {})
    new = old
    if link is not None:
        number, new = held[link.row_id]
    cells = [
        (heading_of(one), shown(one, old.get(one.name)), shown(one, new.get(one.name))) for one in section.stored_fields
    ]
    cells = [one for one in cells if (one[1] != one[2] if which is Which.CHANGED else one[1] or one[2])]
    headline = shown(section.field_named(section.headline), new.get(section.headline)) if section.headline else ""
    source = link if link is not None and which is not Which.MISSING else former
    return TracedRow(number, source.source_row if source else None, headline, tuple(cells), link is not None)
