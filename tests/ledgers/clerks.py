"""Ledgers as invented clerks keep them, drawn by Hypothesis, and exactly what stands in them.

A recipe says how a clerk works: the layout of the table, the unit, how days and amounts are written, which kind of file and
which encoding. ``Ledger.truth`` is written down while the table is built, so that it never passes through the code under test.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from file_writers import ENCODINGS, KINDS, ORIGIN, Cell, Grid
from hypothesis import strategies as st

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)
PERIOD = "2026Q1"


@dataclass(frozen=True)
class Entry:
    """What one entry says, and in which row of the file it stands."""

    row: int
    day: str
    direction: str
    fen: int
    summary: str
    more: tuple[tuple[str, str], ...] = ()
    """Other fields that its columns give, by name."""


@dataclass(frozen=True)
class Recipe:
    """How a clerk works."""

    layout: str
    unit: str
    days: str
    money: str
    kind: str
    encoding: str
    seed: int
    count: int


@dataclass
class Ledger:
    """A file and what is in it."""

    recipe: Recipe
    data: bytes
    filename: str
    truth: list[Entry]
    rows: int
    """How many rows below the heading hold anything."""
    opening: int | None = None
    closing: int | None = None


# -- days ------------------------------------------------------------------------------------------------------------------

_FULL = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
_HAN = "〇一二三四五六七八九"


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else f"{_HAN[tens]}十") + (_HAN[ones] if ones else "")


DAYS: dict[str, Callable[[date], Cell]] = {
    "real day": lambda day: day,
    "2026-03-05": lambda day: day.isoformat(),
    "2026/3/5": lambda day: f"{day.year}/{day.month}/{day.day}",
    "2026.3.5": lambda day: f"{day.year}.{day.month}.{day.day}",
    "2026.03.05": lambda day: f"{day:%Y.%m.%d}",
    "20260305": lambda day: f"{day:%Y%m%d}",
    "2026年3月5日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "2026年03月05号": lambda day: f"{day:%Y}年{day:%m}月{day:%d}号",
    "3月5日": lambda day: f"{day.month}月{day.day}日",
    "3-5": lambda day: f"{day.month}-{day.day}",
    "3.5": lambda day: f"{day.month}.{day.day}",
    "full width": lambda day: day.isoformat().translate(_FULL),
    "二〇二六年三月五日": lambda day: f"二〇二六年{_han(day.month)}月{_han(day.day)}日",
    "with a time": lambda day: f"{day.isoformat()} {day.day % 24:02d}:05:09",
    "with two spaces": lambda day: f"{day.year}/{day.month}/{day.day}  8:05",
    "serial number": lambda day: Decimal((day - ORIGIN).days),
    "padded": lambda day: f" {day.isoformat()}\t",
    "protected": lambda day: f'="{day.isoformat()}"',
}

# -- amounts ---------------------------------------------------------------------------------------------------------------

UNITS = {"元": 100, "万元": 1_000_000, "千元": 100_000}
UNIT_STYLES = ("nothing said", "单位：元", "单位：万元", "（万元）", "（元）", "单位:千元")


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    whole, _, broken = text.partition(".")
    return f"{whole}.{broken.rstrip('0').ljust(2, '0')}"


def _grouped(value: Decimal) -> str:
    whole, _, broken = _plain(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}.{broken}"


def _capital(fen: int) -> str:
    digits, steps = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟")

    def below(number: int) -> str:
        text, gap = "", False
        for place in (3, 2, 1, 0):
            digit = number // 10**place % 10
            if digit:
                text += ("零" if gap and text else "") + digits[digit] + steps[place]
                gap = False
            else:
                gap = True
        return text

    yuan, rest = divmod(fen, 100)
    high, low = divmod(yuan, 10_000)
    text = (below(high) + "万" if high else "") + ("零" if high and 0 < low < 1000 else "") + below(low)
    text = f"{text}元" if yuan else ""
    jiao, cent = divmod(rest, 10)
    if not rest:
        return f"{text}整"
    return text + (f"{digits[jiao]}角" if jiao else "零" if text else "") + (f"{digits[cent]}分" if cent else "整")


MONEY: dict[str, Callable[[Decimal, str, int], Cell]] = {
    "number": lambda value, unit, fen: value,
    "1234.56": lambda value, unit, fen: _plain(value),
    "1,234.56": lambda value, unit, fen: _grouped(value),
    "¥1,234.56": lambda value, unit, fen: f"¥{_grouped(value)}",
    "￥ 1234.56": lambda value, unit, fen: f"￥ {_plain(value)}",
    "full width": lambda value, unit, fen: _plain(value).translate(_FULL),
    "1234.56元": lambda value, unit, fen: f"{_plain(value)}{unit}",
    "padded": lambda value, unit, fen: f"  {_grouped(value)}\t",
    "protected": lambda value, unit, fen: f'="{_plain(value)}"',
    "apostrophe": lambda value, unit, fen: f"'{_plain(value)}",
    "capitals": lambda value, unit, fen: _capital(fen),
    "RMB": lambda value, unit, fen: f"RMB {_grouped(value)}",
    "whole without decimals": lambda value, unit, fen: f"{value.normalize():f}",
    "grouped by spaces": lambda value, unit, fen: _grouped(value).replace(",", " "),
}
NOTHING: tuple[Cell, ...] = (None, None, None, "", "-", "—", "/", "0", "0.00", Decimal(0))

SUMMARIES = (
    "鱼塘租金",
    "水渠清淤",
    "3月份电费",
    "合计用工误工补贴",
    "支付小计算器款",
    "收入证明复印费",
    "现金支付会计培训费",
    "年初慰问老人",
    "期初建账资料费",
    "付2026年报刊费",
    "路灯、水泵维修，含材料",
    "修路(二期)",
    "退“多收”租金",
    "购1.5寸水管20米",
    "付3-5月水费",
    "单位：公章刻制费",
    "日期章一枚",
    "备注本10本",
    "备用金-结转利息",
    "余额宝式理财退回",
    "上级拨入运转经费",
    "𠮷家坪至朤山道路",
    "春节 慰问",
    "＃3号泵房",
    "=加固河堤",
    "100%国债利息",
)
PERSONS = ("青石沟商店", "县供电公司", "市自来水公司", "王桂芳", "李成", "镇财政所", "欧阳娜")
NOTES = ("", "", "有票", "已公示", "合计两次付清", "见附件", "无")


class Clerk:
    """Draws entries and writes them in one hand."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.random = random.Random(recipe.seed)
        self.grid = Grid()
        self.truth: list[Entry] = []
        self.said = self._unit_style()
        self.unit = next((unit for unit in ("万元", "千元") if unit in self.said), "元")
        self.below = 0
        self.opening: int | None = None
        self.closing: int | None = None

    def _unit_style(self) -> str:
        return self.recipe.unit

    def heading(self, text: str) -> str:
        """A heading of an amount, with its unit in brackets where this clerk writes it there."""
        return f"{text}{self.said}" if self.said.startswith("（") else text

    def unit_line(self) -> str | None:
        return self.said if self.said.startswith("单位") else None

    def money(self, fen: int) -> Cell:
        value = Decimal(fen) / UNITS[self.unit]
        return MONEY[self.recipe.money](value, self.unit, fen)

    def plain(self, fen: int) -> Cell:
        """An amount of a total or a balance: in words nobody writes those."""
        if self.recipe.money == "capitals":
            return _plain(Decimal(fen) / UNITS[self.unit])
        return self.money(fen)

    def signed(self, fen: int) -> Cell:
        """An amount with its sign before it, as statements write it."""
        return f"{'-' if fen < 0 else '+'}{_grouped(Decimal(abs(fen)) / UNITS[self.unit])}"

    def nothing(self) -> Cell:
        return self.random.choice(NOTHING)

    def day(self, day: date) -> Cell:
        return DAYS[self.recipe.days](day)

    def drawn(self, number: int) -> list[tuple[date, str, int, str]]:
        """Day, direction, fen and summary of the entries, by days."""
        span = (LAST - FIRST).days
        days = sorted(FIRST + timedelta(days=self.random.randint(0, span)) for _ in range(number))
        made = []
        for at, day in enumerate(days):
            size = self.random.choice((3, 4, 5, 5, 6, 7, 8))
            fen = self.random.randint(10 ** (size - 1), 10**size)
            if self.random.random() < 0.5:
                fen -= fen % 100
            if fen < 100:
                fen = 100
            words = self.random.choice(SUMMARIES)
            made.append((day, self.random.choice(("in", "out", "out")), fen, f"{words}{at + 1}"))
        return made

    def write(self, *cells: Cell) -> int:
        """A row below the heading."""
        self.below += any(cell not in (None, "") for cell in cells)
        return self.grid.add(*cells)

    def keep(self, row: int, entry: tuple[date, str, int, str], **more: str) -> None:
        day, direction, fen, summary = entry
        self.truth.append(Entry(row, day.isoformat(), direction, fen, summary, tuple(sorted(more.items()))))

    def gap(self) -> None:
        if self.random.random() < 0.15:
            self.grid.add()

    def titles(self, width: int) -> None:
        """A title and a line that says who keeps the table, and in which unit."""
        self.grid.add("青石沟村2026年第一季度财务收支公开表", *[None] * (width - 1))
        self.grid.merges.append((len(self.grid.rows) - 1, 0, len(self.grid.rows) - 1, width - 1))
        line: list[Cell] = ["编制单位：青石沟村民委员会", *[None] * (width - 2), self.unit_line() or "2026年4月8日"]
        self.grid.add(*line)

    def lead(self) -> None:
        """A unit line where the layout has no titles."""
        if self.unit_line():
            self.grid.add(self.unit_line())

    def footer(self) -> None:
        which = self.random.randint(0, 3)
        if which == 1:
            self.write("制表人：赵庆", None, "审核人：王桂芳")
        elif which == 2:
            self.grid.add()
            self.write("会计：赵庆", "出纳：李成", "监委会主任：周强")
            self.write("公开日期：2026年4月10日")
        elif which == 3:
            self.write("备注：以上收支经民主理财小组审核。")

    def sums(self, entries: list[tuple[date, str, int, str]]) -> tuple[int, int]:
        return (
            sum(fen for _, direction, fen, _ in entries if direction == "in"),
            sum(fen for _, direction, fen, _ in entries if direction == "out"),
        )

    def two(self, direction: str, fen: int) -> tuple[Cell, Cell]:
        """The cells of 收入 and 支出."""
        return (self.money(fen), self.nothing()) if direction == "in" else (self.nothing(), self.money(fen))


