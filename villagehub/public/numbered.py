"""Where the thing stands that a row names by its number: its contract, the asset or land a contract is about, its project."""

import re
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup
from sqlalchemy.orm import Session

from villagehub.disclosures.redacted import STUB
from villagehub.public.address import Address
from villagehub.public.published import Item, Publication
from villagehub.public.village import Village

OWN: Final = {"assets": "asset_no", "resources": "resource_no", "contracts": "contract_no", "projects": "project_no"}
"""The registers whose things are named elsewhere, and the field of a thing's own number."""
_NAMED_BY: Final = {"contract_no": ("contracts",), "object_no": ("assets", "resources"), "project_no": ("projects",)}
"""Fields that name a thing of another register."""
_BETWEEN: Final = re.compile(r"([、，,；;\s]+)")

Ways = dict[tuple[str, str], str]
"""The page of the thing by field and number."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The things that a village's registers show now, by their numbers; each register is read when first asked for."""

    session: Session
    village: Village
    _held: dict[str, dict[str, list[Address]]] = field(default_factory=dict)

    def beside(self, one: Publication, item: Item) -> Ways:
        """The ways to what the row names; none to itself, nor where two things have the number."""
        found: Ways = {}
        for name, registers in _NAMED_BY.items():
            said = item.values.get(name)
            if said in (None, "", STUB) or OWN.get(one.section.name) == name:
                continue
            for number in {str(said), *_BETWEEN.split(str(said))}:
                pages = [page for register in registers for page in self._in(register).get(number, ())]
                own = [page for page in pages if _books(page) == _books(one.address)] or pages
                if len(own) == 1:
                    found[name, number] = own[0].path(self.village.facts.code)
        return found

    def _in(self, register: str) -> dict[str, list[Address]]:
        if register not in self._held:
            held: dict[str, list[Address]] = {}
            books = {_books(one.address) for one in self.village.publications if one.section.name == register}
            for entity, group in sorted(books):
                newest, *_ = self.village.of(Address(entity, group, register))
                for item in () if newest.hidden else self.village.items(self.session, newest.id):
                    number = item.values.get(OWN[register])
                    if number not in (None, "", STUB):
                        held.setdefault(str(number), []).append(Address(entity, group, register, item=item.number))
            self._held[register] = held
        return self._held[register]


def _books(address: Address) -> tuple[str, str]:
    return address.entity, address.group_no


def led(name: str, words: str, ways: Ways) -> str:
    """A field's words, each number in them a link to the thing's page where it has one."""
    if (name, words) in ways:
        return Markup('<a class="call" href="{}">{}</a>').format(ways[name, words], words)
    parts = _BETWEEN.split(words)
    if not any((name, one) in ways for one in parts):
        return words
    return Markup("").join(led(name, one, ways) if (name, one) in ways else one for one in parts)
