"""How clerks lay out a quarter's income and expense. Each village keeps its own habit. Pure.

The layouts are the ones that the reading must understand: titles and a unit line above, headings of two levels, 合计 and
制表人 below, two amount columns or one with 收支, dates in several styles, 万元, text files of older programs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from villagehub.kernel.period import Period
from villagehub.ops.demo.collective import Book
from villagehub.ops.demo.entry import Entry
from villagehub.ops.demo.paper import Cell, Paper, amount, as_csv, as_xlsx, title_merges


@dataclass(frozen=True, slots=True)
class Office:
    """What the sheet says about who wrote it."""

    unit: str
    """Whose books: 青石沟村村民委员会."""
    place: str
    """青石沟村."""
    clerk: str
    head: str
    chair: str


@dataclass(frozen=True, slots=True)
class Layout:
    """One habit: the file's ending and how its bytes are made."""

    ending: str
    write: Callable[[Office, Book], bytes]


def _sum(entries: Sequence[Entry], direction: str) -> int:
    return sum(one.fen for one in entries if one.direction == direction)


def _sides(one: Entry, unit: str = "元") -> tuple[Cell, Cell]:
    value = amount(one.fen, unit)
    return (value, None) if one.direction == "in" else (None, value)


def _dotted(day: date) -> str:
    return f"{day.year}.{day.month}.{day.day}"


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _title(office: Office, period: Period) -> str:
    return f"{office.place}{period.label}财务收支公开表"


def two_levels(office: Office, book: Book) -> bytes:
    """A heading of two levels with 金额 over 收入 and 支出, a running balance, opening, totals and signatures."""
    left, body = book.opening_fen, []
    for one in book.entries:
        left += one.fen if one.direction == "in" else -one.fen
        body.append(
            (one.day, f"记-{one.voucher}", one.summary, *_sides(one), amount(left), one.payee, one.category, None)
        )
    rows: list[tuple[Cell, ...]] = [
        (_title(office, book.period),),
        (f"编制单位：{office.unit}", None, None, None, None, None, None, "单位：元"),
        ("日期", "凭证号", "摘要", "金额", None, "结余", "收付款人", "类别", "备注"),
        (None, None, None, "收入", "支出", None, None, None, None),
        (None, None, "上季结余", None, None, amount(book.opening_fen), None, None, None),
        *body,
        (None, None, "合计", amount(book.income_fen), amount(book.expense_fen), None, None, None, None),
        (None, None, "本季结余", None, None, amount(book.closing_fen), None, None, None),
        (f"制表人：{office.clerk}　　审核：{office.chair}　　村主任：{office.head}",),
    ]
    down = ["A", "B", "C", "F", "G", "H", "I"]
    merges = ["A1:I1", "D3:E3", *(f"{letter}3:{letter}4" for letter in down)]
    paper = Paper("收支明细", tuple(rows), (3, 4), tuple(merges), 2, {1: 12, 3: 40, 4: 12, 5: 12, 6: 13, 7: 22, 8: 18})
    return as_xlsx([paper])


def one_amount(office: Office, book: Book) -> bytes:
    """One amount column and 收支; days with dots; balances with bank and cash at the end."""
    body = [
        (_dotted(one.day), one.voucher, "收入" if one.direction == "in" else "支出", one.category, one.summary,
         amount(one.fen), one.payee, "现金" if one.by_hand else "转账")
        for one in book.entries
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (_title(office, book.period),),
        (f"公开单位：{office.unit}　　金额单位：元",),
        ("日期", "凭证号", "收支", "类别", "事由", "金额", "收（付）款人", "支付方式"),
        (None, None, None, None, "上季结余", amount(book.opening_fen), None, None),
        *body,
        (None, None, None, None, "收入合计", amount(book.income_fen), None, None),
        (None, None, None, None, "支出合计", amount(book.expense_fen), None, None),
        (None, None, None, None, "本季结余", amount(book.closing_fen), None, None),
        (None, None, None, None, "其中：银行存款", amount(book.closing_fen - book.cash_fen), None, None),
        (None, None, None, None, "其中：现金", amount(book.cash_fen), None, None),
        (f"报账员：{office.clerk}",),
    ]
    paper = Paper("Sheet1", tuple(rows), (3, 3), tuple(title_merges(2, 8)), 2, {1: 11, 4: 18, 5: 40, 6: 12, 7: 24})
    return as_xlsx([paper])


