"""The front page's box takes any code of ours and opens what it is for; no 查询码 comes to stand in an address or a log."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import road
from examples import BATCH
from flask import Flask
from paper import minted, retired
from sqlalchemy import select
from werkzeug.test import TestResponse
from world import BASE_URL, COUNTY, Browser, County

from villagehub.accounts.guard import app_secret
from villagehub.accounts.queries import place_with_code
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.slips import read_slips
from villagehub.kernel import clock
from villagehub.kernel.codes import check_character, grouped, seal_code
from villagehub.labels.targets import HOME as HOME_TARGET
from villagehub.places.models import Place
from villagehub.places.queries import PlaceLine, list_by_township
from villagehub.public.code_views import MOST_VILLAGES, to_choose
from villagehub.public.limits import MOST
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.models import Leaf
from villagehub.web.logs import configure_logging

SignIn = Callable[[str], Browser]
HOME = f"/v/{COUNTY.village}"
ORIGIN = {"Origin": "http://localhost"}
WHY = "村口的桥什么时候修"
NINE = "7K3M9P2Q" + check_character("7K3M9P2Q")
TWELVE = "7K3M9P2QABC" + check_character("7K3M9P2QABC")
SEAL = "AB12 CD34 EF56 GH78"


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    return app


def typed(app: Flask, code: str, at: str = "") -> TestResponse:
    form = {"code": code, **({"at": at} if at else {})}
    return app.test_client().post("/c", data=form, headers=ORIGIN)


def asked(app: Flask) -> str:
    answer = app.test_client().post(f"{HOME}/ask", data={"text": WHY}, headers=ORIGIN)
    return re.findall(r'class="code num"><b>([0-9A-Z ]+)</b>', answer.text)[0]


@pytest.mark.parametrize("between", ["  ", "\u00a0\u00a0", "–", "\u2060", "－"])
def test_whatever_was_typed_between_the_marks_the_answer_s_buttons_know_the_code_again(
    village: Flask, sign_in: SignIn, between: str
) -> None:
    code = asked(village).replace(" ", "")
    answered(sign_in)
    for path in ("/c", f"{HOME}/ask/status"):
        answer = village.test_client().post(path, data={"code": between.join(code)}, headers=ORIGIN)
        assert answer.status_code == 200, path
        (held,) = re.findall(r'name="code" value="([^"]*)"', answer.text)
        assert held == code
    again = village.test_client().post(f"{HOME}/ask/say", data={"code": held, "move": "solved"}, headers=ORIGIN)
    assert again.status_code == 200
    assert "答得怎么样" not in again.text


def answered(sign_in: SignIn) -> None:
    """The village's first question, by the committee that looks into it and the clerk."""
    for login, what, fields in (
        (COUNTY.supervisor, "decide", {"move": "hand_on", "shown": WHY}),
        (COUNTY.clerk, "answer", {"text": "下个月十五号以前修"}),
    ):
        client, page = sign_in(login), "/desk/questions/1"
        seen = re.search(r'name="seen" value="(\d+)"', client.get(page).text)
        assert seen is not None
        assert client.send(f"{page}/{what}", {"seen": seen[1], **fields}, page=page).status_code == 303


def slip(app: Flask) -> str:
    """The code of a household with 320 元 in a published list."""
    with app.app_context():
        version = road.published(BATCH, of=road.account("funds", "2026-09", subject="粮食直补"), opening=None)
        with reading() as session:
            _, slips = read_slips(session, version_with_id(session, version), today=clock.today(), secret=app_secret())
    return next(one.code for one in slips if one.values["recipient"] == "李秀英")


def errand(sign_in: SignIn) -> str:
    clerk = sign_in(COUNTY.clerk)
    form = {"village": COUNTY.village, "title": "开居住证明", "name": "孙桂花", "phone": "13800138000", "days": "3"}
    assert clerk.send("/desk/errands/new", form, page="/desk/errands/new?free=1").status_code == 303
    return re.findall(r'class="code num"><b>([0-9A-Z ]+)</b>', clerk.get("/desk/errands/1").text)[0]


def test_the_front_page_s_box_puts_no_code_into_an_address(client: Browser, county: County) -> None:
    form = re.findall(r'<form[^>]*action="/c"[^>]*>', client.get("/").text)
    assert [re.findall(r'method="(\w+)"', one) for one in form] == [["post"]]


def test_a_code_of_the_board_leads_to_its_page(village: Flask) -> None:
    with village.app_context():
        code = minted(HOME_TARGET, BASE_URL)
    for one in (code, grouped(code), code.lower()):
        answer = typed(village, one)
        assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
        assert answer.headers["Cache-Control"] == "no-store"
    with village.app_context():
        retired(code, "公开栏搬到了村部")
    assert typed(village, code).status_code == 410