Layout = Callable[[Clerk, int], None]
LAYOUTS: dict[str, Layout] = {}


def layout(made: Layout) -> Layout:
    """Registers a layout under its function's name."""
    LAYOUTS[made.__name__] = made
    return made


@layout
def plain(clerk: Clerk, number: int) -> None:
    """The heading in the first row, or under a unit line."""
    clerk.lead()
    clerk.grid.add("日期", "摘要", clerk.heading("收入"), clerk.heading("支出"))
    for entry in clerk.drawn(number):
        row = clerk.write(clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]))
        clerk.keep(row, entry)


@layout
def titled(clerk: Clerk, number: int) -> None:
    """Titles above, a number, a voucher, a payee and remarks, a total and signatures below."""
    clerk.titles(8)
    clerk.grid.add(
        "序号", "日 期", "凭证号", "摘  要", "收/付款人", clerk.heading("收入金额"), clerk.heading("支出金额"), "备注"
    )
    entries = clerk.drawn(number)
    for at, entry in enumerate(entries, start=1):
        clerk.gap()
        who, note = clerk.random.choice(PERSONS), clerk.random.choice(NOTES)
        row = clerk.write(
            Decimal(at), clerk.day(entry[0]), f"记-{at:03d}", entry[3], who, *clerk.two(entry[1], entry[2]), note
        )
        said = {"note": note} if note and note != "无" else {}
        clerk.keep(row, entry, voucher_no=f"记-{at:03d}", counterparty=who, **said)
    income, expense = clerk.sums(entries)
    clerk.write("合  计", None, None, None, None, clerk.plain(income), clerk.plain(expense), None)
    clerk.footer()


