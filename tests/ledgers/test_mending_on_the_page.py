"""Bad cells are mended on the upload's page: the file is read again by the same rules, and itself never changes."""

import html
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_files import HEAD, LEASE, TODAY, codes, read, xlsx
from sqlalchemy import select
from test_upload_pages import accept, rows_of, upload
from world import Browser, County, settings_for

from villagehub.app import create_app
from villagehub.cli import cli, run
from villagehub.kernel.period import Period
from villagehub.ledgers.models import Upload
from villagehub.ledgers.reading import read_workbook
from villagehub.sections import section_named
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
BAD = xlsx(
    [["青石沟村2026年3月收支表"], ["单位：元"], HEAD, LEASE, ["2026-09-31", "电费", None, "一千二"]], title="三月"
)
DAY, OUT = "fix@三月!A5", "fix@三月!D5"


def refused(browser: Browser, data: bytes = BAD, name: str = "三月.xlsx", **fields: str) -> str:
    """Sends a faulty file; the address of its page."""
    sent = upload(browser, data, name, **fields)
    assert sent.status_code == 422
    found = re.search(r'action="(/desk/u/\d+)/confirm"', sent.text)
    assert found
    return found[1]


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def mend(browser: Browser, address: str, seen: str = "", **typed: str):  # type: ignore[no-untyped-def]
    fields = {"revision": seen or revision(browser.get(address).text), **typed}
    return browser.send(f"{address}/confirm", fields, page=address)