def test_the_code_of_a_question_shows_how_far_it_is(village: Flask) -> None:
    answer = typed(village, asked(village))
    assert answer.status_code == 200
    assert WHY in answer.text
    assert "等镇里看" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_has_just_asked_is_told_in_which_box_the_code_goes_with_a_way_to_it(village: Flask) -> None:
    page = village.test_client().post(f"{HOME}/ask", data={"text": WHY}, headers=ORIGIN).text
    assert re.search(r'打开<a href="/">网站首页</a>，在“输入纸上的码”的框里输', page)
    assert "输入纸上的码" in village.test_client().get("/").text


def test_the_code_of_a_receipt_shows_how_far_the_errand_is(village: Flask, sign_in: SignIn) -> None:
    answer = typed(village, errand(sign_in))
    assert answer.status_code == 200
    assert "开居住证明" in answer.text
    assert "孙桂花" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_code_of_a_slip_opens_its_line_with_one_more_tap_on_the_village(village: Flask) -> None:
    code = slip(village)
    answer = typed(village, grouped(code))
    assert "李秀英" not in answer.text
    assert "320.00" not in answer.text
    assert f'name="code" value="{code}"' in answer.text
    assert "这像是查询单上的码。请点您的村" in answer.text
    assert not [one for one in ("没有这个码", "假码") if one in answer.text], "a right code is no fault"
    assert re.findall(r'name="at" value="(\d+)">([^<]+)<', answer.text) == [(COUNTY.village, "青石沟村")]
    line = typed(village, code, COUNTY.village)
    assert line.status_code == 200
    assert "李秀英" in line.text
    assert "320.00" in line.text
    assert line.headers["Cache-Control"] == "no-store"
    elsewhere = typed(village, code, COUNTY.other_village)
    assert elsewhere.status_code == 422
    assert "李秀英" not in elsewhere.text


def in_the_search_of(app: Flask, home: str, code: str) -> TestResponse:
    """The code typed into a village's own search, and opened with the box that the answer holds."""
    page = app.test_client().get(f"{home}/search", query_string={"q": code}).text
    box = page.partition('action="/c" method="post">')[2].partition("</form>")[0]
    form = dict(re.findall(r'name="(\w+)" [^>]*?value="([^"]*)"', box))
    return app.test_client().post("/c", data=form, headers=ORIGIN)


@pytest.mark.parametrize("words", ["{}", "补贴 {}"])
def test_a_slip_s_code_from_a_village_s_own_search_opens_without_asking_which_village(
    village: Flask, words: str
) -> None:
    code = slip(village)
    line = in_the_search_of(village, HOME, words.format(grouped(code)))
    assert line.status_code == 200
    assert "李秀英" in line.text
    assert "哪个村" not in line.text
    assert line.headers["Cache-Control"] == "no-store"
    merged(village, TWICE[0])
    assert "李秀英" in in_the_search_of(village, f"/v/{COUNTY.other_village}", code).text


def test_a_slip_s_code_from_another_village_s_search_is_asked_whose_it_is_and_told_why(village: Flask) -> None:
    code = slip(village)
    answer = in_the_search_of(village, f"/v/{COUNTY.other_village}", code)
    assert answer.status_code == 422
    assert "李秀英" not in answer.text
    assert "没有这张查询单。是别的村的，请点您的村" in answer.text
    assert re.findall(r'name="at" value="(\d+)">', answer.text) == [COUNTY.village]
    missed = in_the_search_of(village, HOME, NINE)
    assert "没有找到这个码" in missed.text, "no other village has lists"
    assert 'name="at"' not in missed.text


def test_the_other_codes_from_a_village_s_search_open_as_from_the_front_page(village: Flask, sign_in: SignIn) -> None:
    with village.app_context():
        board = minted(HOME_TARGET, BASE_URL)
    assert in_the_search_of(village, HOME, board).headers["Location"] == HOME
    assert WHY in in_the_search_of(village, f"/v/{COUNTY.far_village}", asked(village)).text
    assert "开居住证明" in in_the_search_of(village, HOME, errand(sign_in)).text


def test_guessing_slips_in_a_village_s_search_is_counted_with_its_own_box(village: Flask) -> None:
    form = {"code": NINE, "here": COUNTY.village}
    for _ in range(MOST):
        assert village.test_client().post("/c", data=form, headers=ORIGIN).status_code == 422
    proper = village.test_client().post(f"{HOME}/funds/slip", data={"code": NINE}, headers=ORIGIN)
    assert proper.status_code == 429
    for odd in ("x", "999999999999", "' or 1=1"):
        answer = village.test_client().post("/c", data={"code": NINE, "here": odd}, headers=ORIGIN)
        assert answer.status_code in (404, 422, 429), odd


