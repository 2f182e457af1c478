"""One file for many villages: whose each row is, by a village column or by the sheet's name (decision 22). Pure.

Every row under a heading is given to one name, or set aside as no entry (totals, footers), or held back because no village
stands in it; nothing is guessed. Names become villages later, by a person who may upload for them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from villagehub.kernel.masking import mask_for_problem
from villagehub.ledgers.amounts import read_money
from villagehub.ledgers.cells import Raw, as_text, is_blank
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.layouts import Layouts, known_heading
from villagehub.ledgers.locate import find_heading, repeats_heading
from villagehub.ledgers.marks import is_footer, total_mark
from villagehub.ledgers.reading import EXAMPLE_SHEET
from villagehub.ledgers.sheets import LONGEST_CELL, Sheet, column_letter, named, within_limits
from villagehub.ledgers.vocabulary import normal, vocabulary_of
from villagehub.sections.base import Section, words

VILLAGE_HEADINGS: Final = frozenset(
    map(
        normal,
        words(
            "村 村名 村名称 村别 行政村 所属村 所在村 所属行政村 村(社区) 村社区 村居 村(居) 村委会 村级 村民委员会 村集体 "
            "村庄 单位(村) 账套 账套名称 核算单位 村级单位"
        ),
    )
)
"""Headings of a column that says whose a row is."""
_SEARCHED: Final = 30
_SEVERAL: Final = re.compile(r"[,;|\t].*[,;|\t]")
_MOST_LISTED: Final = 200


@dataclass(slots=True)
class Share:
    """What of one sheet belongs to one name."""

    name: str
    sheet: str
    rows: list[int] = field(default_factory=list)


def hidden_with_content(sheets: Iterable[Sheet]) -> list[str]:
    """Hidden sheets that hold something, by name as shown: they are not divided, and a person must have seen that."""
    return [shown_name(sheet.name) for sheet in sheets if sheet.hidden and not _passed_over(sheet)]


def _passed_over(sheet: Sheet) -> bool:
    return sheet.is_empty() or sheet.name.startswith(EXAMPLE_SHEET)


@dataclass(slots=True)
class Divided:
    """One sheet, divided. ``head`` are the rows that every share begins with: titles and heading."""

    sheet: Sheet
    by_column: str = ""
    """The letter of the village column; empty where the sheet's name says whose it is."""
    head: int = 0
    shares: dict[str, Share] = field(default_factory=dict)
    aside: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Rows under the heading that hold anything."""
        return sum(len(one.rows) for one in self.shares.values()) + len(self.aside) + len(self.held)


def divide(sheets: Iterable[Sheet], section: Section, *, layouts: Layouts, most_rows: int) -> list[Divided]:
    """Each visible sheet that holds something. Raises Unreadable for cells that a share could not carry unchanged, and for a
    merged cell that reaches over two villages.
    """
    found = []
    for sheet in sheets:
        if sheet.hidden or _passed_over(sheet):
            continue
        within_limits(sheet, most_rows=most_rows)
        _refuse_what_is_lost(sheet)
        divided = _divide(sheet, section, layouts)
        _refuse_cells_too_long(sheet, divided.head)
        _refuse_merged_over(divided)
        found.append(divided)
    return found


def _divide(sheet: Sheet, section: Section, layouts: Layouts) -> Divided:
    vocabulary = vocabulary_of(section.name)
    known = known_heading(sheet, vocabulary, layouts)
    heading = known[0] if known else find_heading(sheet, section, vocabulary)
    place = village_column(sheet)
    last = max(heading.last if heading else 0, _bottom(sheet, *place) if place else 0)
    made = Divided(sheet, column_letter(place[1]) if place else "", last)
    for row in range(last + 1, len(sheet.rows) + 1):
        cells = sheet.rows[row - 1]
        if all(is_blank(raw) for raw in cells):
            continue
        if place is None:
            made.shares.setdefault(sheet.name, Share(sheet.name, sheet.name)).rows.append(row)
            continue
        name = as_text(_value(sheet, row, place[1]))
        again = normal(name) in VILLAGE_HEADINGS or (heading is not None and repeats_heading(sheet, row, heading))
        if again or _is_no_entry(cells, name):
            made.aside.append(row)
        elif not name:
            made.held.append(row)
        else:
            made.shares.setdefault(name, Share(name, sheet.name)).rows.append(row)
    return made


def village_column(sheet: Sheet) -> tuple[int, int] | None:
    """Row and column of the heading that says whose a row is; None where no row of several texts has it."""
    for row in range(1, min(len(sheet.rows), _SEARCHED) + 1):
        cells = sheet.rows[row - 1]
        if sum(not is_blank(raw) for raw in cells) < 2:
            continue
        for column, raw in enumerate(cells):
            if isinstance(raw, str) and normal(raw) in VILLAGE_HEADINGS:
                return row, column
    return None


def _bottom(sheet: Sheet, row: int, column: int) -> int:
    """The last row of the merged cell that stands there."""
    return next((low for top, left, low, right in sheet.merges if top <= row <= low and left <= column <= right), row)


def _value(sheet: Sheet, row: int, column: int) -> Raw:
    """A cell, with a merged one's value in each of its rows."""
    found = sheet.cell(row, column)
    if is_blank(found):
        for top, left, low, right in sheet.merges:
            if top <= row <= low and left <= column <= right:
                return sheet.cell(top, left)
    return found


