"""Days as clerks write them. What can mean two days, and what is no day of ours, is refused with the reason."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_files import HEAD, codes, read, xlsx
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.kernel.period import Period
from villagehub.kernel.problem import Severity
from villagehub.ledgers.dates import join_day, read_day
from villagehub.ledgers.reading import read_workbook
from villagehub.sections import section_named

MARCH_5 = "2026-03-05"
SAME_DAY = [
    "2026-03-05",
    "2026-3-5",
    "2026.3.5",
    "2026.03.05",
    "2026/3/5",
    "2026。3。5",
    "20260305",
    "2026年3月5日",
    "2026年03月05号",
    "2026 年 3 月 5 日",
    "２０２６年３月５日",
    "２０２６－０３－０５",
    "二〇二六年三月五日",
    "二零二六年三月五日",
    "2026-3-5 00:00:00",
    "2026/3/5  8:30",
    "2026-03-05T08:00:00+08:00",
    "2026-03-05T03:30:00Z",
    " 2026-03-05 ",
    "20260305 102233",
    "20260305102233",
    20260305102233,
    "'2026-03-05",
    "46086",
    46086,
    46086.75,
    20260305,
    date(2026, 3, 5),
    datetime(2026, 3, 5, 23, 59),  # noqa: DTZ001 - spreadsheets know no zones
]
FAULTS = [
    ("2026年9月31日", "no_such_day"),
    ("2026-02-29", "no_such_day"),
    ("2026-13-05", "no_such_day"),
    ("2026-00-10", "no_such_day"),
    ("0000-00-00", "no_such_day"),
    ("1026-03-05", "no_such_day"),
    (60, "no_such_day"),
    (0, "no_such_day"),
    (-1, "no_such_day"),
    (2958466, "no_such_day"),
    (1e300, "no_such_day"),
    (float("inf"), "no_such_day"),
    (float("nan"), "no_such_day"),
    (date(1900, 2, 28), "no_such_day"),
    ("03/05/2026", "day_unclear"),
    ("5-3-2026", "day_unclear"),
    ("26-03-05", "day_unclear"),
    ("3月5日", "day_without_year"),
    ("3.5", "day_without_year"),
    ("2026年3月", "day_incomplete"),
    ("2026-03", "day_incomplete"),
    ("3月份", "day_incomplete"),
    ("2026年第一季度", "day_incomplete"),
    ("2026", "day_incomplete"),
    ("3月5日至8日", "day_range"),
    ("2026年3月5日—8日", "day_range"),
    ("3月至5月", "day_range"),
    ("2026-03-05~2026-03-08", "day_range"),
    ("正月初五", "lunar_day"),
    ("农历三月初五", "lunar_day"),
    ("2026-03-05T23:30:00Z", "day_of_other_zone"),
    ("明天", "not_a_day"),
    ("〃", "not_a_day"),
    (True, "not_a_day"),
    (time(3, 4), "not_a_day"),
]


@pytest.mark.parametrize("raw", SAME_DAY, ids=repr)
def test_one_day_in_many_writings(raw: str | float | date) -> None:
    got = read_day(raw)
    assert (got.value, got.fault, got.doubt) == (MARCH_5, None, None)


@pytest.mark.parametrize(("raw", "code"), FAULTS, ids=[repr(raw) for raw, _ in FAULTS])
def test_what_is_no_single_day_is_a_fault_with_a_next_step(raw: str | float | date, code: str) -> None:
    got = read_day(raw)
    assert got.value is None
    assert got.fault is not None
    assert got.fault.code == code
    assert got.fault.fix


@pytest.mark.parametrize("raw", [None, "", "-", "无"])
def test_an_empty_cell_is_no_day_and_no_fault(raw: str | None) -> None:
    got = read_day(raw)
    assert (got.value, got.fault) == (None, None)


@pytest.mark.parametrize("raw", ["3月5日", "03-05", "3.5", "26.3.5", "三月五日"])
def test_the_period_gives_the_year_that_a_day_lacks(raw: str) -> None:
    assert read_day(raw, period=Period.parse("2026Q1")).value == MARCH_5


def test_a_title_gives_the_year_too_but_only_where_the_month_is_named() -> None:
    assert read_day("3月5日", year=2026).value == MARCH_5
    assert read_day("3.5", year=2026).fault is not None


def test_month_and_day_without_names_must_lie_in_the_period() -> None:
    assert read_day("12.5", period=Period.parse("2026Q1")).fault is not None


@pytest.mark.parametrize(
    ("raw", "day", "other"),
    [
        ("3.1", "2026-03-01", "3月10日"),
        ("3.2", "2026-03-02", "3月20日"),
        ("3.3", "2026-03-03", "3月30日"),
        ("２．２", "2026-02-02", "2月20日"),
    ],
)
def test_a_day_whose_0_a_spreadsheet_may_have_taken_away_is_asked_about(raw: str, day: str, other: str) -> None:
    got = read_day(raw, period=Period.parse("2026Q1"))
    assert (got.value, got.doubt.code if got.doubt else "") == (day, "day_zero_dropped")
    assert got.doubt is not None
    assert raw in got.doubt.message
    assert f"{int(day[5:7])}月{int(day[8:])}日" in got.doubt.message
    assert other in got.doubt.message
    assert other in got.doubt.fix


@pytest.mark.parametrize(
    "raw", ["3.01", "3.10", "3.30", "3/1", "3-1", "3。1", "3月1日", "2.3", "3.4", "3.11", "2026.3.1", "26.3.1"]
)
def test_a_day_that_cannot_have_lost_its_0_is_certain(raw: str) -> None:
    got = read_day(raw, period=Period.parse("2026Q1"))
    assert (got.fault, got.doubt) == (None, None)


def test_a_day_with_its_0_must_lie_in_the_period_to_be_asked_about() -> None:
    assert read_day("3.2", period=Period.parse("2026-03-02")).doubt is None
    assert read_day("3.2", period=Period.parse("2026-03")).doubt is not None


def test_a_number_that_was_3_10_once_is_no_day() -> None:
    """As a number it is refused, so there is nothing to ask."""
    for number in (3.1, 3.2, 3.3):
        got = read_day(number, period=Period.parse("2026Q1"))
        assert (got.value, got.fault.code if got.fault else "") == (None, "no_such_day")


def test_a_question_about_a_0_names_the_cell_and_what_was_taken() -> None:
    checked = read("日期,摘要,收入,支出\n3.1,租金,12,\n3.5,水渠,,5\n3.3,利息,1,\n", filename="账.csv", period="2026Q1")
    assert codes(checked) == [("day_zero_dropped", 2), ("day_zero_dropped", 4)]
    one = checked.problems[0]
    assert (one.severity, one.column, one.heading, one.value) == ("confirm", "A", "日期", "3.1")
    assert one.message == "第 2 行「日期」：“3.1”按 3月1日 记。表格软件会去掉末尾的 0，也可能是 3月10日。是 3月1日 吗？"
    assert one.fix == "是就确认；是 3月10日 就写成 2026-03-10。"
    assert [row.facts["occurred_on"] for row in checked.rows] == ["2026-03-01", "2026-03-05", "2026-03-03"]


def test_a_text_cell_of_a_workbook_is_asked_about_with_its_sheet() -> None:
    data = xlsx([HEAD, ["3.2", "租金", 12, None], ["3.6", "水渠", None, 5]], title="三月")
    checked = read(data, period="2026-03")
    assert [(one.code, one.sheet, one.row) for one in checked.problems if one.severity == "confirm"] == [
        ("day_zero_dropped", "三月", 2)
    ]


@pytest.mark.parametrize("kept", ["3.10", "3.20", "3.30", "1.10"])
def test_where_the_column_kept_a_0_nothing_is_asked(kept: str) -> None:
    lines = f"日期,摘要,收入,支出\n3.1,租金,12,\n{kept},水渠,,5\n3.2,利息,1,\n"
    assert codes(read(lines, filename="账.csv", period="2026Q1")) == []


def test_a_0_in_another_column_or_of_another_kind_proves_nothing() -> None:
    lines = "日期,摘要,收入,支出\n3.1,3.10,12,\n3.11,水渠,3.10,\n2026.3.10,利息,1,\n3月20日,会务,,2\n"
    assert codes(read(lines, filename="账.csv", period="2026Q1")) == [("day_zero_dropped", 2)]


_TWO = "3.1,租金,12,\n3.2,水渠,,5\n"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("填表日期,3.10,,\n", ""),
        ("3.10,填表,,\n", ""),
        ("12.30,青石沟村,,\n", ""),
        ("3.30\n", ""),
        ("", "45.30,合计,12,5\n"),
        ("", "99.10,合计,12,5\n"),
        ("", "3.10,合计,12,5\n"),
        ("", "3.30,,,\n"),
    ],
)
def test_a_0_in_a_row_that_is_no_entry_proves_nothing(above: str, below: str) -> None:
    checked = read(f"{above}日期,摘要,收入,支出\n{_TWO}{below}", filename="账.csv", period="2026Q1")
    first = 2 + above.count("\n")
    assert [one for one in codes(checked) if one[0] == "day_zero_dropped"] == [
        ("day_zero_dropped", first),
        ("day_zero_dropped", first + 1),
    ]
    assert [row.facts["occurred_on"] for row in checked.rows] == ["2026-03-01", "2026-03-02"]


@pytest.mark.parametrize("above", ["青石沟村,12.30,,\n", "填表日期,4.10,,\n"])
def test_nor_does_one_where_the_days_stand_in_the_second_column(above: str) -> None:
    lines = f"{above}摘要,日期,收入,支出\n租金,3.1,12,\n水渠,3.2,,5\n合计,45.30,12,5\n"
    assert codes(read(lines, filename="账.csv", period="2026Q1")) == [
        ("day_zero_dropped", 3),
        ("day_zero_dropped", 4),
    ]


@pytest.mark.parametrize("raw", ["12.30", "45.30", "99.10", "2.30", "2026.10"])
def test_a_text_that_is_no_day_of_the_period_proves_nothing(raw: str) -> None:
    checked = read(f"日期,摘要,收入,支出\n{_TWO}{raw},利息,1,\n", filename="账.csv", period="2026Q1")
    assert [one.row for one in checked.problems if one.code == "day_zero_dropped"] == [2, 3]


def test_a_0_that_was_typed_on_the_page_proves_nothing_of_the_file() -> None:
    data = "日期,摘要,收入,支出\n3.1,租金,12,\n3.1,水渠,,5\n3.2,利息,1,\n".encode()
    checked = read_workbook(
        data, "账.csv", section_named("finance"), period=Period.parse("2026Q1"), fixes={"!A3": "3.10"}
    )
    assert codes(checked) == [("day_zero_dropped", 2), ("day_zero_dropped", 4)]
    assert [row.facts["occurred_on"] for row in checked.rows] == ["2026-03-01", "2026-03-10", "2026-03-02"]


def test_a_month_of_a_thing_that_may_be_october_is_asked_about() -> None:
    got = read_day("2015.1", partial=True)
    assert (got.value, got.doubt.code if got.doubt else "") == ("2015-01", "day_zero_dropped")
    assert got.doubt is not None
    words = "“2015.1”按 2015年1月 记。表格软件会去掉末尾的 0，也可能是 2015年10月。是 2015年1月 吗？"
    assert got.doubt.message == words
    for certain in ("2015.10", "2015.01", "2015.2", "2015-1", "2015年1月", "201501"):
        assert read_day(certain, partial=True).doubt is None
    assert read_day(2015.1, partial=True).fault is not None


def test_a_day_of_30_after_the_months_12_can_only_be_the_day() -> None:
    assert read_day("30/09/2026").value == "2026-09-30"
    assert read_day("09/30/2026").value == "2026-09-30"


def test_days_count_from_the_epoch_of_the_file() -> None:
    assert read_day(44624, epoch_1904=True).value == MARCH_5
    assert read_day(46086, epoch_1904=True).value == "2030-03-06"


@pytest.mark.parametrize(
    ("raw", "said"),
    [("2015年6月", "2015-06"), ("2015.6", "2015-06"), ("201506", "2015-06"), ("2008", "2008"), (2008, "2008")],
)
def test_things_may_be_dated_by_month_or_year(raw: str | float, said: str) -> None:
    assert read_day(raw, partial=True).value == said


def test_three_columns_make_a_day() -> None:
    assert join_day(2026, 3, 5, hint=None).value == MARCH_5
    assert join_day("2026年", "3月", "5日", hint=None).value == MARCH_5
    assert join_day(26.0, 3.0, 5.0, hint=2026).value == MARCH_5
    assert join_day(None, 3, 5, hint=2026).value == MARCH_5
    assert join_day(None, 3, 5, hint=None).fault is not None
    assert join_day(2026, 2, 30, hint=None).fault is not None
    assert join_day(2026, "三", 5, hint=None).fault is not None
    assert join_day(float("inf"), 3, 5, hint=None).fault is not None
    assert join_day(None, None, None, hint=2026).value is None


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_reads_back_in_every_writing(day: date) -> None:
    writings = (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        (day - date(1899, 12, 30)).days,
    )
    assert {read_day(raw).value for raw in writings} == {day.isoformat()}


@given(
    st.one_of(
        st.text(max_size=30),
        st.floats(),
        st.integers(),
        st.datetimes(),
        st.text("0123456789-./年月日季度 :TZ一二三〇", max_size=20),
    )
)
def test_no_cell_makes_the_reader_of_days_crash(raw: str | float | datetime) -> None:
    for partial in (False, True):
        got = read_day(raw, period=Period.parse("2026Q1"), partial=partial)
        assert got.fault is None or got.fault.fix
        if got.value is not None and not partial:
            assert date.fromisoformat(got.value)


def of_days(*days: date) -> list[list[object]]:
    return [HEAD, *([day, f"第 {number} 笔", 1, None] for number, day in enumerate(days, start=1))]


def test_a_table_of_another_period_is_told_once_with_the_period_found_and_the_one_wanted() -> None:
    """二季度的表传到三季度：一句话说清是哪一期、几行，不是一行一个错。"""
    april = [date(2026, 4, day) for day in range(1, 26)]
    checked = read(xlsx(of_days(*april)), period="2026Q3")
    assert codes(checked) == [("wrong_period", None)]
    (told,) = checked.problems
    assert told.message == "表里 25 行都是2026年第二季度的，您选的是2026年第三季度（7月1日 至 9月30日）。"
    assert told.fix == "期选错了，请重新上传，选对是哪一期；表拿错了，换对的表；日期写错了，在表里改好再传。"
    assert (checked.rows, checked.rows_held, checked.rows_read) == ((), 25, 25)
    many = read(xlsx(of_days(*april * 20)), period="2026Q3")
    assert [one.message[:7] for one in many.problems] == ["表里 500 "], "nothing is left of what was counted by rows"


def test_most_of_a_table_in_other_periods_is_told_once_and_a_few_rows_one_by_one() -> None:
    whole_year = [date(2026, month, 8) for month in range(1, 13)]
    checked = read(xlsx(of_days(*whole_year)), period="2026Q3")
    assert codes(checked) == [("wrong_period", None)]
    told = checked.problems[0]
    assert told.message.startswith("表里 12 行有 9 行是2026年1月8日 到 12月8日的，您选的是")
    assert told.fix.endswith("以前漏记的，请加一列“补记月份”，写上是哪个月的。")
    few = [date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 10), *(date(2026, 8, day) for day in (1, 2, 3, 4))]
    assert codes(read(xlsx(of_days(*few)), period="2026Q3")) == [("day_outside_period", row) for row in (2, 3, 4)]


def test_each_sheet_of_a_file_names_its_own_wrong_period() -> None:
    def two(book: Worksheet) -> None:
        book.title = "三季度"
        other = book.parent.create_sheet("二季度")
        for row in of_days(*(date(2026, 5, day) for day in (1, 2, 3))):
            other.append(row)

    checked = read(xlsx(of_days(*(date(2026, 8, day) for day in (1, 2, 3))), two), period="2026Q3")
    assert codes(checked, "must_fix") == [("wrong_period", None)]
    told = checked.of(Severity.MUST_FIX)[0]
    assert told.sheet == "二季度"
    assert told.message.startswith("“二季度”表里 3 行都是2026年第二季度的，您选的是2026年第三季度")


def test_a_list_of_persons_paid_in_another_year_is_asked_about_once() -> None:
    rows: list[list[object]] = [["2026年耕地地力保护补贴发放表"], ["姓名", "组别", "金额", "发放日期"]]
    rows += [[f"赵{name}", "一组", 10, date(2025, 12, 30)] for name in "甲乙丙丁"]
    checked = read(xlsx(rows), "funds", period="2026")
    assert [one for one in codes(checked) if "period" in one[0]] == [("wrong_period", None)]
    told = next(one for one in checked.problems if one.code == "wrong_period")
    assert told.message == "表里 4 行都是2025年的，您选的是2026年（1月1日 至 12月31日）。对吗？"
    assert (told.severity, told.place) == ("confirm", "wrong_period")
    assert len(checked.rows) == 4
