"""Periods have one stable name, whole days, and words that villagers read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.period import BadPeriod, Cadence, NoYear, Period

CADENCES = st.sampled_from(list(Cadence))
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@given(CADENCES, DAYS)
def test_the_stable_name_reads_back_as_the_same_period(cadence: Cadence, day: date) -> None:
    period = Period.of(cadence, day)
    assert Period.parse(str(period)) == period
    assert period.holds(day)


@given(CADENCES, DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(cadence: Cadence, day: date) -> None:
    period = Period.of(cadence, day)
    following = period.following()
    assert following.previous() == period
    assert (following.first - period.last).days == 1
    assert not period.overlaps(following)


@pytest.mark.parametrize(
    ("name", "label", "short", "span"),
    [
        ("2026Q3", "2026年第三季度", "三季度", "7月1日 至 9月30日"),
        ("2026-03", "2026年3月", "3月", "3月1日 至 3月31日"),
        ("2026", "2026年", "2026年", "1月1日 至 12月31日"),
        ("2026-03-05", "2026年3月5日", "3月5日", "3月5日"),
    ],
)
def test_a_period_is_named_as_villagers_say_it(name: str, label: str, short: str, span: str) -> None:
    period = Period.parse(name)
    assert (period.label, period.short_label, period.span) == (label, short, span)


@pytest.mark.parametrize(
    "text", ["", "2026Q5", "2026-13", "2026-02-30", "２０２６", "0000", "2026-3", "26", "2026Q3x", "x" * 500]
)
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadPeriod) as refusal:
        Period.parse(text)
    assert "2026Q3" in refusal.value.next_step


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2026年三季度", "2026Q3"),
        ("2026年第3季度", "2026Q3"),
        ("２０２６q3", "2026Q3"),
        (" 2026 年 9 月份", "2026-09"),
        ("2026年十一月", "2026-11"),
        ("2026年度", "2026"),
        ("2026-09", "2026-09"),
    ],
)
def test_what_people_type_is_read(text: str, name: str) -> None:
    assert str(Period.read(text, today=date(2026, 11, 23))) == name


@pytest.mark.parametrize("text", ["三季度", "第3季度", "9月"])
def test_a_year_that_is_missing_is_asked_for_and_not_guessed(text: str) -> None:
    with pytest.raises(NoYear) as refused:
        Period.read(text, today=date(2026, 11, 23))
    assert refused.value.sentence == f"“{text}”没有写是哪一年。"
    assert f"2026年{text}" in refused.value.next_step


@pytest.mark.parametrize("text", ["", "上季度", "2026年13月", "2026年五季度", "20263", "2026年三季度和四季度"])
def test_what_is_no_period_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadPeriod):
        Period.read(text, today=date(2026, 11, 23))
