"""没用过的人，手里只有公开栏上的海报，手机不开脚本。

剧本：扫海报上的码（海报的 PDF 画成图，再从图上认出码来），到村首页算零下。从这里起一下一下数：
1. 这个季度村里收了多少：一进来就看得见；点一下到明细，合计一分不差。
2. 自家的补贴：点“惠民资金”，写上名字，点“查”。
3. 低保归谁管：点“干部权责”，页面上写着谁分管低保。
4. 问一句：点“我要问”，写一句话，点“问一问”，拿到查询码；再凭查询码看问到哪一步。
每件事不超过三下。
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from browsing import main_text
from serving import Server
from small_county import SmallDemo

from villagehub.kernel.money import yuan
from villagehub.ops.demo.batches import aged_batch
from villagehub.ops.demo.calendar import last_quarters
from villagehub.ops.demo.collective import committee_books

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 3


class Finger:
    """Counts the taps since the scan."""

    def __init__(self, page: "Page", home: str) -> None:
        self.page, self._home, self.taps = page, home, 0

    def begin(self) -> None:
        """Scans the poster again."""
        self.page.goto(self._home)
        self.taps = 0

    def tap(self, what: "Locator") -> None:
        what.click()
        self.page.wait_for_load_state()
        self.taps += 1


def scanned(poster: Path) -> str:
    """The address in the code on the poster, read from its picture."""
    document = pypdfium2.PdfDocument(poster)
    picture = document[0].render(scale=150 / 72).to_pil()
    document.close()
    (code,) = {one.text for one in zxingcpp.read_barcodes(picture) if "QR" in str(one.format)}
    return code


def test_with_the_poster_alone_everything_is_three_taps_away(
    small_demo: SmallDemo, board: tuple[Server, Path], chromium: "Browser"
) -> None:
    server, poster = board
    village = small_demo.villages[0]
    phone = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = phone.new_page()
    finger = Finger(page, scanned(poster))
    quarter = last_quarters(small_demo.tale.today)[-1]
    book = committee_books(village, last_quarters(small_demo.tale.today))[-1]
    income = sum(one.fen for one in book.entries if one.direction == "in")

    finger.begin()
    assert page.url.startswith(f"{server.url}/v/{village.code}")
    said = page.locator(".say").bounding_box()
    assert said is not None
    assert said["y"] + said["height"] < 844, "the quarter is on the first screen"
    finger.tap(page.get_by_role("link", name=re.compile("一笔一笔看明细")).first)
    assert quarter.label in page.locator("h1").inner_text()
    assert yuan(income) in main_text(page)
    assert finger.taps <= MOST

    finger.begin()
    paid = aged_batch(village, quarter).payments[0]
    finger.tap(page.get_by_role("link", name=re.compile("惠民资金")).first)
    page.get_by_label("户主姓名（写全名）").fill(paid.person)
    finger.tap(page.get_by_role("button", name="查").first)
    assert yuan(paid.fen) in main_text(page)
    assert paid.person not in page.url
    assert finger.taps <= MOST

    finger.begin()
    finger.tap(page.get_by_role("link", name=re.compile("干部权责")).first)
    card = page.locator("li.card", has_text="低保")
    assert village.officers.women in card.inner_text()
    assert finger.taps <= MOST

    finger.begin()
    finger.tap(page.get_by_role("link", name="我要问").first)
    page.get_by_label("您想问什么（一次问一件事）").fill("村口的桥什么时候修好？")
    finger.tap(page.get_by_role("button", name="问一问"))
    code = re.search(r"[0-9A-HJKMNP-TV-Z]{3} [0-9A-HJKMNP-TV-Z]{3} [0-9A-HJKMNP-TV-Z]{3}", main_text(page))
    assert code
    assert finger.taps <= MOST
    finger.begin()
    finger.tap(page.get_by_role("link", name="我要问").first)
    page.get_by_label("查询码（提问时给的 9 位）").fill(code[0])
    finger.tap(page.get_by_role("button", name="查"))
    assert "等镇里看" in main_text(page)
    phone.close()


def test_in_the_largest_letters_the_search_and_the_income_stand_on_the_first_screen_and_nothing_touches(
    small_demo: SmallDemo, board: tuple[Server, Path], chromium: "Browser"
) -> None:
    server, poster = board
    for width, size in ((390, "x"), (320, "m"), (390, "m")):
        phone = chromium.new_context(viewport={"width": width, "height": 844}, java_script_enabled=False)
        phone.add_cookies([{"name": "size", "value": size, "url": server.url}])
        page = phone.new_page()
        page.goto(scanned(poster))
        assert foot(page.locator(".say b").first) < 844, "the income"
        way = page.get_by_role("link", name="搜一搜")
        assert foot(way) < 844, (width, size)
        way.click()
        assert foot(page.get_by_label("找什么")) <= head(page.get_by_text("例如：")), "the box, then what may go in it"
        page.goto(f"{server.url}/v/{small_demo.villages[0].code}/n/1/check")
        assert head(page.locator(".seal")) - foot(page.locator("#r")) >= 8, "the result does not touch its heading"
        page.goto(f"{server.url}/words")
        word, said, following = (page.locator(".words > *").nth(place) for place in range(3))
        near, far = head(said) - foot(word), head(following) - foot(said)
        assert far >= near + 8, "a word stands nearer to its meaning than to the word before"
        phone.close()


def head(what: "Locator") -> float:
    """Where it begins on the page."""
    box = what.bounding_box()
    assert box
    return box["y"]


def foot(what: "Locator") -> float:
    """Where it ends on the page."""
    box = what.bounding_box()
    assert box
    return box["y"] + box["height"]
