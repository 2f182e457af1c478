"""Verbs of the room: take an official list over, add a group."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.places.models import CODE_LENGTH, Level, Place, PlaceCode, VillageGroup
from villagehub.places.official_list import ListedPlace


@dataclass(frozen=True, slots=True)
class ListReport:
    """What an import did, by level."""

    added: Counter[str] = field(default_factory=Counter)
    renamed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    @property
    def changes(self) -> int:
        """How many places are different from before."""
        return self.added.total() + self.renamed.total()


def placeholder_name(level: Level, code: str) -> str:
    """What a place is called until a list names it."""
    return {Level.COUNTY: "县区", Level.TOWNSHIP: "乡镇", Level.VILLAGE: "村"}[level] + code


def take_over_list(
    session: Session, listed: Sequence[ListedPlace], *, now: datetime, tick: Callable[[], object] | None = None
) -> ListReport:
    """Adds and renames places so that they are as listed; places that are not listed stay as they are.

    Unknown parents get a placeholder name, which a later list fills (decision 13). The same list again changes nothing.
    """
    report = ListReport()
    held = {place.code: place for place in session.scalars(select(Place))}
    for one in sorted(listed, key=lambda line: (len(line.code), line.code)):
        parent = _parent(session, held, one, now=now)
        place = held.get(one.code)
        if place is None:
            held[one.code] = _add(session, one.code, one.level, one.name, parent, placeholder=False, now=now)
            report.added[one.level] += 1
        elif place.name != one.name or place.placeholder:
            place.name, place.placeholder = one.name, False
            report.renamed[one.level] += 1
        else:
            report.unchanged[one.level] += 1
        if tick:
            tick()
    session.flush()
    return report


def _parent(session: Session, held: dict[str, Place], one: ListedPlace, *, now: datetime) -> Place | None:
    if one.level is Level.COUNTY:
        return None
    if one.county_code not in held:
        held[one.county_code] = _placeholder(session, one.county_code, Level.COUNTY, None, now=now)
    county = held[one.county_code]
    if one.level is Level.TOWNSHIP:
        return county
    code = one.code[: CODE_LENGTH[Level.TOWNSHIP]]
    if code not in held:
        held[code] = _placeholder(session, code, Level.TOWNSHIP, county, now=now)
    return held[code]


def _placeholder(session: Session, code: str, level: Level, parent: Place | None, *, now: datetime) -> Place:
    return _add(session, code, level, placeholder_name(level, code), parent, placeholder=True, now=now)


def _add(
    session: Session, code: str, level: Level, name: str, parent: Place | None, *, placeholder: bool, now: datetime
) -> Place:
    place = Place(
        code=code,
        level=level.value,
        name=name,
        placeholder=placeholder,
        parent_id=parent.id if parent else None,
        created_at=now,
    )
    session.add(place)
    session.flush()
    session.add(PlaceCode(code=code, place_id=place.id, valid_from=None, valid_to=None))
    return place


def change_code(session: Session, place: Place, code: str, *, now: datetime) -> None:
    """Gives a place a new official code; the old one redirects for ever (decision 13)."""
    held = session.get(PlaceCode, place.code)
    if held is not None:
        held.valid_to = now.date()
    place.code = code
    session.add(PlaceCode(code=code, place_id=place.id, valid_from=now.date(), valid_to=None))
    session.flush()


def add_group(session: Session, village_id: int, number: str, name: str) -> VillageGroup:
    """Adds a group of villagers by its local number; one that is there already keeps its place and takes the name."""
    held = session.scalar(
        select(VillageGroup).where(VillageGroup.village_id == village_id, VillageGroup.number == number)
    )
    if held is None:
        held = VillageGroup(village_id=village_id, number=number, name=name)
        session.add(held)
    held.name = name
    session.flush()
    return held
