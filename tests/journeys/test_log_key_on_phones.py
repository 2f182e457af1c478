"""日志换钥匙，两个人：系统管理员在服务器上运行命令，镇监督员用手机确认。

剧本：
1. 系统管理员运行 villagehub log key add：没有登记，命令说要等谁、到哪里确认。
2. 镇监督员登录，首页写着有事等他；打开看明白了，写密码确认。
3. 系统管理员再运行一次，打印新的公钥；村民的核对页写着钥匙正在换，由哪两种职务的人办的。
4. 停用旧钥匙，镇监督员不同意，写了原因；系统管理员再运行，看到原因，旧钥匙还在用。
"""

import re
from typing import TYPE_CHECKING

import pytest
import road
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes, eyes, main_text  # noqa: F401
from world import COUNTY, PASSWORD, settings_for, settle_county

from villagehub.app import create_app
from villagehub.disclosures.after import run_after_publish
from villagehub.storage import db, migrate

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def village(server: "Server") -> "Server":
    """A served village that has published its quarter, so that its log has signed."""
    server.run("init", "--login", "root", "--password-stdin", text="a long phrase 42\n")
    app = create_app(
        settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}", base_url=server.url)
    )
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        road.published()
        run_after_publish()
        db.engine.dispose()
    server.start()
    return server


def test_the_operator_proposes_and_the_township_decides_on_a_phone(
    chromium: "Browser",
    village: "Server",
    eyes: Eyes,  # noqa: F811
) -> None:
    said = village.refused("log", "key", "add")
    assert "吴敏（镇监督员）" in said
    assert f"{village.url}/town/key" in said

    town = sign_in(
        chromium.new_context(base_url=village.url, viewport={"width": 390, "height": 844}), COUNTY.supervisor
    )
    town.goto("/desk")
    assert "等您确认：防改日志要换钥匙" in main_text(town)
    eyes.look(town, "key-waits-on-the-desk")
    town.get_by_role("link", name="看是怎么回事").click()
    town.get_by_role("heading", name="等您确认").wait_for()
    eyes.look(town, "key-to-confirm")
    town.get_by_label("您登录用的密码").fill(PASSWORD)
    town.get_by_role("button", name="我问清楚了，同意这一步").click()
    town.get_by_text("请告诉系统管理员，在服务器上再运行一次同样的命令").wait_for()
    eyes.look(town, "key-confirmed")

    new = village.run("log", "key", "add").strip()
    assert re.fullmatch(r"\S+\+[0-9a-f]{8}\+\S+", new)
    town.goto(f"/v/{COUNTY.village}/n/1/check")
    town.get_by_text("给技术人员").click()
    assert "新旧两把一起签。这一步由系统管理员提出、镇监督员确认。" in main_text(town)

    village.refused("log", "key", "retire")
    town.goto("/town/key")
    town.get_by_role("heading", name="等您确认").wait_for()
    assert "办了就回不去" in main_text(town)
    eyes.look(town, "key-to-retire")
    town.get_by_label("为什么").fill("新公钥还没发给县里")
    town.get_by_role("button", name="不同意", exact=True).click()
    town.get_by_text("记下了：不同意").wait_for()
    eyes.look(town, "key-refused")
    assert "吴敏（镇监督员）没有同意：新公钥还没发给县里" in village.refused("log", "key", "retire")
    assert len(village.run("log", "key", "list").splitlines()) == 2
    town.context.close()
    assert eyes.wrong == []
