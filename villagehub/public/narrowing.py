"""只看一类: lists narrowed by links, one choice at a time: by kind, by state, by the organisation on the other side, by year.

Never by a person's name: what is no organisation is offered nowhere, and asked for by hand it narrows nothing. Pure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from villagehub.disclosures.redacted import STUB
from villagehub.kernel.masking import is_organisation
from villagehub.public.published import Item, Publication
from villagehub.sections.base import Field, Kind, Section

KIND, STATE, WHO, YEAR = "cat", "st", "who", "y"
MOST_CHIPS: Final = 24
"""Choices in one row; a county's own kinds beyond that are found by search."""
LEAST_SAME: Final = 2
"""An organisation is offered where so many entries are with it."""
LONGEST: Final = 120
"""Characters of a choice in an address; an organisation whose name is longer is not offered, for its link would not find it."""
WITH_WHOM: Final = "和哪个单位"
_NONE: Final = "-"


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a row."""

    query: str
    """Of its address; empty for the whole list."""
    words: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Chips:
    """A row of choices."""

    label: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks to see; nothing: the whole list."""

    name: str = ""
    value: str = ""

    def __bool__(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.name)

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({self.name: self.value}) if self.name else ""

    def and_after(self, place: int) -> str:
        """The query of the next part of the list."""
        return urlencode({**({self.name: self.value} if self.name else {}), "after": place})


def read_chosen(query: Mapping[str, str], *names: str) -> Chosen:
    """The first of these that the address names; whatever else it says is passed over."""
    for name in names:
        value = query.get(name, "")[:LONGEST]
        if value and (name != WHO or is_organisation(value)):
            return Chosen(name, value)
    return Chosen()


def organisation_in(section: Section, item: Item) -> str:
    """The organisation on the other side of a row; empty for a person, a masked name or nothing."""
    name = section.promoted.get("counterparty", "")
    value = str(item.values.get(name) or "") if name else ""
    return value if value and value != STUB and "*" not in value and is_organisation(value) else ""


def fields_of(section: Section) -> dict[str, Field]:
    """The fields by which a list of the section can be narrowed, by their names in an address."""
    public = {one.name: one for one in section.public_fields}
    found: dict[str, Field] = {}
    for name, field in ((KIND, section.promoted.get("category", "")), (STATE, section.state)):
        if field in public and public[field].kind is Kind.CHOICE and public[field] not in found.values():
            found[name] = public[field]
    return found


def known(section: Section, chosen: Chosen) -> bool:
    """Whether any row can be what is asked for, by the section's own choices; where others may be written, any can."""
    field = fields_of(section).get(chosen.name)
    return field is None or field.open_choice or field.choice(chosen.value) is not None or chosen.value == _NONE


def narrowed(section: Section, items: Sequence[Item], chosen: Chosen) -> list[Item]:
    """The rows that are asked for, in their order."""
    if chosen.name == WHO:
        return [one for one in items if organisation_in(section, one) == chosen.value]
    field = fields_of(section).get(chosen.name)
    return [one for one in items if _key(one, field) == chosen.value] if field else list(items)


def _key(item: Item, field: Field) -> str:
    value = item.values.get(field.name)
    return _NONE if value is None or value == "" else str(value)


def rows_of_chips(section: Section, items: Sequence[Item], chosen: Chosen) -> list[Chips]:
    """What the whole list can be narrowed to, with how many rows each leaves; nothing where there is no choice."""
    rows = []
    for name, field in fields_of(section).items():
        of_field = field
        found = _counted(items, lambda one, field=of_field: _key(one, field))  # type: ignore[misc]
        if len(found) > 1:
            rows.append(_row(field.read_as, name, found, chosen, of_field.label_of))
    with_whom = _counted(items, lambda one: organisation_in(section, one))
    shared = {
        who: count for who, count in with_whom.items() if 0 < len(who) <= LONGEST and LEAST_SAME <= count < len(items)
    }
    if shared:
        rows.append(_row(WITH_WHOM, WHO, shared, chosen, str))
    return rows


def _row(label: str, name: str, found: Mapping[str, int], chosen: Chosen, words: Callable[[Any], str]) -> Chips:
    most_first = sorted(found.items(), key=lambda one: -one[1])[:MOST_CHIPS]
    return Chips(
        label,
        tuple(
            Chip(
                Chosen(name, key).query,
                "没填" if key == _NONE else words(key),
                count,
                chosen == Chosen(name, key),
            )
            for key, count in most_first
        ),
    )


def _counted(items: Sequence[Item], key: Callable[[Item], str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in items:
        found[key(one)] = found.get(key(one), 0) + 1
    return found


def words_of(section: Section, chosen: Chosen) -> str:
    """What is shown, in words; empty for the whole list."""
    if chosen.name == WHO:
        return chosen.value
    field = fields_of(section).get(chosen.name)
    if field is None:
        return ""
    return f"{field.read_as}{'没填' if chosen.value == _NONE else f'是{field.label_of(chosen.value)}'}的"


def with_totals(publication: Publication, kept: Sequence[Item]) -> Publication:
    """The publication with the totals of these rows alone, reckoned by the section's own rule."""
    values = [{name: value for name, value in one.values.items() if value != STUB} for one in kept]
    return replace(publication, totals=publication.section.totals(values))


def of_year(found: Sequence[Publication], chosen: Chosen) -> list[Publication]:
    """The publications of periods that begin in the chosen year."""
    return [one for one in found if chosen.name != YEAR or str(one.period.first.year) == chosen.value]


def years_of(found: Sequence[Publication], chosen: Chosen) -> list[Chips]:
    """The years from which there are publications; nothing where it is one year."""
    counts: dict[str, int] = {}
    for one in found:
        year = str(one.period.first.year)
        counts[year] = counts.get(year, 0) + 1
    if len(counts) < LEAST_SAME:
        return []
    years = sorted(counts, reverse=True)[:MOST_CHIPS]
    chips = tuple(Chip(Chosen(YEAR, one).query, f"{one}年", counts[one], chosen == Chosen(YEAR, one)) for one in years)
    return [Chips("哪一年", chips)]


def kinds_of(section: Section, chosen: Chosen) -> list[Chips]:
    """The kinds that a section of events knows, without counts: nobody reads all years to draw one row."""
    return [
        Chips(
            field.read_as,
            tuple(
                Chip(Chosen(name, one.key).query, one.label, None, chosen == Chosen(name, one.key))
                for one in field.choices[:MOST_CHIPS]
            ),
        )
        for name, field in fields_of(section).items()
    ]
