"""Tables of what is taken off the public pages for a time (decision 20), and of what the township was told of (16)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Hide(Base):
    """One person took a disclosure off the public pages, up to the publication that was the newest then. Never changed."""

    __tablename__ = "hide"
    __table_args__ = (CheckConstraint("cause IN ('privacy', 'other')", name="cause"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    disclosure_id: Mapped[int] = mapped_column(ForeignKey("disclosure.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    upto_number: Mapped[int]
    """A later publication of the disclosure is public again: 改好后重新公开."""
    cause: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(default="")
    """Of another cause, in the person's own words; villagers read them."""
    hidden_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(24))
    """The post by which it was done; the second word must come from another one."""
    hidden_at: Mapped[datetime]


class HideEvent(Base):
    """What came after a hide: confirmed, kept by the township, or ended (lifted by a person, lapsed after its day)."""

    __tablename__ = "hide_event"
    __table_args__ = (
        UniqueConstraint("hide_id", "kind"),
        CheckConstraint("kind IN ('confirmed', 'kept', 'lifted', 'lapsed')", name="kind"),
    )

    id: Mapped[PrimaryKey]
    hide_id: Mapped[int] = mapped_column(ForeignKey("hide.id"))
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: the clock."""
    at: Mapped[datetime]


class ReviewNotice(Base):
    """The township was told that a version has waited too long for its signatures; once per submission."""

    __tablename__ = "review_notice"
    __table_args__ = (UniqueConstraint("version_id", "submitted_at"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    submitted_at: Mapped[datetime]
    at: Mapped[datetime]
