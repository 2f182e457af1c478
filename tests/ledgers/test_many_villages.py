"""One file for many villages: each gets its own rows and no others, every row is accounted for, nothing is guessed."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from ledger_files import HEAD, Rows, xlsx
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from werkzeug.test import TestResponse
from world import COUNTY, NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.cli import cli
from villagehub.disclosures.models import Disclosure, Row, Version, VersionRow
from villagehub.ledgers.dividing import divide
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.models import Bundle, Upload
from villagehub.ledgers.slices import slice_of
from villagehub.places.models import Place
from villagehub.sections import section_named
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
OURS, NEXT = COUNTY.village, COUNTY.other_village
TOGETHER: Rows = [
    ["柳河镇2026年三季度收支表"],
    ["村名", *HEAD],
    ["青石沟村", "2026-07-05", "鱼塘租金", 12000, None],
    ["柳树坪村", "2026-07-06", "砖厂租金", 3000, None],
    ["青石沟村", "2026-09-12", "购路灯配件", None, 840],
    ["柳树坪", "2026-09-13", "秘密的一笔", None, 77],
    [None, "2026-09-14", "不知道是谁的", None, 5],
    ["合计", None, None, 15000, 922],
    [None, "制表人：钱芳"],
]


def books(*rows_by_sheet: tuple[str, Rows]) -> bytes:
    """A workbook of several sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in rows_by_sheet:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def appoint_clerks(app: Flask) -> None:
    """钱芳 ("books") for two villages of one township, 孙立民 ("next") for the second of them."""
    with app.app_context(), unit_of_work() as session:
        person = add_person(session, "books", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
        for code in (OURS, NEXT):
            appoint(
                session, person, Role.CLERK, place=place_with_code(session, code), actor=None, channel="test", now=NOW
            )
        other = add_person(session, "next", name="孙立民", password=PASSWORD, actor=None, channel="test", now=NOW)
        appoint(session, other, Role.CLERK, place=place_with_code(session, NEXT), actor=None, channel="test", now=NOW)


@pytest.fixture
def bookkeeper(app: Flask, county: County, sign_in: SignIn) -> Browser:
    """钱芳's browser."""
    appoint_clerks(app)
    return sign_in("books")


def send(browser: Browser, data: bytes, name: str = "全镇.xlsx", **fields: str) -> TestResponse:
    given = {"village": OURS, "section": "finance", "period": "2026Q3", "entity": "committee", "way": "villages"}
    return browser.send("/desk/upload", {**given, **fields, "file": (BytesIO(data), name)}, page="/desk/upload")


def address_of(sent: TestResponse) -> str:
    assert sent.status_code == 303, sent.text
    return sent.headers["Location"]


def give(browser: Browser, address: str, **changes: str) -> TestResponse:
    """Sends the form as it stands on the page, with these changes."""
    page = browser.get(address).text
    fields = {"revision": re.findall(r'name="revision" value="(\d+)"', page)[0]}
    for name, options in re.findall(r'<select[^>]*name="(n\d+)">(.*?)</select>', page, re.DOTALL):
        fields[name] = (re.findall(r'value="(\d+)" selected', options) or [""])[0]
    return browser.send(address, {**fields, **changes}, page=address)


def shares(app: Flask) -> dict[str, Upload]:
    """The uploads by village code."""
    with app.app_context(), reading() as session:
        found = session.execute(select(Place.code, Upload).join(Upload, Upload.village_id == Place.id))
        return {one.code: one.Upload for one in found}


def counts_of(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<td class="num">(\d+) 行</td>', page.split("一行也不少")[1])]


def cells_of(data: bytes) -> str:
    return str([list(row) for sheet in load_workbook(BytesIO(data)) for row in sheet.iter_rows(values_only=True)])


def test_a_village_column_gives_each_village_its_rows_and_no_others(
    app: Flask, bookkeeper: Browser, sign_in: SignIn
) -> None:
    address = address_of(send(bookkeeper, xlsx(TOGETHER)))
    page = bookkeeper.get(address).text
    assert "照 A 列的村名分" in page
    assert "收入 12,000.00，支出 840.00" in page
    assert "有 1 行没有写是哪个村" in page
    assert "第 7 行" in page
    assert "<b>码上公开 · 办公</b>" in page, "the top bar names none of several villages"
    assert counts_of(page) == [7, 4, 2, 0, 1]
    refused = give(bookkeeper, address)
    assert refused.status_code == 422
    assert "不会传给任何村" in refused.text
    assert shares(app) == {}
    assert give(bookkeeper, address, held="1").status_code == 303
    done = bookkeeper.get(address).text
    assert "已分给 2 个村" in done
    found = shares(app)
    assert {code: one.report["counts"]["kept"] for code, one in found.items()} == {OURS: 2, NEXT: 2}
    for code, mine, theirs in ((OURS, "鱼塘租金", "砖厂租金"), (NEXT, "秘密的一笔", "鱼塘租金")):
        clerk = sign_in(COUNTY.clerk if code == OURS else "next")
        here = f"/desk/u/{found[code].id}"
        original = clerk.get(f"{here}/original")
        assert original.status_code == 200
        assert mine in cells_of(original.data)
        assert theirs not in cells_of(original.data)
        assert "不知道是谁的" not in cells_of(original.data)
        assert "只有本村的行" in clerk.get(here).text
        other = found[NEXT if code == OURS else OURS].id
        assert clerk.get(f"/desk/u/{other}").status_code == 404
        assert clerk.get(f"/desk/u/{other}/original").status_code == 404
        assert clerk.get(f"{address}/original").status_code in (403, 404)
        assert clerk.get(address).status_code in (403, 404)


def test_each_village_accepts_its_own_share(app: Flask, bookkeeper: Browser, sign_in: SignIn) -> None:
    address = address_of(send(bookkeeper, xlsx(TOGETHER)))
    give(bookkeeper, address, held="1")
    found = shares(app)
    for code, login in ((OURS, COUNTY.clerk), (NEXT, "next")):
        clerk = sign_in(login)
        here = f"/desk/u/{found[code].id}"
        token = re.findall(r'name="token" value="([^"]+)"', clerk.get(here).text)[0]
        assert clerk.send(f"{here}/accept", {"token": token}).status_code == 303
    with app.app_context(), reading() as session:
        kept = session.execute(
            select(Place.code, Row.amount_fen)
            .join(Disclosure, Disclosure.village_id == Place.id)
            .join(Version, Version.disclosure_id == Disclosure.id)
            .join(VersionRow, VersionRow.version_id == Version.id)
            .join(Row, Row.id == VersionRow.row_id)
            .order_by(Row.amount_fen)
        ).all()
    assert sorted(kept) == sorted([(OURS, 84_000), (OURS, 1_200_000), (NEXT, 7_700), (NEXT, 300_000)])
    assert "已存成草稿" in bookkeeper.get(address).text


def test_the_whole_file_is_the_senders_and_the_townships(app: Flask, bookkeeper: Browser, sign_in: SignIn) -> None:
    raw = xlsx(TOGETHER)
    address = address_of(send(bookkeeper, raw))
    assert bookkeeper.get(f"{address}/original").data == raw
    number = address.rpartition("/")[2]
    supervisor = sign_in(COUNTY.supervisor)
    assert "青石沟村、柳树坪村" in supervisor.get("/town/bundles").text
    assert supervisor.get(f"/town/bundles/{number}/original").data == raw
    assert supervisor.get(address).status_code == 403
    with app.app_context(), unit_of_work() as session:
        bundle = session.get_one(Bundle, int(number))
        far = place_with_code(session, COUNTY.far_village).id
        bundle.village_ids = [*bundle.village_ids, far]
    assert "全镇.xlsx" not in supervisor.get("/town/bundles").text
    assert supervisor.get(f"/town/bundles/{number}/original").status_code == 404


def test_sheets_named_by_villages_are_given_whole(app: Flask, bookkeeper: Browser) -> None:
    ours: Rows = [["青石沟村收支表"], HEAD, ["2026-07-05", "鱼塘租金", 12000, None], ["合计", None, 12000, None]]
    theirs: Rows = [HEAD, ["2026-07-06", "砖厂租金", 3000, None]]
    data = books(("青石沟村", ours), ("柳树坪村民委员会", theirs), ("汇总", [["村", "数"], ["全镇", 15000]]))
    address = address_of(send(bookkeeper, data))
    page = bookkeeper.get(address).text
    assert "整张表是一个村的，照表名分" in page
    assert "您办的村里没有这个名字，请选是哪个村" in page
    refused = give(bookkeeper, address)
    assert refused.status_code == 422
    assert "还有 1 个名字没有选是哪个村：“全镇”" in refused.text
    assert give(bookkeeper, address, n2="0").status_code == 303
    found = shares(app)
    assert {
        code: (one.report["counts"]["read"], one.report["totals"]["income_fen"]) for code, one in found.items()
    } == {
        OURS: (2, 1_200_000),
        NEXT: (1, 300_000),
    }
    assert counts_of(bookkeeper.get(address).text) == [4, 3, 0, 1, 0]


def test_row_numbers_are_those_of_the_whole_file(app: Flask, bookkeeper: Browser) -> None:
    rows = [list(row) for row in TOGETHER]
    rows[4][2 - 1] = "2026-09-31"
    give(bookkeeper, address_of(send(bookkeeper, xlsx(rows))), held="1")
    wrong = [one for one in shares(app)[OURS].report["problems"] if one["severity"] == "must_fix"]
    assert [one["row"] for one in wrong] == [5]


def test_dividing_twice_sends_nothing_twice(app: Flask, bookkeeper: Browser) -> None:
    address = address_of(send(bookkeeper, xlsx(TOGETHER)))
    assert address_of(send(bookkeeper, xlsx(TOGETHER))).rpartition("/")[2].isdecimal()
    give(bookkeeper, address, held="1")
    first = {code: one.id for code, one in shares(app).items()}
    again = bookkeeper.send(address, {"held": "1", "n0": "1"}, page=address)
    assert again.status_code == 409
    assert "已经分给各村了" in again.text
    mended = [*TOGETHER[:6], ["柳树坪村", *TOGETHER[6][1:]], *TOGETHER[7:]]
    later = address_of(send(bookkeeper, xlsx(mended)))
    assert give(bookkeeper, later).status_code == 303
    with app.app_context(), reading() as session:
        ids = [one.id for one in session.scalars(select(Upload).order_by(Upload.id))]
    assert len(ids) == 3, "the village that did not change got a second upload"
    assert first[OURS] in ids


def test_a_village_that_is_not_the_persons_cannot_be_chosen(app: Flask, bookkeeper: Browser) -> None:
    with app.app_context(), reading() as session:
        far = str(place_with_code(session, COUNTY.far_village).id)
    rows = [*TOGETHER[:6], ["石桥村", "2026-09-15", "别人的", None, 9]]
    address = address_of(send(bookkeeper, xlsx(rows)))
    assert "您办的村里没有这个名字" in bookkeeper.get(address).text
    assert give(bookkeeper, address, n3=far).status_code == 404
    assert shares(app) == {}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 x", "这是PDF 文件"),
        (b"", "空文件"),
        ("村名,日期,摘要,收入,支出\n青石沟村,2026-07-05,租金,1,2,3\n".encode(), "第 2 行比表头多出一格"),
        ('村名,日期,摘要,收入,支出\n青石沟村,2026-07-05,"租\n柳树坪村,2026-07-06,金,1,2",1,\n'.encode(), "装着好几行"),
        (xlsx(TOGETHER, lambda sheet: sheet.merge_cells("C3:C4")), "跨了不同的村"),
        (xlsx([*TOGETHER, ["青石沟村", "2026-07-05", "租金", "=1+1", None]]), "没有算好的结果"),
    ],
)
def test_what_cannot_be_divided_without_loss_is_refused_on_the_form(
    app: Flask, bookkeeper: Browser, data: bytes, words: str
) -> None:
    sent = send(bookkeeper, data)
    assert sent.status_code == 422, sent.text
    assert words in sent.text
    with app.app_context(), reading() as session:
        assert session.scalars(select(Bundle)).all() == []


