"""The sealed leaves. Their place in the log is kept elsewhere, so that a leaf is never written twice."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Leaf(Base):
    """The canonical bytes of one publication (evidence.md "Leaf"); append-only."""

    __tablename__ = "leaf"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(20))
    """``publication`` so far; redaction and key leaves come with the log."""
    body: Mapped[bytes]
    hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA256(0x00 ‖ body), RFC 6962."""
    created_at: Mapped[datetime]
