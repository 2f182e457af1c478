"""公开以后请见证签名：签了的，日志头带着，核对页写“1 家见证”；不回答的隔一阵再问；见过另一份日志的，马上告诉管理员。"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import naive_log as naive
import pytest
import road
import time_machine
from flask import Flask
from serving import free_port
from sqlalchemy import select
from world import County

from villagehub.config import BadSetting, load_settings
from villagehub.disclosures.after import run_after_publish
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.ops.doctor import examine
from villagehub.ops.rechecking import ask_for_cosignatures
from villagehub.ops.turn import Turn
from villagehub.storage import reading
from villagehub.storage.keys import load_key
from villagehub.transparency import cosigning
from villagehub.transparency.models import Leaf, LogEntry
from villagehub.transparency.notes import read_note, read_vkey
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying.asking import check
from villagehub.transparency.verifying.sums import Wrong
from villagehub.transparency.witnessing.book import Book
from villagehub.transparency.witnessing.judging import judge
from villagehub.transparency.witnessing.request import write_submission
from villagehub.transparency.witnessing.serving import WitnessServer

ORIGIN, NAME = "localhost/log/instance", "jianzheng.example.cn/w1"
Ask = Callable[[], str]


def publish_quarter(number: int) -> None:
    """One entry of rent; the opening follows from the quarter before."""
    rent = road.entry(f"2026-{number * 3:02}-05", "鱼塘租金", 100, "in")
    road.published([rent], of=road.account(period=f"2026Q{number}"), opening=None)
    run_after_publish()


@contextmanager
def served(book: Book) -> Iterator[str]:
    with WitnessServer(("127.0.0.1", 0), book, lambda _words: None) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def log(app: Flask, county: County) -> Iterator[Path]:
    """The log of a village that has published twice."""
    assert county
    with app.app_context():
        for quarter in (2, 3):
            publish_quarter(quarter)
        yield app.extensions["villagehub"].log


@pytest.fixture
def book(app: Flask, log: Path, tmp_path: Path) -> Book:
    """A witness that watches it and has seen nothing yet."""
    assert log
    made = Book.make(tmp_path / "witness", NAME)
    made.trust(read_vkey(own_vkey(app.extensions["villagehub"])))
    return made


@pytest.fixture
def url(book: Book) -> Iterator[str]:
    with served(book) as where:
        yield where


def asks(app: Flask, vkey: str, url: str) -> Ask:
    """Names this witness in the settings; what the clock says after it has asked."""
    settings = replace(app.extensions["villagehub"], witnesses=(f"{vkey} {url}",))
    app.extensions["villagehub"] = settings
    return lambda: ask_for_cosignatures(Turn(datetime.now(UTC), settings, lambda _words: None))


def noted() -> list[dict[str, object]]:
    with reading() as session:
        found = session.scalars(select(JournalEntry).where(JournalEntry.event == Event.WITNESS_AGAINST))
        return [dict(one.detail) for one in found]


def leaves() -> list[bytes]:
    with reading() as session:
        rows = session.execute(select(Leaf.body).join(LogEntry, LogEntry.leaf_id == Leaf.id).order_by(LogEntry.index))
        return [body for (body,) in rows]


def test_a_publication_is_cosigned_and_the_page_says_by_how_many(app: Flask, log: Path, book: Book, url: str) -> None:
    vkey, browser = book.signer.verifier.vkey, app.test_client()
    page = "/v/990101100201/n/2/check"
    assert "还没有外部见证" in browser.get(page).text
    ask = asks(app, vkey, url)
    assert "还没有外部见证" not in browser.get(page).text, "there is one; it only has not looked yet"
    assert "有 1 家见证，还没有看到日志最新的样子" in browser.get(page).text
    assert ask() == "1 家见证签了日志头"
    assert ask() == "", "nobody is asked twice for one checkpoint"
    raw, D = browser.get("/log/checkpoint").data, leaves()
    text, secret = naive.body(ORIGIN, D), load_key(log.parent / "keys", "log")
    moment = int.from_bytes(read_note(raw).signatures[1].raw[:8], "big")
    cosigned = naive.cosignature(NAME, book.signer.secret, moment, text)
    assert raw == naive.checkpoint(ORIGIN, secret, D) + cosigned
    assert "1 家见证。" in browser.get(page).text
    assert "还没有看到" not in browser.get(page).text
    assert NAME in browser.get(page).text
    (log.parent / "p.tlog-proof").write_bytes(browser.get("/log/proof/0.tlog-proof").data)
    proof, key = str(log.parent / "p.tlog-proof"), own_vkey(app.extensions["villagehub"])
    assert check(proof, key=key, witnesses=(vkey,)).faults == []
    raw_line = naive.key_id(NAME, 4, naive.public(book.signer.secret)) + moment.to_bytes(8, "big") + bytes(64)
    forged = (
        (log.parent / "p.tlog-proof").read_bytes().replace(cosigned, f"\u2014 {NAME} {naive.b64(raw_line)}\n".encode())
    )
    (log.parent / "p.tlog-proof").write_bytes(forged)
    with pytest.raises(Wrong):
        check(proof, key=key, witnesses=(vkey,))
    publish_quarter(4)
    assert "有 1 家见证，还没有看到日志最新的样子" in browser.get(page).text
    assert ask() == "1 家见证签了日志头"
    assert book.watched()[0][1] == 4


def test_a_silent_witness_is_asked_again_later_and_named_after_a_day(app: Flask, book: Book) -> None:
    settings = app.extensions["villagehub"]
    ask = asks(app, book.signer.verifier.vkey, f"http://127.0.0.1:{free_port()}")
    start = datetime.now(UTC)
    asked = []
    with time_machine.travel(start, tick=False) as traveller:
        for minute in range(200):
            traveller.move_to(start + timedelta(minutes=minute))
            if "没有回答" in ask():
                asked.append(minute)
    assert asked == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert noted() == []
    found = dict(examine(app, app.extensions["villagehub"]))["见证"]
    assert found == []
    with time_machine.travel(start + timedelta(hours=25)):
        (one,) = dict(examine(app, app.extensions["villagehub"]))["见证"]
    assert NAME in one.message
    assert "没有回答" in one.message
    assert settings.log.is_dir()


def test_a_witness_that_drips_does_not_hold_the_clock(app: Flask, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cosigning, "_SECONDS", 1)
    stopped = threading.Event()

    class Drip(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not stopped.wait(0.2):
                    self.wfile.write(b"x")

    with ThreadingHTTPServer(("127.0.0.1", 0), Drip) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ask = asks(app, book.signer.verifier.vkey, f"http://127.0.0.1:{server.server_port}")
        assert "没有回答（太慢）" in ask()
        stopped.set()
        server.shutdown()


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (lambda D: [b"{}", *D[1:]], "它见过的 3 条日志和这里的不一样"),
        (lambda D: [*D, b"{}"], "它见过 4 条的日志，这里只有 3 条"),
        (lambda D: [b"{}"], "它从前见过的日志，不是现在这份的开头"),
    ],
)
def test_another_history_is_an_alarm_once(
    app: Flask, log: Path, book: Book, url: str, seen: Callable[[list[bytes]], list[bytes]], why: str
) -> None:
    other = seen(leaves())
    note = naive.checkpoint(ORIGIN, load_key(log.parent / "keys", "log"), other)
    assert judge(book, write_submission(0, [], note)).status == 200
    ask = asks(app, book.signer.verifier.vkey, url)
    before = (log / "checkpoint").read_bytes()
    assert ask() == f"{NAME}：{why}"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert ask() == f"{NAME}：{why}"
    assert noted() == [{"witness": NAME, "why": why}]
    assert (log / "checkpoint").read_bytes() == before
    (one,) = dict(examine(app, app.extensions["villagehub"]))["见证"]
    assert why in one.message


def test_what_another_signs_in_its_name_is_not_taken(
    app: Flask, log: Path, book: Book, url: str, tmp_path: Path
) -> None:
    other = Book.make(tmp_path / "other", NAME)
    before = (log / "checkpoint").read_bytes()
    assert "回答里没有它的签名" in asks(app, other.signer.verifier.vkey, url)()
    assert (log / "checkpoint").read_bytes() == before
    shutil.rmtree(other.folder)


def test_a_witness_that_does_not_know_the_log_is_told_how(app: Flask, log: Path, tmp_path: Path) -> None:
    assert log
    stranger = Book.make(tmp_path / "stranger", NAME)
    with served(stranger) as where:
        assert "没有登记这个日志" in asks(app, stranger.signer.verifier.vkey, where)()
    assert noted() == []


GOOD = naive.vkey(NAME, bytes(32), 4)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (f"{naive.vkey(NAME, bytes(32), 1)} https://jz.example.cn", "公钥不对"),
        (f"{GOOD.replace('w1', 'w2')} https://jz.example.cn", "公钥不对"),
        (f"{GOOD[:-4]} https://jz.example.cn", "公钥不对"),
        ("https://jz.example.cn", "公钥不对"),
        (GOOD, "网址不对"),
        (f"{GOOD} ftp://jz.example.cn", "网址不对"),
        (f"{GOOD} https://jz.example.cn/?a", "网址不对"),
    ],
)
def test_a_witness_that_cannot_be_one_is_refused_by_name(tmp_path: Path, written: str, why: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load_settings(tmp_path, {"VILLAGEHUB_WITNESSES": written})
    assert "“witnesses”" in refused.value.sentence
    assert why in refused.value.sentence


def test_a_witness_is_taken_as_it_is_written(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {"VILLAGEHUB_WITNESSES": f"{GOOD} https://jz.example.cn/add-checkpoint"})
    assert found.witnesses == (f"{GOOD} https://jz.example.cn",)
