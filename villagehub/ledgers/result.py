"""What reading a file gives: checked rows, problems, and everything that was set aside or repaired. Plain values only.

A ``Checked`` crosses the border of the child process as JSON, not as a pickle: what a hostile file could make of the child
must not become code in the parent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, NamedTuple

from villagehub.kernel.problem import Problem, Severity
from villagehub.ledgers.overrides import BadCell
from villagehub.sections.base import Balances, Facts


class Outcome(StrEnum):
    """What may become of the file: taken as it is, taken after questions are answered, or not taken."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"


class CheckedRow(NamedTuple):
    """One row that can be taken. ``matches`` are (kind, number) pairs for keyed HMACs only; they are never stored."""

    facts: Facts
    sheet: str | None
    source_row: int
    matches: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that is no entry: total, page header, footer, opening balance. ``why`` is a Chinese sentence."""

    sheet: str | None
    row: int
    why: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """A cell that was understood although it was written in another way (系统帮您改了 N 处写法)."""

    sheet: str | None
    row: int
    column: str
    heading: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """What one column was taken for. ``target`` is a field's or role's name, empty for an unused column."""

    sheet: str | None
    column: str
    heading: str
    target: str
    label: str
    unit: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetUse:
    """What became of one sheet: ``read``, ``empty``, ``hidden``, ``example``, ``no_table`` or ``left_out``."""

    name: str
    use: str
    heading_row: int | None = None
    rows: int = 0
    layout: str = ""
    """The mark of the layout that a person matched, where the columns were taken by it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The whole answer. ``rows_read`` = kept + set aside + held back, always."""

    section: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    rows: tuple[CheckedRow, ...] = ()
    balances: Balances = field(default_factory=Balances)
    totals: dict[str, int] = field(default_factory=dict)
    subject: str = ""
    columns: tuple[ColumnUse, ...] = ()
    sheets: tuple[SheetUse, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    repairs: tuple[Repair, ...] = ()
    """The first repairs, for show; ``repaired`` counts them all."""
    repaired: int = 0
    rows_read: int = 0
    rows_held: int = 0
    fingerprint: str = ""
    """SHA-256 of the headings, by which the same layout is known again."""
    encoding: str = ""
    cells: tuple[BadCell, ...] = ()
    """The cells that the problems are about, for mending on the page."""
    continues: str = ""
    """The mark of the upload whose marked workbook this is."""
    before: dict[str, str] = field(default_factory=dict)
    """What the file holds in the cells that were mended, as a message may quote it, by place."""

    def open_questions(self, confirmed: Collection[str] = ()) -> tuple[Problem, ...]:
        """The questions that nobody has answered yet; ``confirmed`` holds their places (``Problem.place``)."""
        return tuple(one for one in self.problems if one.severity is Severity.CONFIRM and one.place not in confirmed)

    def of(self, severity: Severity) -> tuple[Problem, ...]:
        """The problems of one severity."""
        return tuple(one for one in self.problems if one.severity is severity)

    def as_plain(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(replace(self, rows=())), "rows": [row._asdict() for row in self.rows]}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Checked":
        """The other way round; raises KeyError, TypeError or ValueError on what ``as_plain`` never wrote."""
        return cls(
            section=plain["section"],
            outcome=Outcome(plain["outcome"]),
            problems=tuple(
                Problem(**{**one, "severity": Severity(one["severity"]), "also": tuple(one["also"])})
                for one in plain["problems"]
            ),
            rows=tuple(
                CheckedRow(
                    one["facts"], one["sheet"], one["source_row"], tuple((kind, raw) for kind, raw in one["matches"])
                )
                for one in plain["rows"]
            ),
            balances=Balances(**plain["balances"]),
            totals=plain["totals"],
            subject=plain["subject"],
            columns=tuple(ColumnUse(**{**one, "samples": tuple(one["samples"])}) for one in plain["columns"]),
            sheets=tuple(SheetUse(**one) for one in plain["sheets"]),
            set_aside=tuple(SetAside(**one) for one in plain["set_aside"]),
            repairs=tuple(Repair(**one) for one in plain["repairs"]),
            repaired=plain["repaired"],
            rows_read=plain["rows_read"],
            rows_held=plain["rows_held"],
            fingerprint=plain["fingerprint"],
            encoding=plain["encoding"],
            cells=tuple(BadCell(**one) for one in plain["cells"]),
            continues=plain["continues"],
            before=plain["before"],
        )


def as_rows(columns: Mapping[str, Sequence[Any]], count: int) -> list[Facts]:
    """Facts that lie column by column as so many rows, without what is not there."""
    full = {name: column for name, column in columns.items() if None not in column}
    rows: list[Facts] = [dict(zip(full, told, strict=True)) for told in zip(*full.values(), strict=True)]
    rows = rows or [{} for _ in range(count)]
    for name, column in columns.items():
        if name not in full:
            for facts, value in zip(rows, column, strict=True):
                if value is not None:
                    facts[name] = value
    return rows


def refusal(section: str, problem: Problem) -> Checked:
    """The answer for a file that could not be read at all."""
    return Checked(section=section, outcome=Outcome.REJECT, problems=(problem,))
