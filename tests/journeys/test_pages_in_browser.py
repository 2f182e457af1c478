"""Every kind of page in a real browser: read by axe, without script, narrow, large, dark, by thumb, and on a weak line."""

import gzip
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import showcase
from axe import violations
from browsing import main_text
from showcase import HOME, Stages
from world import COUNTY, PASSWORD

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LARGEST = 14_336
BATCH = f"{HOME}/funds/2026-09/{quote('耕地地力保护补贴')}"
PUBLIC = {
    "front": "/",
    "about": "/about",
    "square for checking": "/y",
    "township": f"/t/{COUNTY.township}",
    "home": HOME,
    "home without anything": f"/v/{COUNTY.other_village}",
    "periods": f"{HOME}/finance",
    "periods without anything": f"/v/{COUNTY.other_village}/finance",
    "finance": f"{HOME}/finance/2026Q3",
    "finance by category": f"{HOME}/finance/2026Q3?dir=out&cat=out_public",
    "more of finance": f"{HOME}/finance/2026Q3?after=40",
    "finance of the group": f"{HOME}/z3/finance/2026Q3",
    "nil return": f"{HOME}/jt/finance/2026Q3",
    "entry": f"{HOME}/finance/i/{{entry}}",
    "assets": f"{HOME}/assets",
    "asset": f"{HOME}/assets/i/{{asset}}",
    "duties": f"{HOME}/duties",
    "power": f"{HOME}/powers/i/{{power}}",
    "contracts": f"{HOME}/contracts",
    "statement": f"{HOME}/statements/2025/{quote('资产负债表')}",
    "funds": f"{HOME}/funds",
    "batch": BATCH,
    "batch by group": f"{BATCH}?zu={quote('3组')}",
    "batch by surname": f"{BATCH}?zu={quote('3组')}&xing={quote('李')}",
    "batch of a sensitive kind": f"{HOME}/funds/2026-09/{quote('农村低保')}",
    "batch under five": f"{HOME}/funds/2026-09/{quote('临时救助')}",
    "batch that has expired": f"{HOME}/funds/2026-03/{quote('耕地地力保护补贴')}",
    "records": f"{HOME}/n",
    "record": f"{HOME}/n/5",
    "changes": f"{HOME}/n/13/changes",
    "home in the red": f"/v/{COUNTY.far_village}",
    "finance in the red": f"/v/{COUNTY.far_village}/finance/2026Q3",
    "record with an objection": f"/v/{COUNTY.far_village}/n/1",
    "words": "/words",
    "beside other standards": "/mapping",
    "home for paper": f"{HOME}?print=1",
    "script": f"{HOME}/n/13/read",
    "what was due": f"{HOME}/due",
    "as of": f"{HOME}/n?on=2026-08-01",
    "questions": f"{HOME}/ask?n=5",
    "question": f"{HOME}/ask/1",
    "errands": f"{HOME}/errand",
    "search": f"{HOME}/search?q={quote('水渠')}",
    "search for a name": f"{HOME}/search?q={quote('李秀英')}",
    "box for codes": "/c",
    "code out of use": "/C/{retired}",
    "code that is none": "/C/00000000U",
    "nothing there": f"{HOME}/finance/2019Q1",
}
"""One address of every kind of page that a villager can open."""
SCRIPTED = ("square for checking", "home for paper")
"""The first reckons in the phone, the other's button prints; both do without."""


@dataclass(frozen=True)
class Site:
    """The served village, and how to get a browser's context before it."""

    url: str
    stages: Stages
    chromium: "Browser"
    numbers: dict[str, object]

    def path(self, name: str) -> str:
        return PUBLIC[name].format(**self.numbers)

    def context(self, width: int = 390, *, size: str = "", theme: str = "", **more: Any) -> "BrowserContext":
        made = self.chromium.new_context(
            viewport={"width": width, "height": 844}, base_url=self.url, reduced_motion="reduce", **more
        )
        made.set_default_timeout(60_000)
        for name, value in (("size", size), ("theme", theme)):
            if value:
                made.add_cookies([{"name": name, "value": value, "url": self.url}])
        return made


