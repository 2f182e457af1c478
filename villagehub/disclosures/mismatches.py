"""What became of a publication that did not fit its seal: found, confirmed by a person, mended, and why it was so.

Where it stands follows from the newest check and from the journal, which nobody can change; nothing is stored beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.journal import SITE, Event, record
from villagehub.journal.models import JournalEntry
from villagehub.kernel.canonical import one_line
from villagehub.kernel.private_numbers import hide_numbers
from villagehub.kernel.refused import Refused
from villagehub.storage.tables import mark_dirty

SHORTEST: Final = 6
LONGEST: Final = 200


class State(StrEnum):
    """Where it stands."""

    NONE = "none"
    FOUND = "found"
    CONFIRMED = "confirmed"
    MENDED = "mended"
    CLEARED = "cleared"


NEXT: Final[dict[State, frozenset[State]]] = {
    State.NONE: frozenset({State.FOUND}),
    State.FOUND: frozenset({State.NONE, State.CONFIRMED}),
    State.CONFIRMED: frozenset({State.MENDED}),
    State.MENDED: frozenset({State.FOUND, State.CLEARED}),
    State.CLEARED: frozenset({State.FOUND}),
}
"""A check moves it to FOUND, to NONE and to MENDED; a person to CONFIRMED and to CLEARED."""


class NotMended(Refused):
    """Only what fits again can be called settled."""

    code = "not_mended"
    message = "这一份现在不能写“已查清”：要先有人确认过不一致，并且已经改回、核对一致。"
    fix = "请打开“和存档不一致的公开”，看它到了哪一步。"
    status = 409


class NoMismatchReason(Refused):
    """Villagers are told why."""

    code = "mismatch_reason"
    message = f"原因没有写清楚，要写 {SHORTEST} 到 {LONGEST} 个字。"
    fix = "请写清楚是谁、怎么弄的，例如：换服务器时误改了一行，已用备份改回。"
    status = 422


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The newest mismatch of one publication that a person has confirmed."""

    state: State
    confirmed_at: datetime
    cleared_at: datetime | None = None
    reason: str = ""
    by: str = ""


def mismatch_of(session: Session, version_id: int) -> Mismatch | None:
    """What the journal and the newest check say; None where none was ever confirmed."""
    return _mismatches(session, [version_id]).get(version_id)


def list_mended(session: Session, version_ids: Sequence[int]) -> list[int]:
    """Those that fit again and of which nobody has yet written why."""
    found = _mismatches(session, version_ids)
    return [one for one, held in found.items() if held.state is State.MENDED]


def confirmed_ever(session: Session, village_ids: Sequence[int]) -> list[int]:
    """Versions of these villages that fit now and were once confirmed not to."""
    wanted = select(PublicationCheck.version_id).where(
        PublicationCheck.village_id.in_(village_ids),
        PublicationCheck.fault == "",
        PublicationCheck.version_id.in_(
            select(JournalEntry.subject_id).where(
                JournalEntry.village_id == SITE, JournalEntry.event == Event.MISMATCH_CONFIRMED
            )
        ),
    )
    return list(session.scalars(wanted.order_by(PublicationCheck.version_id)))


def clear_mismatch(session: Session, version_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Writes why it was so; villagers read it on the check page. Raises NotMended, NoMismatchReason."""
    version = version_with_id(session, version_id)
    held = mismatch_of(session, version_id)
    if held is None or State.CLEARED not in NEXT[held.state]:
        raise NotMended()
    reason = hide_numbers(one_line(reason))
    if not SHORTEST <= len(reason) <= LONGEST:
        raise NoMismatchReason()
    record(
        session,
        Event.MISMATCH_CLEARED,
        village_id=SITE,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="version",
        subject_id=version_id,
        detail={"title": title_of(version.disclosure), "reason": reason},
        now=now,
    )
    mark_dirty(session, version.village_id, f"version:{version_id}", now=now)


def _mismatches(session: Session, version_ids: Sequence[int]) -> dict[int, Mismatch]:
    noted = session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.village_id == SITE,
            JournalEntry.event.in_((Event.MISMATCH_CONFIRMED, Event.MISMATCH_CLEARED)),
            JournalEntry.subject_id.in_(version_ids),
        )
        .order_by(JournalEntry.seq)
    )
    checks = {
        one.version_id: one
        for one in session.scalars(select(PublicationCheck).where(PublicationCheck.version_id.in_(version_ids)))
    }
    found: dict[int, Mismatch] = {}
    for one in noted:
        check = checks.get(one.subject_id or 0)
        if one.subject_id is None or check is None:
            continue
        if one.event == Event.MISMATCH_CONFIRMED:
            state = State.MENDED if not check.fault else State.CONFIRMED if check.confirmed_at else State.FOUND
            found[one.subject_id] = Mismatch(state, one.at)
        elif one.subject_id in found:
            state = State.CLEARED if not check.fault else State.FOUND
            before = found[one.subject_id].confirmed_at
            found[one.subject_id] = Mismatch(state, before, one.at, str(one.detail["reason"]), one.actor_name)
    return found
