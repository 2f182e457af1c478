"""星期六晚上，账里露了一个人的事：一个人拿手机，一分钟以内撤下；镇里看过，再恢复。

剧本：
1. 村民打电话来：三季度收支里写着“李大山住院”。村委会主任周强拿出手机，登录，进“撤下”，点这一份。
2. 他选“露了个人信息”，点“马上撤下这一页”。只点了四下，没有打一个字；从登录到撤下不到一分钟。
3. 村民的手机上，这个季度的网页、这一笔、第几号公开、下载的表格、长图、村首页，都只剩一句“已撤下”，找不到那几个字。
   先前存在手机里的那一页，再打开也没有了。公开榜也打印不出来。
4. 周强自己不能恢复：页面写着由镇里决定。
5. 镇监督员吴敏在镇里的页面第一眼看到“已撤下”。她看过，那是村里的老称呼，不是病情，点“恢复公开”。
6. 村民再打开，和撤下以前一个字也不差。
7. 第二次是金额单位写错：周强选“其他”，忘了写原因，页面说要写，他选的还在；写好再撤下。监督委员会主任孙立确认。
"""

from typing import TYPE_CHECKING

import pytest
import road
from browsing import main_text
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes, eyes  # noqa: F401
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAK = "李大山住院"
V = f"/v/{COUNTY.village}"
WHERE = (
    V,
    f"{V}/n",
    f"{V}/n/1",
    f"{V}/finance",
    f"{V}/finance/2026Q3",
    f"{V}/finance/2026Q3?dir=out",
    f"{V}/finance/i/4",
)
FILES = (f"{V}/finance/2026Q3.csv", f"{V}/finance/2026Q3.png")
STUBS = (f"{V}/finance/2026Q3", f"{V}/finance/i/4", f"{V}/n/1")


@pytest.fixture
def village(server: "Server") -> "Server":
    """A served village whose published quarter says too much of somebody."""
    server.instance.mkdir(mode=0o700, parents=True)
    app = create_app(
        settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}", base_url=server.url)
    )
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        road.published([*road.THREE, road.entry("2026-09-20", f"慰问{LEAK}", 9_000_000, category="out_relief")])
        run_after_publish()
        db.engine.dispose()
    server.start()
    return server


def seen(page: "Page") -> dict[str, str]:
    """What a villager's phone shows at every address, the page's source included."""
    found = {}
    for path in WHERE:
        page.goto(path)
        found[path] = page.content()
    for path in FILES:
        found[path] = page.request.get(path).body().decode("utf-8", errors="replace")
    return found


def leaks(pages: dict[str, str]) -> list[str]:
    return [path for path, text in pages.items() if LEAK in text]


def test_hidden_by_one_thumb_within_a_minute_and_brought_back_by_the_township(
    chromium: "Browser",
    village: "Server",
    eyes: Eyes,  # noqa: F811
) -> None:
    def phone() -> "Page":
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, base_url=village.url, has_touch=True, java_script_enabled=True
        )
        context.set_default_timeout(60_000)
        return context.new_page()

    villager = phone()
    before = seen(villager)
    assert len(leaks(before)) >= 5
    assert before[FILES[1]].startswith("\ufffdPNG")

    zhou = sign_in(phone().context, COUNTY.head)
    zhou.goto("/desk")
    zhou.get_by_role("link", name="撤下", exact=True).tap()
    zhou.get_by_role("heading", name="要撤下哪一份").wait_for()
    eyes.look(zhou, "hide-list")
    zhou.get_by_role("link", name="2026年第三季度财务收支").tap()
    zhou.get_by_role("heading", name="马上撤下").wait_for()
    eyes.look(zhou, "hide-form")
    button = zhou.get_by_role("button", name="马上撤下这一页")
    box = button.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 844, "the button lies below the first screen"
    zhou.get_by_label("露了个人信息").check()
    button.tap()
    zhou.get_by_role("status").wait_for()
    eyes.look(zhou, "hidden")
    after = seen(villager)
    assert leaks(after) == []
    for path in STUBS:
        assert "已撤下" in after[path], path
    assert not after[FILES[1]].startswith("\ufffdPNG")
    villager.goto(STUBS[0])
    eyes.look(villager, "stub")

    assert "等镇里决定" in main_text(zhou)
    assert zhou.get_by_role("button", name="恢复公开").count() == 0
    clerk = sign_in(phone().context, COUNTY.clerk)
    clerk.goto("/desk")
    assert "已撤下" in main_text(clerk)
    clerk.get_by_role("link", name="2026年第三季度财务收支").first.tap()
    clerk.get_by_text("这一份已撤下，村民现在看到").wait_for()
    assert "撤下期间不能打印" in main_text(clerk)
    assert clerk.get_by_role("button", name="打印公开榜（PDF）").count() == 0
    eyes.look(clerk, "no-sheet")

    wu = sign_in(phone().context, COUNTY.supervisor)
    wu.goto("/town")
    assert "已撤下" in main_text(wu)
    wu.get_by_role("link", name="去看").first.tap()
    wu.get_by_role("button", name="恢复公开").wait_for()
    eyes.look(wu, "township")
    wu.get_by_role("button", name="恢复公开").tap()
    wu.get_by_role("status").wait_for()
    assert seen(villager) == before

    zhou.goto("/desk/hide")
    zhou.get_by_role("link", name="2026年第三季度财务收支").tap()
    zhou.get_by_role("radio", name="其他").check()
    zhou.get_by_role("button", name="马上撤下这一页").tap()
    zhou.get_by_role("alert").wait_for()
    assert zhou.get_by_role("radio", name="其他").is_checked()
    eyes.look(zhou, "reason-missing")
    zhou.get_by_label("写一句原因").fill("金额单位写错，正在核对")
    zhou.get_by_role("button", name="马上撤下这一页").tap()
    zhou.get_by_role("status").wait_for()
    sun = sign_in(phone().context, COUNTY.chair)
    sun.goto("/desk/hide")
    sun.get_by_role("button", name="确认撤下").tap()
    sun.get_by_role("status").wait_for()
    eyes.look(sun, "confirmed")
    after = seen(villager)
    assert leaks(after) == []
    assert "金额单位写错，正在核对" in after[STUBS[0]]
    assert eyes.wrong == []
