"""Small moves that several verbs share: the counter's lock, authorship, a stage's change with its journal event, links."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import delete, exists, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures import rules
from villagehub.disclosures.models import Row, RowMatch, Version, VersionAuthor, VersionRow, VillageCounter
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.trace_models import UploadTrace
from villagehub.journal import Event, record
from villagehub.places.queries import read_village
from villagehub.storage.bulk import insert_many

BATCH: Final = 500
"""Rows a statement: below every engine's limit of bound values."""


def note(
    session: Session,
    version: Version,
    event: Event,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Writes the version's event into the journal of its village."""
    record(
        session,
        event,
        village_id=version.village_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="version",
        subject_id=version.id,
        detail={"title": title_of(version.disclosure), **(detail or {})},
        now=now,
    )


def lock_counter(session: Session, village_id: int) -> VillageCounter:
    """The village's counter, locked until the transaction ends; made on first use."""
    counter = session.get(VillageCounter, village_id, with_for_update=True)
    if counter is None:
        with suppress(IntegrityError), session.begin_nested():  # somebody may make it at the same moment
            session.add(VillageCounter(village_id=village_id, publication=0, thing=0))
            session.flush()
        counter = session.get_one(VillageCounter, village_id, with_for_update=True)
    return counter


def raise_number(session: Session, code: str, number: int) -> None:
    """Lets the village's next publication have a number beyond this one, which is taken. Raises NotFound."""
    counter = lock_counter(session, read_village(session, code).id)
    counter.publication = max(counter.publication, number)
    session.flush()


def add_author(session: Session, version: Version, actor: Actor) -> None:
    """Remembers that this person changed the draft."""
    if session.get(VersionAuthor, (version.id, actor.person_id)) is None:
        session.add(VersionAuthor(version_id=version.id, person_id=actor.person_id))
        session.flush()


def move(
    session: Session,
    version: Version,
    stage: Stage,
    event: Event,
    *,
    verb: str,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Changes the stage and writes its journal event in the same call; nothing else sets ``stage``. Raises WrongStage."""
    refusal = rules.why_not_move(title_of(version.disclosure), version.stage, stage, verb)
    if refusal:
        raise refusal
    version.stage = stage
    session.flush()
    note(session, version, event, actor=actor, now=now, detail=detail)


def must_be_draft(version: Version, *, revision: int | None) -> None:
    """Raises UnderReview unless it is a draft, ChangedMeanwhile when ``revision`` is not the present one."""
    title = title_of(version.disclosure)
    if version.stage != Stage.DRAFT:
        raise rules.UnderReview(title=title)
    if revision is not None and revision != version.revision:
        raise rules.ChangedMeanwhile(title=title)


class NewLink(NamedTuple):
    """A version's link to a row, before it is written."""

    version_id: int
    position: int
    row_id: int
    source_row: int | None


def link_rows(session: Session, links: Sequence[NewLink]) -> None:
    """Writes the links of a draft."""
    if links:
        columns = dict(zip(NewLink._fields, zip(*links, strict=True), strict=True))
        insert_many(session, VersionRow.metadata.tables["version_row"], columns)


def replace_links(session: Session, version: Version, links: Sequence[NewLink] | range) -> None:
    """Makes these the draft's links; rows that fall out and that nothing else links are deleted. A range of ids means the rows
    just written one after the other, which the database links by itself.
    """
    before = set(session.scalars(select(VersionRow.row_id).where(VersionRow.version_id == version.id)))
    session.execute(delete(VersionRow).where(VersionRow.version_id == version.id))
    if isinstance(links, range):
        rows = select(literal(version.id), Row.id - (links.start - 1), Row.id, Row.source_row)
        written = rows.where(Row.id >= links.start, Row.id < links.stop)
        session.execute(insert(VersionRow).from_select(NewLink._fields, written))
        after = set(links) if before else set()
    else:
        link_rows(session, links)
        after = {link.row_id for link in links}
    drop_orphans(session, before - after)


def drop_orphans(session: Session, row_ids: Iterable[int]) -> None:
    """Deletes rows that no version links any more, and that no upload could be undone with (decision 4)."""
    wanted = list(row_ids)
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        free = list(
            session.scalars(
                select(Row.id).where(
                    Row.id.in_(part),
                    ~exists().where(VersionRow.row_id == Row.id),
                    ~exists().where(UploadTrace.row_id == Row.id),
                )
            )
        )
        if free:
            session.execute(delete(RowMatch).where(RowMatch.row_id.in_(free)))
            session.execute(delete(Row).where(Row.id.in_(free)))
