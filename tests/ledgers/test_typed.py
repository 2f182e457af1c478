"""A few rows typed on a page, or a table pasted into a box: checked like a file, kept as it came, nothing typed is lost."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import road
from flask import Flask
from sqlalchemy import select
from world import COUNTY, NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.disclosures.models import Row, Version
from villagehub.disclosures.scope import links_of
from villagehub.ledgers.models import Upload, Way
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.templates import example_rows, ledger_columns
from villagehub.ledgers.typed import as_csv, columns_of, from_csv, row_of
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of

SignIn = Callable[[str], Browser]
FORM = "/desk/upload/fill"
FINANCE = f"{FORM}?village={COUNTY.village}&section=finance&period=2026Q3&entity=committee&group_no="
RENT = {"occurred_on": "2026-07-05", "summary": "鱼塘租金", "in": "12000"}
LAMPS = {"occurred_on": "2026-09-12", "summary": "购路灯配件", "out": "840.00", "counterparty": "鑫源建材店"}
HEAD = {"name": "周强", "post": "主任", "body": "村民委员会", "portfolio": "全面工作"}


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def typed(page: str, *rows: dict[str, str]) -> dict[str, str]:
    """The form of that page with these rows typed into it, from the first on."""
    fields = {name: value for name, value in hidden(page).items() if name != "csrf_token"}
    for number, row in enumerate(rows, start=2):
        fields |= {f"r{number}-{name}": value for name, value in row.items()}
    return fields


def value_in(page: str, place: str) -> str:
    found = re.search(rf'<input[^>]*name="{place}" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def send(browser: Browser, page: str, *rows: dict[str, str], do: str = "check", address: str = FINANCE) -> Any:
    return browser.send(FORM, {**typed(page, *rows), "do": do}, page=address)


def accept(browser: Browser, address: str) -> Any:
    page = browser.get(address).text
    fields = {name: value for name, value in hidden(page).items() if name in ("token", "seen")}
    return browser.send(f"{address}/accept", fields, page=address)


def uploads(app: Flask) -> list[Upload]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(Upload).order_by(Upload.id)))


@pytest.mark.parametrize("section", SECTIONS.values(), ids=lambda one: one.name)
def test_what_is_typed_is_read_as_its_own_csv_column_by_column(section: Any) -> None:
    """The examples of the template, typed: no column is left unused, and a stored row comes back as it was typed."""
    names = [name for name, _ in ledger_columns(section)]
    rows = [
        {name: "" if value is None else str(value) for name, value in zip(names, values, strict=True)}
        for values in example_rows(section)
    ]
    raw = as_csv(section, rows)
    assert raw.startswith(b"\xef\xbb\xbf")
    held = from_csv(section, raw)
    assert [{name: row[name] for name in names} for row in held] == rows
    checked = read_workbook(raw, "x.csv", section)
    assert [one.heading for one in checked.columns if not one.target] == []
    assert [one.source_row for one in checked.rows] == list(range(2, 2 + len(rows)))
    again = [row_of(section, one.facts) for one in checked.rows]
    second = read_workbook(as_csv(section, again), "x.csv", section)
    assert [one.facts for one in second.rows] == [one.facts for one in checked.rows]


def test_rows_are_typed_checked_and_accepted_like_a_file(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    led = clerk.send(
        "/desk/upload",
        {"village": county.village, "section": "finance", "period": "2026年三季度", "way": "typed"},
        page="/desk/upload",
    )
    assert led.status_code == 303
    page = clerk.get(led.location).text
    assert "2026年第三季度财务收支：在网页上填" in page

    checked = send(clerk, page, RENT, LAMPS, address=led.location)

    assert checked.status_code == 303
    assert "2 行都没问题" in clerk.get(checked.location).text
    assert accept(clerk, checked.location).status_code == 303
    with app.app_context(), reading() as session:
        found = session.scalars(select(Row).order_by(Row.id)).all()
        assert [(one.amount_fen, one.direction, one.source_row) for one in found] == [
            (1_200_000, "in", 2),
            (84_000, "out", 3),
        ]
    kept = uploads(app)[0]
    assert (kept.way, kept.filename, kept.state) == (Way.TYPED, "网页上填的表格.csv", "accepted")
    original = clerk.get(f"{checked.location}/original").data
    assert original == vault_of(app.extensions["villagehub"]).read(kept.sha256)
    assert "购路灯配件" in original.decode("utf-8-sig")
    assert original.decode("utf-8-sig").splitlines()[0].startswith("日期,")


def test_rows_are_added_and_taken_out_and_nothing_typed_is_lost(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    page = clerk.get(FINANCE).text
    assert page.count("<fieldset") == 3
    more = send(clerk, page, RENT, LAMPS, do="add").text
    assert more.count("<fieldset") == 6
    assert value_in(more, "r3-summary") == "购路灯配件"
    fewer = send(clerk, more, RENT, LAMPS, do="drop-2").text
    assert fewer.count("<fieldset") == 5
    assert value_in(fewer, "r2-summary") == "购路灯配件"
    assert "鱼塘租金" not in fewer
    assert uploads(app) == [], "nothing is stored before it is checked"


def test_faults_stand_at_their_fields_and_come_back_with_what_was_typed(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    page = clerk.get(FINANCE).text

    told = send(clerk, page, {**RENT, "occurred_on": "2026-09-31"}, {}, {**LAMPS, "out": "一千二"})

    assert told.status_code == 422
    assert re.search(r"<title>有 2 处错误", told.text)
    for place, words in (("r2-occurred_on", "没有这一天"), ("r3-out", "不是数字")):
        assert re.search(rf'<li><a href="#{place}">[^<]*{words}', told.text)
        assert re.search(rf'name="{place}"[^>]*aria-invalid="true" aria-describedby="e-{place}"', told.text)
    assert value_in(told.text, "r3-out") == "一千二"
    with app.app_context(), reading() as session:
        assert session.scalars(select(Version)).all() == []

    later = clerk.get(f"{FORM}?upload={uploads(app)[0].id}").text
    assert value_in(later, "r3-out") == "一千二"
    assert "有 2 处要改" in later
    again = f'href="{FORM}?upload={uploads(app)[0].id}">回到表格里改'
    assert again in clerk.get(f"/desk/u/{uploads(app)[0].id}").text


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({}, 422, "一行也没有填"),
        ({"count": "9999999999999"}, 422, "一次最多填 40 行"),
        ({"count": "x", "do": "drop-x"}, 422, "一行也没有填"),
        ({"period": "三季度"}, 422, "没有写是哪一年"),
        ({"section": "weather"}, 422, "没有选公开什么内容"),
        ({"base": "1.1", "r2-summary": "x"}, 409, "被别人改过"),
    ],
)
def test_what_is_not_understood_is_refused_in_words(
    county: County, sign_in: SignIn, fields: dict[str, str], status: int, words: str
) -> None:
    clerk = sign_in(county.clerk)
    answer = clerk.send(FORM, {**typed(clerk.get(FINANCE).text), **fields}, page=FINANCE)
    assert answer.status_code == status
    assert words in answer.text


def test_a_ledger_of_many_rows_is_left_to_a_file(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        road.fill([road.entry("2026-07-05", f"杂工第{number}天", 10_000) for number in range(41)])
    page = sign_in(county.clerk).get(FINANCE)
    assert page.status_code == 422
    assert "有 41 行，网页上一次最多填 40 行" in page.text


def test_a_draft_is_opened_with_its_rows_and_keeps_fields_that_are_never_public(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context():
        draft = road.fill()
    clerk = sign_in(county.clerk)
    assert f'href="{FINANCE.replace("&", "&amp;")}">在网页上加行、改行' in clerk.get(f"/desk/d/{draft}").text
    page = clerk.get(FINANCE).text
    assert value_in(page, "r4-witness") == "何山"
    rows = [
        {name: value_in(page, f"r{number}-{name}") for name in (one.name for one in columns_of(SECTIONS["finance"]))}
        for number in (2, 3, 4)
    ]
    longer = send(clerk, page, *rows, do="add").text
    checked = send(clerk, longer, *rows, LAMPS | {"summary": "修水闸"})
    assert checked.status_code == 303
    seen = clerk.get(checked.location).text
    assert re.search(r"新的</a></th><td class=\"num\">1 行", seen)
    assert re.search(r"没变的</a></th><td class=\"num\">3 行", seen)


def test_the_second_of_two_is_told_who_changed_which_row(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        draft = road.fill()
        with unit_of_work() as session:
            person = add_person(session, "clerk2", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
            place = place_with_code(session, county.village)
            appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
    first, second = sign_in(county.clerk), sign_in("clerk2")
    page = second.get(FINANCE).text
    with app.app_context():
        road.change_row(draft, 2, amount="11500")

    late = send(second, page, RENT, LAMPS)

    assert late.status_code == 409
    assert "<b>赵庆</b>" in late.text
    assert "改了编号 2 那一行：金额" in late.text
    assert value_in(late.text, "r3-summary") == "购路灯配件"
    checked = send(second, late.text, RENT, LAMPS)
    assert checked.status_code == 303, "knowing it, they may go on"

    shown = hidden(second.get(checked.location).text)
    with app.app_context():
        road.change_row(draft, 2, amount="11300")
    stale = second.send(
        f"{checked.location}/accept", {name: shown[name] for name in ("token", "seen")}, page=checked.location
    )
    assert stale.status_code == 409
    assert "您看过预览以后，内容又有变化" in stale.text
    assert "<b>赵庆</b>" in stale.text
    assert first.get(f"/desk/d/{draft}").status_code == 200


def test_two_clicks_make_one_upload_and_one_draft(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    page = clerk.get(FINANCE).text
    first, second = send(clerk, page, RENT), send(clerk, page, RENT)
    assert first.location == second.location
    assert len(uploads(app)) == 1
    shown = hidden(clerk.get(first.location).text)
    for _ in range(2):
        answer = clerk.send(
            f"{first.location}/accept", {name: shown[name] for name in ("token", "seen")}, page=first.location
        )
        assert answer.status_code == 303
    with app.app_context(), reading() as session:
        assert len(session.scalars(select(Version)).all()) == 1
        assert len(session.scalars(select(Row)).all()) == 1


def test_a_register_begins_with_what_was_published_last(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        road.published((HEAD,), of=road.account("duties", "2024"), opening=None)
    clerk = sign_in(county.clerk)
    page = clerk.get(f"{FORM}?village={county.village}&section=duties&period=2025").text
    assert value_in(page, "r2-name") == "周强"
    assert value_in(page, "r2-portfolio") == "全面工作"
    assert "从上次公开的内容开始" in page


def test_a_form_begun_before_a_register_was_published_takes_none_of_its_rows_out_unasked(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk, address = sign_in(county.clerk), f"{FORM}?village={county.village}&section=duties&period=2025"
    early = clerk.get(address).text
    with app.app_context():
        road.published((HEAD,), of=road.account("duties", "2025"), opening=None)
    deputy = {"name": "孙宁", "post": "副主任", "body": "村民委员会", "portfolio": "水利"}
    late = send(clerk, early, deputy, address=address)
    assert late.status_code == 409
    assert "被别人改过" in late.text
    assert value_in(late.text, "r2-name") == "孙宁", "nothing typed is lost"

    page = clerk.get(address).text
    row = {name: value_in(page, f"r2-{name}") for name in HEAD}
    more = send(clerk, page, row, do="add", address=address).text
    checked = send(clerk, more, row, deputy, address=address)
    assert checked.status_code == 303
    assert "先前有，这次填的表里没有" not in clerk.get(checked.location).text
    assert accept(clerk, checked.location).status_code == 303
    with app.app_context(), reading() as session:
        drafts = [len(links_of(session, one.id)) for one in session.scalars(select(Version)) if one.stage == "draft"]
    assert drafts == [2]


PASTED = "日期\t摘要\t收入\t支出\r\n2026-07-05\t鱼塘租金\t12000\t\r\n2026-09-12\t购路灯配件\t\t840\r\n"


def paste(browser: Browser, text: str, **fields: Any) -> Any:
    given = {"village": COUNTY.village, "section": "finance", "period": "2026Q3", "pasted": text, **fields}
    return browser.send("/desk/upload", given, page="/desk/upload")


def test_a_pasted_table_takes_the_road_of_a_file(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    for text in (PASTED, PASTED.replace("\t", ",")):
        sent = paste(clerk, text)
        assert sent.status_code == 303, sent.text
        page = clerk.get(sent.location).text
        assert "粘贴的表格" in page
        assert "2 行都没问题" in page
    kept = uploads(app)[0]
    assert kept.way == Way.PASTED
    assert vault_of(app.extensions["villagehub"]).read(kept.sha256).decode() == PASTED
    assert accept(clerk, f"/desk/u/{kept.id}").status_code == 303


def test_a_fault_in_what_was_pasted_is_named_by_its_row_and_the_text_comes_back(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    told = paste(clerk, PASTED.replace("09-12", "09-31"))
    assert told.status_code == 422
    assert "第 3 行「日期」" in told.text
    assert "行号是粘贴的内容里的第几行" in told.text
    again = re.search(r'href="(/desk/upload\?paste=\d+)">改好了，重新粘贴', told.text)
    assert again
    form = clerk.get(again[1]).text
    assert "2026-09-31\t购路灯配件" in form
    assert re.search(r'name="period" value="2026Q3"', form)


@pytest.mark.parametrize(
    ("text", "fields", "words"),
    [
        ("今天修了水渠花了八百四十块钱", {}, "看不出有几列"),
        ("日期,摘要\n" + "长" * 200_001, {}, "一次最多 200,000 个字"),
        ("a,b\n1,2\n", {}, "没有找到"),
        ('日期,摘要\n"没有配对,1\n', {}, "引号没有配对"),
        ("   ", {}, "请先选一个表格文件"),
    ],
)
def test_text_that_is_no_table_is_refused_and_kept_in_the_box(
    county: County, sign_in: SignIn, text: str, fields: dict[str, str], words: str
) -> None:
    told = paste(sign_in(county.clerk), text, **fields)
    assert 400 <= told.status_code < 500
    assert words in told.text


def test_a_file_and_a_pasted_table_at_once_are_not_guessed_between(county: County, sign_in: SignIn) -> None:
    from io import BytesIO

    told = paste(sign_in(county.clerk), PASTED, file=(BytesIO(PASTED.encode()), "账.csv"))
    assert told.status_code == 422
    assert "分不清用哪一个" in told.text
    assert "鱼塘租金" in told.text
