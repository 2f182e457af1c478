"""When a list of persons is over, a reduced copy under its own hash replaces the clerk's file in the vault (decision 40).

First columns with numbers of persons and columns that were taken for nothing go, after two years the names too. The upload
keeps the old hash: by it the same file is known again. The old bytes go after the commit; where a run dies between, the next
one finds them by the record. A file of many villages waits until the lists of all of them are over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from villagehub.accounts.models import Appointment
from villagehub.config import Settings
from villagehub.disclosures.expiring import YEARS, years_before
from villagehub.disclosures.models import Erasure, Row
from villagehub.files.confined import preload, run_confined
from villagehub.kernel.clock import local_day
from villagehub.ledgers.child import SECONDS
from villagehub.ledgers.models import Bundle, Upload
from villagehub.ledgers.remembering import targets_of
from villagehub.places.models import Place
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work
from villagehub.storage.originals import newest_of, read_original
from villagehub.storage.tables import VaultReplacement, hold_file
from villagehub.storage.vault import OriginalMissing, vault_of

preload("villagehub.ledgers.reducing_child")

_DAY: Final = timedelta(days=1)
_NUMBERS_GONE: Final = "名单公开期满，原始文件里的证件号、电话、卡号等栏去掉（个人信息保护法第四十七条）"
_NAMES_GONE: Final = "名单公开满两年，原始文件里的姓名等文字也去掉（个人信息保护法第四十七条）"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to be reduced: by the upload or the file of many villages that brought it."""

    kind: type[Upload] | type[Bundle]
    id: int
    figures_only: bool


def list_to_reduce(session: Session, *, days: int, now: datetime) -> list[_Wanted]:
    """One entry for each file whose lists are all over and that still holds more than it should, oldest first. A file of many
    villages that was never divided is over after so many days.
    """
    found: dict[str, _Wanted] = {}
    live = _live_bundles(session, days=days, now=now)
    for one in [*session.scalars(_over().order_by(Upload.id)), *_bundles(session)]:
        if one.sha256 in live or _needed(session, one.sha256):
            continue
        done = session.scalar(
            select(Erasure.basis)
            .join(VaultReplacement, VaultReplacement.erasure_id == Erasure.id)
            .where(VaultReplacement.new_sha256 == newest_of(session, one.sha256))
        )
        figures_only = _is_old(session, one, now)
        if done is None or (figures_only and done != _NAMES_GONE):
            found.setdefault(one.sha256, _Wanted(type(one), one.id, figures_only))
    return list(found.values())


def reduce_original(wanted: _Wanted, settings: Settings, *, now: datetime) -> bool:
    """Puts the reduced copy in the vault and records it as the replacement; the bytes themselves go by ``drop_replaced``.
    False where the file could not be read this time, or is gone. Needs an application context and no open unit of work.
    """
    vault = vault_of(settings)
    with reading() as session:
        held: Upload | Bundle = (
            session.get_one(Upload, wanted.id) if wanted.kind is Upload else session.get_one(Bundle, wanted.id)
        )
        place_id = _place_of(session, held)
    try:
        raw = read_original(vault, held.sha256)
    except OriginalMissing:
        return False  # the nightly look at the originals tells of it
    asked = {
        "filename": held.filename,
        "section": held.section,
        "period": str(held.period),
        "layouts": targets_of(held.layouts),
        "max_rows": settings.web_max_rows,
        "figures_only": wanted.figures_only,
        "many": isinstance(held, Bundle),
    }
    answer = run_confined("villagehub.ledgers.reducing_child:reduce_asked", raw, asked, seconds=SECONDS)
    if answer.failure is not None or not answer.parts:
        return False
    made = vault.keep(answer.parts[0])
    with unit_of_work() as session:
        newest = newest_of(session, held.sha256)
        if newest == made or not _is_over(session, held.sha256, days=settings.person_rows_days, now=now):
            return False  # somebody has sent it again meanwhile
        basis = _NAMES_GONE if wanted.figures_only else _NUMBERS_GONE
        erasure = Erasure(village_id=place_id, kind="expiry", basis=basis, created_at=now)
        session.add(erasure)
        session.flush()
        hold_file(session, made, len(answer.parts[0]), now=now)
        session.add(VaultReplacement(old_sha256=newest, new_sha256=made, erasure_id=erasure.id, replaced_at=now))
    return True


