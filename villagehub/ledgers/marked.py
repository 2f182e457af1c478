"""The annotated workbook (import.md 6b): the clerk's own sheets with red and yellow cells, notes, a last column, a summary.

Every row stands once and in its place, so that row numbers stay the clerk's own. What is ours is taken off again when the
workbook comes back, before anything is read; the summary carries a mark by which the upload is known that it continues.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.problem import Problem, Severity
from villagehub.ledgers.cells import as_text, is_blank
from villagehub.ledgers.looks import Looks
from villagehub.ledgers.overrides import BadCell, cell_at
from villagehub.ledgers.result import Checked
from villagehub.ledgers.sheets import Sheet
from villagehub.ledgers.workbook_writer import ASK, HEAD, MUST, RED, YELLOW, Page, write_workbook

COLUMN: Final = "需修改"
"""The heading of our last column."""
SUMMARY: Final = "需修改的地方"
"""The name of our sheet."""
OUR_FILLS: Final = frozenset((RED, YELLOW))
"""Colours of an earlier marking are no look of the clerk's own."""
_MARK: Final = re.compile(r"核对编号 (\d{1,18}-[0-9a-f]{12})(?:t(\d{1,4}))?")
"""With ``t`` and the heading's width where the original was a text file, whose rows may have slipped."""
_HEADING_WITHIN: Final = 60
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FORMATS: Final = {"百分数": "0.00%", "缩小了的数": "#,##0.00,"}
_SUM: Final = re.compile(r"[$A-Z0-9:+\-*/(),. ]{1,200}", re.ASCII)
_SUMMING: Final = frozenset(("SUM", "SUBTOTAL", "ROUND"))
_MOST_MERGED: Final = 200_000
_WIDEST: Final = 40


@dataclass(frozen=True, slots=True)
class Returned:
    """What was found of ours in a workbook that came back."""

    mark: str = ""
    """Number and hash of the upload that it continues; empty without the summary."""
    columns: int = 0
    """How many columns of ours were left out."""


def mark_of(upload_id: int, sha256: str) -> str:
    """The mark of an upload: its number, and enough of its file's hash that nobody can guess another village's."""
    return f"{upload_id}-{sha256[:12]}"


def take_marks_off(sheets: list[Sheet]) -> Returned:
    """Takes our column and our sheet out again, in place; colours and notes are never read."""
    mark, text_width, columns = "", None, 0
    for sheet in list(sheets):
        found = _MARK.search(as_text(sheet.cell(2, 0))) if sheet.name.startswith(SUMMARY) else None
        if found:
            mark, text_width = found[1], int(found[2]) if found[2] else None
            sheets.remove(sheet)
    for sheet in sheets:
        index = _our_column(sheet)
        if index is not None:
            columns += 1
            for cells in sheet.rows:
                if len(cells) > index:
                    cells[index] = None
        if text_width is not None:
            sheet.from_text = True
            for cells in sheet.rows:  # as long as they were: workbooks make all rows alike
                while len(cells) > text_width and is_blank(cells[-1]):
                    cells.pop()
    return Returned(mark, columns)


def _our_column(sheet: Sheet) -> int | None:
    for cells in sheet.rows[:_HEADING_WITHIN]:
        filled = [index for index, raw in enumerate(cells) if not is_blank(raw)]
        if filled and as_text(cells[filled[-1]]) == COLUMN:
            return filled[-1]
    return None


def mark_up(
    sheets: Sequence[Sheet],
    checked: Checked,
    filename: str,
    mark: str,
    looks: Mapping[str, Looks],
    behind: Sequence[Problem] = (),
    spots: Sequence[BadCell] = (),
) -> bytes:
    """The workbook with everything marked. ``checked`` is the reading of these very sheets, ``looks`` how their cells look, by
    the sheet's name, as far as that is known; ``behind`` and its cells ``spots`` are the rows of what is told once of many.
    """
    names = _names(sheets)
    problems = [one for one in checked.problems if one.severity is not Severity.INFO]
    places = [*_with_cells(checked.problems, checked.cells), *_with_cells(behind, spots)]
    heading_rows = {one.name: one.heading_row for one in checked.sheets}
    pages = [
        _page(
            sheet,
            names[number],
            heading_rows.get(sheet.name) or 1,
            [
                (one, cells)
                for one, cells in places
                if one.severity is not Severity.INFO and one.row is not None and (one.sheet or "") == sheet.name
            ],
            {one.row for one in checked.set_aside if (one.sheet or "") == sheet.name},
            {place: was for place, was in checked.before.items() if (cell_at(place) or ("",))[0] == sheet.name},
            looks.get(sheet.name, Looks()),
        )
        for number, sheet in enumerate(sheets)
    ]
    texts = [sheet for sheet in sheets if sheet.from_text]
    kind = f"t{len(texts[0].rows[(heading_rows.get(texts[0].name) or 1) - 1])}" if texts and texts[0].rows else ""
    summary = _summary(problems, filename, f"{mark}{kind}", _free(SUMMARY, names))
    return write_workbook([*pages, summary], epoch_1904=any(sheet.epoch_1904 for sheet in sheets))


def _with_cells(problems: Sequence[Problem], cells: Sequence[BadCell]) -> list[tuple[Problem, list[BadCell]]]:
    """Each problem with the cells that name it."""
    found: dict[int, list[BadCell]] = defaultdict(list)
    for cell in cells:
        found[cell.problem].append(cell)
    return [(one, found[at]) for at, one in enumerate(problems)]


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Names as spreadsheet programs allow them: a text file's only sheet gets the usual one."""
    names: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        plain = _FORBIDDEN.sub("_", sheet.name).strip("'")[:31] or f"Sheet{number}"
        names.append(_free(plain, names))
    return names


