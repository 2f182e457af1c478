"""Finds the heading: under titles and unit lines, over one to three rows, starting in any column (import.md step 2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from villagehub.kernel.private_numbers import hide_numbers
from villagehub.ledgers.amounts import UNITS
from villagehub.ledgers.cells import Raw, as_text, is_blank, narrow
from villagehub.ledgers.numerals import capital_amount, plain_day
from villagehub.ledgers.sheets import Sheet
from villagehub.ledgers.vocabulary import (
    Meaning,
    Target,
    Vocabulary,
    joined,
    normal,
    role_target,
    unit_in,
    unit_line,
    year_in,
)
from villagehub.sections.base import Role, Section

_SEARCHED_ROWS: Final = 30
_MOST_LEVELS: Final = 3
_VALUE: Final = re.compile(
    r"(?:rmb|cny|人民币)?[-+(¥$\s]*\d[\d,.\s)]*(?:[百千]?[万亿]?元|%)?|\d{2,4}\s*[-./年]\s*\d{1,2}(?:\s*[-./月]\s*\d{0,2}日?)?.*"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|\d{1,2}:\d{2}(?::\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_TOLD: Final = re.compile(r"(?!其中)[^(]{1,12}:\s*[^\s)]")
"""编制单位：青石沟村, 单位：万元: a line above the table. Taken for the upper part of a heading, its unit would be lost."""
_RUNNING: Final = re.compile(r"累计|至今|迄今|年初至|截至|截止")
_IGNORED: Final = role_target(Role.IGNORED)


@dataclass(slots=True)
class Column:
    """One column under the heading: its texts from top to bottom joined, and what it means."""

    index: int
    heading: str
    meaning: Meaning
    target: Target = ""
    unit: str = ""
    side: str = ""
    half: int = 0
    """1 or 2 where the heading's words stand twice, for two tables beside each other; else 0."""


@dataclass(slots=True)
class Heading:
    """Where the heading stands (rows 1-based, inclusive) and what stood above it."""

    first: int
    last: int
    columns: list[Column]
    titles: list[str] = field(default_factory=list)
    units: tuple[str, ...] = ()
    """The units of money that lines above the table, or just under the heading, name: more than one is a contradiction."""
    year: int | None = None

    @property
    def unit(self) -> str:
        """The unit that holds for columns without a bracket of their own; empty where none is named."""
        return self.units[-1] if self.units else ""


def is_value(raw: Raw) -> bool:
    """Whether a cell looks like an amount or a day rather than like words of a heading."""
    if raw is None:
        return False
    if not isinstance(raw, str):
        return True
    text = narrow(raw)
    return _VALUE.fullmatch(text) is not None or (
        len(text) > 2 and (capital_amount(text) is not None or _VALUE.fullmatch(plain_day(text)) is not None)
    )


def _could_be_heading(sheet: Sheet, row: int) -> bool:
    cells = sheet.rows[row - 1]
    if any(is_value(raw) for raw in cells):
        return False
    return any(not is_blank(raw) for raw in cells) and not any(_TOLD.match(narrow(as_text(raw))) for raw in cells)


def _levels(sheet: Sheet, first: int, count: int, width: int) -> list[list[str]]:
    """The heading's texts by row and column; merged cells, and gaps to the right of an upper text, are filled."""
    grid = [[as_text(sheet.cell(row, column)) for column in range(width)] for row in range(first, first + count)]
    for top, left, bottom, right in sheet.merges:
        if first <= top < first + count and left < width:
            text = as_text(sheet.cell(top, left))
            for row in range(top, min(bottom, first + count - 1) + 1):
                for column in range(left, min(right, width - 1) + 1):
                    if row == top:
                        grid[row - first][column] = text
    for level in range(count - 1):
        for column in range(1, width):
            below = any(grid[lower][column] for lower in range(level + 1, count))
            if not grid[level][column] and below and grid[level][column - 1] and _has_below(grid, level, column - 1):
                grid[level][column] = grid[level][column - 1]
    return grid


def _has_below(grid: list[list[str]], level: int, column: int) -> bool:
    return any(grid[lower][column] for lower in range(level + 1, len(grid)))


def _only_units(sheet: Sheet, row: int) -> bool:
    """Whether a row names units of money and nothing else: ``(元)`` under 收入 and 支出. A 单位 line is no such row."""
    texts = [as_text(raw) for raw in sheet.rows[row - 1] if not is_blank(raw)]
    if len(texts) == 1 and unit_line(texts[0]):
        return False
    return bool(texts) and all(_bare_unit(text) for text in texts)