def drop_replaced(settings: Settings, *, now: datetime) -> int:
    """Removes the bytes of files that a recorded copy has replaced; returns how many. What was sent again within a day, or
    stands for a list that is not over, stays for now.
    """
    vault = vault_of(settings)
    with reading() as session:
        needed = exists().where(Upload.sha256 == VaultReplacement.old_sha256, Upload.names_gone_at.is_(None))
        found = session.scalars(select(VaultReplacement.old_sha256).where(~needed)).all()
        live = _live_bundles(session, days=settings.person_rows_days, now=now)
    return sum(vault.drop(one, older=now - _DAY) for one in found if one not in live and vault.holds(one))


def _persons() -> list[str]:
    return [one.name for one in SECTIONS.values() if one.persons]


def _over() -> Select[Upload]:
    """Uploads of person lists that are over."""
    return select(Upload).where(Upload.section.in_(_persons()), Upload.names_gone_at.is_not(None))


def _is_over(session: Session, sha256: str, *, days: int, now: datetime) -> bool:
    """Whether nobody needs the bytes any more, neither as one village's file nor as that of many."""
    return not _needed(session, sha256) and sha256 not in _live_bundles(session, days=days, now=now, sha256=sha256)


def _needed(session: Session, sha256: str) -> bool:
    """Whether an upload still stands for a list that is not over."""
    wanted = select(Upload.id).where(Upload.sha256 == sha256, Upload.names_gone_at.is_(None))
    return session.scalar(wanted.limit(1)) is not None


def _bundles(session: Session, sha256: str = "") -> Sequence[Bundle]:
    wanted = select(Bundle).where(Bundle.section.in_(_persons())).order_by(Bundle.id)
    return session.scalars(wanted.where(Bundle.sha256 == sha256) if sha256 else wanted).all()


def _live_bundles(session: Session, *, days: int, now: datetime, sha256: str = "") -> set[str]:
    """Hashes of files of many villages that somebody still needs: one village's list is not over, or it may yet be divided."""
    live = set()
    for one in _bundles(session, sha256):
        shares = _shares(session, one)
        over = all(share.names_gone_at for share in shares) if shares else one.sent_at <= now - timedelta(days=days)
        if not over:
            live.add(one.sha256)
    return live


def _shares(session: Session, bundle: Bundle) -> Sequence[Upload]:
    """What the villages got of it, also where they had got the same rows from another file before."""
    wanted = or_(Upload.bundle_id == bundle.id, Upload.id.in_(bundle.report.get("uploads", {}).values()))
    return session.scalars(select(Upload).where(wanted).order_by(Upload.id)).all()


def _place_of(session: Session, held: Upload | Bundle) -> int:
    """Whose record the replacement is; where nobody got anything of a file, that of the place its sender works for."""
    if isinstance(held, Upload):
        return held.village_id
    shares = _shares(session, held)
    if shares:
        return shares[0].village_id
    posts = select(Place.id).join(Appointment, Appointment.place_id == Place.id)
    found = session.scalar(posts.where(Appointment.person_id == held.sent_by).order_by(Appointment.id).limit(1))
    return found or session.scalars(select(Place.id).order_by(Place.id).limit(1)).one()


def _is_old(session: Session, held: Upload | Bundle, now: datetime) -> bool:
    """Whether the file last came two years ago and no row that was read from it holds its texts any more."""
    if isinstance(held, Bundle):
        long_ago = local_day(held.sent_at) <= years_before(local_day(now), YEARS)
        return long_ago and all(_is_old(session, one, now) for one in _shares(session, held))
    last = session.scalar(select(func.max(Upload.uploaded_at)).where(Upload.sha256 == held.sha256))
    if last is None or local_day(last) > years_before(local_day(now), YEARS):
        return False
    villages = select(Upload.village_id).where(Upload.sha256 == held.sha256)
    kept = select(Row.id).where(
        Row.village_id.in_(villages), Row.source_sha256 == held.sha256, Row.erasure_id.is_(None)
    )
    return session.scalar(kept.limit(1)) is None
