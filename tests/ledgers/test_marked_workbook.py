"""The annotated workbook: the clerk mends the red cells and sends it back; everything else is as it was (import.md 6b)."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_files import CANAL, HEAD, LEASE, TODAY, codes, read, xlsx
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.kernel.period import Period
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.marked import COLUMN, SUMMARY, _only_sums, mark_of, take_marks_off
from villagehub.ledgers.reading import mark_workbook
from villagehub.ledgers.workbook_writer import RED, YELLOW, Page, write_workbook
from villagehub.sections import section_named

MARK = mark_of(7, "ab" * 32)
Cell = tuple[str, int, int]


def marked(data: bytes, section: str = "finance", *, filename: str = "账.xlsx", period: str = "") -> bytes:
    """The annotated workbook of these bytes."""
    return mark_workbook(
        data,
        filename,
        section_named(section),
        MARK,
        period=Period.parse(period) if period else None,
        today=TODAY,
    )


def cells_of(data: bytes, filename: str = "账.xlsx") -> list[list[list[Any]]]:
    """All cells of all sheets as our reader sees them, without what is ours; blank edges left out."""
    opened = open_file(data, filename, most_rows=20_000)
    take_marks_off(opened.sheets)
    tables = []
    for sheet in opened.sheets:
        rows = [list(cells) for cells in sheet.rows]
        for cells in rows:
            while cells and cells[-1] in (None, ""):
                cells.pop()
        while rows and not rows[-1]:
            rows.pop()
        tables.append([[None if one == "" else one for one in cells] for cells in rows])
    return tables


def coloured(sheet: Worksheet, colour: str) -> list[tuple[int, int]]:
    return [(cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == colour]


def test_the_days_of_another_period_are_red_and_each_row_says_what_to_do() -> None:
    days = [date(2026, 4, day) for day in (7, 8, 9)]
    data = xlsx([HEAD, *([day, "电费", None, 5] for day in days), [date(2026, 7, 1), "水费", None, 5]])
    book = load_workbook(BytesIO(marked(data, period="2026Q3")))
    sheet = book.worksheets[0]
    assert coloured(sheet, RED) == [(2, 1), (3, 1), (4, 1)]
    assert coloured(sheet, YELLOW) == []
    for row, day in ((2, "4月7日"), (3, "4月8日"), (4, "4月9日")):
        assert f"2026年{day} 不在 7月1日 到 9月30日 里。期选错了，请重新上传" in sheet.cell(row, 5).value
    assert sheet["E5"].value is None
    summary = book[SUMMARY]
    assert summary["A1"].value == "1 处要改（红色），0 处请您看一看（黄色）", "told once, as on the page"
    assert summary["E7"].value.startswith("表里 4 行有 3 行是2026年第二季度的")


def test_payments_of_another_year_are_yellow_in_their_rows() -> None:
    rows: list[list[object]] = [["2026年耕地地力保护补贴发放表"], ["姓名", "组别", "金额", "发放日期"]]
    rows += [[f"赵{name}", "一组", 10, date(2025, 12, 30)] for name in "甲乙丙丁"]
    sheet = load_workbook(BytesIO(marked(xlsx(rows), "funds", period="2026"))).worksheets[0]
    assert [(row, 4) for row in (3, 4, 5, 6)] == [spot for spot in coloured(sheet, YELLOW) if spot[1] == 4]
    assert "对就确认；期选错了" in sheet["E3"].value


def test_faults_are_red_questions_yellow_and_the_words_stand_beside() -> None:
    data = xlsx(
        [["收支表"], HEAD, LEASE, ["2026-09-31", "电费", None, "一千二"], [date(2026, 3, 8), "冲销", None, -5], CANAL]
    )
    book = load_workbook(BytesIO(marked(data, period="2026Q1")))
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Sheet1", SUMMARY]
    assert coloured(sheet, RED) == [(4, 1), (4, 4)]
    assert coloured(sheet, YELLOW) == [(5, 4)]
    assert sheet["E2"].value == COLUMN
    assert "2026-09-31 没有这一天" in sheet["E4"].value
    assert "“一千二”不是数字" in sheet["E4"].value
    assert "冲销（红字）吗" in sheet["E5"].value
    assert sheet["E3"].value is None
    assert "没有这一天" in sheet["A4"].comment.text
    assert "是冲销" in sheet["D5"].comment.text
    summary = book[SUMMARY]
    assert summary["A1"].value == "2 处要改（红色），1 处请您看一看（黄色）"
    assert [summary.cell(row, 3).value for row in (7, 8, 9)] == [4, 4, 5]
    assert [summary.cell(row, 4).value for row in (7, 8, 9)] == ["A", "D", "D"]


def test_what_comes_back_is_read_without_anything_of_ours() -> None:
    data = xlsx([["收支表"], HEAD, LEASE, CANAL, ["2026-03-09", "水费", None, "六块"]])
    back = read(marked(data))
    assert back.continues == MARK
    assert codes(back) == codes(read(data)) == [("not_a_number", 5)]
    assert [one.code for one in back.problems if one.severity == "info"] == ["marks_left_out"]
    assert [one.name for one in back.sheets] == ["Sheet1"]
    without_summary = load_workbook(BytesIO(marked(data)))
    del without_summary[SUMMARY]
    written = BytesIO()
    without_summary.save(written)
    bare = read(written.getvalue())
    assert bare.continues == ""
    assert codes(bare) == [("not_a_number", 5)]


def test_a_second_round_does_not_heap_marks_upon_marks() -> None:
    data = xlsx([HEAD, LEASE, ["2026-03-09", "水费", None, "六块"]])
    twice = marked(marked(data))
    book = load_workbook(BytesIO(twice))
    assert book.sheetnames == ["Sheet1", SUMMARY]
    assert [cell.value for cell in book["Sheet1"][1]] == [*HEAD, COLUMN]
    assert cells_of(twice) == cells_of(data)


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        ("日期,摘要,收入,支出\n2026-03-01,=1+1,0012,\n2026-03-05,@水,,六块\n".encode("gb18030"), "账.csv"),
        ("日期\t摘要\t收入\t支出\n2026-03-01\t+租金\t12000\t\n2026-03-05\t水\t\t六块\n".encode(), "账.xls"),
        ("<table><tr><td>日期<td>摘要<td>收入<td>支出<tr><td>2026-3-1<td>租金<td>5<td></table>".encode(), "账.xls"),
    ],
)
def test_other_kinds_of_files_become_a_workbook_with_the_same_cells(data: bytes, filename: str) -> None:
    made = marked(data, filename=filename)
    assert cells_of(made) == cells_of(data, filename)
    sheet = load_workbook(BytesIO(made)).worksheets[0]
    for row in sheet.iter_rows(min_row=2):
        for cell in row[:4]:
            assert cell.data_type in ("s", "inlineStr", "n")
            if isinstance(cell.value, str) and cell.fill.fgColor.rgb != RED:
                assert cell.number_format == "@"
                assert cell.style.startswith("Normal")
    assert codes(read(made)) == codes(read(data, filename=filename))


def test_a_text_file_is_still_looked_at_for_slipped_rows_when_it_comes_back() -> None:
    for head in ("日期,摘要,收入,支出", "日期,摘要,收入,支出,,"):
        data = f"{head}\n2026-03-01,租金,5,\n2026-03-05,买水,喝,,6\n"
        assert codes(read(data, filename="账.csv")) == codes(read(marked(data.encode())))


def test_hidden_things_formats_merges_and_errors_stay_what_they_are() -> None:
    def change(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet["D4"].number_format = "0%"
        sheet.merge_cells("A5:A6")
        other = sheet.parent.create_sheet("旧账")
        other.append(["不给人看"])
        other.sheet_state = "hidden"

    data = xlsx(
        [
            HEAD,
            LEASE,
            CANAL,
            ["2026-03-06", "水", None, 0.5],
            ["2026-03-07", "电", None, 3],
            [None, "气", None, 4],
            ["2026-03-08", "煤", None, "=1/0"],
        ],
        change,
    )
    before, after = read(data), read(marked(data))
    wanted = [one for one in codes(before) if one[0] != "formula_without_value"]
    assert [one for one in codes(after) if one[0] != "formula_error"] == wanted
    assert ("amount_shown_otherwise", 4) in wanted
    assert ("hidden_sheet", None) in wanted
    assert ("hidden_rows", 3) in wanted
    assert codes(after, "must_fix") == [("formula_error", 7)]  # its result is not in the file: never an empty cell


DAYS = st.dates(date(1905, 1, 1), date(2150, 1, 1))


def test_the_table_keeps_how_it_looks(tmp_path: Any) -> None:
    def dress(sheet: Worksheet) -> None:
        sheet["A1"].font = Font(name="楷体", size=20, bold=True, color="FF1F4E79")
        sheet["A1"].alignment = Alignment(horizontal="center", vertical="center")
        sheet.row_dimensions[1].height, sheet.column_dimensions["B"].width = 36, 33
        for row in sheet.iter_rows(min_row=3, max_row=5):
            for cell in row:
                cell.border = Border(*[Side(style="thin")] * 4)
        sheet["D4"].number_format, sheet["C4"].fill = "#,##0.00", PatternFill("solid", fgColor="FFDDEBF7")

    first = marked(xlsx([["三月收支"], ["单位：元"], HEAD, CANAL, [*CANAL[:3], "一千二"]], dress))
    for made in (first, marked(first)):  # a second marking takes no colour of the first one for the clerk's
        sheet = load_workbook(BytesIO(made)).worksheets[0]
        title = sheet["A1"]
        assert (title.font.name, title.font.sz, title.font.b, title.font.color.rgb) == ("楷体", 20, True, "FF1F4E79")
        assert (title.alignment.horizontal, title.alignment.vertical) == ("center", "center")
        assert (sheet.row_dimensions[1].height, sheet.column_dimensions["B"].width) == (36, 33)
        assert (sheet["D4"].value, sheet["D4"].number_format) == (CANAL[3], "#,##0.00")
        assert (sheet["C4"].fill.fgColor.rgb, sheet["C4"].border.left.style) == ("FFDDEBF7", "thin")
        assert coloured(sheet, RED) == [(5, 4)]
        assert (sheet["D5"].border.top.style, sheet["E4"].border.left.style) == ("thin", None)
    fixed = load_workbook(BytesIO(first))
    fixed.worksheets[0]["D5"].fill = PatternFill("solid", fgColor=RED)
    fixed.worksheets[0]["D5"] = 1200
    fixed.save(tmp_path / "改好.xlsx")
    sheet = load_workbook(BytesIO(marked((tmp_path / "改好.xlsx").read_bytes()))).worksheets[0]
    assert coloured(sheet, RED) == []


def test_a_total_that_adds_up_follows_what_is_mended_and_other_formulas_become_their_results() -> None:
    data = xlsx(
        [HEAD, LEASE, ["2026-03-09", "水费", None, "六块"], ["合计", "=A1&A2", "=SUM(C2:C3)", "=ROUND(SUM(D2:D3),2)"]]
    )
    sheet = load_workbook(BytesIO(marked(data))).worksheets[0]
    assert sheet["C4"].value == "=SUM(C2:C3)"
    assert sheet["D4"].value == "=ROUND(SUM(D2:D3),2)"
    assert sheet["B4"].value == "#N/A"  # it had no result in the file, and does more than add up
    for text in ("WEBSERVICE(A1)", "SUM('[1]x'!A1)", 'SUM(A1)&"x"', "cmd|A1", "HYPERLINK(A1)", "SUM(他表!A1)"):
        assert not _only_sums(text)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=64).filter(
        lambda one: one == 0 or 1e-200 < abs(one) < 1e200
    ),
    st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12),
    st.sampled_from(
        ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", " 两边有空格 ", "一\n二", "_x0041_", "1.20", "007"]
    ),
    DAYS,
    st.builds(lambda day, clock: datetime.combine(day, clock.replace(microsecond=0)), DAYS, st.times()),
)


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.lists(ODD, min_size=1, max_size=5), min_size=1, max_size=6), old=st.booleans())
def test_whatever_stands_in_a_cell_comes_back_the_same(rows: list[list[Any]], old: bool) -> None:
    written = write_workbook([Page("账", rows)], epoch_1904=old)
    sheet = open_file(written, "账.xlsx", most_rows=1000).sheets[0]
    for number, cells in enumerate(rows, start=1):
        for index, raw in enumerate(cells):
            back = sheet.cell(number, index)
            if isinstance(raw, datetime) and raw.time() == time():
                assert back in (raw, raw.date())
            elif isinstance(raw, bool | date | datetime) or raw is None:
                assert back == raw
            elif isinstance(raw, int | float):
                assert back == pytest.approx(raw, rel=1e-15)
            else:
                assert back == raw or (back is None and not raw.strip())
    loaded = load_workbook(BytesIO(written))
    for row in loaded.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type != "f"


def test_lengths_of_time_come_back_the_same() -> None:
    values: list[Any] = [time(8, 30), timedelta(hours=30, minutes=5)]
    sheet = open_file(write_workbook([Page("账", [values])]), "账.xlsx", most_rows=10).sheets[0]
    assert sheet.rows[0] == values


# Faulty files, drawn: what is right is known of every cell, so that mending means to write what is right into red cells.

RIGHT_FINANCE = ["日期", "凭证号", "摘要", "收入", "支出", "类别", "备注"]
WRONG_DAYS = ["2026-09-31", "9月31", "三月初五", "2026-06-28", "去年", "2026/13/02", "07/08/2026", 12, "农历七月初一"]
WRONG_AMOUNTS = ["一千二", "12,34.5", "1.2E+17", "壹佰贰", "12元3", "-", "1.2.3", "#REF!"]


@dataclass
class Ledger:
    """A ledger with faults, and what is right of each cell that was spoilt or may be marked."""

    data: bytes
    filename: str
    section: str
    period: str
    right: dict[Cell, Any] = field(default_factory=dict)
    spoilt: int = 0


def spoil_finance(draw: random.Random, rows: list[list[Any]]) -> set[tuple[int, int]]:
    """Writes faults into some cells of right rows; which cells were spoilt."""
    spoilt = set()
    for at in draw.sample(range(len(rows)), draw.randint(1, min(8, len(rows)))):
        row = rows[at]
        amount = 3 if row[3] is not None else 4
        kind = draw.choice(("day", "amount", "both", "neither", "summary", "control"))
        if kind == "day":
            row[0] = draw.choice(WRONG_DAYS)
            spoilt.add((at, 0))
        elif kind == "amount":
            row[amount] = draw.choice(WRONG_AMOUNTS)
            spoilt.add((at, amount))
        elif kind == "both":
            row[7 - amount] = draw.choice([5, "6.50"])
            spoilt.add((at, 7 - amount))
        elif kind == "neither":
            row[amount] = None
            spoilt.add((at, amount))
        elif kind == "summary":
            row[2] = None
            spoilt.add((at, 2))
        else:
            row[2] = f"{row[2]}\ue000"
            spoilt.add((at, 2))
    return spoilt


def finance_ledger(draw: random.Random) -> Ledger:
    """A quarter's accounts on one or two sheets, with titles and totals or without, as a workbook or as text."""
    kind = draw.choice(("xlsx", "xlsx", "csv", "gbk"))
    sheets = 1 if kind != "xlsx" else draw.choice((1, 1, 2))
    book = Workbook()
    book.remove(book.worksheets[0])
    ledger = Ledger(b"", f"三季度.{'xlsx' if kind == 'xlsx' else 'csv'}", "finance", "2026Q3")
    tables: list[list[list[Any]]] = []
    for number in range(sheets):
        name = ["账目", "八月"][number] if kind == "xlsx" else ""
        head: list[list[Any]] = [RIGHT_FINANCE]
        if draw.random() < 0.6:
            head = [["青石沟村2026年第三季度收支表"], ["单位：元"], *head]
        right = []
        for at in range(draw.randint(3, 25)):
            day = date(2026, 7, 1) + timedelta(days=draw.randint(0, 91))
            written: Any = day if kind == "xlsx" and draw.random() < 0.5 else day.isoformat()
            amount = draw.choice([draw.randint(1, 90_000), round(draw.uniform(1, 9000), 2)])
            income = draw.random() < 0.4
            right.append(
                [
                    written,
                    f"{number + 1}{at:03d}",
                    draw.choice(["鱼塘租金", "清淤人工费", "=办公用品", "路灯配件", "电费"]) + str(at),
                    amount if income else None,
                    None if income else amount,
                    draw.choice(["", "", "发包和出租"]) if income else "",
                    draw.choice([None, "", "已入账", "-"]),
                ]
            )
        rows = [list(row) for row in right]
        spoilt = spoil_finance(draw, rows) if number == 0 or draw.random() < 0.5 else set()
        foot: list[list[Any]] = []
        if draw.random() < 0.5:
            sums = [round(sum(row[place] or 0 for row in right), 2) for place in (3, 4)]
            foot = [["合计", None, None, *sums, None, None], ["制表人：赵庆"]]
        ledger.spoilt += len(spoilt)
        named = name or "Sheet1"
        for at, row in enumerate(right):
            for index, value in enumerate(row):
                ledger.right[named, len(head) + at + 1, index + 1] = value
        tables.append([*head, *rows, *foot])
        if kind == "xlsx":
            sheet = book.create_sheet(name)
            for line in tables[-1]:
                sheet.append(line)
            for cells in sheet.iter_rows():
                for cell in cells:
                    if cell.data_type == "f":
                        cell.data_type = "s"
    if kind == "xlsx":
        out = BytesIO()
        book.save(out)
        ledger.data = out.getvalue()
    else:
        lines = ["\t".join("" if one is None else str(one) for one in row) for row in tables[0]]
        ledger.data = "\n".join(lines).encode("gb18030" if kind == "gbk" else "utf-8")
        ledger.right = {place: None if one is None else str(one) for place, one in ledger.right.items()}
    return ledger


