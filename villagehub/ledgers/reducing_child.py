"""The child's side of ``reducing``: a clerk's list of persons without what nobody needs any more. Knows no database."""

import re
from collections.abc import Set
from typing import Any, Final

from villagehub.kernel.illness import hide_illness
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.period import Period
from villagehub.ledgers.cells import Raw, as_text
from villagehub.ledgers.dividing import village_column
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.result import Checked
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.workbook_writer import Page, write_workbook
from villagehub.sections import section_named
from villagehub.sections.base import Kind, Section, Visible

_WORDS: Final = frozenset((Kind.TEXT, Kind.CHOICE))
_FIGURES: Final = re.compile(r"[0-9０-９,，.．\-－/：: 年月日元¥￥%是否]*")
_TOLD: Final = (
    "名单公开期满：这是原表减去证件号、电话、卡号等栏以后的样子。",
    "名单公开满两年：这是原表减去姓名等文字以后的样子，只剩数字和日期。",
)
"""Stands on a sheet of its own, so that whoever opens the copy knows what it is, and the two copies never are the same bytes."""


def reduce_asked(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """In the child: the reduced workbook. ``figures_only`` takes the names and all other words out too."""
    section, figures_only = section_named(asked["section"]), bool(asked["figures_only"])
    period, most = Period.parse(asked["period"]), asked["max_rows"]
    checked = read_workbook(data, asked["filename"], section, period=period, layouts=asked["layouts"], max_rows=most)
    try:
        sheets = open_file(data, asked["filename"], most_rows=most).sheets
    except Unreadable:
        sheets = []
    kept = _kept_targets(section, figures_only=figures_only)
    pages: list[Page] = []
    for sheet in sheets:
        village = village_column(sheet) if asked["many"] else None
        page = _page(sheet, checked, kept, village[1] if village else None, figures_only=figures_only)
        if page is not None:
            pages.append(page)
    epoch_1904 = any(one.epoch_1904 for one in sheets)
    return [write_workbook([*pages, Page("期满说明", [[_TOLD[figures_only]]])], epoch_1904=epoch_1904)]


def _kept_targets(section: Section, *, figures_only: bool) -> Set[str]:
    """Columns that stay. One that was taken for nothing goes: nobody knows what stands in it."""
    return {
        one.name
        for one in section.fields
        if one.visible is not Visible.NEVER and not (figures_only and one.kind in _WORDS)
    }


def _page(sheet: Sheet, checked: Checked, kept: Set[str], village: int | None, *, figures_only: bool) -> Page | None:
    """The sheet from its heading on, every cell in its place; None where no column stays. What stands above the heading goes;
    the column that says which village's a row is stays: a village is no person.
    """
    width = max(map(len, sheet.rows), default=0)
    place = {column_letter(index): index for index in range(width)}
    heading_row = next((one.heading_row for one in checked.sheets if one.name == sheet.name), None)
    uses = {
        place[one.column]: one.heading
        for one in checked.columns
        if (one.sheet or "") == sheet.name and one.target in kept and one.column in place
    }
    if not uses or heading_row is None:
        return None
    if village is not None:
        uses[village] = as_text(sheet.cell(heading_row, village))
    rows: list[list[Raw]] = [[] for _ in range(heading_row - 1)]
    rows.append([hide_numbers(uses[index]) if index in uses else None for index in range(width)])
    for cells in sheet.rows[heading_row:]:
        rows.append(
            [
                _reduced(raw, figures_only=figures_only and index != village) if index in uses else None
                for index, raw in enumerate(cells)
            ]
        )
    return Page(hide_numbers(sheet.name)[:31] or "Sheet1", rows)


def _reduced(raw: Raw, *, figures_only: bool) -> Raw:
    if not isinstance(raw, str):
        return raw
    if figures_only and _FIGURES.fullmatch(raw.strip()) is None:
        return None
    return hide_numbers(hide_illness(raw))