@pytest.fixture(scope="module")
def site(chromium: "Browser", serve_in: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The showcase village behind a real server process."""
    server: Server = serve_in(tmp_path_factory.mktemp("showcase"))
    app, stages, retired = showcase.settle(server.instance, server.url)
    with app.app_context():
        numbers = {
            "entry": showcase.number_in(13, "村东水渠清淤人工费（12 人）"),
            "asset": showcase.number_in(6, "抽水机"),
            "power": showcase.number_in(14, "村级小型工程"),
            "corrected": showcase.number_in(3, direction="out"),
            "retired": retired,
        }
    server.start()
    yield Site(server.url, stages, chromium, numbers)
    server.stop()


SMALL = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter(one => !one.classList.contains('skip') && one.getClientRects().length)
  .filter(one => {
    const near = one.closest('p, li, td, dd, h1, h2, h3');
    const alone = near && near.innerText.trim() !== (one.innerText || '').trim();
    return !(one.tagName === 'A' && getComputedStyle(one).display === 'inline' && alone && near.tagName === 'P');
  })
  .map(one => {
    const label = one.matches('input[type=checkbox], input[type=radio]') ? one.closest('label') : null;
    const box = (label || one).getBoundingClientRect();
    return [one.outerHTML.slice(0, 110), Math.round(box.width * 10) / 10, Math.round(box.height * 10) / 10];
  })
  .filter(([, width, height]) => width < 43.9 || height < 43.9)"""
"""Everything that can be tapped outside running text and is smaller than 44 × 44; a tick counts with its label."""

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def measured(page: "Page", script: str) -> Any:
    """What `script` finds on the whole page: a click returns while the next page may not have a first element yet."""
    page.wait_for_load_state()
    return page.evaluate(script)


def open_page(page: "Page", path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status in (200, 404, 403, 410, 422), f"{path}: {answer.status}"


def test_axe_finds_nothing_on_any_page_of_the_villagers_by_day_or_by_night(site: Site) -> None:
    context = site.context()
    page, wrong = context.new_page(), []
    for name in PUBLIC:
        open_page(page, site.path(name))
        wrong += [f"{name}: {one}" for one in violations(page)]
    context.close()
    assert wrong == []


def test_a_faint_word_is_found_after_a_clear_one_and_where_it_is_faint_only_at_night(chromium: "Browser") -> None:
    context = chromium.new_context(reduced_motion="reduce")
    page, wrong = context.new_page(), []
    for style in ("", "b {color: #bbb}", "i {background: #333}", ".dark u {color: #222}", ""):
        page.set_content(
            '<!doctype html><html lang="zh-CN"><title>字</title><style>body {color: #111; background: #fff}'
            f".dark body {{color: #eee; background: #111}} {style}</style>"
            "<main><h1>字</h1><p><b>粗的字</b> <i>斜的字</i> <u>有线的字</u></p></main>"
        )
        wrong.append([one.partition(" ")[2][:6] for one in violations(page)])
    context.close()
    assert wrong == [[], ["['b'] "], ["['i'] "], ["['u'] "], []]


def test_a_phone_set_to_dark_gets_dark_pages_without_asking(site: Site) -> None:
    context = site.context(color_scheme="dark")
    page = context.new_page()
    open_page(page, HOME)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 19)"
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize("size", ["m", "l", "x"])
@pytest.mark.parametrize("width", [320, 390])
def test_no_page_of_the_villagers_scrolls_sideways(site: Site, width: int, size: str) -> None:
    context = site.context(width, size=size)
    page, wrong = context.new_page(), []
    for name in PUBLIC:
        open_page(page, site.path(name))
        if measured(page, SIDEWAYS) > 0:
            wrong.append(f"{name}: {measured(page, SIDEWAYS)} px")
    context.close()
    assert wrong == []


LETTERS = """() => {
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const found = [...document.querySelectorAll('.chart text, .flow > li, .flow b, .bars p')]
  return found.filter(one => one.getClientRects().length).map(one =>
    (one.getScreenCTM ? one.getScreenCTM().a : 1) * parseFloat(getComputedStyle(one).fontSize) / root)
}"""
"""How large each label of a drawing appears, against the letters that the reader chose."""


@pytest.mark.parametrize("size", ["m", "l", "x"])
@pytest.mark.parametrize("width", [320, 390])
def test_the_words_in_drawings_grow_with_the_chosen_letters_and_never_shrink_with_the_screen(
    site: Site, width: int, size: str
) -> None:
    context = site.context(width, size=size)
    page = context.new_page()
    for name in ("home", "power"):
        open_page(page, site.path(name))
        letters = page.evaluate(LETTERS)
        assert letters, f"{name}: no drawing is seen"
        assert min(letters) > 0.7, f"{name}: {min(letters)}"
        drawn = page.evaluate("[...document.querySelectorAll('svg rect')].map(one => getComputedStyle(one).fill)")
        assert "rgb(0, 0, 0)" not in drawn, f"{name}: a bar without its colour"
    context.close()


@pytest.mark.parametrize("size", ["m", "x"])
def test_everything_that_can_be_tapped_is_large_enough_for_a_thumb(site: Site, size: str) -> None:
    context = site.context(size=size)
    page, wrong = context.new_page(), []
    for name in PUBLIC:
        open_page(page, site.path(name))
        wrong += [f"{name}: {one}" for one in measured(page, SMALL)]
    context.close()
    assert wrong == []


def test_in_the_largest_letters_the_figures_stand_on_the_first_screen_and_the_seal_opens_by_a_tap(site: Site) -> None:
    context = site.context(size="x", java_script_enabled=False)
    page = context.new_page()
    for name, figure in (("home", ".say"), ("finance", "main > .card p"), ("assets", ".sum"), ("batch", ".sum")):
        open_page(page, site.path(name))
        box = page.locator(figure).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 844, f"{name}: {box}"
        seal = page.locator(".seal")
        assert "审核：" in seal.inner_text(), (
            "who reviewed is said before; what was found depends on the day of the newest check"
        )
        how = seal.get_by_role("link", name="怎么核对？")
        assert not how.is_visible()
        seal.locator("summary").click()
        assert how.is_visible()
        assert "防改码" in seal.inner_text()
    open_page(page, HOME)
    own = page.get_by_role("link", name="查自家的补贴").bounding_box()
    assert own is not None
    assert own["y"] < 844 * 1.2, "one's own subsidy is not further than a flick away"
    context.close()


def test_each_page_is_one_answer_from_our_own_server_small_enough_for_the_first_round_trip(site: Site) -> None:
    wrong = []
    context = site.context()
    page = context.new_page()
    context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})  # every page is the first
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    for name in PUBLIC:
        asked.clear()
        open_page(page, site.path(name))
        page.wait_for_load_state("networkidle")
        if asked != [site.url + site.path(name)]:
            wrong.append(f"{name}: asked for {asked}")
        if page.locator("script").count() and name not in SCRIPTED:
            wrong.append(f"{name}: a script")
        bytes_sent = wire_bytes(site.url + site.path(name))
        if bytes_sent > LARGEST:
            wrong.append(f"{name}: {bytes_sent} bytes")
    context.close()
    assert wrong == []


