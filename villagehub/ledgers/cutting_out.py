"""After a redaction no original and no record of an upload holds the value any longer (decision 40).

A copy without those cells is made before the erasing, in the confined child; the record that it replaces the original is
written in the erasing transaction; the old bytes go right after it, and again by the clock should somebody send them again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.disclosures.models import Disclosure, Erasure
from villagehub.files.confined import preload, run_confined
from villagehub.kernel.refused import Refused
from villagehub.kernel.words_out import without_words
from villagehub.ledgers.child import SECONDS
from villagehub.ledgers.models import Bundle, Upload
from villagehub.ledgers.remembering import targets_of
from villagehub.storage import reading
from villagehub.storage.originals import newest_of, read_original
from villagehub.storage.tables import VaultReplacement, hold_file
from villagehub.storage.vault import OriginalMissing, vault_of

preload("villagehub.ledgers.cutting_out_child")

_WHENEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""However lately the file was kept: nothing may name it again, so nobody needs a day to do so."""


class NotCut(Refused):
    """An original could not be read, so no copy without those cells could be made; nothing was erased."""

    code = "original_not_cut"
    message = "报账员传来的原始文件“{name}”读不出来，做不出去掉这几格的副本，没有隐去。"
    fix = "请过一会儿再试；还不行，请系统管理员运行 villagehub doctor。"
    status = 409


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in which file a row stood, and which of its fields go."""

    sha256: str
    sheet: str
    row: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that lies in the vault and waits to be named."""

    old: str
    new: str
    size: int


def uploads_of(
    session: Session, village_id: int, hashes: Collection[str], books: Collection[Disclosure]
) -> list[Upload]:
    """The village's uploads that filled these books, and those that brought one of these files; oldest first."""
    same = [
        (Upload.section == one.section)
        & (Upload.period == one.period)
        & (Upload.entity == one.entity)
        & (Upload.group_no == one.group_no)
        & (Upload.subject == one.subject)
        for one in books
    ]
    wanted = select(Upload).where(Upload.village_id == village_id, or_(Upload.sha256.in_(hashes), *same))
    return list(session.scalars(wanted.order_by(Upload.id)))


def bundles_of(session: Session, uploads: Sequence[Upload]) -> list[Bundle]:
    """The files of many villages that these uploads are shares of; oldest first."""
    found = session.scalars(
        select(Bundle).where(Bundle.section.in_({one.section for one in uploads})).order_by(Bundle.id)
    )
    return [one for one in found if any(map(one.has_share, uploads))]


def make_copies(
    settings: Settings,
    uploads: Sequence[Upload],
    bundles: Sequence[Bundle],
    spots: Sequence[Spot],
    words: Collection[str],
) -> list[Copy]:
    """Makes the copies of those originals that hold the cells or the words, files of many villages included: in those the words
    go wherever they stand, and a share's rows keep their places. Raises NotCut. Needs an application context and no open unit
    of work.
    """
    vault = vault_of(settings)
    made: dict[str, Copy] = {}
    sources: list[tuple[Upload | Bundle, set[str]]] = [(one, {one.sha256}) for one in uploads]
    sources += [(one, {share.sha256 for share in uploads if one.has_share(share)}) for one in bundles]
    for upload, hashes in sources:
        with reading() as session:
            newest = newest_of(session, upload.sha256)
        if newest in made:
            continue
        try:
            raw = read_original(vault, upload.sha256)
        except OriginalMissing:
            continue  # the nightly look at the originals tells of it
        asked = {
            "filename": upload.filename,
            "section": upload.section,
            "period": str(upload.period),
            "layouts": targets_of(upload.layouts),
            "max_rows": settings.web_max_rows,
            "words": sorted(words),
            "spots": [[one.sheet, one.row, list(one.fields)] for one in spots if one.sha256 in hashes],
        }
        answer = run_confined("villagehub.ledgers.cutting_out_child:cut_asked", raw, asked, seconds=SECONDS)
        if answer.failure is not None or not answer.parts:
            raise NotCut(name=upload.filename)
        if answer.parts[0]:
            made[newest] = Copy(newest, vault.keep(answer.parts[0]), len(answer.parts[0]))
    return list(made.values())


def replace_originals(session: Session, copies: Sequence[Copy], erasure_id: int, *, now: datetime) -> int:
    """Records that the copies stand for the originals from now on; returns how many."""
    for one in copies:
        if session.get(VaultReplacement, one.old) is None and one.old != one.new:
            hold_file(session, one.new, one.size, now=now)
            session.add(
                VaultReplacement(old_sha256=one.old, new_sha256=one.new, erasure_id=erasure_id, replaced_at=now)
            )
    session.flush()
    return len(copies)


def forget_words(session: Session, uploads: Sequence[Upload], words: Collection[str], instead: str) -> int:
    """Takes the words out of what the records of these uploads, and of the files they are shares of, quote; returns how many
    records were changed.
    """
    changed = 0
    for whole in bundles_of(session, uploads):
        told = (whole.report, whole.filename)
        bare = tuple(without_words(held, words, instead) for held in told)
        if bare != told:
            whole.report, whole.filename = bare
            whole.revision += 1
            changed += 1
    for one in session.scalars(select(Upload).where(Upload.id.in_([upload.id for upload in uploads]))).all():
        before = (one.report, one.fixes, one.changes, one.confirmations, one.filename)
        after = tuple(without_words(held, words, instead) for held in before)
        if after != before:
            one.report, one.fixes, one.changes, one.confirmations, one.filename = after
            one.revision += 1
            changed += 1
    session.flush()
    return changed


def drop_redacted(settings: Settings) -> int:
    """Removes the bytes of originals that a redaction replaced, also where somebody sent them again; returns how many."""
    vault = vault_of(settings)
    with reading() as session:
        wanted = select(VaultReplacement.old_sha256).join(Erasure, Erasure.id == VaultReplacement.erasure_id)
        found = session.scalars(wanted.where(Erasure.kind == "redaction")).all()
    return sum(vault.drop(one, older=_WHENEVER) for one in found if vault.holds(one))
