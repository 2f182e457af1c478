"""镇里看一年：公开几份、更正几份、村里自己发现的几份、提问按时答复几个。每个数都点得开；没人问过才写村里自己更正。"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import road
import time_machine
from flask import Flask
from sqlalchemy import update
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.hiding import hide_now
from villagehub.disclosures.scope import version_with_id
from villagehub.places.models import Place
from villagehub.questions.models import Question, QuestionEvent
from villagehub.questions.stages import Move
from villagehub.storage import unit_of_work
from villagehub.supervision.audits import Said, ask

SignIn = Callable[[str], Browser]
OURS = COUNTY.village
PAGES = ("/town", f"/town/v/{OURS}", "/town/year", f"/town/v/{OURS}/year")
OWN = "村里自己发现、自己更正的"


def corrected(number: int = 1, days: int = 2) -> int:
    """A correction of 第 N 号公开 that was published some days later; returns the version's id."""
    before, road.NOW = road.NOW, NOW + timedelta(days=days)
    try:
        with time_machine.travel(road.NOW, tick=True):
            version = road.correct(number)
            road.change_row(version, 3, amount="850.00")
            road.agree(road.submit(version))
            road.publish(version)
    finally:
        road.NOW = before
    return version


def question(version_id: int | None, *moves: tuple[Move, int, int | None], day: int = 1) -> None:
    """A question asked on that day after NOW, with (move, day, correction) after it."""
    with unit_of_work() as session:
        village = version_with_id(session, 1).village_id
        one = Question(
            village_id=village,
            number=session.query(Question).count() + 1,
            version_id=version_id,
            source="paper",
            asked_at=NOW + timedelta(days=day),
            due_on=(NOW + timedelta(days=day + 7)).date(),
        )
        session.add(one)
        session.flush()
        for seq, (move, at, correction) in enumerate([(Move.ASK, day, None), *moves], start=1):
            session.add(
                QuestionEvent(
                    question_id=one.id,
                    seq=seq,
                    move=move,
                    text="水渠的工钱怎么算的",
                    correction_id=correction,
                    at=NOW + timedelta(days=at),
                )
            )


def audited(version_id: int, day: int = 1) -> None:
    """The township asked about the version on that day."""
    with unit_of_work() as session:
        ask(
            session,
            version_with_id(session, version_id),
            Said("请说明这笔钱的用处和依据", (NOW + timedelta(days=20)).date()),
            number=None,
            actor=road.person(COUNTY.supervisor),
            now=NOW + timedelta(days=day),
        )


@contextmanager
def township(sign_in: SignIn) -> Iterator[Browser]:
    """The township's browser, a month later."""
    with time_machine.travel(NOW + timedelta(days=25), tick=True):
        yield sign_in(COUNTY.supervisor)


def seen(sign_in: SignIn) -> str:
    """The village's year as the township then sees it."""
    with township(sign_in) as browser:
        return browser.get(f"/town/v/{OURS}/year").text


def test_a_correction_that_nobody_asked_for_is_said_to_be_the_villages_own(due_county: County, sign_in: SignIn) -> None:
    road.published()
    corrected()
    with township(sign_in) as browser:
        pages = {path: browser.get(path).text for path in PAGES}
    for path, page in pages.items():
        assert re.search(rf'更正 <a href="[^"]*#corrected">1 份</a>，其中 <a href="[^"]*#own">1 份</a>是{OWN}', page), (
            path
        )
        assert re.search(r'2026年公开 <a href="[^"]*#published">1 份</a>', page), path


@pytest.mark.parametrize("who", ["question", "answer", "audit", "hide"])
def test_where_anything_recorded_asked_for_it_it_is_not_called_the_villages_own(
    due_county: County, sign_in: SignIn, who: str
) -> None:
    version = road.published()
    if who == "question":
        question(version)
    elif who == "audit":
        audited(version)
    elif who == "hide":
        with unit_of_work() as session:
            hide_now(
                session,
                1,
                cause="privacy",
                words="",
                actor=road.person(COUNTY.supervisor),
                now=NOW + timedelta(days=1),
            )
    correction = corrected()
    if who == "answer":  # a question about the village as a whole, whose answer names the correction
        question(None, (Move.HAND_ON, 1, None), (Move.ANSWER, 3, correction))
    page = seen(sign_in)
    assert '#corrected">1 份</a>' in page
    assert f"是{OWN}" not in page
    words = {"question": "村民提问", "answer": "村民提问", "audit": "镇里审看", "hide": "镇里先把它撤下"}[who]
    assert f"之前：{words}" in page


