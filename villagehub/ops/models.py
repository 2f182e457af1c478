"""The table of timed work: one line per job, which is its lease as well."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base


class TimedJob(Base):
    """What became of a job of ``ops.jobs``: who is at it until when, and for which due moment it was last done."""

    __tablename__ = "timed_job"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    held_by: Mapped[str] = mapped_column(String(60), default="")
    """The worker that is at it; empty for nobody."""
    held_until: Mapped[datetime | None]
    """A worker that died holds it until then and no longer."""
    done_for: Mapped[datetime | None]
    """The due moment that was last worked off."""
    done_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(default="")
    """What the last run did, in words; empty when there was nothing to do."""
