"""One village, one version and one row as the township sees them: down to the clerk's own file and its row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.queries import in_force
from villagehub.accounts.roles import Role, post_words
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.receipts import ReceiptLine, read_receipts
from villagehub.disclosures.scope import section_of
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.wording import shown
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.refused import NotFound

_ORDER = (Role.VILLAGE_HEAD, Role.CLERK, Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER)


class NoSuchRow(NotFound):
    """The version has no such row."""

    code = "no_row_here"
    message = "这个版本里没有编号 {number} 这一行。"
    fix = "请回到这一版的明细，从里面点。"


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who holds a post in the village today."""

    name: str
    post: str


@dataclass(frozen=True, slots=True)
class RowPage:
    """One row with everything that is kept of it, and where it came from."""

    number: int
    thing_id: int
    headline: str
    facts: tuple[tuple[str, str, bool], ...]
    """(heading, value, whether only offices see it)."""
    upload_id: int | None
    """The upload that holds the original file."""
    sheet: str
    source_row: int | None
    """The row in the clerk's own file."""
    receipts: tuple[ReceiptLine, ...]
    """Pictures of its receipts, those too that came after publication (without a mask)."""
    voucher: str
    """Why there is no picture, or where the paper is."""
    versions: tuple[tuple[int, int], ...]
    """(version id, publication number) of every publication in which this thing stands, the newest first."""


def officers(session: Session, village_id: int, *, today: date) -> list[Officer]:
    """Who holds a post in the village, the head first."""
    found = session.execute(
        select(Appointment, Person.name)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.place_id == village_id, Person.disabled_at.is_(None))
        .order_by(Appointment.id)
    )
    held = [(Role(one.role), one.entity, name) for one, name in found if in_force(one, today)]
    order: Mapping[Role, int] = {role: place for place, role in enumerate(_ORDER)}
    held.sort(key=lambda one: order.get(one[0], len(order)))
    return [Officer(name, post_words(role, entity)) for role, entity, name in held]


def read_row_page(session: Session, version: Version, number: int) -> RowPage:
    """One row of a version by its permanent number; raises NoSuchRow."""
    found = session.execute(
        select(VersionRow, Row, Thing)
        .join(Row, Row.id == VersionRow.row_id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version.id, Thing.number == min(number, LARGEST_ID))
    ).first()
    if found is None:
        raise NoSuchRow(number=number)
    link, row, thing = found
    section, held = section_of(version), read_receipts(session, version.id)
    upload_id, source_row = version.upload_id, link.source_row
    if upload_id is None:  # a correction by hand: the file is that of the version which first brought the row
        upload_id, source_row = _first_upload(session, row)
    return RowPage(
        number=thing.number,
        thing_id=thing.id,
        headline=shown(section.field_named(section.headline), row.facts.get(section.headline))
        if section.headline
        else "",
        facts=tuple(
            (one.heading, shown(one, row.facts[one.name]), one.visible.value != "public")
            for one in section.stored_fields
            if row.facts.get(one.name) is not None
        ),
        upload_id=upload_id,
        sheet=row.source_sheet or "",
        source_row=source_row,
        receipts=(*held.of(thing.id), *(one for one in held.late if one.thing_id == thing.id)),
        voucher=held.states.get(thing.id, ""),
        versions=_publications(session, thing.id),
    )


def thing_in(session: Session, version: Version, number: int) -> int:
    """The id of the thing with this permanent number, if the version links a row of it; raises NoSuchRow."""
    found = session.scalar(
        select(Thing.id)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version.id, Thing.number == min(number, LARGEST_ID))
    )
    if found is None:
        raise NoSuchRow(number=number)
    return found


def _first_upload(session: Session, row: Row) -> tuple[int | None, int | None]:
    found = session.execute(
        select(Version.upload_id, VersionRow.source_row)
        .join(VersionRow, VersionRow.version_id == Version.id)
        .where(VersionRow.row_id == row.id, Version.upload_id.is_not(None))
        .order_by(Version.id)
    ).first()
    return (found[0], found[1]) if found else (None, row.source_row)


def _publications(session: Session, thing_id: int) -> tuple[tuple[int, int], ...]:
    found = session.execute(
        select(Version.id, Version.number)
        .join(VersionRow, VersionRow.version_id == Version.id)
        .join(Row, Row.id == VersionRow.row_id)
        .where(Row.thing_id == thing_id, Version.stage == Stage.PUBLISHED)
        .order_by(Version.id.desc())
    )
    return tuple((version_id, number) for version_id, number in found if number is not None)
