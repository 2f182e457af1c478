"""The back-off of sign-in: per account, per address and per known device, so that a prankster cannot lock anybody out.

After some free tries each further one must wait, twice as long each time. A browser that has signed in before carries a
signed mark (device cookie); with it only its own tries count, not those that others make on the account. Tries are counted
before the password is looked at, so many at once gain nothing.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from villagehub.accounts.models import SignInThrottle
from villagehub.kernel.refused import Refused

FORGET_AFTER: Final = timedelta(hours=1)
"""After an hour without a failure the count begins anew."""


class TooManyTries(Refused):
    """Wait before the next try; nothing was checked."""

    code = "too_many_tries"
    message = "试的次数太多了，请过 {wait_words} 再试。"
    fix = "忘了密码，请找镇里的管理员重设。"
    status = 429


@dataclass(frozen=True, slots=True)
class Limit:
    """Free tries, and the longest wait after them."""

    free: int
    longest: timedelta


LIMITS: Final = {
    "account": Limit(5, timedelta(minutes=1)),
    "device": Limit(10, timedelta(minutes=1)),
    "address": Limit(20, timedelta(minutes=15)),
    "second step": Limit(5, timedelta(minutes=1)),
    "own password": Limit(5, timedelta(minutes=1)),
    "signature": Limit(5, timedelta(minutes=1)),
}
"""By kind. Tries on the sign-in page never touch the counters of people who are past the password: whatever name is typed
there, it is counted as an ``account``.
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """One of the counters that a try is counted on."""

    kind: str
    key: bytes


def counters(
    secret: bytes, name: str, *, kind: str = "account", address: str, device: str | None = None
) -> tuple[Counter, ...]:
    """The counters of a try: the address's, and the known device's or else that of ``name`` among its ``kind``.

    Keys are keyed hashes.
    """
    named = ("device", device) if device else (kind, name)
    found = (Counter(kind, _key(secret, kind, value)) for kind, value in (named, ("address", address)))
    return tuple(sorted(found, key=lambda one: one.key))


def _key(secret: bytes, kind: str, value: str) -> bytes:
    return hmac.new(secret, f"sign-in:{kind}\x00{value}".encode(), sha256).digest()


def wait_after(kind: str, failures: int) -> timedelta:
    """How long to wait after the ``failures``-th failure: nothing at first, then 1, 2, 4 … seconds up to the longest."""
    limit = LIMITS[kind]
    if failures < limit.free:
        return timedelta(0)
    return min(limit.longest, timedelta(seconds=2 ** min(failures - limit.free, 20)))


def claim_try(session: Session, wanted: Sequence[Counter], *, now: datetime) -> TooManyTries | None:
    """Counts one try in advance, or says how long to wait; then nothing is counted."""
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(delete(SignInThrottle).where(SignInThrottle.last_at < now - FORGET_AFTER))
    held: list[tuple[Counter, SignInThrottle]] = []
    for one in wanted:  # in the order of their keys, so that two tries never wait for each other
        fresh = engine.insert(SignInThrottle).values(key=one.key, failures=0, last_at=now, open_at=now)
        session.execute(fresh.on_conflict_do_nothing())
        held.append((one, session.get_one(SignInThrottle, one.key, with_for_update=True)))
    wait = max((line.open_at - now for _, line in held), default=timedelta(0))
    if wait > timedelta(0):
        return TooManyTries(wait_seconds=ceil(wait.total_seconds()), wait_words=_words(wait))
    for one, line in held:
        line.failures += 1
        line.last_at = now
        line.open_at = now + wait_after(one.kind, line.failures)
    session.flush()
    return None


def forgive_try(session: Session, wanted: Sequence[Counter], *, now: datetime) -> None:
    """After a success the account's or device's count is gone; the address gets its one try back."""
    for one in wanted:
        line = session.get(SignInThrottle, one.key, with_for_update=True)
        if line is None:
            continue
        line.failures = max(0, line.failures - 1) if one.kind == "address" else 0
        line.open_at = now
    session.flush()


def _words(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    return f"{seconds} 秒" if seconds < 120 else f"{ceil(seconds / 60)} 分钟"