def two_parts(office: Office, book: Book) -> bytes:
    """First all income, then all expense, each with its label and sum; 月 and 日 in columns of their own."""

    def part(direction: str) -> list[tuple[Cell, ...]]:
        return [
            (one.day.month, one.day.day, one.voucher, one.summary, amount(one.fen), one.payee, one.category)
            for one in book.entries
            if one.direction == direction
        ]

    rows: list[tuple[Cell, ...]] = [
        (_title(office, book.period),),
        ("单位：元",),
        ("月", "日", "凭证号", "摘要", "金额（元）", "收付款人", "类别"),
        (None, None, None, "上季结余", amount(book.opening_fen), None, None),
        ("一、收入部分",),
        *part("in"),
        (None, None, None, "收入合计", amount(book.income_fen), None, None),
        ("二、支出部分",),
        *part("out"),
        (None, None, None, "支出合计", amount(book.expense_fen), None, None),
        (None, None, None, "期末余额", amount(book.closing_fen), None, None),
        (f"制表：{office.clerk}", None, None, f"审核：{office.chair}"),
    ]
    paper = Paper("公开表", tuple(rows), (3, 3), tuple(title_merges(2, 7)), 2, {4: 40, 5: 13, 6: 24, 7: 18})
    return as_xlsx([paper])


def by_month(office: Office, book: Book) -> bytes:
    """A sheet for each month; the clerk is asked whether all of them belong in."""
    papers, left = [], book.opening_fen
    for month in dict.fromkeys(one.day.month for one in book.entries):
        body: list[tuple[Cell, ...]] = []
        opened = left
        entries = [one for one in book.entries if one.day.month == month]
        for one in entries:
            left += one.fen if one.direction == "in" else -one.fen
            body.append((_written(one.day), one.summary, *_sides(one), amount(left), one.payee, one.category))
        rows: list[tuple[Cell, ...]] = [
            (f"{office.place}{book.period.first.year}年{month}月收支明细（单位：元）",),
            ("日期", "摘要", "收入金额", "支出金额", "余额", "对方户名", "类别"),
            (None, "上月结余", None, None, amount(opened), None, None),
            *body,
            (None, "本月合计", amount(_sum(entries, "in")), amount(_sum(entries, "out")), None, None, None),
        ]
        paper = Paper(f"{month}月", tuple(rows), (2, 2), tuple(title_merges(1, 7)), 1, {1: 16, 2: 40, 6: 24, 7: 18})
        papers.append(paper)
    return as_xlsx(papers)


def in_wan(office: Office, book: Book) -> bytes:
    """Amounts in 万元, as some townships ask for."""
    body = [(one.day, one.voucher, one.summary, *_sides(one, "万元"), one.payee, one.category) for one in book.entries]
    rows: list[tuple[Cell, ...]] = [
        (_title(office, book.period),),
        (f"填报单位：{office.unit}", None, None, None, None, None, "单位：万元"),
        ("记账日期", "凭证号", "摘要", "收入", "支出", "收付款单位", "类别"),
        (None, None, "期初余额", amount(book.opening_fen, "万元"), None, None, None),
        *body,
        (None, None, "合计", amount(book.income_fen, "万元"), amount(book.expense_fen, "万元"), None, None),
        (None, None, "期末余额", amount(book.closing_fen, "万元"), None, None, None),
        (f"填表人：{office.clerk}",),
    ]
    paper = Paper("收支", tuple(rows), (3, 3), ("A1:G1",), 2, {1: 12, 3: 40, 4: 13, 5: 13, 6: 24, 7: 18})
    return as_xlsx([paper])


def _export(office: Office, book: Book) -> list[tuple[Cell, ...]]:
    """What an older accounting program writes out: no title, a balance in each line, days with strokes."""
    rows: list[tuple[Cell, ...]] = [
        (
            "记账日期",
            "凭证字号",
            "业务摘要",
            "收入金额",
            "支出金额",
            "余额",
            "对方户名",
            "收支分类",
            "支付方式",
            "经办人",
        )
    ]
    left = book.opening_fen
    for one in book.entries:
        left += one.fen if one.direction == "in" else -one.fen
        paid = "现金" if one.by_hand else "转账"
        rows.append(
            (
                one.day,
                f"记{one.voucher}",
                one.summary,
                *_sides(one),
                amount(left),
                one.payee,
                one.category,
                paid,
                office.clerk,
            )
        )
    return rows


def text_of_program(office: Office, book: Book) -> bytes:
    """A text file with commas in GB18030."""
    return as_csv(_export(office, book), "gb18030")


def unicode_text(office: Office, book: Book) -> bytes:
    """Excel's Unicode text, UTF-16 with tabs; this clerk does not write categories."""
    kept = [(*row[:7], *row[8:]) for row in _export(office, book)]
    return as_csv(kept, "utf-16")


LAYOUTS: Final = (
    Layout("xlsx", two_levels),
    Layout("xlsx", one_amount),
    Layout("csv", text_of_program),
    Layout("xlsx", two_parts),
    Layout("xlsx", by_month),
    Layout("xlsx", in_wan),
    Layout("csv", unicode_text),
)
