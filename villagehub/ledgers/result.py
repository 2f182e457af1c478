"""What reading a file gives: checked rows, problems, and everything that was set aside or repaired. Plain values only.

A ``Checked`` crosses the border of the child process as JSON, not as a pickle: what a hostile file could make of the child
must not become code in the parent.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from villagehub.kernel.problem import Problem, Severity
from villagehub.sections.base import Balances, Facts


class Outcome(StrEnum):
    """What may become of the file: taken as it is, taken after questions are answered, or not taken."""

    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class CheckedRow:
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

    def open_questions(self, confirmed: Collection[str] = ()) -> tuple[Problem, ...]:
        """The questions that nobody has answered yet; ``confirmed`` holds their places (``Problem.place``)."""
        return tuple(one for one in self.problems if one.severity is Severity.CONFIRM and one.place not in confirmed)

    def of(self, severity: Severity) -> tuple[Problem, ...]:
        """The problems of one severity."""
        return tuple(one for one in self.problems if one.severity is severity)

    def as_plain(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Checked":
        """The other way round; raises KeyError, TypeError or ValueError on what ``as_plain`` never wrote."""
        return cls(
            section=plain["section"],
            outcome=Outcome(plain["outcome"]),
            problems=tuple(Problem(**{**one, "severity": Severity(one["severity"])}) for one in plain["problems"]),
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
        )


def refusal(section: str, problem: Problem) -> Checked:
    """The answer for a file that could not be read at all."""
    return Checked(section=section, outcome=Outcome.REJECT, problems=(problem,))
