"""一个文件，五个村：代理会计一次传全镇的账，按村分开，各村自己核对。

剧本：
1. 钱芳是柳河镇五个村的报账员。她把五个村的三季度账放在一张表里，有一列写着村名；有一行忘了写村名，“松林”写的是小名。
2. 她点“一个文件里有几个村，按村分开”。页面列出五个名字，各有几行、收入支出多少；“松林”要她选是哪个村；没写村名的写明第几行。
3. 她没选就点“分给各村”，页面说还有 1 个名字没选；她选好，又给“先不传”打勾，再点，分给了五个村。
4. 她打开柳树坪村的一份，存成草稿。
5. 青石沟村的报账员赵庆登录，看到本村的一份，只有本村的行；他存成草稿。他打开整个文件的地址，进不去；别的村的一份也没有这一页。
6. 镇里的吴敏看得到整个文件，可以下载。
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import main_text
from flask import Flask
from openpyxl import Workbook, load_workbook
from test_desk_in_browser import Eyes, phone
from world import COUNTY, NOW, PASSWORD, settings_for, settle_county

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.app import create_app
from villagehub.places.actions import take_over_list
from villagehub.places.official_list import read_list
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MORE = "code,name\n990101100203,松林坡村村民委员会\n990101100204,大桥村村民委员会\n990101100205,白果社区居民委员会\n"
FIVE = (COUNTY.village, COUNTY.other_village, "990101100203", "990101100204", "990101100205")
ROWS = [
    ["柳河镇2026年三季度收支表"],
    ["村名", "日期", "摘要", "收入", "支出"],
    ["青石沟村", "2026-07-05", "鱼塘租金", 12000, None],
    ["柳树坪村", "2026-07-06", "砖厂租金", 3000, None],
    ["松林", "2026-07-07", "茶园租金", 5000, None],
    ["大桥村", "2026-08-01", "修桥栏杆", None, 2600],
    ["白果社区", "2026-08-02", "换路灯", None, 980],
    ["青石沟村", "2026-09-12", "购路灯配件", None, 840],
    [None, "2026-09-13", "忘了写村名的", None, 50],
    ["合计", None, None, 20000, 4470],
]


@pytest.fixture
def served(server: "Server") -> "Server":
    """A served township of five villages, of all of which 钱芳 is the clerk."""
    server.instance.mkdir(mode=0o700, parents=True)
    database = f"sqlite:///{server.instance / 'villagehub.db'}"
    app: Flask = create_app(settings_for(server.instance, database, base_url=server.url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        listed, problems = read_list(MORE.encode())
        assert not problems
        with unit_of_work() as session:
            take_over_list(session, listed, now=NOW)
            person = add_person(session, "books", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
            for code in FIVE:
                place = place_with_code(session, code)
                appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
        db.engine.dispose()
    server.start()
    return server


def accept(page: "Page") -> None:
    page.get_by_role("button", name="存成草稿").click()
    assert "已存成草稿" in main_text(page)


def test_one_workbook_for_five_villages(chromium: "Browser", served: "Server", tmp_path: Path) -> None:
    file, book = tmp_path / "全镇三季度.xlsx", Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.save(file)
    eyes = Eyes()
    context, books = phone(chromium, served, "books")
    books.goto("/desk/upload")
    books.get_by_label("哪一期").fill("2026Q3")
    books.get_by_label("表格文件").set_input_files(file)
    eyes.look(books, "many-form")
    books.get_by_label("表格文件").set_input_files(file)
    books.get_by_role("button", name="一个文件里有几个村，按村分开").click()
    page = main_text(books)
    assert "青石沟村：2 行" in page
    assert "收入 12,000.00，支出 840.00" in page
    assert "您办的村里没有这个名字，请选是哪个村" in page
    assert "有 1 行没有写是哪个村" in page
    assert "第 9 行" in page
    eyes.look(books, "many-names", (390, 320, 1280))
    books.get_by_role("link", name="对表头：哪一列是什么，对一次，各村都按这个").click()
    eyes.look(books, "many-columns")
    books.get_by_role("link", name="‹ 回到按村分开").click()
    books.get_by_role("button", name="分给各村").click()
    assert "还有 1 个名字没有选是哪个村：“松林”" in main_text(books)
    eyes.look(books, "many-refused")
    books.get_by_role("group", name="松林").get_by_label("是哪个村").select_option(label="柳河镇 松林坡村")
    books.get_by_label("看过了，这几行先不传").check()
    books.get_by_role("button", name="分给各村").click()
    assert "已分给 5 个村" in main_text(books)
    eyes.look(books, "many-given", (390, 320, 1280))
    whole = books.url
    hrefs = {one.inner_text(): one.get_attribute("href") or "" for one in books.locator("main .plainlist a").all()}
    books.goto(hrefs["柳树坪村"])
    assert "只有本村的行，行号和那个文件一样" in main_text(books)
    eyes.look(books, "many-share")
    accept(books)
    context.close()

    context, clerk = phone(chromium, served, COUNTY.clerk)
    clerk.goto("/desk/upload")
    clerk.get_by_role("link", name="2026年第三季度财务收支").first.click()
    assert "2 行都没问题" in main_text(clerk)
    with clerk.expect_download() as caught:
        clerk.get_by_role("link", name="下载原来的文件").click()
    mine = load_workbook(BytesIO(Path(caught.value.path()).read_bytes()))
    words = str([list(row) for sheet in mine for row in sheet.iter_rows(values_only=True)])
    assert "鱼塘租金" in words
    for theirs in ("砖厂", "茶园", "修桥", "换路灯", "忘了写"):
        assert theirs not in words
    accept(clerk)
    for closed in (whole, f"{whole}/original", hrefs["柳树坪村"], f"{hrefs['柳树坪村']}/original"):
        answer = clerk.request.get(closed)
        assert answer.status in (403, 404), closed
        assert "砖厂租金" not in answer.text()
    context.close()

    context, town = phone(chromium, served, COUNTY.supervisor)
    town.goto("/town/bundles")
    eyes.look(town, "many-town")
    with town.expect_download() as caught:
        town.get_by_role("link", name="下载 全镇三季度.xlsx").click()
    assert Path(caught.value.path()).read_bytes() == file.read_bytes()
    context.close()
    assert eyes.wrong == []