def _spans(sheet: Sheet, first: int, count: int, width: int) -> bool:
    """Whether rows really are one heading: an upper text spans lower ones, or the lower row names units only."""
    for lower in range(first + 1, first + count):
        texts = [(as_text(sheet.cell(lower, column)), column) for column in range(width)]
        named = [(text, column) for text, column in texts if text]
        if not named:
            return False
        under_gap = any(is_blank(sheet.cell(lower - 1, column)) for _, column in named)
        if not _only_units(sheet, lower) and not under_gap:
            return False
    return True


def _parts_columns(sheet: Sheet, row: int) -> bool:
    """Whether a row stands under gaps of the row above it only, and parts its texts: 本月, 本年累计 under 收入."""
    if not _could_be_heading(sheet, row):
        return False
    under_gap = False
    for column in range(len(sheet.rows[row - 1])):
        if is_blank(sheet.cell(row, column)):
            continue
        gap_here, gap_after = (is_blank(sheet.cell(row - 1, at)) for at in (column, column + 1))
        if not gap_here and (not gap_after or is_blank(sheet.cell(row, column + 1))):
            return False
        under_gap = under_gap or (gap_here and column > 0)
    return under_gap


def _understand(vocabulary: Vocabulary, texts: list[str]) -> Meaning:
    """One column's texts from top to bottom: joined, else the lowest that is known, with side and unit of the others."""
    parts = list(dict.fromkeys(text for text in texts if text))
    if not parts:
        return Meaning()
    whole = vocabulary.meaning("".join(parts))
    side = next((meaning.side for part in parts[:-1] if (meaning := vocabulary.meaning(part)).side), "")
    unit = next((found for part in reversed(parts) if (found := vocabulary.meaning(part).unit or _bare_unit(part))), "")
    if whole.target:
        return Meaning(whole.target, whole.unit or unit, side=side)
    if len(parts) > 1 and _RUNNING.search(parts[-1]) and not vocabulary.knows(parts[-1]):
        return Meaning(_IGNORED, unit, side=side)  # 本年累计 beside 本月 under 收入: the same money once more
    for part in reversed(parts):
        meaning = vocabulary.meaning(part)
        if meaning.target or meaning.weak:
            return Meaning(meaning.target, meaning.unit or unit, meaning.weak, meaning.ranks, side)
    return Meaning(unit=unit, weak=whole.weak, ranks=whole.ranks, side=side)


def _bare_unit(text: str) -> str:
    found = unit_in(text.strip("()（）"))
    return found if found in UNITS else ""


def _columns(sheet: Sheet, vocabulary: Vocabulary, first: int, count: int) -> list[Column]:
    width = max((len(sheet.rows[row - 1]) for row in range(first, first + count)), default=0)
    grid = _levels(sheet, first, count, width)
    columns = []
    for index in range(width):
        texts = [grid[level][index] for level in range(count)]
        heading = hide_numbers(" ".join(dict.fromkeys(text for text in texts if text)))
        if heading:
            meaning = _understand(vocabulary, texts)
            columns.append(Column(index, heading, meaning, meaning.target, meaning.unit, meaning.side))
    _find_halves(columns)
    return columns


def _find_halves(columns: list[Column]) -> None:
    """A balance sheet has assets on the left and liabilities on the right, and long lists are printed in two halves: the same
    fields in the same order, twice. Anything less alike stays one table, and its doubles are asked about.
    """
    if any(one.side for one in columns):  # 收入 on the left and 支出 on the right: columns.py parts them
        return
    known = [one for one in columns if one.target and one.target != _IGNORED]
    middle = len(known) // 2
    left, right = known[:middle], known[middle:]
    fields = [one.target for one in left]
    if middle < 2 or fields != [one.target for one in right] or len(set(fields)) < middle:
        return
    for one in columns:
        one.half = 1 if one.index < right[0].index else 2


def _score(section: Section, columns: list[Column]) -> int:
    """How well a row serves as heading: known columns count, required ones more, doubles of one side less."""
    seen: dict[tuple[Target, str], int] = {}
    for column in columns:
        target = column.target or (column.meaning.weak[0] if column.meaning.weak else "")
        if target and target != _IGNORED and column.half < 2:  # a second half says nothing new
            seen[target, column.side] = seen.get((target, column.side), 0) + 1
    if len(seen) < 2:
        return 0
    required = {one.name for one in section.fields if one.required}
    return sum((6 if target in required else 4) - (count - 1) * 4 for (target, _), count in seen.items())


