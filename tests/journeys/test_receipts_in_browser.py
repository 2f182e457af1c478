"""票据：传照片、遮个人信息、公开、撤下。

剧本：
1. 报账员赵庆在手机上打开三季度的草稿，点“票据”，一次选三张：107.jpg、112.png 和一张没写号的照片。前两张自动对上了行。
2. 没写号的那张是 101 号的收据：他从单子里选好行。
3. 他点“一张一张看、遮”。第一张上有身份证号：他点“用手指画框”，按住拖一个框，存下来，自动到下一张。
4. 第二张他不用手指：把框的四个数打进去（只用键盘），存下来。第三张没有要遮的，他点“这张没有要遮的”。
5. 送审。王桂芳在手机上审核时点开“看票据”，看到的是遮好的图。
6. 公开以后，村民打开那一笔，看到遮好的票据；图里身份证号那一块全是黑的。
7. 周强发现不妥，马上撤下：图也打不开了。
另外：浏览器不许用脚本时，用“先看一看”和数字，同样能遮好。
"""

import os
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import road
from browsing import main_text
from flask import Flask
from PIL import Image, ImageDraw
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INK = (200, 30, 60)
FIELD = (0.30, 0.40, 0.50, 0.08)
"""Where on each receipt the number stands: left, top, width, height."""


def receipt(path: Path, mark: int) -> str:
    """A photographed receipt with a red field in the place of an ID number."""
    sheet = Image.new("RGB", (900, 1200), (250, 248, 240))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((270, 480, 720, 576), fill=INK)
    pen.rectangle((20 + mark * 70, 20, 70 + mark * 70, 70), fill="navy")
    for line in range(12):
        pen.line((80, 120 + line * 26, 800 - line * 20, 120 + line * 26), fill=(90, 90, 90), width=6)
    sheet.save(path)
    return str(path)


def red_pixels(jpeg: bytes) -> int:
    sheet = Image.open(BytesIO(jpeg)).convert("RGB")
    return sum(
        count
        for count, (red, green, blue) in sheet.getcolors(sheet.width * sheet.height) or ()
        if red > 120 and green < 110 and blue < 130
    )


@pytest.fixture
def village(server: "Server") -> tuple["Server", Flask, int]:
    """A served village with a draft of its third quarter."""
    server.instance.mkdir(mode=0o700, parents=True)
    database = f"sqlite:///{server.instance / 'villagehub.db'}"
    app = create_app(settings_for(server.instance, database, base_url=server.url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        draft = road.fill()
        db.engine.dispose()
    server.start()
    return server, app, draft


@pytest.fixture
def eyes(pytestconfig: pytest.Config) -> Eyes:
    """Looks at pages; keeps pictures where the environment names a folder."""
    folder = os.environ.get("VILLAGEHUB_TEST_PICTURES")
    return Eyes(Path(folder) if folder else None)


def drag(page: "Page", left: float, top: float, width: float, height: float) -> None:
    """Drags a box over the picture with a finger, in parts of it."""
    page.evaluate("() => document.getElementById('sheet').scrollIntoView({block: 'start'})")
    box = page.locator("#sheet").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    for step, kind in enumerate(("touchStart", "touchMove", "touchMove", "touchMove", "touchEnd")):
        part = min(step, 3) / 3
        point = {
            "x": box["x"] + (left + width * part) * box["width"],
            "y": box["y"] + (top + height * part) * box["height"],
        }
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if kind == "touchEnd" else [point]})


def drag_with_mouse(page: "Page", left: float, top: float, width: float, height: float) -> None:
    """The same with a mouse."""
    page.evaluate("() => document.getElementById('sheet').scrollIntoView({block: 'start'})")
    box = page.locator("#sheet").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + (left + width / 2) * box["width"], box["y"] + (top + height / 2) * box["height"])
    page.mouse.move(box["x"] + (left + width) * box["width"], box["y"] + (top + height) * box["height"])
    page.mouse.up()


