"""When a list of persons is over, a reduced copy under its own hash replaces the clerk's file in the vault (decision 40).

First columns with numbers of persons and columns that were taken for nothing go, after two years the names too. The upload
keeps the old hash: by it the same file is known again. The old bytes go after the commit; where a run dies between, the next
one finds them by the record. Files of many villages (bundles) are not replaced here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from villagehub.config import Settings
from villagehub.disclosures.expiring import YEARS, years_before
from villagehub.disclosures.models import Erasure, Row
from villagehub.files.confined import preload, run_confined
from villagehub.kernel.clock import local_day
from villagehub.ledgers.child import SECONDS
from villagehub.ledgers.models import Bundle, Upload
from villagehub.ledgers.remembering import targets_of
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
    upload_id: int
    figures_only: bool


def list_to_reduce(session: Session, *, now: datetime) -> list[_Wanted]:
    """One upload for each file whose lists are all over and that still holds more than it should, oldest first."""
    found: dict[str, _Wanted] = {}
    for upload in session.scalars(_over().order_by(Upload.id)):
        newest = newest_of(session, upload.sha256)
        done = session.scalar(
            select(Erasure.basis)
            .join(VaultReplacement, VaultReplacement.erasure_id == Erasure.id)
            .where(VaultReplacement.new_sha256 == newest)
        )
        figures_only = _is_old(session, upload.sha256, now)
        if done is None or (figures_only and done != _NAMES_GONE):
            found.setdefault(upload.sha256, _Wanted(upload.id, figures_only))
    return list(found.values())


def reduce_original(wanted: _Wanted, settings: Settings, *, now: datetime) -> bool:
    """Puts the reduced copy in the vault and records it as the replacement; the bytes themselves go by ``drop_replaced``.
    False where the file could not be read this time, or is gone. Needs an application context and no open unit of work.
    """
    vault = vault_of(settings)
    with reading() as session:
        upload = session.get_one(Upload, wanted.upload_id)
    try:
        raw = read_original(vault, upload.sha256)
    except OriginalMissing:
        return False  # the nightly look at the originals tells of it
    asked = {
        "filename": upload.filename,
        "section": upload.section,
        "period": str(upload.period),
        "layouts": targets_of(upload.layouts),
        "max_rows": settings.web_max_rows,
        "figures_only": wanted.figures_only,
    }
    answer = run_confined("villagehub.ledgers.reducing_child:reduce_asked", raw, asked, seconds=SECONDS)
    if answer.failure is not None or not answer.parts:
        return False
    made = vault.keep(answer.parts[0])
    with unit_of_work() as session:
        newest = newest_of(session, upload.sha256)
        if newest == made or session.scalar(_over().where(Upload.id == upload.id)) is None:
            return False
        basis = _NAMES_GONE if wanted.figures_only else _NUMBERS_GONE
        erasure = Erasure(village_id=upload.village_id, kind="expiry", basis=basis, created_at=now)
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
        live = exists().where(Upload.sha256 == VaultReplacement.old_sha256, Upload.names_gone_at.is_(None))
        whole = exists().where(Bundle.sha256 == VaultReplacement.old_sha256)
        found = session.scalars(select(VaultReplacement.old_sha256).where(~live, ~whole)).all()
    return sum(vault.drop(one, older=now - _DAY) for one in found if vault.holds(one))


def _over() -> Select[Upload]:
    """Uploads of person lists that are over, whose bytes no other upload or bundle still needs."""
    other = aliased(Upload)
    live = exists().where(other.sha256 == Upload.sha256, other.names_gone_at.is_(None))
    whole = exists().where(Bundle.sha256 == Upload.sha256)
    persons = [one.name for one in SECTIONS.values() if one.persons]
    return select(Upload).where(Upload.section.in_(persons), Upload.names_gone_at.is_not(None), ~live, ~whole)


def _is_old(session: Session, sha256: str, now: datetime) -> bool:
    """Whether the file last came two years ago and no row that was read from it holds its texts any more."""
    last = session.scalar(select(func.max(Upload.uploaded_at)).where(Upload.sha256 == sha256))
    if last is None or local_day(last) > years_before(local_day(now), YEARS):
        return False
    villages = select(Upload.village_id).where(Upload.sha256 == sha256)
    held = select(Row.id).where(Row.village_id.in_(villages), Row.source_sha256 == sha256, Row.erasure_id.is_(None))
    return session.scalar(held.limit(1)) is None