def wire_bytes(url: str) -> int:
    """Length of the body as it goes over the line; it must be gzip and unpack to a page."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    try:
        answer = urllib.request.urlopen(asked, timeout=60)
    except urllib.error.HTTPError as fault:
        answer = fault  # type: ignore[assignment]
    with answer:
        raw = answer.read()
    assert answer.headers["Content-Encoding"] == "gzip", url
    assert gzip.decompress(raw).startswith(b"<!doctype html>"), url
    return len(raw)


def test_everything_works_with_scripts_switched_off(site: Site) -> None:
    context = site.context(java_script_enabled=False)
    page = context.new_page()
    open_page(page, HOME)
    page.get_by_role("link", name="特大").click()
    assert "xl" in (page.locator("html").get_attribute("class") or "")
    page.get_by_role("link", name="夜间").click()
    assert "dark" in (page.locator("html").get_attribute("class") or "")
    page.get_by_role("link", name="惠民资金").first.click()
    page.get_by_label("户主姓名").fill("李秀英")
    page.get_by_role("button", name="查", exact=True).first.click()
    assert "查到" in main_text(page)
    assert "李秀英" not in page.url
    page.get_by_role("link", name="回惠民资金").click()
    page.get_by_role("link", name=re.compile(r"2026\W?年9\W?月")).filter(has_text="耕地地力保护补贴").click()
    page.get_by_role("navigation", name="组").get_by_role("link", name=re.compile(r"3\W?组")).click()
    page.get_by_role("link", name="李", exact=False).first.click()
    assert re.search(r"3\W?组", main_text(page))
    context.close()


def test_what_was_found_by_name_is_read_by_axe_and_fits_too(site: Site) -> None:
    for size, theme in (("m", "light"), ("x", "dark")):
        context = site.context(320, size=size, theme=theme)
        page = context.new_page()
        for box, name in (("户主姓名", "李秀英"), ("户主姓名", "没有这个人"), ("用查询单上的查询码查", "ABC DEF GHJ")):
            open_page(page, f"{HOME}/funds")
            page.get_by_label(box).fill(name)
            page.get_by_label(box).press("Enter")
            page.wait_for_url("**/funds/*")
            assert violations(page) == []
            assert measured(page, SIDEWAYS) <= 0
            assert measured(page, SMALL) == []
        context.close()


def sign_in(context: "BrowserContext", login: str) -> "Page":
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def office_pages(site: Site, page: "Page", who: str, folder: Path) -> Iterator[str]:
    """Opens every kind of page of the office, one after the other, as this person; yields what it is called."""
    stages = site.stages
    for path in ("/desk", "/account", "/account/password", "/review", "/desk/u/999999"):
        open_page(page, path)
        yield path
    for name, number in vars(stages).items():
        open_page(page, f"/desk/d/{number}")
        yield f"version: {name}"
    for number in (stages.submitted, stages.reviewed):
        open_page(page, f"/review/{number}")
        yield f"review {number}"
        back = page.get_by_role("link", name="回到这一批").first.get_attribute("href") or ""
        package = back.partition("#")[0]
        for path in (package, f"{package}/paper"):
            open_page(page, path)
            yield f"{path} of {number}"
    open_page(page, f"/desk/d/{stages.reviewed}/publish")
    yield "publisher's page"
    if who != COUNTY.clerk:
        return
    open_page(page, f"/desk/d/{stages.correction}")
    page.get_by_role("link", name="改编号").first.click()
    yield "row form"
    page.get_by_label("金额").fill("很多钱")
    page.get_by_role("button", name="保存这一行").click()
    yield "row form with a fault"
    open_page(page, "/print/poster")
    yield "poster form"
    open_page(page, "/desk/upload")
    yield "upload form"
    page.get_by_label("谁的账").select_option(label="村民委员会")
    page.get_by_role("button", name="上传并核对").click()
    yield "upload form without a file"
    for name, wrong in (("faults", True), ("a question", False)):
        open_page(page, "/desk/upload")
        page.get_by_label("哪一期").fill("2026Q4")
        page.get_by_label("谁的账").select_option(label="村民委员会")
        page.get_by_label("表格文件").set_input_files(showcase.workbook(folder / f"{name}.xlsx", wrong=wrong))
        page.get_by_role("button", name="上传并核对").click()
        page.wait_for_selector("text=核对结果")
        yield f"upload with {name}"
    page.get_by_label("就是这样").check()
    page.get_by_role("button", name="打勾的，就是这样").click()
    page.wait_for_selector("text=存进去以后会怎样")
    yield "upload with everything confirmed"
    open_page(page, f"{page.url.partition('?')[0]}/row/5")
    page.wait_for_selector("text=报账员的表里是这样写的")
    yield "row of the clerk's own file"


@pytest.mark.parametrize("who", [COUNTY.clerk, COUNTY.member, COUNTY.head])
def test_axe_finds_nothing_on_any_page_of_the_office_and_thumbs_find_everything(
    site: Site, who: str, tmp_path: Path
) -> None:
    context = site.context()
    wrong: list[str] = []
    page = sign_in(context, who)
    for name in office_pages(site, page, who, tmp_path):
        wrong += [f"{name}: {one}" for one in violations(page)]
        wrong += [f"{name}: small {one}" for one in measured(page, SMALL)]
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "size"), [(320, "m"), (390, "x"), (1280, "m")])
def test_no_page_of_the_office_scrolls_sideways(site: Site, width: int, size: str, tmp_path: Path) -> None:
    context = site.context(width, size=size)
    wrong: list[str] = []
    for who in (COUNTY.clerk, COUNTY.member):
        page = sign_in(context, who)
        for name in office_pages(site, page, who, tmp_path):
            if measured(page, SIDEWAYS) > 0:
                wrong.append(f"{who} {name}: {measured(page, SIDEWAYS)} px")
        context.clear_cookies(name="vh")
    context.close()
    assert wrong == []


ONE_OVER_ANOTHER = """() => {
  const boxes = [...document.querySelectorAll('.top b, .top nav a, .top .me a, .top .me button')].map(one => {
    const words = document.createRange(); words.selectNodeContents(one)
    const box = (one.tagName === 'B' ? words : one).getBoundingClientRect()
    return [one.innerText, box]
  })
  return boxes.flatMap(([name, one], place) => boxes.slice(place + 1).filter(([, two]) =>
    one.left < two.right - 1 && two.left < one.right - 1 && one.top < two.bottom - 1 && two.top < one.bottom - 1
  ).map(([other]) => `${name} over ${other}`))
}"""
"""What of the office's header lies over something else of it."""


@pytest.mark.parametrize("size", ["m", "l", "x"])
@pytest.mark.parametrize("who", [COUNTY.clerk, COUNTY.member, COUNTY.supervisor])
def test_nothing_in_the_offices_header_lies_over_another_on_the_narrowest_phone(
    site: Site, who: str, size: str
) -> None:
    context = site.context(320, size=size)
    page = sign_in(context, who)
    page.evaluate("document.querySelector('.top .me a').textContent = '欧阳文秀'")  # as long as names commonly are
    assert measured(page, ONE_OVER_ANOTHER) == []
    assert measured(page, SIDEWAYS) <= 0
    context.close()


def test_the_way_in_and_its_refusals_are_read_by_axe(site: Site) -> None:
    context = site.context()
    page = context.new_page()
    open_page(page, "/login")
    assert violations(page) == []
    assert measured(page, SMALL) == []
    page.get_by_label("登录名").fill("nobody")
    page.get_by_label("密码", exact=True).fill("wrong")
    page.get_by_role("button", name="登录").click()
    page.wait_for_selector("[role=alert]")
    assert violations(page) == []
    context.close()
