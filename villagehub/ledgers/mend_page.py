"""What an upload's page shows for mending: the inputs beside each problem, and the cells that were mended already. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.problem import Severity
from villagehub.ledgers.mending import FIELD, shown_text
from villagehub.ledgers.overrides import NEVER, cell_at
from villagehub.ledgers.sheets import column_letter

MOST_INPUTS: Final = 200
"""More cells than this are mended faster in a spreadsheet program."""


@dataclass(frozen=True, slots=True)
class Input:
    """One cell that can be mended on the page."""

    name: str
    where: str
    heading: str
    value: str
    text: str
    beside: str
    """The row's other cells, in words."""


@dataclass(frozen=True, slots=True)
class Mended:
    """One cell that was mended on the page."""

    place: str
    where: str
    was: str
    typed: str
    name: str
    when: str


def moment_words(moment: datetime, now: datetime) -> str:
    """``今天 9:12`` or ``3月5日 9:12``, in China."""
    here, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    clock = f"{here.hour}:{here.minute:02d}"
    return f"今天 {clock}" if here.date() == today.date() else f"{here.month}月{here.day}日 {clock}"


def where_words(place: str, heading: str, *, many_sheets: bool) -> str:
    """``第 12 行「支出」``, with the sheet's name where the file has several."""
    cell = cell_at(place)
    if cell is None:
        return place
    sheet, row, index = cell
    words = f"第 {row} 行" + (f"「{heading}」" if heading else f" {column_letter(index)} 列")
    return f"“{sheet}”表{words}" if many_sheets and sheet else words


def inputs_of(
    report: Mapping[str, Any], fixes: Mapping[str, Any], typed: Mapping[str, str], *, many_sheets: bool
) -> dict[int, list[Input]]:
    """The inputs beside each problem, by the problem's place in the report; each cell stands once. ``typed`` is what a
    refused form held.
    """
    found: dict[int, list[Input]] = {}
    seen: set[str] = set()
    for cell in report.get("cells", []):
        place = cell["place"]
        if cell["keeps"] == NEVER or place in seen or len(seen) >= MOST_INPUTS:
            continue
        seen.add(place)
        text = typed.get(place, shown_text(cell, fixes))
        where = where_words(place, cell["heading"], many_sheets=many_sheets)
        found.setdefault(cell["problem"], []).append(
            Input(FIELD + place, where, cell["heading"], cell["value"], text, cell.get("beside", ""))
        )
    return found


def mended_cells(fixes: Mapping[str, Any], *, many_sheets: bool, now: datetime) -> list[Mended]:
    """The mended cells in the order of the file."""
    return [
        Mended(
            place,
            where_words(place, one["heading"], many_sheets=many_sheets),
            one["was"] or "空",
            one["typed"] or "空",
            one["name"],
            moment_words(datetime.fromisoformat(one["at"]), now),
        )
        for place, one in sorted(fixes.items(), key=lambda pair: (cell_at(pair[0]) or ("", 0, 0), pair[0]))
    ]


def what_next(report: Mapping[str, Any], typed: Collection[str]) -> tuple[int, int]:
    """After cells were mended and the file was read again: how many of the places that were ``typed`` in are good now, and
    the page's number of the first fault that is left (0: none).
    """
    faults = [no for no, one in enumerate(report.get("problems", [])) if one["severity"] == Severity.MUST_FIX]
    bad = {cell["place"] for cell in report.get("cells", []) if cell["problem"] in faults}
    return sum(place not in bad for place in typed), faults[0] + 1 if faults else 0


def not_asked_any_more(
    report: Mapping[str, Any], fixes: Mapping[str, Any], typed: Mapping[str, str], *, many_sheets: bool
) -> list[str]:
    """What a refused form held for cells that somebody else has mended meanwhile, in words."""
    asked = {cell["place"] for cell in report.get("cells", [])}
    lines = []
    for place, text in typed.items():
        if place not in asked:
            held = fixes.get(place)
            now = f"{held['name']}已改成“{held['typed'] or '空'}”" if held else "现在不用改"
            heading = held["heading"] if held else ""
            lines.append(f"{where_words(place, heading, many_sheets=many_sheets)}：您写的是“{text or '空'}”，{now}")
    return lines
