"""When a job is due, and when it is overdue. Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from villagehub.kernel.clock import SHANGHAI, local_day

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LEASE: Final = timedelta(minutes=2)
"""So long a worker holds a job without giving a sign of life."""


def last_due(every: timedelta, at: time | None, now: datetime) -> datetime:
    """The newest due moment that is not after ``now``: daily at a time in Asia/Shanghai, else a whole multiple of ``every``."""
    if at is None:
        seconds = int(every.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    today = datetime.combine(local_day(now), at, SHANGHAI)
    return (today if today <= now else datetime.combine(local_day(now) - DAY, at, SHANGHAI)).astimezone(UTC)


def is_due(moment: datetime, done_for: datetime | None, now: datetime) -> bool:
    """Whether the moment still waits. Work that was noted for a time to come was noted by a clock that went wrong."""
    return done_for is None or done_for < moment or done_for > now


def is_free(held_until: datetime | None, now: datetime) -> bool:
    """Whether nobody is at it: let go, run out, or held further than anybody may by a clock that went wrong."""
    return held_until is None or held_until <= now or held_until > now + 2 * LEASE


def is_overdue(every: timedelta, done_at: datetime | None, now: datetime) -> bool:
    """Not run for three times its interval (and the time for which a dead worker may have held it), or never."""
    return done_at is None or now - done_at > 3 * every + LEASE
