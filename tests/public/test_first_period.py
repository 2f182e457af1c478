"""Where a village began to publish here, its pages say so: an old period was not forgotten, and a list says why it ends."""

from datetime import UTC, datetime

import pytest
import road
import time_machine
from examples import BATCH
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import unit_of_work

HOME = f"/v/{COUNTY.village}"
SPRING = (road.entry("2026-05-03", "买扫帚", 84_050, voucher_no="2"),)


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    """A village that began with the second quarter of 2026."""
    assert county
    with app.app_context():
        road.published(SPRING, of=road.account(period="2026Q2"))
        road.published(opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="粮食直补"), opening=None)
        run_after_publish()
    return app


def test_a_period_before_the_first_is_told_where_the_village_began_and_where_to_go(
    village: Flask, client: Browser
) -> None:
    for asked in ("2026Q1", "2025Q3", "2025Q3.csv", "2025Q3.png"):
        answer = client.get(f"{HOME}/finance/{asked}")
        assert answer.status_code == 404
        assert "从2026年第二季度起在这里公开财务收支" in answer.text, asked
        assert "请到村委会看纸质的" in answer.text
        assert "还没有公开" not in answer.text
    assert "从2026年9月起在这里公开惠民资金" in client.get(f"{HOME}/funds/2026-08/粮食直补").text


def test_what_is_missing_among_what_is_here_or_owed_is_not_public_yet(app: Flask, county: County) -> None:
    assert county
    client = app.test_client()
    assert "2026年第一季度财务收支还没有公开" in client.get(f"{HOME}/finance/2026Q1").text, "nothing was ever published"
    moment = datetime.fromisoformat("2026-12-30T10:00:00+08:00").astimezone(UTC)
    with app.app_context():
        road.published()
    assert "2026年第四季度财务收支还没有公开" in client.get(f"{HOME}/finance/2026Q4").text, "it is still to come"
    with time_machine.travel(moment, tick=False):
        assert "从2026年第三季度起" in client.get(f"{HOME}/finance/2026Q2").text


def test_a_period_that_is_owed_now_is_not_excused_by_a_later_beginning(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        road.published((road.entry("2026-10-03", "买扫帚", 100),), of=road.account(period="2026Q4"))
    client = app.test_client()
    assert "2026年第三季度财务收支还没有公开" in client.get(f"{HOME}/finance/2026Q3").text
    assert "从2026年第四季度起" in client.get(f"{HOME}/finance/2026Q2").text


def test_a_list_that_ends_at_the_oldest_period_says_why(village: Flask, client: Browser) -> None:
    for path, first in (("finance", "2026年第二季度"), ("finance/2026Q3", "2026年第二季度"), ("funds", "2026年9月")):
        page = client.get(f"{HOME}/{path}").text
        assert f"{first}是在这里公开的第一期，以前的" in page.partition("别的期" if "/" in path else "公开过的")[2], (
            path
        )
