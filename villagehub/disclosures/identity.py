"""Who a row is: natural keys and content keys, keyed where they could give away a person (decision 4). Pure."""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from villagehub.kernel.canonical import canonical
from villagehub.sections.base import Facts, Section

KEY_ID = "k1"
"""Names the match key, so that it can be changed one day without losing older HMACs."""


def keyed(secret: bytes, purpose: str, text: str) -> bytes:
    """HMAC-SHA256 of a text for one purpose; a plain hash of an ID number could be found by trying all of them."""
    return hmac.digest(secret, f"{purpose}\x00{text}".encode(), "sha256")


def base_key(section: Section, facts: Facts, secret: bytes) -> str:
    """The part of a thing's key that its facts give: the clerk's own number, or a keyed digest of the content."""
    natural = section.natural_key(facts)
    if natural is None:
        digest = keyed(secret, f"content:{section.name}", canonical(facts).decode())
        return f"c:{digest.hex()[:32]}"
    if section.persons:
        return f"p:{keyed(secret, f'key:{section.name}', natural).hex()[:32]}"
    if len(natural) > 120:
        return f"l:{sha256(natural.encode()).hexdigest()}"
    return f"n:{natural}"


@dataclass(frozen=True, slots=True)
class Held:
    """A row that the disclosure's former version holds: its key and line, and its facts."""

    row_id: int
    thing_id: int
    key: str
    """``<base>#<line>``."""
    facts: dict[str, Any]


def assign_keys(bases: Sequence[str], facts: Sequence[Facts], held: Iterable[Held]) -> list[tuple[str, Held | None]]:
    """For each new row its full key ``<base>#<line>`` and the held row it continues, if any.

    Vouchers restart monthly and carry several lines, and two truly identical rows stay two: so a base may occur often.
    Rows of one base are matched by equal content first and then in order, so that a line put in between does not make
    the following ones look changed.
    """
    by_base: dict[str, list[Held]] = defaultdict(list)
    for one in held:
        by_base[one.key.rpartition("#")[0]].append(one)
    if not by_base:
        return _first_keys(bases)
    wanted: dict[str, list[int]] = defaultdict(list)
    for index, base in enumerate(bases):
        wanted[base].append(index)
    answer: list[tuple[str, Held | None]] = [("", None)] * len(bases)
    for base, indexes in wanted.items():
        free = sorted(by_base.get(base, ()), key=lambda one: int(one.key.rpartition("#")[2]))
        left: list[int] = []
        for index in indexes:
            same = next((one for one in free if one.facts == facts[index]), None)
            if same is None:
                left.append(index)
            else:
                free.remove(same)
                answer[index] = (same.key, same)
        taken = {int(key.rpartition("#")[2]) for key, _ in (answer[index] for index in indexes) if key}
        taken |= {int(one.key.rpartition("#")[2]) for one in free}
        line = 1
        for index in left:
            if free:
                next_held = free.pop(0)
                answer[index] = (next_held.key, next_held)
                continue
            while line in taken:
                line += 1
            taken.add(line)
            answer[index] = (f"{base}#{line}", None)
    return answer


def _first_keys(bases: Sequence[str]) -> list[tuple[str, Held | None]]:
    """The keys of rows that continue no other: each base's lines in their order."""
    lines: dict[str, int] = {}
    answer: list[tuple[str, Held | None]] = []
    for base in bases:
        lines[base] = line = lines.get(base, 0) + 1
        answer.append((f"{base}#{line}", None))
    return answer
