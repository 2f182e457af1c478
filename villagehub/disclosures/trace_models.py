"""What an upload found in a draft and what it left there: the means of showing a filling row by row, and of undoing it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base

BEFORE = "before"
AFTER = "after"


class UploadTrace(Base):
    """One link of a draft to a row, just before or just after an upload filled it.

    A row that stands in a trace is not deleted when it falls out of the draft. Traces go with the undoing, with the draft that
    is given up, and when the time of a list of persons is over.
    """

    __tablename__ = "upload_trace"
    __table_args__ = (
        CheckConstraint(f"moment IN ('{BEFORE}', '{AFTER}')", name="moment"),
        Index("ix_upload_trace_row_id", "row_id"),
        Index("ix_upload_trace_version_id", "version_id"),
        {"sqlite_with_rowid": False},
    )

    upload_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """A plain number, because uploads belong to a room above."""
    moment: Mapped[str] = mapped_column(String(6), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    source_row: Mapped[int | None]
    listed: Mapped[bool]
    """After: the row stands in the file; else it only stayed, because nobody said that it should go."""
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
