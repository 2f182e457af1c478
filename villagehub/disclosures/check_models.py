"""The table of checks: what the last comparison of a publication with its seal and with the log found."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base


class PublicationCheck(Base):
    """The newest check of one published version; pages say what it found, and nothing where there is none."""

    __tablename__ = "publication_check"

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True, autoincrement=False)
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    checked_at: Mapped[datetime]
    fault: Mapped[str]
    """The first thing that did not fit, in words; empty when all did."""
    confirmed_at: Mapped[datetime | None]
    """When a person of the township said that it is so; only then villagers read of it (decision 32)."""
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
