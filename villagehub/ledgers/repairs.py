"""Cells that were understood although they were written in another way (系统帮您改了 N 处写法)."""

from dataclasses import dataclass, field
from typing import Final

from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.ledgers.cells import Raw, as_text
from villagehub.ledgers.locate import Column
from villagehub.ledgers.result import Repair
from villagehub.ledgers.sheets import column_letter

_MOST: Final = 100


@dataclass(slots=True)
class RepairLog:
    """The first repairs, and how many there were."""

    shown: list[Repair] = field(default_factory=list)
    count: int = 0

    def note(self, sheet: str, row: int, column: Column, raw: Raw, after: object) -> None:
        """One more cell, and what became of it."""
        self.count += 1
        if len(self.shown) < _MOST:
            before, letter = mask_for_problem(as_text(raw)), column_letter(column.index)
            self.shown.append(Repair(sheet, row, letter, column.heading, before, mask_for_problem(after)))
