"""Time has a zone, always. Stored in UTC; days are counted in Asia/Shanghai (decisions: due dates)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The day in Asia/Shanghai on which ``moment`` (any zone) falls."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone was handed in")
    return moment.astimezone(SHANGHAI).date()


def today() -> date:
    """Today in Asia/Shanghai."""
    return local_day(now())


def rfc3339(moment: datetime) -> str:
    """UTC to the second, as it stands in a leaf: ``2026-10-20T01:12:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