@layout
def two_levels(clerk: Clerk, number: int) -> None:
    """A heading over two rows with merged cells."""
    clerk.titles(5)
    top = len(clerk.grid.rows)
    clerk.grid.add("日期", "事由", "金额", None, "经手人")
    clerk.grid.add(None, None, clerk.heading("收入"), clerk.heading("支出"), None)
    clerk.grid.merges += [(top, 0, top + 1, 0), (top, 1, top + 1, 1), (top, 2, top, 3), (top, 4, top + 1, 4)]
    for entry in clerk.drawn(number):
        row = clerk.write(clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]), "赵庆")
        clerk.keep(row, entry, handler="赵庆")
    clerk.footer()


@layout
def direction_column(clerk: Clerk, number: int) -> None:
    """One amount, and a column that says which way it went."""
    clerk.lead()
    words = clerk.random.choice((("收入", "支出"), ("收", "付"), ("收", "支"), ("收方", "付方")))
    heads = ["日期", clerk.random.choice(("收/支", "收支类型", "方向")), "用途", clerk.heading("金额")]
    clerk.grid.add(*heads)
    for entry in clerk.drawn(number):
        said = words[0] if entry[1] == "in" else words[1]
        clerk.keep(clerk.write(clerk.day(entry[0]), said, entry[3], clerk.money(entry[2])), entry)


