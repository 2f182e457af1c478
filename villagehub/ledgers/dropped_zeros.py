"""Whether a spreadsheet took the last 0 of a column's days away, so that 3.1 may be 3.10. Pure."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from functools import partial

from villagehub.ledgers.cells import Read, Trouble
from villagehub.ledgers.dates import ZERO_DROPPED, shows_zero
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.sheets import Sheet, column_letter


class DroppedZeros:
    """The questions about such zeros in one sheet, kept back until all its entries are known. ``typed`` are places
    (``SHEET!C12``) that were typed on the page: they tell nothing of what happened to the file.
    """

    def __init__(self, sheet: Sheet, typed: Container[str]) -> None:
        self._sheet = sheet
        self._typed = typed
        self._waiting: list[tuple[int, Callable[[], None]]] = []

    def keep_back(self, read: Read, index: int, ask: Callable[[Trouble], None]) -> Read:
        """The day without the question about its 0; ``ask`` is what asks it, should no entry of the column keep one."""
        if read.doubt is None or read.doubt.code != ZERO_DROPPED:
            return read
        self._waiting.append((index, partial(ask, read.doubt)))
        return replace(read, doubt=None)

    def ask(self, entries: Sequence[Entry]) -> None:
        """Asks what was kept back, but for columns in which one of the sheet's entries shows that zeros were kept."""
        kept = {index: self._is_kept(index, entries) for index in {index for index, _ in self._waiting}}
        for index, ask in self._waiting:
            if not kept[index]:
                ask()
        self._waiting.clear()

    def _is_kept(self, index: int, entries: Sequence[Entry]) -> bool:
        """Titles, totals and notes prove nothing, whatever stands in the column there; nor does what was not read as a day."""
        place = f"{self._sheet.name}!{column_letter(index)}"
        return any(
            shows_zero(self._sheet.cell(entry.row, index))
            and f"{place}{entry.row}" not in self._typed
            and any(one.index == index and entry.facts.get(name) for name, one in entry.columns.items())
            for entry in entries
        )
