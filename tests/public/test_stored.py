"""Stored pages are answered before Flask, in the form that the reader's browser takes, and never a moment too long."""

import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import road
from flask import Flask, request
from sqlalchemy import select, text
from world import COUNTY, Browser, County

from villagehub.public.build import build_dirty
from villagehub.storage import unit_of_work
from villagehub.storage.tables import Generation
from villagehub.web.logs import configure_logging

HOME = f"/v/{COUNTY.village}"
PERIOD = f"{HOME}/finance/2026Q3"


class Entries:
    """Counts how often Flask is entered."""

    def __init__(self, app: Flask) -> None:
        self.paths: list[str] = []
        app.before_request(lambda: self.paths.append(request.path))


@pytest.fixture
def entries(app: Flask, county: County) -> Entries:
    """A village with one published quarter, and the count."""
    assert county
    counted = Entries(app)
    with app.app_context():
        road.published()
        assert build_dirty() > 5
    return counted


def test_a_published_page_is_answered_without_entering_flask(client: Browser, entries: Entries) -> None:
    first = client.get(PERIOD)
    second = client.get(PERIOD)
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert entries.paths == []


def test_other_sizes_and_themes_are_built_once_and_then_kept(client: Browser, entries: Entries) -> None:
    client.set_cookie("size", "x")
    client.set_cookie("theme", "dark")
    first = client.get(PERIOD)
    second = client.get(PERIOD)
    assert '<html lang="zh-CN" class="xl dark">' in second.text
    assert first.data == second.data
    assert entries.paths == [PERIOD]


def test_gzip_identity_head_and_304_agree(client: Browser, entries: Entries) -> None:
    packed = client.get(PERIOD, headers={"Accept-Encoding": "gzip, br"})
    plain = client.get(PERIOD, headers={"Accept-Encoding": "gzip;q=0"})
    head = client.head(PERIOD, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert head.data == b""
    assert head.headers["Content-Length"] == packed.headers["Content-Length"]
    again = client.get(PERIOD, headers={"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert {name for name, _ in again.headers} == {"ETag", "Cache-Control", "Vary"}
    assert packed.headers["Cache-Control"] == "public, no-cache"
    assert packed.headers["Vary"] == "Cookie, Accept-Encoding"


def test_stored_pages_carry_the_security_headers_and_the_hash_of_their_style(client: Browser, entries: Entries) -> None:
    answer = client.get(PERIOD)
    policy = answer.headers["Content-Security-Policy"]
    assert "'sha256-" in policy
    assert "script-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert entries.paths == []


def test_a_new_publication_reaches_the_very_next_reader(app: Flask, client: Browser, entries: Entries) -> None:
    before = client.get(HOME).text
    with app.app_context():
        road.published(of=road.account(period="2026Q4"), opening=None)
    after = client.get(HOME).text
    assert "2026年第四季度" in after
    assert after != before


def test_raising_the_generation_puts_every_stored_page_aside_at_once(
    app: Flask, client: Browser, entries: Entries
) -> None:
    client.get(PERIOD)
    with app.app_context(), unit_of_work() as session:
        held = session.query(Generation).one()
        held.number += 1
    client.get(PERIOD)
    assert entries.paths == [PERIOD]


def test_a_strange_host_is_not_served_stored_bytes(client: Browser, entries: Entries) -> None:
    assert client.get(PERIOD, headers={"Host": "evil.example"}).status_code == 400


def test_a_page_that_is_not_there_is_not_kept(client: Browser, entries: Entries) -> None:
    for _ in range(2):
        assert client.get(f"{HOME}/finance/2011Q1").status_code == 404
    assert len(entries.paths) == 2


def test_many_who_ask_for_a_new_page_at_once_have_it_made_once(app: Flask, entries: Entries) -> None:
    app.before_request(lambda: time.sleep(0.3))  # so that the others come while it is being made
    with app.app_context(), unit_of_work() as session:
        session.scalars(select(Generation)).one().number += 1
    together = Barrier(6)

    def ask(path: str) -> tuple[int, bytes]:
        together.wait()
        answer = app.test_client().get(path)
        return answer.status_code, answer.data

    with ThreadPoolExecutor(6) as readers:
        answers = list(readers.map(ask, [PERIOD] * 6))
        assert {status for status, _ in answers} == {200}
        assert len({body for _, body in answers}) == 1
        assert entries.paths == [PERIOD]
        lost = list(readers.map(ask, [f"{HOME}/finance/2031Q1"] * 6))
    assert {status for status, _ in lost} == {404}  # what is not kept is answered to each by itself


def test_where_the_store_is_broken_the_page_still_comes_and_the_log_holds_no_address(
    app: Flask, client: Browser, county: County, tmp_path: Path
) -> None:
    with app.app_context():
        road.published()
        with unit_of_work() as session:
            session.execute(text("ALTER TABLE stored_page RENAME TO stored_page_away"))
    configure_logging("INFO", file=tmp_path / "log")
    try:
        answer = client.get(f"/v/{county.village}/finance/2026Q3")
        client.get(f"/v/{county.village}/funds/2026Q3/何秀英家修房补助")
    finally:
        configure_logging("INFO")
    assert "鱼塘租金" in answer.text
    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert "stored_page_lookup_failed" in written
    assert "何秀英" not in written
    assert "2026Q3/" not in written
