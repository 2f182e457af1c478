"""Reads of a village's own facts; what comes out is ready to render."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from villagehub.profiles.models import VillageProfile
from villagehub.profiles.rules import DAYS


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is in on one day of the week."""

    day: str
    who: str
    phone: str


@dataclass(frozen=True, slots=True)
class Profile:
    """The village's own facts as its pages show them; empty texts where nothing was said."""

    phone: str = ""
    hotline: str = ""
    hours: str = ""
    address: str = ""
    today: Duty | None = None
    """Who is in today; None where the rota names nobody."""

    @property
    def empty(self) -> bool:
        """There is nothing to show today."""
        return not (self.phone or self.hotline or self.hours or self.address or self.today)


def read_profile(session: Session, village_id: int, *, today: date) -> Profile:
    """The facts of a village, with the rota's line of that day."""
    held = session.get(VillageProfile, village_id)
    facts = held.facts if held else {}
    number = today.isoweekday()
    who = str(facts.get(f"who{number}", ""))
    duty = Duty(DAYS[number - 1], who, str(facts.get(f"call{number}", ""))) if who else None
    return Profile(**{name: str(facts.get(name, "")) for name in ("phone", "hotline", "hours", "address")}, today=duty)
