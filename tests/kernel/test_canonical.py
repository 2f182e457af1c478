"""Canonical bytes are RFC 8785's, and what has no single form is refused."""

import json
from unicodedata import normalize

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.canonical import NotCanonical, canonical, one_line

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_canonical_bytes_read_back_and_do_not_change_a_second_time(value: object) -> None:
    first = canonical(value)
    assert canonical(json.loads(first)) == first


@given(st.dictionaries(st.one_of(TEXT, st.text(alphabet='abyz_"\\ é\U00010000\uffee', max_size=4)), VALUES, max_size=6))
def test_an_objects_bytes_are_the_standards_own(value: dict[str, object]) -> None:
    clean = json.loads(normalize("NFC", json.dumps(value, ensure_ascii=False)))
    assert canonical(clean) == rfc8785.dumps(clean)


def test_members_stand_in_utf16_order_without_spaces() -> None:
    assert canonical({"b": 1, "a": "元", "€": [1, 2]}) == '{"a":"元","b":1,"€":[1,2]}'.encode()


def test_composed_and_decomposed_text_give_the_same_bytes() -> None:
    assert canonical("e\u0301") == canonical("\u00e9")


@pytest.mark.parametrize("value", [1.5, 2**53, "行\n行", "\x00", "\ud800", {"a": [0.1]}, b"bytes"])
def test_floats_huge_integers_and_control_characters_are_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


@given(st.text(max_size=60))
def test_any_text_becomes_one_line_that_may_enter_a_leaf(text: str) -> None:
    canonical(one_line(text))
    assert one_line(one_line(text)) == one_line(text)
