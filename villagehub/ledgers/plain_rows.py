"""Entries of plain rows, made column by column. A row of which anything would have to be said is left to ``EntryReader``, which
gives exactly the same for all others; sheets that hold more than plain cells, and lists of persons, are left to it altogether.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from villagehub.ledgers.cells import Raw, Read, as_text, is_ditto, is_nothing
from villagehub.ledgers.columns import BALANCE, CREDIT, DEBIT, IN, IN_WORDS, OUT, STATUS, Block
from villagehub.ledgers.entries import NEITHER, SIDE_WORDS, YUAN, EntryReader
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.placed import Step
from villagehub.ledgers.plans import Plan, Way
from villagehub.ledgers.quick import REMEMBERED
from villagehub.ledgers.result import as_rows
from villagehub.ledgers.sheets import Sheet
from villagehub.ledgers.stretch import Stretch
from villagehub.ledgers.values import Seen, read_value
from villagehub.ledgers.vocabulary import Target, normal
from villagehub.sections.base import Facts, Kind, Section

_PAIRS: Final = {Way.TWO_COLUMNS: (IN, OUT), Way.DEBIT_CREDIT: (DEBIT, CREDIT)}
_Column = list[Any]


class PlainRows:
    """The plain rows of a sheet of income and expense."""

    def __init__(
        self,
        section: Section,
        sheet: Sheet,
        block: Block,
        plan: Plan,
        units: dict[Target, int],
        reader: EntryReader,
        *,
        width: int,
    ) -> None:
        """``width`` is the heading's number of columns."""
        self._sheet = sheet
        self._block = block
        self._width = width
        self._plan = plan
        self._reader = reader
        self._day = section.promoted.get("occurred_on", "")
        self._amount = section.promoted.get("amount_fen", "")
        self._direction = section.promoted.get("direction", "")
        self._required = [one.name for one in section.fields if one.required and one.name != section.subject_field]
        self._index = {target: column.index for target, column in block.columns.items()}
        pair = _PAIRS.get(plan.way, (self._amount,))
        self._amounts = [(target, self._index[target]) for target in pair if target in self._index]
        self.usable = (
            plan.way in (*_PAIRS, Way.FIXED, Way.DIRECTION_COLUMN)
            and self._day in self._required
            and self._day in self._index
            and not (block.side or block.never or IN_WORDS in self._index or STATUS in self._index)
            and not any(step.merged or step.of.kind is Kind.MONEY for step in reader.steps)
            and not (sheet.errors or sheet.without_value or sheet.shown_otherwise)
            and all(units[target] == YUAN for target in units if target in (*pair, BALANCE))
        )
        """Whether any row of the sheet can be read so."""

    def entries(self, first: int, rows: Sequence[Sequence[Raw]]) -> list[Entry | None]:
        """The entries of rows that follow one another from row ``first`` on; None for what the careful reader must read."""
        stretch = Stretch(rows)
        stretch.leave_marked()
        if self._sheet.from_text:
            stretch.leave_split(self._width)
        facts = self._facts(stretch)
        balances: _Column = [None] * stretch.size
        if BALANCE in self._index:
            balances = stretch.fens(self._index[BALANCE])
        name, columns, hard = self._sheet.name, self._block.columns, stretch.hard
        return [
            None if place in hard else Entry(name, first + place, told, (), columns, balance)
            for place, (told, balance) in enumerate(zip(facts, balances, strict=True))
        ]

    def _facts(self, stretch: Stretch) -> list[Facts]:
        """Each row's facts; those of hard rows mean nothing."""
        named: dict[str, _Column] = {}
        for step in self._reader.steps:
            mean = partial(self._meaning, step)
            named[step.of.name] = stretch.meanings(step.index, mean, step.all_as_written)
        named[self._direction], named[self._amount] = self._directions_and_amounts(stretch)
        for name in self._required:  # another column may stand in where a required one says nothing
            stretch.leave(named[name] if name in named else (None,) * stretch.size, (None,))
        days = set(named[self._day]) - {None}
        stretch.leave(named[self._day], {day for day in days if not self._reader.is_good_day(day)})
        stretch.leave_without_value([stretch.strip(self._index[self._day])])
        return as_rows(named, stretch.size)

    def _directions_and_amounts(self, stretch: Stretch) -> tuple[_Column, _Column]:
        found = [stretch.fens(index) for _, index in self._amounts]
        if self._plan.way is Way.FIXED:
            return [self._plan.direction] * stretch.size, found[0]
        if self._plan.way is Way.DIRECTION_COLUMN:
            return stretch.meanings(self._index[self._direction], self._direction_meant, lambda _: False), found[0]
        sides = ["in" if target in (IN, DEBIT) else "out" for target, _ in self._amounts]
        if len(found) == 1:
            return [sides[0]] * stretch.size, found[0]
        first, second = found
        stretch.hard.update(  # both are filled, or neither
            place
            for place, (one, other) in enumerate(zip(first, second, strict=True))
            if (one is None) is (other is None)
        )
        directions = [sides[0] if one is not None else sides[1] for one in first]
        return directions, [other if one is None else one for one, other in zip(first, second, strict=True)]

    def _meaning(self, step: Step, raw: Raw) -> object:
        """The fact that a text or a day gives wherever it stands in the column; None where something must be said of it."""
        known = step.known.get(raw)
        if known is not None:
            return known
        if step.as_written is not None and isinstance(raw, str) and step.as_written(raw):
            return raw
        if is_ditto(raw) or is_nothing(raw):
            return None
        seen = Seen()
        read = read_value(step.of, raw, self._reader.setting, seen)
        if read != Read(read.value) or seen.notes or seen.matches:
            return None
        if read.value is not None and len(step.known) < REMEMBERED:
            step.known[raw] = read.value
        return read.value

    def _direction_meant(self, raw: Raw) -> object:
        """The direction that a cell of the column for it tells without a doubt; None for all else, 借 and 贷 too."""
        if is_ditto(raw) or (word := normal(as_text(raw))) in NEITHER or word in SIDE_WORDS:
            return None
        read = read_value(self._reader.fields[self._direction], raw, self._reader.setting, Seen())
        return read.value if read == Read(read.value) else None
