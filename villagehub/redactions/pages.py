"""Proposals as office pages show them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import REDACTION_PAIRS
from villagehub.accounts.two_people import posts_words, who_words
from villagehub.config import Settings
from villagehub.disclosures.models import Version
from villagehub.disclosures.redacted import BASES
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent
from villagehub.disclosures.redaction_stages import STATE_WORDS, State
from villagehub.disclosures.scope import title_of
from villagehub.kernel.refused import Refused
from villagehub.places.queries import read_village_by_id
from villagehub.redactions.actions import cells_of, state_of, why_not_confirm
from villagehub.redactions.pictures import Picture, pictures_of, showing_pictures
from villagehub.redactions.reach import Cell, digest_of, elsewhere, showing
from villagehub.redactions.said import Said, is_on_paper, said_elsewhere, said_of
from villagehub.storage.backup_record import Backup, list_backups


@dataclass(frozen=True, slots=True)
class RedactionLine:
    """One proposal in a list."""

    id: int
    village_name: str
    title: str
    number: int
    by: str
    at: datetime
    until: datetime
    state: State
    state_words: str


@dataclass(frozen=True, slots=True)
class RedactionPage:
    """One proposal whole: what would go, or what was done."""

    line: RedactionLine
    version_id: int
    village_code: str
    basis: str
    words: str
    waits_for: str
    """Which posts may confirm."""
    cells: tuple[Cell, ...]
    said: tuple[Said, ...]
    pictures: tuple[Picture, ...]
    seen: str
    numbers: tuple[int, ...]
    """Publications that show the rows or the pictures."""
    elsewhere: tuple[int, ...]
    on_paper: bool
    """Some of the words stand on a signed sheet, whose photograph stays."""
    said_elsewhere: tuple[int, ...]
    """Other publications of which somebody said the same words."""
    refusal: Refused | None
    """Why this reader cannot confirm; None: may."""
    may_withdraw: bool
    ended_by: str
    ended_at: datetime | None
    backups: tuple[Backup, ...]
    """Backups that were made before it was done and still hold it."""
    backups_known: bool


def list_redactions(session: Session, villages: Collection[int], *, now: datetime) -> list[RedactionLine]:
    """The proposals of these villages, the newest first."""
    wanted = select(Redaction).where(Redaction.village_id.in_(villages)).order_by(Redaction.id.desc()).limit(100)
    return [_line(session, one, now) for one in session.scalars(wanted)]


def read_redaction(
    session: Session, held: Redaction, *, actor: Actor, settings: Settings, now: datetime
) -> RedactionPage:
    """All that the page says; raises NotFound, NotAllowed for whom it is nothing."""
    _, refusal = why_not_confirm(session, held, actor=actor, now=now)
    line = _line(session, held, now)
    version = session.get_one(Version, held.version_id)
    waits = line.state is State.PROPOSED
    cells = cells_of(session, held) if waits else []
    said = said_of(session, held) if waits else []
    pictures = pictures_of(session, held) if waits else []
    ended = session.scalar(select(RedactionEvent).where(RedactionEvent.redaction_id == held.id))
    done = ended.at if ended is not None and ended.kind == State.CONFIRMED.value else None
    backups = list_backups(settings.instance)
    shown = [*showing(session, {one.row_id for one in cells}), *showing_pictures(session, pictures)]
    others = {one.number for one in shown if one.number}
    return RedactionPage(
        line=line,
        version_id=version.id,
        village_code=read_village_by_id(session, held.village_id).code,
        basis=BASES.get(held.basis, held.basis),
        words=held.words,
        waits_for=posts_words(REDACTION_PAIRS.get(Role(held.role), ())),
        cells=tuple(cells),
        said=tuple(said),
        pictures=tuple(pictures),
        seen=digest_of(cells, said, pictures),
        numbers=tuple(sorted(others)),
        elsewhere=tuple(elsewhere(session, version, cells)) if waits else (),
        on_paper=is_on_paper(session, held),
        said_elsewhere=tuple(said_elsewhere(session, version, said)),
        refusal=refusal,
        may_withdraw=waits,
        ended_by=_who(session, ended.person_id, ended.role) if ended is not None else "",
        ended_at=ended.at if ended is not None else None,
        backups=tuple(one for one in backups if done is None or one.made_at <= done),
        backups_known=bool(backups),
    )


def _line(session: Session, held: Redaction, now: datetime) -> RedactionLine:
    version = session.get_one(Version, held.version_id)
    state = state_of(session, held)
    if state is State.PROPOSED and held.until <= now:
        state = State.LAPSED
    return RedactionLine(
        id=held.id,
        village_name=read_village_by_id(session, held.village_id).name,
        title=title_of(version.disclosure),
        number=version.number or 0,
        by=_who(session, held.proposed_by, held.role),
        at=held.proposed_at,
        until=held.until,
        state=state,
        state_words=STATE_WORDS[state],
    )


def _who(session: Session, person_id: int | None, role: str) -> str:
    return "系统" if person_id is None else who_words(session, person_id, role)
