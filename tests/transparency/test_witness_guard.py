"""见证见过的日志和这里的不一样：停签，停公开，镇里和系统管理员都看得到；查清了再接着来。村民一直能看。"""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from test_cosigning import ORIGIN, asks, book, leaves, log, publish_quarter, url  # noqa: F401
from world import COUNTY, Browser, Visitor

from villagehub.ops.catching_up import catch_up
from villagehub.ops.doctor import examine
from villagehub.ops.rechecking import ask_soon
from villagehub.storage import db, reading
from villagehub.storage.keys import load_key
from villagehub.transparency.cosigning import is_anybody_to_be_asked
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.log import LogDisputed, read_head
from villagehub.transparency.ours import bring_up_to_date
from villagehub.transparency.sources import source_of
from villagehub.transparency.witnesses import Known, dispute, recall
from villagehub.transparency.witnessing.book import Book
from villagehub.transparency.witnessing.judging import judge
from villagehub.transparency.witnessing.request import write_submission

SignIn = Callable[[str], Browser]


def known_of(log: Path) -> Known:  # noqa: F811
    (one,) = recall(LogFolder(log)).values()
    return one


@contextmanager
def answering(size: str) -> Iterator[str]:
    """A witness that answers every time that it has seen so many entries."""

    class Says(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(409)
            self.send_header("Content-Type", "text/x.tlog.size")
            self.end_headers()
            self.wfile.write(size.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Says) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def waiting() -> int:
    """A quarter that two have signed."""
    return road.agree(road.submit(road.fill([*road.THREE], of=road.account(period="2026Q4"), opening=None)))


@pytest.mark.parametrize(
    "seen",
    [lambda D: [b"{}", *D[1:]], lambda D: [*D, b"{}"], lambda D: [b"{}"]],
    ids=["another of this size", "a longer one", "another beginning"],
)
def test_nothing_is_signed_or_published_until_it_is_settled(
    app: Flask,
    log: Path,  # noqa: F811
    book: Book,  # noqa: F811
    url: str,  # noqa: F811
    sign_in: SignIn,
    seen: Callable[[list[bytes]], list[bytes]],
) -> None:
    app.test_client_class = Visitor
    settings, version = app.extensions["villagehub"], waiting()
    note = naive.checkpoint(ORIGIN, load_key(log.parent / "keys", "log"), seen(leaves()))
    assert judge(book, write_submission(0, [], note)).status == 200
    before, ask = (log / "checkpoint").read_bytes(), asks(app, book.signer.verifier.vkey, url)
    ask()
    gone = asks(app, book.signer.verifier.vkey, f"http://127.0.0.1:{free_port()}")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert "没有回答" in gone(), "and whoever falls silent has taken nothing back"
    if known_of(log).forked:
        for minute, size in ((200, "0\n"), (400, "1\n")):
            with answering(size) as other, time_machine.travel(datetime.now(UTC) + timedelta(minutes=minute)):
                asks(app, book.signer.verifier.vkey, other)()
            assert dispute(LogFolder(log), 3) is not None, "nor by naming another size"
    with pytest.raises(LogDisputed, match=book.signer.name):
        road.publish(version)
    assert road.version(version).number is None
    with pytest.raises(LogDisputed):
        bring_up_to_date(settings)
    assert (log / "checkpoint").read_bytes() == before
    assert "防改日志停签了" in sign_in(COUNTY.supervisor).get("/town").text
    assert app.test_client().get("/v/990101100201/finance/2026Q3").status_code == 200
    (told,) = dict(examine(app, app.extensions["villagehub"]))["见证"]
    assert "已经停签" in told.message

    app.extensions["villagehub"] = replace(
        settings, witnesses=()
    )  # the operator has found out that the witness is wrong
    ask_soon(app.extensions["villagehub"], anew=True)
    assert recall(LogFolder(log)) == {}
    assert road.publish(version) == 3
    assert bring_up_to_date(settings) == 4
    assert "防改日志停签了" not in sign_in(COUNTY.supervisor).get("/town").text


def test_a_server_that_was_set_back_learns_it_at_its_start_and_goes_on_once_it_has_caught_up(
    app: Flask,
    log: Path,  # noqa: F811
    book: Book,  # noqa: F811
    url: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the database is set back as a file")
    ask = asks(app, book.signer.verifier.vkey, url)
    settings = app.extensions["villagehub"]
    assert ask() == "1 家见证签了日志头"
    db.session.remove()
    db.engine.dispose()
    shutil.copytree(log, tmp_path / "old-log")
    shutil.copy(settings.instance / "villagehub.db", tmp_path / "old.db")
    publish_quarter(4)
    assert ask() == "1 家见证签了日志头"
    shutil.copytree(log, tmp_path / "newest")
    db.engine.dispose()
    shutil.rmtree(log)
    shutil.copytree(tmp_path / "old-log", log)
    for name in ("villagehub.db-wal", "villagehub.db-shm"):
        (settings.instance / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", settings.instance / "villagehub.db")

    assert not is_anybody_to_be_asked(settings), "what stands there is cosigned: only the start asks anew"
    ask_soon(settings, anew=True)
    assert dispute(LogFolder(log), 3) is not None
    version = waiting()
    with pytest.raises(LogDisputed, match="它见过 4 条的日志，这里只有 3 条"):
        road.publish(version)
    assert catch_up(settings, source_of(str(tmp_path / "newest")), nothing_newer=False).size == 4
    assert road.publish(version) == 4
    assert bring_up_to_date(settings) == 5
    ask_soon(settings, anew=True)
    with reading() as session:
        head = read_head(session)
    assert head is not None
    assert book.watched()[0][1] == head.size == 5
    assert dispute(LogFolder(log), head.size) is None
