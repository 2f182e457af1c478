"""网站开着，时钟就走。

剧本：装好一个新系统，打开网站，什么命令也不运行。
1. 几秒钟以后，到时间的事已经办过一遍；运行 doctor，没有一件拖着。
2. 按 Ctrl+C（终端同时发给所有进程），网站很快停下，时钟的进程也没了。
3. 网站的进程被 kill -9，时钟的进程、干活的进程都不会留在后面，端口空出来。
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from villagehub.ops.jobs import JOBS


def children(parent: int) -> dict[int, list[bytes]]:
    """The processes that this server has started: their numbers and words."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (path / "stat").read_text().rpartition(") ")[2].split()
            if int(stat[1]) == parent:
                found[int(path.name)] = (path / "cmdline").read_bytes().split(b"\0")
    return found


def clocks(parent: int) -> list[int]:
    """The clock's processes of this server."""
    return [number for number, words in children(parent).items() if b"villagehub.clockwork" in words]


def lives(pid: int) -> bool:
    try:
        return (Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2])[0] != "Z"
    except OSError:
        return False


def until(true: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return bool(true())


def done(database: Path) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as held:
        return int(
            held.execute("SELECT count(*) FROM timed_job WHERE done_at IS NOT NULL AND held_by = ''").fetchone()[0]
        )


@pytest.fixture
def served(server: Any) -> Iterator[tuple[Any, "subprocess.Popen[bytes]"]]:
    """A new installation whose server has a process group of its own, as in a terminal."""
    server.run("init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    bin_folder = Path(sys.executable).parent
    port = server.url.rpartition(":")[2]
    with (server.instance.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(bin_folder / "villagehub"), "serve", "--port", port],
            env={**server.environ, "VILLAGEHUB_WORKERS": "2"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield server, process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)


@pytest.mark.slow
def test_what_is_due_is_done_while_the_site_is_open_and_ctrl_c_waits_for_nothing(served: Any) -> None:
    server, process = served
    database = server.instance / "villagehub.db"
    assert "还没办过，打开网站后一分钟内办" in server.run("doctor")
    assert until(lambda: done(database) == len(JOBS), 240), (server.instance.parent / "server.log").read_text("utf-8")
    assert "一切正常" in server.run("doctor")
    (clock,) = clocks(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) == 0
    assert not lives(clock)
    assert "网站已停下" in (server.instance.parent / "server.log").read_text("utf-8")


@pytest.mark.slow
def test_a_server_that_is_killed_leaves_no_clock_and_no_worker_behind(served: Any) -> None:
    server, process = served
    assert until(lambda: done(server.instance / "villagehub.db") == len(JOBS), 240)
    (clock,) = clocks(process.pid)
    workers = [number for number in children(process.pid) if number != clock]
    assert len(workers) >= 2
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    assert until(lambda: not any(lives(number) for number in [clock, *workers]), 20)
    with socket.socket() as line:
        assert line.connect_ex(("127.0.0.1", int(server.url.rpartition(":")[2]))) != 0
