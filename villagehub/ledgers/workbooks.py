"""Workbooks through calamine: values at the clerk's own rows and columns, joined with what the file hides."""

from io import BytesIO
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from villagehub.kernel.private_numbers import hide_numbers
from villagehub.ledgers.archives import Archive
from villagehub.ledgers.cells import Raw
from villagehub.ledgers.compound import CompoundFile
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.new_excel import (
    MOST_MERGES,
    Beside,
    beside_ods,
    beside_values,
    furthest,
    locate_parts,
    may_be_far,
)
from villagehub.ledgers.old_excel import look_into
from villagehub.ledgers.sheets import Sheet, column_letter

_SAVE_AGAIN: Final = "请在 WPS 或 Excel 里打开它，另存为 .xlsx，再传一次。"
_MOST_CELLS: Final = 4_000_000


def _calamine_sheets(data: bytes, *, most_rows: int) -> list[Sheet]:
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            return [
                _sheet(workbook, one.name, one.visible is not SheetVisibleEnum.Visible, most_rows)
                for one in workbook.sheets_metadata
                if one.typ is SheetTypeEnum.WorkSheet
            ]
    except CalamineError as slip:
        if "password" in str(slip).lower() or type(slip).__name__ == "PasswordError":
            raise Unreadable("password", "这个文件有打开密码。", "请在 WPS 里去掉密码再传。") from slip
        raise Unreadable("broken_file", "文件坏了，或者没有传完整。", _SAVE_AGAIN) from slip


def _refuse_far(name: str, height: int, width: int, most_rows: int) -> None:
    if height > most_rows * 2 or height * width > _MOST_CELLS:
        raise Unreadable(
            "too_many_rows",
            f"“{hide_numbers(name)}”用到第 {height} 行、{column_letter(width - 1)} 列，太大了。",
            "请删掉用不到的行列，或分成几个文件再传。",
        )


def _sheet(workbook: CalamineWorkbook, name: str, hidden: bool, most_rows: int) -> Sheet:
    found = workbook.get_sheet_by_name(name)
    if found.start is None:
        return Sheet(name, [], hidden=hidden)
    above, left = found.start
    _refuse_far(name, above + found.height, left + found.width, most_rows)
    rows: list[list[Raw]] = [  # with the empty area above and to the left, so that rows and columns are the clerk's own
        [None if raw == "" and isinstance(raw, str) else raw for raw in cells]
        for cells in found.to_python(skip_empty_area=False)
    ]
    merges = tuple(
        (first[0] + 1, first[1], last[0] + 1, last[1]) for first, last in (found.merged_cell_ranges or ())[:MOST_MERGES]
    )
    return Sheet(name, rows, hidden=hidden, merges=merges)


def _join(sheet: Sheet, beside: Beside) -> None:
    sheet.hidden_rows = frozenset(beside.hidden_rows)
    sheet.hidden_columns = frozenset(beside.hidden_columns)
    sheet.formulas = frozenset(beside.formulas)
    sheet.formula_texts = beside.formula_texts
    sheet.without_value = frozenset(beside.without_value)
    sheet.errors = frozenset(beside.errors)
    sheet.shown_otherwise = dict(beside.shown_otherwise)
    sheet.merges = sheet.merges or tuple(beside.merges)


def read_xlsx(data: bytes, archive: Archive, *, most_rows: int) -> list[Sheet]:
    """The sheets of an .xlsx or .xlsm. Raises Unreadable."""
    parts = locate_parts(archive)
    beside: dict[str, Beside] = {}
    for name, target in parts.sheets.items():
        part = archive.part(target)
        if may_be_far(part):  # a single far cell would make the library ask for all between
            _refuse_far(name, *furthest(part), most_rows)
        if part:
            beside[name] = beside_values(part, parts.formats)
    sheets = _calamine_sheets(data, most_rows=most_rows)
    for sheet in sheets:
        sheet.epoch_1904 = parts.epoch_1904
        if sheet.name in beside:
            _join(sheet, beside[sheet.name])
    return sheets


def read_ods(data: bytes, archive: Archive, *, most_rows: int) -> list[Sheet]:
    """The sheets of an .ods. Raises Unreadable."""
    sheets = _calamine_sheets(data, most_rows=most_rows)
    hidden = beside_ods(archive.part("content.xml"))
    for sheet in sheets:
        _join(sheet, hidden.get(sheet.name, Beside()))
    return sheets


def read_xls(data: bytes, compound: CompoundFile, *, most_rows: int) -> tuple[list[Sheet], bool]:
    """The sheets of an .xls or .et, and whether it holds macros. Raises Unreadable."""
    old = look_into(compound)
    sheets = _calamine_sheets(data, most_rows=most_rows)
    for index, sheet in enumerate(sheets):
        sheet.epoch_1904 = old.epoch_1904
        if index < len(old.sheets):
            sheet.hidden_rows = frozenset(old.sheets[index].rows)
            sheet.hidden_columns = frozenset(old.sheets[index].columns)
            sheet.formulas = frozenset(old.sheets[index].formulas)
            sheet.errors = frozenset(old.sheets[index].errors)
            sheet.shown_otherwise = old.sheets[index].shown_otherwise
    return sheets, old.macros
