"""依法隐去：村里提，镇里确认，两个人都用手机。

剧本：
1. 三季度的账公开了，里面写着个人的名字。村委会主任在手机上打开“依法隐去”，找到这一份，选“村东水渠清淤人工费”那一行，
   再选监委会主任不同意的那句话，写人的栏已经勾上，选依据，写一句为什么，点“提出”。
2. 他自己确认不了，页面说要等镇里。
3. 镇监督员打开这件申请，要没有的字一条一条列着；写错一次密码，什么也没动；写对了，点“确认隐去，不能恢复”。
   页面接着说还要人去办的：换公开榜、旧备份。
4. 村民打开那一笔：写着“已依法隐去”，金额还在；审核的人还在，那句话没有了；“怎么核对”里也写着，核对照样是“没有改过”。
"""

import re
from typing import TYPE_CHECKING

import pytest
import road
from browsing import main_text
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes, eyes  # noqa: F401
from world import COUNTY, PASSWORD, settings_for, settle_county

from villagehub.app import create_app
from villagehub.disclosures import office
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "李大山"
OPINION = "给老李的钱太多，他家有病人"


@pytest.fixture
def village(server: "Server") -> "Server":
    """A served village that has published its quarter."""
    server.run("init", "--login", "root", "--password-stdin", text="a long phrase 42\n")
    app = create_app(
        settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}", base_url=server.url)
    )
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        version_id = road.submit(road.fill())
        with unit_of_work() as session:
            chair = road.hand(COUNTY.chair)
            office.cast_vote(session, version_id, chair, agrees=False, objection=OPINION)
        road.publish(road.agree(version_id))
        db.engine.dispose()
    server.start()
    return server


def test_two_people_take_a_name_out_for_good_with_their_phones(
    chromium: "Browser",
    village: "Server",
    eyes: Eyes,  # noqa: F811
) -> None:
    small = {"width": 390, "height": 844}
    head = sign_in(chromium.new_context(base_url=village.url, viewport=small), COUNTY.head)
    head.goto("/desk/redact")
    eyes.look(head, "redact-overview")
    head.get_by_role("link", name=re.compile("2026年第三季度财务收支")).click()
    head.get_by_label(re.compile("村东水渠清淤人工费")).check()
    head.get_by_label(re.compile(OPINION)).check()
    eyes.look(head, "redact-choose")
    head.get_by_role("button", name="下一步").click()
    assert head.get_by_label(re.compile(NAME)).is_checked()
    assert head.get_by_label(re.compile(OPINION)).is_checked()
    head.get_by_role("radio").first.check()
    head.get_by_label(re.compile("为什么隐去")).fill("本人要求删去姓名")
    eyes.look(head, "redact-propose")
    head.get_by_role("button", name=re.compile("提出")).click()
    assert "镇" in main_text(head)
    assert head.get_by_role("button", name="确认隐去，不能恢复").count() == 0
    asked = head.url
    head.context.close()

    town = sign_in(chromium.new_context(base_url=village.url, viewport=small), COUNTY.supervisor)
    town.goto(asked.partition("?")[0])
    assert NAME in main_text(town)
    assert OPINION in main_text(town)
    eyes.look(town, "redact-confirm")
    town.get_by_label(re.compile("密码")).fill("wrong words here")
    town.get_by_role("button", name="确认隐去，不能恢复").click()
    assert NAME in main_text(town)
    town.get_by_label(re.compile("密码")).fill(PASSWORD)
    town.get_by_role("button", name="确认隐去，不能恢复").click()
    told = main_text(town)
    assert "还要人去办的" in told
    assert NAME not in told
    assert OPINION not in told
    eyes.look(town, "redacted")
    town.get_by_role("link", name="看村民看到的页面").click()
    eyes.look(town, "record-without-the-opinion")
    town.context.close()

    phone = chromium.new_context(base_url=village.url, viewport=small, java_script_enabled=False).new_page()
    phone.goto(f"/v/{COUNTY.village}/finance/2026Q3")
    assert NAME not in phone.content()
    phone.get_by_role("link", name=re.compile("这一笔的来龙去脉")).nth(1).click()
    assert "已依法隐去" in main_text(phone)
    assert "11,600.00" in main_text(phone)
    phone.goto(f"/v/{COUNTY.village}/n/1")
    assert "孙立" in main_text(phone)
    assert "意见：（已依法隐去）" in main_text(phone)
    assert OPINION not in phone.content()
    phone.goto(f"/v/{COUNTY.village}/n/1/check")
    phone.get_by_role("button", name="现在再核对").click()
    assert "没有改过" in main_text(phone)
    assert "依法隐去" in main_text(phone)
    phone.context.close()
    assert eyes.wrong == []
