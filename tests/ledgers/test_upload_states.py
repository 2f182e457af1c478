"""一次上传的几种情况：没核对完的存不成草稿，问过的问题跳不过去；不要了的不能再接着办，同一个文件可以重新传。"""

import re
from collections.abc import Callable

import road
from flask import Flask
from ledger_files import GOOD_CSV
from sending import press, received, send
from sqlalchemy import func, select
from world import Browser, County

from villagehub.disclosures.models import Row, Version
from villagehub.ledgers.actions import keep_report
from villagehub.ledgers.checking import check_bytes, report_of
from villagehub.ledgers.models import Upload
from villagehub.ledgers.preview import state_token
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
QUESTION_CSV = GOOD_CSV + "2026-03-06,冲销上月多付,,-5\n"


def state(app: Flask, upload_id: int) -> tuple[str, int, int]:
    """The upload's state, and how many drafts and rows there are."""
    with app.app_context(), reading() as session:
        tables = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Version, Row)]
        return session.get_one(Upload, upload_id).state, tables[0], tables[1]


def test_an_upload_that_was_not_read_to_the_end_cannot_become_a_draft(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    upload_id = received(app, QUESTION_CSV.encode(), period="2026Q1")
    clerk = sign_in(county.clerk)
    with app.app_context(), reading() as session:
        token = state_token(session, session.get_one(Upload, upload_id))
    answer = clerk.send(f"/desk/u/{upload_id}/accept", {"token": token})
    assert answer.status_code == 409
    assert state(app, upload_id)[1:] == (0, 0)


def test_what_this_reading_asks_must_be_answered_whatever_the_stored_report_says(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    upload_id = received(app, QUESTION_CSV.encode(), period="2026Q1")
    with app.app_context(), unit_of_work() as session:
        upload = session.get_one(Upload, upload_id)
        fine = check_bytes(GOOD_CSV.encode(), "账.csv", road.account(period="2026Q1"), app.extensions["villagehub"])
        keep_report(session, upload, fine, report_of(fine))
        token = state_token(session, upload)
    clerk = sign_in(county.clerk)
    answer = clerk.send(f"/desk/u/{upload_id}/accept", {"token": token})
    assert answer.status_code == 409
    assert "又有变化" in answer.text
    assert "就是这样" in answer.text
    assert state(app, upload_id) == ("checked", 0, 0)


def test_what_is_not_wanted_is_given_up_for_good_and_the_same_file_may_come_again(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk, member = sign_in(county.clerk), sign_in(county.member)
    upload_id = send(clerk, GOOD_CSV, period="2026Q1")
    address = f"/desk/u/{upload_id}"
    page = clerk.get(address).text
    assert re.search(r"<summary>不要这份了</summary>.*真的不要这份了", page, re.DOTALL)
    assert "不要这份了" not in member.get(address).text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    assert clerk.send(f"{address}/abandon", page=address).status_code == 303
    assert clerk.send(f"{address}/abandon").status_code == 303
    assert state(app, upload_id) == ("abandoned", 0, 0)
    gone = clerk.get(address).text
    assert "这一份不要了，一行也没有存" in gone
    assert not re.search(r"存成草稿</button>|不要这份了</summary>", gone)
    for what in ("accept", "confirm"):
        assert clerk.send(f"{address}/{what}", {"token": token[1], "place": "x"}).status_code == 409
    again = send(clerk, GOOD_CSV, period="2026Q1")
    assert again != upload_id
    assert press(clerk, again).status_code == 303
    refused = clerk.send(f"/desk/u/{again}/abandon")
    assert refused.status_code == 409
    assert "已经存成草稿了" in refused.text
    assert state(app, again)[0] == "accepted"
