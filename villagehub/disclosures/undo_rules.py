"""What undoing an upload does to a draft's rows, worked out from three lists of links (import.md 10). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from villagehub.sections.base import Balances


class Link(NamedTuple):
    """One row of a draft: the thing it is about, the row itself, and the clerk's Excel row."""

    thing_id: int
    row_id: int
    source_row: int | None = None
    listed: bool = True
    """It stands in the upload's file."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The links that stay, and what became of the others."""

    links: tuple[Link, ...]
    removed: int = 0
    """The upload had made them."""
    restored: int = 0
    """They have their earlier value again."""
    returned: int = 0
    """The upload had dropped them."""
    kept: tuple[int, ...] = ()
    """Things that somebody changed after the upload: they stay as they are."""


def undone(before: Sequence[Link], after: Sequence[Link], now: Sequence[Link]) -> Undone:
    """Created rows go, changed and dropped ones come back in their former order; what was changed since stays."""
    was, put, here = ({one.thing_id: one for one in links} for links in (before, after, now))
    target: dict[int, Link] = {}
    kept: list[int] = []
    removed = restored = returned = 0
    for thing, link in here.items():
        if thing not in put or put[thing].row_id != link.row_id:
            target[thing] = link
            kept.append(thing)
        elif thing in was:
            target[thing] = was[thing]
            restored += was[thing].row_id != link.row_id
        else:
            removed += 1
    for thing, link in was.items():
        if thing in here:
            continue
        if thing in put:
            kept.append(thing)
        else:
            target[thing] = link
            returned += 1
    ordered = [target[thing] for thing in was if thing in target]
    ordered += [link for thing, link in target.items() if thing not in was]
    return Undone(tuple(ordered), removed, restored, returned, tuple(kept))


def undone_balances(before: Balances, after: Balances, now: Balances) -> tuple[Balances, bool]:
    """The balances of before, but for those that somebody changed since; True beside them when there is such a one.

    The closing follows from the others where anything stays, so it does not count as changed by itself.
    """
    names = ("opening_fen", "bank_fen", "cash_fen")
    said = {name: getattr(now, name) != getattr(after, name) for name in names}
    values = {name: getattr(now if said[name] else before, name) for name in names}
    return Balances(closing_fen=before.closing_fen, **values), any(said.values())
