"""Amounts as clerks write them come out to the fen, or are asked about, or are faults; never nearly right."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_files import HEAD, codes, read, xlsx

from villagehub.kernel.money import LARGEST_FEN, yuan
from villagehub.ledgers.amounts import UNITS, read_decimal, read_money, read_whole
from villagehub.ledgers.numerals import capital_amount, whole_number, written

EXACT = [
    ("8600", 860_000),
    ("8,600.00", 860_000),
    ("8，600", 860_000),
    ("８６００．５", 860_050),
    ("￥8600", 860_000),
    ("¥ 8600.00", 860_000),
    ("人民币8600元", 860_000),
    ("8600元整", 860_000),
    ("8600.5元", 860_050),
    ("8 600", 860_000),
    ("  8600  ", 860_000),
    ("8600\u00a0", 860_000),
    ("+8600", 860_000),
    ("'8600", 860_000),
    ('="8600"', 860_000),
    (".5", 50),
    ("5.", 500),
    ("0", 0),
    ("0.00", 0),
    ("-1,260.50", -126_050),
    ("−1260.5", -126_050),
    ("(1,260.50)", -126_050),
    ("（1260.50）", -126_050),
    ("1260.50-", -126_050),
    ("负1260.50", -126_050),
    ("△1260.50", -126_050),
    ("-￥1260.50", -126_050),
    ("￥-1260.50", -126_050),
    ("1.2万", 1_200_000),
    ("0.86万元", 860_000),
    ("3百万", 300_000_000),
    ("5千元", 500_000),
    ("12元5角", 1_250),
    ("3元2角1分", 321),
    ("叁拾元伍角整", 3_050),
    ("壹仟贰佰元整", 120_000),
    ("人民币壹万零伍元零贰分", 1_000_502),
    (8600, 860_000),
    (8600.5, 860_050),
    (0.1 + 0.2, 30),
    (48653.130000000005, 4_865_313),
    (1234567.89, 123_456_789),
    (99999999999.99, 9_999_999_999_999),
]
NOTHING = [None, "", "  ", "-", "—", "——", "/", "无", "\u200b"]
FAULTS = [
    ("一千二", "not_a_number"),
    ("1千2", "not_a_number"),
    ("约500", "not_a_number"),
    ("500余元", "not_a_number"),
    ("131.77(付清)", "not_a_number"),
    ("100/2", "not_a_number"),
    ("500元/亩", "not_a_number"),
    ("--5", "not_a_number"),
    ("(-5)", "not_a_number"),
    ("1.234,56", "unclear_separator"),
    ("1,23", "unclear_separator"),
    ("1'234", "unclear_separator"),
    ("12,34,567", "unclear_separator"),
    ("500.00.", "unclear_separator"),
    ("5 00", "unclear_separator"),
    ("1.26E+3", "scientific_notation"),
    ("1e999999999", "scientific_notation"),
    ("9007199254740993123456", "amount_too_large"),
    ("100000000000.01", "amount_too_large"),
    ("0.001", "below_one_fen"),
    ("#REF!", "formula_error"),
    (True, "not_a_number"),
    (time(3, 4), "not_a_number"),
    (1e300, "amount_too_large"),
    (float("inf"), "amount_too_large"),
    (float("nan"), "amount_too_large"),
]


@pytest.mark.parametrize(("raw", "fen"), EXACT, ids=[repr(raw) for raw, _ in EXACT])
def test_an_amount_is_read_to_the_fen(raw: str | float, fen: int) -> None:
    got = read_money(raw)
    assert (got.value, got.fault, got.doubt) == (fen, None, None)


@pytest.mark.parametrize("raw", NOTHING)
def test_nothing_is_not_a_zero(raw: str | None) -> None:
    got = read_money(raw)
    assert (got.value, got.fault, got.doubt) == (None, None, None)


@pytest.mark.parametrize(("raw", "code"), FAULTS, ids=[repr(raw) for raw, _ in FAULTS])
def test_what_may_mean_two_amounts_is_a_fault_with_a_next_step(raw: str | float, code: str) -> None:
    got = read_money(raw)
    assert got.value is None
    assert got.fault is not None
    assert got.fault.code == code
    assert got.fault.message
    assert got.fault.fix


@pytest.mark.parametrize("raw", ["100.005", "100.0049", 100.005, "1.2345678万"])
def test_finer_than_a_fen_is_asked_about_and_never_rounded_in_silence(raw: str | float) -> None:
    got = read_money(raw)
    assert got.doubt is not None
    assert got.doubt.code == "more_than_two_decimals"
    assert yuan(got.value) in got.doubt.message


@pytest.mark.parametrize("raw", ["131.77(已退款89.84)", "￥131.77（已退款￥89.84）", "131.77 (退款)"])
def test_a_refund_inside_an_amount_is_asked_about(raw: str) -> None:
    read = read_money(raw)
    assert (read.value, read.doubt.code if read.doubt else "") == (13_177, "refund_inside")


def test_a_column_in_wan_counts_by_its_unit_but_a_cell_that_says_yuan_by_its_own() -> None:
    assert read_money("1.25", unit_fen=UNITS["万元"]).value == 1_250_000
    assert read_money("12500元", unit_fen=UNITS["万元"]).value == 1_250_000
    assert read_money("1.25万", unit_fen=UNITS["元"]).value == 1_250_000


@pytest.mark.parametrize(
    ("raw", "unit", "advice"),
    [
        (330.329, "元", "不是就改成两位小数。"),
        (0.0330329, "万元", "不是就改，最多写六位小数。"),
        ("330.329元", "万元", "不是就改成两位小数。"),
        ("0.0330329万", "元", "不是就改，最多写六位小数。"),
        (0.330329, "千元", "不是就改，最多写五位小数。"),
        (0.00000330329, "亿元", "不是就改，最多写十位小数。"),
    ],
)
def test_who_follows_the_advice_on_decimals_loses_no_fen(raw: str | float, unit: str, advice: str) -> None:
    doubt = read_money(raw, unit_fen=UNITS[unit]).doubt
    assert doubt is not None
    assert "要按 330.33 元记吗" in doubt.message
    assert doubt.fix == f"是就确认；{advice}"


@pytest.mark.parametrize(("raw", "unit"), [(0.0000001, "万元"), ("0.0000001万", "元")])
def test_less_than_a_fen_is_told_in_yuan_whatever_the_unit(raw: str | float, unit: str) -> None:
    fault = read_money(raw, unit_fen=UNITS[unit]).fault
    assert fault is not None
    assert fault.message == "0.001 元不到一分钱。"


def test_an_amount_that_shows_as_a_day_is_asked_about() -> None:
    got = read_money(date(1923, 7, 18))
    assert got.value == 860_000
    assert got.doubt is not None
    assert read_money(date(1927, 7, 19), epoch_1904=True).value == 860_000


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
@example(0)
@example(-5)
def test_every_amount_reads_back_as_it_was_written(fen: int) -> None:
    for text in (yuan(fen), f"￥{yuan(fen)}" if fen >= 0 else yuan(fen), str(Decimal(fen) / 100)):
        if "E" not in text:
            got = read_money(text)
            assert (got.value, got.fault, got.doubt) == (fen, None, None)


@given(st.decimals("-1000000", "1000000", places=4))
def test_an_amount_is_exact_or_asked_about(value: Decimal) -> None:
    got = read_money(f"{value:f}")
    if got.fault is None and got.doubt is None:
        assert got.value == value * 100
    elif got.fault is None:
        assert abs(Decimal(got.value) - value * 100) <= Decimal("0.5")


@given(
    st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.text("0123456789.,-+()万元角分整 eE￥", max_size=15))
)
def test_no_cell_makes_the_reader_of_amounts_crash(raw: str | float) -> None:
    got = read_money(raw)
    assert got.value is None or abs(got.value) <= LARGEST_FEN
    assert got.fault is None or (got.fault.message and got.fault.fix)


@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals_read_back(value: int) -> None:
    assert whole_number(written(value)) == value
    capitals = written(value).translate(str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟"))
    assert capital_amount(f"{capitals}元整") == value * 100


def test_a_quantity_keeps_its_decimals_and_no_more() -> None:
    assert read_decimal("12.50亩").value == "12.5"
    assert read_decimal(7.2).value == "7.2"
    assert read_decimal("1,234.5亩").value == "1234.5"
    assert read_decimal("十二").fault is not None
    for unclear in ("12,5", "1.234,5", "1,23", "1234,567"):
        assert read_decimal(unclear).fault is not None, unclear
    for long in (0.12345678, "0.12345678"):
        assert (read_decimal(long).value, read_decimal(long).repaired) == ("0.123457", True)
    assert read_whole("3").value == 3
    assert read_whole("3.5").fault is not None


@pytest.mark.parametrize("written", ["$1,200.00", "＄1200", "-$1200", "$-1200"])
def test_a_dollar_is_never_taken_for_a_yuan_in_silence(written: str) -> None:
    read = read_money(written)
    assert abs(read.value) == 120_000
    assert read.doubt is not None
    assert read.doubt.code == "dollar_sign"


def test_a_day_among_amounts_is_not_passed_over_where_its_column_is_empty_else() -> None:
    rows = [HEAD, [date(2026, 3, 1), "租金", date(2026, 3, 2), 5], *([date(2026, 3, 3), "电费", None, 7],) * 5]
    assert codes(read(xlsx(rows)), "must_fix") == [("both_amounts", 2)]


def test_an_example_is_given_in_the_columns_own_unit() -> None:
    refused = read_money("一千二百多", unit_fen=UNITS["万元"]).fault
    assert refused is not None
    assert refused.fix == "这一列的单位是万元：1,200 元请写 0.12，或者连单位写成 1200元。"
    assert read_money("0.12", unit_fen=UNITS["万元"]) == read_money("1200", unit_fen=UNITS["元"])
