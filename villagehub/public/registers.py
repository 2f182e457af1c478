"""Lines of lists and of single rows, in words, as the section's own declaration has them. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup

from villagehub.disclosures.wording import total_shown
from villagehub.kernel.money import signed_yuan, yuan
from villagehub.kernel.spoken import spoken_yuan
from villagehub.public.changes import name_of
from villagehub.public.finance_page import amount_of, category_of, partial_day, shown_value
from villagehub.public.numbered import Ways, led
from villagehub.public.published import Item, Publication
from villagehub.sections.base import Field, Kind, Note, Section, Stage
from villagehub.sections.parts import read_parts
from villagehub.sections.terms import BadInstalment, part_fen
from villagehub.web.filters import tel

MOST_PARTS = 40
"""So many entries of a small table stand on a page; the file beside it has them all."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One thing in a list."""

    number: int
    name: str
    line: str = ""
    amount: str = ""
    state: str = ""
    warn: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """One office holder in a list."""

    number: int
    name: str
    post: str
    body: str
    facts: tuple[tuple[str, str], ...]
    """What the post is about, heading and words."""
    term: str = ""


@dataclass(frozen=True, slots=True)
class PartTable:
    """The small table that one cell of a row holds."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawn: bool
    """Its entries are steps in order."""
    more: int = 0
    """Entries that found no room."""
    tag: str = ""
    """The column whose words stand as a tag behind the first."""
    states: tuple[Stage | None, ...] = ()
    """How it stood with each entry on the day of publication; empty where nothing is known of any."""


def money_field(section: Section) -> Field | None:
    """The field of the amount that stands in a list."""
    name = section.promoted.get("amount_fen")
    return section.field_named(name) if name else None


def _told(section: Section, name: str, value: object) -> str:
    """A value as it stands among others: a bare number says what it is."""
    field, words = section.field_named(name), shown_value(section, name, value)
    return f"{field.read_as} {words}" if field.kind in (Kind.DECIMAL, Kind.WHOLE) else words


def list_line(section: Section, item: Item, *, today: date) -> ListLine:
    """One row: name, what the section puts under it, state, amount, and what states for ``today``."""
    values = item.values
    parts = [_told(section, name, values[name]) for name in section.line if values.get(name) not in (None, "")]
    state = str(values.get(section.state) or "") if section.state else ""
    money = money_field(section)
    amount = values.get(money.name) if money else None
    return ListLine(
        item.number,
        name_of(section, item),
        " · ".join(parts),
        f"{money.heading} {yuan(int(amount))} 元" if money and amount is not None else "",
        section.field_named(section.state).label_of(state) if state else "",
        state in section.warn_states,
        tuple(section.notes(values, today)),
    )


def divided(section: Section, items: Sequence[Item], *, today: date) -> list[tuple[str, list[ListLine]]]:
    """A list's lines under the headings that the section divides it by, in the order of the register; one without a heading
    where it does not.
    """
    found: dict[str, list[ListLine]] = {}
    for item in items:
        value = item.values.get(section.listed_by) if section.listed_by else None
        words = section.field_named(section.listed_by).label_of(value) if value not in (None, "") else ""
        found.setdefault(words or ("其他" if section.listed_by else ""), []).append(
            list_line(section, item, today=today)
        )
    return list(found.items())


_OF_HOLDERS = ("portfolio", "powers", "duties", "office_phone", "office_hours", "commitment", "review")


def holder_line(section: Section, item: Item) -> Holder:
    """One office holder."""
    values = {name: str(value) for name, value in item.values.items() if value is not None}
    facts = tuple(
        (
            section.field_named(name).read_as,
            _dialled(section.field_named(name), shown_value(section, name, item.values[name])),
        )
        for name in _OF_HOLDERS
        if values.get(name)
    )
    return Holder(
        item.number,
        values.get("name", ""),
        values.get("post", ""),
        values.get("body", ""),
        facts,
        values.get("term", ""),
    )


def holders(section: Section, items: Sequence[Item]) -> list[Holder]:
    """Office holders in the order of the register."""
    return [holder_line(section, one) for one in items]


def by_body(lines: Sequence[Holder]) -> list[tuple[str, list[Holder]]]:
    """Office holders by body, in the order of the register."""
    found: dict[str, list[Holder]] = {}
    for one in lines:
        found.setdefault(one.body or "其他", []).append(one)
    return list(found.items())


def sum_lines(publication: Publication, items: Sequence[Item], *, whole: bool = True) -> list[tuple[str, str]]:
    """The list's totals in words; a sum over rows of which some say nothing names how many it is made of. In a
    part of the list (not ``whole``) a sum of which no row says anything is left out.
    """
    lines = []
    for one in publication.section.sums:
        if one.name in publication.totals:
            said = sum(1 for item in items if item.values.get(one.field) is not None)
            if not said and not whole:
                continue
            part = "" if said == len(items) else f"，{said} {publication.section.unit}填了"
            value, _, unit = total_shown(one.name, publication.totals[one.name]).partition(" ")
            lines.append((f"{one.words}（{unit or publication.section.unit}{part}）", value if said else "没填"))
    return lines


def said_in_one(section: Section, item: Item) -> tuple[str, str] | None:
    """The row's one plain sentence with its heading, if somebody wrote one."""
    words = item.values.get(section.says) if section.says else None
    return (section.field_named(section.says).read_as, str(words)) if words else None