@layout
def side_by_side(clerk: Clerk, number: int) -> None:
    """Income on the left, expense on the right."""
    clerk.titles(6)
    top = len(clerk.grid.rows)
    clerk.grid.add("收入", None, None, "支出", None, None)
    clerk.grid.add("日期", "项目", clerk.heading("金额"), "日期", "项目", clerk.heading("金额"))
    clerk.grid.merges += [(top, 0, top, 2), (top, 3, top, 5)]
    entries = clerk.drawn(number)
    left = [one for one in entries if one[1] == "in"]
    right = [one for one in entries if one[1] == "out"]
    for at in range(max(len(left), len(right))):
        cells: list[Cell] = []
        for half in (left, right):
            one = half[at] if at < len(half) else None
            cells += [clerk.day(one[0]), one[3], clerk.money(one[2])] if one else [None, None, None]
        row = clerk.grid.add(*cells)
        for half in (left, right):
            if at < len(half):
                clerk.keep(row, half[at])
                clerk.below += 1  # each half is a row of its own
    income, expense = clerk.sums(entries)
    clerk.write("合计", None, clerk.plain(income), "合计", None, clerk.plain(expense))


@layout
def labelled_parts(clerk: Clerk, number: int) -> None:
    """一、收入 with its entries and a subtotal, then 二、支出."""
    clerk.titles(3)
    clerk.grid.add("日期", "摘要", clerk.heading("金额"))
    entries = clerk.drawn(number)
    for label, side in (("一、收入", "in"), ("二、支出", "out")):
        clerk.write(label, None, None)
        mine = [one for one in entries if one[1] == side]
        for entry in mine:
            clerk.keep(clerk.write(clerk.day(entry[0]), entry[3], clerk.money(entry[2])), entry)
        clerk.write("小计", None, clerk.plain(sum(one[2] for one in mine)))
    clerk.footer()


