"""An empty ledger per section: headings, drop-downs, number formats, and an example on a second sheet (import.md step 0)."""

from io import BytesIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.ledgers.reading import EXAMPLE_SHEET
from villagehub.sections.base import Field, Kind, Section, Visible

_ROWS: Final = 1000
_HEAD: Final = PatternFill("solid", fgColor="1C5C46")
FORMATS: Final = {
    Kind.MONEY: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.PARTIAL_DATE: "@",
    Kind.TEXT: "@",
    Kind.CHOICE: "@",
    Kind.DECIMAL: "0.######",
    Kind.WHOLE: "0",
}
_WIDE: Final = ("summary", "portfolio", "duties", "powers", "note", "location", "content")
_TWO_AMOUNTS: Final = (("收入", "in"), ("支出", "out"))


def ledger_columns(section: Section, *, staff: bool = False) -> list[tuple[str, Field | None]]:
    """Names and fields of a ledger's columns; a flow gets 收入 and 支出 instead of one amount and a direction. With ``staff``
    also those that are kept and never shown to the public.
    """
    direction, amount = section.promoted.get("direction"), section.promoted.get("amount_fen")
    columns: list[tuple[str, Field | None]] = []
    for one in section.fields:
        if not (one.visible is Visible.PUBLIC or (staff and one.visible is Visible.STAFF)):
            continue
        if direction and one.name == direction:
            continue
        if direction and one.name == amount:
            columns.extend((name, None) for _, name in _TWO_AMOUNTS)
        else:
            columns.append((one.name, one))
    return columns


def ledger_heading(name: str, one: Field | None) -> str:
    """What stands above the column."""
    if one is None:
        return {key: heading for heading, key in _TWO_AMOUNTS}[name]
    return one.heading


def _head_row(sheet: Worksheet, section: Section) -> None:
    for index, (name, one) in enumerate(ledger_columns(section), start=1):
        cell = sheet.cell(1, index, ledger_heading(name, one))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center")
        wide = one is not None and (one.parts or one.name in _WIDE)
        sheet.column_dimensions[get_column_letter(index)].width = 30 if wide else 16
    sheet.freeze_panes = "A2"


def _format(sheet: Worksheet, section: Section, rows: int) -> None:
    for index, (_, one) in enumerate(ledger_columns(section), start=1):
        kind = one.kind if one is not None else Kind.MONEY
        wanted = FORMATS.get(kind)
        if wanted:
            for row in range(2, rows + 2):
                sheet.cell(row, index).number_format = wanted


def _drop_downs(sheet: Worksheet, section: Section, rows: int) -> None:
    for index, (_, one) in enumerate(ledger_columns(section), start=1):
        labels = [choice.label for choice in one.choices] if one is not None else []
        listed = ",".join(label.replace(",", "，") for label in labels)
        if not labels or len(listed) > 250:
            continue
        strict = one is not None and not one.open_choice
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=strict)
        rule.errorTitle, rule.error = "请从列表里选", f"只能写：{listed}"
        letter = get_column_letter(index)
        rule.add(f"{letter}2:{letter}{rows + 1}")
        sheet.add_data_validation(rule)


def example_rows(section: Section) -> list[list[Any]]:
    """The example entries, in the order of the template's columns."""
    columns = ledger_columns(section)
    return [[entry.get(name) for name, _ in columns] for entry in section.example]


def section_template(section: Section) -> bytes:
    """The template as an .xlsx: the clerk's sheet first, empty; the example beside it, which is never read."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = section.title
    _head_row(sheet, section)
    _format(sheet, section, _ROWS)
    _drop_downs(sheet, section, _ROWS)
    example = book.create_sheet(f"{EXAMPLE_SHEET}（只供参考，不会导入）")
    _head_row(example, section)
    for row, values in enumerate(example_rows(section), start=2):
        for index, value in enumerate(values, start=1):
            example.cell(row, index, value)
    _format(example, section, len(section.example))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def section_template_csv(section: Section) -> bytes:
    """The template as CSV: the headings alone, UTF-8 with its mark, so that Excel and WPS read them."""
    headings = [ledger_heading(name, one) for name, one in ledger_columns(section)]
    return (",".join(headings) + "\r\n").encode("utf-8-sig")
