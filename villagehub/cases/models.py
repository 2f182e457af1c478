"""Tables of the room: errands, and their lines. Lines are only added; what tells of a person is emptied after the end."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.cases.stages import State
from villagehub.storage.base import Base, Json, PrimaryKey

_STATES = ", ".join(f"'{one.value}'" for one in State)


class Errand(Base):
    """One thing that a villager wants done, as the guide described it on that day."""

    __tablename__ = "errand"
    __table_args__ = (
        UniqueConstraint("village_id", "number"),
        Index("ix_errand_code_key", "code_key"),
        Index("ix_errand_village_id_closed_at", "village_id", "closed_at"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    number: Mapped[int]
    """Running number within the village."""
    title: Mapped[str] = mapped_column(String(60))
    """The guide's name, or what the clerk wrote where there is no guide."""
    guide_number: Mapped[int | None]
    """The permanent number of the guide; a later version of it changes nothing here."""
    steps: Mapped[list[Any]] = mapped_column(Json)
    """The guide's steps of that day: what, who, how long."""
    days: Mapped[int]
    """Working days promised."""
    person_name: Mapped[str] = mapped_column(String(40))
    """Who came; never public, emptied some time after the end, as are ``phone`` and the texts of the lines."""
    phone: Mapped[str] = mapped_column(String(30), default="")
    code_key: Mapped[bytes | None]
    """A keyed hash of the 查询码; the code itself is kept nowhere."""
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date]
    """The last day; moves by the working days on which the villager was awaited."""
    late_on: Mapped[date | None]
    """The day on which the clock put it into the township's list; empty again when the last day moves."""
    closed_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]


class ErrandLine(Base):
    """One line of an errand: who brought it to which state, and what the villager is to know."""

    __tablename__ = "errand_line"
    __table_args__ = (
        UniqueConstraint("errand_id", "seq"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
    )

    id: Mapped[PrimaryKey]
    errand_id: Mapped[int] = mapped_column(ForeignKey("errand.id"))
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]
    office: Mapped[str] = mapped_column(String(40), default="")
    """Where it was handed over to."""
    office_phone: Mapped[str] = mapped_column(String(30), default="")
    """That office's public number."""
    due_on: Mapped[date | None]
    """The last day as it was then; empty where no clock runs."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
