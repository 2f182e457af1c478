"""A file's sheets, headings and sample values, for a person who says which column is which (import.md step 3).

``read_outline`` is pure and works in the child process; ``outline_in_child`` is how the pages and commands reach it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from villagehub.files.confined import Method, preload, run_confined
from villagehub.kernel.masking import mask_for_problem
from villagehub.ledgers.cells import as_text, is_blank
from villagehub.ledgers.child import SECONDS
from villagehub.ledgers.columns import Assigner
from villagehub.ledgers.findings import Findings, Unreadable
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.layouts import Layouts, known_heading, mark_of, unnamed_columns
from villagehub.ledgers.locate import Column, find_heading, heading_at, possible_starts, reads_as_heading
from villagehub.ledgers.reading import EXAMPLE_SHEET, samples_of
from villagehub.ledgers.sheets import MOST_ROWS, Sheet, column_letter, within_limits
from villagehub.ledgers.task import Task
from villagehub.ledgers.vocabulary import Meaning, Target, vocabulary_of
from villagehub.sections import section_named
from villagehub.sections.base import Section, Visible

preload("villagehub.ledgers.outline")

_MOST_STARTS: Final = 6
_LOOKED_AT: Final = 15


@dataclass(frozen=True, slots=True)
class Start:
    """Rows that may be the heading, with the first words that stand there."""

    first: int
    last: int
    words: str

    @property
    def key(self) -> str:
        """How a form names it: ``2`` or ``2-3``."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class OutlineColumn:
    """One column. ``target`` is what it was taken for so far; empty for none. ``heading`` is empty where it has none."""

    letter: str
    heading: str
    samples: tuple[str, ...]
    target: Target
    side: str = ""

    @property
    def named(self) -> str:
        """How a sentence names it: ``C 列“金额”``, or ``第 C 列（没有表头）``."""
        return f"{self.letter} 列“{self.heading}”" if self.heading else f"第 {self.letter} 列（没有表头）"


@dataclass(frozen=True, slots=True)
class SheetOutline:
    """One sheet. Without a heading ``first`` is 0 and there are no columns; ``mark`` names the layout."""

    name: str
    starts: tuple[Start, ...]
    first: int = 0
    last: int = 0
    mark: str = ""
    columns: tuple[OutlineColumn, ...] = ()

    @property
    def key(self) -> str:
        """The heading's rows as a form names them; empty without a heading."""
        return Start(self.first, self.last, "").key if self.first else ""


def read_outline(
    data: bytes,
    filename: str,
    section: Section,
    *,
    chosen: Mapping[str, tuple[int, int]],
    layouts: Layouts,
    max_rows: int,
) -> list[SheetOutline]:
    """The visible sheets that hold something. ``chosen`` gives first and last row of the heading by sheet, where a person has
    said so; a wrong one gives no heading. Raises Unreadable.
    """
    found = []
    for sheet in open_file(data, filename, most_rows=max_rows).sheets:
        if sheet.hidden or sheet.is_empty() or sheet.name.startswith(EXAMPLE_SHEET):
            continue
        within_limits(sheet, most_rows=max_rows)
        found.append(_outline(sheet, section, chosen.get(sheet.name), layouts))
    return found


def _outline(sheet: Sheet, section: Section, chosen: tuple[int, int] | None, layouts: Layouts) -> SheetOutline:
    vocabulary, starts = vocabulary_of(section.name), _starts(sheet)
    known = known_heading(sheet, vocabulary, layouts)
    heading = known[0] if known else find_heading(sheet, section, vocabulary)
    if chosen is not None and (heading is None or chosen != (heading.first, heading.last)):
        first, count = chosen[0], chosen[1] - chosen[0] + 1
        heading = heading_at(sheet, vocabulary, first, count) if (first, count) in set(possible_starts(sheet)) else None
    if heading is None or not heading.columns:
        return SheetOutline(sheet.name, starts)
    Assigner(Task(section), sheet, heading, Findings()).blocks()  # weak headings find their field
    never = {one.name for one in section.fields if one.visible is Visible.NEVER}
    mark = mark_of([one for one in heading.columns if one.heading])
    columns = [*heading.columns, *(Column(index, "", Meaning()) for index in unnamed_columns(sheet, heading))]
    return SheetOutline(
        sheet.name,
        starts,
        heading.first,
        heading.last,
        mark,
        tuple(
            OutlineColumn(
                column_letter(one.index),
                one.heading,
                () if one.target in never else samples_of(section, sheet, heading, one.index),
                one.target,
                one.side,
            )
            for one in sorted(columns, key=lambda one: one.index)
        ),
    )


