"""The table of uploads: what was sent, what was found in it, what was confirmed, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.kernel.period import Period
from villagehub.storage.base import Base, PrimaryKey


class Upload(Base):
    """One file that a clerk sent for one account. It is not a draft: while a fault must be mended no row is kept.

    The file's bytes lie in the vault and are read again at acceptance, with the confirmations given; so there is no
    second copy of the rows that could disagree with the original.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'checked', 'accepted', 'abandoned')", name="state"),
        Index("ix_upload_village_id", "village_id", "id"),
        Index("ix_upload_sha256", "sha256"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    entity: Mapped[str] = mapped_column(String(12))
    group_no: Mapped[str] = mapped_column(String(8), default="")
    section: Mapped[str] = mapped_column(String(24))
    period: Mapped[Period]
    subject: Mapped[str] = mapped_column(String(120), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(200))
    """For show only, cleaned of control and direction characters; the stored file's name is its hash."""
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="received")
    outcome: Mapped[str] = mapped_column(String(8), default="")
    """``accept``, ``review`` or ``reject`` once checked."""
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was found: problems (values masked), counts, mapping, repairs. No row of the file is in it."""
    confirmations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{place of the problem: {"answer", "person_id", "name", "at"}}``; the reviewer sees them."""
    revision: Mapped[int] = mapped_column(default=1)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows read back after acceptance: new, changed, unchanged, missing, kept."""
