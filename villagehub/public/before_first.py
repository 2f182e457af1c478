"""Days before anything was published here: whoever asks for them is told since when there is something, and where it begins."""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from villagehub.disclosures.expected import list_expected
from villagehub.kernel.search_when import When, read_when
from villagehub.kernel.search_words import words_of
from villagehub.public.pages_meant import sections_called
from villagehub.public.published import Publication, newest
from villagehub.public.village import Village


@dataclass(frozen=True, slots=True)
class Before:
    """The first that there is of what was asked for."""

    what: str
    """财务收支"""
    first: str
    """The first period, in words."""
    href: str


def before_the_first(session: Session, village: Village, asked: str) -> Before | None:
    """What was published first, if all that is asked for lies before it; None also for what the village owes right now, which
    is late and not from before. Without a section's name the accounts are meant.
    """
    when, rest = _days_in(asked, village.today)
    if when is None:
        return None
    sections = sections_called(rest) if rest else []
    names = {one.name for one in sections} or {"finance"}
    shown = [one for one in newest(village.publications) if one.section.name in names and not one.hidden]
    if not shown:
        return None
    first = min(shown, key=lambda one: (one.period.first, one.number))
    if when.last_month >= (first.period.first.year, first.period.first.month) or _owed(session, village, first, when):
        return None
    return Before(first.section.title, first.period.label, first.address.path(village.facts.code))


def _days_in(asked: str, today: date) -> tuple[When | None, str]:
    """The days of the question, a bare 2019 too, and the first of its other words."""
    when, others = None, []
    for word in words_of(asked):
        year = re.fullmatch(r"(?:19|20)[0-9]{2}", word)
        found = (When((int(word),)), "") if year else read_when(word, today=today)
        if found is None:
            others.append(word)
        else:
            when = when or found[0]
            others += [found[1]] if found[1] else []
    return when, others[0] if others else ""


def _owed(session: Session, village: Village, first: Publication, when: When) -> bool:
    return any(
        one.account.section == first.section.name and when.meets(one.account.period) and not one.public
        for one in list_expected(session, [village.facts.id], today=village.today)
    )
