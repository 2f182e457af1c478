"""Reads of places; what comes out is ready to render."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from villagehub.kernel.refused import NotFound
from villagehub.places.models import Level, Place, PlaceCode, VillageGroup

_OFFICIAL_ENDINGS = re.compile(r"(?:(?P<village>村民委员会|村委会)|(?P<town>居民委员会|居委会))$")
_MOST_MERGERS: Final = 10
_WHOLE_NAMES = ("村", "社区", "居", "寨", "屯", "嘎查", "场")


class NoSuchPlace(NotFound):
    """No place has, or ever had, this code."""

    code = "no_such_place"
    message = "没有找到编码是“{code}”的地方。"
    fix = "请核对编码，或从首页按乡镇找。"


def short_name(official: str) -> str:
    """青石沟村村民委员会 → 青石沟村. The official lists drop the 村 (迎丰村委会): it comes back, as villagers say it."""
    match = _OFFICIAL_ENDINGS.search(official)
    if match is None or match.start() == 0:
        return official
    stem = official[: match.start()]
    if stem.endswith(_WHOLE_NAMES):
        return stem
    return stem + ("村" if match["village"] else "社区")


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """A village with the names of what it lies in."""

    id: int
    code: str
    name: str
    """Short: 青石沟村."""
    official_name: str
    township_id: int
    township_code: str
    township_name: str
    county_id: int
    county_code: str
    county_name: str


def _find_place(session: Session, code: str, level: Level) -> Place:
    place = session.scalar(select(Place).where(Place.code == code, Place.level == level))
    if place is None:
        held = session.get(PlaceCode, code)
        place = session.get(Place, held.place_id) if held else None
        if place is not None and place.level != level:
            place = None
    hops = 0
    while place is not None and place.merged_into_id is not None and hops < _MOST_MERGERS:
        place, hops = session.get(Place, place.merged_into_id), hops + 1
    if place is None:
        raise NoSuchPlace(code=code[:20])
    return place


def read_village(session: Session, code: str) -> VillageFacts:
    """The village by its current or any former code (its ``code`` is then the current one); raises NoSuchPlace."""
    return _facts(session, _find_place(session, code, Level.VILLAGE))


def villages_after(session: Session, code: str, most: int) -> list[VillageFacts]:
    """Villages by code, behind this one."""
    wanted = (
        select(Place)
        .where(Place.level == Level.VILLAGE, Place.merged_into_id.is_(None), Place.code > code)
        .order_by(Place.code)
        .limit(most)
    )
    return [_facts(session, one) for one in session.scalars(wanted)]


def read_village_by_id(session: Session, village_id: int) -> VillageFacts:
    """The village by id; raises NoSuchPlace."""
    place = session.get(Place, village_id)
    if place is None or place.level != Level.VILLAGE:
        raise NoSuchPlace(code=str(village_id))
    return _facts(session, place)


def _facts(session: Session, village: Place) -> VillageFacts:
    township = session.get_one(Place, village.parent_id)
    county = session.get_one(Place, township.parent_id)
    return VillageFacts(
        id=village.id,
        code=village.code,
        name=short_name(village.name),
        official_name=village.name,
        township_id=township.id,
        township_code=township.code,
        township_name=township.name,
        county_id=county.id,
        county_code=county.code,
        county_name=county.name,
    )


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place in a list."""

    id: int
    code: str
    name: str
    below: int
    """How many places lie directly in it."""


def list_townships(session: Session) -> list[PlaceLine]:
    """All townships by code, each with its number of villages."""
    return _list_level(session, Level.TOWNSHIP, None)


def list_villages(session: Session, township_code: str) -> tuple[PlaceLine, list[PlaceLine]]:
    """A township and its villages by code; raises NoSuchPlace."""
    township = _find_place(session, township_code, Level.TOWNSHIP)
    villages = _list_level(session, Level.VILLAGE, township.id)
    return PlaceLine(township.id, township.code, township.name, len(villages)), villages