def test_groups_and_missing_files_are_refused_in_words(bookkeeper: Browser) -> None:
    assert (
        "村民小组的账不能几个村放在一个文件里传" in send(bookkeeper, xlsx(TOGETHER), entity="group", group_no="3").text
    )
    assert "请先选一个表格文件" in send(bookkeeper, b"", "").text


def test_a_share_holds_every_value_as_it_was() -> None:
    rows = [
        ["村名", "日期", "摘要", "收入", "支出", "凭证号"],
        ["甲村", "2026-07-05", "=租金", 0.1 + 0.2, None, "0012"],
        ["乙村", "2026-07-05", "电费", 1, None, "0013"],
        ["甲村", datetime(2026, 7, 6), " 两 端 ", None, 5, "a\nb"],  # noqa: DTZ001 - a spreadsheet knows no zones
        ["甲村", datetime(2026, 7, 6, 8, 30), "<&>", True, 12345678901234567, time(8, 30)],  # noqa: DTZ001
    ]

    def change(sheet: Any) -> None:
        sheet["C2"].data_type = "s"
        sheet.row_dimensions[4].hidden = True

    (divided,) = divide(
        open_file(xlsx(rows, change), "a.xlsx", most_rows=9).sheets, section_named("finance"), layouts={}, most_rows=9
    )
    share = slice_of([divided], ["甲村"])
    assert share == slice_of([divided], ["甲村"])
    (sheet,) = open_file(share, "a.xlsx", most_rows=9).sheets
    assert sheet.rows[1] == divided.sheet.rows[1]
    assert sheet.rows[3] == divided.sheet.rows[3]
    assert sheet.rows[4] == divided.sheet.rows[4]
    assert not any(sheet.rows[2])
    assert sheet.hidden_rows == {4}
    assert divided.read == 4


