"""一句疑问，问出一次更正。

剧本：
1. 村民在手机上看三季度的账（手机不开脚本），点开“村东水渠清淤人工费”，点“对这一项有疑问？问一问”，写一句话，点“问一问”，
   抄下查询码。别人这时还看不到。
2. 镇监督员在“提问”里看到，写着问的是哪一笔，选“请村里答复”。
3. 报账员查了，是抄错了：更正走一遍（改、送审、两个人签、公开），再打开提问，写答复，写更正是第几号。
4. 村民输查询码，看到答复和更正，点“解决了”。
5. 别的村民在“我要问”里看到这一问一答，回音壁里列着，点开更正，改前改后都在；那一笔的页面上也有。
"""

import json
import re
from typing import TYPE_CHECKING

import pytest
import road
from browsing import main_text
from test_command_line_road import shown, step
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes, eyes  # noqa: F401
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.storage import db, migrate

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASKED = "清淤我去干了，一共十天的活，怎么是一万多？"
REASON = "人工费抄错一位，村民提问后对照派工单改正"


@pytest.fixture
def village(server: "Server") -> "Server":
    """A served village that has published its quarter."""
    server.instance.mkdir(mode=0o700, parents=True)
    app = create_app(
        settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}", base_url=server.url)
    )
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        road.published()
        db.engine.dispose()
    server.start()
    return server


def corrected(server: "Server") -> None:
    """The clerk's correction on its whole road, by commands: the browser walks that road in test_the_whole_road."""
    first = 1
    draft = json.loads(step(server, "correct", first, "--reason", REASON, "--json", by="clerk"))["version"]
    canal = next(one["number"] for one in shown(server, draft, "clerk")["rows"] if "水渠" in one["headline"])
    step(server, "row", draft, canal, "金额=1,160", by="clerk")
    step(server, "submit", draft, by="clerk")
    for member in ("member", "chair"):
        step(server, "review", draft, "--agree", by=member)
    step(server, "publish", draft, by="head")


def test_a_question_leads_to_a_correction_that_everybody_can_see(
    chromium: "Browser",
    village: "Server",
    eyes: Eyes,  # noqa: F811
) -> None:
    phone = chromium.new_context(
        base_url=village.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    ).new_page()
    phone.goto(f"/v/{COUNTY.village}/finance/2026Q3")
    phone.get_by_role("link", name=re.compile("这一笔的来龙去脉")).nth(1).click()
    phone.get_by_role("link", name="对这一项有疑问？问一问").click()
    phone.get_by_label("您想问什么（一次问一件事）").fill(ASKED)
    phone.get_by_role("button", name="问一问").click()
    code = re.search(r"\b[0-9A-Z]{3} [0-9A-Z]{3} [0-9A-Z]{3}\b", main_text(phone))
    assert code
    phone.goto(f"/v/{COUNTY.village}/ask")
    assert ASKED not in main_text(phone)

    office = chromium.new_context(base_url=village.url, viewport={"width": 390, "height": 844})
    township = sign_in(office, COUNTY.supervisor)
    township.goto("/desk/questions")
    township.get_by_role("link", name=re.compile(ASKED[:8])).click()
    assert "2026年第三季度财务收支，编号 2" in main_text(township)
    township.get_by_role("radio", name=re.compile("请村里答复")).check()
    township.get_by_role("button", name="确定").click()
    assert "等村里答复" in main_text(township)
    office.close()

    corrected(village)
    office = chromium.new_context(base_url=village.url, viewport={"width": 390, "height": 844})
    clerk = sign_in(office, COUNTY.clerk)
    clerk.goto("/desk/questions")
    clerk.get_by_role("link", name=re.compile(ASKED[:8])).click()
    clerk.get_by_label("答复（村民会看到）").fill("是我们抄错了一位，已经更正，多谢您提醒。")
    clerk.get_by_label(re.compile("写更正是第几号公开")).fill("2")
    clerk.get_by_role("button", name="答复并登出来").click()
    assert "第 2 号公开" in main_text(clerk)
    office.close()

    phone.goto(f"/v/{COUNTY.village}/ask")
    phone.get_by_label("查询码（提问时给的 9 位）").fill(code[0])
    phone.get_by_role("button", name="查").click()
    assert "抄错了一位" in main_text(phone)
    phone.get_by_role("button", name="解决了", exact=True).click()
    assert "解决了" in main_text(phone)

    other = chromium.new_context(base_url=village.url, viewport={"width": 390, "height": 844}).new_page()
    other.goto(f"/v/{COUNTY.village}/ask")
    assert "回音壁" in main_text(other)
    assert "有村民提问" in main_text(other)
    eyes.look(other, "echo")
    other.get_by_role("link", name=re.compile("已更正，见第 2 号公开")).click()
    other.get_by_role("link", name=re.compile("第 2 号公开")).first.click()
    other.get_by_role("link", name=re.compile("改前|改了什么|old|对照")).first.click()
    told = main_text(other)
    assert "11,600.00" in told
    assert "1,160.00" in told
    assert REASON in told
    assert eyes.wrong == []
    other.context.close()
    phone.context.close()