def find_heading(sheet: Sheet, section: Section, vocabulary: Vocabulary) -> Heading | None:
    """The best heading among the first rows, or None. With equal scores the upper one and the one of fewer rows wins."""
    best: tuple[int, int, int] | None = None
    found: list[Column] = []
    limit = min(len(sheet.rows), _SEARCHED_ROWS)
    for first in range(1, limit + 1):
        for count in range(1, _MOST_LEVELS + 1):
            last = first + count - 1
            if last > len(sheet.rows) or not _could_be_heading(sheet, last):
                break
            width = max(len(sheet.rows[row - 1]) for row in range(first, last + 1))
            if count > 1 and not _spans(sheet, first, count, width):
                continue
            columns = _columns(sheet, vocabulary, first, count)
            mark = (_score(section, columns), -count, -first)
            if mark[0] >= 8 and (best is None or mark > best):
                best, found = mark, columns
    if best is None:
        return None
    first, count = -best[2], -best[1]
    while count < _MOST_LEVELS and first + count <= len(sheet.rows):
        if not _only_units(sheet, first + count) and not _parts_columns(sheet, first + count):
            break
        count += 1
        found = _columns(sheet, vocabulary, first, count)
    return _with_surroundings(sheet, first, count, found)


def possible_starts(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Every first row and number of rows that a heading among the first rows may have; rows are 1-based."""
    for first in range(1, min(len(sheet.rows), _SEARCHED_ROWS) + 1):
        for count in range(1, min(_MOST_LEVELS, len(sheet.rows) - first + 1) + 1):
            yield first, count


def reads_as_heading(sheet: Sheet, first: int, count: int) -> bool:
    """Whether these rows hold words only, several of them, and the lower ones stand under a wide upper one."""
    rows = range(first, first + count)
    if not all(_could_be_heading(sheet, row) for row in rows):
        return False
    width = max(len(sheet.rows[row - 1]) for row in rows)
    named = sum(1 for raw in sheet.rows[first - 1] if not is_blank(raw))
    return named >= 2 and (count == 1 or _spans(sheet, first, count, width))


def heading_at(sheet: Sheet, vocabulary: Vocabulary, first: int, count: int) -> Heading:
    """The heading of ``count`` rows from ``first`` on, whatever stands there."""
    return _with_surroundings(sheet, first, count, _columns(sheet, vocabulary, first, count))


def _with_surroundings(sheet: Sheet, first: int, count: int, found: list[Column]) -> Heading:
    """The heading with what stands above it, and just under it, about units and the year."""
    titles = [joined(sheet.rows[row]) for row in range(first - 1)]
    titles = [title for title in titles if title]
    years = [year for title in titles if (year := year_in(title))]
    last = first + count - 1
    while last < len(sheet.rows) and (unit_line(joined(sheet.rows[last])) and not any(map(is_value, sheet.rows[last]))):
        titles.append(joined(sheet.rows[last]))
        last += 1
    units = tuple(dict.fromkeys(unit for title in titles if (unit := unit_line(title))))
    heading_year = next((year for column in found if (year := year_in(column.heading))), None)
    year = heading_year or (years[0] if years else None) or year_in(sheet.name)
    return Heading(first, last, found, titles, units, year)


def repeats_heading(sheet: Sheet, row: int, heading: Heading) -> bool:
    """Whether a row repeats the heading (each printed page does), or one of its levels, column by column."""
    if any(map(is_value, sheet.rows[row - 1])):
        return False
    cells = {index: normal(as_text(raw)) for index, raw in enumerate(sheet.rows[row - 1]) if not is_blank(raw)}
    if len(cells) < 2:
        return False
    for level in range(heading.first, heading.last + 1):
        above = {index: normal(as_text(raw)) for index, raw in enumerate(sheet.rows[level - 1]) if not is_blank(raw)}
        if all(above.get(index) == text for index, text in cells.items()):
            return True
    return False


def starts_other_table(sheet: Sheet, row: int, heading: Heading, vocabulary: Vocabulary) -> bool:
    """Whether a row is a heading, but not this one: what follows has other columns and must not be read by these."""
    if any(map(is_value, sheet.rows[row - 1])):
        return False
    texts = [as_text(raw) for raw in sheet.rows[row - 1] if not is_blank(raw)]
    if len(texts) < 2:
        return False
    known = sum(1 for text in texts if vocabulary.knows(text))
    again = {normal(text) for text in texts} & {normal(one.heading) for one in heading.columns}
    return known * 5 >= len(texts) * 3 and known >= 2 and (len(again) >= 2 or known >= 3)
