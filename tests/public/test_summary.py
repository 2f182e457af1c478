"""A quarter in three sentences, beside last year's, read aloud; and what stood on a day."""

from datetime import UTC, datetime

import pytest
import road
import time_machine
import world
from examples import BATCH
from flask import Flask
from world import COUNTY, County

from villagehub.disclosures.hiding import hide_now
from villagehub.kernel import clock
from villagehub.public.build import build_dirty
from villagehub.storage import unit_of_work

HOME = f"/v/{COUNTY.village}"
LAST_YEAR = (
    road.entry("2025-08-03", "修路灯", 500_000, voucher_no="1"),
    road.entry("2025-07-01", "鱼塘租金", 1_000_000, "in", voucher_no="2"),
)
THIS_YEAR = (
    road.entry("2026-08-03", "村东水渠清淤", 1_160_000, voucher_no="1"),
    road.entry("2026-08-05", "买扫帚", 84_050, voucher_no="2"),
    road.entry("2026-07-01", "鱼塘租金", 900_000, "in", voucher_no="3"),
)


@pytest.fixture
def village(app: Flask, county: County, monkeypatch: pytest.MonkeyPatch) -> Flask:
    assert county
    with app.app_context():
        for day, rows, period in (("2026-11-23", LAST_YEAR, "2025Q3"), ("2026-11-24", THIS_YEAR, "2026Q3")):
            moment = datetime.fromisoformat(f"{day}T10:00:00+08:00").astimezone(UTC)
            monkeypatch.setattr(road, "NOW", moment)
            monkeypatch.setattr(world, "NOW", moment)
            with time_machine.travel(moment, tick=False):
                road.published(rows, of=road.account(period=period), opening=2_000_000 if period == "2025Q3" else None)
                road.published(BATCH, of=road.account("funds", period[:4] + "-09", subject="粮食直补"), opening=None)
        build_dirty()
    return app


def page(app: Flask, path: str) -> str:
    return app.test_client().get(f"{HOME}{path}").text


def test_a_quarter_is_told_in_three_sentences_that_agree_with_its_rows(village: Flask) -> None:
    text = page(village, "/finance/2026Q3")
    assert "进账 9,000.00 元，花了 1.24 万元" in text
    assert "花得最多的一笔是“村东水渠清淤”，1.16 万元" in text
    assert "和去年同期比，进账少了 1,000.00 元，花的多了 7,440.50 元" in text
    assert "花得最多的一笔是“村东水渠清淤”" in page(village, "")
    assert "去年同期比" not in page(village, "/finance/2025Q3"), "there is nothing to compare with"


def test_the_page_sets_it_beside_the_same_quarter_last_year(village: Flask) -> None:
    text = page(village, "/finance/2026Q3")
    assert f'href="{HOME}/finance/2025Q3"' in text
    assert "少 1,000.00" in text
    assert "多 7,440.50" in text


def test_what_is_hidden_is_compared_with_nothing(village: Flask) -> None:
    with village.app_context(), unit_of_work() as session:
        hide_now(session, 1, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
    assert "和去年同期比" not in page(village, "/finance/2026Q3")
    assert "修路灯" not in page(village, "/n/1/read")


def test_the_script_says_every_amount_in_words_and_no_name_of_a_list(village: Flask) -> None:
    text = page(village, "/n/3/read")
    assert "收入九千元，支出一万二千四百四十元五角" in text
    assert "村东水渠清淤，一万一千六百元" in text
    assert "李秀英" not in page(village, "/n/4/read")
    assert village.test_client().get(f"{HOME}/n/99/read").status_code == 404


def test_an_amount_stands_in_words_beside_its_figures(village: Flask) -> None:
    assert "11,600.00 元（一万一千六百元）" in page(village, "/finance/i/6") + page(village, "/finance/i/7") + page(
        village, "/finance/i/8"
    )


def test_any_day_shows_what_stood_then(village: Flask) -> None:
    then = page(village, "/n?on=2026-11-23")
    assert "2025年第三季度财务收支" in then
    assert "2026年第三季度财务收支" not in then
    assert "还没有公开过" in page(village, "/n?on=2020-01-01")
    for odd in ("x", "2026-13-45", "", "9999-12-31"):
        assert village.test_client().get(f"{HOME}/n?on={odd}").status_code == 200


def test_the_words_of_the_books_are_explained(village: Flask) -> None:
    text = village.test_client().get("/words").text
    assert "期初结余" in text
    assert "大家身上的钱" in text
