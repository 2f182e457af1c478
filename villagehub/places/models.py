"""Tables of the room: places, the codes they have had, and groups of villagers."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Level(StrEnum):
    """The levels of the official list that matter here."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


CODE_LENGTH = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}


class Place(Base):
    """A county, township or village (县、乡镇、村)."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("level IN ('county', 'township', 'village')", name="level"),
        Index("ix_place_parent_id", "parent_id"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """The current official code: 6, 9 or 12 digits."""
    level: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    """The official name as the list has it, e.g. 某某村村民委员会."""
    placeholder: Mapped[bool] = mapped_column(default=False)
    """The name was made up from the code, because only a child was listed so far."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    created_at: Mapped[datetime]


class PlaceCode(Base):
    """A code that a place has had; old codes redirect for ever."""

    __tablename__ = "place_code"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class VillageGroup(Base):
    """A group of villagers (村民小组): the village and a local number, which is text."""

    __tablename__ = "village_group"
    __table_args__ = (UniqueConstraint("village_id", "number"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    number: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(40))
