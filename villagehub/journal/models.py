"""Tables of the room: the entries, and one row per village at which its writers queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class JournalEntry(Base):
    """One event. Never changed, never deleted; ``hash`` covers everything in it and the hash of the entry before."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("village_id", "seq"),
        Index("ix_journal_village_subject", "village_id", "subject_kind", "subject_id"),
        Index("ix_journal_village_event", "village_id", "event", "at"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int]
    """0 for the site as a whole; so it is a plain number, not a foreign key."""
    seq: Mapped[int]
    """1, 2, 3 … within the village."""
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None]
    """The person's id; None where the system itself or the operator at the keyboard acted."""
    actor_name: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(60))
    """``web``, ``cli:<system user>`` or ``system``."""
    subject_kind: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class JournalHead(Base):
    """Locked by whoever writes into a village's journal, so that numbers and hashes follow each other."""

    __tablename__ = "journal_head"

    village_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
