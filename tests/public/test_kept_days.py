"""今年该公开几项、按时几项、晚了几项、还没公开几项：每个数都点得开，点开的就是数出来的那几项。"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import road
import time_machine
from flask import Flask
from sqlalchemy import update
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.disclosures.expected import list_expected
from villagehub.kernel.period import Period
from villagehub.places.models import Place
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work
from villagehub.supervision.kept import RULE, Kept, read_kept
from villagehub.supervision.waivers import grant_waiver

HOME = f"/v/{COUNTY.village}"
LINE = re.compile(r'(\w+)该公开 (?:<a href="([^"]+)">)?(\d+) 项(?:</a>)?((?:，<a href="[^"]+">\w+ \d+ 项</a>)*)。')
PART = re.compile(r'<a href="([^"]+)">(\D+) (\d+) 项</a>')


@pytest.fixture
def owing(app: Flask, county: County) -> Iterator[Flask]:
    """The invented county on 23 November 2026, with rules of due days for four sections."""
    assert county
    with time_machine.travel(NOW, tick=True), app.app_context():
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
            session.execute(update(Place).values(created_at=datetime(2025, 1, 1, tzinfo=UTC)))
        yield app


def told(page: str) -> dict[str, int]:
    """What the line says, part by part, and all of it under ``all``."""
    found = LINE.search(page)
    assert found, page
    return {"all": int(found[3])} | {words: int(count) for _, words, count in PART.findall(found[4])}


def listed(page: str) -> dict[str, list[str]]:
    """The titles under each heading of the page that the line opens."""
    return {
        words.strip(): re.findall(r"<b>([^<]+)</b>", part)
        for words, part in re.findall(r'<h2 id="(?:ontime|late|missing)">(\S+) (.*?)</section>', page, re.DOTALL)
    }


def test_each_number_opens_to_the_periods_that_make_it_up(owing: Flask, client: Browser) -> None:
    road.published()
    home = told(client.get(HOME).text)
    page = client.get(f"{HOME}/due").text
    assert home == told(page)
    lists = listed(page)
    assert {words: len(titles) for words, titles in lists.items()} | {"all": home["all"]} == home
    assert "2026年第三季度财务收支" in lists["晚了"]
    assert "2026年第二季度财务收支" in lists["还没公开"]
    assert "2026年第四季度财务收支" not in page, "its day has not come"
    assert RULE in page
    assert "%" not in page.partition("<main")[2].partition("</main>")[0], "no score"
    for address in re.findall(r'<li><a href="([^"]+)"', page):
        assert client.get(address).status_code == 200, address


def test_what_came_on_its_day_is_on_time_and_an_hour_after_midnight_is_late(
    owing: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for period in ("2026Q2", "2026Q3"):
        put_off(period, date(2026, 11, 24))
    last_evening = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # half past eleven in the village
    for period, moment in (("2026Q3", last_evening), ("2026Q2", last_evening + timedelta(hours=1))):
        monkeypatch.setattr(road, "NOW", moment)
        first = f"2026-{'07' if period == '2026Q3' else '04'}-05"
        road.published((road.entry(first, "租金", 100, "in"),), of=road.account(period=period), opening=None)
    kept = read(owing, date(2026, 11, 26))
    assert [one.title for one in kept.on_time] == ["2026年第三季度财务收支"]
    assert [(one.title, one.judged.days) for one in kept.late] == [("2026年第二季度财务收支", 1)]


def put_off(period: str, until: date) -> None:
    """The township grants the finance of the period a later day."""
    with unit_of_work() as session:
        grant_waiver(
            session,
            read_village(session, COUNTY.village),
            "finance",
            Period.parse(period),
            entity="committee",
            group_no="",
            until=until,
            reason="县系统未关账",
            actor=road.person(COUNTY.supervisor),
            now=NOW,
        )


def read(app: Flask, today: date = date(2026, 11, 23)) -> Kept:
    """What the village owed this year up to ``today``."""
    assert app
    with reading() as session:
        village = read_village(session, COUNTY.village).id
        return read_kept(session, [village], year=today.year, today=today)[village]


def test_a_later_day_that_the_township_granted_counts_and_a_day_that_has_not_passed_does_not(owing: Flask) -> None:
    before = read(owing)
    put_off("2026Q3", date(2026, 11, 30))
    page = owing.test_client().get(f"{HOME}/due").text
    assert "2026年第三季度的财务收支应于11月30日公开（县系统未关账）" in page.partition("镇里同意晚些公开的")[2]
    after = read(owing)
    assert after.owed == before.owed - 1
    assert "2026年第三季度财务收支" not in [one.title for one in after.missing]
    later = read(owing, date(2026, 12, 1))
    assert "2026年第三季度财务收支" in [one.title for one in later.missing]


def test_whatever_the_page_calls_overdue_stands_among_what_is_not_public_yet(owing: Flask) -> None:
    road.published()
    with reading() as session:
        village = read_village(session, COUNTY.village).id
        overdue = {
            one.account
            for one in list_expected(session, [village], today=date(2026, 11, 23))
            if not one.public and one.due.day < date(2026, 11, 23)
        }
    assert overdue
    assert overdue <= {one.account for one in read(owing).missing}


def test_where_no_day_has_passed_the_home_page_says_nothing(app: Flask, county: County, client: Browser) -> None:
    assert county
    assert "该公开 <a" not in client.get(HOME).text
    assert "还没有哪一项到过应公开的日子" in client.get(f"{HOME}/due").text


def test_a_wrong_village_is_no_page_and_a_former_code_leads_on(app: Flask, county: County, client: Browser) -> None:
    assert county
    assert client.get("/v/999999999999/due").status_code == 404
    assert client.get("/v/青石沟/due").status_code == 404


def test_a_village_that_came_later_owes_nothing_of_before(owing: Flask, client: Browser) -> None:
    with unit_of_work() as session:
        session.execute(update(Place).values(created_at=datetime(2026, 8, 1, tzinfo=UTC)))
    page = client.get(f"{HOME}/due").text
    assert "2026年第三季度财务收支" in page, "it ended after the village had come"
    assert "2026年第二季度财务收支" not in page
    assert "2025年" not in page
