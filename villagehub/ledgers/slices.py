"""A village's share of a divided file as a workbook of its own: titles, heading and its rows, each at its old row number.

The same share always gives the same bytes, so that dividing twice sends nothing twice.
"""

import re
from collections.abc import Sequence
from typing import Final

from villagehub.ledgers.dividing import Divided
from villagehub.ledgers.sheets import Sheet
from villagehub.ledgers.workbook_writer import Page, write_workbook

_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\[\]:*?/\\]")


def slice_of(divided: Sequence[Divided], names: Sequence[str]) -> bytes:
    """An .xlsx with what belongs to these names; sheets that hold nothing of theirs are left out."""
    pages: list[Page] = []
    for one in divided:
        rows = {row for name in names if name in one.shares for row in one.shares[name].rows}
        if rows:
            title = _NOT_IN_NAMES.sub("_", one.sheet.name)[:28].strip("'") or "Sheet"
            title = title if title not in {page.name for page in pages} else f"{title}{len(pages) + 1}"
            pages.append(_page(title, one.sheet, rows | set(range(1, one.head + 1))))
    return write_workbook(pages, epoch_1904=any(one.sheet.epoch_1904 for one in divided))


def _page(title: str, sheet: Sheet, kept: set[int]) -> Page:
    return Page(
        title,
        [cells if row in kept else () for row, cells in enumerate(sheet.rows[: max(kept)], start=1)],
        merges=[one for one in sheet.merges if all(row in kept for row in range(one[0], one[2] + 1))],
        hidden_rows=frozenset(sheet.hidden_rows & kept),
        hidden_columns=sheet.hidden_columns,
    )