def _free(name: str, taken: Iterable[str]) -> str:
    used = {one.casefold() for one in taken}
    found, number = name, 2
    while found.casefold() in used:
        found, number = f"{name[:27]}({number})", number + 1
    return found


def _page(
    sheet: Sheet,
    name: str,
    heading_row: int,
    problems: Sequence[tuple[Problem, Sequence[BadCell]]],
    aside: set[int],
    before: dict[str, str],
    their: Looks,
) -> Page:
    rows = [list(cells) for cells in sheet.rows]
    last = max((index + 1 for cells in rows for index, raw in enumerate(cells) if not is_blank(raw)), default=0)
    looks: dict[tuple[int, int], str] = {}
    notes: dict[tuple[int, int], list[str]] = defaultdict(list)
    said: dict[int, list[str]] = defaultdict(list)
    for place, was in before.items():
        if cell := cell_at(place):
            notes[cell[1], cell[2]].append(f"这一格在网页上改过，原来是：{was or '空'}")
    for problem, cells in problems:
        row, words = problem.row or 1, f"{problem.message}{problem.fix}"
        look = MUST if problem.severity is Severity.MUST_FIX else ASK
        spots = [(cell[1], cell[2]) for one in cells if (cell := cell_at(one.place))] or _whole_row(rows, row)
        for spot in spots:
            looks[spot] = MUST if MUST in (look, looks.get(spot)) else look
        notes[spots[0]].append(words)
        said[row].append(words)
    for row, column in looks:
        _reach(rows, row, column)
    for row, words in {**{row: "；".join(lines) for row, lines in said.items()}, heading_row: COLUMN}.items():
        _reach(rows, row, last)
        rows[row - 1][last] = words
    looks[heading_row, last] = HEAD
    return Page(
        name,
        rows,
        looks=looks,
        notes={spot: "\n".join(dict.fromkeys(lines))[:2000] for spot, lines in notes.items()},
        formats={spot: _FORMATS.get(how) or f'0.00"{how.strip("“”")}"' for spot, how in sheet.shown_otherwise.items()},
        formulas={spot: text for spot, text in sheet.formula_texts.items() if spot[0] in aside and _only_sums(text)},
        errors=sheet.errors | sheet.without_value,
        merges=_apart(sheet.merges),
        widths={**_widths(rows, last), **{at: width for at, width in their.widths.items() if at < last}, last: 60},
        styles={spot: style for spot, style in their.cells.items() if spot[1] < last},
        heights=their.heights,
        hidden=sheet.hidden,
        hidden_rows=sheet.hidden_rows,
        hidden_columns=frozenset(index for index in sheet.hidden_columns if index < last),
    )


def _only_sums(formula: str) -> bool:
    """Whether a formula adds up cells of its own sheet and does nothing else. Totals keep such ones, so that they follow what
    is mended; every other formula becomes its last result.
    """
    return _SUM.fullmatch(formula) is not None and set(re.findall(r"[A-Z]+(?=\()", formula)) <= _SUMMING


def _whole_row(rows: list[list], row: int) -> list[tuple[int, int]]:  # type: ignore[type-arg]
    """All filled cells of a row: what concerns no single cell concerns them together."""
    filled = [(row, index) for index, raw in enumerate(rows[row - 1]) if not is_blank(raw)] if row <= len(rows) else []
    return filled or [(row, 0)]


def _reach(rows: list[list], row: int, column: int) -> None:  # type: ignore[type-arg]
    while len(rows) < row:
        rows.append([])
    cells = rows[row - 1]
    cells.extend([None] * (column + 1 - len(cells)))


def _apart(merges: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """The merges that do not overlap an earlier one, which no spreadsheet program would open."""
    taken: set[tuple[int, int]] = set()
    kept = []
    for top, left, bottom, right in merges:
        area = (bottom - top + 1) * (right - left + 1)
        if area < 2 or area + len(taken) > _MOST_MERGED:
            continue
        spots = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if not spots & taken:
            taken |= spots
            kept.append((top, left, bottom, right))
    return kept


def _widths(rows: list[list], last: int) -> dict[int, int]:  # type: ignore[type-arg]
    """Wide enough for the longest of the first cells, in characters of half width."""
    widths = dict.fromkeys(range(last), 10)
    for cells in rows[:200]:
        if sum(1 for raw in cells if not is_blank(raw)) < 2:
            continue  # titles and footers may run over
        for index, raw in enumerate(cells[:last]):
            text = as_text(raw)
            widths[index] = min(_WIDEST, max(widths[index], 2 + sum(2 if ord(mark) > 255 else 1 for mark in text[:60])))
    return widths


def _summary(problems: Sequence[Problem], filename: str, mark: str, name: str) -> Page:
    must = sum(one.severity is Severity.MUST_FIX for one in problems)
    rows: list[list[str | int | None]] = [
        [f"{must} 处要改（红色），{len(problems) - must} 处请您看一看（黄色）"],
        [f"核对编号 {mark}（传回来的时候靠它接着办，请不要删）"],
        [f"原来的文件：{filename}"],
        ["把红色的格改好，保存，再传回来。黄色的没错就不用改，传回来以后打勾。这张表和“需修改”那一列都不会读。"],
        [],
        ["怎样", "表", "行", "列", "什么问题", "怎么办"],
    ]
    looks: dict[tuple[int, int], str] = {(6, index): HEAD for index in range(6)}
    for one in problems:
        red = one.severity is Severity.MUST_FIX
        rows.append(["要改" if red else "看一看", one.sheet, one.row, one.column, one.message, one.fix])
        looks[len(rows), 0] = MUST if red else ASK
    return Page(name, rows, looks=looks, widths={0: 10, 1: 14, 2: 8, 3: 8, 4: 60, 5: 60})