def test_every_row_is_given_set_aside_or_held_back() -> None:
    repeated = [*TOGETHER, TOGETHER[1], ["青石沟村小计", None, None, 1, 2], ["青石沟村", "2026-09-20", "电费", None, 3]]
    (divided,) = divide(
        open_file(xlsx(repeated), "a.xlsx", most_rows=99).sheets, section_named("finance"), layouts={}, most_rows=99
    )
    given = {name: one.rows for name, one in divided.shares.items()}
    assert given == {"青石沟村": [3, 5, 12], "柳树坪村": [4], "柳树坪": [6]}
    assert (divided.aside, divided.held) == ([8, 9, 10, 11], [7])


def test_an_amount_without_a_village_is_held_back_whatever_its_words() -> None:
    """会计：3月工资 begins as a signature line does."""
    day = datetime(2026, 7, 6)  # noqa: DTZ001 - a spreadsheet knows no zones
    rows = [*TOGETHER[:3], [None, day, "会计：3月工资", None, 800], [None, day, "主任：误工补贴", None, "1,200.00"]]
    (divided,) = divide(
        open_file(xlsx([*rows, TOGETHER[-1]]), "a.xlsx", most_rows=99).sheets,
        section_named("finance"),
        layouts={},
        most_rows=99,
    )
    assert (divided.held, divided.aside) == ([4, 5], [6])


