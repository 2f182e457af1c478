"""The clerk's first page: what was sent back comes first, "nothing happened" is one button, a person's villages one choice."""

import re
from collections.abc import Callable
from io import BytesIO

import road
from flask import Flask
from road import account, agree, fill, hand, publish, published, submit
from world import NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.disclosures import office
from villagehub.storage import unit_of_work

SignIn = Callable[[str], Browser]


def bookkeeper_of_three(app: Flask, county: County) -> str:
    with app.app_context(), unit_of_work() as session:
        person = add_person(session, "books", name="钱芳", password=PASSWORD, actor=None, channel="test", now=NOW)
        for code in (county.village, county.other_village, county.far_village):
            place = place_with_code(session, code)
            appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
    return "books"


POST = {"name": "周强", "post": "主任", "body": "村民委员会", "portfolio": "全面工作"}

PUMP = {
    "asset_no": "ZC-0001",
    "name": "抽水机",
    "category": "machine",
    "quantity": "1",
    "location": "村东泵房",
    "original_value": 360_000,
}


def between(page: str, start: str, end: str) -> str:
    return page.partition(start)[2].partition(end)[0]


def headings(page: str) -> list[str]:
    return re.findall(r"<h2>([^<]+)</h2>", page)


def current(page: str) -> list[str]:
    return re.findall(r'aria-current="page">([^<]+)</a>', page)


