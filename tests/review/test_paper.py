"""Who signs on paper signs too: the photograph is kept, clean, for the office only, and every page says how it was signed."""

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice

import pytest
from flask import Flask
from PIL import Image
from reading import PACKAGE, SignIn, field, nil_of_group, photograph, read_all, sign, submitted
from road import person, publish, version
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse
from world import PASSWORD, Browser, County

from villagehub.disclosures.models import VersionAuthor
from villagehub.files import painting
from villagehub.ops.turn import Turn
from villagehub.ops.unnamed import drop_unnamed
from villagehub.storage import unit_of_work

PAPER = f"{PACKAGE}/paper"


def record(browser: Browser, app: Flask, *versions: int, picture: object = "", **more: str) -> TestResponse:
    """Fills in the paper form: who signed by login name (``member="agree"``), other fields as they are called."""
    page = browser.get(PAPER).text
    fields: dict[str, object] = {"v": [str(one) for one in versions], "password": PASSWORD}
    fields |= {f"revision-{one}": field(page, f"revision-{one}") for one in versions}
    with app.app_context():
        for name, value in more.items():
            what, _, login = name.rpartition("_")
            fields[f"{ {'': 'signed-', 'why': 'objection-p', 'aside': 'aside-'}[what] }{person(login).person_id}"] = (
                value
            )
    if picture == "":
        fields["picture"] = photograph()
    elif picture:
        fields["picture"] = picture
    return browser.send(PAPER, fields, page=PAPER)


def test_two_sign_on_paper_and_every_page_says_so(app: Flask, county: County, sign_in: SignIn, client: Browser) -> None:
    finance, nil = submitted(app), nil_of_group(app)
    clerk = sign_in(county.clerk)
    assert "录入纸上签字" in clerk.get(f"/desk/d/{finance}").text
    told = record(clerk, app, finance, nil, member="agree", member2="agree")
    assert told.headers["Location"] == f"{PACKAGE}?done=paper"

    page = clerk.get(PACKAGE).text
    assert page.count("同意，纸上签字，由赵庆录入") == 4
    assert "录入王桂芳的纸上签字：同意" in clerk.get(f"/desk/d/{finance}").text
    with app.app_context():
        assert [version(one).stage for one in (finance, nil)] == ["reviewed", "reviewed"]
        number = publish(finance)
    public = client.get(f"/v/{county.village}/n/{number}").text
    assert "纸上签字，由赵庆录入" in public
    assert "/review/sheet/" not in public


