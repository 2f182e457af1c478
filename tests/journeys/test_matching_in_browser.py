"""对表头：系统不认识的表，对一次，下个季度自己认得。

剧本：
1. 赵庆在手机上传三季度的流水。表头是“办理时刻、啥事、进、出”，系统认不出，页面说没有找到表头。
2. 他点“对表头”，选第 2 行做表头；每一列都写着表里的三个值。他选错了，两列都选“摘要”，页面说一项只能用一列，选过的还在。
3. 他改好，点“就这样对”。两行都没问题，存成草稿。
4. 四季度他传同样表头的表，一列也不用对：页面写着“按上次的对法”。他打开对法看一看，点“忘掉这个对法”。
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import main_text
from openpyxl import Workbook
from test_desk_in_browser import Eyes, accept, phone, served  # noqa: F401
from world import COUNTY

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEAD = ["办理时刻", "啥事", "进", "出", "经办签名"]
THIRD = [["青石沟村流水"], HEAD, ["2026-07-05", "鱼塘租金", 12000, None], ["2026-09-12", "购路灯配件", None, 840]]
FOURTH = [THIRD[0], HEAD, ["2026-10-06", "砖厂租金", 3000, None]]


def write(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def send(page: "Page", file: Path, period: str) -> None:
    page.goto("/desk/upload")
    page.get_by_label("哪一期").fill(period)
    page.get_by_label("表格文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


def test_an_unknown_layout_is_matched_once_and_known_next_quarter(
    chromium: "Browser",
    served: "Server",  # noqa: F811
    tmp_path: Path,
) -> None:
    third, fourth = write(tmp_path / "三季度流水.xlsx", THIRD), write(tmp_path / "四季度流水.xlsx", FOURTH)
    eyes = Eyes()
    context, clerk = phone(chromium, served, COUNTY.clerk)
    send(clerk, third, "2026Q3")
    assert "没有找到“财务收支”的表头" in main_text(clerk)
    eyes.look(clerk, "match-refused")
    clerk.get_by_role("link", name="对表头：告诉系统哪一列是什么").click()
    eyes.look(clerk, "match-start")
    clerk.get_by_label("第 2 行").check()
    clerk.get_by_role("button", name="用这一行做表头").click()
    assert "鱼塘租金、购路灯配件" in main_text(clerk)

    def choose(letter: str, what: str) -> None:
        clerk.get_by_role("group", name=f"{letter} 列").get_by_label("这一列是").select_option(label=what)

    choose("A", "日期（必填）")
    choose("B", "摘要（必填）")
    choose("C", "收入金额")
    choose("D", "支出金额")
    choose("E", "摘要（必填）")
    eyes.look(clerk, "match-columns")
    clerk.get_by_role("button", name="就这样对").click()
    assert "B 列“啥事”、E 列“经办签名”都选了“摘要”，一项只能用一列" in main_text(clerk)
    assert clerk.get_by_role("group", name="C 列").get_by_label("这一列是").input_value() == "role:in_amount"
    eyes.look(clerk, "match-two-for-one")
    choose("E", "不用")
    clerk.get_by_role("button", name="就这样对").click()
    assert "表头是赵庆今天" in main_text(clerk)
    assert "2 行都没问题" in main_text(clerk)
    eyes.look(clerk, "match-done")
    accept(clerk)

    send(clerk, fourth, "2026Q4")
    assert "按上次的对法：赵庆今天" in main_text(clerk)
    assert "1 行都没问题" in main_text(clerk)
    eyes.look(clerk, "match-remembered")
    clerk.get_by_role("link", name="改对法").click()
    assert "村里记着的对法：赵庆" in main_text(clerk)
    eyes.look(clerk, "match-again", (390, 320, 1280))
    clerk.get_by_role("button", name="忘掉这个对法").click()
    assert "忘掉这个对法" not in main_text(clerk)
    context.close()
    assert eyes.wrong == []