def test_where_many_villages_have_lists_the_township_is_tapped_first(app: Flask, county: County) -> None:
    def towns(most: int) -> list[tuple[PlaceLine, list[PlaceLine]]]:
        lines = [PlaceLine(place, f"9901012{place:05d}", f"第{place}村", 0) for place in range(most)]
        return [
            (PlaceLine(0, "990101100", "柳河镇", 0), lines[:1]),
            (PlaceLine(0, "990101200", "白杨乡", 0), lines[1:]),
        ]

    few, many = towns(MOST_VILLAGES), towns(MOST_VILLAGES + 1)
    assert to_choose(few, "") == (few, False)
    assert to_choose(many, "") == (many, True)
    assert to_choose(many, "990101200") == (many[1:], False)
    assert to_choose(many, "990101999") == (many, True)
    with app.app_context(), reading() as session:
        found = list_by_township(session, {place_with_code(session, COUNTY.far_village).id})
    assert [(town.name, [one.name for one in below]) for town, below in found] == [("白杨乡", ["石桥村"])]


def test_a_seal_leads_to_the_place_where_it_is_compared(village: Flask) -> None:
    with village.app_context():
        version = road.published()
        with reading() as session:
            held = version_with_id(session, version)
            seal, path = seal_code(session.get_one(Leaf, held.leaf_id).hash), f"{HOME}/n/{held.number}/check"
    for one in (seal, seal.lower().replace(" ", ""), seal.replace("0", "O").replace("1", "l")):
        answer = typed(village, one)
        assert (answer.status_code, answer.headers["Location"]) == (303, path)
    other = "Z" if seal[0] != "Z" else "Y"
    assert typed(village, other + seal[1:]).status_code == 422


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (TWELVE, "回执"),
        (SEAL, "没有哪一期的防改码"),
        (NINE, "请对照纸上的再输一次"),
        ("7K3M9P2QQ1", "抄错或漏了一个字"),
        ("\"><b>'%", "抄错或漏了一个字"),
        ("0" * 5000, "抄错或漏了一个字"),
    ],
)
def test_what_opens_nothing_comes_back_in_the_box_to_be_mended(village: Flask, code: str, words: str) -> None:
    answer = typed(village, code)
    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r'<form[^>]*action="/c" method="post"', answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "\"><b>'" not in answer.text


def test_an_unknown_code_is_told_the_same_whether_or_not_a_village_is_tapped_that_is_none(village: Flask) -> None:
    assert typed(village, NINE, "999999999999").status_code == 404
    assert typed(village, NINE, "x' or 1=1").status_code == 422
    assert typed(village, "").headers["Location"] == "/c"


@pytest.mark.parametrize(
    ("code", "at"),
    [(NINE, ""), (NINE, COUNTY.village), (NINE, COUNTY.township), (NINE, "x"), (TWELVE, ""), (SEAL, "")],
)
def test_guessing_is_stopped_as_in_the_proper_boxes(village: Flask, code: str, at: str) -> None:
    assert {typed(village, code, at).status_code for _ in range(MOST)} == {422}
    assert typed(village, code, at).status_code == 429


def test_tries_in_this_box_and_in_the_proper_one_are_counted_together(village: Flask) -> None:
    for _ in range(MOST):
        typed(village, NINE, COUNTY.village)
    proper = village.test_client().post(f"{HOME}/funds/slip", data={"code": NINE}, headers=ORIGIN)
    assert proper.status_code == 429


def test_the_tap_on_a_township_takes_nothing_from_the_tries_of_a_slip_s_code(village: Flask) -> None:
    for _ in range(MOST + 1):
        typed(village, NINE, COUNTY.township)
    assert typed(village, NINE, COUNTY.village).status_code == 422