def funds_ledger(draw: random.Random) -> Ledger:
    """A list of payments with numbers of persons; wrong products, unreadable amounts, digits that Excel lost."""
    head: list[list[Any]] = [["2026年耕地地力保护补贴发放表"], ["组别", "姓名", "身份证号", "面积", "标准", "金额"]]
    right, ledger = [], Ledger(b"", "补贴.xlsx", "funds", "2026-09")
    for at in range(draw.randint(4, 20)):
        area = draw.randint(1, 40)
        right.append(
            [
                f"{at % 3 + 1}组",
                f"王{'桂芳建国春生冬梅'[at % 8]}{'一二三四五六七八九十'[at % 10]}",
                "11010519491231002X" if at == 0 else None,
                area,
                68,
                area * 68,
            ]
        )
    rows = [list(row) for row in right]
    for at in draw.sample(range(len(rows)), draw.randint(1, 4)):
        kind = draw.choice(("product", "amount", "name", "id"))
        if kind == "product":
            rows[at][draw.choice((3, 5))] = 999
        elif kind == "amount":
            rows[at][5] = draw.choice(WRONG_AMOUNTS[:5])
        elif kind == "name":
            rows[at][1] = None
        else:
            rows[at][2] = "1.10105E+17"
        ledger.spoilt += 1
    for at, row in enumerate(right):
        for index, value in enumerate(row):
            ledger.right["Sheet1", len(head) + at + 1, index + 1] = value
    ledger.data = xlsx([*head, *rows])
    return ledger


