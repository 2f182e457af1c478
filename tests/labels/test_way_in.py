"""From a code to its page: scanned, typed, wrong, unknown, retired, and after villages were merged or renumbered."""

import pytest
from flask import Flask
from paper import minted, retired, village_of
from sqlalchemy import select
from world import BASE_URL, COUNTY, NOW, Browser, County

from villagehub.kernel.codes import new_code
from villagehub.labels.targets import HOME, section_target
from villagehub.places.actions import take_over_list
from villagehub.places.models import Place
from villagehub.places.official_list import read_list
from villagehub.storage import unit_of_work

HOME_PAGE = f"/v/{COUNTY.village}"


@pytest.fixture
def code(app: Flask, county: County) -> str:
    """The code of the village's home page."""
    with app.app_context():
        return minted(HOME, BASE_URL)


def test_a_scanned_code_leads_to_the_current_page_and_nobody_keeps_the_way(client: Browser, code: str) -> None:
    for path in (f"/C/{code}", f"/c/{code}", f"/c/{code.lower()}", f"/c?code={code}"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, HOME_PAGE), path
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.head(f"/C/{code}").status_code == 302
    assert client.get(f"/C/{code}", follow_redirects=True).status_code == 200


@pytest.mark.parametrize("section", ["finance", "assets", "duties", "funds"])
def test_a_code_of_a_section_leads_to_a_page_even_before_the_first_publication(
    app: Flask, client: Browser, county: County, section: str
) -> None:
    with app.app_context():
        code = minted(section_target(section), BASE_URL)
    answer = client.get(f"/C/{code}")
    assert answer.headers["Location"] == f"{HOME_PAGE}/{section}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_code_is_understood_as_people_type_it(client: Browser, code: str) -> None:
    spoken = code.replace("1", "l").replace("0", "o").lower()
    for typed in (f"{spoken[:3]} {spoken[3:6]} {spoken[6:]}", f"{code[:3]}-{code[3:6]}-{code[6:]}", f"  {spoken}　"):
        answer = client.get("/c", query_string={"code": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, HOME_PAGE), typed


def test_the_box_with_nothing_in_it_is_the_box_again(client: Browser, county: County) -> None:
    for address in ("/c?code=%20", "/c"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert 'action="/c" method="post"' in answer.text


@pytest.mark.parametrize(
    "wrong", ["x", "请打电话13800000000转账", "7K3M9P2QQ1", "UUUUUUUUU", "0" * 500, "../../etc", "%", "'"]
)
def test_a_wrong_code_is_told_what_to_do_and_never_repeated(client: Browser, county: County, wrong: str) -> None:
    led = client.get("/c", query_string={"code": wrong})
    assert (led.status_code, led.headers["Location"]) == (303, "/c"), "it may nearly be a 查询码"
    answer = client.get(f"/C/{wrong}")
    assert answer.status_code == 404
    if "没有找到这一页" not in answer.text:  # a slash in it makes another address
        assert "可能抄错" in answer.text
        assert "共 9 位" in answer.text
        assert len(wrong) < 3 or wrong not in answer.text


def test_a_character_that_no_code_has_is_refused_at_the_door(client: Browser, county: County) -> None:
    assert client.get("/C/%00").status_code == 400


def test_every_single_slip_of_a_typed_code_is_noticed(client: Browser, code: str) -> None:
    for place in range(9):
        other = "Z" if code[place] != "Z" else "Y"
        assert "可能抄错" in client.get(f"/C/{code[:place]}{other}{code[place + 1 :]}").text
    swapped = next(place for place in range(8) if code[place] != code[place + 1])
    turned = code[:swapped] + code[swapped + 1] + code[swapped] + code[swapped + 2 :]
    assert "可能抄错" in client.get(f"/C/{turned}").text


def test_a_code_that_we_never_minted_may_be_a_false_one(client: Browser, county: County) -> None:
    answer = client.get(f"/C/{new_code()}")
    assert answer.status_code == 404
    assert "没有发过这个编号" in answer.text
    assert "不要付钱" in answer.text


def test_a_retired_code_says_what_became_of_it_and_leads_on(app: Flask, client: Browser, code: str) -> None:
    with app.app_context():
        retired(code, "公开栏 2026年拆了，新公开栏在村部门口")
    answer = client.get(f"/C/{code}")
    assert answer.status_code == 410
    assert answer.headers["Cache-Control"] == "no-store"
    assert "公开栏 2026年拆了，新公开栏在村部门口" in answer.text
    assert "2026年11月23日" in answer.text
    assert f'href="{HOME_PAGE}"' in answer.text
    assert answer.text.count("<h1") == 1


def test_a_code_of_a_village_that_was_merged_leads_to_the_village_it_became_part_of(
    app: Flask, client: Browser, county: County
) -> None:
    with app.app_context():
        code = minted(section_target("finance"), BASE_URL)
        into = village_of(county.other_village).id
        with unit_of_work() as session:
            session.scalars(select(Place).where(Place.code == county.village)).one().merged_into_id = into
    answer = client.get(f"/C/{code}")
    assert answer.headers["Location"] == f"/v/{county.other_village}/finance"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_code_follows_its_village_to_a_new_official_code(app: Flask, client: Browser, county: County) -> None:
    with app.app_context():
        code = minted(HOME, BASE_URL)
        with unit_of_work() as session:
            place = session.scalars(select(Place).where(Place.code == county.village)).one()
            place.code = "990101100299"
    assert client.get(f"/C/{code}").headers["Location"] == "/v/990101100299"


def test_importing_the_official_list_again_leaves_codes_alone(app: Flask, client: Browser, code: str) -> None:
    listed, _ = read_list(f"code,name\n{COUNTY.village},青石沟新村村民委员会\n".encode())
    with app.app_context(), unit_of_work() as session:
        take_over_list(session, listed, now=NOW)
    assert client.get(f"/C/{code}").headers["Location"] == HOME_PAGE
