"""Told to stop, the server says "not ready", answers what is under way in full, and leaves a database in one file."""

import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Server, free_port

from villagehub.ops.serving import FAREWELL

pytestmark = pytest.mark.slow


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Server]:
    """A fresh installation, served by two workers."""
    made = Server(tmp_path / "instance", f"http://127.0.0.1:{free_port()}", workers=2)
    made.run("init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    made.start()
    yield made
    made.stop()


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=60)


def whole_answer(line: socket.socket) -> bytes:
    line.settimeout(15)
    parts = []
    while part := line.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def ready(server: Server) -> int:
    """The status of /readyz; 0 when the port is closed, -1 when it says no for another reason."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code if "serving: failed" in refused.read().decode() else -1
    except OSError:
        return 0


def test_an_upload_under_way_is_answered_while_readyz_says_no(served: Server) -> None:
    assert served.process
    assert ready(served) == 200
    body = b"login=admin&password=" + b"x" * 200_000
    slow = connect(served)
    words = "POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    words += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    slow.sendall(words.encode() + body[:1000])
    time.sleep(0.3)
    told = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    seen = []
    while (status := ready(served)) and time.monotonic() < told + 60:
        seen.append(status)
        time.sleep(0.1)
    assert seen[-1] == 503  # the very first may have been asked before the signal arrived
    assert set(seen[1:]) <= {503}
    assert time.monotonic() - told >= FAREWELL * 0.8
    assert served.process.poll() is None  # the port is closed, the upload still runs
    for at in range(1000, len(body), 50_000):
        slow.sendall(body[at : at + 50_000])
        time.sleep(0.1)
    answer = whole_answer(slow)
    assert answer.startswith(b"HTTP/1.1 4"), answer[:100]  # refused in words, because the form has no token
    assert answer.rstrip().endswith(b"</html>")
    assert served.process.wait(60) == 0
    left = served.instance / "villagehub.db-wal"
    assert not left.exists() or left.stat().st_size == 0


def test_a_large_answer_under_way_arrives_whole(served: Server) -> None:
    assert served.process
    font = max((Path(__file__).parents[2] / "static" / "fonts").glob("*.*tf"), key=lambda path: path.stat().st_size)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that most of it still waits in the server
    reader.connect(("127.0.0.1", int(served.url.rpartition(":")[2])))
    reader.sendall(f"GET /static/fonts/{font.name} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    first = reader.recv(2048)
    served.process.send_signal(signal.SIGTERM)
    time.sleep(FAREWELL + 1)
    assert served.process.poll() is None
    answer = first + whole_answer(reader)
    assert answer.partition(b"\r\n\r\n")[2] == font.read_bytes()
    assert served.process.wait(60) == 0


def test_told_twice_it_stops_at_once(served: Server) -> None:
    assert served.process
    served.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(60) == 0
    with pytest.raises(OSError, match="refused"):
        connect(served)
