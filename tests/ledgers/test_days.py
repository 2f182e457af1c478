"""Days as clerks write them. What can mean two days, and what is no day of ours, is refused with the reason."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.period import Period
from villagehub.ledgers.dates import join_day, read_day

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