def _is_no_entry(cells: Sequence[Raw], name: str) -> bool:
    """Whether a row is a total, or stands under the table without any amount. A total of one village is no entry either."""
    if name and total_mark(name):
        return True
    texts = [text for raw in cells if isinstance(raw, str) and (text := as_text(raw)) and text != name]
    if any(total_mark(text) for text in texts[:3]):
        return True
    return not name and bool(texts) and is_footer(texts[0]) and not any(map(_is_amount, cells))


def _is_amount(raw: Raw) -> bool:
    """Whether a cell may be money: 会计：3月工资 with an amount beside it is an entry, whatever its first words."""
    return not is_blank(raw) and not isinstance(raw, date | bool) and isinstance(read_money(raw).value, int)


def _refuse_what_is_lost(sheet: Sheet) -> None:
    """A share is a new workbook of plain values: a formula without result, or a number shown as another one, must not get
    lost on the way.
    """
    for places, what, fix in (
        (sheet.without_value, "是公式，文件里没有算好的结果", "请在 WPS 中打开、保存后再传。"),
        (sheet.errors, "的公式出错了，没有结果", "请在 WPS 里改好公式，或直接写数字、文字。"),
        (sheet.shown_otherwise, "的格式把数显示成另一个数", "请改成普通的数字格式，核对金额再传。"),
    ):
        if places:
            row, column = min(places)
            more = f"，一共 {len(places)} 格" if len(places) > 1 else ""
            raise Unreadable(
                "cell_not_plain",
                f"{named(sheet.name)} {column_letter(column)}{row} {what}{more}。",
                fix,
                sheet=sheet.name,
            )


def _refuse_cells_too_long(sheet: Sheet, head: int) -> None:
    """Texts that no workbook can hold, and rows of a text file that are longer than their heading, where columns slipped."""
    width = max((len(sheet.rows[row - 1]) for row in range(1, head + 1)), default=0)
    for row, cells in enumerate(sheet.rows, start=1):
        for column, raw in enumerate(cells):
            if isinstance(raw, str) and len(raw) > LONGEST_CELL:
                told = f"{named(sheet.name)} {column_letter(column)}{row} 超过 {LONGEST_CELL} 个字。"
                raise Unreadable("cell_not_plain", told, "请在 WPS 里写短一些，保存后再传。", sheet=sheet.name)
            if sheet.from_text and isinstance(raw, str) and any(map(_SEVERAL.search, raw.splitlines()[1:])):
                told = f"{column_letter(column)}{row} 这一格里装着好几行，像是引号没有配对。"
                raise Unreadable("swallowed_rows", told, "请在表格软件里打开，删掉多出来的引号再传。", sheet=sheet.name)
            if sheet.from_text and head and row > head and column >= width and not is_blank(raw):
                told = f"第 {row} 行比表头多出一格，可能串了列。"
                raise Unreadable("row_slipped", told, "请在 WPS 里打开看看，改好另存为 .xlsx 再传。", sheet=sheet.name)


def _refuse_merged_over(divided: Divided) -> None:
    owner = {row: one.name for one in divided.shares.values() for row in one.rows}
    for top, left, low, _ in divided.sheet.merges:
        owners = {owner.get(row, "") for row in range(top, low + 1)} if top > divided.head and low > top else set()
        if len(owners) > 1:
            raise Unreadable(
                "merged_over_villages",
                f"{named(divided.sheet.name)} {column_letter(left)} 列第 {top} 到 {low} 行合并成一格，跨了不同的村。",
                "请在 WPS 里取消合并，每一行写上自己的内容，保存后再传。",
                sheet=divided.sheet.name,
            )


def listed(rows: Sequence[int]) -> list[int]:
    """The first rows of a list that may be long."""
    return list(rows[:_MOST_LISTED])


def shown_name(name: str) -> str:
    """A village's name as the file writes it, without anybody's number."""
    return mask_for_problem(name, longest=40)
