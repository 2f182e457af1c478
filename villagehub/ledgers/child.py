"""Reading in a child process with limits, so that no file can take the server down with it (decision 39).

The server forks no threads: children come from a forkserver that has the reading preloaded and imports neither the
application nor the database. The single-threaded command line may fork directly.
"""

import json
import logging
import multiprocessing
import resource
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any, Final, Literal

from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Problem, Severity
from villagehub.ledgers.result import Checked, refusal
from villagehub.ledgers.sheets import MOST_ROWS

MEMORY_ABOVE_START: Final = 300 * 1024 * 1024
SECONDS: Final = 20
_MEMORY_EXIT: Final = 88
_log = logging.getLogger(__name__)
_starting = threading.Lock()

Method = Literal["forkserver", "fork"]


def _limit(seconds: int) -> None:
    """Sets the limits of this process: memory above what it has now, processor time, no files written, no core."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        pages = int(statm.read().split()[0])
    memory = pages * resource.getpagesize() + MEMORY_ABOVE_START
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(answer: Connection, asked: dict[str, Any], seconds: int) -> None:
    """In the child: reads the file from the pipe, and answers with JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        data = answer.recv_bytes()
        with suppress(OSError, ValueError):
            _limit(seconds)
        from villagehub.ledgers.reading import read_workbook
        from villagehub.sections import section_named

        checked = read_workbook(
            data,
            asked["filename"],
            section_named(asked["section"]),
            period=Period.parse(asked["period"]) if asked["period"] else None,
            last_closing_fen=asked["last_closing_fen"],
            answers=asked["answers"],
            today=date.fromisoformat(asked["today"]),
            max_rows=asked["max_rows"],
        )
        answer.send_bytes(json.dumps(checked.as_plain(), ensure_ascii=False).encode("utf-8", "replace"))
    except MemoryError:
        sys.exit(_MEMORY_EXIT)
    finally:
        answer.close()


def _context(method: Method) -> BaseContext:
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["villagehub.ledgers.reading"])
    return context


def _start(context: BaseContext, answer: Connection, asked: dict[str, Any], seconds: int) -> Any:
    """Starts the child. A forkserver's child would run the parent's main module once more, and with it the application:
    so the main module is hidden from it for that moment.
    """
    process = context.Process(target=_work, args=(answer, asked, seconds), daemon=True)  # type: ignore[attr-defined]
    with _starting:
        main = sys.modules.get("__main__")
        try:
            sys.modules["__main__"] = ModuleType("__main__")
            process.start()
        finally:
            if main is not None:
                sys.modules["__main__"] = main
    return process


def read_in_child(
    data: bytes,
    filename: str,
    section: str,
    *,
    period: Period | None = None,
    entity: str | None = None,
    last_closing_fen: int | None = None,
    answers: Mapping[str, str] | None = None,
    today: date | None = None,
    max_rows: int = MOST_ROWS,
    seconds: int = SECONDS,
    method: Method = "forkserver",
) -> Checked:
    """``read_workbook`` in a process of its own. Never raises on what the file holds: a child that dies or takes too long
    gives a refusal in Chinese. ``seconds`` limit both processor and wall-clock time. ``entity`` says whose books they are;
    it is kept with the upload and changes nothing in the reading.
    """
    asked = {
        "filename": filename,
        "section": section,
        "period": str(period) if period else "",
        "last_closing_fen": last_closing_fen,
        "answers": dict(answers or {}),
        "today": (today or clock.today()).isoformat(),
        "max_rows": max_rows,
    }
    context = _context(method)
    mine, theirs = context.Pipe()
    process = _start(context, theirs, asked, seconds)
    theirs.close()
    started = time.monotonic()
    try:
        plain = _converse(mine, data, seconds)
    finally:
        mine.close()
        process.join(1)
        if process.is_alive():
            process.kill()
            process.join(5)
    if plain is None:
        late = time.monotonic() - started >= seconds
        _log.warning("reading a ledger failed: exit code %s after %.1f s", process.exitcode, time.monotonic() - started)
        return _gave_up(section, process.exitcode, late=late)
    try:
        return Checked.from_plain(json.loads(plain))
    except (KeyError, TypeError, ValueError):
        return _gave_up(section, process.exitcode, late=False)


def _converse(mine: Connection, data: bytes, seconds: int) -> bytes | None:
    """Sends the file and waits for the answer; None when the child died or took too long."""
    try:
        mine.send_bytes(data)
        if not mine.poll(seconds + 1):
            return None
        return mine.recv_bytes()
    except (EOFError, OSError):
        return None


def _gave_up(section: str, exit_code: int | None, *, late: bool) -> Checked:
    if late or exit_code == -signal.SIGXCPU:
        code, message = "took_too_long", "这个文件读了太久还没读完，已经停下。"
    elif exit_code in (_MEMORY_EXIT, -signal.SIGABRT):
        code, message = "took_too_much_memory", "这个文件解开以后太大，读不下。"
    else:
        code, message = "could_not_read", "这个文件没能读完，可能坏了。"
    fix = "请把表格复制到一个新的空白文件里，保存后再传；还是不行，请联系系统管理员。"
    return refusal(section, Problem(Severity.MUST_FIX, code, message, fix))
