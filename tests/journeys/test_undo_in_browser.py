"""传错了表，收回来。

剧本：
1. 赵庆传了三季度的表，存成草稿。第二天他又传了一张，里面少一行、改了一行、多一行。
2. 手机上看预览：新的、有改动的（改前改后）、没变的、这次表里没有的，钱数前后。他勾掉那一行不要的，再存成草稿。
3. 上传记录里写着文件指纹、哪一列当成什么、存了哪些行。审核的王桂芳看到的是同一页。
4. 他发现传错了，点“撤销这次上传”：草稿和以前一模一样。
5. 公开以后他再看上传记录：撤销要写原因，开的是更正草稿。
6. 他把公开的表下载下来，原样传回去：没有新的，没有改动。
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import road
from browsing import main_text
from flask import Flask
from test_desk_in_browser import Eyes, accept, phone
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.storage import db, migrate

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEAD = "日期,凭证号,摘要,收入,支出,收付款人\n"
FIRST = HEAD + "".join(
    (
        "2026-07-05,101,鱼塘发包第二年租金,12000,,孙长林\n",
        "2026-07-12,107,村东水渠清淤人工费,,11600,刘家湾施工队\n",
        "2026-09-12,112,购路灯配件,,840,鑫源建材店\n",
    )
)
SECOND = HEAD + "".join(
    (
        "2026-07-05,101,鱼塘发包第二年租金,12000,,孙长林\n",
        "2026-07-12,107,村东水渠清淤人工费,,10600,刘家湾施工队第三作业队（青石沟村至石桥村段）\n",
        "2026-09-20,115,中秋慰问困难户,,2400,\n",
        "合计,,,12000,13000,\n",
    )
)


@pytest.fixture
def served(server: "Server") -> "Server":
    server.instance.mkdir(mode=0o700, parents=True)
    database = f"sqlite:///{server.instance / 'villagehub.db'}"
    app: Flask = create_app(settings_for(server.instance, database, base_url=server.url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        db.engine.dispose()
    server.start()
    return server


def send(page: "Page", file: Path) -> str:
    page.goto("/desk/upload")
    page.get_by_label("哪一期").fill("2026年三季度")
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    assert "/desk/u/" in page.url
    return page.url


def test_a_wrong_table_is_previewed_recorded_and_undone(chromium: "Browser", served: "Server", tmp_path: Path) -> None:
    eyes = Eyes()
    first, second = tmp_path / "三季度.csv", tmp_path / "三季度（改）.csv"
    first.write_text(FIRST, encoding="utf-8")
    second.write_text(SECOND, encoding="utf-8")
    context, clerk = phone(chromium, served, COUNTY.clerk)
    clerk.goto("/desk/upload")
    eyes.look(clerk, "undo-upload-form")

    send(clerk, first)
    eyes.look(clerk, "undo-preview-first")
    draft = accept(clerk)
    before = clerk.locator("#rows").inner_text()

    upload = send(clerk, second)
    eyes.look(clerk, "undo-preview-changed")
    assert "11,600.00 → 10,600.00" in main_text(clerk)
    clerk.get_by_role("link", name="这次表里没有的").click()
    eyes.look(clerk, "undo-preview-missing")
    clerk.get_by_label("去掉这一行").check()
    clerk.get_by_role("button", name="按打勾的去掉").click()
    assert clerk.get_by_label("去掉这一行").is_checked()
    clerk.get_by_role("button", name="存成草稿").click()
    assert "存完读回来数过，一共 3 行" in main_text(clerk)
    eyes.look(clerk, "undo-accepted")
    clerk.get_by_role("link", name="看上传记录").click()
    eyes.look(clerk, "undo-record")
    member_context, member = phone(chromium, served, COUNTY.member)
    member.goto(f"{upload}/record")
    eyes.look(member, "undo-record-member")
    assert member.locator(".sha").inner_text() == clerk.locator(".sha").inner_text()
    assert member.get_by_text("撤销这次上传").count() == 0

    clerk.get_by_text("撤销这次上传", exact=True).first.click()
    eyes.look(clerk, "undo-record-open")
    clerk.get_by_role("button", name="撤销这次上传").click()
    assert "去掉 1 行，恢复成以前的 2 行" in main_text(clerk)
    eyes.look(clerk, "undo-done")
    clerk.goto(draft)
    assert clerk.locator("#rows").inner_text() == before
    eyes.look(clerk, "undo-draft")
    member_context.close()
    context.close()
    assert eyes.wrong == []


def test_after_publication_an_undo_is_a_correction_and_a_download_changes_nothing(
    chromium: "Browser", served: "Server", tmp_path: Path
) -> None:
    eyes = Eyes()
    first = tmp_path / "三季度.csv"
    first.write_text(FIRST, encoding="utf-8")
    context, clerk = phone(chromium, served, COUNTY.clerk)
    upload = send(clerk, first)
    draft = int(accept(clerk).rpartition("/d/")[2])
    database = f"sqlite:///{served.instance / 'villagehub.db'}"
    app = create_app(settings_for(served.instance, database, base_url=served.url))
    with app.app_context():
        road.publish(road.agree(road.submit(draft)))
        db.engine.dispose()

    clerk.goto(f"/desk/d/{draft}")
    eyes.look(clerk, "undo-published")
    for ending in ("xlsx", "csv"):
        with clerk.expect_download() as found:
            clerk.get_by_role("link", name=f"下载全部行（{ending}）").click()
        file = tmp_path / found.value.suggested_filename
        assert file.name == f"青石沟村2026年第三季度财务收支第1号.{ending}"
        found.value.save_as(file)
        send(clerk, file)
        said = " ".join(main_text(clerk).split())
        assert "新的 0 行 有改动的 0 行" in said
        assert "没变的 3 行" in said
        clerk.goto(f"/desk/d/{draft}")

    clerk.goto(f"{upload}/record")
    clerk.get_by_text("撤销这次上传", exact=True).first.click()
    clerk.get_by_label("原因（村民会看到，至少 10 个字，不要写人名、电话、病情）").fill("错了")
    clerk.get_by_role("button", name="开更正草稿").click()
    assert "至少" in clerk.get_by_role("alert").inner_text()
    eyes.look(clerk, "undo-reason-missing")
    clerk.get_by_label("原因（村民会看到，至少 10 个字，不要写人名、电话、病情）").fill("整张表传错了村，要换成本村的")
    clerk.get_by_role("button", name="开更正草稿").click()
    assert "已开好更正草稿" in main_text(clerk)
    eyes.look(clerk, "undo-correction")
    context.close()
    assert eyes.wrong == []
