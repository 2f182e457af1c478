"""Which rows answer a search, in the order in which they are shown."""

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from villagehub.kernel.search_words import in_names, of_any_kind, plain, read_question, words_of
from villagehub.public.numbered import OWN
from villagehub.public.pages_meant import sections_titled
from villagehub.public.published import Publication
from villagehub.public.village import Village
from villagehub.sections.base import LASTING, Section
from villagehub.storage.text_index import find

Place = tuple[int, int]
"""A row by version and position."""
_DIGIT: Final = re.compile(r"\d")


def find_rows(session: Session, village: Village, shown: Mapping[int, Publication], asked: str) -> list[Place]:
    """The thing of that number, things of that name, entries of that name, the others; of each those whose own words say it
    before those that are only of that category or section, and the newest publication first.
    """
    question = read_question(asked, today=village.today)
    in_name = set(find(session, village.facts.id, in_names(question)))
    in_words = set(find(session, village.facts.id, question))
    everywhere = {*_of(session, village, asked), *_beside_a_section(session, village, shown, asked)}
    found = [one for one in everywhere if one[0] in shown]
    own = _of_that_number(session, village, shown, found, asked)
    return sorted(
        found,
        key=lambda one: (
            one not in own,
            _place(shown[one[0]].section, one in in_name),
            one not in in_words,
            -shown[one[0]].number,
            one[1],
        ),
    )


def _of(session: Session, village: Village, asked: str) -> list[Place]:
    return find(session, village.facts.id, of_any_kind(read_question(asked, today=village.today)))


def _beside_a_section(session: Session, village: Village, shown: Mapping[int, Publication], asked: str) -> set[Place]:
    """3200 项目: what the other words find, if it stands in the section that is named or has that word too."""
    words = words_of(asked)
    named = {word: {one.name for one in sections_titled(word)} for word in words}
    others = [word for word in words if not named[word]]
    if not others or len(others) == len(words):
        return set()
    found = {one for one in _of(session, village, " ".join(others)) if one[0] in shown}
    for word, sections in named.items():
        if found and sections:
            said = set(_of(session, village, word))
            found = {one for one in found if one in said or shown[one[0]].section.name in sections}
    return found


def _place(section: Section, by_name: bool) -> int:
    return 2 if not by_name else 0 if section.shape in LASTING else 1


def _of_that_number(
    session: Session, village: Village, shown: Mapping[int, Publication], found: list[Place], asked: str
) -> set[Place]:
    """The things whose own number was typed: they come before what only names them."""
    number = plain(asked)
    registers = sorted({one for one, _ in found if shown[one].section.name in OWN}) if _DIGIT.search(number) else []
    return {
        (one, item.position)
        for one in registers
        for item in village.items(session, one)
        if plain(str(item.values.get(OWN[shown[one].section.name]) or "")) == number
    }
