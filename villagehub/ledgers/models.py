"""The table of uploads: what was sent, what was found in it, what was confirmed, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.kernel.period import Period
from villagehub.storage.base import Base, PrimaryKey


class Way(StrEnum):
    """How a table came in."""

    FILE = "file"
    PASTED = "pasted"
    TYPED = "typed"
    """Row by row on a page; the bytes are the CSV that was made of what was typed."""


class Upload(Base):
    """One file that a clerk sent for one account, or a table that was pasted or typed.

    It is not a draft: while a fault must be mended no row is kept.

    The file's bytes lie in the vault and are read again at acceptance, with the confirmations given; so there is no
    second copy of the rows that could disagree with the original.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'checked', 'accepted', 'abandoned', 'undone')", name="state"),
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
    way: Mapped[str] = mapped_column(String(8), default=Way.FILE, server_default="file")
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="received")
    outcome: Mapped[str] = mapped_column(String(8), default="")
    """``accept``, ``review`` or ``reject`` once checked."""
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was found: problems (values masked), counts, mapping, repairs. No row of the file is in it."""
    confirmations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``{place of the problem: {"answer", "person_id", "name", "at"}}``; the reviewer sees them."""
    layouts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """Columns that a person matched, as they were when the file was read: ``{mark: {"columns", "name", "at", "upload_id"}}``."""
    fixes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Cells mended on the page: ``{"SHEET!C12": {"typed", "was", "heading", "person_id", "name", "at"}}``. The file itself stays
    as it came; whoever reads it puts these texts in first."""
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("upload.id"))
    """The upload that continues this one: its marked workbook, mended and sent again."""
    revision: Mapped[int] = mapped_column(default=1)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("bundle.id"))
    """The file of many villages that this one is this village's share of."""
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Rows read back after acceptance: new, changed, unchanged, missing, stays, kept. Undone: what that did, under ``undone``."""
    gone: Mapped[list[Any]] = mapped_column(default=list)
    """Permanent numbers of rows that the file does not name and that the clerk ticked one by one: they are to go."""
    names_gone_at: Mapped[datetime | None]
    """When what the record quotes of a list of persons was taken out, because the list's time was over."""
    past: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What undoing needs beside the trace: ``opened`` (the upload opened the draft), ``before`` and ``after`` (``Standing``)."""


class UploadReading(Base):
    """Who is reading an upload's file beside the request that brought it, and how far that is; gone once it is read."""

    __tablename__ = "upload_reading"

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    held_by: Mapped[str] = mapped_column(String(32))
    held_until: Mapped[datetime]
    """A worker that died holds it until then and no longer."""
    tries: Mapped[int]
    done: Mapped[int]
    whole: Mapped[int]
    """In rows; 0 until the file is open."""


class Bundle(Base):
    """One file that holds the rows of many villages, until each has its share as an upload of its own (decision 22).

    The file itself is shown to whoever sent it and to the township of all its villages, never to one village's people.
    """

    __tablename__ = "bundle"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'divided')", name="state"),
        Index("ix_bundle_sha256", "sha256"),
        Index("ix_bundle_sent_by", "sent_by", "id"),
    )

    id: Mapped[PrimaryKey]
    section: Mapped[str] = mapped_column(String(24))
    period: Mapped[Period]
    entity: Mapped[str] = mapped_column(String(12))
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="received")
    layouts: Mapped[dict[str, Any]]
    """Columns that people matched, as they were when the file was read; as in ``Upload.layouts``."""
    report: Mapped[dict[str, Any]]
    """``names`` with rows and totals, ``sheets`` with what was set aside and held back, ``hidden`` sheets that were not read.
    No row of the file is in it."""
    chosen: Mapped[dict[str, Any]]
    """Name in the file → the village's id; 0 where its rows are left out, no entry where nobody has said yet."""
    village_ids: Mapped[list[Any]]
    """The villages that the names stand for: who may see the file depends on all of them."""
    revision: Mapped[int] = mapped_column(default=1)
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_by_name: Mapped[str] = mapped_column(String(40))
    sent_at: Mapped[datetime]
    divided_at: Mapped[datetime | None]

    def has_share(self, upload: Upload) -> bool:
        """Whether a village got this upload of it, also where it had got the same rows from another file before."""
        return upload.bundle_id == self.id or upload.id in self.report.get("uploads", {}).values()


class ColumnLayout(Base):
    """Columns of one layout as a village's clerk matched them, for the next file with the same headings (import.md 3)."""

    __tablename__ = "column_layout"
    __table_args__ = (UniqueConstraint("village_id", "section", "mark"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    section: Mapped[str] = mapped_column(String(24))
    mark: Mapped[str] = mapped_column(String(64))
    columns: Mapped[list[Any]]
    """``{"heading", "target"}`` from left to right; an empty target stands for a column that is not used. A column without a
    heading that is used carries its ``letter``."""
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"))
    kept_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kept_by_name: Mapped[str] = mapped_column(String(40))
    kept_at: Mapped[datetime]
