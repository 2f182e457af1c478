"""The clock's runner beside the web server: one process that ticks each minute for as long as its parent lives.

A process, not a thread: a night's checking must not slow down a page, and the server forks no threads. The child hangs on a
pipe and ends with its parent, also when that is killed. Ctrl+C reaches it too and means nothing to it. Ended in the middle of
a job it leaves nothing half done; the next tick goes on.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from flask import Flask

from villagehub.config import Settings
from villagehub.web.logs import log

EVERY: Final = 60
FIRST: Final = 3
"""Seconds: the web server starts first."""
PATIENCE: Final = 2
"""Seconds that the child gets to end between two pieces of work; then it is ended."""

LOOK_EVERY: Final = 5
"""Seconds between two looks whether the parent still is the parent."""


@contextmanager
def ticking_beside() -> Iterator[None]:
    """Runs ``villagehub.clockwork`` in a child process until the block ends."""
    reading, writing = os.pipe()
    words = [sys.executable, "-m", "villagehub.clockwork", str(reading)]
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, pass_fds=(reading,))  # noqa: S603 - our own module
    os.close(reading)
    try:
        yield
    finally:
        os.close(writing)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def tick_until_end(pipe: int, make: Callable[[], tuple[Flask, Settings]]) -> None:
    """In the child: ticks each minute until the parent is gone. ``make`` makes the application once the server has had its
    start.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = _Parent(pipe)
    if parent.gone_within(FIRST):
        return
    from villagehub.ops.ticking import tick

    app, settings = make()
    _ask_witnesses(app, settings, anew=True)
    while True:
        began = time.monotonic()
        try:
            with app.app_context():
                for done in tick(settings, must_stop=lambda: parent.gone_within(0)):
                    if done.said and not done.failed:
                        log.info("job_done", job=done.job.name, said=done.said)
        except Exception:  # the database may be away for a while
            log.exception("tick_failed")
        while (left := EVERY - (time.monotonic() - began)) > 0:
            if parent.gone_within(min(LOOK_EVERY, max(1, int(left)))):
                return
            _ask_witnesses(app, settings)
        if parent.gone_within(0):
            return


def _ask_witnesses(app: Flask, settings: Settings, *, anew: bool = False) -> None:
    """Soon after a publication, and all of them at the start: one may have seen more than this database has."""
    from villagehub.ops.rechecking import ask_soon

    try:
        with app.app_context():
            ask_soon(settings, anew=anew)
    except Exception:  # the next tick asks again
        log.exception("witnesses_not_asked")


class _Parent:
    """The server, as its child sees it: it closes the pipe when it stops. When it was killed, its workers may still hold the
    pipe open, but it is no longer the parent.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._pid = os.getppid()

    def gone_within(self, seconds: int) -> bool:
        """Waits so long, or until it is gone. Nobody ever writes into the pipe."""
        until = time.monotonic() + seconds
        while True:
            left = max(0, until - time.monotonic())
            if select.select([self._pipe], [], [], min(left, LOOK_EVERY))[0] or os.getppid() != self._pid:
                return True
            if left <= LOOK_EVERY:
                return False