def inputs(page: str) -> dict[str, str]:
    """The page's inputs for cells: name and what stands in them."""
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input class="field"[^>]* name="(fix@[^"]+)" value="([^"]*)"', page)
    }


def test_two_cells_are_mended_and_the_file_goes_in(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk)
    assert inputs(clerk.get(address).text) == {DAY: "2026-09-31", OUT: "一千二"}
    sent = mend(clerk, address, **{DAY: "2026-3-31", OUT: "1200"})
    assert sent.status_code == 303
    page = clerk.get(address).text
    assert "2 行都没问题，可以存成草稿" in page
    assert "第 5 行「日期」：<del>2026-09-31</del> → <ins>2026-3-31</ins>" in page
    assert "第 5 行「支出」：<del>一千二</del> → <ins>1200</ins>" in page
    assert "赵庆 今天" in page or re.search(r"赵庆 \d+月\d+日", page)
    assert accept(clerk, address).status_code == 303
    assert rows_of(app) == [(1_200_000, "in"), (120_000, "out")]
    assert clerk.get(f"{address}/original").data == BAD
    draft = re.search(r'href="(/desk/d/\d+)"', clerk.get(address).text)
    assert draft
    assert f'href="{address}/record"' in sign_in(county.member).get(draft[1]).text
    reviewer = sign_in(county.member).get(address).text
    assert "在网页上改过的 2 格" in reviewer
    assert "审核的人也看得到" in reviewer
    assert 'name="back"' not in reviewer


THREE = xlsx(
    [
        ["日期", "摘要", "收入", "支出", "收付款人", "电话"],
        ["2026-09-31", "鱼塘租金", 12000, None, "周强", "13812345678"],
        ["2026-03-05", "电费", None, "一千二", "供电所", None],
    ],
    title="三月",
)


def test_the_whole_row_stands_beside_the_cell_that_is_to_be_mended(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    page = clerk.get(refused(clerk, THREE)).text
    assert "这一行：摘要 鱼塘租金，收入 12000，收付款人 周强" in page
    assert "这一行：日期 2026-03-05，摘要 电费，收付款人 供电所" in page
    assert "13812345678" not in page


def test_one_mended_cell_leads_to_the_next_and_the_last_one_to_what_comes_then(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk, THREE)
    sent = mend(clerk, address, **{"fix@三月!A2": "2026-3-31"})
    where, _, place = sent.location.partition("#")
    page = clerk.get(where).text
    row = page.partition(f'id="{place}"')[2].partition("</tr>")[0]
    assert "刚改的 1 格收下了。接着改这一处。" in row
    assert "这一行：日期 2026-03-05" in row

    wrong = mend(clerk, address, **{"fix@三月!D3": "壹仟二"})
    assert "刚改的还不对" in clerk.get(wrong.location.partition("#")[0]).text

    sent = mend(clerk, address, **{"fix@三月!D3": "1200"})
    where, _, place = sent.location.partition("#")
    page = clerk.get(where).text
    assert f'id="{place}"' in page
    assert "刚改的 1 格收下了，要改的全部改好了。" in page
    assert "收下了" not in clerk.get(address).text


@pytest.mark.parametrize("said", ["99999", "2", "-5", "x", "9" * 30])
def test_what_an_address_says_was_mended_is_not_believed(county: County, sign_in: SignIn, said: str) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk, THREE)
    mend(clerk, address, **{"fix@三月!A2": "2026-3-31"})
    page = clerk.get(f"{address}?good={said}&next=1").text
    assert "格收下了" not in page
    assert "99999" not in page


def test_what_is_still_wrong_is_said_beside_what_was_typed_and_what_the_file_holds(
    county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk)
    assert mend(clerk, address, **{DAY: "2026-3-31", OUT: "壹仟二"}).status_code == 303
    page = clerk.get(address).text
    assert inputs(page) == {OUT: "壹仟二"}
    assert "“壹仟二”不是数字" in page
    assert re.search(r"</span>一千二</span>", page)
    assert "在网页上改过的 2 格" in page


def test_a_mended_cell_goes_back_to_what_the_file_says(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk)
    mend(clerk, address, **{DAY: "2026-3-31", OUT: "1200"})
    assert mend(clerk, address, back="三月!D5").status_code == 303
    page = clerk.get(address).text
    assert inputs(page) == {OUT: "一千二"}
    assert "在网页上改过的 1 格" in page
    mend(clerk, address, **{OUT: "1300"})
    mend(clerk, address, back="三月!D5")
    assert (
        mend(clerk, address, **{OUT: "一千二"}).status_code == 303
    )  # nothing else than the file says is nothing mended
    with app.app_context(), reading() as session:
        assert list(session.scalars(select(Upload)).one().fixes) == ["三月!A5"]


def test_the_second_of_two_people_is_told_and_loses_nothing(county: County, sign_in: SignIn) -> None:
    first, second = sign_in(county.clerk), sign_in(county.clerk)
    address = refused(first)
    seen = revision(second.get(address).text)
    assert mend(first, address, **{OUT: "1200"}).status_code == 303
    late = mend(second, address, seen, **{DAY: "2026-03-30", OUT: "12000"})
    assert late.status_code == 409
    assert "您打开这一页以后，赵庆也改了这张表" in late.text
    assert inputs(late.text) == {DAY: "2026-03-30"}
    assert "您写的是“12000”，赵庆已改成“1200”" in late.text
    assert mend(second, address, revision(late.text), **{DAY: "2026-03-30"}).status_code == 303
    assert "2 行都没问题" in second.get(address).text
    assert "→ <ins>1200</ins>" in second.get(address).text


def test_of_income_and_expense_both_can_be_mended(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    data = xlsx([HEAD, LEASE, ["2026-03-09", "电费", 80, 90], ["2026-03-10", "水费", None, None]])
    address = refused(clerk, data)
    page = clerk.get(address).text
    assert inputs(page) == {
        "fix@Sheet1!C3": "80",
        "fix@Sheet1!D3": "90",
        "fix@Sheet1!C4": "",
        "fix@Sheet1!D4": "",
    }
    mend(clerk, address, **{"fix@Sheet1!C3": "", "fix@Sheet1!D4": "15.5"})
    accept(clerk, address)
    assert rows_of(app) == [(1_200_000, "in"), (9_000, "out"), (1_550, "out")]


def test_numbers_of_persons_are_neither_shown_nor_taken(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    text = (
        "2026年耕地地力保护补贴发放表,,,\n组别,姓名,身份证号,金额\n三组,王桂芳,1.10105E+17,六百\n"
        "三组,李成,11010519491231002X,68\n"
    )
    address = refused(clerk, text.encode(), "补贴.csv", section="funds", period="2026-03")
    page = clerk.get(address).text
    assert list(inputs(page)) == ["fix@!D3"]
    assert "11010519491231002X" not in page
    got = mend(clerk, address, **{"fix@!C3": "110105194912310021", "fix@!D3": "612 打 13812345678"})
    assert got.status_code == 422
    assert "像证件号、手机号或卡号" in got.text
    assert inputs(got.text) == {"fix@!D3": "612 打 13812345678"}
    with app.app_context(), reading() as session:
        assert session.scalars(select(Upload)).one().fixes == {}


def test_words_of_illness_are_neither_quoted_nor_kept(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    text = "2026年临时救助发放表,,,\n组别,姓名,金额,备注\n三组,王桂芳,612,肺癌\ue000\n"
    address = refused(clerk, text.encode(), "救助.csv", section="funds", period="2026-03")
    page = clerk.get(address).text
    assert list(inputs(page)) == ["fix@!D3"]
    assert "肺癌" not in page
    assert mend(clerk, address, **{"fix@!D3": "因肺癌住院"}).status_code == 303
    assert "肺癌" not in clerk.get(address).text
    with app.app_context(), reading() as session:
        kept = session.scalars(select(Upload)).one()
        assert "肺癌" not in str((kept.fixes, kept.report))


def test_an_answer_about_a_row_is_void_once_the_row_is_mended(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    table = "日期,摘要,类别,收入,支出\n2026-03-01,租金,怪类,12000,\n2026-03-05,清淤,怪事,,60.50\n"
    address = upload(clerk, table).headers["Location"]
    both = ["unknown_choice@!2", "unknown_choice@!3"]
    answered = clerk.send(
        f"{address}/confirm", {"place": both, "revision": revision(clerk.get(address).text)}, page=address
    )
    assert answered.status_code == 303
    assert "还有" not in clerk.get(address).text.split("存进去以后")[0].split("<h1>")[1]
    assert mend(clerk, address, **{"fix@!C3": "怪物"}).status_code == 303
    page = clerk.get(address).text
    assert re.search(r"<title>\s*有 1 处要确认", page)
    assert "“怪物”不在类别表里" in page
    assert mend(clerk, address, place="unknown_choice@!3").status_code == 303
    assert accept(clerk, address).status_code == 303


def test_only_the_clerk_mends_and_only_before_acceptance(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk)
    reader = sign_in(county.member)
    assert inputs(reader.get(address).text) == {}
    assert reader.send(f"{address}/confirm", {OUT: "1200"}, page="/account").status_code == 403
    mend(clerk, address, **{DAY: "2026-3-31", OUT: "1200"})
    accept(clerk, address)
    late = clerk.send(f"{address}/confirm", {"back": "三月!D5", "revision": "9"}, page="/account")
    assert late.status_code == 409
    assert "已经存成草稿" in late.text


@pytest.mark.parametrize("typed", ["x" * 2001, "\u202e倒过来", "<script>alert(1)</script>", "=1+1", "　", "💰"])
def test_whatever_is_typed_gets_an_answer(county: County, sign_in: SignIn, typed: str) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk)
    sent = mend(clerk, address, **{OUT: typed})
    assert sent.status_code in (303, 422)
    page = sent.text if sent.status_code == 422 else clerk.get(address).text
    assert inputs(page)[OUT] == typed.strip()
    assert "<script>" not in page


CELLS = st.sampled_from(
    [
        "2026-03-05",
        "2026.3.6",
        "三月",
        "",
        "水费",
        "合计",
        "1200",
        "一千二",
        "-5",
        "0",
        "1.005",
        "￥3",
        "备注：无",
        "无",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=2, max_size=6),
    changes=st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 3)), CELLS, max_size=4),
)
def test_a_mended_file_reads_as_a_file_that_was_right_from_the_start(
    rows: list[list[str]], changes: dict[tuple[int, int], str]
) -> None:
    def table(lines: list[list[str]]) -> bytes:
        return "\n".join([",".join(HEAD), *(",".join(line) for line in lines)]).encode()

    kept = {place: text for place, text in changes.items() if place[0] < len(rows)}
    right = [[kept.get((at, index), text) for index, text in enumerate(row)] for at, row in enumerate(rows)]
    fixes = {f"!{'ABCD'[index]}{at + 2}": text for (at, index), text in kept.items()}

    def seen(data: bytes, fixes: dict[str, str] | None = None) -> dict[str, object]:
        checked = read_workbook(
            data, "账.csv", section_named("finance"), period=Period.parse("2026Q1"), fixes=fixes, today=TODAY
        )
        return {name: value for name, value in checked.as_plain().items() if name not in ("cells", "before")}

    assert seen(table(rows), fixes) == seen(table(right))


def test_a_formula_without_a_result_and_a_merged_cell_are_mended_where_they_stand() -> None:
    data = xlsx([HEAD, LEASE, ["2026-03-09", "电费", None, "=A1*2"]])
    assert codes(read(data), "must_fix") == [("formula_without_value", 3)]
    fixed = read_workbook(data, "账.xlsx", section_named("finance"), fixes={"Sheet1!D3": "80"}, today=TODAY)
    assert codes(fixed, "must_fix") == []
    merged = xlsx(
        [HEAD, ["三月五", "租金", 5, None], [None, "水费", None, 6]], lambda sheet: sheet.merge_cells("A2:A3")
    )
    assert [one.place for one in read(merged).cells] == ["Sheet1!A2", "Sheet1!A2"]
    fixed = read_workbook(merged, "账.xlsx", section_named("finance"), fixes={"Sheet1!A2": "2026-3-5"}, today=TODAY)
    assert [one.facts["occurred_on"] for one in fixed.rows] == ["2026-03-05", "2026-03-05"]


def test_the_command_line_mends_cells_too(tmp_path: Path) -> None:
    file = tmp_path / "三月.xlsx"
    file.write_bytes(BAD)
    words = ["check", str(file), "--section", "finance", "--json"]
    assert CliRunner().invoke(cli, words).exit_code == 4
    done = CliRunner().invoke(cli, [*words, "--fix", "三月!A5=2026-3-31", "--fix", "三月!D5=1200"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["expense_fen"] == 120_000
    nowhere = CliRunner().invoke(cli, [*words, "--fix", "四月!A5=1"])
    assert nowhere.exit_code == 4
    assert "没有“四月!A5”这一格" in nowhere.stdout
    assert CliRunner().invoke(cli, [*words, "--fix", "A5"]).exit_code == 2
    assert file.read_bytes() == BAD


def test_importing_with_mended_cells_keeps_them_with_the_upload(
    app: Flask, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "三月.xlsx"
    file.write_bytes(BAD)
    held = app.extensions["villagehub"]
    made = create_app(settings_for(held.instance, held.database_url, cli_act_as=True))
    words = ["import", str(file), "--village", county.village, "--section", "finance", "--period", "2026Q1"]

    def answer(*more: str) -> int:
        code = run(lambda: cli.main([*words, "--as", county.clerk, *more], obj=lambda: made, standalone_mode=False))
        capsys.readouterr()
        return code

    assert answer() == 4
    assert answer("--fix", "四月!A5=1") == 4
    assert answer("--fix", "三月!D5=打13812345678") == 4
    assert answer("--fix", "三月!A5=2026-3-31", "--fix", "三月!D5=1200") == 0
    with app.app_context(), reading() as session:
        kept = session.scalars(select(Upload)).one()
        assert {place: one["typed"] for place, one in kept.fixes.items()} == {"三月!A5": "2026-3-31", "三月!D5": "1200"}
        assert kept.fixes["三月!D5"]["was"] == "一千二"
        assert kept.state == "accepted"
    assert rows_of(app) == [(1_200_000, "in"), (120_000, "out")]


def test_a_cell_that_no_fault_named_is_screened_by_what_its_column_is(
    app: Flask, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "救助.csv"
    file.write_text("2026年临时救助发放表,,,,\n组别,姓名,身份证号,金额,备注\n三组,王桂芳,,六百,好\n")
    held = app.extensions["villagehub"]
    made = create_app(settings_for(held.instance, held.database_url, cli_act_as=True))
    words = ["import", str(file), "--village", county.village, "--section", "funds", "--period", "2026-03"]

    def answer(*more: str) -> str:
        run(lambda: cli.main([*words, "--as", county.clerk, *more], obj=lambda: made, standalone_mode=False))
        return "".join(capsys.readouterr())

    assert "不在网页上改" in answer("--fix", "!C3=没有带来")
    answer("--fix", "!E3=肺癌，已住院")
    with app.app_context(), reading() as session:
        kept = session.scalars(select(Upload)).one()
        assert list(kept.fixes) == ["!E3"]
        assert "肺癌" not in str((kept.fixes, kept.report))


def test_a_fault_without_a_cell_says_where_it_is_mended(county: County, sign_in: SignIn) -> None:
    two = "组别,姓名,补贴项目,金额\n三组,王桂芳,耕地地力保护补贴,612\n三组,李成,临时救助,68\n"
    page = (
        sign_in(county.clerk).get(refused(sign_in(county.clerk), two.encode(), section="funds", period="2026-03")).text
    )
    assert inputs(page) == {}
    assert "表里有 2 种" in page
    assert "没有能直接改的格：照这一处说的，在 WPS 里改好，保存，再传" in page
    assert "就在上面的格里改" not in page


def test_a_table_of_another_period_sends_nobody_to_cells_that_are_not_there(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    days = [[f"2026-09-{day:02d}", "电费", None, 5] for day in (1, 2, 3)]
    page = clerk.get(refused(clerk, xlsx([HEAD, *days], title="三月"))).text
    assert "表里 3 行都是" in page
    assert inputs(page) == {}
    assert "就在上面的格里改" not in page
    assert "照上面说的办好，再传" in page


def test_after_a_mended_cell_nobody_is_told_to_go_on_mending_where_no_cell_is(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    days = [[day, "电费", None, 5] for day in ("2026-09-01", "2026-09-02", "2026-09-31")]
    address = refused(clerk, xlsx([HEAD, *days], title="三月"))
    where, _, place = mend(clerk, address, **{"fix@三月!A4": "2026-9-30"}).location.partition("#")
    row = clerk.get(where).text.partition(f'id="{place}"')[2].partition("</tr>")[0]
    assert "表里 3 行都是" in row
    assert "接着看这一处。" in row
    assert "接着改" not in row


def test_the_page_says_where_the_cells_are_in_a_file_of_several_sheets(county: County, sign_in: SignIn) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for name in ("一月", "二月"):
        sheet = book.create_sheet(name)
        for line in (HEAD, ["2026-01-01", "租金", 5, None], ["2026-01-02", "水费", None, "六块"]):
            sheet.append(line)
    del book["Sheet"]
    written = BytesIO()
    book.save(written)
    clerk = sign_in(county.clerk)
    address = refused(clerk, written.getvalue())
    page = clerk.get(address).text
    assert set(inputs(page)) == {"fix@一月!D3", "fix@二月!D3"}
    assert "“二月”表第 3 行「支出」</span>改成" in page
