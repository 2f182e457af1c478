"""Reviews that take too long (decision 16): the township is told, once a submission. Nothing publishes itself."""

from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from villagehub.disclosures.hiding_models import ReviewNotice
from villagehub.disclosures.models import Version
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import Stage
from villagehub.journal import Event, record_by_clock


def list_overdue_reviews(session: Session, *, days: int, now: datetime) -> list[int]:
    """Versions that have waited for their signatures for ``days`` days, of which the township was not told yet."""
    return list(session.scalars(_overdue(days, now)))


def tell_the_township(session: Session, version_id: int, *, days: int, now: datetime) -> bool:
    """Puts the version on the township's list and notes it; False when it is signed, taken back or told of meanwhile."""
    version = session.scalar(select(Version).where(Version.id == version_id).with_for_update())
    if version is None or version.submitted_at is None or session.scalar(_overdue(days, now, version_id)) is None:
        return False
    session.add(
        ReviewNotice(village_id=version.village_id, version_id=version.id, submitted_at=version.submitted_at, at=now)
    )
    session.flush()
    record_by_clock(
        session,
        Event.REVIEW_OVERDUE,
        village_id=version.village_id,
        subject_kind="version",
        subject_id=version.id,
        detail={"title": title_of(version.disclosure), "days": days},
        now=now,
    )
    return True


def _overdue(days: int, now: datetime, version_id: int | None = None) -> Select[int]:
    told = exists().where(ReviewNotice.version_id == Version.id, ReviewNotice.submitted_at == Version.submitted_at)
    wanted = select(Version.id).where(
        Version.stage == Stage.SUBMITTED, Version.submitted_at <= now - timedelta(days=days), ~told
    )
    return (wanted if version_id is None else wanted.where(Version.id == version_id)).order_by(Version.id)
