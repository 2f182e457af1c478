"""A quick look that tells whether a row is an entry like most others."""

from collections.abc import Callable
from typing import Final

from villagehub.ledgers.cells import Raw
from villagehub.ledgers.locate import is_value
from villagehub.ledgers.quick import REMEMBERED, is_foot, is_marked, is_plain
from villagehub.ledgers.sheets import LONGEST_CELL

FIRST_TEXTS: Final = 3
"""The first texts of a row say what it is."""


def _recalled(known: dict[str, bool], text: str, tell: Callable[[str], bool]) -> bool:
    """What ``tell`` says of the text, remembered for a number of texts."""
    found = known.get(text)
    if found is None:
        found = tell(text)
        if len(known) < REMEMBERED:
            known[text] = found
    return found


class Ordinary:
    """Remembers the texts of one sheet that it has seen."""

    def __init__(self) -> None:
        self._marked: dict[str, bool] = {}
        self._heads: dict[str, bool] = {}
        self._values: dict[str, bool] = {}
        """Texts that were met, and whether they are marked, begin a row of words, look like an amount or a day."""

    def tells(self, cells: list[Raw]) -> bool:
        """Whether a quick look tells that the row is an entry like most others: it holds an amount or a day, no text that
        is too long, and its first words are no mark, so that none of the careful questions would find anything.
        """
        valued, filled, texts = False, 0, 0
        known = self._marked
        for raw in cells:
            if raw is None:
                continue
            if not isinstance(raw, str):
                valued = True
                filled += 1
                continue
            if not raw:
                continue
            if len(raw) > LONGEST_CELL:
                return False
            if texts < FIRST_TEXTS:
                marked = known.get(raw)
                if marked is None:
                    marked = _recalled(known, raw, is_marked)
                if marked or (not texts and _recalled(self._heads, raw, is_foot)):
                    return False
                texts += 1
                filled += 1
            if not valued:
                valued = is_plain(raw) and _recalled(self._values, raw, is_value)
        return valued and filled > 1