def list_by_township(session: Session, village_ids: Collection[int]) -> list[tuple[PlaceLine, list[PlaceLine]]]:
    """These villages under their townships, both by code. One that was merged stands behind the village it became part of, in
    that one's township, by the name that its old papers bear and by its own code, which still leads there.
    """
    town = aliased(Place)
    merged = _successors(session)
    standing = {one: merged.get(one, one) for one in village_ids}
    wanted = (
        select(Place, town)
        .join(town, town.id == Place.parent_id)
        .where(Place.id.in_({*standing.values()}))
        .order_by(town.code, Place.code)
    )
    before: dict[int, list[Place]] = {}
    for one in session.scalars(select(Place).where(Place.id.in_(merged.keys() & standing)).order_by(Place.code)):
        before.setdefault(standing[one.id], []).append(one)
    found: dict[int, tuple[PlaceLine, list[PlaceLine]]] = {}
    for village, above in session.execute(wanted):
        _, below = found.setdefault(above.id, (PlaceLine(above.id, above.code, above.name, 0), []))
        name = short_name(village.name)
        if standing.get(village.id) == village.id:
            below.append(PlaceLine(village.id, village.code, name, 0))
        for one in before.get(village.id, ()):
            below.append(PlaceLine(one.id, one.code, f"{short_name(one.name)}（并入{name}）", 0))
    return list(found.values())


def villages_in(session: Session, village_id: int) -> set[int]:
    """The ids of the village and of every one that was merged into it: whose papers its pages answer for."""
    return {village_id} | {one for one, into in _successors(session).items() if into == village_id}


def names_beside(session: Session, village_id: int) -> tuple[list[str], list[str]]:
    """Short names of the village, its own first, with those that became part of it; and of all villages called otherwise."""
    own = villages_in(session, village_id)
    found = session.execute(select(Place.id, Place.name).where(Place.level == Level.VILLAGE).order_by(Place.code)).all()
    here = [short_name(name) for one, name in sorted(found, key=lambda line: line.id != village_id) if one in own]
    return here, [name for name in (short_name(official) for _, official in found) if name not in here]


def _successors(session: Session) -> dict[int, int]:
    """What each merged place is part of now, over as many mergers as ``_find_place`` follows."""
    steps = {
        one: into
        for one, into in session.execute(
            select(Place.id, Place.merged_into_id).where(Place.merged_into_id.is_not(None))
        )
        if into is not None
    }
    found: dict[int, int] = {}
    for one in steps:
        here, hops = one, 0
        while here in steps and hops < _MOST_MERGERS:
            here, hops = steps[here], hops + 1
        found[one] = here
    return found


def _list_level(session: Session, level: Level, parent_id: int | None) -> list[PlaceLine]:
    child = aliased(Place)
    counts: dict[int | None, int] = {}
    for (parent,) in session.execute(select(child.parent_id).where(child.merged_into_id.is_(None))):
        counts[parent] = counts.get(parent, 0) + 1
    wanted = select(Place).where(Place.level == level, Place.merged_into_id.is_(None)).order_by(Place.code)
    if parent_id is not None:
        wanted = wanted.where(Place.parent_id == parent_id)
    return [PlaceLine(one.id, one.code, short_name(one.name), counts.get(one.id, 0)) for one in session.scalars(wanted)]


def places_above(session: Session, place_id: int) -> list[int]:
    """The ids of the place itself and of everything it lies in, nearest first: what permission scopes are checked on."""
    chain: list[int] = []
    here: int | None = place_id
    while here is not None and here not in chain:
        chain.append(here)
        here = session.scalar(select(Place.parent_id).where(Place.id == here))
    return chain


def list_groups(session: Session, village_id: int) -> list[VillageGroup]:
    """The village's groups by number."""
    wanted = select(VillageGroup).where(VillageGroup.village_id == village_id)
    return sorted(session.scalars(wanted), key=lambda group: (len(group.number), group.number))
