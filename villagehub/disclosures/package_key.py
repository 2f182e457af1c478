"""What is reviewed together (decision 18): one package per reviewing body, village and due date. Pure."""

from dataclasses import dataclass
from typing import Final

NO_DAY: Final = "none"
"""The part of the address for what has no due date: corrections, and sections that no rule asks for."""

_KEYS: Final = {"committee": "committee", "group": "committee", "collective": "board"}
BODY_KEYS: Final = frozenset(_KEYS.values())


@dataclass(frozen=True, slots=True)
class PackageKey:
    """A package inside its village, as its address has it."""

    body: str
    due: str
    """``2026-10-15``, or ``none``."""


def body_key(entity: str) -> str:
    """The reviewing body of an entity, as addresses have it."""
    return _KEYS[entity]
