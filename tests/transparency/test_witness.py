"""见证只给接着从前的日志签名：改过的、分叉的、变短的、旧的、别人的、写坏的，都不签，按规定的号码回答。

签名逐字节照规定；两个人同时来问，也不会签出两份；断电再开，见过的还记得；忘掉了就不签。
"""

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cheats
import naive_log as naive
import pytest
import witness_vectors as vectors
from click.testing import CliRunner

from villagehub.cli import cli
from villagehub.kernel.refused import Refused
from villagehub.transparency.notes import COSIGNATURE, Verifier, read_note, read_vkey
from villagehub.transparency.witnessing.book import Book, FolderTaken, KeyIsAnother, NoWitnessHere
from villagehub.transparency.witnessing.judging import judge
from villagehub.transparency.witnessing.request import LARGEST, read_submission, write_submission
from villagehub.transparency.witnessing.serving import WitnessServer

NAME = "jianzheng.example.cn/w1"
GOOD, BAD = dict(vectors.good()), {name: (status, raw) for name, status, raw in vectors.bad()}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A witness that has cosigned the first seven leaves."""
    made = Book.make(tmp_path / "witness", NAME)
    made.trust(read_vkey(vectors.VKEY))
    assert judge(made, vectors.body(0, cheats.D[: vectors.KNOWN], since=0)).status == 200
    return made


@pytest.fixture
def port(book: Book) -> Iterator[int]:
    """Where that witness listens."""
    with WitnessServer(("127.0.0.1", 0), book, lambda _words: None) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def post(line: http.client.HTTPConnection, raw: bytes) -> tuple[int, str, bytes]:
    """Status, type and body of the answer."""
    line.request("POST", "/add-checkpoint", raw)
    answer = line.getresponse()
    return answer.status, answer.getheader("Content-Type", ""), answer.read()


def newest(book: Book) -> tuple[int, bytes]:
    with book.turn() as turn:
        return turn.newest(cheats.ORIGIN)


@pytest.mark.parametrize("name", GOOD)
def test_what_goes_on_from_before_is_cosigned_to_the_byte(book: Book, name: str) -> None:
    answer = judge(book, GOOD[name])
    text = read_submission(GOOD[name]).note.text.encode()
    moment = int.from_bytes(read_note(text + b"\n" + answer.body.encode()).signatures[0].raw[:8], "big")
    assert answer.status == 200
    assert answer.body.encode() == naive.cosignature(NAME, book.signer.secret, moment, text)
    assert book.signer.verifier.vkey == naive.vkey(NAME, book.signer.secret, 4)


@pytest.mark.parametrize("name", BAD)
def test_a_cheat_is_refused_with_its_status_and_forgets_nothing(book: Book, name: str) -> None:
    status, raw = BAD[name]
    answer = judge(book, raw)
    assert answer.status == status, answer
    assert "\u2014" not in answer.body
    if status == 409:
        assert (answer.body, answer.content_type) == ("7\n", "text/x.tlog.size")
    assert newest(book) == (7, naive.MTH(cheats.D[:7]))


def test_what_a_log_writes_is_what_the_specification_writes() -> None:
    path, note = naive.PROOF(7, cheats.D), cheats.head(cheats.D)
    assert write_submission(7, path, note) == vectors.body(7, cheats.D)
    assert write_submission(0, [], note) == vectors.body(0, cheats.D, since=0)


def test_the_door_keeps_a_line_open_and_names_what_is_wrong(port: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    assert post(line, b"")[0] == 400
    held = line.sock
    assert post(line, vectors.body(0, cheats.D, since=0)) == (409, "text/x.tlog.size", b"7\n")
    assert post(line, vectors.body(7, cheats.D))[0] == 200
    assert line.sock is held, "one connection serves them all"
    assert post(line, vectors.body(7, cheats.D)) == (409, "text/x.tlog.size", b"9\n")
    assert post(line, vectors.body(9, cheats.D, path=[]))[0] == 200


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (413, f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {LARGEST + 1}\r\n\r\n"),
        (413, f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {'9' * 30}\r\n\r\n"),
        (411, "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n"),
        (411, "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: -1\r\n\r\n"),
        (411, "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (404, "POST /else HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\n\r\n"),
        (405, "GET /add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n"),
        (404, "GET / HTTP/1.1\r\nHost: w\r\n\r\n"),
    ],
)
def test_no_request_brings_the_witness_down(port: int, status: int, raw: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(raw.encode())
        assert str(status).encode() in line.makefile("rb").read().partition(b"\n")[0]
    assert post(http.client.HTTPConnection("127.0.0.1", port, timeout=60), vectors.body(7, cheats.D))[0] == 200


def test_of_two_forks_that_ask_at_once_one_is_cosigned(port: int, book: Book) -> None:
    forks = [[*cheats.D, cheats.leaf(90 + number)] for number in range(8)]
    gate = threading.Barrier(len(forks))

    def ask(of: list[bytes]) -> int:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.connect()
        gate.wait(60)
        return post(line, vectors.body(7, of))[0]

    with ThreadPoolExecutor(len(forks)) as pool:
        found = list(pool.map(ask, forks))
    assert sorted(found) == [200] + [409] * 7
    assert newest(book) == (10, naive.MTH(forks[found.index(200)]))


def test_a_witness_that_was_killed_remembers_what_it_signed(tmp_path: Path, book: Book) -> None:
    """Killed right after its answer, twice: no second history of any size is ever cosigned."""
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    program = Path(sys.executable).parent / "villagehub"
    size = vectors.KNOWN
    for _ in range(2):
        words = [program, "witness", "serve", book.folder, "--port", "0"]
        with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as serving:
            assert serving.stdout is not None
            port = int(serving.stdout.readline().rpartition(":")[2].split()[0])
            grown = cheats.D[: size + 1]
            assert (
                post(http.client.HTTPConnection("127.0.0.1", port, timeout=60), vectors.body(size, grown, since=size))[
                    0
                ]
                == 200
            )
            serving.send_signal(signal.SIGKILL)
        size += 1
        fork = [cheats.leaf(77), *grown[1:]]
        assert newest(book) == (size, naive.MTH(grown))
        assert judge(Book(book.folder), vectors.body(size, fork, since=size)).status == 409


def test_a_witness_without_its_memory_or_its_key_signs_nothing(tmp_path: Path, book: Book) -> None:
    assert stat.S_IMODE((book.folder / "witness.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((book.folder / "witness.db").stat().st_mode) == 0o600
    with pytest.raises(FolderTaken):
        Book.make(book.folder, NAME)
    other = Book.make(tmp_path / "other", NAME)
    key = (book.folder / "witness.key").read_bytes()
    (book.folder / "witness.key").write_bytes((other.folder / "witness.key").read_bytes())
    with pytest.raises(KeyIsAnother):
        Book(book.folder)
    (book.folder / "witness.key").write_bytes(key)
    assert Book(book.folder).signer.verifier == book.signer.verifier
    for name in ("witness.db", "witness.key"):
        (other.folder / name).unlink()
        with pytest.raises(NoWitnessHere):
            Book(other.folder)
        assert not (other.folder / name).exists()


def test_the_commands_say_what_to_do_next(tmp_path: Path) -> None:
    folder = str(tmp_path / "w")

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["witness", *words], standalone_mode=False)
        if isinstance(done.exception, Refused):
            return done.exception.code
        assert done.exception is None, done.output
        return done.stdout

    made = run("init", folder, NAME)
    assert run("key", folder) == made
    assert read_vkey(made).kind == COSIGNATURE
    assert run("init", folder, NAME) == "witness_folder_taken"
    assert run("init", f"{folder}2", "a name") == "witness_bad_name"
    assert not Path(f"{folder}2").exists()
    assert run("trust", folder, made.strip()) == "witness_bad_log_key"
    assert run("trust", folder, "x") == "witness_bad_log_key"
    assert run("trust", folder, vectors.VKEY) == f"登记了 {cheats.ORIGIN}。\n"
    assert run("trust", folder, vectors.VKEY) == f"早已登记 {cheats.ORIGIN}。\n"
    assert run("list", folder) == f"{cheats.ORIGIN}：还没有来过\n"
    assert isinstance(read_vkey(made), Verifier)
    assert judge(Book(Path(folder)), vectors.body(0, cheats.D, since=0)).status == 200
    assert run("list", folder).startswith(f"{cheats.ORIGIN}：9 条，")
    assert run("key", str(tmp_path / "none")) == "witness_not_here"
