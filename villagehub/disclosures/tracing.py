"""Traces of uploads: kept while a draft is filled, read for lists of what changed, and forgotten when nobody may need them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, false, insert, literal, select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Row, Version, VersionRow
from villagehub.disclosures.moves import drop_orphans
from villagehub.disclosures.trace_models import AFTER, BEFORE, UploadTrace
from villagehub.disclosures.undo_rules import Link


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a draft does not hang on its rows: balances in fen, kind, and the upload that filled it."""

    opening_fen: int | None
    closing_fen: int | None
    bank_fen: int | None
    cash_fen: int | None
    kind: str
    upload_id: int | None


def standing(version: Version) -> Standing:
    """The draft's balances, kind and upload as they are now."""
    return Standing(
        version.opening_fen,
        version.closing_fen,
        version.bank_fen,
        version.cash_fen,
        version.kind,
        version.upload_id,
    )


def keep_before(session: Session, version: Version, upload_id: int) -> None:
    """Remembers the draft's links before an upload fills it; their rows outlive it."""
    _keep(session, version, upload_id, BEFORE, listed=0)


def keep_after(session: Session, version: Version, upload_id: int, *, listed: int) -> None:
    """Remembers the draft's links after an upload filled it; the first ``listed`` of them stand in the file."""
    _keep(session, version, upload_id, AFTER, listed=listed)


def _keep(session: Session, version: Version, upload_id: int, moment: str, *, listed: int) -> None:
    links = select(
        literal(upload_id),
        literal(moment),
        VersionRow.position,
        VersionRow.row_id,
        VersionRow.source_row,
        VersionRow.position <= listed if listed else false(),
        literal(version.id),
    ).where(VersionRow.version_id == version.id)
    columns = ["upload_id", "moment", "position", "row_id", "source_row", "listed", "version_id"]
    session.execute(insert(UploadTrace).from_select(columns, links))


def trace_of(session: Session, upload_id: int) -> tuple[list[Link], list[Link]]:
    """The links before and after an upload, each in order; both empty where no trace is left."""
    found: dict[str, list[Link]] = {BEFORE: [], AFTER: []}
    for moment, thing_id, row_id, source_row, listed in session.execute(
        select(UploadTrace.moment, Row.thing_id, UploadTrace.row_id, UploadTrace.source_row, UploadTrace.listed)
        .join(Row, Row.id == UploadTrace.row_id)
        .where(UploadTrace.upload_id == upload_id)
        .order_by(UploadTrace.moment, UploadTrace.position)
    ):
        found[moment].append(Link(thing_id, row_id, source_row, listed))
    return found[BEFORE], found[AFTER]


def links_now(session: Session, version_id: int) -> list[Link]:
    """The version's present links, in order."""
    found = session.execute(
        select(Row.thing_id, VersionRow.row_id, VersionRow.source_row)
        .join(Row, Row.id == VersionRow.row_id)
        .where(VersionRow.version_id == version_id)
        .order_by(VersionRow.position)
    )
    return [Link(*one) for one in found]


def forget_traces(session: Session, version_ids: Collection[int], *, upload_id: int | None = None) -> None:
    """Deletes the traces in these versions (of one upload, if named), with rows that nothing else holds."""
    mine: list[ColumnElement[bool]] = [UploadTrace.version_id.in_(version_ids)]
    if upload_id is not None:
        mine.append(UploadTrace.upload_id == upload_id)
    held = set(session.scalars(select(UploadTrace.row_id).where(*mine)))
    session.execute(delete(UploadTrace).where(*mine))
    drop_orphans(session, held)
