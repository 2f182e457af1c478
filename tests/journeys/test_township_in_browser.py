"""The township's and the county's pages in a real browser: read by axe, by thumb, narrow and wide; and both its journeys."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from browsing import main_text
from test_pages_in_browser import SIDEWAYS, SMALL, Site, measured, open_page, sign_in, site, violations  # noqa: F401
from world import COUNTY

from villagehub.kernel import clock

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def later(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def township_pages(page: "Page") -> Iterator[str]:
    """Opens every kind of page of the township, down to a question that was put; yields what it is called."""
    for path in (
        "/town",
        "/town?show=missing",
        "/town?sort=finance",
        "/town/reminders",
        "/town/look?q=2026Q3",
        "/desk/audits",
    ):
        open_page(page, path)
        yield path
    open_page(page, f"/town/v/{COUNTY.other_village}")
    yield "village with nothing"
    page.get_by_text("批准一次延期").click()
    page.get_by_label("延到哪一天").fill(later(-300))
    page.get_by_label("为什么延期").fill("县系统未关账")
    page.get_by_role("button", name="批准延期").click()
    page.wait_for_selector("[role=alert]")
    yield "waiver that is refused"
    open_page(page, f"/town/v/{COUNTY.village}?q=2026Q3")
    yield "village"
    page.get_by_role("link", name="2026年第三季度财务收支", exact=True).click()
    yield "version"
    page.locator("table.grid tbody td a").first.click()
    yield "row"
    page.get_by_role("link", name="就这一行请村里说明").click()
    yield "question form"
    page.get_by_label("问什么、要什么材料").fill("请说明这一笔的用途，附会议记录。")
    page.get_by_label("哪天前答复").fill(later(9))
    page.get_by_role("button", name="发给村里").click()
    page.wait_for_selector("[role=status]")
    yield "audit"


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_nothing_is_small_and_no_page_scrolls_sideways(
    site: Site,  # noqa: F811
    width: int,
) -> None:
    context = site.context(width)
    wrong: list[str] = []
    page = sign_in(context, COUNTY.supervisor)
    for name in township_pages(page):
        wrong += [f"{name}: {one}" for one in violations(page)]
        wrong += [f"{name}: small {one}" for one in measured(page, SMALL)]
        wrong += [f"{name}: sideways"] if measured(page, SIDEWAYS) > 0 else []
    context.close()
    context = site.context(width)
    page = sign_in(context, COUNTY.county)
    open_page(page, "/county")
    wrong += [f"county: {one}" for one in (*violations(page), *measured(page, SMALL))]
    assert measured(page, SIDEWAYS) <= 0
    context.close()
    assert wrong == []


def test_from_overdue_to_a_later_day_that_villagers_read(site: Site) -> None:  # noqa: F811
    """镇里看到没公开，批延期，写原因；村民在村首页看到应公开的日期和原因。不用脚本。"""
    context = site.context(1280, java_script_enabled=False)
    page = sign_in(context, COUNTY.supervisor)
    open_page(page, "/town")
    page.get_by_role("link", name="柳树坪村").click()
    assert "没公开" in main_text(page)
    page.get_by_text("批准一次延期").click()
    page.get_by_label("延到哪一天").fill(later(20))
    page.get_by_label("为什么延期").fill("县系统未关账，报表还在核对")
    page.get_by_role("button", name="批准延期").click()
    assert "已批准延期" in main_text(page)
    page.get_by_role("link", name="看村民看到的页面").click()
    assert "（县系统未关账，报表还在核对）" in main_text(page)
    context.close()


def test_from_the_question_over_rectification_to_closed(site: Site) -> None:  # noqa: F811
    """镇里就一笔账提问；报账员用手机答复；镇里定限期整改；村里报整改；镇里核实销号。不用脚本。"""
    town = sign_in(site.context(1280, java_script_enabled=False), COUNTY.supervisor)
    clerk = sign_in(site.context(390, java_script_enabled=False), COUNTY.clerk)
    names = list(township_pages(town))
    assert names[-1] == "audit"
    address = town.url.split("?")[0]
    open_page(clerk, "/desk")
    clerk.get_by_role("heading", name="镇里在问").wait_for()
    clerk.goto(address)
    clerk.get_by_label("怎么回事").fill("是村部维修，会议没开，当时以为不用开。")
    clerk.get_by_role("button", name="交给镇里").click()
    town.goto(address)
    town.get_by_text("属实，限期整改").first.click()
    town.get_by_label("理由").fill("请补开会议，向村民说明。")
    town.get_by_label("期限").fill(later(15))
    town.get_by_role("button", name="确定").click()
    clerk.goto(address)
    clerk.get_by_label("改了什么、怎么改的").fill("会议已经补开，记录已上墙。")
    clerk.get_by_role("button", name="交给镇里").click()
    town.goto(address)
    town.get_by_text("整改已核实，销号").first.click()
    town.get_by_label("理由").fill("到村里看过会议记录。")
    town.get_by_role("button", name="确定").click()
    assert "这件已经办完，只能看" in main_text(town)
    town.context.close()
    clerk.context.close()
