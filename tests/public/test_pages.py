"""What villagers see of what was published, over the real road and the real bytes."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import cast

import pytest
import road
import time_machine
from examples import BATCH, BUILDING, PUMP, SECRETARY, recipient
from flask import Flask
from werkzeug.test import TestResponse
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.after import run_after_publish
from villagehub.ops.installing import settle
from villagehub.public.build import build_dirty
from villagehub.public.people import group_sums
from villagehub.public.published import items_of
from villagehub.sections import section_named
from villagehub.storage import reading

HOME = f"/v/{COUNTY.village}"
PERIOD = f"{HOME}/finance/2026Q3"
LARGEST = 14_336


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    """A village that has published one of each section."""
    assert county
    with app.app_context():
        road.published()
        road.published((BUILDING, PUMP), of=road.account("assets", "2025"), opening=None)
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
        road.published(
            tuple(recipient(f"张{one}", "1组", 50_000, "农村低保") for one in "甲乙丙"),
            of=road.account("funds", "2026-09", subject="农村低保"),
            opening=None,
        )
        run_after_publish()
    return app


def links_in(page: str) -> set[str]:
    return {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"#]*|\?[^"#]*)', page)}


def read(client: Browser, path: str, status: int = 200) -> TestResponse:
    """Fetches a page and checks what every page promises."""
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer


def text_of(answer: TestResponse) -> str:
    import gzip

    raw = answer.data
    return (gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw).decode()


def check_page(path: str, page: str) -> None:
    """One heading, a title, the language, a viewport, no script, no outside address, no inline style, labels on inputs."""
    assert page.count("<h1") == 1, path
    assert re.search(r"<title>[^<]{2,}</title>", page), path
    assert '<html lang="zh-CN"' in page, path
    assert 'name="viewport"' in page, path
    assert "<script" not in page, path
    assert " style=" not in page, path
    assert not re.search(r"https?://", page), path
    for field in re.findall(r'<input class="field" id="([^"]+)"', page):
        assert f'<label for="{field}"' in page, path


def test_every_page_that_can_be_reached_is_whole_small_and_without_script(village: Flask, client: Browser) -> None:
    waiting, seen = [HOME, "/"], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or "size=" in path or "theme=" in path or "print=" in path:
            continue
        seen.add(path)
        if path.startswith("/log/"):  # the log's files, among them verify.html, which carries a script on purpose
            continue
        answer = read(client, path)
        if answer.mimetype != "text/html":  # files, and what is for programs
            continue
        page = text_of(answer)
        check_page(path, page)
        import gzip

        assert len(gzip.compress(page.encode(), 6)) <= LARGEST, path
        base = path.partition("?")[0]
        waiting += [one if one.startswith("/") else base + one for one in links_in(page)]
    assert {HOME, PERIOD, f"{HOME}/assets", f"{HOME}/duties", f"{HOME}/funds", f"{HOME}/n/1"} <= seen


def test_every_page_has_itself_for_paper_which_does_without_its_script(village: Flask, client: Browser) -> None:
    chosen = f"{PERIOD}?dir=in"
    for path in (HOME, f"{HOME}/assets", "/words", chosen):
        page = text_of(read(client, path))
        link = re.search(r'href="([^"]*)" rel="nofollow">打印本页<', page)
        assert link, path
        link_to = link[1].replace("&amp;", "&")
        paper = read(client, path.partition("?")[0] + link_to)
        said = text_of(paper)
        assert said.count("<script") == 1
        script = re.search(r"<script>(.*)</script>", said)
        assert script
        hashed = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
        assert f"script-src 'sha256-{hashed}'" in paper.headers["Content-Security-Policy"]
        assert 'id="paper" hidden>' in said, "without script there is no button that does nothing"
        assert "浏览器菜单里的“打印”" in said
        assert 'content="noindex"' in said
        assert "打印本页" not in said
        back = re.search(r'href="([^"]*)">回到网页<', said)
        assert back
        assert back[1].replace("&amp;", "&") == path
        assert "script-src 'none'" in read(client, path).headers["Content-Security-Policy"]
    assert "鱼塘租金" in said, "what was asked for stays asked for"
    assert 'class="amt out' not in said
    found = client.post(f"{HOME}/funds/find", data={"name": "李秀英"}, headers={"Origin": "http://localhost"}).text
    assert "打印本页" not in found, "no address leads there"


def test_the_home_page_says_the_quarter_in_one_sentence(village: Flask, client: Browser) -> None:
    page = text_of(read(client, HOME))
    assert "7 月到 9 月，村里进账 <b>1.20 万元</b>，花了 <b>1.24 万元</b>" in page
    assert "三季度已公开" in page
    assert "2 件" in page


def test_the_totals_on_the_page_are_the_sums_of_its_entries(village: Flask, client: Browser) -> None:
    page = text_of(read(client, PERIOD))
    amounts = [one.replace(",", "") for one in re.findall(r'class="amt (?:in|out) num">([^<]+)<', page)]
    income = sum(int(one.replace(".", "").lstrip("+")) for one in amounts if one.startswith("+"))
    expense = sum(int(one.replace(".", "").lstrip("-")) for one in amounts if one.startswith("-"))
    assert (income, expense) == (1_200_000, 1_244_000)
    assert "12,440.00" in page
    assert "4,560.00" in page


def test_a_voucher_is_called_by_its_number_as_the_clerk_wrote_it(village: Flask, client: Browser) -> None:
    page = text_of(read(client, PERIOD))
    assert " · 凭证号 101<br>" in page
    assert "号凭证" not in page


def test_private_payees_are_masked_and_companies_are_not(village: Flask, client: Browser) -> None:
    page = text_of(read(client, PERIOD))
    assert "孙长林" not in page
    assert "孙**" in page
    assert "鑫源建材店" in page
    assert "何山" not in page


def test_a_filter_shows_only_what_was_asked_for(village: Flask, client: Browser) -> None:
    page = text_of(read(client, f"{PERIOD}?dir=in"))
    assert "鱼塘租金" in page
    assert 'class="amt out' not in page
    assert "没有这样的账目" in text_of(read(client, f"{PERIOD}?cat=nothing"))


@pytest.mark.parametrize(
    "query", ["after=abc", "after=-1", "dir=x", "cat=%01", "min=1e9", "after=99999999999999", "zu=x"]
)
def test_odd_queries_never_break_a_page(village: Flask, client: Browser, query: str) -> None:
    for path in (PERIOD, f"{HOME}/assets", f"{HOME}/funds/2026-09/耕地地力保护补贴", f"{HOME}/n/1"):
        read(client, f"{path}?{query}")


def test_a_nul_in_the_query_is_refused_in_words(village: Flask, client: Browser) -> None:
    assert "看不见的坏字符" in text_of(read(client, f"{PERIOD}?cat=%00", status=400))


def test_nobodys_name_stands_on_a_batchs_page_until_group_and_surname_are_chosen(
    village: Flask, client: Browser
) -> None:
    batch = f"{HOME}/funds/2026-09/耕地地力保护补贴"
    whole = text_of(read(client, batch))
    group = text_of(read(client, f"{batch}?zu=3组"))
    chosen = read(client, f"{batch}?zu=3组&xing=李")
    for one in BATCH:
        assert one["recipient"] not in whole + group
    assert "李秀英" in text_of(chosen)
    assert "320.00" not in text_of(chosen), "a list of names carries no amounts"
    number = re.search(r"no=(\d+)[^>]*>李秀英<", text_of(chosen))
    assert number
    assert "320.00 元" in text_of(read(client, f"{batch}?zu=3组&xing=李&no={number[1]}"))
    assert "欧阳娜" not in text_of(chosen)
    assert chosen.headers["Cache-Control"] == "no-store"
    assert "noindex" in text_of(chosen)
    assert "729.00" in whole


SUM = re.compile(r'<a class="r" href="([^"#]+)#f"><b>([^<·]+) · (\d+) 人</b><span class="num">([\d,.]+) 元')


def test_what_each_group_got_adds_up_to_the_lists_total_and_opens_to_the_groups_names(
    village: Flask, client: Browser
) -> None:
    batch = f"{HOME}/funds/2026-09/耕地地力保护补贴"
    sums = SUM.findall(text_of(read(client, batch)))
    assert [one[1:] for one in sums] == [("1组", "2", "100.00"), ("2组", "1", "99.00"), ("3组", "2", "530.00")]
    for address, name, *_ in sums:
        opened = text_of(read(client, address))
        assert f'aria-current="true">{name} ' in opened
        assert 'aria-label="姓"' in opened


def test_money_that_came_back_is_in_no_groups_sum_and_its_line_says_so(
    app: Flask, county: County, client: Browser
) -> None:
    returned = {**recipient("赵铁牛", "1组", 2_000), "state": "bounced"}
    with app.app_context():
        road.published(
            (*BATCH, returned), of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None
        )
    batch = f"{HOME}/funds/2026-09/耕地地力保护补贴"
    page = client.get(batch).text
    assert next(one[1:] for one in SUM.findall(page)) == ("1组", "3", "100.00")
    assert "729.00" in page
    number = re.search(r"no=(\d+)[^>]*>赵铁牛<", client.get(f"{batch}?zu=1组&xing=赵").text)
    assert number
    for line in (
        client.get(f"{batch}?zu=1组&xing=赵&no={number[1]}").text,
        client.post(f"{HOME}/funds/find", data={"name": "赵铁牛"}, headers={"Origin": "http://localhost"}).text,
    ):
        assert "20.00 元" in line
        assert "退回，不算在合计里" in line


def test_groups_are_not_summed_on_a_sensitive_list_nor_where_a_recipient_was_taken_away(
    app: Flask, county: County, client: Browser
) -> None:
    six = [recipient(f"张{one}", f"{place // 2 + 1}组", 50_000, "农村低保") for place, one in enumerate("甲乙丙丁戊己")]
    with app.app_context():
        road.published(tuple(six), of=road.account("funds", "2026-09", subject="农村低保"), opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
    sensitive = client.get(f"{HOME}/funds/2026-09/农村低保").text
    assert "3,000.00" in sensitive
    assert "组" not in sensitive.partition("<main")[2].partition("<footer")[0]
    with app.app_context(), reading() as session:
        items = items_of(session, 2)
    assert len(group_sums(section_named("funds"), items)) == 3
    left = {name: value for name, value in items[0].values.items() if name != "recipient"}
    assert group_sums(section_named("funds"), [replace(items[0], values=left), *items[1:]]) == []


def test_ones_own_subsidy_is_found_by_the_exact_name_and_by_nothing_less(village: Flask, client: Browser) -> None:
    def find(name: str) -> TestResponse:
        return client.post(f"{HOME}/funds/find", data={"name": name}, headers={"Origin": "http://localhost"})

    found = find(" 李秀英 ")
    assert "320.00" in found.text
    assert found.headers["Cache-Control"] == "no-store"
    assert "320.00" not in find("李秀").text
    assert "没有查到" in find("张甲").text
    assert "320.00" in find("李秀英（3组）").text, "as a slip prints it"
    assert "没有查到" in find("（3组）").text
    assert (
        client.post(
            f"{HOME}/funds/find", data={"name": "李秀英"}, headers={"Origin": "http://evil.example"}
        ).status_code
        == 403
    )


def test_who_finds_a_wrong_amount_asks_about_that_list_and_no_name_stands_in_the_address(
    village: Flask, client: Browser
) -> None:
    def ways() -> list[tuple[str, str]]:
        answer = client.post(f"{HOME}/funds/find", data={"name": "李秀英"}, headers={"Origin": "http://localhost"})
        return re.findall(r'href="([^"]*/ask[^"]*)">([^<]*)数不对？我要问<', answer.text)

    assert ways() == [(f"{HOME}/ask?n=4", "")]
    form = client.get(f"{HOME}/ask?n=4").text
    assert "问的是：<b>第 4 号公开：" in form
    assert "耕地地力保护补贴" in form
    with village.app_context():
        road.published(BATCH, of=road.account("funds", "2026-10", subject="耕地地力保护补贴"), opening=None)
    assert sorted(ways()) == [
        (f"{HOME}/ask?n=4", "耕地地力保护补贴 2026年9月："),
        (f"{HOME}/ask?n=6", "耕地地力保护补贴 2026年10月："),
    ]


def test_asking_for_names_in_haste_is_slowed_down(village: Flask, client: Browser) -> None:
    answers = [
        client.post(f"{HOME}/funds/find", data={"name": "李秀英"}, headers={"Origin": "http://localhost"}).status_code
        for _ in range(25)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_sensitive_list_of_fewer_than_five_shows_neither_count_nor_sum(village: Flask, client: Browser) -> None:
    page = text_of(read(client, f"{HOME}/funds/2026-09/农村低保"))
    assert "少于 5 人" in page
    assert "1,500.00" not in page
    assert "张甲" not in page


def test_lists_of_persons_have_totals_only_as_a_file(village: Flask, client: Browser) -> None:
    raw = read(client, f"{HOME}/funds/2026-09/耕地地力保护补贴.csv").data.decode("utf-8-sig")
    assert "729.00" in raw
    for one in BATCH:
        assert one["recipient"] not in raw


def test_a_file_holds_every_row_and_says_so_at_its_end(village: Flask, client: Browser) -> None:
    import io

    from openpyxl import load_workbook

    raw = read(client, f"{PERIOD}.csv").data.decode("utf-8-sig").strip().splitlines()
    assert len(raw) == 5
    assert raw[-1].startswith("共 3 行，全部在此。第 1 号公开，防改码")
    digest = sha256(read(client, f"{PERIOD}.csv").data[: -len(f"{raw[-1]}\r\n".encode())]).hexdigest()
    assert raw[-1].endswith(f"以上各行的 SHA-256：{digest}"), "head -n -1 FILE | sha256sum"
    sheet = load_workbook(io.BytesIO(read(client, f"{PERIOD}.xlsx").data)).active
    assert sheet is not None
    assert sheet.max_row == 5
    assert str(sheet.cell(5, 1).value).startswith("共 3 行，全部在此。第 1 号公开，防改码")
    assert str(sheet.cell(5, 1).value).endswith(f"CSV 文件里以上各行的 SHA-256：{digest}")
    assert [cell.value for cell in sheet[2]].count(12000) == 1


def test_the_json_beside_a_page_says_how_many_rows_of_how_many_and_their_digest(
    village: Flask, client: Browser
) -> None:
    told = read(client, f"{PERIOD}.json").json
    assert (told["count"], told["total"], told["complete"]) == (3, 3, True)
    plain = json.dumps(told["rows"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert told["digest"] == f"sha256:{sha256(plain.encode()).hexdigest()}"
    persons = read(client, f"{HOME}/funds/2026-09/耕地地力保护补贴.json").json
    assert (persons["rows"], persons["count"], persons["total"], persons["complete"], persons["digest"]) == (
        [],
        0,
        len(BATCH),
        False,
        None,
    )


@pytest.mark.parametrize("path", [PERIOD, f"{HOME}/assets", f"{HOME}/funds/2026-09/耕地地力保护补贴"])
def test_how_large_a_file_is_stands_beside_its_link(village: Flask, client: Browser, path: str) -> None:
    links = re.findall(r'href="([^"]+\.(?:csv|xlsx))">[^<]*，(\d+) KB）', client.get(path).text)
    assert [address.rpartition(".")[2] for address, _ in links] == ["xlsx", "csv"]
    for address, said in links:
        assert 0 <= int(said) * 1024 + 512 - len(client.get(address).data) < 2048, address


def test_a_correction_shows_old_and_new_why_and_who_agreed(village: Flask, client: Browser) -> None:
    with village.app_context():
        draft = road.correct(1)
        road.change_row(draft, 2, amount="11500.00")
        road.publish(road.agree(road.submit(draft)))
        build_dirty()
    page = text_of(read(client, PERIOD))
    assert "<del>11,600.00 元</del> → <ins>11,500.00 元</ins>" in page
    assert "发票金额抄错，村民提问后查对" in page
    assert "王桂芳、李成（村务监督委员会）" in page
    assert "更正过 1 次" in page
    changes = text_of(read(client, f"{HOME}/n/6/changes"))
    assert "<del>12,440.00</del> → <ins>12,340.00</ins>" in changes
    assert "<ins>12,340.00</ins>" in changes
    old = text_of(read(client, f"{HOME}/n/1"))
    assert "这是旧的一版" in old
    assert "-11,600.00" in old
    story = text_of(read(client, f"{HOME}/finance/i/2"))
    assert "首次公开" in story
    assert "有改动" in story


def test_a_nil_return_says_that_there_was_nothing(village: Flask, client: Browser) -> None:
    with village.app_context():
        from villagehub.disclosures import actions
        from villagehub.storage import unit_of_work

        me = road.hand(COUNTY.clerk)
        with unit_of_work() as session:
            version = actions.open_draft(session, road.account("finance", "2026Q4"), actor=me.actor, now=road.NOW)
            actions.declare_nil(session, version, actor=me.actor, now=road.NOW)
            number = version.id
        road.publish(road.agree(road.submit(number)))
        build_dirty()
    assert "没有收支，村里已确认" in text_of(read(client, f"{HOME}/finance/2026Q4"))


@pytest.mark.parametrize(
    "path",
    ["finance/2019Q1", "finance/abc", "nothing", "n/999", "finance/i/999", "n/1/changes", "funds/i/5", "jt", "z9/x"],
)
def test_what_is_not_there_gets_a_plain_page_with_a_next_step(village: Flask, client: Browser, path: str) -> None:
    answer = client.get(f"{HOME}/{path}")
    assert answer.status_code == 404
    assert "请" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_village_without_publications_says_what_to_do(village: Flask, client: Browser) -> None:
    page = text_of(read(client, f"/v/{COUNTY.other_village}"))
    assert "正在准备第一次公开" in page
    assert "还没公开" in page


def test_a_late_quarter_is_said_on_the_home_page(app: Flask, county: County, client: Browser) -> None:
    from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
    from villagehub.storage import unit_of_work

    with app.app_context(), unit_of_work() as session:
        ensure_default_rules(session, since=LONG_AGO, of=PAST)
    page = text_of(read(client, f"/v/{county.other_village}"))
    assert "到了日子还没公开的" in page
    assert "2026年第三季度的财务收支应于10月15日公开" in page
    assert "应于10月15日公开" in text_of(read(client, f"/v/{county.other_village}/finance"))
    # The committee's day says nothing about the collective's books.
    assert "应于10月15日公开" not in text_of(read(client, f"/v/{county.other_village}/jt/finance"))


def test_a_new_installation_calls_no_village_late_for_what_ended_before_it(
    app: Flask, county: County, client: Browser
) -> None:
    with time_machine.travel(NOW, tick=True), app.app_context():
        settle()
    with time_machine.travel(NOW + timedelta(days=1), tick=True):
        assert "到了日子还没公开的" not in text_of(read(client, f"/v/{county.other_village}"))
    with time_machine.travel(NOW + timedelta(days=90), tick=True):
        page = text_of(read(client, f"/v/{county.other_village}"))
    assert "2026年第四季度的财务收支应于1月15日公开" in page


AsSignedIn = Callable[[str], Browser]


def test_signed_in_people_see_the_same_public_bytes(village: Flask, client: Browser, sign_in: AsSignedIn) -> None:
    clerk = cast("Browser", sign_in(COUNTY.clerk))
    assert clerk.get(PERIOD).data == client.get(PERIOD).data


def test_an_entry_that_nobody_touched_does_not_look_corrected_when_its_handler_takes_office(
    app: Flask, county: County, client: Browser
) -> None:
    rows = tuple({**one, "handler": SECRETARY["name"]} for one in road.THREE)
    with app.app_context():
        road.published(rows)
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        draft = road.correct(1)
        road.change_row(draft, 2, amount="11500.00")
        road.publish(road.agree(road.submit(draft)))
        build_dirty()
    page = text_of(read(client, PERIOD))
    assert page.count("更正过 · ") == 1
    assert "1 行不一样" in text_of(read(client, f"{HOME}/n/3/changes"))
    assert "没变" in text_of(read(client, f"{HOME}/finance/i/1"))


def test_a_book_in_the_red_says_so_and_an_objection_is_published_with_it(
    app: Flask, county: County, client: Browser
) -> None:
    from villagehub.disclosures import office
    from villagehub.storage import unit_of_work

    with app.app_context():
        version = road.submit(road.fill(opening=0))
        chair = road.hand(COUNTY.chair)
        with unit_of_work() as session:
            office.cast_vote(session, version, chair, agrees=False, objection="清淤没有开村民代表会议")
        road.publish(road.agree(version))
        build_dirty()
    home = text_of(read(client, HOME))
    assert "亏空 <b>440.00 元</b>" in home
    assert "1 人不同意，看意见" in home
    assert "孙立" not in home
    assert "意见：清淤没有开村民代表会议" in text_of(read(client, f"{HOME}/n/1"))
    assert "看过签字，1 人不同意，意见写在网页上。" in text_of(read(client, f"{HOME}/n/1/read")), "who hears it knows"


def test_who_really_signed_is_named_even_where_another_body_would_be_usual(
    app: Flask, county: County, client: Browser
) -> None:
    with app.app_context():
        road.published(of=road.account(entity="collective"))
        build_dirty()
    page = text_of(read(client, f"{HOME}/jt/finance/2026Q3"))
    assert "王桂芳、李成（村务监督委员会）" in page
    assert "监事会" not in page
