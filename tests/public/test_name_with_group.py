"""Two people of one name live in two groups; whoever writes the group with the name is answered for that group."""

import re

import pytest
import road
from examples import recipient
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from test_only_the_surname import HOME, ORIGIN, found, heading, paid
from world import Browser, County

from villagehub.public.said_group import group_in, readings_of, same_group
from villagehub.sections.base import Facts

OTHERS = tuple(recipient(f"周{one}", "一组", 1_000) for one in "甲乙丙丁")
HEAD: Facts = {
    "name": "邓翠珍", "post": "五组组长", "body": "村民委员会", "portfolio": "五组的事", "office_phone": "0719-0000000",
}  # fmt: skip


def likeliest(typed: str) -> tuple[str, str]:
    """The name and group that are thought of first; the whole text where no group is with it."""
    return next(iter(readings_of(typed)), (typed, ""))


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    rows = [
        recipient("邓翠珍", "五组", 55_500), recipient("邓翠珍", "二组", 22_200), recipient("罗小平", "五组", 66_600), *OTHERS,
    ]  # fmt: skip
    nowhere = [recipient("邓翠珍", "", 77_700, "良种补贴"), recipient("赵铁柱", "", 1_000, "良种补贴")]
    land = [paid("邓大海", "五组", "河边田", 88_800), paid("邓小海", "二组", "坡地", 99_900)]
    with app.app_context():
        road.published(rows, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
        road.published(nowhere, of=road.account("funds", "2026-09", subject="良种补贴"), opening=None)
        road.published(land, of=road.account("compensation", "2026-09", subject="通村公路扩宽"), opening=None)
        road.published((HEAD,), of=road.account("duties", "2025"), opening=None)
    return app


@pytest.mark.parametrize(
    "typed",
    [
        "邓翠珍(二组)",
        "邓翠珍（2组）",
        "邓翠珍 二组",
        "二组 邓翠珍",
        "二组邓翠珍",
        "邓翠珍，第二村民小组",
        "二组的邓翠珍",
        "【二组】邓翠珍",
    ],
)
def test_the_group_that_was_written_comes_first_and_the_others_are_told_apart(
    village: Flask, client: Browser, typed: str
) -> None:
    page = found(client, typed)
    assert heading(page) == f"{likeliest(typed)[1]}查到 1 笔"
    mine, _, rest = page.partition("同名的还有 2 笔")
    assert "222.00" in mine
    assert not [one for one in ("555.00", "777.00") if one in mine]
    told, _, _ = rest.partition("777.00")
    assert "别的组的，或者没写是哪一组" in told
    assert "555.00" in rest
    assert "999.00" in rest, "of the surname alone, in that group"
    assert "888.00" not in page, "of the surname alone, in another group"


def test_whoever_is_not_in_the_group_that_was_written_is_told_so_before_any_line_of_that_name(
    village: Flask, client: Browser
) -> None:
    page = found(client, "罗小平(二组)")
    assert heading(page) == "二组没有查到，别处同名的有 1 笔"
    told, line, _ = page.partition("666.00")
    assert line
    assert "您写的是二组" in told
    assert "不一定是您" in told
    assert heading(found(client, "罗大平(二组)")) == "没有查到"


def test_without_a_group_everybody_of_that_name_is_listed_as_before(village: Flask, client: Browser) -> None:
    page = found(client, "邓翠珍")
    assert heading(page) == "查到 3 笔"
    assert "同名的可能不是一家" in page
    assert "同名的还有" not in page


def test_what_stands_in_brackets_and_is_no_group_is_said_not_to_have_been_looked_at(
    village: Flask, client: Browser
) -> None:
    page = found(client, "罗小平（户主）")
    assert heading(page) == "查到 1 笔"
    assert "“户主”没有看，只按姓名查的。" in page
    assert "&lt;b&gt;" in found(client, "罗小平(<b>)")
    assert "<b>)" not in found(client, "罗小平(<b>)")


def searched(app: Flask, asked: str) -> str:
    return app.test_client().get(f"{HOME}/search", query_string={"q": asked}).text


@pytest.mark.parametrize("typed", ["罗小平(二组)", "罗小平 二组", "二组罗小平", "二组的罗小平"])
def test_a_name_with_its_group_in_the_search_is_known_as_a_name_and_led_to_where_both_count(
    village: Flask, typed: str
) -> None:
    page = searched(village, typed)
    assert "找村民的名字？不能在这里搜。" in page
    assert "</a>写全名查，可以连组一起写" in page


def test_a_post_holder_of_another_group_is_not_taken_for_the_one_that_was_asked_for(village: Flask) -> None:
    card = "邓翠珍 · 五组组长"
    for typed in ("邓翠珍", "邓翠珍(五组)", "邓翠珍 5组", "五组邓翠珍"):
        assert card in searched(village, typed), typed
    for typed in ("邓翠珍(二组)", "邓翠珍 二组", "二组邓翠珍"):
        page = searched(village, typed)
        assert card not in page, typed
        assert "找村民的名字？不能在这里搜。" in page


def test_a_post_holder_whose_card_names_no_group_is_shown_and_the_group_is_said_not_to_have_been_looked_at(
    village: Flask,
) -> None:
    with village.app_context():
        head: Facts = {**HEAD, "name": "赵兰", "post": "妇联主席", "portfolio": "妇女儿童"}
        road.published((HEAD, head), of=road.account("duties", "2026"), opening=None)
    page = searched(village, "赵兰（二组）")
    assert "赵兰 · 妇联主席" in page
    assert "是不是二组的，这里没有看" in page
    assert "这里没有看" not in searched(village, "赵兰")
    assert "这里没有看" not in searched(village, "邓翠珍(五组)")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("二组", "2组", True), ("第二村民小组", "二组", True), ("12组", "十二组", True), ("青石沟村二组", "二组", True),
        ("上湾组", "上湾", True), ("二组", "十二组", False), ("二组", "五组", False), ("上湾组", "下湾组", False),
        ("上湾组", "二组", False), ("", "二组", False), ("二队", "二组", True),
    ],
)  # fmt: skip
def test_a_group_is_the_same_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert same_group(one, other) is same_group(other, one) is same


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_name_and_perhaps_a_group(typed: str) -> None:
    name, group = likeliest(typed)
    assert name or not group