def test_what_was_sent_back_comes_first_with_its_reason(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        draft = submit(fill())
        me = hand(county.member)
        with unit_of_work() as session:
            office.send_back(session, draft, me, reason="路灯配件这一笔没有写清是哪几盏灯")

    page = sign_in(county.clerk).get("/desk").text

    assert headings(page)[0] == "退回来的，先改这些"
    assert "退回的原因：路灯配件这一笔没有写清是哪几盏灯" in page
    assert page.count(f'href="/desk/d/{draft}"') == 1


def test_a_period_without_anything_is_declared_from_the_list_with_one_button(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    page = clerk.get("/desk").text
    form = re.search(r'<li>(?:(?!</li>).)*?<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(section|period|entity)" value="([^"]+)"', form[2]))

    declared = clerk.send(form[1], fields, page="/desk")

    assert declared.status_code == 303
    assert "本期无此类事项" in clerk.get(declared.location).text
    again = clerk.send(form[1], fields, page="/desk")
    assert again.location == declared.location, "a second click opens no second draft"
    assert "财务收支" not in between(clerk.get("/desk").text, "该公开还没开始", "</section>")


def test_who_has_nothing_to_do_is_told_so(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        publish(agree(submit(fill())))
        published((POST,), of=account("duties", "2025"), opening=None)
        published((PUMP,), of=account("assets", "2025"), opening=None)
    page = sign_in(county.clerk).get("/desk").text
    assert "现在没有等您办的事。上一期的收支账都公开了。" in page


def test_a_bookkeeper_of_three_villages_chooses_one_and_the_desk_remembers_it(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    books = sign_in(bookkeeper_of_three(app, county))
    everything = books.get("/desk").text
    for name in ("青石沟村", "柳树坪村", "石桥村"):
        assert f"{name} · 应于" in everything

    one = books.get(f"/desk?v={county.other_village}").text
    assert "/desk/upload?village=" + county.other_village in one
    assert "/desk/upload?village=" + county.village + "&" not in one
    assert f'value="{county.other_village}" selected' in books.get("/desk").text

    books.get("/desk?v=")
    assert f'value="{county.other_village}" selected' not in books.get("/desk").text


def test_another_village_is_neither_shown_nor_remembered(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    assert clerk.get(f"/desk?v={county.other_village}").status_code == 404
    assert clerk.get("/desk").status_code == 200


def test_the_menu_marks_where_one_is_on_the_pages_below_too(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        draft = fill()
    clerk = sign_in(county.clerk)
    lines = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n"
    given = {"village": county.village, "section": "finance", "period": "2026Q3", "entity": "committee"}
    sent = clerk.send("/desk/upload", {**given, "file": (BytesIO(lines.encode()), "三季度.csv")}, page="/desk/upload")
    together = f"村名,{lines}".replace("\n2026", "\n青石沟村,2026")
    of_many = clerk.send(
        "/desk/upload",
        {**given, "way": "villages", "file": (BytesIO(together.encode()), "全镇.csv")},
        page="/desk/upload",
    )
    for address, entry in (
        ("/desk", "要办的事"),
        (f"/desk/d/{draft}", "要办的事"),
        (f"/desk/d/{draft}/row/1", "要办的事"),
        ("/desk/upload", "上传账表"),
        (sent.headers["Location"], "上传账表"),
        (f"{sent.headers['Location']}/columns", "上传账表"),
        (f"{sent.headers['Location']}/record", "上传账表"),
        (of_many.headers["Location"], "上传账表"),
        (f"{of_many.headers['Location']}/columns", "上传账表"),
    ):
        assert current(clerk.get(address).text) == [entry], address
    assert current(clerk.get("/account").text) == []


def test_the_desk_and_the_villages_own_page_name_the_same_things_as_due(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    """集体资产、干部权责按年公开：村首页写着没公开的，报账员的“该公开还没开始”里也有。"""
    clerk = sign_in(county.clerk)

    def due(page: str) -> set[str]:
        return set(re.findall(r"(\d{4}年\S*?(?:财务收支|集体资产|干部权责))", page.replace("的", "")))

    on_the_desk = due(between(clerk.get("/desk").text, "该公开还没开始", "</section>"))
    in_public = due(between(clerk.get(f"/v/{county.village}").text, "到了日子还没公开的", "</div>"))
    assert on_the_desk == in_public == {"2026年第三季度财务收支", "2025年集体资产", "2025年干部权责"}

    with app.app_context():
        published((POST,), of=account("duties", "2026"), opening=None)
    assert "干部权责" not in between(clerk.get("/desk").text, "该公开还没开始", "</section>")
    assert "干部权责应于" not in clerk.get(f"/v/{county.village}").text


def test_nothing_to_report_is_one_button_for_money_but_not_for_a_register(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    page = between(sign_in(county.clerk).get("/desk").text, "该公开还没开始", "</section>")
    buttons = re.findall(r'aria-label="这一期没有，报“无此类事项”：([^"]+)"', page)
    assert buttons == ["2026年第三季度财务收支"]


def test_a_period_is_typed_as_people_say_it(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    form = f"/desk/v/{county.village}/nil"
    told = clerk.send(form, {"section": "finance", "period": "三季度", "entity": "committee"}, page="/desk")
    assert told.status_code == 422
    assert "“三季度”没有写是哪一年" in told.text
    assert 'value="三季度"' in told.text
    assert clerk.send(form, {"section": "finance", "period": "2026年三季度"}, page="/desk").status_code == 303


def test_one_fault_of_a_row_is_told_in_one_box(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        draft = fill()
    clerk = sign_in(county.clerk)
    form = f"/desk/d/{draft}/row/1"
    told = clerk.send(form, {"occurred_on": "2026-06-28"}, page=form)
    assert told.status_code == 422
    assert told.text.count('class="err"') == 1
    assert told.text.count('role="alert"') == 1
    assert "2026年6月28日 不在" in told.text


def test_from_a_published_version_one_link_leads_to_what_villagers_see_and_one_to_its_record(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context():
        version_id = published()
    page = sign_in(county.clerk).get(f"/desk/d/{version_id}").text
    assert f'href="/v/{county.village}/finance/2026Q3">村民看到的页面' in page
    assert f'href="/v/{county.village}/n/1">第 1 号公开的记录' in page


def test_a_table_that_was_sent_and_waits_is_begun_and_its_line_goes_on_with_it(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    given = {"village": county.village, "section": "finance", "period": "2026Q3", "entity": "committee"}

    def send(amount: str) -> str:
        lines = f"日期,摘要,收入,支出\n2026-07-05,鱼塘租金,{amount},\n"
        sent = clerk.send("/desk/upload", {**given, "file": (BytesIO(lines.encode()), "账.csv")}, page="/desk/upload")
        found = re.search(r"/desk/u/\d+", sent.headers.get("Location", "") or sent.text)
        assert found
        return found[0]

    address = send("一千二")
    page = clerk.get("/desk").text
    waits = between(page, "已上传，还没存成草稿", "</section>")
    assert "2026年第三季度财务收支" in waits
    assert "已上传，有 1 处要改" in waits
    assert f'href="{address}"' in waits
    assert "财务收支" not in between(page, "该公开还没开始", "</section>")

    mended = send("12000")
    waits = between(clerk.get("/desk").text, "已上传，还没存成草稿", "</section>")
    assert "已上传，核对好了，还没有存成草稿" in waits
    assert f'href="{mended}"' in waits, "the newest one counts"
    clerk.send(f"{mended}/abandon", page=mended)
    assert "已上传，有 1 处要改" in clerk.get("/desk").text
    clerk.send(f"{address}/abandon", page=address)
    assert "财务收支" in between(clerk.get("/desk").text, "该公开还没开始", "</section>")


def test_who_may_not_sign_has_no_button_and_is_told_whose_turn_it_is(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context():
        draft = submit(fill())
    clerk = sign_in(county.clerk)
    for address in (f"/desk/d/{draft}", f"/review/{draft}"):
        page = clerk.get(address).text
        assert "现在轮到村务监督委员会签字，还差 2 人；还没签的：" in page
        assert "王桂芳" in page
        assert not re.search(r">(签字|去看、去签字)</(a|button)>", page)
    assert "去看、去签字" in sign_in(county.member).get(f"/desk/d/{draft}").text


def test_before_submitting_one_link_shows_what_villagers_will_read(app: Flask, county: County, sign_in: SignIn) -> None:
    entry = road.entry(
        "2026-08-03", "村东水渠清淤人工费", 88_000, voucher_no="8", counterparty="李大山", witness="钱小红"
    )
    with app.app_context():
        draft = fill((entry,))
    clerk = sign_in(county.clerk)
    page = clerk.get(f"/desk/d/{draft}").text
    assert f'<a class="btn two" href="/desk/d/{draft}?look=public">看看公开后的样子</a>' in page
    look = between(clerk.get(f"/desk/d/{draft}?look=public").text, "<main", "</main>")
    assert "还没有公开" in look
    assert "村东水渠清淤人工费" in look
    assert "880.00" in look
    assert "李**" in look
    assert "李大山" not in look, "villagers read a masked name"
    assert "钱小红" not in look, "and nothing of a column that stays inside"
    assert "<form" not in look