def _starts(sheet: Sheet) -> tuple[Start, ...]:
    """Where the heading may stand: rows of words; where there are none, the first rows with several cells."""
    among = [one for one in possible_starts(sheet) if one[0] <= _LOOKED_AT]
    likely = [one for one in among if reads_as_heading(sheet, *one)]
    several = [one for one in among if one[1] == 1 and sum(not is_blank(raw) for raw in sheet.rows[one[0] - 1]) > 1]
    return tuple(Start(first, first + count - 1, _words(sheet, first, count)) for first, count in likely or several)[
        :_MOST_STARTS
    ]


def _words(sheet: Sheet, first: int, count: int) -> str:
    texts = [as_text(raw) for row in range(first, first + count) for raw in sheet.rows[row - 1] if not is_blank(raw)]
    return "、".join(mask_for_problem(text, longest=12) for text in texts[:5]) + ("……" if len(texts) > 5 else "")


def outline_asked(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """In the child: the outline as JSON; an empty list for a file that cannot be read."""
    try:
        found = read_outline(
            data,
            asked["filename"],
            section_named(asked["section"]),
            chosen={name: (first, last) for name, (first, last) in asked["chosen"].items()},
            layouts=asked["layouts"],
            max_rows=asked["max_rows"],
        )
    except (Unreadable, RecursionError):
        found = []
    return [json.dumps([asdict(one) for one in found], ensure_ascii=False).encode("utf-8", "replace")]


def outline_in_child(
    data: bytes,
    filename: str,
    section: str,
    *,
    chosen: Mapping[str, tuple[int, int]] | None = None,
    layouts: Layouts | None = None,
    max_rows: int = MOST_ROWS,
    method: Method = "forkserver",
) -> list[SheetOutline]:
    """``read_outline`` in a process of its own; empty for a file that cannot be read, whose check says why."""
    asked = {
        "filename": filename,
        "section": section,
        "chosen": dict(chosen or {}),
        "layouts": {mark: list(targets) for mark, targets in (layouts or {}).items()},
        "max_rows": max_rows,
    }
    answer = run_confined("villagehub.ledgers.outline:outline_asked", data, asked, seconds=SECONDS, method=method)
    if answer.failure is not None:
        return []
    return [
        SheetOutline(
            **{
                **one,
                "starts": tuple(Start(**start) for start in one["starts"]),
                "columns": tuple(
                    OutlineColumn(**{**column, "samples": tuple(column["samples"])}) for column in one["columns"]
                ),
            }
        )
        for one in json.loads(answer.parts[0])
    ]


def outline_chosen(
    data: bytes,
    filename: str,
    section: str,
    at: int,
    rows: tuple[int, int] | None,
    *,
    layouts: Layouts,
    max_rows: int,
) -> list[SheetOutline]:
    """As ``outline_in_child``; the sheet at this place has the heading that a person has chosen for it, if any."""
    found = outline_in_child(data, filename, section, layouts=layouts, max_rows=max_rows)
    sheet = found[at] if at < len(found) else None
    if sheet is None or rows is None or (sheet.first, sheet.last) == rows:
        return found
    return outline_in_child(data, filename, section, chosen={sheet.name: rows}, layouts=layouts, max_rows=max_rows)
