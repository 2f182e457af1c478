"""Whether a publication still is what was sealed: its leaf, faces, facts and commitments are computed once more.

An erased value proves nothing: its commitment stays, and with it every root (decision 10). But what is missing must have gone
lawfully: by the publication's own last day, or by a redaction leaf in the log that names it; else it was taken away.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.disclosures.aggregates import whole_totals
from villagehub.disclosures.as_cast import Entries, read_entries, says_as_cast
from villagehub.disclosures.excusing import Excuses
from villagehub.disclosures.face import ORIGINAL, original_of, row_leaf
from villagehub.disclosures.leaf import Heads, journal_heads, members_now
from villagehub.disclosures.models import Row, RowFace, Version, VersionFact, VersionRow, Vote
from villagehub.disclosures.receipts import public_receipts
from villagehub.disclosures.redacted import REASON, REVIEW
from villagehub.disclosures.scope import title_of, version_with_id, votes_of
from villagehub.disclosures.stages import Stage
from villagehub.kernel import clock
from villagehub.places.models import Place
from villagehub.storage import reading
from villagehub.storage.vault import vault_of
from villagehub.transparency.commitments import b64, commitment, fields_root
from villagehub.transparency.models import Leaf
from villagehub.transparency.tree import leaf_hash, root_of

MEMBERS: Final = {
    "kind": "性质",
    "number": "编号",
    "entity": "归属",
    "group": "小组",
    "section": "板块",
    "period": "时期",
    "subject": "事项",
    "supersedes": "更正的是哪一号",
    "reason_code": "更正原因",
    "rows": "行数",
    "totals": "合计",
    "expires": "公开到哪天",
    "approvals": "审核签字",
    "published_at": "公开时间",
    "attachments_root": "票据图片",
    "journal_root": "操作记录",
}
"""What of a leaf can be made once more from the database, and what villagers call it."""


SPOILT: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What a value of another form raises somewhere: that publication's fault, and no end to the check of all the others."""


def list_publications(session: Session) -> list[tuple[int, int]]:
    """All published versions as village and version, village by village, oldest first."""
    wanted = select(Version.village_id, Version.id).where(Version.stage == Stage.PUBLISHED)
    return [(one[0], one[1]) for one in session.execute(wanted.order_by(Version.village_id, Version.id))]


def list_faults() -> Iterator[str]:
    """What no longer fits of any publication, in a sentence without a full stop that names village, number and title. Needs
    an application context.
    """
    heads: dict[int, Heads] = {}
    with reading() as session:
        for village_id, version_id in list_publications(session):
            if village_id not in heads:
                heads = {village_id: journal_heads(session, village_id)}
            faults = read_faults(session, version_id, heads[village_id])
            if faults:  # what was redacted since this look began is no fault: its bytes in the vault are gone already
                with reading() as fresh:
                    faults = read_faults(fresh, version_id, heads[village_id])
            for fault in faults:
                version = version_with_id(session, version_id)
                place = session.get_one(Place, village_id)
                yield f"{place.name} 第 {version.number} 号公开（{title_of(version.disclosure)}）：{fault}"


def read_faults(
    session: Session, version_id: int, heads: Heads | None = None, *, today: date | None = None
) -> list[str]:
    """What of this publication no longer fits its seal, in words; none when all is as it was sealed. ``heads`` are those of
    its village's journal where they have been reckoned already; ``today`` says whose last day is over. Needs an application
    context.
    """
    version = version_with_id(session, version_id)
    heads = journal_heads(session, version.village_id) if heads is None else heads
    try:
        return list(_faults(session, version, heads, today or clock.today()))
    except SPOILT:
        return ["内容写坏了，读不出来，和封存时不一样"]