def assets_ledger(draw: random.Random) -> Ledger:
    """A register with repeated numbers or wrong net values: one kind of fault, since the graver one is shown first."""
    head = ["资产编号", "资产名称", "类别", "原值", "累计折旧", "净值", "使用状态", "数量", "坐落位置"]
    ledger = Ledger(b"", "资产.xlsx", "assets", "2026")
    right = [
        [f"ZC-{at:04d}", f"水泵{at}", "机器设备", 1000 + at, 100, 900 + at, "自用", 1, "村部"]
        for at in range(draw.randint(3, 12))
    ]
    rows = [list(row) for row in right]
    if draw.random() < 0.5:
        rows[-1][0] = rows[0][0]
        ledger.spoilt = 1
    else:
        for at in draw.sample(range(len(rows)), 2):
            rows[at][draw.choice((3, 5))] = draw.choice([7, "八百", "1.2.3"])
            ledger.spoilt += 1
    for at, row in enumerate(right):
        for index, value in enumerate(row):
            ledger.right["Sheet1", at + 2, index + 1] = value
    ledger.data = xlsx([head, *rows])
    return ledger


MAKERS: list[Callable[[random.Random], Ledger]] = [
    finance_ledger,
    finance_ledger,
    finance_ledger,
    funds_ledger,
    assets_ledger,
]


