"""Compares a publication with its seal and with the log, and keeps what was found: the trust line is computed, never assumed
(evidence.md "What the page may say").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.leaf import Heads
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.proving import read_faults
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.disclosures.stages import Stage
from villagehub.journal import SITE, Event, note_alarm, record
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.places.models import Place
from villagehub.storage import reading
from villagehub.storage.tables import CHECKED, mark_dirty
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.log import place_of
from villagehub.transparency.models import Leaf
from villagehub.transparency.notes import BadNote, read_vkey
from villagehub.transparency.ours import LogDamaged, NothingInTheLog, receipt_of

STALE: Final = timedelta(days=2)
"""A check older than this says nothing any more: the daily one has not run."""
_JUST_NOTED: Final = timedelta(hours=1)


class NothingWrong(Refused):
    """It fits again, or it was never otherwise."""

    code = "nothing_wrong"
    message = "这一份现在和存档一致，不用写。"
    fix = "请打开“和存档不一致的公开”，看还列着哪些。"
    status = 409


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a publication: ``clean``, ``broken`` (found, not yet looked at), ``confirmed``, or ``unknown``."""

    state: str
    checked_at: datetime | None = None
    first_published_at: datetime | None = None
    """When the disclosure was published first; corrections are named beside it."""


def check_publication(
    session: Session, version: Version, folder: LogFolder, *, now: datetime, heads: Heads | None = None
) -> str:
    """Checks and keeps what was found; returns the first fault, empty when all fits. What is not in the signed log yet stays
    unknown.
    """
    fault = find_fault(session, version, folder, heads, today=local_day(now))
    if fault is not None:
        keep_check(session, version, fault, now=now)
    return fault or ""


def find_fault(
    session: Session, version: Version, folder: LogFolder, heads: Heads | None = None, *, today: date | None = None
) -> str | None:
    """The first thing that does not fit, empty when all does, None while the signed log has not followed. Only reads.

    A fault is one when a second look, at the database as it is by then, finds one too: what is redacted while the first look
    reads is gone for it without a record, be it words between two statements or the bytes of a picture.
    """
    found = _first_fault(session, version, folder, heads, today)
    if not found:
        return found
    with reading() as fresh:
        return _first_fault(fresh, version_with_id(fresh, version.id), folder, heads, today)


def _first_fault(
    session: Session, version: Version, folder: LogFolder, heads: Heads | None, today: date | None
) -> str | None:
    faults = read_faults(session, version.id, heads, today=today)
    if not faults:
        try:
            faults = _log_faults(session, version, folder)
        except NothingInTheLog:
            return None
    return faults[0] if faults else ""


def keep_check(session: Session, version: Version, fault: str, *, now: datetime, pages_follow: bool = False) -> None:
    """Keeps what a check found, and notes a fault in the site's journal when it begins, whoever sees it first. Marks the
    village's pages where the answer changed, and after a first check, for they were made without one; not where the caller
    makes them right afterwards (``pages_follow``).
    """
    version = session.get_one(Version, version.id)  # a look's own session may be closed by now
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = engine.insert(PublicationCheck).values(
        version_id=version.id, village_id=version.village_id, fault="", checked_at=now
    )
    # Two first checks at once must not meet as a fault.
    first = session.scalar(fresh.on_conflict_do_nothing().returning(PublicationCheck.version_id)) is not None
    held = session.get_one(PublicationCheck, version.id, with_for_update=True, populate_existing=True)
    changed = bool(held.fault) != bool(fault)
    if fault and held.fault != fault:
        note_alarm(
            session,
            Event.PROOF_BROKEN,
            subject_kind="version",
            subject_id=version.id,
            detail={"title": title_of(version.disclosure), "why": fault},
            quiet=_JUST_NOTED,
            now=now,
        )
    held.checked_at, held.fault = now, fault
    if changed:
        held.confirmed_at = held.confirmed_by = None
    if changed or (first and not pages_follow):
        mark_dirty(session, version.village_id, f"{CHECKED}{version.id}", now=now)
    session.flush()


