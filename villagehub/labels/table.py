"""A table that runs over pages: lines that wrap, money to the right, sums carried over (过次页, 承前页). Pure but for the pen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from villagehub.labels.pen import INK, POINTS, Pen

SIZE: Final = 9.5
SMALL: Final = 7.6
_STEP: Final = SIZE * 1.32 / POINTS
_SMALL_STEP: Final = SMALL * 1.35 / POINTS
_GAP: Final = 1.3
"""White above and below the text of a line, and beside a column's text."""
HEAD_HIGH: Final = 8.0
SUM_HIGH: Final = 7.6
MOST_LINES: Final = 24
"""Lines of text in one piece of a row: longer texts go on in the next piece, also over the page."""
SHADE: Final = (0.93, 0.95, 0.94)


@dataclass(frozen=True, slots=True)
class Column:
    """One column with its place."""

    heading: str
    x: float
    width: float
    right: bool = False
    total: str = ""
    """The name of the sum that belongs under it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table as text."""

    cells: tuple[str, ...]
    more: str = ""
    """What has no column of its own; stands small under the cells."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """What the row adds to which sum."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A row, or a piece of a very long one, broken into lines of text."""

    cells: tuple[tuple[str, ...], ...]
    more: tuple[str, ...]
    sums: Mapping[str, int]
    last: bool = True
    """Whether the row ends with this piece."""

    @property
    def high(self) -> float:
        """In mm."""
        return max(map(len, self.cells), default=0) * _STEP + len(self.more) * _SMALL_STEP + 2 * _GAP


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the sums that came from the pages before and that go to the next."""

    rows: tuple[Laid, ...]
    before: Mapping[str, int]
    after: Mapping[str, int]


def lay_out(
    pen: Pen, columns: Sequence[Column], lines: Sequence[Line], *, first: float, further: float
) -> tuple[Page, ...]:
    """The rows on pages; ``first`` and ``further`` are the mm that the table may take there, its heading included."""
    pages: list[Page] = []
    rows: list[Laid] = []
    names = [one.total for one in columns if one.total]
    before = after = dict.fromkeys(names, 0)
    used = HEAD_HIGH
    for line in lines:
        for laid in _pieces(_broken(pen, columns, line)):
            if rows and used + laid.high + SUM_HIGH > (further if pages else first):
                pages.append(Page(tuple(rows), before, after))
                rows, before, used = [], after, HEAD_HIGH + SUM_HIGH
            rows.append(laid)
            used += laid.high
            after = {name: after[name] + laid.sums.get(name, 0) for name in names}
    return (*pages, Page(tuple(rows), before, after))


def _broken(pen: Pen, columns: Sequence[Column], line: Line) -> Laid:
    cells = tuple(
        (text,) if column.right or not text else tuple(pen.wrapped(text, SIZE, column.width - 2 * _GAP))
        for column, text in zip(columns, line.cells, strict=True)
    )
    room = columns[-1].x + columns[-1].width - columns[1].x - 2 * _GAP
    return Laid(cells, tuple(pen.wrapped(line.more, SMALL, room)) if line.more else (), line.sums)


def _pieces(laid: Laid) -> list[Laid]:
    found: list[Laid] = []
    while max(map(len, laid.cells)) > MOST_LINES:
        found.append(Laid(tuple(one[:MOST_LINES] for one in laid.cells), (), {}, last=False))
        laid = replace(laid, cells=tuple(one[MOST_LINES:] for one in laid.cells))
    while len(laid.more) > MOST_LINES:
        found.append(Laid(laid.cells, laid.more[:MOST_LINES], {}, last=False))
        laid = replace(laid, cells=tuple(() for _ in laid.cells), more=laid.more[MOST_LINES:])
    return [*found, laid]


class Drawn:
    """Draws one page of the table downwards from ``top``."""

    def __init__(self, pen: Pen, columns: Sequence[Column], top: float) -> None:
        self.pen, self.columns, self.top = pen, columns, top
        self._left = columns[0].x
        self._wide = columns[-1].x + columns[-1].width - self._left

    def head(self) -> None:
        """The columns' headings."""
        self.pen.box(self._left, self.top, self._wide, HEAD_HIGH, fill=SHADE)
        self.pen.rule(self._left, self.top, self._wide, 0.4)
        for one in self.columns:
            self._cell(one, one.heading, self.top + HEAD_HIGH - 2.7, bold=True)
        self.top += HEAD_HIGH
        self.pen.rule(self._left, self.top, self._wide, 0.25)

    def row(self, laid: Laid) -> None:
        """One row with a hair line under it."""
        for column, lines in zip(self.columns, laid.cells, strict=True):
            for place, text in enumerate(lines):
                self._cell(column, text, self.top + _GAP + _STEP * (place + 0.78))
        at = self.top + _GAP + max(map(len, laid.cells), default=0) * _STEP
        for place, text in enumerate(laid.more):
            self.pen.text(self.columns[1].x + _GAP, at + _SMALL_STEP * (place + 0.76), text, SMALL)
        self.top += laid.high
        if laid.last:
            self.pen.rule(self._left, self.top, self._wide, 0.1)

    def sums(self, words: str, amounts: Mapping[str, str], *, final: bool = False) -> None:
        """A line of sums; the last one stands over the accountant's double rule."""
        baseline = self.top + SUM_HIGH - 2.5
        self.pen.rule(self._left, self.top, self._wide, 0.3)
        self.pen.text(self.columns[1].x + _GAP, baseline, words, SIZE, bold=True)
        for one in self.columns:
            if one.total:
                self._cell(one, amounts[one.total], baseline, bold=True)
        self.top += SUM_HIGH
        self.pen.rule(self._left, self.top, self._wide, 0.3)
        if final:
            self.pen.rule(self._left, self.top + 0.9, self._wide, 0.3)
            self.top += 1.2

    def _cell(self, column: Column, text: str, baseline: float, *, bold: bool = False) -> None:
        size = self.pen.fitting(text, SIZE, column.width - 2 * _GAP, bold=bold)
        x = column.x + column.width - _GAP if column.right else column.x + _GAP
        self.pen.text(x, baseline, text, size, bold=bold, colour=INK, align="right" if column.right else "left")