NUMERALS = ("", *"一二三四五六七八九")
CALLED = [
    f"{'' if ten == '一' else ten}{'十' if ten else ''}{one}" for ten in NUMERALS for one in NUMERALS if ten or one
]


@given(
    st.sampled_from(["李天一", "王五", "周小三", "张三"]),
    st.sampled_from([*CALLED, *map(str, range(1, 200))]),
    st.sampled_from(["{}组", "第{}组", "{}社", "第{}村民小组"]),
    st.sampled_from(["", " ", "，"]),
)
def test_a_name_that_ends_in_a_numeral_keeps_it_before_any_group(
    name: str, number: str, called: str, between: str
) -> None:
    group = called.format(number)
    assert (name, group) in readings_of(f"{name}{between}{group}")
    assert all(one and group_in(other) for one, other in readings_of(f"{name}{between}{group}"))
    if between or "第" in group or len(number) == 1 or number[0] == "十" or number.isdigit():
        assert likeliest(f"{name}{between}{group}") == (name, group), "what is likely comes first"


def test_what_is_no_numeral_is_no_group_and_a_surname_alone_no_name() -> None:
    assert readings_of("李天一二组") == [("李天一", "二组")]
    assert readings_of("王五三组") == [("王五", "三组")]
    assert readings_of("周小三十二组") == [("周小三", "十二组"), ("周小", "三十二组"), ("周小三十", "二组")]
    assert likeliest("张三组") == ("张三组", "")
    assert likeliest("张 三组") == likeliest("张（三组）") == ("张", "三组")
    assert [group_in(one) for one in ("一二组", "五三组", "一十二组", "三十二组", "青石沟村十组")] == [0, 0, 12, 32, 10]


