"""A villager finds a thing, a matter, an amount or a year, and never a person; what is taken off is not found."""

import re
from collections.abc import Callable

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
from villagehub.kernel.search_words import read_question, tokens_of_text
from villagehub.public.build import build_dirty
from villagehub.storage import reading, unit_of_work

HOME = f"/v/{COUNTY.village}"
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


@pytest.mark.parametrize("name", ["王小二", "周强", "李秀英", "钱有根", "小二", "耕地地力"])
def test_nobody_is_found_by_name_and_no_list_of_persons_by_anything(found: Callable[..., list[str]], name: str) -> None:
    assert found(name) == []


def test_a_name_is_told_where_to_look_and_a_thing_that_could_be_one_is_not(village: Flask) -> None:
    told = "人名不能在这里搜"
    assert told in village.test_client().get(f"{HOME}/search?q=李秀英").text
    assert told not in village.test_client().get(f"{HOME}/search?q=水渠").text


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
    for ways in read_question(typed):
        for one in ways:
            assert all(re.fullmatch(r"[a-z0-9]+", token) for token in (*one.tokens, one.prefix) if token)


@given(st.text("水渠清淤修路灯𬱖〇", min_size=1, max_size=12), st.data())
def test_every_part_of_a_text_finds_it(words: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    kept = tokens_of_text(words)
    for ways in read_question(words[start:end]):
        assert any(set(one.tokens) <= kept for one in ways)


def test_the_home_page_leads_to_the_search(village: Flask) -> None:
    client: Browser = village.test_client()  # type: ignore[assignment]
    assert f'action="{HOME}/search"' in client.get(HOME).text
