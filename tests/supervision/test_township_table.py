"""The township sees at a glance what is due, late and missing, can sort, print and copy it, and goes down to the clerk's row."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
import road
from click.testing import CliRunner
from flask import Flask
from world import COUNTY, NOW, Browser, County

from villagehub.cli import cli
from villagehub.disclosures.scope import version_with_id
from villagehub.storage import unit_of_work
from villagehub.supervision.audits import Said, ask

SignIn = Callable[[str], Browser]
OURS, NEXT, FAR = COUNTY.village, COUNTY.other_village, COUNTY.far_village


def cells(page: str, village: str) -> list[str]:
    """The words of one village's line."""
    line = next(one for one in page.split("<tr>") if f"/town/v/{village}" in one and "<td" in one)
    return re.findall(r"<td[^>]*><a[^>]*>([^<]*)</a>", line)


def test_every_village_has_a_line_and_the_worst_stands_first(due_county: County, sign_in: SignIn) -> None:
    road.published()
    page = sign_in(due_county.supervisor).get("/town").text
    assert "柳河镇 2026年第三季度公开情况" in page
    assert cells(page, OURS)[0] == "晚39天"
    assert cells(page, NEXT)[0] == "没公开"
    assert page.index("柳树坪村") < page.index("青石沟村")
    assert "石桥村" not in page


def test_the_counts_on_top_are_links_that_list_just_those_villages(due_county: County, sign_in: SignIn) -> None:
    road.published()
    browser = sign_in(due_county.supervisor)
    page = browser.get("/town").text
    assert "<b>0 / 2</b>" in page
    assert "<b>1 项</b>到期没公开，涉及 1 个村" in page
    assert "；另有 1 项晚了" in page
    missing = browser.get("/town?show=missing").text
    assert "柳树坪村" in missing
    assert "青石沟村" not in missing


def test_a_quarter_and_a_year_that_still_run_are_not_yet_due(due_county: County, sign_in: SignIn) -> None:
    page = sign_in(due_county.supervisor).get("/town?q=2026Q4").text
    assert cells(page, OURS)[:2] == ["还没到期", "还没到期"]


def test_columns_sort_by_links(due_county: County, sign_in: SignIn) -> None:
    road.published()
    page = sign_in(due_county.supervisor).get("/town?sort=v").text
    assert page.index("青石沟村") < page.index("柳树坪村")
    assert "按这一列排" in page


