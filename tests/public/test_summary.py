"""A quarter in three sentences, beside last year's, read aloud; and what stood on a day."""

import re
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
from villagehub.public.published import Item
from villagehub.public.works import project_named_in
from villagehub.sections.base import Facts
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


def work(number: str, name: str) -> Facts:
    return {"project_no": number, "name": name, "stage": "approved", "approved_on": "2026-03", "budget": 2_000_000}


def href_of(text: str, words: str) -> str:
    """Where the link that begins with these words leads."""
    (found,) = re.findall(rf'<a class="go" href="([^"]+)">{words}', text)
    return str(found)


def test_the_largest_payment_leads_to_its_row_and_to_the_project_that_it_names(village: Flask) -> None:
    for path in ("", "/finance/2026Q3"):
        text = page(village, path)
        row = village.test_client().get(href_of(text, "花得最多的一笔是“村东水渠清淤”")).text
        assert "<h1>村东水渠清淤</h1>" in row
        assert "看这个工程" not in text, "none is published"
    with village.app_context():
        works = (work("XM-1", "村东水渠清淤"), work("XM-2", "东水渠清"), work("XM-3", "水渠"), work("XM-4", "修路灯"))
        road.published(works, of=road.account("projects", "2026"), opening=None)
        build_dirty()
    for path in ("", "/finance/2026Q3"):
        project = village.test_client().get(href_of(page(village, path), "看这个工程")).text
        assert "<h1>村东水渠清淤</h1>" in project
        assert "工程项目" in project


@pytest.mark.parametrize(
    ("summary", "names", "found"),
    [
        ("付村文化广场 整修工程尾款", ("村文化广场整修工程", "三组水渠硬化"), "村文化广场整修工程"),
        ("付三组水渠硬化和村文化广场整修款", ("村文化广场整修", "三组水渠硬化"), None),
        ("修水渠", ("水渠",), None),
        ("买扫帚", ("村文化广场整修",), None),
    ],
)
def test_a_payment_is_laid_to_a_project_only_without_doubt(
    summary: str, names: tuple[str, ...], found: str | None
) -> None:
    projects = [Item(place, place, place, {"name": name}) for place, name in enumerate(names, start=1)]
    one = project_named_in(Item(9, 9, 9, {"summary": summary}), projects)
    assert (one.values["name"] if one else None) == found


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
