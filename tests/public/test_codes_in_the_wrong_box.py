"""Four kinds of codes are on paper; whoever types one in another's box is told where it belongs, by its form alone."""

import pytest
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.kernel.codes import CODE_LENGTH, ERRAND_LENGTH, check_character, grouped, length_typed

HOME = f"/v/{COUNTY.village}"
BOXES = {"errand": f"{HOME}/errand", "ask": f"{HOME}/ask/status", "slip": f"{HOME}/funds/slip"}
NINE, TWELVE, SEAL = (
    "7K3M9P2Q" + check_character("7K3M9P2Q"),
    "7K3M9P2QABC" + check_character("7K3M9P2QABC"),
    "AB12 CD34 EF56 GH78",
)


@pytest.mark.parametrize(
    ("typed", "words", "way"),
    [(TWELVE, "12 位的是办事回执上的查询码", "“输入纸上的码”的框"), (SEAL, "16 位的是防改码", "一字不差")],
)
def test_a_private_code_scanned_as_one_of_the_board_is_told_where_it_belongs(
    client: Browser, county: County, typed: str, words: str, way: str
) -> None:
    answer = client.get(f"/C/{typed}")
    assert answer.status_code == 404
    assert words in answer.text
    assert way in answer.text
    assert typed not in answer.text
    assert "假码" not in answer.text


def test_an_unknown_code_of_nine_may_be_a_slip_s_or_a_question_s_and_the_page_says_so(
    client: Browser, county: County
) -> None:
    answer = client.get(f"/C/{NINE}")
    assert answer.status_code == 404
    assert "提问、查询单给的查询码，请在“输入纸上的码”的框里输" in answer.text


@pytest.mark.parametrize(
    ("box", "typed", "ways"),
    [
        ("errand", NINE, ("/ask#s", "/funds", 'href="/c">输入纸上的码</a>里输')),
        ("ask", NINE, ("/funds", 'href="/c">输入纸上的码</a>里输')),
        ("slip", NINE, ("/ask#s", 'href="/c">输入纸上的码</a>里输')),
        ("ask", TWELVE, ("/errand",)),
        ("slip", grouped(TWELVE), ("/errand",)),
        ("errand", SEAL, ()),
    ],
)
def test_a_village_s_box_leads_to_the_box_that_is_meant(
    app: Flask, county: County, box: str, typed: str, ways: tuple[str, ...]
) -> None:
    answer = app.test_client().post(BOXES[box], data={"code": typed}, headers={"Origin": "http://localhost"})
    assert answer.status_code == 422
    (note,) = [line for line in answer.text.split("\n") if "位的" in line and "note mt" in line]
    assert all(way in note for way in ways)
    assert NINE not in note


def test_a_code_in_the_box_for_names_is_told_as_such_and_stands_ready_in_the_slip_s_box(
    app: Flask, county: County
) -> None:
    def found(name: str) -> str:
        return (
            app.test_client()
            .post(f"{HOME}/funds/find", data={"name": name}, headers={"Origin": "http://localhost"})
            .text
        )

    assert "像是纸上的码，不是名字" in found(grouped(NINE))
    assert (
        f'name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" value="{grouped(NINE)}"'
        in found(grouped(NINE))
    )
    assert f'href="{HOME}/errand">办事进度</a>里输' in found(TWELVE)
    assert TWELVE not in found(TWELVE).partition("查询单上的查询码查")[2]
    assert "不是名字" not in found("李秀英")


def test_what_is_no_code_is_told_nothing_more(app: Flask, county: County) -> None:
    for box in BOXES.values():
        answer = app.test_client().post(box, data={"code": "不知道"}, headers={"Origin": "http://localhost"})
        assert "位的" not in answer.text


def test_the_kind_of_a_code_is_read_from_its_form() -> None:
    assert [length_typed(one) for one in (NINE, grouped(TWELVE), SEAL.lower(), "x", "", NINE[:-1])] == [
        CODE_LENGTH + 1, ERRAND_LENGTH + 1, 16, 0, 0, 0,
    ]  # fmt: skip