def test_a_form_of_another_site_opens_nothing(village: Flask) -> None:
    code = asked(village)
    answer = village.test_client().post("/c", data={"code": code}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert WHY not in answer.text


def test_a_private_code_in_an_old_page_s_address_is_led_out_of_it(village: Flask, sign_in: SignIn) -> None:
    for code in (asked(village), slip(village), errand(sign_in), SEAL, "7K3M9P2QQ1"):
        answer = village.test_client().get("/c", query_string={"code": code})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/c")
        assert answer.headers["Cache-Control"] == "no-store"
    box = village.test_client().get("/c")
    assert box.status_code == 200
    assert re.search(r'<form[^>]*action="/c" method="post"', box.text)


def test_no_code_that_was_typed_is_in_the_log(village: Flask, sign_in: SignIn, tmp_path: Path) -> None:
    codes = [asked(village), slip(village), errand(sign_in), SEAL, NINE, "7K3M9P2QQ1"]
    log = tmp_path / "log"
    configure_logging("DEBUG", file=log)
    try:
        for code in codes:
            for one in (code, grouped(code.replace(" ", ""))):
                typed(village, one)
                typed(village, one, COUNTY.village)
                village.test_client().get("/c", query_string={"code": one})
    finally:
        configure_logging("WARNING")
    said = log.read_text("utf-8")
    assert said.count('"route": "/c"') > len(codes)
    assert not [one for one in codes if one in said or one.replace(" ", "") in said]


def test_a_code_that_was_scanned_and_is_none_of_the_board_s_finds_the_box_below(village: Flask) -> None:
    for code in (NINE, TWELVE, "x"):
        answer = village.test_client().get(f"/C/{code}")
        assert answer.status_code == 404
        assert re.search(r'<form[^>]*action="/c" method="post"', answer.text)
    assert 'action="/c"' not in village.test_client().get("/no-such-page").text


def merged(app: Flask, *steps: tuple[str, str]) -> None:
    """Makes one village part of another."""
    with app.app_context(), unit_of_work() as session:
        for old, new in steps:
            into = place_with_code(session, new).id
            session.scalars(select(Place).where(Place.code == old)).one().merged_into_id = into


TWICE = ((COUNTY.village, COUNTY.other_village), (COUNTY.other_village, COUNTY.far_village))
"""The village became part of its neighbour, and that of one in another township."""


@pytest.mark.parametrize("steps", [TWICE[:1], TWICE])
def test_papers_of_a_village_that_was_merged_still_open_what_they_are_for(
    village: Flask, sign_in: SignIn, steps: tuple[tuple[str, str], ...]
) -> None:
    question, receipt, household = asked(village), errand(sign_in), slip(village)
    merged(village, *steps)
    into = f"/v/{steps[-1][1]}"
    for words, code, box in (
        (WHY, question, "ask/status"),
        ("开居住证明", receipt, "errand"),
        ("李秀英", household, "funds/slip"),
    ):
        for home in (HOME, into):
            answer = village.test_client().post(f"{home}/{box}", data={"code": code}, headers=ORIGIN)
            assert (answer.status_code, words in answer.text) == (200, True), (home, box)
    for words, code in ((WHY, question), ("开居住证明", receipt)):
        answer = typed(village, code)
        assert (answer.status_code, words in answer.text) == (200, True)
        assert f'href="{into}' in answer.text
    chooser = typed(village, household)
    assert "哪个村的查询单？" in chooser.text
    ((at, name),) = re.findall(r'name="at" value="(\d+)">([^<]+)<', chooser.text)
    assert name.startswith("青石沟村（并入")
    assert "李秀英" in typed(village, household, at).text


def test_numbers_of_a_village_that_was_merged_bear_its_name_on_the_new_village_s_pages(village: Flask) -> None:
    household = slip(village)
    form = {"text": WHY, "n": "1", "sure": "1"}
    page = village.test_client().post(f"{HOME}/ask", data=form, headers=ORIGIN).text
    question = re.findall(r'class="code num"><b>([0-9A-Z ]+)</b>', page)[0]
    own = typed(village, question).text
    assert '<p class="sub">第 1 号 · ' in own
    assert "提问 · 第 1 号公开：" in own
    assert "按第 1 号公开的登记" in typed(village, household, COUNTY.village).text
    merged(village, TWICE[0])
    told = typed(village, question).text
    assert '<p class="sub">青石沟村第 1 号 · ' in told
    assert "提问 · 青石沟村第 1 号公开：" in told
    assert "按青石沟村第 1 号公开的登记" in typed(village, household, COUNTY.village).text


def test_another_village_s_papers_stay_closed_after_a_merger(village: Flask, sign_in: SignIn) -> None:
    question, receipt, household = asked(village), errand(sign_in), slip(village)
    merged(village, (COUNTY.other_village, COUNTY.far_village))
    for code, box in ((question, "ask/status"), (receipt, "errand"), (household, "funds/slip")):
        for home in (COUNTY.other_village, COUNTY.far_village):
            answer = village.test_client().post(f"/v/{home}/{box}", data={"code": code}, headers=ORIGIN)
            assert answer.status_code == 422


def test_villages_that_were_merged_in_a_ring_end_nowhere_and_break_nothing(village: Flask) -> None:
    household = slip(village)
    merged(village, TWICE[0], TWICE[0][::-1])
    assert typed(village, household).status_code == 422
