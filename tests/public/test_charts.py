"""Bars and shares as figures: no label runs into its neighbour, nothing is drawn outside."""

from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.money import LARGEST_FEN
from villagehub.public.charts import BASE, HEIGHT, WIDEST, bars_of, share

AMOUNTS = st.integers(min_value=0, max_value=LARGEST_FEN // 10)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=6))
def test_every_label_fits_above_its_bar_and_every_bar_into_the_picture(sums: list[tuple[int, int]]) -> None:
    chart = bars_of([(f"{place}月", income, expense) for place, (income, expense) in enumerate(sums)])
    assert len(chart.groups) == min(len(sums), 4)
    for bar in (bar for group in chart.groups for bar in (group.income, group.expense)):
        assert len(bar.label) <= WIDEST
        assert 0 <= float(bar.height) <= HEIGHT
        assert BASE - HEIGHT <= float(bar.y) <= BASE
        assert float(bar.label_y) >= 11


def test_hundreds_of_millions_are_counted_in_their_own_unit() -> None:
    chart = bars_of([("三季度", 12_345_678_901, 12_345_803_901)])
    assert chart.unit == "亿元"
    assert chart.groups[0].income.label == "1.2"
    assert "收入 1.23 亿元、支出 1.23 亿元" in chart.words


def test_a_million_yuan_is_drawn_without_decimals_and_said_with_them() -> None:
    chart = bars_of([("三季度", 186_420_000, 14_236_550)])
    assert [chart.groups[0].income.label, chart.groups[0].expense.label] == ["186", "14.2"]
    assert "收入 186.42 万元、支出 14.24 万元" in chart.words


@given(st.integers(min_value=0, max_value=LARGEST_FEN), st.integers(min_value=1, max_value=LARGEST_FEN))
def test_shares_stay_between_nothing_and_all(part: int, rest: int) -> None:
    assert 0 <= float(share(part, part + rest)) <= 100


def test_just_under_a_hundred_million_is_counted_as_what_it_rounds_to() -> None:
    chart = bars_of([("三季度", 9_999_999_999, 5_000_000_000)])
    assert (chart.unit, chart.groups[0].income.label, chart.groups[0].expense.label) == ("亿元", "1.0", "0.5")
