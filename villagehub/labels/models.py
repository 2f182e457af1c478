"""The table of codes that stand, or stood, on paper."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Code(Base):
    """One printed code (print.md): a permanent public identifier, because posters outlive servers.

    Never deleted, never given to another target, never drawn otherwise than when it was minted; triggers of storage refuse
    all three. What may still be written: when it was last printed, in which batch, and what became of it.
    """

    __tablename__ = "code"
    __table_args__ = (
        UniqueConstraint("village_id", "target_kind", "target_ref", "base_url", "edition"),
        CheckConstraint("level IN ('L', 'M', 'Q', 'H')", name="level"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(9), unique=True)
    """8 random Crockford characters and the check character."""
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    target_kind: Mapped[str] = mapped_column(String(16))
    """``village`` or ``section``; later period, asset, contract … (``targets``)."""
    target_ref: Mapped[str] = mapped_column(String(200), default="")
    """Which one within the village, in words that outlive rows: entity, group, section, later period and thing."""
    base_url: Mapped[str]
    """The site that the printed address names; after a move of house old codes keep theirs."""
    edition: Mapped[int]
    """1 for a target's first code at this site, 2 for the one that replaced it …"""
    payload: Mapped[str]
    """The very characters in the square: ``HTTPS://HOST/C/XXXXXXXXX``."""
    level: Mapped[str] = mapped_column(String(1))
    """Level of error correction."""
    version: Mapped[int]
    """Version of the symbol: 17 + 4 × version modules a side."""
    matrix: Mapped[bytes]
    """The modules, row by row, eight to a byte, dark is 1."""
    minted_at: Mapped[datetime]
    batch: Mapped[str] = mapped_column(String(40), default="")
    """The month of the last printing, ``2026-11``."""
    printed_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    became: Mapped[str] = mapped_column(String(200), default="")
    """Once retired: what became of it, in words for whoever scans the old paper."""
