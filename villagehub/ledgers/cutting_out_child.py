"""The child's side of ``cutting_out``: a clerk's file without the cells that were redacted. Knows no database."""

import secrets
from typing import Any, Final

from villagehub.kernel.period import Period
from villagehub.ledgers.cells import Raw
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.workbook_writer import Page, write_workbook
from villagehub.sections import section_named

_TOLD: Final = "这是原表去掉依法隐去的格子以后的样子，其余没有动。"
_Spots = dict[tuple[str, int], set[str]]
"""Targets that go, by sheet and row."""


def cut_asked(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """In the child: the workbook without those cells and without any cell that holds the words; nothing where none does.
    What cannot be opened raises, and the child's failure is told.
    """
    opened = open_file(data, asked["filename"], most_rows=asked["max_rows"])
    spots: _Spots = {(sheet or "", row): set(fields) for sheet, row, fields in asked["spots"]}
    words = ["".join(one.split()) for one in asked["words"]]
    places = _places(data, asked) if spots else {}
    cut = 0
    pages: list[Page] = []
    for sheet in opened.sheets:
        rows, gone = _without(sheet, spots, places, words, alone=len(opened.sheets) == 1)
        cut += gone
        named = "" if _told(sheet.name, words) else sheet.name
        pages.append(Page(named[:31] or f"Sheet{len(pages) + 1}", rows))
    if not cut:
        return [b""]
    note = [[_TOLD], [secrets.token_hex(8)]]  # so that no two copies ever are the same bytes
    epoch_1904 = any(one.epoch_1904 for one in opened.sheets)
    return [write_workbook([*pages, Page("隐去说明", note)], epoch_1904=epoch_1904)]


def _places(data: bytes, asked: dict[str, Any]) -> dict[tuple[str, str], set[int]]:
    """Columns by sheet and the field that they were read as."""
    section, period = section_named(asked["section"]), Period.parse(asked["period"])
    checked = read_workbook(
        data, asked["filename"], section, period=period, layouts=asked["layouts"], max_rows=asked["max_rows"]
    )
    letters = {column_letter(index): index for index in range(256)}
    found: dict[tuple[str, str], set[int]] = {}
    for one in checked.columns:
        if one.target and one.column in letters:
            found.setdefault((one.sheet or "", one.target), set()).add(letters[one.column])
    return found


def _without(
    sheet: Sheet, spots: _Spots, places: dict[tuple[str, str], set[int]], words: list[str], *, alone: bool
) -> tuple[list[list[Raw]], int]:
    rows: list[list[Raw]] = []
    gone = 0
    for number, cells in enumerate(sheet.rows, start=1):
        targets = spots.get((sheet.name, number)) or (spots.get(("", number), set()) if alone else set())
        found = [places.get((sheet.name, name), places.get(("", name), set())) for name in targets]
        columns = {at for some in found if len(some) == 1 for at in some}
        # Two tables beside each other: the row is two people's, so only the cell that says the same goes.
        beside = {at for some in found if len(some) > 1 for at in some}
        kept: list[Raw] = []
        for index, raw in enumerate(cells):
            same = index in beside and "".join(str(raw).split()) in words
            goes = raw is not None and raw != "" and (index in columns or same or _told(raw, words))
            gone += goes
            kept.append(None if goes else raw)
        rows.append(kept)
    return rows, gone


def _told(raw: Raw, words: list[str]) -> bool:
    text = "".join(str(raw).split()) if isinstance(raw, str | int | float) else ""
    return any(one in text for one in words if len(one) > 1)