def test_a_hidden_sheet_is_never_passed_over_in_silence(app: Flask, bookkeeper: Browser) -> None:
    book = load_workbook(BytesIO(books(("七月", TOGETHER[:6]), ("八月", TOGETHER[:6]), ("空的", []))))
    for name in ("八月", "空的"):
        book[name].sheet_state = "hidden"
    written = BytesIO()
    book.save(written)
    address = address_of(send(bookkeeper, written.getvalue()))
    assert "有隐藏的表，有内容，没有读：“八月”。" in bookkeeper.get(address).text
    refused = give(bookkeeper, address)
    assert refused.status_code == 422
    assert "也不会传给任何村：“八月”" in refused.text
    assert shares(app) == {}
    assert give(bookkeeper, address, held="1").status_code == 303
    assert shares(app)[OURS].report["counts"]["kept"] == 2


def test_a_post_for_other_books_of_a_village_opens_no_way_in(app: Flask, county: County, sign_in: SignIn) -> None:
    """钱芳 keeps the books of one village's committee, and of the other village's collective only."""
    with app.app_context(), unit_of_work() as session:
        person = add_person(session, "books", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
        for code, entity in ((OURS, ""), (NEXT, "collective")):
            place = place_with_code(session, code)
            appoint(session, person, Role.CLERK, place=place, entity=entity, actor=None, channel="test", now=NOW)
        theirs = place_with_code(session, NEXT).id
    browser = sign_in("books")
    address = address_of(send(browser, xlsx(TOGETHER)))
    page = browser.get(address)
    assert page.status_code == 200
    assert f'value="{theirs}"' not in page.text
    assert give(browser, address, held="1", n1=str(theirs), n2=str(theirs)).status_code == 404
    assert shares(app) == {}
    assert give(browser, address, held="1", n1="0", n2="0").status_code == 303
    assert set(shares(app)) == {OURS}


def test_a_long_cell_stops_dividing() -> None:
    raw = ("村名,日期,摘要,收入,支出\n甲村,2026-07-05," + "长" * 40_000 + ",1,\n").encode()
    with pytest.raises(Unreadable, match="cell_not_plain") as refused:
        divide(open_file(raw, "a.csv", most_rows=9).sheets, section_named("finance"), layouts={}, most_rows=9)
    assert refused.value.problem.message.startswith("这张表 C2 超过"), "a text file has no name for its sheet"


def test_the_same_from_the_command_line(app: Flask, bookkeeper: Browser, tmp_path: Path) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], cli_act_as=True)
    file = tmp_path / "全镇.xlsx"
    file.write_bytes(xlsx([*TOGETHER[:6], ["柳树", "2026-09-15", "电费", None, 9], *TOGETHER[6:]]))
    run = ["divide", str(file), "--section", "finance", "--period", "2026Q3", "--as", "books"]

    def call(*more: str) -> Any:
        return CliRunner().invoke(cli, [*run, *more], obj=lambda: app)

    asked = call()
    assert asked.exit_code == 3, asked.output
    assert "青石沟村：2 行，收入 12,000.00，支出 840.00 → 青石沟村" in asked.output
    assert "柳树：1 行" in asked.output
    assert "--village 柳树=村编码" in asked.output
    assert shares(app) == {}
    held = call("--village", f"柳树={NEXT}")
    assert held.exit_code == 3, held.output
    assert "第 8 行" in held.output
    assert "--held-back-seen" in held.output
    done = call("--village", f"柳树={NEXT}", "--held-back-seen")
    assert done.exit_code == 0, done.output
    assert "读到 8 行 = 分给各村 5 行 + 放一边 2 行 + 不要的 0 行 + 没有村名的 1 行" in done.output
    assert {code: one.report["counts"]["kept"] for code, one in shares(app).items()} == {OURS: 2, NEXT: 3}
    wrong = call("--village", "天上=990101100999")
    assert wrong.exit_code != 0


