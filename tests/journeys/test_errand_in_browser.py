"""一件事从收下到办好：村民手里只有一张回执。

剧本：
1. 孙桂花到村部办高龄津贴。报账员打开“村民办事”，点“收下一件”，选办事指南里的“高龄津贴申请”：要带什么都写着，
   几个工作日也写好了，只填姓名、电话，点“收下，给回执”。
2. 报账员打印回执。回执上有一个码、一个查询码，没有姓名，没有电话。
3. 晚上，孙桂花的孙子用手机扫回执上的码，打开的是本村的“办事进度”，里面只有一个框。抄错一个字，页面说怎么办；
   抄对了，看到收下了，还有几个工作日。网址里没有查询码。
4. 报账员发现少一张照片，选“要补材料”。村民再查，看到补什么，也看到这几天不算。
5. 照片补来，村里接着办，办好了。村民再查：办好了，到哪里拿。
6. 镇监督员在同一页里看得到这件事办到哪一步，看不到是谁。
"""

import re
from typing import TYPE_CHECKING

import pytest
import road
from browsing import main_text
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes, eyes  # noqa: F401
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.labels.proof import rasterise, read_all
from villagehub.sections import SECTIONS
from villagehub.storage import db, migrate

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Server
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME, PHONE = "孙桂花", "13800138000"


@pytest.fixture
def village(server: "Server") -> "Server":
    """A served village that has published its guides."""
    server.instance.mkdir(mode=0o700, parents=True)
    app = create_app(
        settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}", base_url=server.url)
    )
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        guides = [dict(one) for one in SECTIONS["guides"].example]
        road.published(guides, of=road.account("guides", "2026"), opening=None)
        db.engine.dispose()
    server.start()
    return server


def printed(clerk: "Page", folder: "Path") -> bytes:
    """The slip as the browser saves it."""
    with clerk.expect_download() as waiting:
        clerk.get_by_role("button", name="打印回执").click()
    kept = folder / waiting.value.suggested_filename
    waiting.value.save_as(kept)
    assert kept.name == "青石沟村-办事回执-第1号.pdf"
    return kept.read_bytes()


def put(clerk: "Page", step: str, words: str = "") -> None:
    """One step on the errand's page."""
    clerk.get_by_role("radio", name=step).check()
    clerk.get_by_label("要村民知道的话").fill(words)
    clerk.get_by_role("button", name="记下").click()
    clerk.get_by_role("status").wait_for()


def ask(villager: "Page", code: str) -> str:
    """What the box answers to this 查询码."""
    villager.get_by_label("查询码").fill(code)
    villager.get_by_role("button", name="查", exact=True).click()
    villager.wait_for_load_state()
    return main_text(villager)


def test_an_errand_from_its_slip_to_its_end(
    chromium: "Browser",
    village: "Server",
    tmp_path: "Path",
    eyes: Eyes,  # noqa: F811
) -> None:
    def phone() -> "Page":
        context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=village.url)
        context.set_default_timeout(60_000)
        return context.new_page()

    clerk = sign_in(phone().context, COUNTY.clerk)
    clerk.get_by_role("link", name="村民办事").click()
    clerk.get_by_role("link", name="收下一件").click()
    eyes.look(clerk, "errand-which")
    clerk.get_by_role("link", name="高龄津贴申请").click()
    assert "户口本" in main_text(clerk)
    assert clerk.get_by_label("几个工作日办好").input_value() == "15"
    clerk.get_by_label("来办事的人的姓名").fill(NAME)
    clerk.get_by_label("电话（可以空着）").fill(PHONE)
    eyes.look(clerk, "errand-new")
    clerk.get_by_role("button", name="收下，给回执").click()
    clerk.get_by_role("status").wait_for()
    eyes.look(clerk, "errand-received")
    code = clerk.locator(".code").inner_text()

    slip = rasterise(printed(clerk, tmp_path))
    eyes.keep(slip, "errand-slip")
    (payload,) = read_all(slip)
    assert code.replace(" ", "") not in payload

    villager = phone()
    villager.goto(payload)
    assert villager.url.endswith(f"/v/{COUNTY.village}/errand")
    eyes.look(villager, "errand-box")
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    assert "没有找到这个查询码" in ask(villager, wrong)
    eyes.look(villager, "errand-missed")
    said = ask(villager, code.lower())
    assert "村里收下了" in said
    assert re.search(r"还有 \d+ 个工作日", said)
    assert code.replace(" ", "").lower() not in villager.url.lower()
    assert NAME not in villager.content()
    assert PHONE not in villager.content()
    eyes.look(villager, "errand-status")

    put(clerk, "要补材料", "请补一张老人近期照片，村里可以帮拍")
    villager.get_by_role("link", name="查另一件事").click()
    said = ask(villager, code)
    assert "请补一张老人近期照片" in said
    assert "这几天不算" in said
    eyes.look(villager, "errand-waiting")

    put(clerk, "村里开始办")
    put(clerk, "办好了", "下月起打到一卡通")
    eyes.look(clerk, "errand-done-desk")
    villager.get_by_role("link", name="查另一件事").click()
    said = ask(villager, code)
    assert "办好了" in said
    assert "下月起打到一卡通" in said
    eyes.look(villager, "errand-done")

    town = sign_in(phone().context, COUNTY.supervisor)
    town.goto("/desk/errands")
    town.get_by_role("link", name="高龄津贴申请").click()
    assert "办好了" in main_text(town)
    assert NAME not in town.content()
    assert code not in town.content()
    eyes.look(town, "errand-town")
    assert eyes.wrong == []
