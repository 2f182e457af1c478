"""The table of villages' own facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base


class VillageProfile(Base):
    """What a village says of itself; the newest state only, for a number that is taken down must be gone."""

    __tablename__ = "village_profile"

    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True, autoincrement=False)
    facts: Mapped[dict[str, Any]]
    """Texts by the names of ``rules.FIELDS``; empty ones are left out."""
    revision: Mapped[int]
    updated_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime]
