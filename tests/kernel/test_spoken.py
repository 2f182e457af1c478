"""Amounts are said as people say them, and what is said can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.spoken import group_words, spoken_number, spoken_yuan

_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")}
_PLACES = {"十": 10, "百": 100, "千": 1000}


def heard(words: str) -> int:
    """A listener's reading: groups of four, then 万 and 亿; told apart from the speaker's code on purpose."""
    whole = group = digit = 0
    for mark in words:
        if mark in _DIGITS:
            digit = _DIGITS[mark]
        elif mark in _PLACES:
            group += (digit or 1) * _PLACES[mark]
            digit = 0
        elif mark == "万":
            whole += (group + digit) * 10_000
            group = digit = 0
        elif mark == "亿":
            whole = (whole + group + digit) * 10**8
            group = digit = 0
    return whole + group + digit


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元"),
        (5, "五分"),
        (80, "八角"),
        (305, "三元零五分"),
        (1_000, "十元"),
        (11_500, "一百一十五元"),
        (100_500, "一千零五元"),
        (1_000_000, "一万元"),
        (1_000_500, "一万零五元"),
        (10_000_000, "十万元"),
        (20_300_040, "二十万三千元四角"),
        (35_573_366, "三十五万五千七百三十三元六角六分"),
        (10_000_000_000, "一亿元"),
        (10_000_050_000_00, "一百亿零五万元"),
        (-116_000, "负一千一百六十元"),
    ],
)
def test_amounts_are_said_as_people_say_them(fen: int, words: str) -> None:
    assert spoken_yuan(fen) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1", "一组"),
        ("10", "十组"),
        ("12", "十二组"),
        ("21", "二十一组"),
        ("007", "七组"),
        ("东", "东组"),
        ("河边组", "河边组"),
    ],
)
def test_a_group_is_called_by_one_name_everywhere(number: str, words: str) -> None:
    assert group_words(number) == words


@given(st.integers(0, 10**12 - 1))
def test_a_listener_hears_the_number_that_was_meant(number: int) -> None:
    assert heard(spoken_number(number)) == number
