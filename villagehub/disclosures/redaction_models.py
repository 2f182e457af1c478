"""Tables of what two people take out of a publication for good: the proposal, its fields, and how it ended."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Redaction(Base):
    """A person of one post proposes to redact fields of a publication; holds none of what is to go. Never changed."""

    __tablename__ = "redaction"

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    basis: Mapped[str] = mapped_column(String(24))
    """A key of ``redactions.rules.BASES``."""
    words: Mapped[str]
    """In the person's own words; villagers read them."""
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(24))
    """The post by which it was proposed; ``accounts.rules.REDACTION_PAIRS`` says who may confirm."""
    proposed_at: Mapped[datetime]
    until: Mapped[datetime]
    """Not confirmed by then it lapses."""


class RedactionItem(Base):
    """One field of one row that is to go; without a row, the version's ``reason`` or a picture (``picture:<mask>``)."""

    __tablename__ = "redaction_item"
    __table_args__ = (UniqueConstraint("redaction_id", "row_id", "field"),)

    id: Mapped[PrimaryKey]
    redaction_id: Mapped[int] = mapped_column(ForeignKey("redaction.id"))
    row_id: Mapped[int | None] = mapped_column(ForeignKey("row.id"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    asked: Mapped[bool]
    """Chosen by the person; else it went along because it holds the same words."""


class RedactionEvent(Base):
    """How a proposal ended; it ends once."""

    __tablename__ = "redaction_event"
    __table_args__ = (
        UniqueConstraint("redaction_id"),
        CheckConstraint("kind IN ('confirmed', 'withdrawn', 'lapsed')", name="kind"),
    )

    id: Mapped[PrimaryKey]
    redaction_id: Mapped[int] = mapped_column(ForeignKey("redaction.id"))
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the clock."""
    role: Mapped[str] = mapped_column(String(24))
    """The post by which it was confirmed or withdrawn; empty for the clock."""
    at: Mapped[datetime]
    erasure_id: Mapped[int | None] = mapped_column(ForeignKey("erasure.id"))
    leaf_id: Mapped[int | None] = mapped_column(ForeignKey("leaf.id"))
    """Of a confirmed one: what was emptied under which record, and the leaf that says so."""