def item_lines(
    section: Section, item: Item, cards: Mapping[str, str] = MappingProxyType({}), ways: Ways | None = None
) -> list[tuple[str, str]]:
    """Every public field of a row that has a value and stands nowhere else on its page, as heading and words. A name in
    ``cards`` leads to that post holder's card, a number in ``ways`` to the thing that has it.
    """
    return [
        (
            field.read_as,
            led(field.name, _led(field, _aloud(section, field, item.values[field.name]), cards), ways or {}),
        )
        for field in section.public_fields
        if not field.parts and field.name != section.says and item.values.get(field.name) not in (None, "")
    ]


_BETWEEN_NAMES = re.compile(r"([、，,；;/\s]+|（[^）]*）)")


def _led(field: Field, words: str, cards: Mapping[str, str]) -> str:
    """Whoever answers for something, with the way to post and telephone behind the name."""
    if not field.person:
        return words
    return Markup("").join(
        Markup('{} <a class="call" href="{}">职务和电话</a>').format(one, cards[one]) if one in cards else one
        for one in _BETWEEN_NAMES.split(words)
    )


_PHONE = re.compile(
    r"(?<![\d*＊])(?:[(（]?0\d{2,3}[)）\-—－ ]?\d{7,8}|1\d{2}[ \-]?\d{4}[ \-]?\d{4}"
    r"|[48]00[ \-]?\d{3,4}[ \-]?\d{3,4}|\d{5,8})(?![\d*＊])",
    re.ASCII,
)
"""A number that can be dialled: two numbers with a space between are two, and what is left of a masked one is none."""


def _dialled(field: Field, words: str) -> str:
    """A published office phone as a link that a thumb dials; whatever else as it is."""
    return dialled(words) if field.contact else words


def dialled(words: str) -> Markup:
    """What a telephone's field says, each number in it a link that a thumb dials."""
    linked, end = Markup(""), 0
    for found in _PHONE.finditer(words):
        link = Markup('<a class="call" href="tel:{}">{}</a>').format(tel(found[0]), found[0])
        linked, end = linked + words[end : found.start()] + link, found.end()
    return linked + words[end:]


def _aloud(section: Section, field: Field, value: object) -> str:
    """As it is shown; an amount in words too, for reading aloud."""
    shown = _dialled(field, shown_value(section, field.name, value))
    return f"{shown}（{spoken_yuan(value)}）" if field.kind is Kind.MONEY and isinstance(value, int) else shown


def _part(heading: str, text: str) -> str:
    """One part as it is shown: days as days, amounts as amounts, whatever else as the clerk wrote it."""
    if text and heading.endswith("（元）"):
        try:
            return yuan(part_fen(text, text))
        except BadInstalment:
            return text
    return partial_day(text) if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text, re.ASCII) else text


def part_tables(section: Section, item: Item, *, on: date) -> list[PartTable]:
    """The small tables that the row holds: steps, materials, instalments, and how it stood with them on the day ``on``."""
    found = []
    told = section.course(item.values)
    for field in section.public_fields:
        if told and field.name == "steps":
            continue
        if not field.parts or not item.values.get(field.name):
            continue
        entries = read_parts(str(item.values[field.name]), field.parts)
        states = tuple(section.part_state(item.values, field.name, entry, on) for entry in entries[:MOST_PARTS])
        # A column that nobody filled in says nothing and is left out.
        used = [place for place in range(len(field.parts)) if any(entry[place] for entry in entries)]
        found.append(
            PartTable(
                field.read_as,
                tuple(field.parts[place] for place in used),
                tuple(
                    tuple(_part(field.parts[place], entry[place]) for place in used) for entry in entries[:MOST_PARTS]
                ),
                field.name == section.flow,
                max(0, len(entries) - MOST_PARTS),
                field.part_tag,
                states if any(states) else (),
            )
        )
    return found


_BARE = (Kind.DECIMAL, Kind.WHOLE, Kind.YES_NO, Kind.DATE, Kind.PARTIAL_DATE)
"""Kinds whose value alone does not say what it is."""


def _fact(section: Section, field: Field, values: Mapping[str, Any]) -> str:
    """One fact of a short line: numbers, 是, days and telephones say what they are; from a day to a day is one fact."""
    words = shown_value(section, field.name, values[field.name])
    if field.name == "starts_on" and values.get("ends_on"):
        return f"{words}至{shown_value(section, 'ends_on', values['ends_on'])}"
    return f"{field.read_as} {words}" if field.kind in _BARE or field.contact else words


_SHORT: Final = 40
"""Characters of one fact in a short line; the row's own page has the rest."""


def _cut(words: str) -> str:
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"


def short_line(section: Section, item: Item) -> tuple[str, str, str]:
    """A row of any section for the page of one version: name, a line of facts, amount."""
    name = name_of(section, item)
    if section.promoted.get("direction"):
        day = item.values.get("occurred_on")
        parts = [shown_value(section, "occurred_on", day)] if day else []
        return (
            name,
            " · ".join([*parts, category_of(section, item)[1]]),
            signed_yuan(amount_of(item), str(item.values.get("direction", ""))),
        )
    parts = [
        _cut(_fact(section, field, item.values))
        for field in section.public_fields
        if field.kind is not Kind.MONEY
        and not field.parts
        and field.name != section.headline
        and item.values.get(field.name)
        and not (field.name == "ends_on" and item.values.get("starts_on"))
    ]
    money = section.promoted.get("amount_fen")
    amount = item.values.get(money) if money else None
    return name, " · ".join(parts[:3]), f"{yuan(int(amount))} 元" if amount is not None else ""
