"""Collects problems by gravity: only the most fundamental class that fails is shown (import.md step 5)."""

from collections import Counter
from dataclasses import replace
from enum import IntEnum
from typing import Final

from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.kernel.problem import Problem, Severity
from villagehub.ledgers.cells import Raw, as_text

MOST_OF_A_KIND: Final = 200


class Gravity(IntEnum):
    """Classes of checks in their order. Faults of cells and of rows are shown together: the clerk mends both in one go."""

    FILE = 0
    HEADING = 1
    ROW = 2
    TABLE = 3
    PUBLISHED = 4


class Unreadable(Exception):
    """The file cannot be read any further; carries the one problem to show. Never leaves ``read_workbook``."""

    def __init__(
        self, code: str, message: str, fix: str = "", *, sheet: str | None = None, row: int | None = None
    ) -> None:
        super().__init__(code)
        self.problem = Problem(Severity.MUST_FIX, code, message, fix, sheet=sheet, row=row)


class Findings:
    """The problems found so far, and where each belongs in the order of gravity."""

    def __init__(self, most_of_a_kind: int = MOST_OF_A_KIND) -> None:
        self._most = most_of_a_kind
        self._found: list[tuple[Gravity, Problem]] = []
        self._counted: Counter[tuple[Severity, str]] = Counter()
        self._failed_rows: set[tuple[str | None, int]] = set()
        self.name_sheets = False
        """Whether messages must say which sheet they mean."""
        self.behind: list[Problem] = []
        """The rows behind a problem that is told once for all of them: they are marked in the annotated workbook only."""

    def add(
        self,
        gravity: Gravity,
        severity: Severity,
        code: str,
        message: str,
        fix: str = "",
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        heading: str | None = None,
        raw: Raw = None,
        also: tuple[str, ...] = (),
    ) -> None:
        """Adds one problem. ``message`` begins with the place, unless it is about the whole file."""
        if severity is Severity.MUST_FIX and row is not None:
            self._failed_rows.add((sheet, row))
        self._counted[severity, code] += 1
        if self._counted[severity, code] > self._most:
            return
        value = mask_for_problem(as_text(raw)) if raw is not None else None
        where = f"第 {row} 行" if row is not None else f"{column} 列" if column is not None else ""
        if row is not None and heading:
            where += f"「{heading}」"
        if sheet and self.name_sheets:
            where = f"“{sheet}”表{where}"
        text = (
            f"{where}：{message}"
            if where and row is not None and not message.startswith(("里", "和"))
            else where + message
        )
        self._found.append((gravity, Problem(severity, code, text, fix, sheet, row, column, heading, value, also)))

    def take_back(self, severity: Severity, code: str, sheet: str, count: int, fix: str) -> None:
        """Takes back what was found ``count`` times in a sheet, because one problem with this ``fix`` says it of all; its rows
        stay failed.
        """
        self.behind += [
            replace(one, fix=fix)
            for _, one in self._found
            if (one.severity, one.code, one.sheet) == (severity, code, sheet)
        ]
        self._counted[severity, code] -= count
        self._found = [
            (gravity, one)
            for gravity, one in self._found
            if (one.severity, one.code, one.sheet) != (severity, code, sheet)
        ]

    def failed(self, sheet: str | None, row: int) -> bool:
        """Whether something in this row must be mended."""
        return bool(self._failed_rows) and (sheet, row) in self._failed_rows

    def fails(self, upto: Gravity) -> bool:
        """Whether anything of this gravity or a graver one must be mended."""
        return any(one.severity is Severity.MUST_FIX and gravity <= upto for gravity, one in self._found)

    def shown(self) -> tuple[Problem, ...]:
        """What the clerk sees: all problems up to the first class that fails, faults first, in the order of the file."""
        failing = [gravity for gravity, one in self._found if one.severity is Severity.MUST_FIX]
        limit = min(failing, default=Gravity.PUBLISHED)
        kept = [one for gravity, one in self._found if gravity <= limit]
        for (severity, code), count in self._counted.items():
            mine = [one for one in kept if one.code == code and one.severity is severity]
            if count > self._most and mine:
                more = f"同样的问题还有 {count - self._most} 处，先改前面的。"
                kept.append(Problem(severity, code, more, mine[0].fix, mine[0].sheet))
        order = {Severity.MUST_FIX: 0, Severity.CONFIRM: 1, Severity.INFO: 2}
        sheets = {name: at for at, name in enumerate(dict.fromkeys(one.sheet for one in kept if one.row is not None))}
        whole = (-1, 0)  # what concerns no single row stands before the rows
        return tuple(
            sorted(
                kept,
                key=lambda one: (
                    order[one.severity],
                    *((sheets[one.sheet], one.row) if one.row is not None else whole),
                ),
            )
        )
