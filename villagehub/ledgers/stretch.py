"""A stretch of rows looked at column by column: most cells of a large file are plain, and a whole column of them is told in
one go (performance.md P4). What is not plain is left to the careful reader, row by row. Pure.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from villagehub.ledgers.cells import Raw
from villagehub.ledgers.locate import is_value
from villagehub.ledgers.ordinary import FIRST_TEXTS
from villagehub.ledgers.quick import KEYED, feet_among, is_plain, marked_among, plain_fen, plain_fens
from villagehub.ledgers.sheets import LONGEST_CELL

ROWS: Final = 2000
"""So many rows a stretch: enough that a column is worth the trouble, few enough to stay small in memory."""

_NOTHING: Final = type(None)


@dataclass(slots=True)
class Strip:
    """One column of a stretch. ``texts`` are its different texts."""

    raws: Sequence[Raw]
    texts: set[str]
    kinds: set[type]

    @property
    def full(self) -> bool:
        """Whether there is a text in every row."""
        return self.kinds == {str} and "" not in self.raws

    @property
    def odd(self) -> bool:
        """Whether it holds numbers and the like."""
        return not self.kinds <= {*KEYED, _NOTHING}


class Stretch:
    """Rows that follow one another, as columns. ``hard`` are the places (from 0) of rows that need the careful reader."""

    def __init__(self, rows: Sequence[Sequence[Raw]]) -> None:
        self.size = len(rows)
        self.hard: set[int] = set()
        self.strips: list[Strip] = []
        for raws in zip_longest(*rows):
            kinds = set(map(type, raws))
            texts: set[Any] = set(raws) if kinds <= {str, _NOTHING} else {raw for raw in raws if isinstance(raw, str)}
            self.strips.append(Strip(raws, texts - {None, ""}, kinds))
        self._nothing = Strip((None,) * self.size, set(), {_NOTHING})

    def strip(self, index: int) -> Strip:
        """A column by its index; one that no row reaches holds nothing."""
        return self.strips[index] if index < len(self.strips) else self._nothing

    def leave(self, raws: Sequence[object], which: Collection[object]) -> None:
        """Leaves the rows in which one of these values stands to the careful reader."""
        if which:
            self.hard.update(place for place, raw in enumerate(raws) if raw in which)

    def leave_marked(self) -> None:
        """Leaves rows whose first words might be a mark (a total, a balance, a label, a footer), and cells that are too long."""
        sure = 0
        for strip in self.strips:
            if strip.texts and max(map(len, strip.texts)) > LONGEST_CELL:
                self.leave(strip.raws, {text for text in strip.texts if len(text) > LONGEST_CELL})
            if strip.texts and sure < FIRST_TEXTS:
                self.leave(strip.raws, marked_among(strip.texts))
                sure += strip.full
        self._leave_feet()

    def leave_split(self, width: int) -> None:
        """Leaves rows of a text file that may have slipped: with more than ``width`` cells, or with cells of several lines."""
        for strip in self.strips[width:]:
            self.hard.update(place for place, raw in enumerate(strip.raws) if raw is not None and raw != "")
        for strip in self.strips:
            if strip.texts and not "".join(strip.texts).isprintable():
                self.leave(strip.raws, {text for text in strip.texts if not text.isprintable()})

    def _leave_feet(self) -> None:
        """Of each row only the first text may begin a footer."""
        waiting: Sequence[int] = range(self.size)
        for strip in self.strips:
            if not strip.texts:
                continue
            raws = strip.raws
            feet = feet_among({raw for place in waiting if isinstance(raw := raws[place], str)} - {""})
            if feet:
                self.hard.update(place for place in waiting if raws[place] in feet)
            if strip.full:
                return
            waiting = [place for place in waiting if not (raws[place] and isinstance(raws[place], str))]

    def leave_without_value(self, valued: Sequence[Strip]) -> None:
        """Leaves rows of which no quick look tells that they hold an amount or a day. In the rows that are not hard one cell
        of ``valued`` is filled.
        """
        if not any(str in strip.kinds for strip in valued):
            return
        for strip in valued:
            self.leave(strip.raws, {text for text in strip.texts if not (is_plain(text) and is_value(text))})

    def meanings(
        self, index: int, mean: Callable[[Raw], object], as_written: Callable[[Collection[str]], bool]
    ) -> list[object]:
        """What the cells of a column mean, None for nothing. ``mean`` tells of one text or day what it means, or None where
        something must be said of it; ``as_written`` tells of many texts that each means itself.
        """
        strip = self.strip(index)
        if strip.kinds == {_NOTHING}:
            return [None] * self.size
        raws: list[Any] = list(strip.raws)
        if strip.odd:
            self.hard.update(place for place, raw in enumerate(raws) if raw.__class__ not in KEYED and raw is not None)
            raws = [raw if raw.__class__ in KEYED else None for raw in raws]
        if strip.kinds <= {str, _NOTHING} and as_written(strip.texts):
            return [raw or None for raw in raws] if "" in raws else raws
        known: dict[Any, object] = {raw: mean(raw) for raw in set(raws) if raw is not None and raw != ""}
        self.leave(raws, {raw for raw, value in known.items() if value is None})
        return [known.get(raw) for raw in raws]

    def fens(self, index: int) -> list[int | None]:
        """Fen of a column of amounts in yuan, None for nothing."""
        strip = self.strip(index)
        raws = strip.raws
        if not strip.texts and strip.kinds <= {str, _NOTHING}:
            return [None] * self.size
        made = plain_fens(raws)
        if made is None:
            made = [plain_fen(raw) for raw in raws]
            self.hard.update(
                place for place, raw in enumerate(raws) if made[place] is None and raw is not None and raw != ""
            )
        return made
