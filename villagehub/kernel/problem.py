"""A fault in what a clerk sent, as a value: it is collected and shown, never raised."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How grave a problem is: must be mended, must be confirmed by name, or just worth knowing."""

    MUST_FIX = "must_fix"
    CONFIRM = "confirm"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault at one place of the clerk's own file.

    ``row`` is the clerk's Excel row (first row = 1), ``column`` the Excel letter, ``value`` the text found there with
    never-class numbers already masked. ``answer`` names what a confirmation would choose, where there is a choice.
    """

    severity: Severity
    code: str
    message: str
    fix: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    heading: str | None = None
    value: str | None = None
    also: tuple[str, ...] = ()
    """Letters of other columns of the row in which the mistake may stand instead."""

    @property
    def place(self) -> str:
        """A stable name of the place, as ``import --confirm CODE@SHEET!ROW`` takes it."""
        where = f"{self.sheet or ''}!{self.row}" if self.row is not None else ""
        return f"{self.code}@{where}" if where else self.code

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)
