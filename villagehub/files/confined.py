"""Work on strangers' bytes in a child process with limits, so that no file can take the server down with it (decision 39).

The server forks no threads: children come from a forkserver that has the work preloaded and imports neither the application
nor the database. The single-threaded command line may fork directly.
"""

import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal

MEMORY_ABOVE_START: Final = 300 * 1024 * 1024
_MEMORY_EXIT: Final = 88
_log = logging.getLogger(__name__)
_starting = threading.Lock()
_preloaded: list[str] = []
_forkserver_of = os.getpid()
"""Which process the forkserver that this module knows belongs to."""
_to_parent: Connection | None = None
"""In a child at work: where news goes."""

Method = Literal["forkserver", "fork"]
Told = Callable[[int, int], None]
"""Is told how much of how much is done."""
Take = Callable[[bytes], None]
"""Takes one part of an answer."""

_NEWS: Final = b"~"
"""How a message begins that only tells how far the child is."""
_BROKE: Final = b"!"
"""How a message begins that tells where the work broke down."""
_PART: Final = b"+"
"""How a message begins that announces a part of the answer; the part is the next message."""
_END: Final = b"."
"""The message that there are no more parts."""


class Failure(StrEnum):
    """Why there is no answer."""

    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child sent back; with a failure there are no parts."""

    parts: tuple[bytes, ...] = ()
    failure: Failure | None = None


def preload(*modules: str) -> None:
    """Has the forkserver import these modules once, so that each child begins with them; call it while importing."""
    _preloaded.extend(one for one in modules if one not in _preloaded)


def tell(done: int, whole: int) -> None:
    """In the child: lets the parent know how far the work is. Elsewhere it does nothing."""
    if _to_parent is not None:
        _to_parent.send_bytes(b"%b%d/%d" % (_NEWS, done, whole))


def run_confined(
    work: str,
    data: bytes,
    asked: dict[str, Any],
    *,
    seconds: int,
    method: Method = "forkserver",
    told: Told | None = None,
    take: Take | None = None,
) -> Answer:
    """Calls ``work`` (``module:function``) in a child with ``(data, asked)``; it returns the parts of its answer, or makes them
    one after the other.

    ``seconds`` limit both processor and wall-clock time. The child has 300 MB above its start and cannot write files. What
    goes wrong in it is a Failure, never an exception here. ``take`` is handed each part as it comes, while the child makes the
    next one; the answer then holds none. With a Failure, what was taken is worth nothing.
    """
    context = _context(method)
    mine, theirs = context.Pipe()
    process = _start(context, theirs, work, asked, seconds)
    theirs.close()
    started = time.monotonic()
    try:
        parts = _converse(mine, data, seconds, told, take)
    finally:
        mine.close()
        process.join(1)
        if process.is_alive():
            process.kill()
            process.join(5)
    if parts is not None:
        return Answer(parts)
    lasted = time.monotonic() - started
    _log.warning("work in a child failed: %s, exit code %s after %.1f s", work, process.exitcode, lasted)
    if lasted >= seconds or process.exitcode == -signal.SIGXCPU:
        return Answer(failure=Failure.TOO_SLOW)
    if process.exitcode in (_MEMORY_EXIT, -signal.SIGABRT):
        return Answer(failure=Failure.TOO_LARGE)
    return Answer(failure=Failure.DIED)


def _limit(seconds: int) -> None:
    """Sets the limits of this process: memory above what it has now, processor time, no files written, no core."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        pages = int(statm.read().split()[0])
    memory = pages * resource.getpagesize() + MEMORY_ABOVE_START
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _child(answer: Connection, work: str, asked: dict[str, Any], seconds: int) -> None:
    """In the child: takes the bytes from the pipe, works, and sends the parts as they are made."""
    global _to_parent  # noqa: PLW0603 - one child does one work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _to_parent = answer
    try:
        module, _, name = work.partition(":")
        function = getattr(import_module(module), name)
        data = answer.recv_bytes()
        with suppress(OSError, ValueError):
            _limit(seconds)
        parts: Iterable[bytes] = function(data, asked)
        for part in parts:
            answer.send_bytes(_PART)
            answer.send_bytes(part)
        answer.send_bytes(_END)
    except MemoryError:
        sys.exit(_MEMORY_EXIT)
    except Exception as fault:
        # Left to itself it would write a traceback to standard error, which is the server's log, and quote what it stumbled
        # over: a cell, a name.
        with suppress(OSError):
            answer.send_bytes(_BROKE + _where(fault).encode("utf-8", "replace"))
        sys.exit(1)
    finally:
        answer.close()


def _where(fault: Exception) -> str:
    """What kind of fault it was and where in the code, without its words."""
    frames = traceback.extract_tb(fault.__traceback__)[-4:]
    steps = " > ".join(f"{Path(one.filename).stem}.{one.name}:{one.lineno}" for one in frames)
    return f"{type(fault).__name__} at {steps}"


def _context(method: Method) -> BaseContext:
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        _own_forkserver()
        context.set_forkserver_preload(list(_preloaded))
    return context


def _own_forkserver() -> None:
    """Gives a forked process a forkserver of its own. It has inherited its parent's, which is not its child, so that asking
    after it raises: the workers of ``villagehub demo`` are forked from the process that has just read the demo's files.
    """
    global _forkserver_of  # noqa: PLW0603 - one forkserver for each process
    with _starting:
        if _forkserver_of == os.getpid():
            return
        _forkserver_of = os.getpid()
        forkserver._forkserver = fresh = forkserver.ForkServer()
        forkserver.ensure_running = fresh.ensure_running
        forkserver.get_inherited_fds = fresh.get_inherited_fds
        forkserver.connect_to_new_process = fresh.connect_to_new_process
        forkserver.set_forkserver_preload = fresh.set_forkserver_preload


def _start(context: BaseContext, answer: Connection, work: str, asked: dict[str, Any], seconds: int) -> Any:
    """Starts the child. A forkserver's child would run the parent's main module once more, and with it the application:
    so the main module is hidden from it for that moment.
    """
    process = context.Process(target=_child, args=(answer, work, asked, seconds), daemon=True)  # type: ignore[attr-defined]
    with _starting:
        main = sys.modules.get("__main__")
        try:
            sys.modules["__main__"] = ModuleType("__main__")
            process.start()
        finally:
            if main is not None:
                sys.modules["__main__"] = main
    return process


def _converse(
    mine: Connection, data: bytes, seconds: int, told: Told | None, take: Take | None
) -> tuple[bytes, ...] | None:
    """Sends the file, passes news on and waits for the answer; None when the child died or took too long."""
    until = time.monotonic() + seconds + 1
    parts: list[bytes] = []
    keep = take or parts.append
    try:
        mine.send_bytes(data)
        while mine.poll(max(0.0, until - time.monotonic())):
            message = mine.recv_bytes()
            if message.startswith(_BROKE):
                _log.warning("work in a child broke down: %s", message[1:].decode("utf-8", "replace"))
                return None
            if message == _END:
                return tuple(parts)
            if message == _PART:
                keep(mine.recv_bytes())
                continue
            done, _, whole = message.removeprefix(_NEWS).partition(b"/")
            if told is not None:
                told(int(done), int(whole))
        return None
    except (EOFError, OSError):
        return None