def test_what_was_asked_before_the_former_version_or_after_the_correction_takes_nothing_from_the_village(
    due_county: County, sign_in: SignIn
) -> None:
    version = road.published()
    question(version, day=-1)
    corrected()
    question(version, day=5)
    assert f"1 份</a>是{OWN}" in seen(sign_in)


def test_an_opening_that_follows_an_earlier_periods_correction_is_not_called_the_villages_own(
    due_county: County, sign_in: SignIn
) -> None:
    road.published((road.entry("2026-04-05", "租金", 100_000, "in"),), of=road.account(period="2026Q2"), opening=0)
    road.published((road.entry("2026-07-05", "租金", 5_000, "in"),), opening=100_000)
    before, road.NOW = road.NOW, NOW + timedelta(days=1)
    try:
        first = road.correct(1)
        road.change_row(first, 1, amount="1100.00")
        road.publish(road.agree(road.submit(first)))
        second = road.correct(2)
        with unit_of_work() as session:
            version_with_id(session, second).opening_fen = 110_000
        road.publish(road.agree(road.submit(second)))
    finally:
        road.NOW = before
    page = seen(sign_in)
    assert f'更正 <a href="#corrected">2 份</a>，其中 <a href="#own">1 份</a>是{OWN}' in page
    assert "之前：前面一期更正了，期初跟着改" in page


def test_answers_are_counted_by_their_day_and_each_number_opens_to_its_questions(
    due_county: County, sign_in: SignIn
) -> None:
    version = road.published()
    question(version, (Move.HAND_ON, 1, None), (Move.ANSWER, 8, None))  # on its last day
    question(version, (Move.HAND_ON, 1, None), (Move.ANSWER, 3, None), (Move.ANSWER, 20, None))  # said once more later
    question(version, (Move.HAND_ON, 1, None), (Move.RAISE, 9, None), (Move.ANSWER, 9, None))
    question(version, (Move.HAND_ON, 1, None))
    question(None, (Move.DECLINE, 2, None))
    with township(sign_in) as browser:
        page = browser.get(f"/town/v/{OURS}/year").text
        opened = [browser.get(one).status_code for one in re.findall(r'href="(/desk/questions/\d+)"', page)]
    assert opened == [200] * 5
    assert '收到提问 <a href="#asked">5 个</a>，<a href="#answered">按时答复 2 个</a>' in page
    for anchor, words, numbers in (
        ("answered", "按时答复", [2, 1]),
        ("answered-late", "过了日子才答复", [3]),
        ("unanswered", "还没答复", [4]),
        ("declined", "没有转给村里", [5]),
    ):
        assert f'<a href="#{anchor}">{words} {len(numbers)} 个</a>' in page
        part = page.partition(f'<h3 id="{anchor}">')[2].partition("</ul>")[0]
        assert [int(one) for one in re.findall(r"第 (\d+) 个提问", part)] == numbers
    assert not re.search(r"\d%|排名|第一名", page.partition("<main")[2].partition("</main>")[0])


def test_another_year_and_another_village_show_their_own(due_county: County, sign_in: SignIn) -> None:
    road.published()
    corrected()
    with township(sign_in) as browser:
        assert "2025年公开 0 份，更正 0 份；收到提问 0 个" in browser.get(f"/town/v/{OURS}/year?y=2025").text
        assert "2026年公开 0 份，更正 0 份" in browser.get(f"/town/v/{COUNTY.other_village}/year").text
        for odd in ("abc", "20261", "٢٠٢٦", "1"):
            assert "2026年公开 <a" in browser.get(f"/town/v/{OURS}/year?y={odd}").text


def test_the_township_sees_what_its_villages_owed_with_the_same_words_as_villagers(
    app: Flask, due_county: County, sign_in: SignIn
) -> None:
    with unit_of_work() as session:
        session.execute(update(Place).values(created_at=datetime(2025, 1, 1, tzinfo=UTC)))
    road.published()
    line = re.compile(r"该公开 .*?。")
    public = app.test_client().get(f"/v/{OURS}/due").text
    browser = sign_in(COUNTY.supervisor)
    office = browser.get(f"/town/v/{OURS}/year").text
    said = [re.sub(r"<[^>]+>", "", line.search(page)[0]) for page in (public, office)]  # type: ignore[index]
    assert said[0] == said[1]
    assert "柳树坪村 · 应于" in browser.get("/town/year").text
