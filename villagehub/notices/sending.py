"""Sends one message by a child process that has a hard limit."""

import json
import subprocess
import sys
from enum import StrEnum
from importlib.util import find_spec
from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.notices.child import MISSING, REFUSED, SENT, UNREADABLE

SECONDS: Final = 20
"""A receiver that has not answered by then is taken for one that is down."""


class Outcome(StrEnum):
    """What became of a message."""

    SENT = "sent"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    SLOW = "slow"
    BROKEN = "broken"


INSTALL: Final = f"请运行 {sys.executable} -m pip install 'villagehub[notify]'（在程序的文件夹里就写 -e '.[notify]'）。"

OUTCOME_WORDS: Final = {
    Outcome.SENT: "发出去了",
    Outcome.REFUSED: "对方连不上，或者没有收下",
    Outcome.UNREADABLE: "地址的写法不对",
    Outcome.MISSING: "没有装发提醒的模块 apprise",
    Outcome.SLOW: f"等了 {SECONDS} 秒，对方没有应答",
    Outcome.BROKEN: "发送的程序中途停了",
}
_CODES: Final = {
    SENT: Outcome.SENT,
    REFUSED: Outcome.REFUSED,
    UNREADABLE: Outcome.UNREADABLE,
    MISSING: Outcome.MISSING,
}


class NotifyMissing(Refused):
    """The extra ``notify`` is not installed."""

    code = "notify_missing"
    message = "往外发提醒要先装一个模块（apprise），现在没有装。别的功能都不受影响。"
    fix = INSTALL
    status = 503


def is_installed() -> bool:
    """Whether the extra ``notify`` is there."""
    return find_spec("apprise") is not None


def send(url: str, title: str, body: str, *, seconds: int = SECONDS) -> Outcome:
    """Sends it. Never raises for what the receiver does; the address goes by standard input and into no argument."""
    return _ask({"url": url, "title": title, "body": body}, seconds)


def is_address(url: str) -> bool:
    """Whether apprise knows this kind of address; nothing is sent. Raises NotifyMissing."""
    outcome = _ask({"url": url}, SECONDS)
    if outcome is Outcome.MISSING:
        raise NotifyMissing()
    return outcome is Outcome.SENT


def _ask(wanted: dict[str, str], seconds: int) -> Outcome:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "villagehub.notices.child"],
            input=json.dumps(wanted).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome.SLOW
    except OSError:
        return Outcome.BROKEN
    return _CODES.get(done.returncode, Outcome.BROKEN)
