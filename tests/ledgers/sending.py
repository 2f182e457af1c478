"""A clerk at the pages of uploading: sends a file, ticks rows that are to go, accepts, undoes; and the snapshot of an account."""

import re
from io import BytesIO
from typing import Any

import road
from flask import Flask
from werkzeug.test import TestResponse
from world import COUNTY, NOW, Browser

from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.scope import Account, find_disclosure, latest_published, open_version
from villagehub.ledgers.actions import receive
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of


def send(
    clerk: Browser, raw: str | bytes, *, section: str = "finance", period: str = "2026Q3", name: str = "账.csv"
) -> int:
    """Uploads a file and returns the upload's id."""
    data = raw.encode() if isinstance(raw, str) else raw
    fields = {"village": COUNTY.village, "section": section, "period": period, "file": (BytesIO(data), name)}
    answer = clerk.send("/desk/upload", fields, page="/desk/upload")
    assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text.partition("<main")[2])
    found = re.search(r"/desk/u/(\d+)", answer.headers["Location"])
    assert found
    return int(found[1])


def received(app: Flask, raw: bytes, *, period: str = "2026Q3") -> int:
    """The id of an upload whose process died before it had read the file."""
    with app.app_context():
        sha256 = vault_of(app.extensions["villagehub"]).keep(raw)
        given = {"sha256": sha256, "size": len(raw), "filename": "账.csv", "now": NOW}
        with unit_of_work() as session:
            return receive(session, road.account(period=period), actor=road.person(COUNTY.clerk), **given)[0].id


def confirm(clerk: Browser, upload_id: int) -> None:
    """Ticks 就是这样 wherever something is asked."""
    address = f"/desk/u/{upload_id}"
    places = re.findall(r'name="place" value="([^"]+)"', clerk.get(address).text)
    if places:
        clerk.send(f"{address}/confirm", {"place": places}, page=address)


def missing(clerk: Browser, upload_id: int) -> list[int]:
    """Numbers of the rows that the file does not name, from all pages of the list."""
    numbers: list[int] = []
    for page in range(1, 100):
        text = clerk.get(f"/desk/u/{upload_id}?list=missing&page={page}").text
        numbers += [int(one) for one in re.findall(r'name="shown" value="(\d+)"', text)]
        if "下一页" not in text:
            break
    return numbers


def tick(clerk: Browser, upload_id: int, *numbers: int) -> None:
    """Says of these missing rows, all on one page, that they are to go."""
    address = f"/desk/u/{upload_id}?list=missing"
    shown = re.findall(r'name="shown" value="(\d+)"', clerk.get(address).text)
    answer = clerk.send(f"/desk/u/{upload_id}/gone", {"shown": shown, "gone": list(numbers), "page": "1"}, page=address)
    assert answer.status_code == 303


def press(clerk: Browser, upload_id: int) -> TestResponse:
    """Presses 存成草稿 on the page as it is now."""
    address = f"/desk/u/{upload_id}"
    token = re.search(r'name="token" value="([^"]+)"', clerk.get(address).text)
    assert token, clerk.get(address).text
    return clerk.send(f"{address}/accept", {"token": token[1]}, page=address)


def accept(clerk: Browser, upload_id: int) -> int:
    """Answers the questions and accepts; returns the draft's id."""
    confirm(clerk, upload_id)
    answer = press(clerk, upload_id)
    assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text.partition("<main")[2])
    found = re.search(r"/desk/d/(\d+)", clerk.get(f"/desk/u/{upload_id}").text)
    assert found
    return int(found[1])


def undo(clerk: Browser, upload_id: int, **fields: str) -> TestResponse:
    """Presses the button of undoing on the record's page."""
    page = f"/desk/u/{upload_id}/record"
    return clerk.send(f"/desk/u/{upload_id}/undo", fields, page=page)


def counts(clerk: Browser, upload_id: int) -> dict[str, int]:
    """The lists with their counts, as the page of the upload shows them."""
    text = re.sub(r"<[^>]+>", " ", clerk.get(f"/desk/u/{upload_id}").text)
    words = {"new": "新的", "changed": "有改动的", "unchanged": "没变的", "missing": "这次表里没有的"}
    return {name: int(re.search(rf"{label}\s+(\d+) 行", text)[1]) for name, label in words.items()}  # type: ignore[index]


def snapshot(of: Account | None = None) -> dict[str, Any] | None:
    """What the account's draft (else its publication) holds: facts in order, Excel rows, balances, totals, kind."""
    account = of or road.account()
    with reading() as session:
        disclosure = find_disclosure(session, account)
        if disclosure is None:
            return None
        version = open_version(session, disclosure) or latest_published(session, disclosure)
        if version is None:
            return None
        balances = [version.opening_fen, version.closing_fen, version.bank_fen, version.cash_fen]
        return {
            "rows": all_facts(session, version),
            "balances": balances,
            "totals": version.totals,
            "kind": version.kind,
            "version": version.id,
        }
