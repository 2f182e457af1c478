"""Rows of one version as office pages show them, and how they differ from the publication that is being corrected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.disclosures import rules
from villagehub.disclosures.aggregates import is_aggregate
from villagehub.disclosures.face import public_values
from villagehub.disclosures.models import Recusal, Row, Thing, Version, VersionRow
from villagehub.disclosures.public_words import officers_of
from villagehub.disclosures.receipts import ReceiptLine, proof_change, proofs_by_number, read_receipts
from villagehub.disclosures.scope import section_of, title_of, version_with_id
from villagehub.disclosures.wording import NUMERIC, heading_of, shown
from villagehub.kernel.ids import LARGEST_ID
from villagehub.sections.base import Facts, Field, Section, Visible

ROWS_A_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Heading:
    """A column."""

    name: str
    words: str
    numeric: bool
    staff: bool
    """Never shown to the public."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stored value, and what the public will read in its place where that differs."""

    heading: Heading
    text: str
    public: str | None
    """None: the same, or the whole column or list stays inside."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of the draft."""

    number: int
    """The thing's permanent number."""
    source_row: int | None
    """The clerk's own Excel row."""
    headline: str
    cells: tuple[Cell, ...]
    asks: tuple[str, ...]
    """Headings of interest fields that hold the reader's own name: are you the one? (decision 17)."""
    aside: tuple[str, ...]
    """Who stands aside from this row."""
    receipts: tuple[ReceiptLine, ...] = ()
    voucher: str = ""
    """Why it has no picture of a receipt, or where the paper is."""
    lacks: bool = False
    """It has no voucher at all."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs from the publication that this version corrects."""

    number: int
    headline: str
    kind: str
    """``changed``, ``new`` or ``gone``."""
    fields: tuple[tuple[str, str, str], ...]
    """(heading, before, after)."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event in the version's life."""

    seq: int
    at: datetime
    name: str
    on_behalf: bool
    """Done at the command line for this person: 代为操作."""
    words: str


def count_rows(session: Session, version_id: int) -> int:
    """How many rows the version links."""
    return session.scalar(select(func.count()).where(VersionRow.version_id == version_id)) or 0


def list_rows(
    session: Session, version: Version, *, actor: Actor, page: int
) -> tuple[tuple[Heading, ...], tuple[RowLine, ...]]:
    """One page of rows in the order of the clerk's file, with those columns that hold anything."""
    section = section_of(version)
    officers = officers_of(session, version.village_id)
    hidden = is_aggregate(section, version.disclosure.subject)
    aside = _aside(session, version.id)
    receipts = read_receipts(session, version.id)
    found = session.execute(
        select(VersionRow, Row, Thing)
        .join(Row, Row.id == VersionRow.row_id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
        .offset((page - 1) * ROWS_A_PAGE)
        .limit(ROWS_A_PAGE)
    ).all()
    columns = [
        (one, Heading(one.name, heading_of(one), one.kind in NUMERIC, one.visible is not Visible.PUBLIC))
        for one in section.stored_fields
        if any(row.facts.get(one.name) is not None for _, row, _ in found)
    ]
    lines = tuple(
        RowLine(
            number=thing.number,
            source_row=link.source_row,
            headline=_headline(section, row.facts),
            cells=_cells(section, row.facts, columns, officers, hidden=hidden),
            asks=tuple(one.heading for one in section.fields if one.interest and row.facts.get(one.name) == actor.name),
            aside=tuple(aside.get(thing.id, ())),
            receipts=receipts.of(thing.id),
            voucher=receipts.states.get(thing.id, ""),
            lacks=thing.id in receipts.lacking,
        )
        for link, row, thing in found
    )
    return tuple(heading for _, heading in columns), lines


def _headline(section: Section, facts: Facts) -> str:
    return shown(section.field_named(section.headline), facts.get(section.headline)) if section.headline else ""


def _cells(
    section: Section,
    facts: Facts,
    columns: Sequence[tuple[Field, Heading]],
    officers: Collection[str],
    *,
    hidden: bool,
) -> tuple[Cell, ...]:
    values = public_values(section, facts, officers=officers)
    public = {**values.clear, **values.salted}
    cells = []
    for one, heading in columns:
        text, face = shown(one, facts.get(one.name)), shown(one, public.get(one.name))
        cells.append(Cell(heading, text, None if hidden or heading.staff or face == text else face))
    return tuple(cells)


def _aside(session: Session, version_id: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for thing_id, name in session.execute(
        select(Recusal.thing_id, Person.name)
        .join(Person, Person.id == Recusal.person_id)
        .where(Recusal.version_id == version_id)
        .order_by(Recusal.id)
    ):
        found.setdefault(thing_id, []).append(name)
    return found


def list_changes(session: Session, version: Version, former: Version) -> tuple[Change, ...]:
    """Rows of either version that the other does not link, paired by their thing."""
    section = section_of(version)
    before, after = (_only_in(session, one.id, other.id) for one, other in ((former, version), (version, former)))
    proofs = [proofs_by_number(session, one.id) for one in (former, version)]
    proved = {
        number: said
        for number in proofs[0].keys() | proofs[1].keys()
        if (said := proof_change(proofs[0].get(number), proofs[1].get(number)))
    }
    unchanged = _facts_of(session, version.id, proved.keys() - before.keys() - after.keys())
    changes = []
    for number in sorted(before.keys() | after.keys() | unchanged.keys()):
        same = unchanged.get(number)
        old, new = before.get(number, same), after.get(number, same)
        fields = tuple(
            (one.heading, shown(one, (old or {}).get(one.name)), shown(one, (new or {}).get(one.name)))
            for one in section.stored_fields
            if (old or {}).get(one.name) != (new or {}).get(one.name)
        )
        if number in proved and old and new:
            fields = (*fields, ("票据", *proved[number]))
        kind = "changed" if old and new else "new" if new else "gone"
        changes.append(Change(number, _headline(section, new or old or {}), kind, fields))
    return tuple(changes)


def _only_in(session: Session, version_id: int, other_id: int) -> dict[int, Facts]:
    """Facts by permanent number of the rows that the first version links and the second does not."""
    others = select(VersionRow.row_id).where(VersionRow.version_id == other_id)
    found = session.execute(
        select(Thing.number, Row.facts)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version_id, VersionRow.row_id.not_in(others))
    )
    return {number: facts for number, facts in found}  # noqa: C416 - typed, unlike dict()


def _facts_of(session: Session, version_id: int, numbers: Collection[int]) -> dict[int, Facts]:
    """Facts of these rows of a version."""
    found = session.execute(
        select(Thing.number, Row.facts)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version_id, Thing.number.in_(numbers))
    )
    return {number: facts for number, facts in found}  # noqa: C416 - typed, unlike dict()


@dataclass(frozen=True, slots=True)
class RowForm:
    """One row on its way to be corrected."""

    number: int
    source_row: int | None
    facts: Facts
    page: int
    """The page of the version's rows on which it stands."""


def read_row(session: Session, version_id: int, number: int) -> RowForm:
    """One row of a version by its permanent number; raises NoSuchRow."""
    version = version_with_id(session, version_id)
    found = session.execute(
        select(VersionRow, Row.facts)
        .join(Row, Row.id == VersionRow.row_id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version_id, Thing.number == min(number, LARGEST_ID))
    ).first()
    if found is None:
        raise rules.NoSuchRow(title=title_of(version.disclosure), number=number)
    link, facts = found
    return RowForm(number, link.source_row, facts, (link.position - 1) // ROWS_A_PAGE + 1)
