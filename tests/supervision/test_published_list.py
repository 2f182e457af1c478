"""What a township's villages have published can be read back to the first publication, twenty at a time."""

import re
from collections.abc import Callable

import road
from world import Browser, County

from villagehub.kernel.period import Period

SignIn = Callable[[str], Browser]


def numbers(page: str) -> list[int]:
    """The publication numbers in the list, in its order."""
    listed = page[page.index('id="published"') :]
    return [int(one) for one in re.findall(r"第 (\d+) 号", listed)]


def test_older_publications_are_one_link_away_and_none_is_lost(due_county: County, sign_in: SignIn) -> None:
    period = Period.parse("2026-10")
    for _ in range(23):
        road.published(of=road.account(period=str(period)), opening=0)
        period = period.previous()
    browser = sign_in(due_county.supervisor)
    first = browser.get("/desk").text
    assert numbers(first) == list(range(23, 3, -1))
    link = re.search(r'href="([^"]*before=\d+[^"]*)"[^>]*>更早公开的', first)
    assert link
    second = browser.get(link[1].replace("&amp;", "&")).text
    assert numbers(second) == [3, 2, 1]
    assert "回到最新的" in second
    assert "更早公开的" not in second
    for odd in ("x", "-1", "0", "1" * 30):
        assert numbers(browser.get(f"/desk?before={odd}").text) == list(range(23, 3, -1))
    assert "没有更早的了" in browser.get("/desk?before=1").text
