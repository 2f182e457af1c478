"""Steps in order as a drawing: one box under the other, with arrows, from the section's own data. Pure.

The boxes are laid out by the style sheet, in the letters that the reader chose: a picture with fixed lines would stay small.
They are a list, so that who has the page read aloud hears of every step who does it and how long it may take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 12
"""Steps in a drawing; a longer course is told by its list alone."""


@dataclass(frozen=True, slots=True)
class Box:
    """One step: what is done, and small beside it who does it and how long it may take."""

    number: int
    what: str
    beside: str


def draw_flow(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Box, ...] | None:
    """The boxes of ordered steps, whose first part is what is done; who does it and how long it may take stand small below.
    None for a single step, and for more than fit.
    """
    if not 2 <= len(rows) <= MOST:
        return None
    return tuple(
        Box(number, row[0], " · ".join(part for part in row[1:3] if part)) for number, row in enumerate(rows, start=1)
    )
