"""What a reading is asked to do, beside the file itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from villagehub.kernel.period import Period
from villagehub.ledgers.other_village import Names
from villagehub.ledgers.sheets import MOST_ROWS
from villagehub.sections.base import Section


@dataclass(frozen=True, slots=True)
class Task:
    """The section and period that the file is for, and answers that the clerk has given already."""

    section: Section
    period: Period | None = None
    last_closing_fen: int | None = None
    """The closing balance last published, which the opening must equal."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """``CODE`` or ``CODE@SHEET!ROW`` → answer (``--confirm CODE=ANSWER``); changes how the file is read."""
    layouts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Columns that a person has matched by hand, by the layout's mark (``layouts.Layouts``)."""
    today: date | None = None
    fixes: Mapping[str, str] = field(default_factory=dict)
    """``SHEET!C12`` → the text that was typed in place of the cell's own."""
    most_rows: int = MOST_ROWS
    villages: Names = field(default_factory=Names)
    """Whose file it is to be, and whose it could be by what it says of itself."""

    def answer(self, code: str, sheet: str | None = None) -> str:
        """The answer to a question of this code, on this sheet or in general; ``""`` without one."""
        return self.answers.get(f"{code}@{sheet}") or self.answers.get(code) or ""
