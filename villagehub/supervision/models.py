"""Tables of the room: audits, and what was said in each. Both are only added to; an audit's state is read off its last line."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey
from villagehub.supervision.stages import Move

_MOVES = ", ".join(f"'{one.value}'" for one in Move)


class Audit(Base):
    """A question of the township about a version, or about one thing in it (decision 4: thing + version, never a row)."""

    __tablename__ = "audit"

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"), index=True)
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]


class AuditEvent(Base):
    """One line of an audit: who moved it how, what they wrote, until when, and what file they sent."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("audit_id", "seq"),
        CheckConstraint(f"move IN ({_MOVES})", name="move"),
    )

    id: Mapped[PrimaryKey]
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    seq: Mapped[int]
    """1, 2, 3 … within the audit; forms carry the last one they saw."""
    move: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]
    due_on: Mapped[date | None]
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    """The published version that put a wrong figure right."""
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    """In the vault; only offices can read it."""
    file_name: Mapped[str] = mapped_column(String(120), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
