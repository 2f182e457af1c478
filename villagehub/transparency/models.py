"""The sealed leaves, their places in the log, its growing edge, every tree that was ever signed, and what two people agreed
on its key.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Leaf(Base):
    """The canonical bytes of one publication (evidence.md "Leaf"); append-only."""

    __tablename__ = "leaf"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(20), index=True)
    """``publication``, ``redaction`` or ``key``: the leaf's own ``type``."""
    body: Mapped[bytes]
    hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA256(0x00 ‖ body), RFC 6962."""
    created_at: Mapped[datetime]


class LogEntry(Base):
    """Where a leaf stands in the log; append-only, so that a sealed leaf is never touched for it (decision 15)."""

    __tablename__ = "log_entry"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0, 1, 2 … without a gap."""
    leaf_id: Mapped[int] = mapped_column(ForeignKey("leaf.id"), unique=True)


class LogHead(Base):
    """One row: how far the log has grown. Locked by whoever appends, the last of a transaction's locks (decision 3)."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    edge: Mapped[bytes]
    """The roots of the perfect subtrees, the largest first (``tree.Edge``)."""
    signer: Mapped[str] = mapped_column(String(32))
    """The random mark that the log's folder must bear where this database's log is signed."""
    vkey: Mapped[str] = mapped_column(String(300))
    """The log's name and public key, once a leaf has stated them; empty before."""
    next_vkey: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """The key that a leaf has stated besides, while both sign; else empty."""


class LogTree(Base):
    """A tree that was signed, or was about to be when the process ended; append-only. No size can be signed twice, and of
    two writers that start from the same tree only one gets its row in.
    """

    __tablename__ = "log_tree"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    previous: Mapped[int] = mapped_column(unique=True)
    """The size that was signed before; 0 for the first."""
    signed_at: Mapped[datetime]


class KeyChange(Base):
    """At the server's keyboard somebody proposes one step of a change of the log's key; append-only. Whether the step was done
    since, the log itself says: a key is stated once and retired once.
    """

    __tablename__ = "key_change"
    __table_args__ = (CheckConstraint("action IN ('add', 'retire')", name="action"),)

    id: Mapped[PrimaryKey]
    action: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(300))
    """The key that is to be stated or to end; the proposal is good for no other."""
    channel: Mapped[str] = mapped_column(String(60))
    """``cli:<system user>``."""
    proposed_at: Mapped[datetime]
    until: Mapped[datetime]
    """Not confirmed by then it lapses."""


class KeyChangeEvent(Base):
    """What the second person said; once, append-only."""

    __tablename__ = "key_change_event"
    __table_args__ = (
        UniqueConstraint("change_id"),
        CheckConstraint("kind IN ('confirmed', 'refused')", name="kind"),
    )

    id: Mapped[PrimaryKey]
    change_id: Mapped[int] = mapped_column(ForeignKey("key_change.id"))
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(24))
    """The post by which it was said; a confirmed one's stands in the key's leaf."""
    reason: Mapped[str]
    """Why it was refused; else empty."""
    at: Mapped[datetime]
