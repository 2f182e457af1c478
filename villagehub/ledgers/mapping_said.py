"""Which column is which, as the command line says it: ``--map`` and ``--heading-row``."""

from collections.abc import Sequence
from typing import Final

from villagehub.files.confined import Method
from villagehub.ledgers.layouts import Layouts
from villagehub.ledgers.mapping import layouts_typed, rows_typed
from villagehub.ledgers.outline import SheetOutline, outline_in_child
from villagehub.ledgers.vocabulary import Target
from villagehub.sections.base import Section

MAP_HELP: Final = "哪一列是什么：C=金额，或 表头的字=金额，不要的写 =不用；几张表时写 表名!C=金额。可写多次。"
ROWS_HELP: Final = "表头在第几行：3，两行的写 3-4；几张表时写 表名!3。可写多次。"


def layouts_said(
    data: bytes,
    filename: str,
    section: Section,
    mapped: Sequence[str],
    rows: Sequence[str],
    *,
    known: Layouts | None = None,
    method: Method = "forkserver",
) -> dict[str, tuple[SheetOutline, list[Target]]]:
    """The layouts, by mark, that the options mean for this file; empty without options. Raises NothingMatched, NoSuchColumn,
    NoSuchTarget, TwoForOne.
    """
    if not mapped and not rows:
        return {}
    outline = outline_in_child(data, filename, section.name, layouts=known, method=method)
    chosen = rows_typed(outline, rows)
    if chosen:
        outline = outline_in_child(data, filename, section.name, chosen=chosen, layouts=known, method=method)
    return layouts_typed(section, outline, mapped, with_rows=chosen)
