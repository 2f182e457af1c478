"""What stands beside a signature: the code of whoever has an authenticator, else the password. Whoever is refused because
something moved is told who moved it; whoever comes after the quorum is told that nothing is asked of them.
"""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from reading import PACKAGE, SignIn, field, nil_of_group, photograph, read_all, sign, submitted
from road import agree, submit, version
from sqlalchemy import func, select
from world import NOW, PASSWORD, Browser, County, token_in

from villagehub.disclosures.models import Vote
from villagehub.storage import reading

SECOND = "/account/second-step"


@pytest.fixture
def clock_at() -> Iterator[time_machine.Traveller]:
    """A clock that the test moves itself."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def enrol(browser: Browser) -> tuple[str, list[str]]:
    """Sets an authenticator up; returns its secret and the recovery codes."""
    browser.send(f"{SECOND}/begin", page=SECOND)
    shown = re.search(r'class="code">([^<]+)<', browser.get(SECOND).text)
    assert shown
    secret = shown[1].replace(" ", "")
    done = browser.send(SECOND, {"code": pyotp.TOTP(secret).now(), "password": PASSWORD}, page=SECOND)
    assert done.status_code == 200, done.text
    return secret, re.findall(r'class="code">([^<]+)<', done.text)


def test_whoever_has_an_authenticator_signs_with_its_code_and_no_longer_with_the_password(
    app: Flask, county: County, sign_in: SignIn, clock_at: time_machine.Traveller
) -> None:
    finance = submitted(app)
    member = sign_in(county.member)
    secret, _ = enrol(member)
    used = pyotp.TOTP(secret).now()
    read_all(member, finance)
    page = member.get(PACKAGE).text
    assert "手机上的动态码" in page
    assert 'type="password"' not in page
    for wrong in ({}, {"code": used}, {"code": "000000"}, {"code": PASSWORD}):
        clock_at.shift(timedelta(seconds=1))
        answer = sign(member, finance, **wrong)
        assert answer.status_code == 422
        assert "动态码不对，或者已经用过，还没有签上" in answer.text
    clock_at.shift(timedelta(seconds=90))
    code = pyotp.TOTP(secret).now()
    assert sign(member, finance, code=code).status_code == 303
    assert "您已签：同意" in member.get(PACKAGE).text

    nil = nil_of_group(app)
    read_all_of_nil(member, nil)
    assert sign(member, nil, code=code).status_code == 422, "a code signs once"
    clock_at.shift(timedelta(seconds=90))
    assert sign(member, nil, code=pyotp.TOTP(secret).now()).status_code == 303


def test_the_publisher_and_whoever_enters_paper_are_asked_in_the_same_way(
    app: Flask, county: County, sign_in: SignIn, clock_at: time_machine.Traveller
) -> None:
    finance = submitted(app)
    clerk, head = sign_in(county.clerk), sign_in(county.head)
    secret, _ = enrol(clerk)
    _, spare = enrol(head)
    clock_at.shift(timedelta(seconds=60))
    page = clerk.get(f"{PACKAGE}/paper").text
    people = sorted(set(re.findall(r'name="signed-(\d+)"', page)))[:2]
    sheet = {"v": finance, f"revision-{finance}": field(page, f"revision-{finance}")}
    sheet |= {f"signed-{one}": "agree" for one in people}
    refused = clerk.send(f"{PACKAGE}/paper", {**sheet, "password": PASSWORD, "picture": photograph()}, page=PACKAGE)
    assert "动态码不对" in refused.text
    entered = {**sheet, "code": pyotp.TOTP(secret).now(), "picture": photograph()}
    assert clerk.send(f"{PACKAGE}/paper", entered, page=PACKAGE).status_code == 303

    form = f"/desk/d/{finance}/publish"
    told = head.get(form).text
    assert "手机上的动态码" in told
    revision = field(told, "revision")
    refused = head.send(form, {"password": PASSWORD, "revision": revision}, page=form)
    assert refused.status_code == 422
    assert "动态码不对，或者已经用过，还没有公开。" in refused.text
    with app.app_context():
        assert version(finance).stage == "reviewed"
    # The phone lies at home: a recovery code from the drawer counts, once.
    assert head.send(form, {"code": spare[0], "revision": revision}, page=form).status_code == 303
    with app.app_context():
        assert version(finance).stage == "published"


def test_a_wrong_password_is_told_in_the_words_of_what_was_not_done(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    """村委会主任公开时输错密码：说的是还没有公开；录入纸上签字输错：说的是还没有录入。"""
    finance = submitted(app)
    clerk, head = sign_in(county.clerk), sign_in(county.head)
    sheet = {"v": finance, f"revision-{finance}": revision_of(clerk, finance)}
    told = clerk.send(f"{PACKAGE}/paper", {**sheet, "password": "x", "picture": photograph()}, page=PACKAGE)
    assert "密码不对，还没有录入。" in told.text
    with app.app_context():
        agree(finance)
    for origin in ("publish", ""):
        form = f"/desk/d/{finance}/publish"
        fields = {"password": "x", "from": origin, "revision": field(head.get(form).text, "revision")}
        told = head.send(form, fields, page=form)
        assert told.status_code == 422
        assert "密码不对，还没有公开。" in told.text
        assert "签上" not in told.text


def read_all_of_nil(browser: Browser, version_id: int) -> None:
    """A nil return is ticked on the package's page."""
    fields = {"revision": revision_of(browser, version_id), "page": 1, "pages": 1}
    assert browser.send(f"/review/{version_id}/seen", fields, page=PACKAGE).status_code == 303