def test_the_file_says_the_same_as_the_page(due_county: County, sign_in: SignIn) -> None:
    road.published()
    answer = sign_in(due_county.supervisor).get("/town/table.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    assert [book["公开情况"].cell(3, 1).value, book["公开情况"].cell(3, 2).value] == ["柳树坪村", "没公开"]
    assert book["公开情况"].cell(4, 2).value == "晚39天"
    assert book["公开情况"].page_setup.orientation == "landscape"
    assert [one.value for one in book["逐项"][2]][:2] == ["柳树坪村", "2026年第三季度财务收支"]


def test_the_reminder_can_be_copied_without_scripts(due_county: County, sign_in: SignIn) -> None:
    page = sign_in(due_county.supervisor).get("/town/reminders").text
    assert page.count("<textarea") == 3
    assert "柳河镇：到2026年11月23日，下面 2 个村有该公开没公开的。" in page
    assert "· 2026年第三季度财务收支，应于10月15日公开，已过 39 天。请报账员上传账表、送审。" in page


def test_the_reminder_says_whose_turn_it_is(app: Flask, due_county: County, sign_in: SignIn) -> None:
    browser, address = sign_in(due_county.supervisor), f"/town/v/{OURS}?q=2026Q3"
    version = road.submit(road.fill())
    board = road.submit(road.fill(of=road.account(entity="collective")))
    begun = browser.get(address).text
    assert "财务收支，应于10月15日公开，已过 39 天。已送审，请村务监督委员会看过并签字。" in begun
    assert "监事会" not in begun  # nobody sits on a board here, so the committee signs for the collective too
    told = json.loads(CliRunner().invoke(cli, ["overdue", "--json"], obj=lambda: app).output)
    asked = [one for one in told if (one["section"], one["period"]) == ("finance", "2026Q3")]
    assert {one["village"]: one["stage"] for one in asked if one["entity"] == "committee"} == {
        OURS: "submitted",
        NEXT: None,
        FAR: None,
    }
    assert [one["days"] for one in told] == sorted((one["days"] for one in told), reverse=True)
    road.agree(version)
    assert "已过 39 天。签字齐了，请村委会主任公开。" in browser.get("/town/reminders").text
    listed = CliRunner().invoke(cli, ["overdue", "--town", due_county.township], obj=lambda: app).output
    assert re.search(r"青石沟村 +2026年第三季度财务收支 +2026年10月15日 +39 天 +签字齐了，请村委会主任公开", listed)
    assert "2 个村，2 个村有到期没公开的" in listed
    office = sign_in(due_county.clerk).get(f"/desk/d/{board}").text
    assert ("2 村务监督委员会签字" in office, "监事会" in office) == (True, False)


def test_from_the_village_down_to_the_row_in_the_clerks_own_file(due_county: County, sign_in: SignIn) -> None:
    version = road.published()
    browser = sign_in(due_county.supervisor)
    village = browser.get(f"/town/v/{OURS}").text
    assert "赵庆" in village
    assert "报账员" in village
    assert f"/town/d/{version}" in village
    listed = browser.get(f"/town/d/{version}").text
    number = re.search(rf'<tr id="i\d+"><td><a href="/town/d/{version}/row/(\d+)"', listed)
    assert number
    row = browser.get(f"/town/d/{version}/row/{number[1]}").text
    assert "鱼塘租金" in row
    assert "原表第 5 行，工作表“Sheet1”" in row
    assert browser.get(f"/town/d/{version}/row/9999").status_code == 404


def test_what_waits_for_signatures_is_counted_and_named(due_county: County, sign_in: SignIn) -> None:
    road.submit(road.fill())
    browser = sign_in(due_county.supervisor)
    assert "<b>1 项</b>在等签字，0 项超过 5 天" in browser.get("/town").text
    assert "已签 0 人，要 2 人" in browser.get(f"/town/v/{OURS}").text


def test_the_county_sees_townships_and_goes_on_to_their_villages(due_county: County, sign_in: SignIn) -> None:
    browser = sign_in(due_county.county)
    page = browser.get("/county").text
    assert "没公开 2" in page
    assert "白杨乡" in page
    assert f"/town?t={COUNTY.far_village[:9]}" in page
    assert "石桥村" in browser.get(f"/town?t={COUNTY.far_village[:9]}").text


@pytest.mark.parametrize("login", [COUNTY.supervisor, COUNTY.auditor])
def test_another_township_seems_not_to_be_there(due_county: County, sign_in: SignIn, login: str) -> None:
    browser = sign_in(login)
    assert browser.get(f"/town?t={FAR[:9]}").status_code == 404
    assert browser.get(f"/town/table.xlsx?t={FAR[:9]}").status_code == 404
    assert browser.get(f"/town/v/{FAR}").status_code == 404
    assert browser.get("/county").status_code == 403


@pytest.mark.parametrize("quarter", ["2026", "2026-03", "x"])
def test_a_quarter_that_is_none_is_explained(due_county: County, sign_in: SignIn, quarter: str) -> None:
    answer = sign_in(due_county.supervisor).get(f"/town?q={quarter}")
    assert answer.status_code in (400, 422)
    assert "2026Q" in answer.text


def test_the_countys_file_says_the_same_as_its_page_and_prints_across(due_county: County, sign_in: SignIn) -> None:
    version = road.published()
    with unit_of_work() as session:
        said = Said("请说明这一笔的用途，附会议记录", NOW.date())
        ask(
            session, version_with_id(session, version), said, number=None, actor=road.person(COUNTY.supervisor), now=NOW
        )
    browser = sign_in(due_county.county)
    page = browser.get("/county").text
    assert "/county/table.xlsx?q=2026Q3" in page
    answer = browser.get("/county/table.xlsx?q=2026Q3")
    assert "%E9%9D%92%E7%A6%BE%E5%8E%BF" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    head = [one.value for one in sheet[2]]
    lines = {
        row[0].value: dict(zip(head, [one.value for one in row], strict=True)) for row in sheet.iter_rows(min_row=3)
    }
    assert set(lines) == {"柳河镇", "白杨乡"}
    river = lines["柳河镇"]
    assert (river["村数"], river["没公开（项）"], river["晚了（项）"], river["待核实（项）"]) == (2, 1, 1, 1)
    assert river["财务收支"] == "没公开 1 · 晚了 1"
    assert river["财务收支"] in page
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$2")


def test_the_countys_columns_sort_by_links_and_the_file_follows(due_county: County, sign_in: SignIn) -> None:
    town = sign_in(due_county.supervisor)
    for code in (OURS, NEXT):
        fields = {"account": "finance/2026Q3", "until": "2026-12-05", "reason": "县系统未关账", "q": "2026Q3"}
        assert town.send(f"/town/v/{code}/waivers", fields, page=f"/town/v/{code}").status_code == 303
    browser = sign_in(due_county.county)
    for sort, first, second in (("", "白杨乡", "柳河镇"), ("finance", "白杨乡", "柳河镇"), ("v", "柳河镇", "白杨乡")):
        page = browser.get(f"/county?sort={sort}").text
        assert page.index(first) < page.index(second)
        book = openpyxl.load_workbook(BytesIO(browser.get(f"/county/table.xlsx?sort={sort}").data))
        assert [book.worksheets[0].cell(line, 1).value for line in (3, 4)] == [first, second]
    assert "改回最要紧的排前面" in browser.get("/county?sort=v").text
