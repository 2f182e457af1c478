"""What walking through a sheet gives: entries, totals, balances, labels, and what was set aside. Plain values."""

from dataclasses import dataclass, field
from datetime import date

from villagehub.ledgers.columns import Block
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.marks import Mark
from villagehub.ledgers.result import SetAside
from villagehub.ledgers.sheets import Sheet
from villagehub.ledgers.vocabulary import Target


@dataclass(slots=True)
class SumLine:
    """A total row: which entries stand before it, and the amounts that it claims, in fen."""

    row: int
    mark: Mark
    block: Block
    before: int
    claims: dict[Target, int]
    units: dict[Target, int]
    """Fen per unit of each column of money."""


@dataclass(slots=True)
class BalanceLine:
    """An opening, closing, bank or cash row and its amount in fen."""

    row: int
    mark: Mark
    fen: int


@dataclass(slots=True)
class LabelLine:
    """The label of the income or the expense part that has an amount beside it, as a sum of its part has."""

    row: int
    words: str
    direction: str
    before: int
    """So many entries stand before it."""
    amounts: frozenset[int]
    """In fen."""


@dataclass(slots=True)
class Walked:
    """Everything that one sheet gave."""

    sheet: Sheet
    entries: list[Entry] = field(default_factory=list)
    sums: list[SumLine] = field(default_factory=list)
    balances: list[BalanceLine] = field(default_factory=list)
    labels: list[LabelLine] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    strays: list[date] = field(default_factory=list)
    """Days of entries outside the period, each as often as it stands there."""
    read: int = 0
    held: int = 0
    used_sides: bool = False
    """Whether 借 and 贷 were taken for income and expense."""
    used_signs: bool = False
    """Whether a minus was taken for an expense."""
    sides_reversed: bool = False
    """Whether the balance proved that 借 takes away and 贷 adds, as banks write it."""
    minus_is_expense: bool = False
    """Whether the balance proved that the minus of all expenses only says once more that they are expenses."""
    neither: list[tuple[int, int]] = field(default_factory=list)
    """Rows that say they are neither income nor expense, with their amounts."""
