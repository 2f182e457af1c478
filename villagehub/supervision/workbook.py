"""The township's and the county's tables as .xlsx files, with the same words as on the pages."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.kernel.period import Period
from villagehub.sections import judged_sections
from villagehub.supervision.overview import TownshipRow
from villagehub.supervision.table import Row

_FILLS = {"none": "FDEAE8", "late": "FFF0D9", "ext": "FFF7EA", "ok": "E2EFE7"}


def table_workbook(name: str, quarter: Period, rows: Sequence[Row], *, as_of: str) -> bytes:
    """One sheet: a village a line, a section a column; and one with every account, its due day and its standing."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "公开情况"
    _put(sheet, 1, [f"{name} {quarter.label}公开情况（{as_of}）"], bold=True)
    _put(sheet, 2, ["村", *(one.title for one in judged_sections()), "等签字", "待核实"], bold=True)
    for line, row in enumerate(rows, start=3):
        _put(sheet, line, [row.village.name, *(one.judged.words for one in row.cells), row.waiting, row.audits])
        for column, cell in enumerate(row.cells, start=2):
            if cell.judged.look in _FILLS:
                sheet.cell(line, column).fill = PatternFill("solid", start_color=_FILLS[cell.judged.look])
    _measure(sheet, [18, *[14] * (len(judged_sections()) + 2)])
    _on_paper(sheet)
    _every_account(book.create_sheet("逐项"), rows)
    return _bytes_of(book)


def county_workbook(name: str, quarter: Period, lines: Sequence[TownshipRow], *, as_of: str) -> bytes:
    """One sheet: a township a line, with its counts, and for each section how many of its villages stand how."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "各乡镇公开情况"
    _put(sheet, 1, [f"{name} {quarter.label}公开情况（{as_of}）"], bold=True)
    counted = [
        "村数",
        "没有晚、没有欠的村",
        "没公开（项）",
        "晚了（项）",
        "等签字（项）",
        "等签字超过5天（项）",
        "待核实（项）",
    ]
    _put(sheet, 2, ["乡镇", *counted, *(one.title for one in judged_sections())], bold=True)
    for line, row in enumerate(lines, start=3):
        sums = row.counts
        numbers = [sums.villages, sums.clean, sums.missing, sums.late, sums.waiting, sums.waiting_long, row.audits]
        _put(sheet, line, [row.township.name, *numbers, *(one.words for one in row.cells)])
        for column, cell in enumerate(row.cells, start=2 + len(counted)):
            if cell.judged.look in _FILLS:
                sheet.cell(line, column).fill = PatternFill("solid", start_color=_FILLS[cell.judged.look])
    _measure(sheet, [18, *[12] * len(counted), *[24] * len(judged_sections())])
    _on_paper(sheet)
    return _bytes_of(book)


def _on_paper(sheet: Worksheet) -> None:
    """A4 across, as wide as the page, the heading on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:2"
    sheet.freeze_panes = "B3"


def _bytes_of(book: Workbook) -> bytes:
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _every_account(sheet: Worksheet, rows: Sequence[Row]) -> None:
    _put(sheet, 1, ["村", "公开事项", "应公开日期", "情况", "天数", "进展", "第几号公开", "延期原因"], bold=True)
    lines = [(row, item) for row in rows for item in row.items]
    for line, (row, item) in enumerate(lines, start=2):
        due = item.due
        _put(
            sheet,
            line,
            [
                row.village.name,
                item.title,
                due.day if due else "没有规定",
                item.judged.words,
                item.judged.days or None,
                item.stage_words,
                item.number,
                due.waived if due else "",
            ],
        )
        sheet.cell(line, 3).number_format = "yyyy-mm-dd"
    _measure(sheet, [18, 40, 14, 12, 8, 16, 12, 40])
    sheet.freeze_panes = "A2"


def _put(sheet: Worksheet, line: int, values: Sequence[object], *, bold: bool = False) -> None:
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(line, column)
        cell.value = value  # type: ignore[assignment]
        if isinstance(value, str):
            cell.data_type = "s"  # a reason that begins with = stays a reason
        cell.font = Font(bold=bold)
        cell.alignment = Alignment(vertical="top")


def _measure(sheet: Worksheet, widths: Sequence[int]) -> None:
    for letter, width in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", widths, strict=False):
        sheet.column_dimensions[letter].width = width
