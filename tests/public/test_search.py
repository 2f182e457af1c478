"""A villager finds a thing, a matter, an amount or a year, and never a person; what is taken off is not found."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

import pytest
import road
from examples import BATCH, BUILDING, PUMP, SECRETARY
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from world import COUNTY, Browser, County

from villagehub.disclosures.hiding import hide_now, lift_hide
from villagehub.kernel import clock
from villagehub.kernel.codes import check_character, grouped
from villagehub.kernel.money import wan
from villagehub.kernel.search_words import read_question, tokens_of_text
from villagehub.public.build import build_dirty
from villagehub.public.pages_meant import EVERYDAY
from villagehub.sections import SECTIONS
from villagehub.sections.base import Facts
from villagehub.storage import reading, unit_of_work
from villagehub.storage.text_index import RULES

HOME = f"/v/{COUNTY.village}"
TODAY = date(2026, 11, 23)
CANAL = (
    road.entry("2026-08-03", "村东水渠清淤，G242 路口", 320_000, voucher_no="8"),
    road.entry("2026-09-09", "付王小二修水渠人工费", 88_050, counterparty="王小二", voucher_no="9"),
    road.entry("2026-07-01", "光伏发电收益", 1_250_000, "in", counterparty="县供电公司", voucher_no="1"),
)


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    with app.app_context():
        road.published(CANAL)
        road.published((BUILDING, PUMP), of=road.account("assets", "2025"), opening=None)
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
        build_dirty()
    return app


@pytest.fixture
def found(village: Flask) -> Callable[..., list[str]]:
    """The names of what the page shows for a question."""

    def ask(question: str, **more: str) -> list[str]:
        answer = village.test_client().get(f"{HOME}/search", query_string={"q": question, **more})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        listed = answer.text.partition('<ul class="rows">')[2].partition("</ul>")[0]
        return re.findall(r"<b>(.*?)</b>", listed)

    return ask


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("渠", ["村东水渠清淤，G242 路口", "付王**修水渠人工费"]),
        ("水渠 清淤", ["村东水渠清淤，G242 路口"]),
        ("g24", ["村东水渠清淤，G242 路口"]),
        ("3,200.00元", ["抽水机", "村东水渠清淤，G242 路口"]),
        ("1.25万", ["光伏发电收益"]),
        ("2026年9月", ["付王**修水渠人工费"]),
        ("2026\u2060年9\u2060月", ["付王**修水渠人工费"]),  # copied from a page in large letters
        ("3,200.00\u00a0元", ["抽水机", "村东水渠清淤，G242 路口"]),
        ("3200 元", ["抽水机", "村东水渠清淤，G242 路口"]),
        ("880.50 人工费", ["付王**修水渠人工费"]),
        ("2026 年 9 月 人工费", ["付王**修水渠人工费"]),
        ("供电公司", ["光伏发电收益"]),
        ("抽水", ["抽水机"]),
        ("闲置", ["抽水机"]),
        ("全面工作", ["周强"]),
        ("渠水", []),
    ],
)
def test_things_matters_amounts_and_months_are_found(
    found: Callable[..., list[str]], question: str, names: list[str]
) -> None:
    assert sorted(found(question)) == sorted(names)


def test_months_quarters_and_years_narrow_down_and_amounts_are_found_as_people_write_them(
    found: Callable[..., list[str]],
) -> None:
    canal, wages, sun, pump = "村东水渠清淤，G242 路口", "付王**修水渠人工费", "光伏发电收益", "抽水机"
    for question, names in {
        "8月": [canal],
        "八月": [canal],
        "2026年8月": [canal],
        "2026-08": [canal],
        "第三季度": [canal, wages, sun],
        "今年的账": [canal, wages, sun],
        "9月水渠": [wages],
        "三季度 收益": [sun],
        "第四季度": [],
        "8个月": [],
        **{said: [canal, pump] for said in ("3200", "3,200", "3，200", "3200元", "3200.00", "3200块钱", "0.32万元")},
    }.items():
        assert sorted(found(question)) == sorted(names), question


@pytest.mark.parametrize("name", ["王小二", "周强", "李秀英", "钱有根", "小二", "耕地地力"])
def test_nobody_is_found_by_name_and_no_list_of_persons_by_anything(found: Callable[..., list[str]], name: str) -> None:
    assert found(name) == []


OTHERS: tuple[Facts, ...] = (
    {**SECRETARY, "office_phone": "0000-6612345"},
    {
        "name": "赵兰",
        "post": "妇联主席",
        "body": "村民委员会",
        "portfolio": "低保和惠民补贴申报",
        "office_phone": "0000-6654321",
    },
    {"name": "吴林", "post": "副主任", "body": "村民委员会", "portfolio": "水利道路", "duties": "上报低保"},
)
GUIDE: Facts = {
    "guide": "低保申请",
    "conditions": "家里困难",
    "materials": "申请书｜原件｜1｜村里有空表｜必须",
    "steps": "申请｜本人｜当天；核实｜村委会｜7天",
    "fee": "不收费",
}
POOR = tuple({**one, "programme": "农村低保补助"} for one in BATCH)


@pytest.fixture
def staffed(app: Flask, county: County) -> Flask:
    """A village with three post holders, a guide, and two quarters of a sensitive programme."""
    assert county
    with app.app_context():
        road.published(CANAL)
        road.published(OTHERS, of=road.account("duties", "2025"), opening=None)
        road.published((GUIDE,), of=road.account("guides", "2025"), opening=None)
        road.published(POOR, of=road.account("funds", "2026Q2", subject="农村低保补助"), opening=None)
        road.published(POOR, of=road.account("funds", "2026Q3", subject="农村低保补助"), opening=None)
        build_dirty()
    return app


def offered_in(app: Flask, asked: str) -> list[str]:
    return [unquote(href) for href, _ in pages_offered(app, asked)]


def test_a_post_holder_s_full_name_leads_to_the_card_with_the_telephone_and_no_part_of_it_does(staffed: Flask) -> None:
    for asked in ("赵兰", " 赵 兰", "赵兰电话", "谁是赵兰", "赵兰 低保"):
        assert pages_offered(staffed, asked)[0] == ("duties#i5", "赵兰 · 妇联主席"), asked
    answer = staffed.test_client().get(f"{HOME}/search?q=赵兰").text
    assert re.search(r'</a><p class="dial">电话 <a class="call" href="tel:00006654321">0000-6654321</a>', answer)
    assert "没有写到" not in answer, "something was offered"
    assert "不能在这里搜" not in answer
    assert 'id="i5"' in staffed.test_client().get(f"{HOME}/duties").text
    for asked in ("兰", "赵", "赵兰兰", "李秀英"):
        assert not [one for one in offered_in(staffed, asked) if "#i" in one], asked
    with staffed.app_context(), reading() as session:
        kept = "\n".join(session.scalars(text("SELECT tokens FROM search_text")))
    assert all(one not in kept for one in tokens_of_text("赵兰") if len(one) > 7), "no name is in the index"


def test_a_post_holder_of_a_list_that_was_taken_off_is_found_no_more(staffed: Flask) -> None:
    with staffed.app_context(), unit_of_work() as session:
        hide_now(session, 2, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
    assert offered_in(staffed, "赵兰") == []


def test_a_villager_s_name_is_told_that_only_whole_names_of_the_village_s_officers_are_found(staffed: Flask) -> None:
    answer = staffed.test_client().get(f"{HOME}/search?q=李秀英").text
    assert "村民的名字不能搜，村干部写全名能找到。" in answer
    assert re.search(rf'找村干部，要写全名；谁担任什么职务，都在<a href="{HOME}/duties">', answer)


def test_a_programme_leads_to_its_newest_list_and_to_who_is_in_charge(staffed: Flask) -> None:
    assert offered_in(staffed, "低保") == [
        "funds/2026Q3/农村低保补助", "duties#i5", "duties#i6", "guides/i/7", "funds", "guides",
    ]  # fmt: skip


def test_who_is_in_charge_of_a_thing_leads_to_the_card_the_guide_and_the_list(staffed: Flask) -> None:
    wanted = ["duties#i5", "duties#i6", "guides/i/7", "funds/2026Q3/农村低保补助"]
    for asked in ("谁管低保", "低保找谁", "低保谁负责？", "低保归谁管", "低保的负责人", "低保 找谁"):
        assert offered_in(staffed, asked)[:4] == wanted, asked


def test_who_is_asked_for_in_villagers_own_words_is_found_under_the_card_s(staffed: Flask) -> None:
    assert offered_in(staffed, "水渠坏了找谁")[0] == "duties#i6"
    assert offered_in(staffed, "谁是妇联主席")[0] == "duties#i5"
    assert offered_in(staffed, "谁管航天") == ["duties"], "nobody: the page says who there is"
    assert offered_in(staffed, "水渠") == []


def test_days_before_anything_was_published_are_told_since_when_there_is_something(staffed: Flask) -> None:
    client = staffed.test_client()
    for asked in ("2019", "2019年", "2019年的账", "2026年6月", "2026-06", "5月", "2019年3月5日", "2025年补贴"):
        answer = client.get(f"{HOME}/search", query_string={"q": asked}).text
        first = "2026年第二季度" if "补贴" in asked else "2026年第三季度"
        href = "funds/2026Q2/" if "补贴" in asked else "finance/2026Q3"
        assert f"从{first}起在这里公开" in answer, asked
        assert re.search(rf'href="{HOME}/{href}[^"]*">看最早的一期', answer), asked
        assert "没有找到" not in answer, asked
    for asked in ("2026年9月", "2026年12月", "2027年", "水渠", "3200"):
        assert "看最早的一期" not in client.get(f"{HOME}/search", query_string={"q": asked}).text, asked


def test_a_day_finds_what_was_entered_for_it(found: Callable[..., list[str]]) -> None:
    for day in (
        "2026年8月3日",
        "8月3日",
        "8月3号",
        "八月三日",
        "2026-08-03",
        "2026.8.3",
        "2026/8/3",
        "2026年8月3日的账",
    ):
        assert found(day) == ["村东水渠清淤，G242 路口"], day


def test_a_day_on_which_nothing_was_entered_leads_to_its_period(
    found: Callable[..., list[str]], village: Flask
) -> None:
    assert found("2026年8月15日") == []
    assert offered_in(village, "2026年8月15日") == ["finance/2026Q3"]
    assert found("2026年8月3日水渠") == ["村东水渠清淤，G242 路口"]
    assert found("2026年8月4日水渠") == []


def test_days_before_the_first_are_told_beside_what_was_bought_then(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        road.published(CANAL)
        road.published(({**PUMP, "acquired_on": "2019-05"},), of=road.account("assets", "2025"), opening=None)
        build_dirty()
    answer = app.test_client().get(f"{HOME}/search?q=2019年").text
    assert answer.index("看最早的一期") < answer.index("抽水机")


def test_things_of_that_name_come_before_entries_of_that_name_and_before_what_only_mentions_it(
    app: Flask, county: County
) -> None:
    assert county
    with app.app_context():
        road.published(({**PUMP, "name": "灌溉水渠"},), of=road.account("assets", "2025"), opening=None)
        road.published(
            (
                road.entry("2026-08-01", "除草人工费", 100, counterparty="渠口加油站"),
                road.entry("2026-08-02", "清渠", 200, voucher_no="2"),
            )
        )
        build_dirty()
    listed = app.test_client().get(f"{HOME}/search?q=渠").text
    assert re.findall(r"<b>(.*?)</b>", listed.partition('<ul class="rows">')[2].partition("</ul>")[0]) == [
        "灌溉水渠", "清渠", "除草人工费",
    ]  # fmt: skip


def test_a_name_is_told_where_to_look_and_a_thing_that_could_be_one_is_not(village: Flask) -> None:
    told = "不能在这里搜"
    assert told in village.test_client().get(f"{HOME}/search?q=李秀英").text
    for word in ("水渠", "大棚", "低保", "更正", "广场舞", "太阳能", "补贴发放"):
        assert told not in village.test_client().get(f"{HOME}/search?q={word}").text, word


def pages_offered(app: Flask, asked: str) -> list[tuple[str, str]]:
    """Address (below the village's) and title of each page that is offered, in their order."""
    answer = app.test_client().get(f"{HOME}/search", query_string={"q": asked}).text
    listed = answer.partition('<ul class="rows" aria-label="页面">')[2].partition("</ul>")[0]
    return re.findall(rf'href="{HOME}/(.*?)"><b>(.*?)</b>', listed)


def test_a_word_for_a_page_leads_to_it_where_the_village_has_it(village: Flask) -> None:
    batch = "funds/2026-09/耕地地力保护补贴"
    for asked, pages in {
        "惠民资金": ["funds"],
        "补贴": ["funds"],
        "低保": ["funds"],
        "查一下低保名单": ["funds"],
        "耕地地力": [batch],
        "更正": ["n"],
        "电话": ["duties"],
        "票据": ["finance"],
        "财务": ["finance"],
        "收支": ["finance"],
        "村里的账": ["finance"],
        "办事": ["errand"],
        "第三季度": ["finance/2026Q3", batch],
        "9月补贴": [batch],
        "八月": ["finance/2026Q3"],
        "第四季度": [],
        "公示": [],
        "水渠": [],
        "李秀英": [],
        "孙长林 补贴": ["funds"],
    }.items():
        offered = [unquote(href) for href, _ in pages_offered(village, asked)]
        assert offered == pages, asked
        for href in offered:
            assert village.test_client().get(f"{HOME}/{href}").status_code == 200, href


def test_a_page_that_is_taken_off_is_not_offered(village: Flask) -> None:
    with village.app_context(), unit_of_work() as session:
        hide_now(session, 4, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
    assert pages_offered(village, "补贴") == pages_offered(village, "耕地地力") == []


def test_every_title_of_the_registry_leads_to_its_page(village: Flask) -> None:
    assert set(EVERYDAY) == set(SECTIONS), "a new section brings its everyday words"
    titles = {SECTIONS[name].title: name for name in ("finance", "assets", "duties", "funds")}
    for title, name in titles.items():
        assert pages_offered(village, title)[0] == (name, title)


def test_the_examples_are_what_this_village_has_published(village: Flask, found: Callable[..., list[str]]) -> None:
    examples = re.search(r"例如：(.*?)。", village.test_client().get(f"{HOME}/search").text)
    assert examples, "a village with accounts has examples"
    words = examples[1].split("、")
    assert len(words) == 3
    for one in words:
        assert found(one), one


def test_a_village_that_has_published_nothing_promises_nothing(app: Flask, county: County) -> None:
    page = app.test_client().get(f"/v/{county.far_village}/search?q=低保").text
    assert "例如" not in page
    assert "/funds" not in page


def test_what_is_hidden_leaves_the_index_with_the_hide_and_comes_back_with_its_end(
    village: Flask, found: Callable[..., list[str]]
) -> None:
    with village.app_context():
        with unit_of_work() as session:
            hide = hide_now(session, 1, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
        with reading() as session:
            left = "SELECT (SELECT count(*) FROM search_entry WHERE version_id = 1), (SELECT count(*) FROM search_text)"
            entries, tokens = session.execute(text(left)).one()
            assert (entries, tokens) == (0, session.scalar(text("SELECT count(*) FROM search_entry")))
        assert found("水渠") == []
        build_dirty()
        assert found("水渠") == []
        with unit_of_work() as session:
            lift_hide(session, hide.id, actor=road.person(COUNTY.supervisor), now=clock.now())
        build_dirty()
    assert len(found("水渠")) == 2


def test_a_correction_takes_the_place_of_what_it_corrects(village: Flask, found: Callable[..., list[str]]) -> None:
    with village.app_context():
        corrected = road.correct(1, reason="摘要把堰塘写成了水渠")
        road.change_row(corrected, 1, summary="村东堰塘清淤")
        road.submit(corrected)
        road.agree(corrected, COUNTY.member, COUNTY.chair)
        road.publish(corrected)
        build_dirty()
    assert found("村东水渠") == []
    assert found("堰塘") == ["村东堰塘清淤"]


def test_what_an_older_release_cut_into_tokens_is_made_anew_once_and_its_leavings_go(
    village: Flask, found: Callable[..., list[str]]
) -> None:
    with village.app_context():
        with unit_of_work() as session:
            session.execute(text("UPDATE search_entry SET rules = '1'"))
        assert len(found("水渠")) == 2, "the older cut answers until then"
        corrected = road.correct(1, reason="摘要把堰塘写成了水渠")
        road.change_row(corrected, 1, summary="村东堰塘清淤")
        road.submit(corrected)
        road.agree(corrected, COUNTY.member, COUNTY.chair)
        road.publish(corrected)
        build_dirty()
        with reading() as session:
            held = session.execute(text("SELECT version_id, position, rules FROM search_entry")).all()
    assert len({(version, position) for version, position, _ in held}) == len(held)
    assert {rules for _, _, rules in held} == {RULES}
    assert 1 not in {version for version, _, _ in held}


def test_an_amount_in_wan_finds_what_a_page_writes_so(app: Flask, county: County) -> None:
    assert county
    sums = {"甲": 2_193_000, "乙": 2_185_000, "丙": 2_184_999, "丁": 2_195_000, "戊": 219_000, "己": 30_000_000}
    with app.app_context():
        road.published(
            tuple(road.entry("2026-08-03", f"维修{name}", fen, voucher_no=name) for name, fen in sums.items())
        )
        build_dirty()
    client = app.test_client()
    for asked, names in {
        "2.19万": "甲乙", "2.19 万元": "甲乙", "2.2万": "丁", "2.193万": "甲", "21930": "甲", "2.1849万": "", "30万": "己",
        "0.22万": "", "0.219万": "戊",
    }.items():  # fmt: skip
        listed = client.get(f"{HOME}/search", query_string={"q": asked}).text
        assert sorted(re.findall("<b>维修(.)</b>", listed)) == sorted(names), asked
    assert {wan(sums[name]) for name in "甲乙"} == {"2.19 万元"}


def test_a_long_answer_goes_on(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        road.published(tuple(road.entry("2026-08-03", f"路灯维修{one:02}", 100 + one) for one in range(45)))
        build_dirty()
    client, path, seen = app.test_client(), f"{HOME}/search?q=路灯", []
    while path:
        answer = client.get(path).text
        seen += re.findall(r"<b>(路灯维修\d\d)</b>", answer)
        more = re.search(r'href="(\?q=[^"]+after=\d+)"', answer)
        path = f"{HOME}/search{more[1].replace('&amp;', '&')}" if more else ""
    assert seen == [f"路灯维修{one:02}" for one in range(45)]


NINE = "7K3M9P2Q" + check_character("7K3M9P2Q")


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (NINE, "查询码，或者公开栏上的网页编号"),
        (grouped(NINE).lower(), "查询码，或者公开栏上的网页编号"),
        (NINE[:-2] + "ZZ", "查询码，或者公开栏上的网页编号"),
        (grouped("7K3M9P2QABCD"), "查询码"),
        ("AB12 CD34 EF56 GH78", "防改码"),
    ],
)
def test_a_code_in_the_search_is_handed_to_the_box_for_codes_and_comes_into_no_further_address(
    village: Flask, asked: str, kind: str
) -> None:
    answer = village.test_client().get(f"{HOME}/search", query_string={"q": asked}).text
    assert f"这像是{kind}。" in answer
    assert "没有找到“" not in answer, "it is not repeated"
    box = answer.partition('<form class="card mt" action="/c" method="post">')[2].partition("</form>")[0]
    assert f'name="code" value="{asked}"' in box
    assert answer.count(asked) == 1, "nowhere else"
    marks = "".join(asked.split())
    assert not [
        one for one in re.findall(r'(?:href|action)="([^"]*)"', answer) if marks in re.sub(r"[+ ]|%20", "", one)
    ]
    assert re.search(r'href="\?size=x"', answer)


LETTERS = next(one for one in ("KMNPQRS" + last for last in "ABCDEFGHJ") if check_character(one).isalpha())


@pytest.mark.parametrize(
    "asked",
    [
        LETTERS + check_character(LETTERS),
        f"查询码 {NINE}",
        f"码:{grouped(NINE)}",
        f"{grouped(NINE)}。",
        f"{NINE} 查询码",
        "".join(chr(ord(one) + 0xFEE0) for one in NINE),
        "–".join((NINE[:3], NINE[3:6], NINE[6:])),
        "\u2060".join((NINE[:3], NINE[3:6], NINE[6:])),
        "2019 AB12 CD34 EF56",
    ],
)
@pytest.mark.parametrize("size", ["m", "x"])
def test_a_code_is_known_however_it_was_typed_and_stands_in_the_box_for_codes_alone(
    village: Flask, asked: str, size: str
) -> None:
    client = village.test_client()
    client.set_cookie("size", size)
    answer = client.get(f"{HOME}/search", query_string={"q": asked}).text
    assert "这像是" in answer
    (held,) = re.findall(r'name="code" value="([^"]*)"', answer)
    elsewhere = answer.replace(f'value="{held}"', "")
    marks = form_marks(asked)
    assert form_marks(held) == marks
    assert "<title>搜一搜" in answer
    assert marks not in form_marks(elsewhere)
    assert not [one for one in re.findall(r'(?:href|action)="([^"]*)"', answer) if "q=" in one]
    assert village.test_client().post("/c", data={"code": held}, headers={"Origin": "http://localhost"}).status_code in (
        303, 422,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (f"{NINE} 低保", NINE),
        (f"低保 {grouped(NINE)}", grouped(NINE)),
        (f"低保{grouped(NINE).lower()}的钱", grouped(NINE).lower()),
        (f"三组的补贴，查询码是：{'-'.join((NINE[:4], NINE[4:8], NINE[8:]))}。", f"{NINE[:4]} {NINE[4:8]} {NINE[8:]}"),
        (f"{NINE} 2026 补贴", NINE),
        (f"2026 补贴 {NINE[:-2]}ZZ", f"{NINE[:-2]}ZZ"),
        (f"办事 {grouped('7K3M9P2QABC' + check_character('7K3M9P2QABC'))}", "7K3 M9P 2QA BC"),
        ("财务 AB12 CD34 EF56 GH78", "AB12 CD34 EF56 GH78"),
        (f"低保 {''.join(chr(ord(one) + 0xFEE0) for one in NINE)}", NINE),
        ("请问" * 18 + f"低保 {NINE}", NINE),
    ],
)
@pytest.mark.parametrize("size", ["m", "x"])
def test_a_code_beside_other_words_is_kept_out_of_the_page_and_its_addresses_like_a_code_alone(
    village: Flask, asked: str, held: str, size: str
) -> None:
    client = village.test_client()
    client.set_cookie("size", size)
    answer = client.get(f"{HOME}/search", query_string={"q": asked}).text
    assert "这像是" in answer
    assert "没有找到“" not in answer, "it is not repeated"
    (box,) = re.findall(r'name="code" value="([^"]*)"', answer)
    assert box.startswith(held), "the code alone, ready to be opened"
    elsewhere = answer.replace(f'value="{box}"', "")
    assert form_marks(held.upper()) not in form_marks(elsewhere.upper())
    assert "<title>搜一搜" in answer
    assert 'name="q" value=""' in answer
    assert not [one for one in re.findall(r'(?:href|action)="([^"]*)"', answer) if "q=" in one]


def test_the_pages_that_the_words_beside_a_code_mean_are_still_offered(village: Flask) -> None:
    assert pages_offered(village, f"{NINE} 补贴") == [("funds", "惠民资金")]
    assert pages_offered(village, NINE) == pages_offered(village, f"查询码 {NINE}") == []


@pytest.mark.parametrize(
    "asked", ["合同 XM2024003", "2026年3月 HT-2024-001 合同", "XM2024003", "财务 AB12 CD34 EF56 GH78"]
)
def test_a_thing_s_number_that_looks_like_a_code_is_told_that_it_was_not_found(village: Flask, asked: str) -> None:
    answer = village.test_client().get(f"{HOME}/search", query_string={"q": asked}).text
    assert "这像是" in answer
    assert "合同、资产的编号也可能像这样。要是编号，照您写的没有找到。" in answer
    assert "<title>搜一搜" in answer
    assert 'name="q" value=""' in answer


@pytest.mark.parametrize("asked", ["RMB 3200.01元", "2026.8.4 G242 路口"])
def test_an_amount_or_a_day_beside_words_is_no_code_and_is_told_that_it_was_not_found(
    village: Flask, asked: str
) -> None:
    answer = village.test_client().get(f"{HOME}/search", query_string={"q": asked}).text
    assert "这像是" not in answer
    assert f"没有找到“{asked}”" in answer


def test_what_was_not_found_beside_a_page_s_name_is_said_before_what_may_be_meant(village: Flask) -> None:
    client = village.test_client()
    for asked in ("3201 资产", "资产 3201", "孙长林 补贴", "3201 查一下 补贴", "周强 3201"):
        answer = client.get(f"{HOME}/search", query_string={"q": asked}).text
        said, _, meant = answer.partition("您要找的可能是")
        assert meant, asked
        assert f"没有找到“{asked}”" in said, asked
    for asked in (
        "资产", "补贴", "查一下 资产", "村里的 账", "2026年 补贴", "2026 补贴", "9月 补贴", "周强", "周 强", "周强 补贴",
        "周强（二组）", "谁管低保", "低保 找谁", "资产 3200", f"{NINE} 补贴",
    ):  # fmt: skip
        answer = client.get(f"{HOME}/search", query_string={"q": asked}).text
        assert "没有找到“" not in answer, asked


def form_marks(text: str) -> str:
    """Letters and digits alone."""
    return "".join(re.findall(r"[0-9A-Z]", unicodedata.normalize("NFKC", text)))


def test_of_a_long_question_no_more_is_read_or_repeated_than_the_page_says(village: Flask) -> None:
    for asked in (
        "水渠" + "是" * 4000,
        "找谁" * 2000,
        "2026年" * 1500,
        "1," * 3000,
        "水渠 " + " " * 6000 + "x",
        "\u2060" * 4000,
    ):
        answer = village.test_client().get(f"{HOME}/search", query_string={"q": asked, "after": "20"}).text
        assert len(answer) < 25_000
        assert max(len(unquote(one)) for one in re.findall(r'href="([^"]*)"', answer)) < 120
    answer = village.test_client().get(f"{HOME}/search", query_string={"q": "水渠 " + "，" * 60}).text
    assert "只看了前 40 个字" in answer
    assert re.search(r'href="\?q=[^"]{3,400}&amp;print=1"', answer)
    paper = village.test_client().get(f"{HOME}/search", query_string={"q": "水渠 " + "，" * 60, "print": "1"}).text
    assert re.search(r'<a class="go" href="\?q=[^"&]+">回到网页', paper)


@pytest.mark.parametrize(
    "asked", ["水渠", "123456789", "1234567890123456", "photovolt", "G242", "7K3M9P2QQ1", "某某某某某某某某某"]
)
def test_words_and_numbers_are_not_taken_for_codes(village: Flask, asked: str) -> None:
    answer = village.test_client().get(f"{HOME}/search", query_string={"q": asked}).text
    assert "这像是" not in answer
    assert 'action="/c"' not in answer
    assert f'value="{asked}"' in answer


def test_whatever_is_found_is_shown_though_it_has_the_form_of_a_code(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        road.published((road.entry("2026-08-03", "换水泵 SB2026A01", 9_900),))
        build_dirty()
    answer = app.test_client().get(f"{HOME}/search?q=SB2026A01").text
    assert "换水泵" in answer
    assert "这像是" not in answer


def test_numbers_and_yes_or_no_and_days_in_what_was_found_say_what_they_are(app: Flask, county: County) -> None:
    assert county
    told: Facts = {
        "subject": "低保公示", "kind": "other", "starts_on": "2026-11-19", "ends_on": "2026-12-03", "object_to": "村委会",
    }  # fmt: skip
    with app.app_context():
        road.published(
            ({**PUMP, "asset_no": "ZC-003", "operating": True, "quantity": "2"},),
            of=road.account("assets", "2025"),
            opening=None,
        )
        road.published((told,), of=road.account("announcements", "2026-11", subject="低保公示"), opening=None)
        build_dirty()
    client = app.test_client()
    assert "是否经营性 是" in client.get(f"{HOME}/search?q=抽水").text
    assert "2026年11月19日至2026年12月3日" in client.get(f"{HOME}/search?q=低保公示").text


def test_any_text_at_all_gets_an_answer(village: Flask) -> None:
    client = village.test_client()
    for odd in (
        "",
        " ",
        "*",
        '"',
        "' OR 1=1",
        "NEAR(",
        "a AND b",
        "!(",
        ":*",
        "\\",
        "水" * 5000,
        "%",
        "𬱖",
        "1" * 40,
        "٣",
    ):
        answer = client.get(f"{HOME}/search", query_string={"q": odd, "after": "x"})
        assert answer.status_code == 200, odd


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_a_question_is_read_into_plain_tokens_whatever_was_typed(typed: str) -> None:
    for ways in read_question(typed, today=TODAY):
        for one in ways:
            assert all(re.fullmatch(r"[a-z0-9]+", token) for token in (*one.tokens, one.prefix) if token)


@given(st.text("水渠清淤修路灯𬱖〇", min_size=1, max_size=12), st.data())
def test_every_part_of_a_text_finds_it(words: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    kept = tokens_of_text(words)
    for ways in read_question(words[start:end], today=TODAY):
        assert any(set(one.tokens) <= kept for one in ways)


def test_the_home_page_leads_to_the_search(village: Flask) -> None:
    client: Browser = village.test_client()  # type: ignore[assignment]
    assert f'action="{HOME}/search"' in client.get(HOME).text