@layout
def balance_book(clerk: Clerk, number: int) -> None:
    """Opening, a balance after each entry, closing."""
    clerk.titles(5)
    clerk.grid.add("日期", "摘要", clerk.heading("收入"), clerk.heading("支出"), clerk.heading("结余"))
    balance = clerk.opening = clerk.random.randint(10**6, 10**9)
    clerk.write(None, clerk.random.choice(("上期结余", "期初余额", "上年结转")), None, None, clerk.plain(balance))
    entries = clerk.drawn(number)
    for entry in entries:
        balance += entry[2] if entry[1] == "in" else -entry[2]
        row = clerk.write(clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]), clerk.plain(balance))
        clerk.keep(row, entry)
    income, expense = clerk.sums(entries)
    clerk.write("合计", None, clerk.plain(income), clerk.plain(expense), clerk.plain(balance))
    clerk.write("期末结余", None, None, None, clerk.plain(balance))
    clerk.closing = balance
    clerk.footer()


@layout
def cash_book(clerk: Clerk, number: int) -> None:
    """Year, month and day in columns of their own; 借, 贷 and a balance that proves them; months closed and summed."""
    clerk.lead()
    clerk.grid.add("年", "月", "日", "摘要", clerk.heading("借方"), clerk.heading("贷方"), clerk.heading("余额"))
    balance = clerk.random.randint(10**6, 10**9)
    clerk.opening = balance
    entries = clerk.drawn(max(number, 2))
    month, so_far = entries[0][0].month, [0, 0]
    since = [0, 0]
    for entry in entries:
        day, direction, fen, summary = entry
        if day.month != month:
            clerk.write(
                None, None, None, "本月合计", clerk.plain(since[0]), clerk.plain(since[1]), clerk.plain(balance)
            )
            clerk.write(
                None, None, None, "本年累计", clerk.plain(so_far[0]), clerk.plain(so_far[1]), clerk.plain(balance)
            )
            month, since = day.month, [0, 0]
        place = 0 if direction == "in" else 1
        since[place] += fen
        so_far[place] += fen
        balance += fen if direction == "in" else -fen
        cells = clerk.two(direction, fen)
        row = clerk.write(
            Decimal(day.year), Decimal(day.month), Decimal(day.day), summary, *cells, clerk.plain(balance)
        )
        clerk.keep(row, entry)
    clerk.closing = balance


@layout
def printed_pages(clerk: Clerk, number: int) -> None:
    """The heading again on each page, 过次页 above it and 承前页 below."""
    clerk.titles(4)
    head: tuple[Cell, ...] = ("记账日期", "摘要", clerk.heading("收入"), clerk.heading("支出"))
    clerk.grid.add(*head)
    entries, so_far = clerk.drawn(number), [0, 0]
    for at, entry in enumerate(entries):
        if at and at % 4 == 0:
            clerk.write("过次页", None, clerk.plain(so_far[0]), clerk.plain(so_far[1]))
            clerk.write(*head)
            clerk.write("承前页", None, clerk.plain(so_far[0]), clerk.plain(so_far[1]))
        so_far[entry[1] == "out"] += entry[2]
        row = clerk.write(clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]))
        clerk.keep(row, entry)


@layout
def months_summed(clerk: Clerk, number: int) -> None:
    """Each month ends with a subtotal; the whole with a total that counts everything."""
    clerk.titles(4)
    clerk.grid.add("日期", "款项内容", clerk.heading("收入"), clerk.heading("支出"))
    entries = clerk.drawn(number)
    for month in sorted({one[0].month for one in entries}):
        mine = [one for one in entries if one[0].month == month]
        for entry in mine:
            clerk.keep(clerk.write(clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2])), entry)
        income, expense = clerk.sums(mine)
        clerk.write(f"{month}月小计", None, clerk.plain(income), clerk.plain(expense))
    income, expense = clerk.sums(entries)
    clerk.write("总计", None, clerk.plain(income), clerk.plain(expense))
    clerk.footer()


@layout
def set_off(clerk: Clerk, number: int) -> None:
    """Empty rows above and empty columns to the left."""
    clerk.grid.add()
    if clerk.unit_line():
        clerk.grid.add(None, None, clerk.unit_line())
    clerk.grid.add(None, None, "日期", "摘要", clerk.heading("收入"), clerk.heading("支出"))
    for entry in clerk.drawn(number):
        clerk.gap()
        row = clerk.write(None, None, clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]))
        clerk.keep(row, entry)