@pytest.fixture
def numerals(app: Flask, county: County) -> Flask:
    """People whose names end in a numeral, and people whose names are the beginnings of theirs."""
    assert county
    rows = [
        recipient("李天一", "二组", 11_100), recipient("李天", "一组", 22_200), recipient("王五", "三组", 33_300),
        recipient("周小三", "一组", 44_400), recipient("周小", "三十二组", 55_500), recipient("张三", "三组", 66_600),
        recipient("吴小", "三十组", 88_800),
    ]  # fmt: skip
    head: Facts = {**HEAD, "name": "王五", "post": "三组组长", "portfolio": "三组的事"}
    with app.app_context():
        road.published(rows, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
        road.published((head,), of=road.account("duties", "2025"), opening=None)
    return app


@pytest.mark.parametrize(
    ("typed", "headed", "own"),
    [
        ("李天一二组", "二组查到 1 笔", "111.00"),
        ("二组李天一", "二组查到 1 笔", "111.00"),
        ("王五三组", "三组查到 1 笔", "333.00"),
        ("张三三组", "三组查到 1 笔", "666.00"),
        ("周小三一组", "一组查到 1 笔", "444.00"),
        ("周小三十二组", "三十二组查到 1 笔", "555.00"),
        ("周小三二组", "二组没有查到，别处同名的有 1 笔", "444.00"),
        ("吴小三十组", "三十组查到 1 笔", "888.00"),
        ("张三组", "没有查到", ""),
    ],
)
def test_nobody_whose_name_ends_in_a_numeral_is_answered_with_somebody_else_s_money(
    numerals: Flask, client: Browser, typed: str, headed: str, own: str
) -> None:
    page = found(client, typed)
    assert heading(page) == headed
    assert re.findall(r'<b class="num">([0-9.]+) 元', page) == ([own] if own else [])


def test_a_post_holder_whose_name_ends_in_a_numeral_is_known_before_the_group(numerals: Flask) -> None:
    assert "王五 · 三组组长" in searched(numerals, "王五三组")
    for typed in ("王五二组", "李天一二组", "周小三十二组"):
        page = searched(numerals, typed)
        assert "三组组长" not in page, typed
        assert "找村民的名字？不能在这里搜。" in page, typed


def test_what_is_left_out_is_reckoned_from_what_is_listed_and_headings_count_all(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    far = [
        paid(f"邓{'甲乙丙丁戊己'[one // 10]}{'甲乙丙丁戊己庚辛壬癸'[one % 10]}", "五组", f"河边田{one}", 1_000 + one)
        for one in range(52)
    ]
    near = [paid(f"邓小{one}", "二组", f"坡地{one}", 2_000) for one in "甲乙丙"]
    same = [recipient("罗小平", "五组", 3_000 + one) for one in range(53)]
    with app.app_context():
        road.published([*far, *near], of=road.account("compensation", "2026-09", subject="通村公路扩宽"), opening=None)
        road.published(same, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
    page = found(client, "邓大海 二组")
    assert heading(page) == "没有查到全名，同姓的有 3 笔"
    assert page.count('class="r"') == 3
    assert "超过 50 笔" not in page
    assert "别的组的 52 笔没有列" in page
    page = found(client, "邓大海")
    assert heading(page) == "没有查到全名，同姓的有 55 笔"
    assert "同姓的都列出来了" not in page
    page = found(client, "罗小平")
    assert heading(page) == "查到 53 笔"
    assert page.count('class="r"') == 50
    assert "超过 50 笔，只列出前 50 笔" in page


def test_odd_brackets_and_groups_alone_err_nowhere(village: Flask) -> None:
    for typed in (
        "(二组)",
        "二组",
        "()",
        "邓翠珍()",
        "((二组))",
        "二组二组",
        "组",
        "第组邓",
        "(" * 30,
        "一" * 30,
        "9" * 30 + "组",
    ):
        answer = village.test_client().post(f"{HOME}/funds/find", data={"name": typed}, headers=ORIGIN)
        assert answer.status_code in (200, 429), typed
        assert re.search(r'<h2 id="r">', answer.text) or answer.status_code == 429
        assert village.test_client().get(f"{HOME}/search", query_string={"q": typed}).status_code == 200
