"""Before a table becomes a draft the clerk sees each row's fate and the money; what is not ticked stays; a record tells of it."""

import hashlib
import re
from collections.abc import Callable

import pytest
import road
from flask import Flask
from sending import accept, confirm, counts, missing, press, send, snapshot, tick
from world import Browser, County

AsSignedIn = Callable[[str], Browser]
HEAD = "日期,凭证号,摘要,收入,支出\n"
RENT = "2026-07-05,101,鱼塘租金,12000,\n"
CANAL = "2026-07-12,107,水渠清淤,,11600\n"
LAMPS = "2026-09-12,112,购路灯配件,,840\n"


@pytest.fixture
def clerk(app: Flask, county: County, sign_in: AsSignedIn) -> Browser:
    return sign_in(county.clerk)


def text_of(browser: Browser, address: str) -> str:
    """The page's words, on one line."""
    page = browser.get(address)
    assert page.status_code == 200
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_the_preview_tells_each_rows_fate_and_the_money(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, HEAD + RENT + CANAL))
    upload = send(clerk, HEAD + RENT.replace("12000", "12500") + LAMPS + "合计,,,12500,840\n")
    assert counts(clerk, upload) == {"new": 1, "changed": 1, "unchanged": 0, "missing": 1}
    page = f"/desk/u/{upload}"
    assert "放一边的（合计、签名等） 1 行" in text_of(clerk, page)
    assert "12,000.00 → 12,500.00" in text_of(clerk, f"{page}?list=changed")
    assert "购路灯配件 编号 3 · 您的表第 3 行" in text_of(clerk, f"{page}?list=new")
    assert "水渠清淤 编号 2 · 来自先前的表第 3 行" in text_of(clerk, f"{page}?list=missing")
    assert "收入 12,000.00 12,500.00" in text_of(clerk, page)
    assert "支出 11,600.00 12,440.00" in text_of(clerk, page), "the row that stays counts"


def test_while_a_question_is_open_the_page_does_not_read_the_file_again(app: Flask, clerk: Browser) -> None:
    """There is nothing to preview; the clerk need not wait for a long file to be read."""
    upload = send(clerk, HEAD + RENT + CANAL.replace("11600", "0"))
    page, vault = f"/desk/u/{upload}", app.extensions["villagehub"].vault
    away = vault.rename(vault.with_name("away"))
    said = text_of(clerk, page)
    away.rename(vault)
    assert "金额是 0.00。真有这样一笔账吗？" in said
    assert "存进去以后会怎样" not in said
    confirm(clerk, upload)
    assert counts(clerk, upload) == {"new": 2, "changed": 0, "unchanged": 0, "missing": 0}


def test_a_missing_row_stays_until_it_is_ticked(app: Flask, clerk: Browser) -> None:
    draft = accept(clerk, send(clerk, HEAD + RENT + CANAL))
    upload = send(clerk, HEAD + RENT + LAMPS)
    assert accept(clerk, upload) == draft
    with app.app_context():
        now = snapshot()
        assert now
        assert [one["voucher_no"] for one in now["rows"]] == ["101", "112", "107"]
        assert now["totals"]["expense_fen"] == 1_244_000
    assert "存完读回来数过，一共 3 行" in text_of(clerk, f"/desk/u/{upload}")
    assert "这次表里没有的，留着 1 行" in text_of(clerk, f"/desk/u/{upload}")


def test_only_the_ticked_row_goes_and_a_tick_can_be_taken_back(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, HEAD + RENT + CANAL + LAMPS))
    upload = send(clerk, HEAD + RENT)
    first, second = missing(clerk, upload)
    tick(clerk, upload, first, second)
    tick(clerk, upload, second)
    assert re.findall(r'value="(\d+)" checked', clerk.get(f"/desk/u/{upload}?list=missing").text) == [str(second)]
    accept(clerk, upload)
    with app.app_context():
        now = snapshot()
        assert now
        assert [one["voucher_no"] for one in now["rows"]] == ["101", "107"]


def test_a_number_that_is_not_missing_cannot_be_ticked_away(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, HEAD + RENT + CANAL))
    upload = send(clerk, HEAD + RENT)
    page = f"/desk/u/{upload}?list=missing"
    fields = {"shown": ["1", "2", "x", "999"], "gone": ["1", "999", "-1"], "page": "1"}
    assert clerk.send(f"/desk/u/{upload}/gone", fields, page=page).status_code == 303
    accept(clerk, upload)
    with app.app_context():
        now = snapshot()
        assert now
        assert len(now["rows"]) == 2


def test_what_was_ticked_after_the_preview_wants_another_look(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, HEAD + RENT + CANAL))
    upload = send(clerk, HEAD + RENT)
    page = f"/desk/u/{upload}"
    token = re.search(r'name="token" value="([^"]+)"', clerk.get(page).text)
    assert token
    tick(clerk, upload, *missing(clerk, upload))
    refused = clerk.send(f"{page}/accept", {"token": token[1]}, page=page)
    assert refused.status_code == 409
    assert "您看过预览以后，内容又有变化" in refused.text
    assert press(clerk, upload).status_code == 303
    late = clerk.send(f"{page}/gone", {"shown": ["2"], "gone": [], "page": "1"}, page="/desk/upload")
    assert late.status_code == 409