@layout
def with_running_columns(clerk: Clerk, number: int) -> None:
    """本月 and 本年累计 side by side under 收入 and 支出."""
    clerk.titles(6)
    top = len(clerk.grid.rows)
    clerk.grid.add("日期", "摘要", "收入", None, "支出", None)
    month, year = clerk.heading("本月数"), clerk.heading("本年累计数")
    clerk.grid.add(None, None, month, year, month, year)
    clerk.grid.merges += [(top, 0, top + 1, 0), (top, 1, top + 1, 1), (top, 2, top, 3), (top, 4, top, 5)]
    so_far = [clerk.random.randint(0, 10**8), clerk.random.randint(0, 10**8)]
    for entry in clerk.drawn(number):
        so_far[entry[1] == "out"] += entry[2]
        income, expense = clerk.two(entry[1], entry[2])
        row = clerk.write(
            clerk.day(entry[0]), entry[3], income, clerk.plain(so_far[0]), expense, clerk.plain(so_far[1])
        )
        clerk.keep(row, entry)


@layout
def told_before(clerk: Clerk, number: int) -> None:
    """Names and values stand above the table, as systems print them."""
    clerk.grid.add("村名称", "青石沟村", None, "会计期间", "2026年第一季度")
    clerk.grid.add("账套", "青石沟村经济合作社", None, "打印日期", "2026-04-02")
    clerk.lead()
    clerk.grid.add()
    clerk.grid.add(
        "凭证日期",
        "凭证字号",
        "摘要",
        "科目名称",
        clerk.heading("收入(元)" if clerk.unit == "元" and not clerk.said.startswith("（") else "收入"),
        clerk.heading("支出"),
    )
    for at, entry in enumerate(clerk.drawn(number), start=1):
        name = "补助收入" if entry[1] == "in" else "管理费用"
        row = clerk.write(clerk.day(entry[0]), f"收{at}", entry[3], name, *clerk.two(entry[1], entry[2]))
        clerk.keep(row, entry, voucher_no=f"收{at}", account_name=name)


@layout
def ditto_marks(clerk: Clerk, number: int) -> None:
    """Entries of one day and one payee are marked with 〃 or 同上 below the first."""
    clerk.lead()
    clerk.grid.add("日期", "收款人", "摘要", clerk.heading("收入"), clerk.heading("支出"))
    before: tuple[date, str] | None = None
    mark = clerk.random.choice(("〃", "同上", "″", "同上"))
    for drawn in clerk.drawn(number):
        entry = (before[0], *drawn[1:]) if before and clerk.random.random() < 0.4 else drawn
        who = before[1] if before and clerk.random.random() < 0.3 else clerk.random.choice(PERSONS)
        day: Cell = mark if before and before[0] == entry[0] else clerk.day(entry[0])
        person = mark if before and before[1] == who else who
        clerk.keep(clerk.write(day, person, entry[3], *clerk.two(entry[1], entry[2])), entry, counterparty=who)
        before = (entry[0], who)


@layout
def statement(clerk: Clerk, number: int) -> None:
    """A bank's statement: lines above, the newest on top, 取出 before 存入, a balance, numbers that nobody needs."""
    clerk.grid.add("账号：", "17-810501040012345", "户名：", "青石沟村经济合作社")
    clerk.grid.add("起止日期", "2026-01-01 至 2026-03-31", "币种", "人民币")
    clerk.lead()
    heads: list[Cell] = [
        "交易日期",
        "交易时间",
        clerk.heading("取出"),
        clerk.heading("存入"),
        clerk.heading("账户余额"),
    ]
    clerk.grid.add(*heads, "对方户名", "摘要", "流水号")
    entries = clerk.drawn(number)
    balance, lines = clerk.random.randint(10**6, 10**9), []
    for entry in entries:
        balance += entry[2] if entry[1] == "in" else -entry[2]
        lines.append((entry, balance))
    for at, (entry, after) in enumerate(reversed(lines)):
        income, expense = clerk.two(entry[1], entry[2])
        who = clerk.random.choice(PERSONS)
        row = clerk.write(
            clerk.day(entry[0]), f"{at % 24:02d}:15:09", expense, income, clerk.plain(after), who, entry[3], f"{at:08d}"
        )
        clerk.keep(row, entry, counterparty=who)


