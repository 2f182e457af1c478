"""Two people at one draft: the second is told who did what, when and to which rows. The publisher has a page of their own."""

from flask import Flask
from reading import PACKAGE, SignIn, field, submitted
from road import CANAL, LAMPS, RENT, agree, fill, version
from world import PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.kernel import clock
from villagehub.storage import unit_of_work


def a_second_clerk(app: Flask, county: County) -> str:
    with app.app_context(), unit_of_work() as session:
        person = add_person(
            session, "clerk2", name="钱芳", password=PASSWORD, actor=None, channel="test", now=clock.now()
        )
        place = place_with_code(session, county.village)
        appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=clock.now())
    return "clerk2"


def open_row(browser: Browser, version_id: int, number: int) -> dict[str, str]:
    page = browser.get(f"/desk/d/{version_id}/row/{number}").text
    return {name: field(page, name) for name in ("revision", "seen")}


def test_the_second_to_save_a_row_is_told_who_changed_which_row_and_when(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context():
        draft = fill()
    first, second = sign_in(county.clerk), sign_in(a_second_clerk(app, county))
    form = f"/desk/d/{draft}/row/2"
    opened = open_row(second, draft, 2)
    same = {"occurred_on": "2026-07-12", "direction": "out", "summary": "村东水渠清淤人工费"}
    told = first.send(form, {**open_row(first, draft, 2), **same, "amount": "11500"}, page=form)
    assert told.status_code == 303

    late = second.send(form, {**opened, **same, "amount": "11700"}, page=form)

    assert late.status_code == 409
    assert "在您打开以后被别人改过，您这一步没有办" in late.text
    assert "<b>赵庆</b>" in late.text
    assert "改了编号 2 那一行：金额" in late.text
    assert f"{clock.now().astimezone(clock.SHANGHAI).day}日" in late.text
    assert 'value="11700"' in late.text
    again = {name: field(late.text, name) for name in ("revision", "seen")}
    assert second.send(form, {**again, **same, "amount": "11700"}, page=form).status_code == 303


def test_after_another_upload_the_rows_that_differ_are_named(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        draft = fill()
    second = sign_in(a_second_clerk(app, county))
    opened = open_row(second, draft, 1)
    with app.app_context():
        fill((RENT, {**CANAL, "amount": 1_150_000}, LAMPS), sha="b" * 64)
    late = second.send(f"/desk/d/{draft}/submit", opened, page=f"/desk/d/{draft}")
    assert late.status_code == 409
    assert "新增 0，改动 1（编号 2）" in late.text
    with app.app_context():
        assert version(draft).stage == "draft"


def test_the_reviewer_who_objects_too_late_is_told_that_it_was_taken_back(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    member, clerk = sign_in(county.member), sign_in(county.clerk)
    page = member.get(f"/review/{finance}").text
    opened = {name: field(page, name) for name in ("revision", "seen")}
    clerk.send(f"/desk/d/{finance}/take-back", {"revision": opened["revision"]}, page=f"/desk/d/{finance}")
    late = member.send(f"/review/{finance}/seen", {**opened, "page": 1, "pages": 1}, page="/account")
    assert late.status_code == 409
    assert "<b>赵庆</b>" in late.text
    assert "收回送审" in late.text


def test_the_head_publishes_from_the_list_on_a_phone(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    head = sign_in(county.head)
    assert "等您公开" not in head.get("/desk").text
    early = head.get(f"/desk/d/{finance}/publish").text
    assert "disabled" in early
    assert "不能公开" in early
    with app.app_context():
        agree(finance)
    address = f"/desk/d/{finance}/publish"
    desk = head.get("/desk").text
    assert "等您公开" in desk
    assert f'href="{address}"' in desk
    fields = {"revision": field(head.get(address).text, "revision"), "from": "publish"}
    wrong = head.send(address, {**fields, "password": "x"}, page=address)
    assert wrong.status_code == 422
    assert 'action="/desk/d/' in wrong.text
    for _ in range(2):
        assert head.send(address, {**fields, "password": PASSWORD}, page=address).status_code == 303
    with app.app_context():
        assert version(finance).number == 1
    assert "已公开，第 1 号" in head.get(address).text
    assert sign_in(county.member).get(address).status_code == 403
    assert sign_in(county.member).get(PACKAGE).status_code == 404
