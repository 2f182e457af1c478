"""The one verb of the room: record."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from villagehub.journal.chain import BEGINNING, entry_hash
from villagehub.journal.events import Event
from villagehub.journal.models import JournalEntry, JournalHead
from villagehub.journal.queries import last_entry
from villagehub.kernel.canonical import one_line


def record(
    session: Session,
    event: Event,
    *,
    village_id: int,
    actor_id: int | None,
    actor_name: str,
    channel: str,
    subject_kind: str,
    subject_id: int | None,
    detail: dict[str, Any] | None = None,
    now: datetime,
) -> JournalEntry:
    """Adds one event to a village's journal (0: the site's), in the caller's transaction.

    Holds the village's head row until that transaction ends. ``detail`` holds whole numbers, texts, booleans, lists and
    objects of them; it must hold no personal numbers and no secrets, because it can never be taken out again.
    """
    lock_journal(session, village_id)
    last = last_entry(session, village_id)
    content: dict[str, Any] = {
        "village_id": village_id,
        "seq": last.seq + 1 if last else 1,
        "at": now,
        "event": event.value,
        "actor_id": actor_id,
        "actor_name": one_line(actor_name),
        "channel": channel,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "detail": detail or {},
    }
    prev_hash = last.hash if last else BEGINNING
    entry = JournalEntry(**content, prev_hash=prev_hash, hash=entry_hash(prev_hash, **content))
    session.add(entry)
    session.flush()
    return entry


def lock_journal(session: Session, village_id: int) -> None:
    """Holds a village's journal (0: the site's) until the transaction ends: what is read now and noted then is one step.

    The head row is made if need be; the SELECT waits for other writers on PostgreSQL.
    """
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(engine.insert(JournalHead).values(village_id=village_id).on_conflict_do_nothing())
    session.execute(select(JournalHead).where(JournalHead.village_id == village_id).with_for_update())
