"""Tables of receipts (原始凭证): files that were sent, their pages as pictures, masks burnt into them, and which row they prove.

Files, pages and masks are never changed or deleted. What a version shows of them is a link of its own, sealed with the version.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class ReceiptFile(Base):
    """One photograph or PDF as it was sent; its bytes lie in the vault and never leave it."""

    __tablename__ = "receipt_file"

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    """For show only."""
    active: Mapped[bool]
    """The PDF carried scripts or files; they were left out."""
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]


class ReceiptPage(Base):
    """One page as a picture painted anew, still unmasked: for people who hold an office only."""

    __tablename__ = "receipt_page"
    __table_args__ = (UniqueConstraint("file_id", "page"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("receipt_file.id"))
    page: Mapped[int]
    """1, 2, 3 …"""
    sha256: Mapped[str] = mapped_column(String(64))
    """The painted picture in the vault."""
    width: Mapped[int]
    height: Mapped[int]


class ReceiptMask(Base):
    """A page with boxes burnt in: the picture that may become public. Without boxes somebody said that nothing needs hiding."""

    __tablename__ = "receipt_mask"

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("receipt_page.id"), index=True)
    boxes: Mapped[list[Any]]
    """``[left, top, width, height]`` each, in thousandths of the picture."""
    sha256: Mapped[str] = mapped_column(String(64))
    sm3: Mapped[str] = mapped_column(String(64))
    """Of the same bytes, for those who check by 国密."""
    size: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class VersionReceipt(Base):
    """A page that a version shows for one of its rows, once it is matched and masked. Sealed with the version."""

    __tablename__ = "version_receipt"
    __table_args__ = (UniqueConstraint("version_id", "page_id"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    page_id: Mapped[int] = mapped_column(ForeignKey("receipt_page.id"))
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))
    mask_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_mask.id"))


class VersionVoucher(Base):
    """Why a row has no picture (decision 24): the paper is at the township, the picture was not sent, or there is no paper."""

    __tablename__ = "version_voucher"
    __table_args__ = (CheckConstraint("state IN ('agency', 'unsent', 'none')", name="state"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True, autoincrement=False)
    thing_id: Mapped[int] = mapped_column(ForeignKey("thing.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    number: Mapped[str] = mapped_column(String(40), default="")
    """Under which the township's agency keeps the paper."""


class LateReceipt(Base):
    """A page that was sent for a row of a version already published: for offices, until a correction takes it over."""

    __tablename__ = "late_receipt"
    __table_args__ = (UniqueConstraint("version_id", "page_id"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    page_id: Mapped[int] = mapped_column(ForeignKey("receipt_page.id"))
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))


class ReceiptChoice(Base):
    """The village's setting: whether every payment should have a picture of its receipt. Without a line: no."""

    __tablename__ = "receipt_choice"

    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True, autoincrement=False)
    wanted: Mapped[bool]
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