def test_columns_are_matched_once_for_all_villages_and_known_the_next_quarter(
    app: Flask, bookkeeper: Browser, sign_in: SignIn
) -> None:
    odd = ["村名", "办理时刻", "啥事", "进", "出"]
    address = address_of(send(bookkeeper, xlsx([TOGETHER[0], odd, *TOGETHER[2:6]])))
    assert "1 处要改" in bookkeeper.get(address).text
    page = f"{address}/columns?rows=2"
    form = bookkeeper.get(page).text
    assert "鱼塘租金、砖厂租金" in form
    revision = re.findall(r'name="revision" value="(\d+)"', form)[0]
    said = {"c1": "occurred_on", "c2": "summary", "c3": "role:in_amount", "c4": "role:out_amount"}
    fields = {"sheet": "0", "rows": "2", "revision": revision, **said, "c0": ""}
    twice = bookkeeper.send(f"{address}/columns", {**fields, "c0": "summary"}, page=page)
    assert (twice.status_code, "都选了“摘要”" in twice.text) == (422, True)
    assert bookkeeper.send(f"{address}/columns", fields, page=page).status_code == 303
    assert bookkeeper.send(f"{address}/columns", fields, page=page).status_code == 409
    done = bookkeeper.get(address).text
    assert "1 处要改" not in done
    assert "收入 12,000.00，支出 840.00" in done
    assert give(bookkeeper, address).status_code == 303
    assert {code: one.report["counts"]["kept"] for code, one in shares(app).items()} == {OURS: 2, NEXT: 2}
    assert sign_in(COUNTY.clerk).get(f"{address}/columns").status_code in (403, 404)
    again = xlsx(
        [TOGETHER[0], odd, ["青石沟村", "2026-10-05", "鱼塘租金", 5, None], ["柳树坪", "2026-10-06", "租金", 6, None]]
    )
    assert "处要改" not in bookkeeper.get(address_of(send(bookkeeper, again, period="2026Q4"))).text
