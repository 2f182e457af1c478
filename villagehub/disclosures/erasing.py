"""The erasing itself, through the door of decision 10: values and salts of single fields, in the transaction that appends the
leaf which says so. What stays: commitments, leaf hashes, clear facts, and with them every root and every total.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from villagehub.disclosures.face import ORIGINAL
from villagehub.disclosures.models import (
    Erasure,
    ErasureTarget,
    Row,
    RowFace,
    RowMatch,
    Version,
    VersionFact,
    VersionRow,
    Vote,
)
from villagehub.disclosures.redacted import LEAF, OBJECTION, REASON, REVIEW
from villagehub.disclosures.scope import votes_of
from villagehub.kernel.clock import rfc3339
from villagehub.kernel.same_words import holds
from villagehub.storage.text_index import forget_versions
from villagehub.transparency.commitments import b64
from villagehub.transparency.models import Leaf

Fields = Mapping[int, Collection[str]]
"""The names of the fields that go, by the row's id."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure emptied: the rows' leaf hashes with the fields, and facts of publications by number."""

    erasure_id: int
    rows: tuple[dict[str, Any], ...]
    facts: tuple[dict[str, Any], ...]
    pictures: tuple[str, ...] = ()
    """SHA-256 of vouchers' pictures whose bytes go."""


def erase_fields(
    session: Session,
    village_id: int,
    fields: Fields,
    version: Version | None,
    *,
    said: Collection[str] = (),
    pictures: Collection[str] = (),
    basis: str,
    people: tuple[int, int],
    now: datetime,
) -> Erased:
    """Empties the fields in rows and in all their faces, with their salts and the salt of the whole row (a salt that stayed
    would let the value be guessed), deletes the rows' HMACs, and takes the publications that show them out of the search index.
    ``said`` names facts of ``version`` whose words go too: its reason, reviewers' objections. ``pictures`` are only put down:
    the caller takes their bytes. ``people``: who proposed and who confirmed. The caller holds the village's lock.
    """
    erasure = Erasure(
        village_id=village_id,
        kind="redaction",
        basis=basis,
        decided_by=people[0],
        seconded_by=people[1],
        created_at=now,
    )
    session.add(erasure)
    session.flush()
    _name_targets(session, erasure.id, fields, version if said else None)
    rows = _erase_rows(session, erasure.id, fields)
    facts = _erase_said(session, erasure.id, version, sorted(said)) if version is not None and said else ()
    shown = select(VersionRow.version_id).where(VersionRow.row_id.in_(list(fields)))
    forget_versions(session, village_id, session.scalars(shown).all())
    session.flush()
    return Erased(erasure.id, tuple(rows), tuple(facts), tuple(sorted(pictures)))


def _name_targets(session: Session, erasure_id: int, fields: Fields, version: Version | None) -> None:
    targets: list[dict[str, Any]] = [
        {"erasure_id": erasure_id, "what": "row", "target_id": row_id} for row_id in sorted(fields)
    ]
    if version is not None:
        targets.append({"erasure_id": erasure_id, "what": "version", "target_id": version.id})
    if targets:
        session.execute(insert(ErasureTarget), targets)


def _erase_rows(session: Session, erasure_id: int, fields: Fields) -> Iterable[dict[str, Any]]:
    told: dict[bytes, dict[str, Any]] = {}
    for row in session.scalars(select(Row).where(Row.id.in_(list(fields))).order_by(Row.id)).all():
        gone = set(fields[row.id])
        kept = {name: None if name in gone and isinstance(one, str) else one for name, one in row.facts.items()}
        words = {row.facts.get(name) for name in gone}
        changed: dict[str, Any] = {"facts": kept, "erasure_id": erasure_id}
        if row.counterparty is not None and row.counterparty in words:
            changed["counterparty"] = None
        session.execute(update(Row).where(Row.id == row.id).values(**changed))
        for face in session.scalars(select(RowFace).where(RowFace.row_id == row.id).order_by(RowFace.id)).all():
            emptied = sorted(name for name in (*gone, ORIGINAL) if name in face.fields)
            made = {name: _emptied(one) if name in emptied else one for name, one in face.fields.items()}
            session.execute(update(RowFace).where(RowFace.id == face.id).values(fields=made, erasure_id=erasure_id))
            told[face.leaf_hash] = {"hash": b64(face.leaf_hash), "fields": emptied}
    session.execute(delete(RowMatch).where(RowMatch.row_id.in_(list(fields))))
    session.expire_all()
    return told.values()


def _emptied(one: dict[str, Any]) -> dict[str, Any]:
    return {part: None if part in ("value", "salt") and isinstance(held, str) else held for part, held in one.items()}


def _erase_said(session: Session, erasure_id: int, version: Version, names: Sequence[str]) -> list[dict[str, Any]]:
    """The reason goes whole. Of a review the words of the objection go, with the salt of all of it; who voted how stays."""
    if REASON in names:
        session.execute(update(Version).where(Version.id == version.id).values(reason="", erasure_id=erasure_id))
    own = (VersionFact.version_id == version.id, VersionFact.name.in_(names))
    words: dict[int, str] = {}
    for fact in session.scalars(select(VersionFact).where(*own).order_by(VersionFact.id)).all():
        held = fact.value or {}
        kept = {**held, OBJECTION: None} if fact.name.startswith(REVIEW) and OBJECTION in held else None
        made = {"value": kept, "salt": None, "erasure_id": erasure_id}
        session.execute(update(VersionFact).where(VersionFact.id == fact.id).values(**made))
        if kept is not None and held[OBJECTION]:
            words[int(fact.name.removeprefix(REVIEW))] = held[OBJECTION]
    _erase_votes(session, erasure_id, version, words)
    session.expire_all()
    return [{"number": version.number, "names": list(names)}]


def _erase_votes(session: Session, erasure_id: int, version: Version, words: Mapping[int, str]) -> None:
    """The votes of these reviewers (by their places, with the words), and those on former contents of the version, which count
    no more: the same reviewers', and whatever holds the same words. Of the present content no other vote is touched.
    """
    present = votes_of(session, version)
    own = [present[place - 1] for place in words]
    ids, people = {one.id for one in own}, {one.person_id for one in own}
    counted = {one.id for one in present}
    said = select(Vote).where(Vote.version_id == version.id, Vote.objection != "").order_by(Vote.id)
    gone = [
        one.id
        for one in session.scalars(said)
        if one.id in ids
        or (
            one.id not in counted
            and (one.person_id in people or any(holds(one.objection, word) for word in words.values()))
        )
    ]
    if gone:
        targets = [{"erasure_id": erasure_id, "what": "vote", "target_id": one} for one in gone]
        session.execute(insert(ErasureTarget), targets)
        session.execute(update(Vote).where(Vote.id.in_(gone)).values(objection="", erasure_id=erasure_id))


def redaction_members(
    session: Session, version: Version, erased: Erased, *, basis: str, roles: tuple[str, str], now: datetime
) -> dict[str, Any]:
    """The leaf of a redaction: which rows, fields and pictures, on what it rests, the two posts that decided (evidence.md).

    The village is named as in the publication's own leaf, for by that and its number facts are found: its code may be another
    by now.
    """
    sealed: dict[str, Any] = json.loads(session.get_one(Leaf, version.leaf_id).body)
    return {
        "v": 1,
        "type": LEAF,
        "village": sealed["village"],
        "rows": list(erased.rows),
        "facts": list(erased.facts),
        **({"pictures": [{"sha256": one} for one in erased.pictures]} if erased.pictures else {}),
        "basis": basis,
        "roles": list(roles),
        "redacted_at": rfc3339(now),
    }
