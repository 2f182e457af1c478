"""The pages of uploading, over HTTP: faults named by the clerk's own rows, nothing lost, nothing done twice, no 5xx."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import road
from flask import Flask
from ledger_files import GOOD_CSV, HEAD, LEASE, read, xlsx
from openpyxl import load_workbook
from sending import counts, missing, snapshot, tick
from sqlalchemy import func, select
from werkzeug.test import TestResponse
from world import COUNTY, Browser, County

from villagehub.disclosures.models import Row, Version
from villagehub.ledgers import checking
from villagehub.ledgers.child import read_in_child
from villagehub.ledgers.models import Upload
from villagehub.ledgers.result import Checked
from villagehub.sections import SECTIONS
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
BAD_XLSX = xlsx([["青石沟村2026年3月收支表"], ["单位：元"], HEAD, LEASE, ["2026-09-31", "电费", None, "一千二"]])
QUESTION_CSV = GOOD_CSV + "2026-03-06,冲销上月多付,,-5\n"


def upload(browser: Browser, data: bytes | str, name: str = "账.csv", **fields: str) -> TestResponse:
    """Sends a file over the form, as the page sends it."""
    raw = data.encode() if isinstance(data, str) else data
    given = {"village": COUNTY.village, "section": "finance", "period": "2026Q1", "entity": "committee", **fields}
    return browser.send("/desk/upload", {**given, "file": (BytesIO(raw), name)}, page="/desk/upload")


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found, "the page offers no acceptance"
    return found[1]


def accept(browser: Browser, address: str, token: str = "") -> TestResponse:
    return browser.send(f"{address}/accept", {"token": token or token_of(browser.get(address).text)})


def count(app: Flask, model: Any) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def rows_of(app: Flask) -> list[tuple[int, str | None]]:
    with app.app_context(), reading() as session:
        return [(one.amount_fen or 0, one.direction) for one in session.scalars(select(Row).order_by(Row.id))]


def test_a_good_file_leads_to_its_page_and_into_a_draft(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    sent = upload(clerk, GOOD_CSV)
    assert sent.status_code == 303
    address = sent.headers["Location"]
    page = clerk.get(address).text
    assert "2 行都没问题，可以存成草稿" in page
    assert "12,000.00" in page
    assert count(app, Row) == 0
    taken = accept(clerk, address)
    assert taken.status_code == 303
    assert rows_of(app) == [(1_200_000, "in"), (126_050, "out")]
    done = clerk.get(taken.headers["Location"]).text
    assert "存完读回来数过，一共 2 行" in done
    assert re.search(r'href="/desk/d/\d+"[^>]*>去看草稿', done)


def test_faults_are_summed_up_linked_and_named_by_the_clerks_rows(app: Flask, county: County, sign_in: SignIn) -> None:
    sent = upload(sign_in(county.clerk), BAD_XLSX, "三月.xlsx")
    page = sent.text
    assert sent.status_code == 422
    assert re.search(r"<title>\s*有 2 处错误", page)
    links = re.findall(r'<li><a href="#(p\d+)">([^<]+)</a></li>', page)
    assert [words.split("：")[0] for _, words in links] == ["第 5 行「日期」", "第 5 行「支出」"]
    for anchor, words in links:
        row = re.search(rf'<tr id="{anchor}".*?</tr>', page, re.DOTALL)
        assert row, "a link of the summary leads nowhere"
        assert words in row[0]
        assert '<th scope="row" class="rn" role="rowheader">5</th>' in row[0]
    assert "D 列" in page
    assert "一千二" in page
    assert "请写 1200 或 1,200.00 这样的数字" in page
    assert "行号和列号与您的 Excel 一致" in page
    assert not re.search(r"must_fix|not_a_number|no_such_day", page.replace("value=", ""))
    assert count(app, Row) == 0
    assert count(app, Version) == 0


def test_the_corrected_file_goes_in_after_the_faulty_one(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    page = upload(clerk, BAD_XLSX, "三月.xlsx").text
    again = re.search(r'href="(/desk/upload\?[^"]+)"[^>]*>改好了，重新上传', page)
    assert again
    form = clerk.get(again[1].replace("&amp;", "&")).text
    assert re.search(r'name="period"[^>]*value="2026Q1"', form)
    assert upload(clerk, GOOD_CSV).status_code == 303
    with app.app_context(), reading() as session:
        assert [one.state for one in session.scalars(select(Upload).order_by(Upload.id))] == ["checked", "checked"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"period": "2026Q9"}, "“2026Q9”不是一个期间"),
        ({"period": "", "section": "funds"}, "惠民资金没有写是哪一期"),
        ({"period": "三季度"}, "“三季度”没有写是哪一年"),
        ({"period": "2026", "section": "finance"}, "财务收支不能按“2026年”公开"),
        ({"entity": "group", "group_no": ""}, "村民小组的账要写第几组"),
        ({"entity": "bank"}, "没有选是谁的账"),
        ({"entity": ""}, "没有选是谁的账"),
        ({"section": "weather"}, "没有选公开什么内容"),
    ],
)
def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(
    county: County, sign_in: SignIn, fields: dict[str, str], words: str
) -> None:
    sent = upload(sign_in(county.clerk), GOOD_CSV, **{"section": "assets", "entity": "collective", **fields})
    assert 400 <= sent.status_code < 500
    assert words in sent.text
    if "section" not in fields:
        assert re.search(r'<option value="assets" selected', sent.text)
    if "entity" not in fields:
        assert re.search(r'<option value="collective" selected', sent.text)
    if fields.get("period"):
        assert f'value="{fields["period"]}"' in sent.text


def test_whose_books_they_are_is_asked_once_and_offered_again(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    assert not re.search(r'<option value="collective" selected', clerk.get("/desk/upload").text)
    assert upload(clerk, GOOD_CSV, entity="collective").status_code == 303
    assert re.search(r'<option value="collective" selected', clerk.get("/desk/upload").text)
    asked_for = clerk.get("/desk/upload?entity=committee").text
    assert re.search(r'<option value="committee" selected', asked_for)
    assert upload(clerk, GOOD_CSV, entity="group", group_no="3").status_code == 303
    form = clerk.get("/desk/upload").text
    assert '<option value="">请选</option>' in form, "now these books, now those: nothing is guessed"
    assert not re.search(r'<option value="(committee|collective|group)" selected', form)


def test_an_upload_that_went_on_its_way_says_how_far_it_came(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = accept(clerk, upload(clerk, GOOD_CSV).headers["Location"]).headers["Location"]
    assert "村民还看不到" in clerk.get(address).text
    with app.app_context(), reading() as session:
        version_id = session.scalars(select(Version.id)).one()
    with app.app_context():
        road.submit(version_id)
    assert "村民还看不到" not in clerk.get(address).text
    assert "等人看过签字" in clerk.get("/desk/upload").text


def test_the_button_of_every_file_field_is_written_by_us(app: Flask) -> None:
    """浏览器不一定是中文的：选文件的按钮上盖着自己的字。"""
    for template in Path(str(app.template_folder)).rglob("*.html"):
        for line in template.read_text("utf-8").splitlines():
            assert 'type="file"' not in line or '<span class="chosen"><span aria-hidden="true">选' in line, (
                template.name
            )


def test_a_form_without_a_file_says_so(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    sent = clerk.send(
        "/desk/upload",
        {"village": county.village, "section": "finance", "period": "2026Q1", "file": (BytesIO(b""), "")},
        page="/desk/upload",
    )
    assert sent.status_code == 400
    assert "请先选一个表格文件" in sent.text
    assert re.search(r'name="period"[^>]*value="2026Q1"', sent.text)


def test_the_same_file_again_is_recognised(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    first = upload(clerk, GOOD_CSV).headers["Location"]
    again = upload(clerk, GOOD_CSV, "改了名字.csv").headers["Location"]
    assert again.partition("?")[0] == first
    assert "传过一次，内容一样，没有重复存" in clerk.get(again).text
    assert count(app, Upload) == 1
    other_period = upload(clerk, GOOD_CSV, period="2026-03").headers["Location"]
    assert other_period != first


def test_two_clicks_do_nothing_twice(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, GOOD_CSV).headers["Location"]
    token = token_of(clerk.get(address).text)
    assert [accept(clerk, address, token).status_code for _ in range(3)] == [303, 303, 303]
    assert count(app, Row) == 2
    assert count(app, Version) == 1


def test_a_changed_file_links_what_did_not_change_and_says_what_did(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    accept(clerk, upload(clerk, GOOD_CSV).headers["Location"])
    address = upload(clerk, GOOD_CSV.replace("1260.50", "1260.60") + "2026-03-09,电费,,7\n").headers["Location"]
    upload_id = int(address.rpartition("/")[2])
    assert counts(clerk, upload_id) == {"new": 2, "changed": 0, "unchanged": 1, "missing": 1}
    tick(clerk, upload_id, *missing(clerk, upload_id))
    accept(clerk, address)
    assert count(app, Version) == 1
    with app.app_context():
        now = snapshot(road.account(period="2026Q1"))
    assert now
    assert [(one["amount"], one["direction"]) for one in now["rows"]] == [
        (1_200_000, "in"),
        (126_060, "out"),
        (700, "out"),
    ]


def test_a_stale_preview_is_asked_again(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    first = upload(clerk, GOOD_CSV).headers["Location"]
    token = token_of(clerk.get(first).text)
    other = upload(clerk, GOOD_CSV + "2026-03-09,电费,,7\n").headers["Location"]
    accept(clerk, other)
    stale = accept(clerk, first, token)
    assert stale.status_code == 409
    assert "您看过预览以后，内容又有变化" in stale.text
    assert count(app, Row) == 3
    assert token_of(stale.text) != token
    assert accept(clerk, first, "made up").status_code == 409


def test_questions_are_answered_by_name_kept_and_shown_to_the_reviewer(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, QUESTION_CSV).headers["Location"]
    page = clerk.get(address).text
    assert "还有 1 处要您确认" in page
    assert 'name="token"' not in page or "disabled" in page
    assert accept(clerk, address, token_of(page) if 'name="token"' in page else "x").status_code in (409, 422)
    assert count(app, Row) == 0
    place = re.search(r'type="checkbox" name="place" value="([^"]+)"', page)
    assert place
    clerk.send(f"{address}/confirm", {"place": place[1]})
    assert "赵庆 已确认" in clerk.get(address).text
    taken = accept(clerk, address)
    assert taken.status_code == 303
    assert count(app, Row) == 3
    seen_by_reviewer = sign_in(county.member).get(address)
    assert seen_by_reviewer.status_code == 200
    assert "冲销" in seen_by_reviewer.text
    assert "赵庆 已确认" in seen_by_reviewer.text


def test_a_question_that_was_never_asked_cannot_be_answered(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, QUESTION_CSV).headers["Location"]
    answer = clerk.send(f"{address}/confirm", {"place": "made_up@!9"})
    assert answer.status_code == 422
    assert "没有问过" in answer.text


def test_the_original_comes_back_byte_for_byte_to_staff_only(county: County, sign_in: SignIn, client: Browser) -> None:
    clerk = sign_in(county.clerk)
    upload(clerk, BAD_XLSX, "三月 收支.xlsx")
    address = "/desk/u/1/original"
    for login in (county.clerk, county.member, county.head, county.supervisor):
        got = sign_in(login).get(address)
        assert got.status_code == 200
        assert got.data == BAD_XLSX
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(address).status_code in (302, 303, 401, 403)
    assert BAD_XLSX not in client.get(address).data


@pytest.mark.parametrize(
    "name",
    [
        "../../../app/config.py.xlsx",
        'x"; filename="evil.html\r\nX-A: b.csv',
        "收据\u202egpj.exe",
        "CON.csv",
        "账.csv.",
        "\x00",
    ],
)
def test_a_files_name_is_only_shown_and_never_trusted(county: County, sign_in: SignIn, name: str) -> None:
    clerk = sign_in(county.clerk)
    sent = upload(clerk, GOOD_CSV, name)
    assert sent.status_code in (303, 400)
    if sent.status_code == 303:
        got = clerk.get("/desk/u/1/original")
        assert got.data.decode() == GOOD_CSV
        assert "X-A" not in got.headers
        assert "\u202e" not in clerk.get("/desk/u/1").text


@pytest.mark.parametrize("section", list(SECTIONS))
def test_the_template_of_each_section_is_offered_and_can_be_opened(
    county: County, sign_in: SignIn, section: str
) -> None:
    clerk = sign_in(county.clerk)
    assert f"/desk/template/{section}.xlsx" in clerk.get("/desk/upload").text
    got = clerk.get(f"/desk/template/{section}.xlsx")
    assert load_workbook(BytesIO(got.data)).worksheets[0].title == SECTIONS[section].title


@pytest.mark.parametrize(("seconds", "words"), [(-1, "读了太久"), (None, "没能读完")], ids=["too_slow", "killed"])
def test_a_reading_child_that_is_too_slow_or_dies_is_a_clean_refusal(
    app: Flask,
    county: County,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int | None,
    words: str,
) -> None:
    """The real child: given no time (it is waited for a second longer than it may take), and killed from outside."""

    def starved(raw: bytes, filename: str, section: str, **more: Any) -> Checked:
        if seconds is not None:
            return read_in_child(raw, filename, section, **{**more, "seconds": seconds})
        return _read_and_kill(raw, filename, section, **more)

    monkeypatch.setattr(checking, "read_in_child", starved)
    clerk = sign_in(county.clerk)
    sent = upload(clerk, GOOD_CSV)
    assert sent.status_code == 422
    assert words in sent.text
    assert "还是不行，请联系系统管理员" in sent.text
    assert count(app, Row) == 0
    monkeypatch.undo()
    assert upload(clerk, GOOD_CSV).status_code == 303


def _read_and_kill(raw: bytes, filename: str, section: str, **more: Any) -> Checked:
    import multiprocessing
    import os
    import signal
    import threading
    import time

    done = threading.Event()

    def kill() -> None:
        while not done.is_set():
            for child in multiprocessing.active_children():
                if child.pid:
                    os.kill(child.pid, signal.SIGKILL)
                    return
            time.sleep(0.001)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return read_in_child(raw, filename, section, **more)
    finally:
        done.set()
        killer.join()


def test_a_file_that_takes_too_much_memory_is_a_clean_refusal(app: Flask, county: County, sign_in: SignIn) -> None:
    """Ten million empty lines are small on the wire and half a gigabyte as rows: the child stops at its limit."""
    sent = upload(sign_in(county.clerk), GOOD_CSV + "\n" * 9_000_000)
    assert sent.status_code == 422
    assert "解开以后太大，读不下" in sent.text
    assert count(app, Row) == 0


def test_a_funds_files_numbers_are_on_no_page(app: Flask, county: County, sign_in: SignIn) -> None:
    text = (
        "2026年耕地地力保护补贴发放表,,,,,\n组别,姓名,身份证号,一卡通号,联系电话,金额,备注\n"
        "三组,王桂芳,11010519491231002X,6222021234567890128,13812345678,612,电话13812345678\n"
        "三组,李成,110105194912310021,6222021234567890128,13912345678,68,\n"
    )
    clerk = sign_in(county.clerk)
    address = upload(clerk, text, section="funds", period="2026-03").headers["Location"]
    page = clerk.get(address).text
    for number in ("11010519491231002X", "110105194912310021", "6222021234567890128", "13812345678", "13912345678"):
        assert number not in page
        assert number not in str([one.facts for one in read(text, "funds").rows])


def test_people_of_other_villages_find_nothing(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = upload(clerk, GOOD_CSV).headers["Location"]
    assert upload(clerk, GOOD_CSV, village=county.other_village).status_code in (403, 404)
    auditor = sign_in(county.auditor)
    assert auditor.get(address).status_code == 200
    assert 'name="token"' not in auditor.get(address).text


def test_a_published_period_is_corrected_and_the_preview_says_so(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        road.published()
    address = upload(sign_in(county.clerk), GOOD_CSV.replace("2026-03", "2026-07"), period="2026Q3").headers["Location"]
    page = sign_in(county.clerk).get(address).text
    assert "这一期已经公开过（第 1 号）" in page


@pytest.mark.parametrize(("section", "title"), [("finance", "2026年第三季度财务收支"), ("assets", "2025年集体资产")])
def test_without_a_period_the_newest_whole_one_of_the_section_is_meant(
    app: Flask, county: County, sign_in: SignIn, section: str, title: str
) -> None:
    clerk = sign_in(county.clerk)
    form = clerk.get("/desk/upload").text
    assert re.search(r'name="period" value=""', form)
    money = "财务收支 2026年第三季度，集体资产 2025年，集体资源 2025年，债权债务 2026年第三季度"
    assert f"{money}，干部权责 2025年，小微权力清单 2025年" in form
    assert f"<h1>{title}：核对</h1>" in upload(clerk, "没有表头\n", section=section, period="").text


def test_a_table_that_is_refused_is_not_called_a_draft(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    page = upload(clerk, BAD_XLSX, "三月.xlsx").text
    assert "有要改的地方，没有存" in page
    assert "草稿，村民还看不到" not in page
    assert "三月.xlsx · 有要改的地方，没有存" in clerk.get("/desk/upload").text


def test_while_cells_are_wrong_every_figure_says_which_rows_it_covers(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    """有几行有错时，合计只算能用的行：数旁边写着算了几行、没算几行，期初、结余是表里写的，不会看着对不上。"""
    clerk = sign_in(county.clerk)
    head, opening, closing = "日期,凭证号,摘要,收入,支出\n", ",,期初余额,5000,\n", ",,期末余额,14560,\n"
    good = "2026-07-05,101,鱼塘租金,12000,\n2026-07-12,107,水渠清淤,,1600\n"
    bad = "2026-07-15,108,路灯,,一千二\n2026-07-16,109,沙石,,八百多\n"

    def sent(rows: str, name: str) -> str:
        answer = upload(clerk, head + rows, name, period="2026Q3")
        found = re.search(r"/desk/u/\d+", answer.headers.get("Location", "") or answer.text)
        assert found
        return found[0]

    address = sent(opening + good + bad + closing, "账.csv")
    card = figures(clerk.get(address).text)
    assert "读到 6 行 能用的 2 行 放一边的（合计、签名等） 2 行 有错没算进去的 2 行" in card
    assert "能用的 2 行：收入 12,000.00 能用的 2 行：支出 1,600.00" in card
    assert "表里写的期初 5,000.00" in card
    assert "表里写的结余 14,560.00" in card
    assert "合计只算了能用的 2 行，另有 2 行有错没算进去，改好了才和表里写的对得上。" in card
    assert "读到的 = 能用的 + 放一边的 + 有错没算进去的，一行也不会悄悄丢掉" in card
    record = figures(clerk.get(f"{address}/record").text)
    assert "能用的 2 行：收入 12,000.00" in record
    assert "另有 2 行有错没算进去" in record

    nothing = figures(clerk.get(sent(bad, "错的.csv")).text)
    assert "收入" not in nothing
    assert "2 行账都有错，还没有算合计。" in nothing

    right = figures(clerk.get(sent(opening + good, "对的.csv")).text)
    assert "收入 12,000.00 支出 1,600.00" in right
    assert "期初 5,000.00" in right
    for words in ("表里写的", "没算进去，", "能用的 2 行："):
        assert words not in right


def figures(page: str) -> str:
    """The card of what was read, in one line."""
    card = page.partition("<h2>核对结果</h2>")[2].partition("</div>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())
