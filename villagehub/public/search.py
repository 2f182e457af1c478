"""Search over what a village shows now: things, matters, amounts, days; the index has nobody's name.

Only current rows of sections without persons are kept, cut into tokens from their public faces. What is hidden leaves the
index in the transaction that hides it; what was superseded, or came back, is put right when the village's pages are built.
A hit is shown only if its version is shown at that very moment, whatever the index says.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import render_template
from sqlalchemy.orm import Session

from villagehub.disclosures.public_words import officers_of
from villagehub.kernel.codes import apart, form_typed
from villagehub.kernel.masking import is_person, looks_like_name, mask_names_in
from villagehub.kernel.search_words import (
    LONGEST,
    plain,
    read_question,
    tokens_of_amount,
    tokens_of_day,
    tokens_of_kind,
    tokens_of_name,
    tokens_of_text,
)
from villagehub.public.address import Address
from villagehub.public.before_first import before_the_first
from villagehub.public.finance_page import MORE_ROWS, shown_value
from villagehub.public.finding import find_rows
from villagehub.public.look import PRINT, for_paper
from villagehub.public.numbered import Numbered, led
from villagehub.public.pages_meant import MOST, Meant, pages_meant, without_page
from villagehub.public.post_holders import (
    PostHolder,
    answering_for,
    asks_for_whom,
    group_of_post,
    holders_of,
    named,
)
from villagehub.public.published import Item, Publication, items_of, newest
from villagehub.public.registers import dialled, short_line
from villagehub.public.said_group import group_in, readings_of
from villagehub.public.search_examples import examples_of
from villagehub.public.together import untied
from villagehub.public.village import Village
from villagehub.sections.base import LASTING, Field, Kind, Names, Section
from villagehub.storage.text_index import (
    AFTER_LAST_DAY,
    RULES,
    Entry,
    forget_versions,
    indexed_versions,
    put_version,
)

_LONGEST_ASKED: Final = 3 * LONGEST
"""As it may come with marks that only keep a line together, which do not count."""
_MASKED: Final = re.compile(r".\*\*")


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that was found."""

    href: str
    name: str
    line: str
    amount: str
    where: str
    """Section and period."""
    beside: tuple[tuple[str, str], ...] = ()
    """What the row names by a number that has a page, as heading and link."""


def searchable(village: Village) -> dict[int, Publication]:
    """The publications whose rows can be found now, by id: the newest of each disclosure; of a register what holds today."""
    shown: dict[int, Publication] = {}
    registers: set[tuple[str, str, str]] = set()
    for one in sorted(newest(village.publications), key=lambda one: (one.period, one.number), reverse=True):
        if one.section.shape in LASTING:
            books = (one.address.entity, one.address.group_no, one.section.name)
            if books in registers:
                continue
            registers.add(books)
        if not (one.hidden or one.section.persons or one.aggregate):
            shown[one.id] = one
    return shown


def _taken_down(one: Publication) -> bool:
    """Whether its last day is over and only a part of each row is still shown, emptied by the clock or not yet."""
    return bool(one.section.stays) and one.expired


def _answering(session: Session, village: Village) -> dict[int, Publication]:
    """What is searchable, without those whose last day is over and which the index still has whole: it would answer by their
    text, and so give it away.
    """
    shown = searchable(village)
    if not any(_taken_down(one) for one in shown.values()):
        return shown
    cut = indexed_versions(session, village.facts.id, under=AFTER_LAST_DAY)
    return {one_id: one for one_id, one in shown.items() if one_id in cut or not _taken_down(one)}


def bring_up_to_date(session: Session, village: Village) -> bool:
    """Takes out what is no longer shown and puts in what is; writes nothing when all is as it should be. Returns whether text
    went whose last day is over, so that freed pages must be wiped.
    """
    wanted, village_id = searchable(village), village.facts.id
    held = {rules: indexed_versions(session, village_id, under=rules) for rules in (RULES, AFTER_LAST_DAY)}
    forget_versions(session, village_id, indexed_versions(session, village_id, under=None) - set(wanted))
    rules_of = {one_id: AFTER_LAST_DAY if _taken_down(one) else RULES for one_id, one in sorted(wanted.items())}
    fresh = [wanted[one_id] for one_id, rules in rules_of.items() if one_id not in held[rules]]
    officers = officers_of(session, village_id) if fresh else set()
    wipe = False
    for publication in fresh:
        rules = rules_of[publication.id]
        late = rules == AFTER_LAST_DAY  # the village may have read its rows while they were still whole
        items = items_of(session, publication.id) if late else village.items(session, publication.id)
        entries = [Entry(one.position, frozenset(tokens_of(publication.section, one, officers))) for one in items]
        wipe = bool(put_version(session, village_id, publication.id, entries, rules=rules) and late) or wipe
    return wipe


def tokens_of(section: Section, item: Item, officers: Collection[str]) -> Iterator[str]:
    """What a row can be found by: its public fields, without anybody's name or telephone. Pure."""
    for field in section.public_fields:
        value = item.values.get(field.name)
        if value is None or value == "":
            continue
        if field.kind is Kind.MONEY and isinstance(value, int):
            yield from tokens_of_amount(value)
        elif field.kind in (Kind.DATE, Kind.PARTIAL_DATE) and re.match(r"\d{4}", str(value), re.ASCII):
            yield from tokens_of_day(str(value))
        elif not (field.contact or _names_a_person(field, str(value))):
            words = mask_names_in(shown_value(section, field.name, value), officers)
            said = _MASKED.sub(" ", words)
            yield from tokens_of_kind(said) if field.kind is Kind.CHOICE else tokens_of_text(said)
            if field.name == section.headline:
                yield from tokens_of_name(said)