def _faults(session: Session, version: Version, heads: Heads, today: date) -> Iterator[str]:
    leaf = session.get(Leaf, version.leaf_id)
    if leaf is None or leaf_hash(leaf.body) != leaf.hash:
        yield "封存记录不见了，或者被改过"
        return
    sealed = json.loads(leaf.body)
    excuses = Excuses(session)
    expired = sealed.get("expires", "9999") <= today.isoformat()
    hashes: list[bytes] = []
    for row, face in _rows(session, version):
        hashes.append(face.leaf_hash)
        name, why = ("", "") if expired else _lost(face, excuses)
        if why:
            yield f"第 {len(hashes)} 行的“{name}”不见了，{why}"
        elif not _face_holds(row, face):
            yield f"第 {len(hashes)} 行和封存时不一样"
    commitments = {}
    reason: Any = ""
    votes = votes_of(session, version)
    entries = read_entries(session, version, votes)
    if entries is None:
        yield "审核签字和操作记录对不上"
    for fact in session.scalars(select(VersionFact).where(VersionFact.version_id == version.id)):
        commitments[fact.name] = fact.commitment
        if fact.value is None or fact.salt is None:
            if why := excuses.why_not("facts", (sealed["village"], sealed["number"], fact.name)):
                yield f"审核意见或更正原因不见了，{why}"
            elif fact.name.startswith(REVIEW) and not _as_cast(fact, votes, entries):
                yield "隐去了字的审核意见，和当时的签字不一样"
            elif not fact.name.startswith(REVIEW) and fact.value is not None:
                yield "隐去了的更正原因又有了字"
        elif commitment(fact.salt, fact.name, fact.value) != fact.commitment:
            yield "审核意见或更正原因和封存时不一样"
        elif fact.name.startswith(REVIEW) and not _as_cast(fact, votes, entries):
            yield "审核意见和当时的签字不一样"
        elif fact.name == REASON:
            reason = fact.value.get("text")
    yield from _missing_pictures(session, version, excuses)
    if version.reason != reason:
        yield "更正原因和封存时不一样"
    roots = (version.rows_root, root_of(hashes)), (version.facts_root, fields_root(commitments))
    for (kept, computed), name in zip(roots, ("rows_root", "facts_root"), strict=True):
        if kept != computed or sealed.get(name) != b64(computed):
            yield "行多了、少了、换过，或者次序变了" if name == "rows_root" else "审核签字换过"
    if whole_totals(version.totals).get("rows", 0) != _linked(session, version):
        yield "写着有多少条，和封存时的条数不一样"
    now = members_now(session, version, rows=len(hashes), heads=heads)
    for name, words in MEMBERS.items():
        if sealed.get(name) != now.get(name):
            yield f"{words}和封存时不一样"


def _as_cast(fact: VersionFact, votes: Sequence[Vote], entries: Entries | None) -> bool:
    """Where votes and journal say different things, that has been said already."""
    return entries is None or says_as_cast(fact, votes, entries)


def _linked(session: Session, version: Version) -> int:
    """How many rows the version has; also of a list of which only count and sum are public, whose rows have no faces."""
    wanted = select(func.count()).select_from(VersionRow).where(VersionRow.version_id == version.id)
    return session.scalar(wanted) or 0


def _missing_pictures(session: Session, version: Version, excuses: Excuses) -> Iterator[str]:
    """Sealed are a picture's digests; that its bytes are still there is looked up, for they lie outside the database."""
    shown = public_receipts(session, version.id)
    if not shown:
        return
    vault = vault_of(current_app.extensions["villagehub"])
    for place, (_, mask) in enumerate(shown, start=1):
        if vault.holds(mask.sha256):
            continue
        if why := excuses.why_not("pictures", mask.sha256):
            yield f"第 {place} 张票据图片不见了，{why}"


def _rows(session: Session, version: Version) -> Iterator[tuple[Row, RowFace]]:
    found = session.execute(
        select(Row, RowFace)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .join(RowFace, RowFace.id == VersionRow.row_face_id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
        .execution_options(yield_per=500)
    )
    yield from ((row, face) for row, face in found)


def _lost(face: RowFace, excuses: Excuses) -> tuple[str, str]:
    """The first field whose value or salt is missing and that no redaction excuses, and why not; empty where there is none."""
    row = b64(face.leaf_hash)
    for name, one in face.fields.items():
        gone = one.get("salt") is None or (name != ORIGINAL and one.get("value") is None)
        if gone and (why := excuses.why_not("fields", (row, name))):
            return name, why
    return "", ""


def _face_holds(row: Row, face: RowFace) -> bool:
    commitments = {name: base64.b64decode(one["commitment"]) for name, one in face.fields.items()}
    if leaf_hash(row_leaf(face.clear, commitments)) != face.leaf_hash:
        return False
    for name, one in face.fields.items():
        if one.get("salt") is None:
            continue
        value: Any = one.get("value")
        if name == ORIGINAL:
            value = original_of(row.facts, sha256=row.source_sha256, sheet=row.source_sheet, row=row.source_row)
        elif value is None and face.erasure_id is not None:
            continue
        if commitment(base64.b64decode(one["salt"]), name, value) != commitments[name]:
            return False
    return True