@layout
def with_categories(clerk: Clerk, number: int) -> None:
    """Category, method and paper in columns, with synonyms."""
    clerk.titles(8)
    clerk.grid.add(
        "序号", "发生日期", "单据号", "支出事项", "费用类别", "支付方式", clerk.heading("支出金额"), "票据类型"
    )
    kinds = (("办公费", "out_office"), ("误工补贴", "out_pay"), ("工程款", "out_project"), ("环境卫生", "out_public"))
    entries = [(one[0], "out", *one[2:]) for one in clerk.drawn(number)]
    for at, entry in enumerate(entries, start=1):
        name, key = clerk.random.choice(kinds)
        row = clerk.write(
            Decimal(at), clerk.day(entry[0]), f"{at:04d}", entry[3], name, "银行转账", clerk.money(entry[2]), "发票"
        )
        clerk.keep(row, entry, voucher_no=f"{at:04d}", category=key, method="transfer", invoice_kind="invoice")
    clerk.write("合计", None, None, None, None, None, clerk.plain(sum(one[2] for one in entries)), None)


@layout
def bank_sides(clerk: Clerk, number: int) -> None:
    """借 is what was paid and 贷 what came in, as a bank writes it; only the balance tells."""
    clerk.grid.add("中国某银行对账单")
    clerk.lead()
    clerk.grid.add(
        "交易日", "摘要", clerk.heading("借方发生额"), clerk.heading("贷方发生额"), clerk.heading("余额"), "对方账号"
    )
    balance = clerk.opening = clerk.random.randint(10**6, 10**9)
    for entry in clerk.drawn(max(number, 3)):
        balance += entry[2] if entry[1] == "in" else -entry[2]
        income, expense = clerk.two(entry[1], entry[2])
        row = clerk.write(clerk.day(entry[0]), entry[3], expense, income, clerk.plain(balance), "17810501040012345")
        clerk.keep(row, entry)
    clerk.closing = balance


@layout
def signed_statement(clerk: Clerk, number: int) -> None:
    """One column of amounts with signs and a balance that proves them."""
    clerk.grid.add("户名：青石沟村经济合作社", None, None, "币种：人民币")
    clerk.lead()
    clerk.grid.add("交易时间", clerk.heading("交易金额"), clerk.heading("账户余额"), "交易摘要", "对方名称")
    balance = clerk.opening = clerk.random.randint(10**8, 10**9)
    entries = clerk.drawn(max(number, 3))
    entries[:2] = [(entries[0][0], "in", *entries[0][2:]), (entries[1][0], "out", *entries[1][2:])]
    for entry in entries:
        change = entry[2] if entry[1] == "in" else -entry[2]
        balance += change
        who = clerk.random.choice(PERSONS)
        written = clerk.plain(change) if clerk.recipe.money in ("number", "padded") else clerk.signed(change)
        row = clerk.write(clerk.day(entry[0]), written, clerk.plain(balance), entry[3], who)
        clerk.keep(row, entry, counterparty=who)
    clerk.closing = balance


