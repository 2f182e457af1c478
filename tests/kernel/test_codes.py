"""Codes on paper survive a person's typing, and a slip of the pen is always caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.codes import ALPHABET, BadCode, check_character, grouped, new_code, read_code, seal_code

BODIES = st.text(alphabet=ALPHABET, min_size=8, max_size=8)


@given(BODIES, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_caught(body: str, place: int, other: str) -> None:
    code = body + check_character(body)
    if code[place] == other:
        return
    with pytest.raises(BadCode):
        read_code(code[:place] + other + code[place + 1 :])


@given(BODIES, st.integers(0, 7), st.sampled_from([1, 2]))
def test_swapped_neighbours_and_jump_transpositions_are_always_caught(body: str, place: int, gap: int) -> None:
    code = list(body + check_character(body))
    if place + gap > 8 or code[place] == code[place + gap]:
        return
    code[place], code[place + gap] = code[place + gap], code[place]
    with pytest.raises(BadCode):
        read_code("".join(code))


def test_a_code_is_read_however_a_person_types_it() -> None:
    code = new_code()
    typed = grouped(code).lower().replace("1", "l").replace("0", "o")
    assert read_code(f"  {typed.replace(' ', '-')} ") == code


@pytest.mark.parametrize("text", ["", "U" * 9, "12345678", "é" * 9, "1" * 300])
def test_what_is_no_code_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(BadCode) as refusal:
        read_code(text)
    assert "9 位" in refusal.value.next_step


def test_the_seal_code_has_sixteen_characters_in_four_groups() -> None:
    shown = seal_code(bytes(range(32)))
    assert [len(group) for group in shown.split(" ")] == [4, 4, 4, 4]
    assert seal_code(bytes(range(1, 33))) != shown
