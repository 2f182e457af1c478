"""Starts commands as processes of their own, forked from one that has imported the product already.

An interpreter that imports Flask, SQLAlchemy and the rooms works for 1.5 seconds before it does anything of its own, and
journeys on the command line start hundreds. What is forked here has arguments, environment, standard streams and an exit code
of its own, can be killed, and knows nothing of the test that asked. ``tests/web/test_command_line.py`` starts the installed
script itself.

Run as a program this file is the launcher: on the line whose number it is given it is told what to start.
"""

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO

_TOLD = 12
"""Bytes of one number on its way back."""


class Launched:
    """A started process: what of ``subprocess.Popen`` tests need."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], text: str | None = None) -> None:
        self._words = [str(one) for one in words]
        self._streams: list[IO[bytes]] = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - closed when read
        self._streams[0].write((text or "").encode())
        self._streams[0].seek(0)
        self._report, told = os.pipe()
        self.returncode: int | None = None
        asked = json.dumps([self._words, dict(env), str(Path.cwd())]).encode()
        socket.send_fds(_launcher(), [asked], [*(one.fileno() for one in self._streams), told])
        os.close(told)
        self.pid = int(self._told(60) or "0")
        assert self.pid, "the launcher has gone"

    def wait(self, timeout: float) -> int:
        """Its exit code, or the negative number of the signal that killed it; raises TimeoutExpired."""
        if self.returncode is None:
            status = self._told(timeout)
            if status is None:
                raise subprocess.TimeoutExpired(self._words, timeout)
            self.returncode = int(status)
            os.close(self._report)
        return self.returncode

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Waits; what it wrote to both outputs."""
        try:
            self.wait(timeout)
        except subprocess.TimeoutExpired:
            os.kill(self.pid, signal.SIGKILL)
            raise
        said = []
        for stream in self._streams[1:]:
            stream.seek(0)
            said.append(stream.read().decode())
        for stream in self._streams:
            stream.close()
        return said[0], said[1]

    def _told(self, timeout: float) -> str | None:
        ready, _, _ = select.select([self._report], [], [], timeout)
        return os.read(self._report, _TOLD).decode().strip() if ready else None


def launch(
    words: Sequence[str | Path], env: Mapping[str, str], *, text: str | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Runs a Python script with its arguments, as ``subprocess.run`` would; raises TimeoutExpired."""
    running = Launched([str(one) for one in words], env, text)
    out, err = running.communicate(timeout)
    assert running.returncode is not None
    return subprocess.CompletedProcess(list(words), running.returncode, out, err)


_running: list[subprocess.Popen[bytes]] = []


@cache
def _launcher() -> socket.socket:
    """This test process's launcher; it ends when the test process does, because the line ends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = theirs.fileno()
    _running.append(
        subprocess.Popen([sys.executable, __file__, str(number)], pass_fds=[number], stdin=subprocess.DEVNULL)
    )
    theirs.close()
    return ours


def _import_the_product() -> None:
    """Everything that a command may load, by loading the table of commands and making an application that nobody uses."""
    from importlib import import_module

    from flask import Flask
    from remembered import RememberedRule
    from world import settings_for

    from villagehub.app import create_app
    from villagehub.cli import COMMANDS

    for place, _ in COMMANDS.values():
        import_module(place.partition(":")[0])
    Flask.url_rule_class = RememberedRule
    with tempfile.TemporaryDirectory() as folder:
        create_app(settings_for(Path(folder), f"sqlite:///{folder}/none.db"))


def _reap() -> None:
    """Lets go of those between that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _next_words() -> list[str]:
    """Waits for what is asked and forks; returns only in the process that is to do it."""
    line = socket.socket(fileno=int(sys.argv[1]))
    while True:
        asked, fds, _, _ = socket.recv_fds(line, 1 << 18, 4)
        if not asked:
            os._exit(0)
        if os.fork() == 0:
            break
        for one in fds:
            os.close(one)
        _reap()
    words, env, folder = json.loads(asked)
    report = fds[3]
    pid = os.fork()
    if pid:  # between launcher and process: tells the test its number and its end
        line.close()
        os.write(report, f"{pid:<{_TOLD}}".encode())
        status = os.waitpid(pid, 0)[1]
        os.write(report, f"{os.waitstatus_to_exitcode(status):<{_TOLD}}".encode())
        os._exit(0)
    line.close()
    os.close(report)
    for stream, one in enumerate(fds[:3]):
        os.dup2(one, stream)
        os.close(one)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    return list(words)


if __name__ == "__main__":
    import runpy

    _import_the_product()
    gc.freeze()  # what is imported stays; a process that walks it would have to copy it
    sys.argv = _next_words()
    sys.path[0] = str(Path(sys.argv[0]).parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
