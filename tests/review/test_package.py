"""The committee signs on phones: one package per day, read page by page, signed once; nobody signs what they did not read."""

import re
from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from reading import PACKAGE, SignIn, field, nil_of_group, read_all, sign, submitted
from road import THREE, account, agree, entry, fill, person, submit, version
from world import COUNTY, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.kernel import clock
from villagehub.storage import unit_of_work

MANY = tuple(entry("2026-07-05", f"购办公用品第{number}次", 100 + number) for number in range(1, 231))


def test_all_that_is_due_on_one_day_is_read_and_signed_together(app: Flask, county: County, sign_in: SignIn) -> None:
    finance, nil = submitted(app), nil_of_group(app)
    member = sign_in(county.member)
    listed = member.get("/review").text
    assert listed.count(f'href="{PACKAGE}"') == 1
    assert "应于 2026年10月15日 公开：2 件" in listed
    page = member.get(PACKAGE).text
    assert "还有 2 件没看完" in page
    assert "我看过：确实没有" in page

    read_all(member, finance)
    told = member.send(
        f"/review/{nil}/seen", {"revision": field(page, "revision"), "page": 1, "pages": 1}, page=PACKAGE
    )
    assert told.headers["Location"] == f"{PACKAGE}#v{nil}"
    assert sign(member, finance, nil).headers["Location"] == f"{PACKAGE}?done=sign"

    page = member.get(PACKAGE).text
    assert page.count("您已签：同意") == 2
    assert "李成、孙立 还没签，差 1 人" in page
    second = sign_in(county.second_member)
    read_all(second, finance)
    read_all(second, nil)
    sign(second, finance, nil)
    with app.app_context():
        assert [version(one).stage for one in (finance, nil)] == ["reviewed", "reviewed"]


