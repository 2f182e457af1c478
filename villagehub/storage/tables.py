"""Tables that several rooms write but none owns: dirty pages, generations, kept files, counters of a village."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from villagehub.storage.base import Base, PrimaryKey

PUBLISHED: Final = "published:"
"""Begins the mark of a publication: it only adds, so that readers may see the earlier page while the new one is built."""
CHECKED: Final = "checked:"
"""Begins the mark of a check that was computed: it only adds what is known, and a page that does not fit stays as it was."""


class PageDirty(Base):
    """A page that must be built again. Written in the transaction that changes it, drained by ``public`` afterwards."""

    __tablename__ = "page_dirty"
    __table_args__ = (Index("ix_page_dirty_village_id", "village_id", "id"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int]
    what: Mapped[str] = mapped_column(String(200))
    """``village``, ``version:<id>``, ``published:<id>`` or ``checked:<id>``."""
    marked_at: Mapped[datetime]


class Generation(Base):
    """A number per village that rises with every publication, hide and expiry; stored pages are valid for one generation."""

    __tablename__ = "generation"

    village_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)


class VaultFile(Base):
    """An original file in the vault, by the SHA-256 of its plain bytes. The bytes lie encrypted in the vault's folder."""

    __tablename__ = "vault_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    """Plain bytes."""
    kept_at: Mapped[datetime]


class VaultReplacement(Base):
    """A recorded replacement of an original by a reduced copy (decision 40); satisfies the scrub and same-file recognition."""

    __tablename__ = "vault_replacement"

    old_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    new_sha256: Mapped[str] = mapped_column(String(64))
    erasure_id: Mapped[int]
    replaced_at: Mapped[datetime]


def hold_file(session: Session, sha256: str, size: int, *, now: datetime) -> None:
    """Notes that the vault has this file, and holds the note until the transaction ends: the same bytes sent twice at once
    are taken in one after the other, so that the second finds what the first made of them.
    """
    made = {"sha256": sha256, "size": size, "kept_at": now}
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(engine.insert(VaultFile).values(**made).on_conflict_do_nothing())
    session.execute(select(VaultFile.sha256).where(VaultFile.sha256 == sha256).with_for_update())


def mark_dirty(session: Session, village_id: int, what: str, *, now: datetime) -> None:
    """Notes, in the same transaction, that pages of a village are out of date, and raises the village's generation.

    Each mark raises it by one: what was last built is the generation less the marks that wait (``public.stored``).
    """
    session.add(PageDirty(village_id=village_id, what=what, marked_at=now))
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(engine.insert(Generation).values(village_id=village_id, number=0).on_conflict_do_nothing())
    session.get_one(Generation, village_id, with_for_update=True, populate_existing=True).number += 1
    session.flush()