def test_long_lists_are_paged_and_ticks_on_other_pages_stay(app: Flask, clerk: Browser) -> None:
    lines = [f"2026-08-{1 + number % 28:02d},{number},第{number}笔,,{number}\n" for number in range(1, 131)]
    accept(clerk, send(clerk, HEAD + "".join(lines)))
    upload = send(clerk, HEAD + lines[0])
    page = f"/desk/u/{upload}?list=missing"
    numbers = missing(clerk, upload)
    assert len(numbers) == 129
    assert "第 1 页，共 3 页" in text_of(clerk, page)
    assert "第 3 页，共 3 页" in text_of(clerk, f"{page}&page=99")
    assert clerk.get(f"{page}&page=x").status_code == 200
    assert clerk.get(f"/desk/u/{upload}?list=nonsense").status_code == 200
    for part, chosen in ((numbers[:50], numbers[:1]), (numbers[50:100], numbers[50:51])):
        fields = {"shown": part, "gone": chosen, "page": "2"}
        answer = clerk.send(f"/desk/u/{upload}/gone", fields, page=page)
        assert answer.headers["Location"].endswith("list=missing&page=2#list")
    accept(clerk, upload)
    with app.app_context():
        now = snapshot()
        assert now
        assert len(now["rows"]) == 128


def test_the_opening_is_compared_with_what_was_published_last(app: Flask, clerk: Browser) -> None:
    with app.app_context():
        road.published(
            [road.entry("2026-05-05", "鱼塘租金", 100_000, "in")], of=road.account(period="2026Q2"), opening=0
        )
    opening = "日期,凭证号,摘要,收入,支出,余额\n,,期初余额,,,{}\n2026-07-05,101,鱼塘租金,12000,,\n"
    right = send(clerk, opening.format("1000"))
    assert "期初 1,000.00 就是上一期公开的结余，接得上" in text_of(clerk, f"/desk/u/{right}")
    wrong = send(clerk, opening.format("900"))
    said = text_of(clerk, f"/desk/u/{wrong}")
    assert "期初 900.00 和上一期公开的结余 1,000.00 不一样，差 100.00，这样不能送审" in said
    assert "接得上" not in said


def test_a_closing_that_does_not_know_of_rows_that_stay_is_named(app: Flask, clerk: Browser) -> None:
    head = "日期,凭证号,摘要,收入,支出,余额\n,,期初余额,,,0\n"
    accept(clerk, send(clerk, head + "2026-07-05,101,鱼塘租金,12000,,\n2026-07-12,107,水渠清淤,,600,\n"))
    upload = send(clerk, head + "2026-07-05,101,鱼塘租金,12000,,12000\n")
    said = text_of(clerk, f"/desk/u/{upload}")
    assert "表里写的期末是 12,000.00，加上表里没有、留着的 1 行是 11,400.00" in said
    tick(clerk, upload, *missing(clerk, upload))
    assert "留着的 1 行是" not in text_of(clerk, f"/desk/u/{upload}")


def test_a_table_typed_on_a_page_says_what_is_taken_out(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, HEAD + RENT + CANAL))
    address = "/desk/upload/fill?village=990101100201&section=finance&period=2026Q3&entity=committee&group_no="
    page = clerk.get(address).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    hidden.pop("csrf_token")
    kept = {"r2-occurred_on": "2026-07-05", "r2-voucher_no": "101", "r2-summary": "鱼塘租金", "r2-in": "12000"}
    answer = clerk.send("/desk/upload/fill", {**hidden, **kept, "do": "check"}, page=address)
    upload = int(re.findall(r"/desk/u/(\d+)", answer.headers["Location"])[0])
    assert "存成草稿时会去掉" in text_of(clerk, f"/desk/u/{upload}?list=missing")
    accept(clerk, upload)
    with app.app_context():
        now = snapshot()
        assert now
        assert len(now["rows"]) == 1


def test_the_record_stays_for_good_and_reviewers_see_the_same(
    app: Flask, clerk: Browser, county: County, sign_in: AsSignedIn
) -> None:
    raw = HEAD + RENT + "2026-07-12,107,冲去年误记,,-116\n" + "合计,,,12000,-116\n"
    upload = send(clerk, raw, name="三季度流水.csv")
    draft = accept(clerk, upload)
    with app.app_context():
        road.submit(draft)
    page = f"/desk/u/{upload}/record"
    mine, theirs = text_of(clerk, page), text_of(sign_in(county.member), page)
    for words in (
        hashlib.sha256(raw.encode()).hexdigest(),
        "三季度流水.csv",
        "A 列「日期」→ 日期",
        "赵庆 确认“就是这样”",
        "冲去年误记",
        "草稿里一共 2 行",
        "新的 2 行",
        "放一边的（合计、签名等） 1 行",
    ):
        assert words in mine
        assert words in theirs
    assert "撤销这次上传" in mine
    assert "撤销这次上传" not in theirs
    for address in (f"/desk/d/{draft}", f"/review/{draft}"):
        assert f'href="{page}"' in sign_in(county.member).get(address).text


def test_a_record_of_what_is_no_draft_yet_has_no_rows_and_nothing_to_undo(app: Flask, clerk: Browser) -> None:
    upload = send(clerk, HEAD + RENT)
    said = text_of(clerk, f"/desk/u/{upload}/record")
    assert "核对过，还没有存成草稿" in said
    assert "存进去的行" not in said
    assert clerk.send(f"/desk/u/{upload}/undo", page=f"/desk/u/{upload}").status_code == 409
