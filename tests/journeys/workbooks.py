"""Clerks' workbooks as journeys need them: with a title, a unit line, a total and a signature line. Invented figures."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

HEADINGS = ("日期", "凭证号", "摘要", "收入", "支出", "余额", "收款人")

QUARTER: tuple[tuple[object, ...], ...] = (
    ("2026-04-05", "101", "鱼塘租金", 12000, None, 17000, "青石水产合作社"),
    ("2026-04-12", "107", "村东水渠清淤人工费", None, 11600, 5400, "李大山"),
    ("2026-06-12", "112", "购路灯配件", None, 840, 4560, "鑫源建材店"),
)
"""Opening 5,000.00; income 12,000.00; expense 12,440.00; closing 4,560.00."""


def finance_workbook(file: Path, rows: Sequence[Sequence[object]] = QUARTER, *, opening: object = 5000) -> Path:
    """One quarter's accounts as a clerk keeps them; headings in row 3, the opening balance in row 4, entries from row 5."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["青石沟村2026年第二季度财务收支明细表"])
    sheet.append(["单位：元"])
    sheet.append(list(HEADINGS))
    sheet.append([None, None, "上期结余", None, None, opening, None])
    for row in rows:
        sheet.append(list(row))
    sums = [sum(one[place] or 0 for one in rows if isinstance(one[place] or 0, int)) for place in (3, 4)]  # type: ignore[misc]
    sheet.append([None, None, "合计", *sums, None, None])
    sheet.append(["制表人：赵庆"])
    book.save(file)
    return file
