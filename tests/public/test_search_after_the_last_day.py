"""When an announcement's last day is over, the search neither prints its text nor answers by it, and says what was redacted."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import road
import time_machine
from examples import PUMP
from flask import Flask
from sqlalchemy import text
from world import COUNTY, NOW, County

from villagehub.disclosures.expiring import expire_names, list_expired
from villagehub.kernel.clock import local_day
from villagehub.kernel.search_words import tokens_of_text
from villagehub.public.build import build_dirty
from villagehub.storage import db, reading, unit_of_work, wipe_freed
from villagehub.storage.tables import mark_dirty

HOME = f"/v/{COUNTY.village}"
SUBJECT = "水渠清淤选施工队"
TEXT = "拟请青禾水利施工队，报价一万一千六百元"
BY_TEXT = ("青禾水利", "报价", "一万一千六百元")
TOLD = {
    "subject": SUBJECT, "content": TEXT, "starts_on": "2026-11-20", "ends_on": "2026-11-26", "objections": 0,
    "outcome": "没有异议，照办",
}  # fmt: skip
MIDNIGHT = NOW.replace(hour=16) + timedelta(days=3, minutes=1)
"""The first minute of 27 November in China."""
Found = Callable[[str], str]


@pytest.fixture
def announced(app: Flask, county: County) -> Iterator[int]:
    """A publication whose last day is the 26th; its id."""
    assert county
    with app.app_context():
        with time_machine.travel(NOW, tick=True):
            made = road.published([TOLD], of=road.account("announcements", "2026-11-20"), opening=None)
            road.published((PUMP,), of=road.account("assets", "2025"), opening=None)
            build_dirty()
        yield made


@pytest.fixture
def page(app: Flask) -> Found:
    return lambda asked: app.test_client().get(f"{HOME}/search", query_string={"q": asked}).text


def held() -> str:
    """Every token that the index answers by."""
    with reading() as session:
        return "\n".join(session.scalars(text("SELECT tokens FROM search_text")))


def left_over() -> bool:
    """Whether SQLite's index still has older segments beside its one, in which what was deleted lies about."""
    if db.engine.dialect.name != "sqlite":
        return False
    with reading() as session:
        before = session.execute(text("SELECT id, block FROM search_text_data ORDER BY id")).all()
    wipe_freed()
    with reading() as session:
        return session.execute(text("SELECT id, block FROM search_text_data ORDER BY id")).all() != before


def tokens(words: str) -> set[str]:
    return {one for one in tokens_of_text(words) if len(one) > 10}


def marked() -> None:
    with unit_of_work() as session:
        (village_id,) = session.scalars(text("SELECT DISTINCT village_id FROM search_entry")).all()
        mark_dirty(session, village_id, "all", now=MIDNIGHT)


def emptied(version_id: int) -> None:
    """What the clock does on that night."""
    with reading() as session:
        assert list_expired(session, today=local_day(MIDNIGHT)) == [version_id]
    with unit_of_work() as session:
        assert expire_names(session, version_id, now=MIDNIGHT) == 1


def test_from_midnight_on_the_search_prints_no_text_and_is_answered_by_none_though_the_clock_has_not_come_round(
    announced: int, page: Found
) -> None:
    with time_machine.travel(NOW, tick=True):
        assert [TEXT in page(one) for one in (SUBJECT, *BY_TEXT)] == [True] * 4
    with time_machine.travel(MIDNIGHT, tick=True):
        for asked in (SUBJECT, *BY_TEXT):
            assert TEXT not in page(asked), asked
            assert not re.search(r"找到 \d+ 条", page(asked)), asked
        assert "找到 1 条" in page("抽水机"), "what has no last day is found as ever"


def test_what_the_clock_emptied_leaves_the_index_with_it_and_is_found_by_what_stays(
    announced: int, page: Found
) -> None:
    with time_machine.travel(MIDNIGHT, tick=True):
        emptied(announced)
        assert not re.search(r"找到 \d+ 条", page("报价"))
        assert not re.search(r"找到 \d+ 条", page(SUBJECT)), "until the index is made anew"
        build_dirty()
        for asked in BY_TEXT:
            assert not re.search(r"找到 \d+ 条", page(asked)), asked
        shown = page("水渠清淤")
        assert "找到 1 条" in shown
        assert TEXT not in shown
        kept = held()
        assert all(one not in kept for one in tokens("拟请青禾水利"))
        assert any(one in kept for one in tokens(SUBJECT))


def test_an_index_that_an_older_release_kept_the_text_in_answers_by_it_no_more_and_is_made_anew_once(
    announced: int, page: Found
) -> None:
    with time_machine.travel(MIDNIGHT, tick=True):
        with unit_of_work() as session:  # as a release before this one left it: emptied, and still in the index
            session.execute(text("UPDATE search_entry SET rules = '3'"))
        assert not re.search(r"找到 \d+ 条", page("报价"))
        marked()
        build_dirty()
        assert "找到 1 条" in page("水渠清淤")
        assert not re.search(r"找到 \d+ 条", page("报价"))
        assert all(one not in held() for one in tokens("拟请青禾水利"))
        assert not left_over(), "nothing of it lies about"
        with reading() as session:
            once = session.scalars(text("SELECT id FROM search_entry ORDER BY id")).all()
        marked()
        build_dirty()
        with reading() as session:
            assert session.scalars(text("SELECT id FROM search_entry ORDER BY id")).all() == once
