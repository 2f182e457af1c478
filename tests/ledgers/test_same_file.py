"""The same file again is recognised; but once its draft is gone or holds another file's rows, it is taken anew."""

import re
from collections.abc import Callable
from io import BytesIO

import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.disclosures import office
from villagehub.storage import unit_of_work

AsSignedIn = Callable[[str], Browser]
FIRST = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n"
SECOND = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12500,\n"


def send(clerk: Browser, text: str) -> int:
    fields = {
        "village": COUNTY.village,
        "section": "finance",
        "period": "2026Q3",
        "file": (BytesIO(text.encode()), "账.csv"),
    }
    answer = clerk.send("/desk/upload", fields, page="/desk/upload")
    assert answer.status_code == 303, answer.text
    found = re.search(r"/desk/u/(\d+)", answer.headers["Location"])
    assert found
    return int(found[1])


def accept(clerk: Browser, upload_id: int) -> int:
    page = clerk.get(f"/desk/u/{upload_id}")
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token, page.text
    clerk.send(f"/desk/u/{upload_id}/accept", {"token": token[1]}, page=f"/desk/u/{upload_id}")
    found = re.search(r"/desk/d/(\d+)", clerk.get(f"/desk/u/{upload_id}").text)
    assert found
    return int(found[1])


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
    assert accept(clerk, send(clerk, SECOND)) == draft
    back = send(clerk, FIRST)
    assert back != first
    assert accept(clerk, back) == draft
    with app.app_context():
        assert road.version(draft).totals["income_fen"] == 1_200_000
