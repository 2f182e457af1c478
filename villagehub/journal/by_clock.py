"""What the clock notes by itself, without a person; and alarms, which are told once and not with every look."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.journal.actions import record
from villagehub.journal.events import Event
from villagehub.journal.models import JournalEntry

CLOCK: Final = "clock"
"""The channel of what the clock does by itself; nobody acts there for anybody."""
SITE: Final = 0
"""The number of the site's own journal."""


def record_by_clock(
    session: Session,
    event: Event,
    *,
    village_id: int,
    subject_kind: str,
    subject_id: int | None,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """``record`` in the name of the system."""
    record(
        session,
        event,
        village_id=village_id,
        actor_id=None,
        actor_name="系统",
        channel=CLOCK,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=detail,
        now=now,
    )


def note_alarm(
    session: Session,
    event: Event,
    *,
    subject_kind: str,
    subject_id: int | None = None,
    detail: dict[str, Any],
    quiet: timedelta,
    same: str = "",
    now: datetime,
) -> None:
    """An alarm in the site's journal, but not where the same was noted less than ``quiet`` ago: what is found with each look
    floods no journal, what comes back is told anew. What a clock that ran ahead has noted counts no longer either.

    Two are the same by event, subject and ``detail``, or that member of it that ``same`` names.
    """
    lately = select(JournalEntry.detail).where(
        JournalEntry.village_id == SITE,
        JournalEntry.event == event,
        JournalEntry.subject_id.is_(None) if subject_id is None else JournalEntry.subject_id == subject_id,
        JournalEntry.at > now - quiet,
        JournalEntry.at < now + quiet,
    )
    told: Any = detail.get(same) if same else detail
    if told in [held.get(same) if same else held for held in session.scalars(lately)]:
        return
    record_by_clock(
        session,
        event,
        village_id=SITE,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=detail,
        now=now,
    )