@pytest.mark.parametrize("seed", range(50))
def test_mending_only_the_red_cells_ends_in_one_pass(seed: int) -> None:
    draw = random.Random(seed)
    ledger = MAKERS[seed % len(MAKERS)](draw)
    first = read(ledger.data, ledger.section, filename=ledger.filename, period=ledger.period)
    assert codes(first, "must_fix"), "the drawn file has no fault"
    sent = marked(ledger.data, ledger.section, filename=ledger.filename, period=ledger.period)

    book = load_workbook(BytesIO(sent))
    mended: set[Cell] = set()
    for sheet in book.worksheets:
        for row, column in coloured(sheet, RED) if sheet.title != SUMMARY else ():
            mended.add((sheet.title, row, column))
            sheet.cell(row, column).value = ledger.right[sheet.title, row, column]
            if sheet.cell(row, column).data_type == "f":
                sheet.cell(row, column).data_type = "s"
    assert mended
    written = BytesIO()
    book.save(written)

    back = read(written.getvalue(), ledger.section, filename=ledger.filename, period=ledger.period)
    assert codes(back, "must_fix") == []
    assert back.continues == MARK
    before, after = cells_of(ledger.data, ledger.filename), cells_of(written.getvalue())
    assert [len(table) for table in after] == [len(table) for table in before]
    for number, (was, now) in enumerate(zip(before, after, strict=True)):
        title = book.worksheets[number].title
        for row, (old, new) in enumerate(zip(was, now, strict=True), start=1):
            width = max(len(old), len(new))
            for column in range(1, width + 1):
                if (title, row, column) not in mended:
                    assert [*old, *[None] * width][column - 1] == [*new, *[None] * width][column - 1]
    assert back.rows_read == first.rows_read
    told = [sheet.cell(row, column).comment for sheet in book.worksheets for row, column in coloured(sheet, RED)]
    assert all("11010519491231002X" not in one.text for one in told if one)
