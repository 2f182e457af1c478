"""Nobody reviews what they wrote: whatever office they hold, by whatever way, whoever enters it."""

import pytest
from flask import Flask
from reading import PACKAGE, SignIn, nil_of_group, photograph, read_all, sign, submitted
from road import agree, person, version
from world import OFFICES, PASSWORD, Browser, County

from villagehub.disclosures.models import VersionAuthor
from villagehub.disclosures.review_models import SignedSheet
from villagehub.storage import reading, unit_of_work


@pytest.mark.parametrize("login", [login for login, _, _, _ in OFFICES])
def test_no_office_reviews_or_publishes_its_own_draft(app: Flask, county: County, sign_in: SignIn, login: str) -> None:
    finance = submitted(app)
    with app.app_context():
        me, revision = person(login).person_id, version(finance).revision
        with unit_of_work() as session:
            if session.get(VersionAuthor, (finance, me)) is None:
                session.add(VersionAuthor(version_id=finance, person_id=me))
    browser, clerk = sign_in(login), sign_in(county.clerk)

    mine = {"v": finance, f"revision-{finance}": revision, "password": PASSWORD}
    assert browser.send(f"{PACKAGE}/sign", mine, page="/account").status_code in (403, 404)
    on_paper = {**mine, f"signed-{me}": "agree", "picture": photograph()}
    answer = clerk.send(f"{PACKAGE}/paper", on_paper, page="/account")
    assert answer.status_code == 422
    assert "不能审核它" in answer.text or "不是村务监督委员会的成员" in answer.text
    with app.app_context():
        agree(finance, *[one for one in (county.member, county.second_member, county.chair) if one != login][:2])
        assert version(finance).stage == "reviewed"
    published = browser.send(f"/desk/d/{finance}/publish", {"password": PASSWORD}, page="/account")
    assert published.status_code in (403, 404)
    with app.app_context(), reading() as session:
        assert version(finance).stage == "reviewed"
        assert session.query(SignedSheet).count() == 0


def test_a_package_is_signed_whole_or_not_at_all(app: Flask, county: County, sign_in: SignIn) -> None:
    finance, nil = submitted(app), nil_of_group(app)
    member = sign_in(county.member)
    read_all(member, finance)
    answer = sign_unread(app, member, finance, nil)
    assert "《三组 2026年第三季度财务收支》还有 1 页没有看" in answer
    assert "还没有人签字" in member.get(f"/review/{finance}").text
    read_all(member, nil)
    assert sign(member, finance, nil).status_code == 303


def sign_unread(app: Flask, browser: Browser, *versions: int) -> str:
    """Sends the form though the page does not offer it yet."""
    fields: dict[str, object] = {"v": [str(one) for one in versions], "password": PASSWORD}
    with app.app_context():
        fields |= {f"revision-{one}": version(one).revision for one in versions}
    return browser.send(f"{PACKAGE}/sign", fields, page=PACKAGE).text
