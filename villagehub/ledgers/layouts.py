"""A layout that a person has matched by hand: which field each heading stands for, known again by its headings (import.md 3).

A layout is named by its mark, the SHA-256 of its normalised headings. Digits in a heading do not count, so that 7月收入 and
10月收入 are the same layout next quarter; a column is known by its place among the headings, so that equal ones stay apart.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from villagehub.ledgers.cells import is_blank
from villagehub.ledgers.locate import Column, Heading, heading_at, possible_starts
from villagehub.ledgers.sheets import Sheet, column_index
from villagehub.ledgers.vocabulary import Meaning, Target, Vocabulary, normal

Layouts = Mapping[str, Sequence[Target]]
"""Mark → the target of each column with a heading, from left to right; empty for a column that is not used. Behind them, columns
without a heading that somebody has matched, by their letter: ``@C:amount``."""

_DIGITS: Final = re.compile(r"\d+")
_UNNAMED: Final = re.compile(r"@[A-Z]{1,3}:[a-z0-9_:]+")


def mark_of(columns: Sequence[Column]) -> str:
    """The name of the layout with these columns."""
    return sha256("|".join(_DIGITS.sub("#", normal(one.heading)) for one in columns).encode()).hexdigest()


def known_heading(sheet: Sheet, vocabulary: Vocabulary, layouts: Layouts) -> tuple[Heading, str] | None:
    """The first heading of the sheet whose layout was matched before, with its columns as they were matched, and its mark."""
    if not layouts:
        return None
    for first, count in possible_starts(sheet):
        heading = heading_at(sheet, vocabulary, first, count)
        mark = mark_of(heading.columns)
        named = len(heading.columns)
        targets = layouts.get(mark, ())
        if named and len(targets) >= named and all(_UNNAMED.fullmatch(one) for one in targets[named:]):
            for column, target in zip(heading.columns, targets, strict=False):
                column.target = target
                column.meaning = Meaning(target, column.unit, side=column.side)
            _add_unnamed(heading, targets[named:])
            return heading, mark
    return None


def with_unnamed(named: Sequence[Target], unnamed: Mapping[str, Target]) -> list[Target]:
    """Targets as ``Layouts`` keeps them; of columns without a heading, by letter, only those that are used."""
    return [*named, *(f"@{letter}:{target}" for letter, target in unnamed.items() if target)]


def unnamed_columns(sheet: Sheet, heading: Heading) -> list[int]:
    """Columns without a heading in which something stands beside the table's own cells, by index."""
    known = {one.index for one in heading.columns}
    found: set[int] = set()
    for cells in sheet.rows[heading.last :]:
        filled = {index for index, raw in enumerate(cells) if not is_blank(raw)}
        if len(filled & known) > 1:  # titles and footers stand alone
            found |= filled - known
    return sorted(found)


def _add_unnamed(heading: Heading, targets: Sequence[Target]) -> None:
    """Puts matched columns without a heading in their places; one that has got a heading since is read by that."""
    taken = {one.index for one in heading.columns}
    for one in targets:
        letter, _, target = one[1:].partition(":")
        index = column_index(letter)
        if index not in taken:
            heading.columns.append(Column(index, "", Meaning(target), target))
    heading.columns.sort(key=lambda one: one.index)
