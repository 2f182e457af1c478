"""Which column is which: said once by a person on a page or at the keyboard, remembered for the village, forgotten again."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from ledger_files import read, xlsx
from sqlalchemy import func, select
from world import COUNTY, NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.cli import cli
from villagehub.disclosures.models import Row
from villagehub.journal.models import JournalEntry
from villagehub.ledgers.models import ColumnLayout, Upload
from villagehub.ledgers.outline import read_outline
from villagehub.places.queries import read_village
from villagehub.sections import section_named
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
HEAD = ["办理时刻", "啥事", "进", "出", "卡上号码"]
CARD = "6222020200112233440"
FIRST = [
    ["柳河镇青石沟村流水"],
    HEAD,
    ["2026-07-05", "鱼塘租金", 12000, None, CARD],
    ["2026-09-12", "购路灯配件", None, 840, CARD],
]
NEXT = [FIRST[0], HEAD, ["2026-10-06", "砖厂租金", 3000, None, CARD]]
"""The same headings a quarter later."""
RIGHT = {"c0": "occurred_on", "c1": "summary", "c2": "role:in_amount", "c3": "role:out_amount", "c4": ""}


def upload(browser: Browser, data: bytes, **fields: str) -> str:
    given = {"village": COUNTY.village, "section": "finance", "period": "2026Q3", "entity": "committee", **fields}
    sent = browser.send("/desk/upload", {**given, "file": (BytesIO(data), "流水.xlsx")}, page="/desk/upload")
    found = sent.headers.get("Location") or re.search(r"/desk/u/\d+", sent.text)[0]  # type: ignore[index]
    return found.partition("?")[0]


def match(browser: Browser, address: str, *, rows: str = "2", status: int = 303, **changes: str) -> str:
    page = f"{address}/columns?rows={rows}"
    form = browser.get(page).text
    hidden = dict(
        re.findall(r'type="hidden" name="(sheet|rows|mark|revision)" value="([^"]*)"', form.split("<form")[-1])
    )
    sent = browser.send(f"{address}/columns", {**hidden, "do": "save", **RIGHT, **changes}, page=page)
    assert sent.status_code == status, sent.text
    return sent.text if status != 303 else browser.get(address).text


def test_an_unknown_layout_is_matched_once_and_known_the_next_quarter(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, xlsx(FIRST))
    assert "对表头：告诉系统哪一列是什么" in clerk.get(address).text
    page = clerk.get(f"{address}/columns").text
    assert "表头在第几行？" in page
    assert re.search(r'value="2"[^>]*><b>第 2 行</b>办理时刻、啥事、进、出', page)
    page = clerk.get(f"{address}/columns?rows=2").text
    assert "鱼塘租金、购路灯配件" in page
    assert CARD not in page
    done = match(clerk, address)
    assert "表头是赵庆今天" in done
    assert "2 行都没问题，可以存成草稿" in done
    assert "E 列「卡上号码」→ 不用" in done
    again = clerk.get(upload(clerk, xlsx(NEXT), period="2026Q4")).text
    assert "按上次的对法：赵庆今天" in again
    assert "1 行都没问题，可以存成草稿" in again
    with app.app_context(), reading() as session:
        kept = session.scalars(select(ColumnLayout)).one()
        assert (kept.kept_by_name, [one["target"] for one in kept.columns]) == ("赵庆", list(RIGHT.values()))
        assert session.scalar(select(func.count()).where(JournalEntry.event == "layout_kept")) == 1


def test_what_was_matched_becomes_the_draft(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, xlsx(FIRST))
    page = match(clerk, address)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    assert clerk.send(f"{address}/accept", {"token": token[1]}).status_code == 303
    with app.app_context(), reading() as session:
        rows = [(one.amount_fen, one.direction) for one in session.scalars(select(Row).order_by(Row.id))]
        assert rows == [(1_200_000, "in"), (84_000, "out")]
    refused = clerk.send(
        f"{address}/columns", {"sheet": "0", "rows": "2", **RIGHT, "do": "save"}, page=f"{address}/columns"
    )
    assert refused.status_code == 409
    assert "已经存成草稿" in refused.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"c4": "summary"}, "B 列“啥事”、E 列“卡上号码”都选了“摘要”，一项只能用一列"),
        ({"c4": "password"}, "没有“password”这一项"),
        (dict.fromkeys(RIGHT, ""), "没有找到要对的表头"),
    ],
)
def test_a_wrong_choice_is_refused_in_words_and_stays_on_the_page(
    app: Flask, county: County, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, xlsx(FIRST))
    page = match(clerk, address, status=422, **changes)
    assert words in page
    if len(changes) == 1:
        chosen = re.findall(r'<select[^>]*name="c0".*?</select>', page, re.DOTALL)[0]
        assert '<option value="occurred_on" selected' in chosen
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(ColumnLayout)) == 0
        assert session.scalars(select(Upload)).one().layouts == {}


def test_two_columns_for_one_field_are_settled_on_the_page(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    rows = [["日期", "摘要", "收入", "支出", "备用金额", "金额"], ["2026-07-05", "鱼塘租金", 12000, None, 1, 12000]]
    address = upload(clerk, xlsx(rows))
    assert "分不清用哪个" in clerk.get(address).text
    done = match(clerk, address, rows="1", c4="", c5="")
    assert "1 行都没问题" in done


def test_what_is_half_matched_stays_with_the_file_and_is_not_remembered(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    done = match(clerk, upload(clerk, xlsx(FIRST)), c0="")
    assert "没找到“日期”这一列" in done
    assert "记住" not in done.split("对表头：")[0]
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(ColumnLayout)) == 0


def test_a_matching_can_be_changed_and_forgotten(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, xlsx(FIRST))
    match(clerk, address, c2="role:out_amount", c3="role:in_amount")
    later = upload(clerk, xlsx(NEXT), period="2026Q4")
    assert re.search(r"支出</th><td class=\"num\">3,000.00", clerk.get(later).text)
    match(clerk, later)
    assert re.search(r"收入</th><td class=\"num\">3,000.00", clerk.get(later).text)
    with app.app_context(), reading() as session:
        assert len(session.scalars(select(ColumnLayout)).all()) == 1
    page = clerk.get(f"{later}/columns").text
    assert "村里记着的对法：赵庆今天 " in page
    mark = re.search(r'name="mark" value="(\w+)"', page)
    assert mark
    assert clerk.send(f"{later}/columns", {"do": "forget", "mark": mark[1]}).status_code == 303
    assert "忘掉这个对法" not in clerk.get(f"{later}/columns").text
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(ColumnLayout)) == 0
    fresh = upload(clerk, xlsx([*NEXT, ["2026-10-07", "电费", None, 5, CARD]]), period="2026Q4")
    assert "没有找到“财务收支”的表头" in clerk.get(fresh).text


def test_another_village_does_not_get_it(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    match(clerk, upload(clerk, xlsx(FIRST)))
    with app.app_context(), unit_of_work() as session:
        person = add_person(session, "next", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
        place = place_with_code(session, county.other_village)
        appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
    other = sign_in("next")
    assert "没有找到“财务收支”的表头" in other.get(upload(other, xlsx(FIRST), village=county.other_village)).text


def test_who_chose_before_somebody_else_did_is_asked_again(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, xlsx(FIRST))
    page = match(clerk, address, status=409, revision="0")
    assert "又有人办过" in page
    assert '<option value="occurred_on" selected' in page


def test_questions_about_other_columns_are_asked_again(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    rows = [*FIRST, ["2026-09-13", "冲销上月多付", None, -5, CARD]]
    address = upload(clerk, xlsx(rows))
    page = match(clerk, address)
    places = re.findall(r'name="place" value="([^"]+)"', page)
    assert places
    clerk.send(f"{address}/confirm", {"place": places})
    assert "赵庆 已确认" in clerk.get(address).text
    assert "赵庆 已确认" not in match(clerk, address)


def test_values_of_columns_that_are_dropped_and_of_numbers_are_not_shown() -> None:
    rows = [["姓名", "身份证号", "银行账号", "金额"], ["王桂芳", "11010519491231002X", "6217001234567890123", 612]]
    (sheet,) = read_outline(xlsx(rows), "名单.xlsx", section_named("funds"), chosen={}, layouts={}, max_rows=100)
    shown = {one.heading: one.samples for one in sheet.columns}
    assert shown["身份证号"] == ()
    assert shown["姓名"] == ("王桂芳",)
    assert not re.search(r"\d{8}", str(shown))


def test_digits_of_a_heading_do_not_make_another_layout() -> None:
    def outline(quarter: int) -> str:
        rows = [["办理时刻", "啥事", f"{quarter}季度进账数"], ["2026-07-05", "租金", 5]]
        data = xlsx(rows)
        section = section_named("finance")
        (sheet,) = read_outline(data, "a.xlsx", section, chosen={"Sheet1": (1, 1)}, layouts={}, max_rows=100)
        return sheet.mark

    assert outline(3) == outline(4)
    rows = [["办理时刻", "啥事", "4季度进账数"], ["2026-10-05", "租金", 5]]
    by_layout = read_of(rows, {outline(3): ["occurred_on", "summary", "role:in_amount"]})
    assert by_layout == {"rows": 1, "income_fen": 500, "expense_fen": 0}


def read_of(rows: list[list[object]], layouts: dict[str, list[str]]) -> dict[str, int]:
    checked = read(xlsx(rows), layouts=layouts)
    assert checked.outcome == "accept", checked.problems
    return checked.totals


def test_a_column_without_a_heading_is_matched_by_its_letter_and_known_again(
    app: Flask, county: County, sign_in: SignIn, tmp_path: Path
) -> None:
    head, clerk = ["日期", "摘要", None, "支出"], sign_in(county.clerk)
    first = xlsx(
        [head, ["2026-07-05", "鱼塘租金", 12000, None], ["2026-09-12", "购灯", None, 840], [None, None, "制表：赵庆"]]
    )
    address = upload(clerk, first)
    page = clerk.get(f"{address}/columns").text
    assert re.search(r"<legend>第 C 列（没有表头）</legend>\s*<p class=\"sub\">表里写的：12000", page)
    said = {"c0": "occurred_on", "c1": "summary", "c2": "summary", "c3": "role:out_amount", "c4": ""}
    assert "B 列“摘要”、第 C 列（没有表头）都选了“摘要”" in match(clerk, address, rows="1", status=422, **said)
    done = match(clerk, address, rows="1", **said | {"c2": "role:in_amount"})
    assert "2 行都没问题，可以存成草稿" in done
    assert "C 列（没有表头）→ 收入金额" in done
    again = clerk.get(upload(clerk, xlsx([head, ["2026-10-06", "砖厂租金", 3000, None]]), period="2026Q4")).text
    assert "按上次的对法：赵庆今天" in again
    assert "1 行都没问题，可以存成草稿" in again
    file = tmp_path / "流水.xlsx"
    file.write_bytes(first)
    words = ["check", str(file), "--section", "finance", "--period", "2026Q3", "--map", "C=收入金额"]
    checked = CliRunner().invoke(cli, words)
    assert checked.exit_code == 0, checked.output
    assert "收入 12,000.00 元，支出 840.00 元" in checked.output


def test_check_maps_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "流水.xlsx"
    file.write_bytes(xlsx(FIRST))
    run = ["check", str(file), "--section", "finance", "--heading-row", "2"]
    told = ["--map", "A=日期", "--map", "啥事=摘要", "--map", "C=收入金额", "--map", "出=支出金额", "--map", "E=不用"]
    done = CliRunner().invoke(cli, [*run, *told, "--period", "2026Q3"])
    assert done.exit_code == 0, done.output
    assert "收入 12,000.00 元，支出 840.00 元" in done.output
    for wrong, words in (
        (["--map", "A=天气"], "没有“天气”这一项"),
        (["--map", "Z=日期"], "表里没有“Z”这一列"),
        (["--map", "A=日期", "--map", "B=日期"], "都选了“日期”"),
        (["--heading-row", "二"], "没有找到要对的表头"),
    ):
        refused = CliRunner().invoke(cli, [*run, *wrong])
        assert refused.exit_code == 2, refused.output
        assert words in refused.output


def test_import_maps_and_remembers_as_the_page_does(
    app: Flask, county: County, tmp_path: Path, sign_in: SignIn
) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], cli_act_as=True)
    first, later = tmp_path / "三季度.xlsx", tmp_path / "四季度.xlsx"
    first.write_bytes(xlsx(FIRST))
    later.write_bytes(xlsx(NEXT))
    run = ["--village", county.village, "--section", "finance", "--as", county.clerk, "--period"]
    told = ["--heading-row", "2", "--map", "A=日期", "--map", "B=摘要", "--map", "进=收入金额", "--map", "出=支出金额"]
    done = CliRunner().invoke(cli, ["import", str(first), *run, "2026Q3", *told], obj=lambda: app)
    assert done.exit_code == 0, done.output
    assert "已存成草稿：2 行" in done.output
    again = CliRunner().invoke(cli, ["import", str(later), *run, "2026Q4"], obj=lambda: app)
    assert again.exit_code == 0, again.output
    assert "按上次的对法：赵庆" in again.output
    with app.app_context(), reading() as session:
        assert read_village(session, county.village).id == session.scalars(select(ColumnLayout)).one().village_id