def test_what_one_has_signed_is_no_longer_counted_as_ones_own_to_review(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    """两件里签过一件：标题和清单只数还等他签的那一件；都签过了，不再写“一起审核”。"""
    finance, nil = submitted(app), nil_of_group(app)
    member = sign_in(county.member)
    assert "<h1>2 件一起审核</h1>" in member.get(PACKAGE).text
    with app.app_context():
        agree(finance, county.member)

    page = member.get(PACKAGE).text
    assert "<title>审核 1 件" in page
    assert "<h1>审核：三组 2026年第三季度财务收支</h1>" in page
    listed = member.get("/review").text
    assert "公开：1 件" in listed
    assert "等您签 1 件" in listed
    assert "、" not in re.search(r"公开：1 件.*?</li>", listed, re.DOTALL)[0], "what was signed is not named beside it"

    with app.app_context():
        agree(nil, county.member)
    for browser in (member, sign_in(county.clerk)):
        page = browser.get(PACKAGE).text
        assert "<title>这一批 2 件" in page
        assert "<h1>这一批 2 件</h1>" in page
        assert "一起审核" not in page
    assert "现在没有等您签字的" in member.get("/review").text


def test_what_was_not_read_to_the_end_is_not_signed(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    member = sign_in(county.member)
    revision = field(member.get(f"/review/{finance}").text, "revision")
    answer = member.send(
        f"{PACKAGE}/sign", {"v": finance, f"revision-{finance}": revision, "password": PASSWORD}, page=PACKAGE
    )
    assert answer.status_code == 422
    assert "还有 1 页没有看，还不能签字" in answer.text
    assert "还没有人签字" in member.get(f"/review/{finance}").text


def test_ticks_stay_while_reading_and_are_void_when_the_draft_changes(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context():
        long = submit(fill(MANY))
    member = sign_in(county.member)
    first = member.get(f"/review/{long}").text
    fields = {"revision": field(first, "revision"), "page": 1, "pages": 3}
    assert member.send(f"/review/{long}/seen", fields, page="/account").headers["Location"] == f"/review/{long}?page=2"
    again = sign_in(county.member)
    assert "看过 1 页，共 3 页" in again.get(PACKAGE).text
    read_all(again, long)
    assert "✓ 您看过了" in again.get(PACKAGE).text

    reason = "第三行的金额和发票对不上，请核对"
    again.send(f"/review/{long}/return", {"revision": fields["revision"], "reason": reason}, page=PACKAGE)
    with app.app_context():
        submit(fill(THREE, sha="b" * 64))
    assert "✓ 您看过了" not in again.get(PACKAGE).text


def test_an_objection_is_signed_with_the_rest_and_needs_a_reason(app: Flask, county: County, sign_in: SignIn) -> None:
    finance, nil = submitted(app), nil_of_group(app)
    chair = sign_in(county.chair)
    for one in (finance, nil):
        read_all(chair, one)
    short = sign(chair, finance, nil, **{f"objection-{finance}": "不对"})
    assert short.status_code == 422
    assert "请写明不同意的原因，至少 10 个字" in short.text
    assert ">不对</textarea>" in short.text
    why = "清淤没有开会商量过，应当先公示再做"
    assert sign(chair, finance, nil, **{f"objection-{finance}": why}).status_code == 303
    page = chair.get(PACKAGE).text
    assert why in page
    assert page.count("您已签：不同意") == page.count("您已签：同意") == 1


def test_a_wrong_password_signs_nothing_and_a_second_click_changes_nothing(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    member = sign_in(county.member)
    read_all(member, finance)
    revision = field(member.get(PACKAGE).text, f"revision-{finance}")
    wrong = member.send(
        f"{PACKAGE}/sign", {"v": finance, f"revision-{finance}": revision, "password": "x"}, page=PACKAGE
    )
    assert "密码不对，还没有签上" in wrong.text
    fields = {"v": finance, f"revision-{finance}": revision, "password": PASSWORD}
    for _ in range(2):
        assert member.send(f"{PACKAGE}/sign", fields, page=PACKAGE).status_code == 303
    assert member.get(f"/review/{finance}").text.count("签字：同意") == 1


def test_what_was_changed_after_reading_is_not_signed_unseen(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    member = sign_in(county.member)
    read_all(member, finance)
    before = field(member.get(PACKAGE).text, f"revision-{finance}")
    clerk = sign_in(county.clerk)
    clerk.send(f"/desk/d/{finance}/take-back", {"revision": before}, page=f"/desk/d/{finance}")
    with app.app_context():
        submit(finance)
    answer = member.send(
        f"{PACKAGE}/sign", {"v": finance, f"revision-{finance}": before, "password": PASSWORD}, page=PACKAGE
    )
    assert "在您打开以后被别人改过" in answer.text
    with app.app_context():
        assert version(finance).stage == "submitted"


def test_somebody_named_in_a_row_is_only_asked_and_stands_aside_with_one_tap(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    named = entry("2026-08-02", "修路灯人工费", 50_000, voucher_no="109", counterparty="王桂芳")
    with app.app_context():
        finance = submit(fill((*THREE, named)))
    member = sign_in(county.member)
    assert "有 1 行里的人和您同名" in member.get(PACKAGE).text
    page = member.get(f"/review/{finance}").text
    assert page.count("和您同名") == 1
    number = int(field(page[page.index("和您同名") :], "row"))
    fields = {"revision": field(page, "revision"), "row": number, "page": 1, "reason": "收款人是我"}
    told = member.send(f"/review/{finance}/recuse", fields, page=f"/review/{finance}")
    assert told.headers["Location"].endswith(f"#i{number}")
    page = member.get(f"/review/{finance}").text
    assert "王桂芳 回避这一行" in page
    assert "有 1 行里的人和您同名" not in member.get(PACKAGE).text

    # Two sign, but one of them stands aside from one row: that row still needs somebody.
    with app.app_context():
        agree(finance, county.member, county.second_member)
        assert version(finance).stage == "submitted"
    assert "孙立 还没签，差 1 人" in member.get(PACKAGE).text
    with app.app_context():
        agree(finance, county.chair)
        assert version(finance).stage == "reviewed"


def test_where_too_few_can_sign_the_page_says_that_the_township_names_a_substitute(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    for login in (county.member, county.chair):
        browser = sign_in(login)
        page = browser.get(f"/review/{finance}").text
        fields = {"revision": field(page, "revision"), "row": field(page, "row"), "reason": "亲属"}
        assert browser.send(f"/review/{finance}/recuse", fields, page=f"/review/{finance}").status_code == 303
    page = sign_in(county.second_member).get(PACKAGE).text
    assert "由镇里指定一人代为审核" in page


def test_nobody_stands_aside_from_duties(app: Flask, county: County, sign_in: SignIn) -> None:
    duties = {"post": "主任", "holder": "王桂芳", "body": "村民委员会", "duty": "主持全村工作"}
    with app.app_context():
        version_id = submit(fill([duties], of=account("duties", "2026"), opening=None))
    member = sign_in(county.member)
    page = member.get(f"/review/{version_id}").text
    assert "我回避" not in page
    answer = member.send(f"/review/{version_id}/recuse", {"row": 1, "reason": "是我"}, page=f"/review/{version_id}")
    assert "里的行不用回避" in answer.text


@pytest.mark.parametrize("login", [COUNTY.clerk, COUNTY.head, COUNTY.supervisor])
def test_only_the_committee_signs(app: Flask, county: County, sign_in: SignIn, login: str) -> None:
    finance = submitted(app)
    browser = sign_in(login)
    assert browser.get(PACKAGE).status_code == 200
    answer = browser.send(
        f"{PACKAGE}/sign", {"v": finance, f"revision-{finance}": 1, "password": PASSWORD}, page="/account"
    )
    assert answer.status_code == 403
    with app.app_context():
        assert person(login)
        assert version(finance).stage == "submitted"


@pytest.mark.parametrize("address", ["committee/2026-13-01", "nobody/2026-10-15", "committee/2025-01-01"])
def test_a_package_that_is_none_says_so(county: County, sign_in: SignIn, address: str) -> None:
    answer = sign_in(county.member).get(f"/review/p/{county.village}/{address}")
    assert answer.status_code == 404
    assert "这一批里现在没有要审核的" in answer.text


def test_everything_that_is_signed_together_prints_as_one_file(app: Flask, county: County, sign_in: SignIn) -> None:
    submitted(app)
    nil_of_group(app)
    clerk = sign_in(county.clerk)
    assert "打印全部审核表（2 件，一个文件）" in clerk.get(PACKAGE).text
    made = clerk.send(PACKAGE.replace("/review/p/", "/print/package/"), {}, page=PACKAGE)
    assert (made.status_code, made.content_type) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(made.data)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert len(texts) == 2
    assert "2026年第三季度财务收支" in texts[0]
    assert "三组" in texts[1]
    assert all("审核表" in one and "第 1 页，共 1 页" in one and "王桂芳" in one for one in texts)
    assert clerk.send("/print/package/990101100201/committee/2020-01-01", {}, page=PACKAGE).status_code == 404


def test_the_boards_package_is_not_the_committees(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        submit(fill(of=account(entity="collective")))
    member = sign_in(county.member)
    assert member.get(PACKAGE).status_code == 404
    page = member.get(PACKAGE.replace("committee", "board")).text
    assert "青石沟村 · 村务监督委员会" in page  # nobody sits on the board: the committee signs, and is called so
    assert "监事会" not in page


@pytest.mark.parametrize("setting", ["either", "board"])
def test_the_setting_says_whether_the_committee_may_review_the_collective_too(
    app: Flask, county: County, sign_in: SignIn, setting: str
) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], collective_review=setting)
    board_package = PACKAGE.replace("committee", "board")
    with app.app_context():
        books = submit(fill(of=account(entity="collective")))
        with unit_of_work() as session:
            for login, name in (("board1", "马兰"), ("board2", "田野")):
                made = {"actor": None, "channel": "test", "now": clock.now()}
                one = add_person(session, login, name=name, password=PASSWORD, **made)
                place = place_with_code(session, county.village)
                appoint(session, one, Role.COMMITTEE_MEMBER, place=place, entity="collective", **made)
    member, head = sign_in(county.member), sign_in(county.head)
    page = member.get(board_package).text
    revision = field(member.get(f"/review/{books}").text, "revision")
    told = member.send(f"/review/{books}/seen", {"revision": revision, "page": 1, "pages": 1}, page="/account")
    asked = {"v": books, f"revision-{books}": revision, "password": PASSWORD}
    signed = member.send(f"{board_package}/sign", asked, page="/account")
    if setting == "board":
        assert "由监事会审核，您不在其中" in page
        assert (told.status_code, signed.status_code) == (403, 403)
        assert "王桂芳" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
        read_all(sign_in("board1"), books)
        assert sign(sign_in("board1"), books, package=board_package).status_code == 303
        assert "田野 还没签，差 1 人" in head.get(board_package).text
        assert send_back(member, books, revision) == 403
    else:
        assert signed.status_code == 303
        assert "孙立" in head.get(board_package).text
    assert send_back(head, books, revision) == 303, "the head's post is for the village as a whole"


def send_back(browser: Browser, version_id: int, revision: str) -> int:
    """Returns the version to the clerk; the answer's status."""
    fields = {"revision": revision, "reason": "发票没有贴全，请补上再送"}
    return browser.send(f"/review/{version_id}/return", fields, page="/account").status_code


def test_a_substitute_named_by_the_township_completes_the_quorum_and_is_called_so(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    for login in (county.member, county.chair):
        browser = sign_in(login)
        page = browser.get(f"/review/{finance}").text
        fields = {"revision": field(page, "revision"), "row": field(page, "row"), "reason": "亲属"}
        browser.send(f"/review/{finance}/recuse", fields, page=f"/review/{finance}")
    with app.app_context(), unit_of_work() as session:
        substitute = add_person(
            session, "helper", name="郭琴", password=PASSWORD, actor=None, channel="test", now=clock.now()
        )
        absent = person_with_login(session, county.member)
        appoint(
            session,
            substitute,
            Role.COMMITTEE_MEMBER,
            place=place_with_code(session, county.village),
            until_date=clock.today() + timedelta(days=10),
            stands_in_for=absent,
            reason="回避，镇里指定",
            actor=None,
            channel="test",
            now=clock.now(),
        )
    helper = sign_in("helper")
    assert "由镇里指定一人代为审核" not in helper.get(PACKAGE).text
    read_all(helper, finance)
    sign(helper, finance)
    assert "村务监督委员会成员（临时代王桂芳）" in helper.get(PACKAGE).text
    second = sign_in(county.second_member)
    read_all(second, finance)
    sign(second, finance)
    with app.app_context():
        assert version(finance).stage == "reviewed"
