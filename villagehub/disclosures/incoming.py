"""Rows on their way into a draft: what a checked row tells, and its facts made clean."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from villagehub.kernel.canonical import are_one_line, one_line
from villagehub.sections.base import Facts

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class NewRow:
    """One checked row on its way into a draft."""

    facts: Facts
    sheet: str | None = None
    source_row: int | None = None
    matches: tuple[tuple[str, str], ...] = ()
    """(kind, raw number) pairs seen beside the row; only their HMACs are kept (decision 9)."""


class CheckedRow(Protocol):
    """What a checked row tells, whoever read it: as ``NewRow``."""

    @property
    def facts(self) -> Facts:
        """What its cells say."""

    @property
    def sheet(self) -> str | None:
        """The sheet it stands on."""

    @property
    def source_row(self) -> int | None:
        """The clerk's own row."""

    @property
    def matches(self) -> tuple[tuple[str, str], ...]:
        """(kind, raw number) pairs."""


def clean_facts(facts: Facts) -> Facts:
    """Text in NFC on one line: what may enter a leaf. The original file keeps the clerk's own bytes."""
    return {
        name: one_line(value) if isinstance(value, str) else value for name, value in facts.items() if value is not None
    }


def clean_rows(rows: Sequence[CheckedRow]) -> list[Facts]:
    """The clean facts of rows; facts that are clean, as most are, stay the same objects."""
    cleaned: list[Facts] = []
    for start in range(0, len(rows), _BATCH):
        part = [row.facts for row in rows[start : start + _BATCH]]
        values = [value for facts in part for value in facts.values()]
        clean = None not in values and are_one_line([value for value in values if isinstance(value, str)])
        cleaned += part if clean else map(clean_facts, part)
    return cleaned
