"""The same file again is recognised; but once its draft is gone or holds another file's rows, it is taken anew."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
import road
from flask import Flask
from sending import accept, confirm, missing, send, tick
from sqlalchemy import select
from world import Browser, County, at_once

from villagehub.disclosures import office
from villagehub.disclosures.models import Version
from villagehub.ledgers.models import Bundle, Upload
from villagehub.storage import Base, reading, unit_of_work

AsSignedIn = Callable[[str], Browser]
FIRST = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n"
SECOND = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12500,\n"


def test_the_same_file_leads_to_its_earlier_upload(app: Flask, county: County, sign_in: AsSignedIn) -> None:
    clerk = sign_in(county.clerk)
    first = send(clerk, FIRST)
    assert send(clerk, FIRST) == first
    accept(clerk, first)
    assert send(clerk, FIRST) == first


def test_after_the_draft_was_given_up_the_same_file_is_taken_anew(
    app: Flask, county: County, sign_in: AsSignedIn
) -> None:
    clerk = sign_in(county.clerk)
    first = send(clerk, FIRST)
    draft = accept(clerk, first)
    with app.app_context(), unit_of_work() as session:
        office.abandon(session, draft, road.hand(county.clerk))
    again = send(clerk, FIRST)
    assert again != first
    assert accept(clerk, again) != draft


def test_an_earlier_file_may_replace_a_later_one(app: Flask, county: County, sign_in: AsSignedIn) -> None:
    clerk = sign_in(county.clerk)
    first = send(clerk, FIRST)
    draft = accept(clerk, first)
    other = send(clerk, SECOND)
    tick(clerk, other, *missing(clerk, other))
    assert accept(clerk, other) == draft
    back = send(clerk, FIRST)
    assert back != first
    tick(clerk, back, *missing(clerk, back))
    assert accept(clerk, back) == draft
    with app.app_context():
        assert road.version(draft).totals["income_fen"] == 1_200_000


@pytest.mark.parametrize(("way", "table"), [("file", Upload), ("villages", Bundle)])
def test_the_button_pressed_twice_sends_the_file_once(
    app: Flask, county: County, sign_in: AsSignedIn, way: str, table: type[Base]
) -> None:
    raw = FIRST if way == "file" else FIRST.replace("日期", "村名,日期").replace("2026-07-05", "青石沟村,2026-07-05")
    told = {"village": county.village, "section": "finance", "period": "2026Q3", "entity": "committee", "way": way}
    clerks = [sign_in(county.clerk) for _ in range(3)]
    sent = [
        (one, "/desk/upload", "/desk/upload", {**told, "file": (BytesIO(raw.encode()), "账.csv")}) for one in clerks
    ]
    answers = at_once(*sent)
    assert [one.status_code for one in answers] == [303, 303, 303]
    with app.app_context(), reading() as session:
        assert len(session.scalars(select(table)).all()) == 1


def test_of_two_files_accepted_at_once_the_second_is_shown_the_first(
    app: Flask, county: County, sign_in: AsSignedIn
) -> None:
    clerks = [sign_in(county.clerk), sign_in(county.clerk)]
    uploads = [send(clerks[0], FIRST), send(clerks[0], SECOND.replace("2026-07-05", "2026-07-06"))]
    forms = []
    for clerk, upload in zip(clerks, uploads, strict=True):
        address = f"/desk/u/{upload}"
        confirm(clerk, upload)
        token = re.search(r'name="token" value="([^"]+)"', clerk.get(address).text)
        assert token
        forms.append((clerk, address, f"{address}/accept", {"token": token[1]}))
    answers = at_once(*forms)
    assert sorted(one.status_code for one in answers) == [303, 409]
    with app.app_context(), reading() as session:
        (draft,) = session.scalars(select(Version)).all()
        assert draft.totals["rows"] == 1
