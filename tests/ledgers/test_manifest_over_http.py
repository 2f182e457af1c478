"""Every file of the collection goes through the page: an allowed outcome, the right values in the draft, soon, in little
memory, nothing left behind, no script, no 5xx; and a plain file goes in afterwards. See ``manifest`` for where it is looked for.
"""

import re
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from ledger_files import GOOD_CSV
from manifest import ABSENT, FOLDER, ITEMS, Item, differences
from sqlalchemy import select
from test_upload_pages import SignIn, accept, count, upload
from world import County

from villagehub.disclosures.models import Row
from villagehub.ledgers.child import read_in_child
from villagehub.ledgers.models import Upload
from villagehub.storage import reading

pytestmark = pytest.mark.skipif(not ITEMS, reason=ABSENT)
AMONG_OTHERS = 6
"""By the clock an answer may take so many times what the manifest allows: the machine does other things beside. What the file
itself costs is counted where the command reads it.
"""
MOST_SECONDS = 10
MOST_MEMORY_KB = 300 * 1024
NO_SIDES = {"rows": 0, "income_fen": 0, "expense_fen": 0}


def newest(app: Flask) -> dict[str, Any]:
    """What the newest upload found, in the form of ``check --json`` without its entries."""
    with app.app_context(), reading() as session:
        one = session.scalars(select(Upload).order_by(Upload.id.desc()).limit(1)).one()
        figures = NO_SIDES if one.outcome == "reject" else one.report["totals"]
        return {"outcome": one.outcome, "problems": one.report["problems"], **figures}


def draft(app: Flask) -> list[Row]:
    """The rows that are kept, in the order of the file."""
    with app.app_context(), reading() as session:
        rows = list(session.scalars(select(Row).order_by(Row.source_row, Row.id)))
        session.expunge_all()
        return rows


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which this process would leave temporary files. The server of reading children stands already: its own
    folder is made once for the process.
    """
    read_in_child(GOOD_CSV.encode(), "账.csv", "finance")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("item", ITEMS, ids=[one.name for one in ITEMS])
def test_a_file_goes_through_the_page_as_the_manifest_allows(
    item: Item, app: Flask, county: County, sign_in: SignIn, temporary: Path
) -> None:
    clerk = sign_in(county.clerk)
    memory, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    sent = upload(clerk, item.path.read_bytes(), item.upload_as)
    assert time.monotonic() - started <= AMONG_OTHERS * item.expect.get("max_seconds", MOST_SECONDS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory <= MOST_MEMORY_KB
    assert sent.status_code in (303, 422)
    page = clerk.get(sent.headers["Location"]).text if sent.status_code == 303 else sent.text
    assert page.count("<h1") == 1
    shown = re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)
    assert not any(text in shown for text in item.expect.get("must_not_contain", ()))
    assert "<script" not in page.lower()
    if sent.status_code == 422:
        assert re.search(r"<title>\s*有 \d+ 处错误", page)
        for row in item.expect.get("must_flag_rows", ()):
            assert f'<th scope="row" class="rn" role="rowheader">{row}</th>' in page
    told = newest(app)
    assert (told["outcome"] == "reject") is (sent.status_code == 422)
    by_values = ("dates", "expense_fen_each", "must_contain")
    wanted = {name: value for name, value in item.expect.items() if name not in by_values}
    wanted["if_imported"] = {k: v for k, v in item.expect.get("if_imported", {}).items() if k not in by_values}
    assert differences(Item(item.name, item.category, item.upload_as, item.outcomes, wanted), told) == []
    assert count(app, Row) == 0
    if told["outcome"] == "accept":
        assert accept(clerk, sent.headers["Location"]).status_code == 303
        _compare(item, draft(app))
    assert list(temporary.iterdir()) == []
    assert clerk.get("/healthz").status_code == 200
    plain = upload(clerk, (FOLDER / "files" / "c01_plain.xlsx").read_bytes(), "三月.xlsx")
    assert plain.status_code == 303
    assert (newest(app)["outcome"], newest(app)["rows"]) == ("accept", 8)


def _compare(item: Item, rows: list[Row]) -> None:
    """The rows of the draft have the days, the sums and the single amounts that the manifest names."""
    wanted = item.expect | item.expect.get("if_imported", {})
    if "rows" in wanted:
        assert len(rows) == wanted["rows"]
    if "dates" in wanted:
        assert sorted(str(one.occurred_on) for one in rows) == sorted(wanted["dates"])
    for direction, name in (("in", "income_fen"), ("out", "expense_fen")):
        if name in wanted:
            assert sum(one.amount_fen or 0 for one in rows if one.direction == direction) == wanted[name]
    if "expense_fen_each" in wanted:
        assert [one.amount_fen for one in rows if one.direction == "out"] == wanted["expense_fen_each"]
    for text in wanted.get("must_contain", ()):
        assert any(text in str(one.facts) for one in rows)
