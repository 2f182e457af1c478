"""Lines of Chinese text end where a reader expects it, on paper and in pictures."""

from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.linebreak import NEVER_FIRST, NEVER_LAST, break_lines
from villagehub.kernel.money import wan


def _lines(text: str, most: int) -> list[str]:
    """Broken at ``most`` columns; an ASCII mark is half as wide as a Chinese one."""
    return break_lines(text, lambda line: sum(1 if mark.isascii() else 2 for mark in line) <= most)


def test_a_number_stays_with_its_unit() -> None:
    assert _lines("修渠误工每工120元", 14) == ["修渠误工每工", "120元"]
    assert _lines("一共花了3.25万元，还剩", 12) == ["一共花了", "3.25万元，还", "剩"]
    assert _lines("面积共1,250.5平方米", 16) == ["面积共", "1,250.5平方米"]


def test_an_amount_as_the_pages_write_it_is_cut_neither_at_its_space_nor_inside_its_unit() -> None:
    for fen in (182_600_00, 99, 12_345_678_900, -1_250_50):
        for most in range(18, 44):
            lines = _lines(f"第三季度收入 {wan(fen)}，支出 {wan(fen)}，账上还剩 {wan(fen)}。", most)
            assert sum(line.count(wan(fen)) for line in lines) == 3, lines
    assert _lines("承包费每工/120元，共 12 号", 16) == ["承包费每工", "/120元，共 12 号"]


def test_an_address_and_a_code_are_not_cut_where_they_fit_on_a_line() -> None:
    assert _lines("打开 gk.example.cn/v/42 看", 20) == ["打开 ", "gk.example.cn/v/42 ", "看"]


def test_what_is_longer_than_a_line_is_cut_and_never_runs_over() -> None:
    assert _lines("网址gk.example.cn/v/420300001001", 12) == ["网址", "gk.example.c", "n/v/42030000", "1001"]


def test_a_line_neither_begins_with_a_closing_mark_nor_ends_with_an_opening_one() -> None:
    assert _lines("看过签字。再公开", 8) == ["看过签", "字。再公", "开"]
    assert _lines("写明原因（凭证）", 10) == ["写明原因", "（凭证）"]


def test_line_feeds_end_lines() -> None:
    assert _lines("甲\n\n乙", 10) == ["甲", "", "乙"]


@given(st.text(alphabet="村账120元.,（）。 a/\n", max_size=60), st.integers(min_value=8, max_value=30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, most: int) -> None:
    lines = _lines(text, most)
    assert "".join(lines) == text.replace("\n", "")
    assert all(sum(1 if mark.isascii() else 2 for mark in line) <= most for line in lines)


def test_the_two_kinds_of_marks_are_different() -> None:
    assert not set(NEVER_FIRST) & set(NEVER_LAST)
