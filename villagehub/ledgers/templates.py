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
_FORMATS: Final = {
    Kind.MONEY: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.PARTIAL_DATE: "@",
    Kind.TEXT: "@",
    Kind.CHOICE: "@",
    Kind.DECIMAL: "0.######",
    Kind.WHOLE: "0",
}
_TWO_AMOUNTS: Final = (("收入", "in"), ("支出", "out"))
_EXAMPLES: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "finance": (
        {
            "occurred_on": "2026-09-05",
            "voucher_no": "记-109",
            "summary": "鱼塘发包第二年租金",
            "in": 24000,
            "category": "发包和出租",
        },
        {
            "occurred_on": "2026-09-18",
            "voucher_no": "记-118",
            "summary": "村东水渠清淤人工费",
            "out": 11600,
            "category": "修渠、路灯等公益",
            "counterparty": "刘家湾施工队",
            "method": "转账",
            "handler": "赵庆",
        },
    ),
    "assets": (
        {
            "asset_no": "ZC-0001",
            "name": "村委会办公楼",
            "category": "房屋建筑物",
            "operating": "非经营性",
            "quantity": 1,
            "unit": "栋",
            "location": "村委会院内",
            "acquired_on": "2015-06",
            "original_value": 860000,
            "depreciation": 215000,
            "net_value": 645000,
            "state": "自用",
            "keeper": "村委会",
        },
        {
            "asset_no": "ZC-0002",
            "name": "老砖厂厂房",
            "category": "房屋建筑物",
            "operating": "经营性",
            "quantity": 1,
            "unit": "处",
            "location": "二组",
            "acquired_on": "2008",
            "original_value": 320000,
            "depreciation": 192000,
            "net_value": 128000,
            "state": "出租",
            "contract_no": "2025-07",
        },
    ),
    "funds": (
        {
            "programme": "耕地地力保护补贴",
            "batch": "2026年第一批",
            "group_name": "三组",
            "recipient": "王桂芳",
            "basis": 9,
            "rate": 68,
            "amount": 612,
            "paid_on": "2026-09-10",
        },
        {
            "programme": "耕地地力保护补贴",
            "batch": "2026年第一批",
            "group_name": "三组",
            "recipient": "王守本",
            "basis": 7.2,
            "rate": 68,
            "amount": 489.6,
            "paid_on": "2026-09-10",
        },
    ),
    "duties": (
        {
            "name": "周建国",
            "post": "村党支部书记、村委会主任",
            "body": "村党支部、村民委员会",
            "term": "2024年1月至2029年1月",
            "portfolio": "全面工作，三资管理",
            "office_phone": "0719-0000000",
            "office_hours": "周一至周五上午",
        },
        {
            "name": "罗守田",
            "post": "主任",
            "body": "村务监督委员会",
            "term": "2024年1月至2029年1月",
            "portfolio": "账目审核、工程监督",
        },
    ),
}


def _columns(section: Section) -> list[tuple[str, Field | None]]:
    """Names and fields of the template's columns; a flow gets 收入 and 支出 instead of one amount and a direction."""
    direction, amount = section.promoted.get("direction"), section.promoted.get("amount_fen")
    columns: list[tuple[str, Field | None]] = []
    for one in section.fields:
        if one.visible is not Visible.PUBLIC or (direction and one.name == direction):
            continue
        if direction and one.name == amount:
            columns.extend((name, None) for _, name in _TWO_AMOUNTS)
        else:
            columns.append((one.name, one))
    return columns


def _heading(name: str, one: Field | None) -> str:
    if one is None:
        return {key: heading for heading, key in _TWO_AMOUNTS}[name]
    return one.heading


def _head_row(sheet: Worksheet, section: Section) -> None:
    for index, (name, one) in enumerate(_columns(section), start=1):
        cell = sheet.cell(1, index, _heading(name, one))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center")
        wide = one is not None and one.name in ("summary", "portfolio", "duties", "powers", "note", "location")
        sheet.column_dimensions[get_column_letter(index)].width = 30 if wide else 16
    sheet.freeze_panes = "A2"


def _format(sheet: Worksheet, section: Section, rows: int) -> None:
    for index, (_, one) in enumerate(_columns(section), start=1):
        kind = one.kind if one is not None else Kind.MONEY
        wanted = _FORMATS.get(kind)
        if wanted:
            for row in range(2, rows + 2):
                sheet.cell(row, index).number_format = wanted


def _drop_downs(sheet: Worksheet, section: Section, rows: int) -> None:
    for index, (_, one) in enumerate(_columns(section), start=1):
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
    columns = _columns(section)
    return [[entry.get(name) for name, _ in columns] for entry in _EXAMPLES[section.name]]


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
    _format(example, section, len(_EXAMPLES[section.name]))
    written = BytesIO()
    book.save(written)
    return written.getvalue()
