"""Amounts are whole fen and are written exactly, or rounded half up and said to be in 万元."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.money import plain_yuan, signed_yuan, wan, yuan


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_written_yuan_hold_every_fen(fen: int) -> None:
    assert int(plain_yuan(fen).replace(".", "")) == fen
    assert yuan(fen).replace(",", "") == plain_yuan(fen)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (18_642_000, "18.64 万元"),
        (1_000_500, "1.00 万元"),
        (1_000_000, "1.00 万元"),
        (999_999, "9,999.99 元"),
        (10_300_000_000, "1.03 亿元"),
        (12_345_000, "12.35 万元"),
        (-12_345_000, "-12.35 万元"),
        (0, "0.00 元"),
    ],
)
def test_large_amounts_are_said_in_wan_rounded_half_up(fen: int, words: str) -> None:
    assert wan(fen) == words


def test_income_carries_plus_and_expense_minus_and_a_reversal_turns_the_sign() -> None:
    assert signed_yuan(1_160_000, "out") == "-11,600.00"
    assert signed_yuan(2_400_000, "in") == "+24,000.00"
    assert signed_yuan(-126_050, "out") == "+1,260.50"
