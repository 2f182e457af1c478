"""Two versions of a disclosure side by side: what was added, taken out, and changed, row by row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from villagehub.disclosures.receipts import RowProof, proof_change
from villagehub.public.finance_page import Change, changes_between
from villagehub.public.published import Item
from villagehub.sections.base import Section


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that is not as before."""

    number: int
    name: str
    kind: str
    """``changed``, ``added`` or ``removed``."""
    changes: tuple[Change, ...]


Proofs = Mapping[int, RowProof]
"""What rows have of receipts, by permanent number."""


def compare(
    section: Section,
    before: Sequence[Item],
    after: Sequence[Item],
    proofs: tuple[Proofs, Proofs] = ({}, {}),
) -> list[RowChange]:
    """What the later version changed; rows are the same where they are about the same thing. ``proofs`` are both versions'."""
    old = {one.thing_id: one for one in before}
    new = {one.thing_id: one for one in after}
    found: list[RowChange] = []
    for one in after:
        former = old.get(one.thing_id)
        if former is None:
            found.append(RowChange(one.number, name_of(section, one), "added", _all(section, one, added=True)))
        elif changed := (*changes_between(section, former, one), *receipt_changes(one.number, proofs)):
            found.append(RowChange(one.number, name_of(section, one), "changed", changed))
    for one in before:
        if one.thing_id not in new:
            found.append(RowChange(one.number, name_of(section, one), "removed", _all(section, one, added=False)))
    return found


def receipt_changes(number: int, proofs: tuple[Proofs, Proofs]) -> tuple[Change, ...]:
    """The line about a row's receipts, if they are not as before."""
    said = proof_change(proofs[0].get(number), proofs[1].get(number))
    return (Change("票据", *said),) if said else ()


def name_of(section: Section, item: Item) -> str:
    """What a row is called in lists; its number where nothing names it."""
    return str(item.values.get(section.headline) or f"第 {item.number} 项")


def _all(section: Section, item: Item, *, added: bool) -> tuple[Change, ...]:
    empty = Item(item.number, item.position, item.thing_id, {})
    return changes_between(section, empty, item) if added else changes_between(section, item, empty)