def _log_faults(session: Session, version: Version, folder: LogFolder) -> list[str]:
    """The leaf stands in the tree that the log's checkpoint signs."""
    leaf = session.get_one(Leaf, version.leaf_id)
    try:
        receipt = receipt_of(folder, place_of(session, leaf.id))
        receipt.check(read_vkey((folder.vkey() or b"").decode("utf-8", "replace")), leaf.body)
    except LogDamaged:
        return ["日志的文件缺了一块，或者坏了"]
    except BadNote as fault:
        return [f"和日志对不上：{fault}"]
    return []


def standing_of(session: Session, version_id: int, *, now: datetime) -> Standing:
    """What the last check found."""
    held = session.get(PublicationCheck, version_id)
    if held is None or (not held.fault and now - held.checked_at > STALE):
        return Standing("unknown")
    if held.fault:
        return Standing("confirmed" if held.confirmed_at else "broken", held.checked_at)
    first = session.scalar(
        select(Version.published_at)
        .where(
            Version.disclosure_id == select(Version.disclosure_id).where(Version.id == version_id).scalar_subquery(),
            Version.stage == Stage.PUBLISHED,
        )
        .order_by(Version.number)
        .limit(1)
    )
    return Standing("clean", held.checked_at, first)


def list_shown(session: Session, village_id: int) -> list[Version]:
    """The newest published version of each of the village's disclosures."""
    newest = (
        select(func.max(Version.id))
        .where(Version.village_id == village_id, Version.stage == Stage.PUBLISHED)
        .group_by(Version.disclosure_id)
    )
    return list(session.scalars(select(Version).where(Version.id.in_(newest)).order_by(Version.id)))


def list_unchecked(session: Session) -> list[int]:
    """Published versions that no check has looked at yet."""
    wanted = select(Version.id).outerjoin(PublicationCheck, PublicationCheck.version_id == Version.id)
    return list(session.scalars(wanted.where(Version.stage == Stage.PUBLISHED, PublicationCheck.version_id.is_(None))))


def list_broken(session: Session, village_id: int) -> set[int]:
    """Versions of this village that do not fit and that nobody has looked at yet."""
    wanted = select(PublicationCheck.version_id).where(
        PublicationCheck.village_id == village_id,
        PublicationCheck.fault != "",
        PublicationCheck.confirmed_at.is_(None),
    )
    return set(session.scalars(wanted))


@dataclass(frozen=True, slots=True)
class Alarm:
    """A publication that no longer fits, as the township reads of it."""

    version_id: int
    village_code: str
    village_name: str
    number: int
    title: str
    fault: str
    found_at: datetime
    confirmed: bool


def list_alarms(session: Session, village_ids: Sequence[int]) -> list[Alarm]:
    """What does not fit in these villages, the newest first."""
    found = session.execute(
        select(PublicationCheck, Version, Disclosure, Place)
        .join(Version, Version.id == PublicationCheck.version_id)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .join(Place, Place.id == Version.village_id)
        .where(PublicationCheck.fault != "", PublicationCheck.village_id.in_(village_ids))
        .order_by(PublicationCheck.checked_at.desc())
    )
    return [
        Alarm(
            version.id,
            place.code,
            place.name,
            version.number or 0,
            title_of(disclosure),
            check.fault,
            check.checked_at,
            check.confirmed_at is not None,
        )
        for check, version, disclosure, place in found
    ]


def confirm_mismatch(session: Session, version_id: int, *, actor: Actor, now: datetime) -> None:
    """A person has looked and it is so: from now on villagers read it. Raises NothingWrong."""
    held = session.get(PublicationCheck, version_id, with_for_update=True)
    version = session.get(Version, version_id)
    if held is None or version is None or not held.fault:
        raise NothingWrong()
    if held.confirmed_at is not None:
        return
    held.confirmed_at, held.confirmed_by = now, actor.person_id
    record(
        session,
        Event.MISMATCH_CONFIRMED,
        village_id=SITE,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="version",
        subject_id=version_id,
        detail={"title": title_of(version.disclosure), "why": held.fault},
        now=now,
    )
    mark_dirty(session, version.village_id, f"version:{version_id}", now=now)
