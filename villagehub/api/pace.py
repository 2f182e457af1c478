"""How fast one address may ask: a window of a minute in each worker's memory. The books are public; the machine is small."""

import threading
from collections import OrderedDict
from time import monotonic_ns
from typing import Final

from flask import request

from villagehub.kernel.refused import Refused

MOST: Final = 240
"""Requests a minute from one address, in each worker."""
WINDOW: Final = 60 * 10**9
"""Nanoseconds."""
_MOST_KNOWN: Final = 10_000


class TooFast(Refused):
    """A program asks faster than a small machine can serve its village besides."""

    code = "too_fast"
    message = "问得太快了：一分钟最多 240 次。"
    fix = "请过一分钟再问。要全村的数据，请下载 /v/村编码/data.zip。"
    status = 429


class Pace:
    """Counts by address; the longest unseen one is forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, address: str, now: int) -> int:
        """Counts one request at ``now`` (nanoseconds); whole seconds to wait when it is one too many, else 0."""
        with self._lock:
            begun, count = self._held.get(address, (now, 0))
            if now - begun >= WINDOW:
                begun, count = now, 0
            self._held[address] = (begun, count + 1)
            self._held.move_to_end(address)
            while len(self._held) > _MOST_KNOWN:
                self._held.popitem(last=False)
        return 0 if count < self._most else (WINDOW - (now - begun)) // 10**9 + 1


_pace = Pace()


def must_not_hurry() -> None:
    """Raises TooFast, with the seconds to wait."""
    wait = _pace.wait(request.remote_addr or "", monotonic_ns())
    if wait:
        raise TooFast(wait_seconds=wait)
