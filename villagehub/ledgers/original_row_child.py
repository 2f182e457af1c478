"""The child's side of ``original_row``: reads one row of a clerk's file. Knows neither application nor database."""

import json
from typing import Any, Final

from villagehub.kernel.illness import hide_illness
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.period import Period
from villagehub.ledgers.cells import as_text
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.sheets import column_letter
from villagehub.sections import section_named
from villagehub.sections.base import Visible

LONGEST: Final = 500
"""Characters of one cell that are shown."""
WITHHELD: Final = "（不在这里显示）"


def row_asked(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """In the child: the row's cells as JSON; an empty list where there is no such row."""
    return [json.dumps(_cells(data, asked), ensure_ascii=False).encode("utf-8", "replace")]


def _cells(data: bytes, asked: dict[str, Any]) -> list[dict[str, str]]:
    section, most = section_named(asked["section"]), asked["max_rows"]
    period = Period.parse(asked["period"]) if asked["period"] else None
    checked = read_workbook(data, asked["filename"], section, period=period, layouts=asked["layouts"], max_rows=most)
    try:
        opened = open_file(data, asked["filename"], most_rows=most)
    except Unreadable:
        return []
    tables = {one.sheet or "" for one in checked.columns}
    named = [
        one
        for one in opened.sheets
        # A text file's only sheet has no name; its reduced copy has one, beside a sheet that says what it is.
        if one.name == asked["sheet"] or (not asked["sheet"] and (len(opened.sheets) == 1 or tables == {one.name}))
    ]
    sheet = named[0] if named else None
    if sheet is None or not 1 <= asked["row"] <= len(sheet.rows):
        return []
    shown = {one.name for one in section.fields if one.visible is not Visible.NEVER}
    never = {one.name for one in section.fields} - shown
    discreet = any(one.illness for one in section.fields)
    place = {column_letter(index): index for index in range(max(map(len, sheet.rows)))}
    return [
        {
            "column": use.column,
            "heading": hide_numbers(use.heading),
            "text": WITHHELD
            if not use.target or use.target in never
            else _shown(as_text(sheet.cell(asked["row"], place[use.column])), discreet=discreet),
            "label": use.label,
        }
        for use in checked.columns
        if (use.sheet or "") == sheet.name and use.column in place
    ]


def _shown(text: str, *, discreet: bool) -> str:
    """A cell's text without anybody's number, and without illness where the section is about persons."""
    return hide_numbers(hide_illness(text) if discreet else text)[:LONGEST]