def test_the_photograph_is_clean_and_for_the_office_only(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    finance = submitted(app)
    clerk = sign_in(county.clerk)
    record(clerk, app, finance, member="agree")
    page = clerk.get(f"/review/{finance}").text
    address = page[page.index("/review/sheet/") :].split('"')[0]
    answer = sign_in(county.supervisor).get(address)
    assert (answer.status_code, answer.content_type, answer.headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
    seen = Image.open(BytesIO(answer.data))
    assert (seen.size, dict(seen.getexif())) == ((900, 1200), {})
    assert b"N30.5928" not in answer.data
    assert client.get(address).headers["Location"].startswith("/login")


def test_one_on_a_phone_and_one_on_paper_make_the_quorum(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    member = sign_in(county.member)
    read_all(member, finance)
    sign(member, finance)
    clerk = sign_in(county.clerk)
    assert "王桂芳（村务监督委员会成员）都签过了" in clerk.get(PAPER).text
    assert "没有新的要录" in record(clerk, app, finance, member="agree").text
    assert record(clerk, app, finance, member="agree", member2="agree").status_code == 303
    assert clerk.get(PACKAGE).text.count("纸上签字") == 1
    with app.app_context():
        assert version(finance).stage == "reviewed"


def test_three_on_one_sheet_are_all_kept_with_their_objection(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    why = "清淤没有开会商量过，应当先公示再做"
    record(sign_in(county.chair), app, finance, member="agree", member2="agree", chair="object", why_chair=why)
    page = sign_in(county.member).get(f"/review/{finance}").text
    assert page.count("纸上签字，由孙立录入") == 3
    assert why in page


def test_the_rows_are_read_once_for_a_sheet_however_many_object(app: Flask, county: County, sign_in: SignIn) -> None:
    finance, reads = submitted(app), []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if re.match(r"SELECT row\.facts\s+FROM row\s+WHERE row\.id IN", statement.replace('"', "")):
            reads.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        why = {f"why_{one}": f"清淤没有开会商量过，应当先公示再做{one}" for one in ("member", "chair")}
        told = record(sign_in(county.clerk), app, finance, member="object", chair="object", **why)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert (told.status_code, len(reads)) == (303, 1)


def test_who_stood_aside_on_paper_does_not_count_for_that_row(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    chair = sign_in(county.chair)
    number = field(chair.get(f"/review/{finance}").text, "row")
    record(chair, app, finance, member="agree", member2="agree", aside_member=f"编号{number}")
    page = chair.get(PACKAGE).text
    assert "孙立 还没签，差 1 人" in page
    assert f"王桂芳回避编号 {number} 那一行" in chair.get(f"/review/{finance}").text
    lost = record(chair, app, finance, chair="agree", aside_chair="987")
    assert "没有编号 987 的那一行" in lost.text


def test_a_second_click_keeps_one_signature(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    clerk = sign_in(county.clerk)
    for _ in range(2):
        assert record(clerk, app, finance, member="agree").status_code == 303
    assert clerk.get(f"/review/{finance}").text.count("录入王桂芳的纸上签字") == 1


def test_a_refused_form_keeps_the_photograph_and_what_was_chosen(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    clerk = sign_in(county.clerk)
    short = record(clerk, app, finance, member="object", why_member="不对")
    assert short.status_code == 422
    assert "照片已经收到，不用再选" in short.text
    assert ">不对</textarea>" in short.text
    kept = field(short.text, "kept")
    page = clerk.get(PAPER).text
    with app.app_context():
        chosen = {f"signed-{person(county.member).person_id}": "agree"}
    fields = {"v": finance, f"revision-{finance}": field(page, f"revision-{finance}"), "password": PASSWORD}
    assert "还没有选照片" in clerk.send(PAPER, {**fields, **chosen, "kept": kept[:-3] + "xyz"}, page=PAPER).text
    assert clerk.send(PAPER, {**fields, **chosen, "kept": kept}, page=PAPER).status_code == 303


def test_a_photograph_that_nobody_used_goes_after_a_day_and_a_used_one_never(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance, settings = submitted(app), app.extensions["villagehub"]
    clerk = sign_in(county.clerk)
    assert record(clerk, app, finance, member="agree").status_code == 303
    (used,) = settings.vault.glob("??/*")
    short = record(clerk, app, finance, chair="object", why_chair="不对", picture=photograph(colour="navy"))
    assert short.status_code == 422
    (left,) = {*settings.vault.glob("??/*")} - {used}
    with app.app_context():
        turn = Turn(datetime.now(UTC), settings, lambda _: None)
        assert drop_unnamed(turn) == ""  # not a day old
        for path in (used, left):
            os.utime(path, (0, 0))
        assert drop_unnamed(turn) == "清掉 1 个传了没用上的文件"
        assert (used.exists(), left.exists()) == (True, False)
        assert drop_unnamed(turn) == ""
        fields = {"v": finance, f"revision-{finance}": field(short.text, f"revision-{finance}"), "password": PASSWORD}
        fields |= {f"signed-{person(county.chair).person_id}": "agree", "kept": field(short.text, "kept")}
    assert "还没有选照片" in clerk.send(PAPER, fields, page=PAPER).text
    os.utime(used, (0, 0))
    settings.vault.joinpath("ab").mkdir()
    for mark in "12":
        settings.vault.joinpath("ab", mark * 62).write_bytes(b"another site's")
        os.utime(settings.vault.joinpath("ab", mark * 62), (0, 0))
    with app.app_context():  # as if the database were another site's: nothing is believed to be without an owner
        assert "没有清" in drop_unnamed(turn)
    assert len(list(settings.vault.glob("??/*"))) == 3


def a_gif() -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "GIF")
    return BytesIO(out.getvalue()), "a.jpg"


@pytest.mark.parametrize(
    ("picture", "more", "words"),
    [
        (None, {"member": "agree"}, "还没有选照片"),
        (a_gif, {"member": "agree"}, "这张照片打不开，没有收下"),
        ("", {}, "还没有选谁在纸上签了字"),
        ("", {"head": "agree"}, "现在不是村务监督委员会的成员"),
        ("", {"clerk": "agree"}, "现在不是村务监督委员会的成员"),
        ("", {"member": "object"}, "请写明不同意的原因"),
    ],
)
def test_a_sheet_that_shows_nothing_usable_signs_nothing(
    app: Flask, county: County, sign_in: SignIn, picture: object, more: dict[str, str], words: str
) -> None:
    finance = submitted(app)
    clerk = sign_in(county.clerk)
    made = picture() if isinstance(picture, Callable) else picture  # type: ignore[arg-type]
    answer = record(clerk, app, finance, picture=made, **more)
    assert answer.status_code == 422
    assert words in answer.text
    with app.app_context():
        assert version(finance).stage == "submitted"
    assert "还没有人签字" in clerk.get(f"/review/{finance}").text


def endless_scans() -> bytes:
    """A small progressive JPEG of many empty scans, each of which has the decoder walk over all its 16 million pixels."""
    out = BytesIO()
    Image.new("L", (4000, 4000), "white").save(out, "JPEG", progressive=True)
    raw = out.getvalue()
    first, second, third = (found.start() for found in islice(re.finditer(rb"\xff\xda", raw), 3))
    tables = raw.rindex(b"\xff\xc4", first, second)  # a scan with the Huffman table before it
    until = raw.rindex(b"\xff\xc4", second, third)
    return raw[:until] + raw[tables:until] * 6000 + raw[until:]


def test_a_photograph_that_never_ends_does_not_hold_the_server(
    app: Flask, county: County, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painting, "SECONDS", 1)
    raw = endless_scans()
    assert len(raw) < 500_000
    finance, begun = submitted(app), time.monotonic()
    answer = record(sign_in(county.clerk), app, finance, picture=(BytesIO(raw), "a.jpg"), member="agree")
    assert "这张照片打不开，没有收下" in answer.text
    assert time.monotonic() - begun < 60, "it would be painted for minutes"


def test_who_wrote_the_draft_does_not_sign_it_on_paper_either(app: Flask, county: County, sign_in: SignIn) -> None:
    finance = submitted(app)
    with app.app_context(), unit_of_work() as session:
        session.add(VersionAuthor(version_id=finance, person_id=person(county.member).person_id))
    answer = record(sign_in(county.clerk), app, finance, member="agree")
    assert "王桂芳不能审核它" in answer.text


OBJECTION = "第三行的金额和发票对不上，不同意"


def test_an_objection_that_comes_after_the_quorum_is_refused_in_words_and_never_lost(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    clerk = sign_in(county.clerk)
    page = clerk.get(PAPER).text
    assert record(clerk, app, finance, member="agree", member2="agree").status_code == 303
    with app.app_context():
        chair, members = (
            person(county.chair).person_id,
            [person(one).person_id for one in (county.member, county.second_member)],
        )
    again = {"v": [str(finance)], "password": PASSWORD, f"revision-{finance}": field(page, f"revision-{finance}")}
    late = again | {f"signed-{chair}": "object", f"objection-p{chair}": OBJECTION, "picture": photograph()}
    told = clerk.send(PAPER, late, page="/account")
    assert told.status_code == 409
    assert "不能录签字" in told.text
    twice = again | {f"signed-{one}": "agree" for one in members} | {"picture": photograph()}
    assert clerk.send(PAPER, twice, page="/account").status_code == 303


def test_a_sheet_that_says_something_else_of_a_signer_is_refused_by_name(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    clerk = sign_in(county.clerk)
    assert record(clerk, app, finance, member="agree").status_code == 303
    changed = record(clerk, app, finance, member="object", why_member=OBJECTION, member2="agree")
    assert changed.status_code == 409
    assert "王桂芳在《2026年第三季度财务收支》上已经签过字，和这张审核表上的不一样" in changed.text
    aside = record(clerk, app, finance, member="agree", aside_member="1", member2="agree")
    assert aside.status_code == 409
    with app.app_context():
        assert version(finance).stage == "submitted"


def test_without_the_right_password_the_photograph_is_not_even_kept(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    finance = submitted(app)
    clerk, vault = sign_in(county.clerk), app.extensions["villagehub"].vault
    page = clerk.get(PAPER).text
    with app.app_context():
        chosen = {f"signed-{person(county.member).person_id}": "agree"}
    fields = {"v": finance, f"revision-{finance}": field(page, f"revision-{finance}"), **chosen}
    refused = clerk.send(PAPER, {**fields, "password": "wrong", "picture": photograph()}, page=PAPER)
    assert "密码不对，还没有录入" in refused.text
    assert "照片这次没有留下，请再选一次" in refused.text
    assert [one for one in vault.rglob("*") if one.is_file()] == []
    # A photograph that was kept is still known after a slip of the finger in the password.
    short = record(clerk, app, finance, member="object", why_member="不对")
    kept = field(short.text, "kept")
    wrong = clerk.send(PAPER, {**fields, "password": "wrong", "kept": kept}, page=PAPER)
    assert "照片已经收到，不用再选" in wrong.text
    last = {**fields, "password": PASSWORD, "kept": field(wrong.text, "kept")}
    assert clerk.send(PAPER, last, page=PAPER).status_code == 303
