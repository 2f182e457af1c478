"""Examples beside the search's box: what this village has published and its index finds, or nothing."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence, Period
from villagehub.kernel.search_words import read_question
from villagehub.public.published import Publication, items_of
from villagehub.sections.base import Names, Shape
from villagehub.storage.text_index import find

_COMMON: Final = ("水渠", "路灯", "修路", "电费", "水费", "维修", "租金", "保洁", "会议", "工程")
_LOOKED_AT: Final = 12
"""Rows of a publication from which an example may come."""


def examples_of(session: Session, village_id: int, shown: dict[int, Publication], *, today: date) -> list[str]:
    """A thing or a matter, an amount and a month, each of which finds at least one row."""
    made = []
    for kind in (_matters(session, shown), _amounts(session, shown), _months(session, shown)):
        for example in kind:
            if any(one in shown for one, _ in find(session, village_id, read_question(example, today=today))):
                made.append(example)
                break
    return made


def _newest(shown: dict[int, Publication], *shapes: Shape) -> list[Publication]:
    found = [one for one in shown.values() if one.section.shape in shapes and one.rows]
    return sorted(found, key=lambda one: (one.period, one.number), reverse=True)


def _matters(session: Session, shown: dict[int, Publication]) -> Iterator[str]:
    yield from _COMMON
    for publication in _newest(shown, Shape.REGISTER)[:2]:
        section = publication.section
        field = section.field_named(section.headline)
        if field.person or field.names is not Names.SHOW:
            continue
        for item in items_of(session, publication.id, most=_LOOKED_AT):
            name = str(item.values.get(section.headline) or "")
            if 2 <= len(name) <= 8:
                yield name


def _amounts(session: Session, shown: dict[int, Publication]) -> Iterator[str]:
    for publication in _newest(shown, Shape.FLOW)[:1]:
        for item in items_of(session, publication.id, most=_LOOKED_AT):
            amount = item.values.get("amount")
            if isinstance(amount, int) and amount > 0:
                yield yuan(amount).replace(",", "").removesuffix(".00")


def _months(session: Session, shown: dict[int, Publication]) -> Iterator[str]:
    for publication in _newest(shown, Shape.FLOW)[:1]:
        for item in items_of(session, publication.id, most=_LOOKED_AT):
            day = item.values.get("occurred_on")
            if day:
                yield Period.of(Cadence.MONTH, date.fromisoformat(str(day))).label
