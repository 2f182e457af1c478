"""Whether a spreadsheet took the last 0 of a column's days away, so that 3.1 may be 3.10. Pure."""

from collections.abc import Container
from dataclasses import replace

from villagehub.ledgers.cells import Read
from villagehub.ledgers.dates import ZERO_DROPPED, shows_zero
from villagehub.ledgers.sheets import Sheet, column_letter


class DroppedZeros:
    """What the columns of one sheet tell about such zeros. ``typed`` are places (``SHEET!C12``) that were typed on the page:
    they tell nothing of what happened to the file.
    """

    def __init__(self, sheet: Sheet, typed: Container[str]) -> None:
        self._sheet = sheet
        self._typed = typed
        self._kept: dict[int, bool] = {}

    def settle(self, read: Read, index: int) -> Read:
        """A day of this column without the question about its 0, where another cell kept one."""
        if read.doubt is None or read.doubt.code != ZERO_DROPPED:
            return read
        if index not in self._kept:
            place = f"{self._sheet.name}!{column_letter(index)}"
            self._kept[index] = any(
                shows_zero(self._sheet.cell(row, index)) and f"{place}{row}" not in self._typed
                for row in range(1, len(self._sheet.rows) + 1)
            )
        return replace(read, doubt=None) if self._kept[index] else read