def revision_of(browser: Browser, version_id: int) -> str:
    return field(browser.get(f"/review/{version_id}").text, "revision")


def form_of(browser: Browser, *versions: int) -> dict[str, object]:
    """The package's form as it stands on the page now, to be sent later."""
    page = browser.get(PACKAGE).text
    fields: dict[str, object] = {"v": [str(one) for one in versions], "password": PASSWORD}
    for one in versions:
        fields |= {f"{name}-{one}": field(page, f"{name}-{one}") for name in ("revision", "seen")}
    return fields


def test_a_refused_signature_names_who_changed_what_since(app: Flask, county: County, sign_in: SignIn) -> None:
    finance, nil = submitted(app), nil_of_group(app)
    member, clerk = sign_in(county.member), sign_in(county.clerk)
    read_all(member, finance)
    read_all_of_nil(member, nil)
    opened = form_of(member, finance, nil)
    clerk.send(f"/desk/d/{finance}/take-back", {"revision": revision_of(clerk, finance)}, page=f"/desk/d/{finance}")
    # Another one of the package is still there, so the page is the package's.
    answer = member.send(f"{PACKAGE}/sign", opened, page=PACKAGE)
    assert answer.status_code == 409
    assert "《2026年第三季度财务收支》现在是“草稿”，不能签字" in answer.text
    assert re.search(r"您打开这一页以后：.*<b>赵庆</b>.*收回", answer.text, re.DOTALL)
    with app.app_context():
        submit(finance)
    answer = member.send(f"{PACKAGE}/sign", opened, page=PACKAGE)
    assert "在您打开以后被别人改过" in answer.text
    assert re.search(r"您打开这一页以后：.*<b>赵庆</b>", answer.text, re.DOTALL)


def test_where_nothing_is_left_of_the_package_the_refusal_still_names_who_took_it_away(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    member, clerk = sign_in(county.member), sign_in(county.clerk)
    read_all(member, finance)
    opened = form_of(member, finance)
    clerk.send(f"/desk/d/{finance}/take-back", {"revision": revision_of(clerk, finance)}, page=f"/desk/d/{finance}")
    answer = member.send(f"{PACKAGE}/sign", opened, page="/account")
    assert answer.status_code == 409
    assert "现在是“草稿”，不能签字" in answer.text
    assert re.search(r"您打开这一页以后：.*<b>赵庆</b>", answer.text, re.DOTALL)


def test_the_third_member_reads_but_is_not_asked_once_the_quorum_is_there(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    with app.app_context():
        agree(finance)
    third = sign_in(county.chair)
    for address in (PACKAGE, f"/review/{finance}"):
        page = third.get(address).text
        assert "签字已经够了，不用您再签" in page
        assert re.search(r'<a href="/review" aria-current="page">等您签字</a>', page)
        assert "您登录用的密码" not in page
    assert "鱼塘租金" in third.get(f"/review/{finance}").text
    asked = {"v": finance, f"revision-{finance}": revision_of(third, finance), "password": PASSWORD}
    assert third.send(f"{PACKAGE}/sign", asked, page="/account").status_code == 409
    signed = sign_in(county.member).get(f"/review/{finance}").text
    assert "您已签：同意" in signed
    assert "不用您再签" not in signed


def test_a_signature_that_is_refused_costs_no_recovery_code(
    app: Flask, county: County, sign_in: SignIn, clock_at: time_machine.Traveller
) -> None:
    finance = submitted(app)
    member = sign_in(county.member)
    _, spare = enrol(member)
    unread = {"v": finance, f"revision-{finance}": revision_of(member, finance), "code": spare[0]}
    refused = member.send(f"{PACKAGE}/sign", unread, page="/account")
    assert refused.status_code == 422
    assert "页没有看" in refused.text
    read_all(member, finance)
    assert sign(member, finance, code=spare[0]).status_code == 303
    nil = nil_of_group(app)
    read_all_of_nil(member, nil)
    assert sign(member, nil, code=spare[0]).status_code == 422, "and it signs once"
    assert "用了一个备用码" in sign_in(county.supervisor).get("/town/journal").text


def test_two_signatures_at_once_with_one_code_are_one(
    app: Flask, county: County, sign_in: SignIn, clock_at: time_machine.Traveller
) -> None:
    finance, nil = submitted(app), nil_of_group(app)
    member = sign_in(county.member)
    _, spare = enrol(member)
    read_all(member, finance)
    read_all_of_nil(member, nil)
    fields = {"code": spare[0], "csrf_token": token_in(member.get(PACKAGE).text)}
    forms = [form_of(member, one) | fields for one in (finance, nil)]
    answers: list[int] = []
    both = [
        threading.Thread(target=lambda form=form: answers.append(member.post(f"{PACKAGE}/sign", data=form).status_code))
        for form in forms
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(answers) == [303, 422]
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Vote)) == 1
