"""Small moves that several verbs share: the counter's lock, authorship, a stage's change with its journal event, links."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures import rules
from villagehub.disclosures.models import Row, RowMatch, Version, VersionAuthor, VersionRow, VillageCounter
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import Stage
from villagehub.journal import Event, record

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
        counter = VillageCounter(village_id=village_id, publication=0, thing=0)
        session.add(counter)
        session.flush()
    return counter


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


def replace_links(session: Session, version: Version, links: list[dict[str, Any]]) -> None:
    """Makes these the draft's links; rows that fall out and that nothing else links are deleted."""
    before = set(session.scalars(select(VersionRow.row_id).where(VersionRow.version_id == version.id)))
    session.execute(delete(VersionRow).where(VersionRow.version_id == version.id))
    for start in range(0, len(links), BATCH):
        session.execute(insert(VersionRow), links[start : start + BATCH])
    drop_orphans(session, before - {link["row_id"] for link in links})


def drop_orphans(session: Session, row_ids: Iterable[int]) -> None:
    """Deletes rows that no version links any more (decision 4)."""
    wanted = list(row_ids)
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        free = list(
            session.scalars(select(Row.id).where(Row.id.in_(part), ~exists().where(VersionRow.row_id == Row.id)))
        )
        if free:
            session.execute(delete(RowMatch).where(RowMatch.row_id.in_(free)))
            session.execute(delete(Row).where(Row.id.in_(free)))