def test_receipts_are_sent_masked_published_and_hidden(
    village: tuple["Server", Flask, int], chromium: "Browser", eyes: Eyes, tmp_path: Path
) -> None:
    server, app, draft = village
    contexts: list[BrowserContext] = []

    def phone(login: str, **more: Any) -> "Page":
        context = chromium.new_context(
            **{"viewport": {"width": 390, "height": 844}, "base_url": server.url, "reduced_motion": "reduce", **more}
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        return sign_in(context, login) if login else context.new_page()

    # 1 many at once
    zhao = phone(COUNTY.clerk, has_touch=True)
    zhao.goto(f"/desk/d/{draft}")
    zhao.get_by_role("link", name="票据：传图片、遮个人信息").click()
    eyes.look(zhao, "receipts-empty")
    files = [receipt(tmp_path / name, place) for place, name in enumerate(("107.jpg", "112.png", "IMG_0001.jpg"))]
    zhao.get_by_label("照片（JPG、PNG、WEBP）或 PDF").set_input_files(files)
    zhao.get_by_role("button", name="上传").click()
    assert "收下了" in main_text(zhao)
    assert "1 张没有对上是哪一行" in main_text(zhao)
    eyes.look(zhao, "receipts-sent")

    # 2 by hand
    zhao.get_by_role("link", name="看票据 IMG_0001.jpg").first.click()
    zhao.get_by_label("这张票据是哪一行的").select_option(
        label=zhao.locator("#row option", has_text="凭证号 101").inner_text()
    )
    zhao.get_by_role("button", name="就是这一行").click()
    assert "对好了" in main_text(zhao)
    zhao.get_by_role("link", name="‹ 票据").click()

    # 3 by dragging
    zhao.get_by_role("link", name="一张一张看、遮").click()
    eyes.look(zhao, "mask-before")
    drag(zhao, 0.1, 0.3, 0.3, 0.2)
    assert zhao.locator("#drawn rect").count() == 0, "a finger that scrolls draws nothing"
    zhao.get_by_role("button", name="用手指画框").click()
    assert zhao.get_by_role("button", name="画好了，可以上下滑").get_attribute("aria-pressed") == "true"
    drag(zhao, FIELD[0] - 0.03, FIELD[1] - 0.02, FIELD[2] + 0.06, FIELD[3] + 0.04)
    assert zhao.locator("#drawn rect").count() == 1
    eyes.look(zhao, "mask-drawn")
    zhao.get_by_role("button", name="遮好了，存下来").click()
    assert "遮好了，存下来了" in main_text(zhao)

    # 4 by keyboard alone, then nothing to hide
    zhao.get_by_role("button", name="用手指画框").wait_for()
    zhao.get_by_text("用数字写框").focus()
    zhao.keyboard.press("Enter")
    zhao.keyboard.press("Tab")
    for number in ("28", "38", "54", "12"):
        zhao.keyboard.type(number)
        zhao.keyboard.press("Tab")
    assert zhao.locator("#drawn rect").count() == 1
    zhao.get_by_role("button", name="遮好了，存下来").focus()
    zhao.keyboard.press("Enter")
    zhao.wait_for_selector("text=遮好了，存下来了")
    zhao.get_by_role("button", name="这张没有要遮的").click()
    assert "3 张票据都对好、遮好了" in main_text(zhao)
    eyes.look(zhao, "receipts-done")

    # 5 the reviewer sees what the public will see
    zhao.get_by_role("link", name="‹ 2026年第三季度").click()
    zhao.get_by_role("button", name="审核").click()
    wang = phone(COUNTY.member)
    wang.goto(f"/review/{draft}")
    wang.get_by_text("看票据（1 张）").nth(1).click()
    shown = wang.locator("details[open] img.sheet").first
    shown.scroll_into_view_if_needed()
    wang.wait_for_function(
        "() => [...document.querySelectorAll('details[open] img.sheet')].every(one => one.naturalWidth > 0)"
    )
    eyes.look(wang, "review-with-receipt")
    answer = wang.request.get(str(shown.get_attribute("src")))
    assert red_pixels(answer.body()) == 0

    # 6 villagers
    with app.app_context():
        road.publish(road.agree(draft))
        db.engine.dispose()
    villager = phone("")
    villager.goto(f"/v/{COUNTY.village}/finance/2026Q3")
    villager.get_by_role("link", name="看票据（1 张）").nth(1).click()
    picture = villager.get_by_alt_text("票据第 1 张，共 1 张")
    picture.scroll_into_view_if_needed()
    villager.wait_for_function("() => [...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert "黑的地方是公开前遮住的个人信息" in main_text(villager)
    eyes.look(villager, "villager-receipt")
    address = server.url + str(picture.get_attribute("src"))
    with urllib.request.urlopen(address, timeout=60) as found:
        raw = found.read()
    assert red_pixels(raw) == 0
    sheet = Image.open(BytesIO(raw)).convert("RGB")
    middle = sheet.getpixel((int(0.55 * sheet.width), int(0.44 * sheet.height)))
    assert max(middle) < 12  # type: ignore[type-var, arg-type]

    # 7 hidden
    zhou = phone(COUNTY.head)
    zhou.goto(f"/desk/d/{draft}/hide")
    zhou.get_by_label("个人信息").check()
    zhou.get_by_role("button", name="马上撤下").click()
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(address, timeout=60)
    assert gone.value.code == 404
    for context in contexts:
        context.close()
    assert eyes.wrong == []


def test_a_receipt_is_masked_without_any_script(
    village: tuple["Server", Flask, int], chromium: "Browser", eyes: Eyes, tmp_path: Path
) -> None:
    server, _, draft = village
    plain = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=server.url, java_script_enabled=False)
    plain.set_default_timeout(60_000)
    page = sign_in(plain, COUNTY.clerk)
    page.goto(f"/desk/d/{draft}/receipts")
    page.get_by_label("照片（JPG、PNG、WEBP）或 PDF").set_input_files(receipt(tmp_path / "107.jpg", 1))
    page.get_by_role("button", name="上传").click()
    page.get_by_role("link", name="一张一张看、遮").click()
    for name, number in (("x", "28"), ("y", "38"), ("w", "54"), ("h", "12")):
        page.locator(f"input[name={name}]").first.fill(number)
    page.get_by_role("button", name="先看一看").click()
    assert "还没有存" in main_text(page)
    assert page.locator("#drawn rect").count() == 1
    page.get_by_role("button", name="遮好了，存下来").click()
    assert "都对好、遮好了" in main_text(page)
    plain.close()
    for theme in ("light", "dark"):
        context = chromium.new_context(base_url=server.url)
        context.add_cookies([{"name": "theme", "value": theme, "url": server.url}])
        page = sign_in(context, COUNTY.clerk)
        page.goto(f"/desk/d/{draft}/receipts")
        eyes.look(page, f"receipts-{theme}")
        page.get_by_role("link", name="看票据 107.jpg").first.click()
        eyes.look(page, f"mask-{theme}")
        drag_with_mouse(page, 0.1, 0.7, 0.2, 0.1)
        assert page.locator("#drawn rect").count() == 2
        page.get_by_text("用数字写框").click()
        page.get_by_role("button", name="删掉").last.click()
        assert page.locator("#drawn rect").count() == 1
        context.close()
    assert eyes.wrong == []
