"""The attachments of the collection beside the project, through the page of receipts: each comes out as its manifest allows."""

import json
import os
import resource
import tempfile
import time
from io import BytesIO
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from road import fill
from sqlalchemy import func, select
from world import COUNTY, County

from villagehub.disclosures.receipt_models import ReceiptFile, VersionReceipt
from villagehub.storage import reading

FOLDER = Path(os.environ.get("VILLAGEHUB_TEST_LEDGERS") or Path(__file__).resolve().parents[3] / "shared" / "ledgers")
LEDGER = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n"


def items() -> list[dict[str, Any]]:
    file = FOLDER / "manifest.json"
    return (
        [one for one in json.loads(file.read_text("utf-8"))["items"] if one["kind"] == "attachment"]
        if file.is_file()
        else []
    )


ITEMS = items()
pytestmark = pytest.mark.skipif(not ITEMS, reason=f"the collection is not in {FOLDER.name}")


def test_the_collection_has_its_attachments() -> None:
    assert len(ITEMS) == 15


@pytest.mark.parametrize("item", ITEMS, ids=[one["file"] for one in ITEMS])
def test_an_attachment_comes_out_as_the_manifest_allows(
    app: Flask, county: County, sign_in: Any, item: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert county
    with app.app_context():
        draft = fill()
    clerk, address = sign_in(COUNTY.clerk), f"/desk/d/{draft}/receipts"
    raw, expect = (FOLDER / item["file"]).read_bytes(), item["expect"]
    forkserver.ensure_running()  # its socket lies in the real folder: a path as long as a test's own is no socket's
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.monotonic()
    answer = clerk.send(address, {"file": (BytesIO(raw), item["upload_as"])}, page=address)
    seconds = time.monotonic() - started
    if answer.status_code == 303:
        answer = clerk.get(answer.headers["Location"])
    outcome = "reject" if answer.status_code == 422 else "review" if "active_content" in answer.text else "accept"
    assert answer.status_code in (200, 422)
    assert outcome in item["outcome_any_of"]
    assert "X-Request-Id" in answer.headers
    if outcome == "reject":
        assert "data-code=" in answer.text
        assert "没有收下" in answer.text
    if "must_flag" in expect:
        assert expect["must_flag"] in answer.text
    with app.app_context(), reading() as session:
        links = list(session.scalars(select(VersionReceipt)))
        files = session.scalar(select(func.count()).select_from(ReceiptFile))
    assert bool(links) == bool(files) == (outcome != "reject")
    for one in links:
        shown = clerk.get(f"/desk/receipts/page/{one.page_id}.jpg").data
        assert [words for words in (b"Exif", b"GPS", b"<script", b"JavaScript") if words in shown] == []
    assert seconds <= 6 * expect.get("max_seconds", 10), "six times: the machine does other things beside"
    assert (
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before <= expect.get("max_rss_increase_mb", 300) * 1024
    )
    # The server of child processes keeps its socket in a folder of its own.
    assert [one.name for one in temporary.iterdir() if not one.name.startswith("pymp-")] == []
    folder: Path = app.extensions["villagehub"].instance
    assert [one for one in expect.get("must_not_write", ()) if list(folder.rglob(one))] == []
    # After each of them the site is well, and an ordinary upload works.
    assert clerk.get("/healthz").status_code == 200
    ledger = {"village": COUNTY.village, "section": "finance", "period": "2026Q2", "entity": "committee"}
    sent = clerk.send(
        "/desk/upload",
        {**ledger, "file": (BytesIO(LEDGER.replace("07", "04").encode()), "账.csv")},
        page="/desk/upload",
    )
    assert sent.status_code == 303