def _names_a_person(field: Field, value: str) -> bool:
    return field.person or (field.names is Names.MASK_PERSON and ("**" in value or is_person(value)))


def search_page(session: Session, village: Village, asked: str, after: int) -> str:
    """The page that is meant by its name, then the rows that were found, twenty at a time."""
    came, asked = len(asked), untied(asked[:_LONGEST_ASKED])
    alone, beside = apart(asked)
    cut, asked = len(asked) > LONGEST, asked[:LONGEST].strip()
    shown = _answering(session, village)
    about = asks_for_whom(asked)
    found = find_rows(session, village, shown, about or asked)
    part = found[after : after + MORE_ROWS]
    reached = after + MORE_ROWS
    code = 0 if found else form_typed(alone)
    if code:  # it opens in its own box; here it is not repeated, and only the words beside it mean something
        asked = beside[:LONGEST]
        about = asks_for_whom(asked)
    holders = [] if after or not asked else holders_of(session, village)
    pages = [] if after or not asked else _pages(session, village, shown, holders, asked, about)
    readings = readings_of(about or asked) or [(about or asked, "")]
    before = None if code or (found and asked.isdigit()) else before_the_first(session, village, asked)
    return render_template(
        "public/search.html",
        village=village.facts,
        asked="" if code else asked,
        cut=cut,
        nothing_asked=not read_question(about or asked, today=village.today),
        count=len(found),
        first=after + 1,
        hits=_hits(session, village, shown, part),
        more=urlencode({"q": asked, "after": reached}) if reached < len(found) else "",
        pages=pages,
        missed=bool(pages) and not (found or before or code) and about is None and _missed(village, holders, asked),
        before=before,
        code=code,
        typed=alone if code else "",
        examples=[] if found or pages else examples_of(session, village.facts.id, shown, today=village.today),
        a_name=not found and not pages and any(looks_like_name(name) for name, _ in readings),
        unread=readings[0][1] if any(not group_of_post(one) for one in named(holders, asked)) else "",
        has={one.section.name for one in newest(village.publications) if not one.hidden},
        noindex=True,
        **(_links({}) if code else _links({"q": asked} if asked else {}) if came > LONGEST else {}),
    )


def _links(kept: dict[str, str]) -> dict[str, Callable[..., str]]:
    """Text size, colours and the page for paper with this alone of what was asked: no more of it than was read, and of a
    查询码, which comes into no further address, nothing.
    """

    def paper() -> str:
        asked = kept | ({} if for_paper() else {PRINT: "1"})
        return f"?{urlencode(asked)}" if kept else ""

    return {"look_href": lambda name, value: f"?{urlencode(kept | {name: value})}", "print_href": paper}


_HOW: Final = ("powers", "guides")
"""Where a village says how one goes about a thing."""


def _pages(
    session: Session,
    village: Village,
    shown: dict[int, Publication],
    holders: Sequence[PostHolder],
    asked: str,
    about: str | None,
) -> list[Meant]:
    """Whoever was named in full, then the pages that are meant; behind 谁管… whoever answers for it and how one goes about it."""
    cards = [_card(one) for one in named(holders, asked)]

    def known_of(word: str) -> list[Meant]:
        return [
            *[_card(one) for one in answering_for(holders, word)[:2]],
            *_ways_to(session, village, shown, word)[:2],
        ]

    meant = pages_meant(about or asked, village.facts.code, village.publications, today=village.today, about=known_of)
    if about is not None and not cards:
        duties = pages_meant("干部权责", village.facts.code, village.publications, today=village.today)
        meant = [*known_of(about), *meant, *duties]
    return list({one.href: one for one in (*cards, *meant)}.values())[:MOST]


def _missed(village: Village, holders: Sequence[PostHolder], asked: str) -> bool:
    """Whether a word means none of the pages that are offered, so that it must be said that nothing was found for all."""
    names = [one.name for one in named(holders, asked)]
    return any(
        not (names and (group_in(word) or any(word in plain(name) for name in names)))
        for word in without_page(asked, village.facts.code, village.publications, today=village.today)
    )


def _card(holder: PostHolder) -> Meant:
    return Meant(holder.href, holder.title, holder.what, dialled(holder.phone))


def _ways_to(session: Session, village: Village, shown: dict[int, Publication], word: str) -> list[Meant]:
    """Powers and guides that have the word in their name."""
    return [
        Meant(
            Address(one.address.entity, one.address.group_no, one.section.name, item=item.number).path(
                village.facts.code
            ),
            str(item.values[one.section.headline]),
            one.section.title,
        )
        for one in shown.values()
        if word and one.section.name in _HOW
        for item in village.items(session, one.id)
        if word in str(item.values.get(one.section.headline) or "")
    ]


def _hits(
    session: Session, village: Village, shown: dict[int, Publication], places: Sequence[tuple[int, int]]
) -> list[Hit]:
    """The rows at these places as their pages show them: what is over, or was redacted, is not read past that."""
    made, numbered = list[Hit](), Numbered(session, village)
    for version_id, position in places:
        publication = shown[version_id]
        item = next(iter(items_of(session, version_id, after=position - 1, most=1)), None)
        if item is None:
            continue
        address = publication.address
        href = Address(address.entity, address.group_no, address.section, item=item.number).path(village.facts.code)
        ways = numbered.beside(publication, item)
        beside = {name: led(name, str(item.values[name]), ways) for name, _ in ways}
        said = tuple((publication.section.field_named(name).read_as, words) for name, words in beside.items())
        made.append(Hit(href, *short_line(publication.section, item), publication.title, said))
    return made
