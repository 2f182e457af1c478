"""Whatever is typed into an address or a form, the answer is a sentence, never a fault."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from world import Browser, County

from villagehub.kernel.ids import read_id

BIG = 10**30
DIGITS = "9" * 5000
SignIn = Callable[[str], Browser]


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٣", " 1", str(2**53 + 1), DIGITS, "1e3"])
def test_what_cannot_be_a_row_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="not the number"):
        read_id(text)


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every address with a number in it, for each method, with a number that no row can have."""
    found = []
    for rule in app.url_map.iter_rules():
        if "<int:" in rule.rule:
            path = re.sub(r"<int:\w+>", str(BIG), rule.rule)
            path = re.sub(r"<(?:\w+:)?\w+>", "x", path)
            found += [(method, path) for method in sorted(rule.methods or ()) if method in ("GET", "POST")]
    return found


def test_a_number_that_no_row_can_have_is_an_address_that_does_not_exist(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    asked = addresses(app)
    assert len(asked) > 30
    browser = sign_in(county.supervisor)
    for method, path in asked:
        answer = browser.get(path) if method == "GET" else browser.send(path)
        assert answer.status_code in (404, 405), f"{method} {path}: {answer.status_code}"


@pytest.mark.parametrize("path", ["/t/%00", "/v/%00", "/C/%00", "/town?t=%00", "/v/x?y=%00", "/?%00=1"])
def test_an_address_with_a_bad_character_is_refused_in_words(client: Browser, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "看不见的坏字符" in answer.text


@pytest.mark.parametrize("field", ["login", "password", "next", "\0"])
def test_a_form_with_a_bad_character_is_refused_in_words(client: Browser, field: str) -> None:
    answer = client.send("/login", {"login": "clerk", "password": "x", field: "a\0b"}, page="/login")
    assert answer.status_code == 400
    assert "看不见的坏字符" in answer.text


@pytest.mark.parametrize("cell", ["甲" * 200_000, '"甲'], ids=["long", "open quote"])
def test_a_list_of_people_that_is_no_table_is_refused_by_line(county: County, sign_in: SignIn, cell: str) -> None:
    sent = {"file": (BytesIO(f"姓名,村,职务\n{cell},x,y\n".encode()), "a.csv")}
    answer = sign_in(county.supervisor).send("/town/people/import", sent)
    assert answer.status_code == 422
    assert "第 2 行" in answer.text
