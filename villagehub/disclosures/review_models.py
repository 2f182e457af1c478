"""Tables of the reviewing body's work: what each member has read so far, and the photographed sheets of paper."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class ReadingMark(Base):
    """One page of a submitted version that a reviewer ticked 我看过. It holds for that content only, as a vote does."""

    __tablename__ = "reading_mark"

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ticked_at: Mapped[datetime]


class SignedSheet(Base):
    """The photograph of a signed 审核表. Never changed or deleted: it is what signatures on paper rest upon."""

    __tablename__ = "signed_sheet"

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    """The cleaned picture in the vault."""
    width: Mapped[int]
    height: Mapped[int]
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class SignedSheetVote(Base):
    """A vote that was read off a signed sheet."""

    __tablename__ = "signed_sheet_vote"

    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"), primary_key=True, autoincrement=False)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("signed_sheet.id"), index=True)
