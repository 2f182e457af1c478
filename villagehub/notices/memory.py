"""What was said to which address, in one small file for each: outside the database, written whole or not at all."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from villagehub.kernel.clock import SHANGHAI

FOLDER: Final = "notices"
_LOCK: Final = "lock"
OPENS: Final = time(8, 30)
"""Nobody's telephone rings earlier for a digest."""
FIRST_WAIT: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=6)
UNCERTAIN: Final = timedelta(minutes=5)
"""A sending that began so long ago and did not end died on its way."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One kind of message to one address: the newest, and what it has told."""

    day: date | None = None
    state: str = ""
    """``sending``: begun, and its end not noted yet; ``sent``; ``failed``; empty where there was nothing to say."""
    at: datetime | None = None
    tries: int = 0
    """Failures since the last success."""
    since: datetime | None = None
    """Of the first of them."""
    next_at: datetime | None = None
    why: str = ""
    told: tuple[str, ...] = ()
    """Keys of what was said for certain and still holds."""

    def digest_due(self, now: datetime, today: date) -> bool:
        """Whether the day's digest may go: at most once a day, also when the sending died half way."""
        if now.astimezone(SHANGHAI).time() < OPENS:
            return False
        return self.day != today or (self.state == "failed" and self._waited(now))

    def urgent_due(self, now: datetime) -> bool:
        """Whether an alarm may go: an alarm that died half way is said once more rather than not at all."""
        if self.state == "sending":
            return self.is_uncertain(now)
        return self.state != "failed" or self._waited(now)

    def is_uncertain(self, now: datetime) -> bool:
        """Whether a sending died, so that nobody knows whether it arrived."""
        return self.state == "sending" and (self.at is None or not timedelta() <= now - self.at < UNCERTAIN)

    def begun(self, now: datetime, today: date) -> "Memory":
        """Noted before anything leaves the house."""
        return replace(self, day=today, state="sending", at=now)

    def quiet(self, now: datetime, today: date, told: tuple[str, ...]) -> "Memory":
        """There was nothing to say today. A receiver that failed stays one that failed until something arrives; but what comes
        next need not wait.
        """
        return replace(self, day=today, state="", at=now, next_at=None, told=told)

    def reached(self) -> "Memory":
        """The receiver was tried out and took it: what waits goes with the next tick, and where nothing waits, all is well."""
        if self.state == "failed":
            return replace(self, next_at=None)
        return replace(self, tries=0, since=None, next_at=None, why="") if self.state == "" else self

    @property
    def silent_since(self) -> datetime | None:
        """From when on nothing is known to have arrived, though something was to be said; None where all arrived."""
        return self.since or (self.at if self.state == "sending" else None)

    def sent(self, now: datetime, told: tuple[str, ...]) -> "Memory":
        """The receiver took it."""
        return Memory(day=self.day, state="sent", at=now, told=told)

    def failed(self, now: datetime, why: str) -> "Memory":
        """To be tried again, each time twice as late."""
        wait = min(FIRST_WAIT * (1 << min(self.tries, 10)), LONGEST_WAIT)
        return replace(
            self, state="failed", at=now, tries=self.tries + 1, since=self.since or now, next_at=now + wait, why=why
        )

    def _waited(self, now: datetime) -> bool:
        return self.next_at is None or now >= self.next_at or self.next_at > now + LONGEST_WAIT


class Store:
    """The folder of these files."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / FOLDER

    def read(self, channel_id: str, kind: str) -> Memory:
        """The newest of ``digest`` or ``urgent``; a file that is not there or not whole remembers nothing."""
        try:
            held = json.loads(self._file(channel_id, kind).read_text(encoding="utf-8"))
            return _memory(held)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Memory()

    def write(self, channel_id: str, kind: str, memory: Memory) -> None:
        """On the disk before this returns. Raises OSError; then the earlier one stays."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._file(channel_id, kind)
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(memory), file, default=lambda one: one.isoformat())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def forget(self, channel_id: str) -> None:
        """For an address that is no more."""
        for kind in ("digest", "urgent"):
            self._file(channel_id, kind).unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Held by one sender of all processes, and ends with it; False where another holds it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    def _file(self, channel_id: str, kind: str) -> Path:
        return self.path / f"{channel_id}-{kind}.json"


def _memory(held: dict[str, Any]) -> Memory:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(held[name]) if held[name] else None

    return Memory(
        day=date.fromisoformat(held["day"]) if held["day"] else None,
        state=str(held["state"]),
        at=moment("at"),
        tries=int(held["tries"]),
        since=moment("since"),
        next_at=moment("next_at"),
        why=str(held["why"]),
        told=tuple(map(str, held["told"])),
    )
