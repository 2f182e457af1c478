"""Codes on paper survive a person's typing, and a slip of the pen is always caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.codes import (
    ALPHABET,
    BadCode,
    apart,
    check_character,
    form_typed,
    grouped,
    new_code,
    read_code,
    seal_code,
    without_its_name,
)

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


BETWEEN = ("\u00a0", "\u2060", "\u200b", "\u3000", "\t", "–", "—", "‑", "－", "·", " - ")


def full_width(code: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) for one in code)


def test_a_code_is_read_whatever_a_phone_s_keyboard_or_a_copied_page_put_between_its_marks_or_behind_them() -> None:
    code = new_code()
    for between in BETWEEN:
        assert read_code(between.join((code[:3], code[3:6], code[6:]))) == code, repr(between)
    for typed in (full_width(code), full_width(code.lower()), f"{code}。", f"{code}.", f"“{code}”", f"\ufeff{code}\n"):
        assert read_code(typed) == code, repr(typed)


def test_letters_alone_are_a_code_where_the_last_is_right_and_words_and_numbers_are_none() -> None:
    body = next(one for one in ("KMNPQRS" + last for last in ALPHABET[10:]) if check_character(one).isalpha())
    code = body + check_character(body)
    assert form_typed(code) == form_typed(grouped(code.lower())) == 9
    wrong = next(one for one in ALPHABET[10:] if one != code[-1])
    for typed in (code[:-1] + wrong, "photovolt", "123456789", "1234567890123456", "ABCDEFGHJKMNPQRS", "水渠"):
        assert form_typed(typed) == 0, typed


@pytest.mark.parametrize(
    "said",
    ["查询码 {}", "查询码{}", "码:{}", "查询码：{}。", "我的查询码是{}", "网页编号为 {}", "{} 查询码", "{}", "码 {} "],
)
def test_a_code_is_a_code_beside_what_it_is_called(said: str) -> None:
    code = grouped("7K3M9P2Q" + check_character("7K3M9P2Q"))
    alone = without_its_name(said.format(code))
    assert form_typed(alone) == form_typed(said.format(code)) == 9
    assert read_code(alone) == read_code(said.format(code)) == code.replace(" ", ""), "in every box as in the search"


def test_a_code_is_told_apart_from_the_words_before_and_behind_it() -> None:
    code = grouped("7K3M9P2Q" + check_character("7K3M9P2Q"))
    for said, beside in {
        "{} 低保": "低保", "低保{}": "低保", "低保，我的查询码是{}。": "低保, 。", "{}": "", "查询码 {}": "", "{} 2026": "2026",
    }.items():  # fmt: skip
        found, left = apart(said.format(code))
        assert (found, " ".join(left.split())) == (code, beside), said
    for words in ("水渠 G242 路口", "2026年8月3日 抽水机", "低保", ""):
        assert apart(words) == ("", words)
    right, wrong = code.replace(" ", ""), "7K3M9P2ZZ"
    assert apart(f"{wrong} 2026 {right}")[0] == right, "a right code before one that is nearly so"


def test_marks_joined_by_a_stop_are_an_amount_or_a_day_beside_words_and_a_code_where_the_last_is_right() -> None:
    code = "7K3M9P2Q" + check_character("7K3M9P2Q")
    stopped = ".".join((code[:3], code[3:6], code[6:]))
    for words in ("RMB 3200.00 元", "共 RMB3200.00", "2026.8.3 G242 路口", "付 A2026.08.03", f"水渠 {stopped[:-1]}Z"):
        assert apart(words) == ("", words), words
    assert apart(stopped)[0] == apart(f"查询码 {stopped}")[0] == " ".join(stopped.split("."))
    assert apart(f"低保 {stopped}") == (" ".join(stopped.split(".")), "低保"), "a code in use is kept out of addresses"
    assert apart(f"低保 {code}. 12.50 元")[0] == code


@given(st.text(max_size=120))
def test_whatever_is_typed_can_be_told_apart_and_what_is_told_apart_has_a_code_s_form(typed: str) -> None:
    code, _ = apart(typed)
    assert bool(code) == bool(form_typed(code))
    assert code or not form_typed(typed[:40]), "and nothing that alone is a code is missed"


@pytest.mark.parametrize("said", ["水泵 {}", "码头 {}", "{} 号文", "张三{}"])
def test_a_number_of_something_else_is_no_code(said: str) -> None:
    assert form_typed(without_its_name(said.format("7K3M9P2Q" + check_character("7K3M9P2Q")))) == 0


@pytest.mark.parametrize("text", ["", "U" * 9, "12345678", "é" * 9, "1" * 300, "7K3M9P2Q码", "٣" * 9])
def test_what_is_no_code_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(BadCode) as refusal:
        read_code(text)
    assert "9 位" in refusal.value.next_step


def test_the_seal_code_has_sixteen_characters_in_four_groups() -> None:
    shown = seal_code(bytes(range(32)))
    assert [len(group) for group in shown.split(" ")] == [4, 4, 4, 4]
    assert seal_code(bytes(range(1, 33))) != shown
