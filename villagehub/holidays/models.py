"""Table of the room: the days that are not as their weekday says."""

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base


class CalendarDay(Base):
    """A day that is not as its weekday says (国务院办公厅 放假安排)."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("kind IN ('off', 'work')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(20), default="")
