"""How far a redaction reaches: the same words of the same thing in all its versions, and in other texts of these rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Disclosure, Row, Thing, Version, VersionRow
from villagehub.disclosures.scope import section_of, title_of
from villagehub.disclosures.stages import OPEN_STAGES, Stage
from villagehub.kernel.canonical import canonical
from villagehub.kernel.same_words import holds
from villagehub.redactions.pictures import Picture
from villagehub.redactions.rules import redactable
from villagehub.redactions.said import Said
from villagehub.sections import section_named
from villagehub.sections.base import Field

Chosen = Mapping[int, Iterable[str]]
"""Names of fields by the row's id."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One text that goes."""

    row_id: int
    number: int
    """The thing's permanent number."""
    field: str
    heading: str
    text: str
    asked: bool


@dataclass(frozen=True, slots=True)
class ChoosableRow:
    """A row of a publication, with the texts of it that can go."""

    row_id: int
    number: int
    headline: str
    fields: tuple[tuple[Field, str], ...]


def list_rows(session: Session, version: Version, *, only: Sequence[int] = ()) -> list[ChoosableRow]:
    """The publication's rows in the clerk's order; with ``only`` those of these permanent numbers."""
    section = section_of(version)
    wanted = (
        select(Row, Thing)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
    )
    if only:
        wanted = wanted.where(Thing.number.in_(only))
    return [
        ChoosableRow(
            row.id,
            thing.number,
            str(row.facts.get(section.headline) or ""),
            tuple((one, str(row.facts[one.name])) for one in redactable(section, row.facts, thing.natural_key)),
        )
        for row, thing in session.execute(wanted)
    ]


def spread(session: Session, chosen: Chosen) -> list[Cell]:
    """The cells that go: the chosen ones, the same text of the same thing in whatever version, and every other text of these
    rows that holds the same words.
    """
    asked: dict[tuple[int, str], str] = {}
    found: dict[tuple[int, str], Cell] = {}
    first = _rows(session, Row.id.in_(list(chosen)))
    for row, _ in first:
        asked |= {(row.id, name): str(row.facts.get(name) or "") for name in chosen[row.id]}
    words = {(row.thing_id, name): asked[row.id, name] for row, _ in first for name in chosen[row.id]}
    for row, thing in _rows(session, Row.thing_id.in_([row.thing_id for row, _ in first])):
        fields = {one.name: one for one in redactable(section_named(row.section), row.facts, thing.natural_key)}
        mine = [text for (thing_id, _), text in words.items() if thing_id == row.thing_id and text]
        for name, field in fields.items():
            text = str(row.facts[name])
            same = words.get((row.thing_id, name)) == text
            if same or (row.id, name) in asked or any(holds(text, one) for one in mine):
                cell = Cell(row.id, thing.number, name, field.heading, text, (row.id, name) in asked)
                found[row.id, name] = cell
    return [found[key] for key in sorted(found)]


def _rows(session: Session, condition: Any) -> Sequence[tuple[Row, Thing]]:
    wanted = select(Row, Thing).join(Thing, Thing.id == Row.thing_id).where(condition).order_by(Row.id)
    return [(row, thing) for row, thing in session.execute(wanted)]


def elsewhere(session: Session, version: Version, cells: Sequence[Cell]) -> list[int]:
    """Permanent numbers of the publication's other rows that hold the same words: nothing happens to them."""
    gone, words = {one.row_id for one in cells}, {one.text for one in cells if one.asked}
    return [
        one.number
        for one in list_rows(session, version)
        if one.row_id not in gone and any(holds(text, word) for _, text in one.fields for word in words)
    ]


def digest_of(cells: Sequence[Cell], said: Sequence[Said] = (), pictures: Sequence[Picture] = ()) -> str:
    """A short mark of exactly what would go, so that what was seen is what is confirmed."""
    whole = [[one.row_id, one.field, one.text] for one in cells]
    words = [[one.name, one.text] for one in said]
    shots = [[one.mask_id, one.sha256] for one in pictures]
    return sha256(canonical([whole, words, shots])).hexdigest()[:32]


def showing(session: Session, row_ids: Iterable[int]) -> list[Version]:
    """The versions that link one of these rows."""
    linked = select(VersionRow.version_id).where(VersionRow.row_id.in_(list(row_ids)))
    return list(session.scalars(select(Version).where(Version.id.in_(linked)).order_by(Version.id)))


def under_review(versions: Iterable[Version]) -> str:
    """The title of one of them that is being reviewed or waits for publication; empty where there is none."""
    waiting = [one for one in versions if one.stage in OPEN_STAGES and one.stage not in (Stage.DRAFT, Stage.RETURNED)]
    return title_of(waiting[0].disclosure) if waiting else ""


def accounts_of(session: Session, versions: Iterable[Version]) -> list[Disclosure]:
    """The disclosures of these versions."""
    ids = {one.disclosure_id for one in versions}
    return list(session.scalars(select(Disclosure).where(Disclosure.id.in_(ids))))
