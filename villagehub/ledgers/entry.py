"""What one row of a table became."""

from dataclasses import dataclass

from villagehub.ledgers.locate import Column
from villagehub.ledgers.vocabulary import Target
from villagehub.sections.base import Facts


@dataclass(slots=True)
class Entry:
    """One row that was read: its facts, where it stood, and numbers for comparing."""

    sheet: str
    row: int
    facts: Facts
    matches: tuple[tuple[str, str], ...]
    columns: dict[Target, Column]
    balance_fen: int | None = None
    status: str = ""
    """Whether the payment went through, in the words of the bank or the payment service."""