@layout
def payment_service(clerk: Clerk, number: int) -> None:
    """What a payment service exports: many lines above, kinds, goods, a status, numbers of orders."""
    for line in (
        "微信支付账单明细",
        "起始时间：[2026-01-01 00:00:00] 终止时间：[2026-03-31 23:59:59]",
        f"共{number}笔记录",
    ):
        clerk.grid.add(line)
    clerk.lead()
    clerk.grid.add("----------------------账单明细列表--------------------")
    head = [
        "交易时间",
        "交易类型",
        "交易对方",
        "商品",
        "收/支",
        clerk.heading("金额"),
        "支付方式",
        "当前状态",
        "交易单号",
        "备注",
    ]
    clerk.grid.add(*head)
    for at, entry in enumerate(clerk.drawn(number)):
        who = clerk.random.choice(PERSONS)
        side = "收入" if entry[1] == "in" else "支出"
        done = "已收钱" if entry[1] == "in" else "支付成功"
        row = clerk.write(
            clerk.day(entry[0]),
            "商户消费",
            who,
            entry[3],
            side,
            clerk.money(entry[2]),
            "零钱",
            done,
            f"42000{at:05d}\t",
            "/",
        )
        clerk.keep(row, entry, counterparty=who, method="transfer")


@layout
def units_below(clerk: Clerk, number: int) -> None:
    """The units stand in a row of their own under the headings."""
    clerk.grid.add("财务收支明细表")
    clerk.grid.add("日期", "内容", "收入", "支出", "结存")
    clerk.said = ""
    clerk.grid.add(None, None, *[f"({clerk.unit})"] * 3)
    balance = clerk.random.randint(10**6, 10**9)
    clerk.opening = balance
    for entry in clerk.drawn(number):
        balance += entry[2] if entry[1] == "in" else -entry[2]
        row = clerk.write(clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]), clerk.plain(balance))
        clerk.keep(row, entry)
    clerk.closing = balance


@layout
def by_category(clerk: Clerk, number: int) -> None:
    """Entries of one kind stand together under a merged cell, each kind with a subtotal."""
    clerk.titles(5)
    clerk.grid.add("类别", "日期", "摘要", clerk.heading("收入"), clerk.heading("支出"))
    kinds = {
        "in": (("租金收入", "in_lease"), ("补助收入", "in_subsidy")),
        "out": (("办公费", "out_office"), ("工程款", "out_project")),
    }
    entries = clerk.drawn(number)
    for side in ("in", "out"):
        mine = [one for one in entries if one[1] == side]
        half = len(mine) // 2
        for (name, key), part in zip(kinds[side], (mine[:half], mine[half:]), strict=True):
            top = len(clerk.grid.rows)
            merged = clerk.recipe.kind in ("xlsx", "xls", "et", "ods", "xml", "html")
            for at, entry in enumerate(part):
                cell = name if not at or not merged else None
                row = clerk.write(cell, clerk.day(entry[0]), entry[3], *clerk.two(entry[1], entry[2]))
                clerk.keep(row, entry, category=key)
            if len(part) > 1 and merged:
                clerk.grid.merges.append((top, 0, top + len(part) - 1, 0))
            if part:
                income, expense = clerk.sums(part)
                clerk.write("小计", None, None, clerk.plain(income), clerk.plain(expense))
    income, expense = clerk.sums(entries)
    clerk.write("总  计", None, None, clerk.plain(income), clerk.plain(expense))
    clerk.footer()


# -- recipes ---------------------------------------------------------------------------------------------------------------

RECIPES = st.builds(
    Recipe,
    layout=st.sampled_from(sorted(LAYOUTS)),
    unit=st.sampled_from(UNIT_STYLES),
    days=st.sampled_from(sorted(DAYS)),
    money=st.sampled_from(sorted(MONEY)),
    kind=st.sampled_from(sorted(KINDS)),
    encoding=st.sampled_from(ENCODINGS),
    seed=st.integers(0, 2**32),
    count=st.integers(1, 24),
)


def keep_books(recipe: Recipe) -> Ledger:
    """Writes a ledger by a recipe."""
    clerk = Clerk(recipe)
    LAYOUTS[recipe.layout](clerk, recipe.count)
    filename, write = KINDS[recipe.kind]
    return Ledger(
        recipe,
        write(clerk.grid, recipe.encoding),
        filename,
        clerk.truth,
        clerk.below,
        clerk.opening,
        clerk.closing,
    )


def told(facts: dict[str, Any], names: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The facts of the same names, for comparing with ``Entry.more``."""
    return tuple((name, str(facts.get(name, ""))) for name, _ in names)
