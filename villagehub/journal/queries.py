"""Reads of the journal: its last hash, and whether it still hangs together."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.journal.chain import BEGINNING, entry_hash
from villagehub.journal.events import Event
from villagehub.journal.models import JournalEntry


def last_entry(session: Session, village_id: int) -> JournalEntry | None:
    """The village's newest entry."""
    return session.scalar(
        select(JournalEntry).where(JournalEntry.village_id == village_id).order_by(JournalEntry.seq.desc()).limit(1)
    )


def chain_head(session: Session, village_id: int) -> bytes:
    """The hash of the village's newest entry, 32 zero bytes before the first: ``journal_root`` of a leaf."""
    last = last_entry(session, village_id)
    return last.hash if last else BEGINNING


def first_break(session: Session, village_id: int) -> int | None:
    """The number of the first entry that does not follow from the one before it; None when the chain is whole."""
    before, expected = BEGINNING, 1
    entries = select(JournalEntry).where(JournalEntry.village_id == village_id).order_by(JournalEntry.seq)
    for entry in session.scalars(entries.execution_options(yield_per=500)):
        computed = _hash_of(entry, before)
        if entry.seq != expected or entry.prev_hash != before or entry.hash != computed:
            return entry.seq
        before, expected = entry.hash, expected + 1
    return None


def heads_before(session: Session, village_id: int, event: Event) -> dict[int | None, bytes]:
    """The chain's head before each entry of this event, by its subject; reckoned anew from the first entry on, so that one
    changed entry shows in every head behind it.
    """
    entries = select(JournalEntry).where(JournalEntry.village_id == village_id).order_by(JournalEntry.seq)
    head, found = BEGINNING, {}
    for entry in session.scalars(entries.execution_options(yield_per=500)):
        if entry.event == event:
            found[entry.subject_id] = head
        head = _hash_of(entry, head)
    return found


def _hash_of(entry: JournalEntry, before: bytes) -> bytes:
    return entry_hash(
        before,
        village_id=entry.village_id,
        seq=entry.seq,
        at=entry.at,
        event=entry.event,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        channel=entry.channel,
        subject_kind=entry.subject_kind,
        subject_id=entry.subject_id,
        detail=entry.detail,
    )
