"""Which published project (工程项目) a payment is for: only where the row itself names it, by its name or number. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from villagehub.public.address import Address
from villagehub.public.published import Item, Publication

SHORTEST: Final = 4
"""A name of fewer characters (修路, 水渠) stands in too many rows to say which project is meant."""


def project_named_in(item: Item, projects: Sequence[Item]) -> Item | None:
    """The one project that the entry names; of several whose names stand in each other the longest. None in doubt."""
    said = _joined(item, "summary", "note")
    found = {
        word: one for one in projects for name in ("name", "project_no") if len(word := _joined(one, name)) >= SHORTEST
    }
    named = sorted((word for word in found if word in said), key=len)
    if not named:
        return None
    longest = named[-1]
    clear = all(word in longest or found[word].thing_id == found[longest].thing_id for word in named)
    return found[longest] if clear else None


def _joined(item: Item, *names: str) -> str:
    return "\n".join("".join(str(item.values.get(name) or "").split()) for name in names)


@dataclass(frozen=True, slots=True)
class Projects:
    """The projects that one set of books shows now, and where each has its page."""

    items: tuple[Item, ...]
    code: str
    address: Address

    def page_of(self, item: Item) -> str:
        """The page of the project that the entry names; empty where it names none."""
        found = project_named_in(item, self.items)
        return replace(self.address, item=found.number).path(self.code) if found else ""


NO_PROJECTS: Final = Projects((), "", Address())


def projects_beside(
    one: Publication, current: Sequence[Publication], items_of: Callable[[int], Sequence[Item]], code: str
) -> Projects:
    """The register of projects beside an account of the same entity; ``current`` holds the newest of each disclosure."""
    address = Address(one.address.entity, one.address.group_no, "projects")
    mine = [
        other
        for other in current
        if other.section.name == "projects"
        and (other.address.entity, other.address.group_no) == (address.entity, address.group_no)
    ]
    newest = max(mine, key=lambda other: (other.period, other.number), default=None)
    return NO_PROJECTS if newest is None or newest.hidden else Projects(tuple(items_of(newest.id)), code, address)
