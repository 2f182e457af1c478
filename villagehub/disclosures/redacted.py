"""What was redacted: by the log's own leaves, which alone excuse a missing value; and as pages tell of it.

A redaction leaf names rows by the hash of their leaf and facts by their publication, so that it needs nothing else of the
database to be understood (evidence.md "Leaf").
"""

import json
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import RowFace, Version, VersionFact, VersionRow
from villagehub.disclosures.receipt_models import VersionReceipt
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent, RedactionItem
from villagehub.transparency.commitments import b64
from villagehub.transparency.models import Leaf, LogEntry
from villagehub.transparency.tree import leaf_hash

LEAF: Final = "redaction"
REASON: Final = "reason"
"""The fact of a version that says why it was corrected or withdrawn; it can be redacted."""
REVIEW: Final = "review:"
"""Begins the name of a fact that is a reviewer's vote; the words of an objection can be redacted, the vote itself stays."""
OBJECTION: Final = "objection"
"""The member of such a fact that holds the words; null once they were redacted."""
PICTURE: Final = "picture:"
"""Begins the name of an item that is a voucher's picture; the mask's id follows."""
STUB: Final = "（已依法隐去）"
CONFIRMED: Final = "confirmed"
BASES: Final = {
    "pipl47": "个人信息保护法第四十七条：本人要求删除，或者公开的目的已经达到",
    "pipl28": "个人信息保护法第二十八条：病情、未成年人等敏感个人信息",
    "civil1032": "民法典第一千零三十二条：隐私",
    "court": "法院、检察院或公安机关的书面要求",
}
"""On what a redaction may rest; the key stands in the leaf."""


def objection_of(review: Mapping[str, Any]) -> str:
    """The words of a published review; the stub where they were redacted, empty where there were none."""
    said = review.get(OBJECTION, "")
    return STUB if said is None else str(said)


@dataclass(frozen=True, slots=True)
class Excused:
    """What redaction leaves in the log name: fields by the row's leaf hash (base64), facts by village and number, vouchers'
    pictures by the SHA-256 of their bytes.
    """

    fields: frozenset[tuple[str, str]] = frozenset()
    facts: frozenset[tuple[str, int, str]] = frozenset()
    pictures: frozenset[str] = frozenset()


def excused_in(bodies: Collection[bytes]) -> Excused:
    """Reads redaction leaves. Pure."""
    fields: set[tuple[str, str]] = set()
    facts: set[tuple[str, int, str]] = set()
    pictures: set[str] = set()
    for body in bodies:
        leaf: dict[str, Any] = json.loads(body)
        fields.update((row["hash"], name) for row in leaf["rows"] for name in row["fields"])
        facts.update((leaf["village"], fact["number"], name) for fact in leaf["facts"] for name in fact["names"])
        pictures.update(one["sha256"] for one in leaf.get("pictures", ()))
    return Excused(frozenset(fields), frozenset(facts), frozenset(pictures))


def held_in_spite_of(session: Session, bodies: Collection[bytes]) -> list[tuple[str, int]]:
    """Publications (village code, number) whose texts or salts this database still holds though these redaction leaves say
    that they went: a backup from before was restored.
    """
    excused = excused_in(bodies)
    named: dict[int, tuple[str, int]] = {}
    sealed = select(Version.id, Leaf.body).join(Leaf, Leaf.id == Version.leaf_id)
    for version_id, body in session.execute(sealed):  # as the leaves themselves name them: a village's code may change
        leaf = json.loads(body)
        named[version_id] = leaf["village"], leaf["number"]
    found: set[tuple[str, int]] = set()
    for fact in session.scalars(select(VersionFact).where(VersionFact.salt.is_not(None))):
        where = named.get(fact.version_id)
        if where and (*where, fact.name) in excused.facts:
            found.add(where)
    by_hash: dict[str, list[str]] = {}
    for hashed, name in excused.fields:
        by_hash.setdefault(hashed, []).append(name)
    linked = select(RowFace, VersionRow.version_id).join(VersionRow, VersionRow.row_face_id == RowFace.id)
    wanted = linked.where(RowFace.leaf_hash.in_([b64decode(one) for one in by_hash]))
    for face, version_id in session.execute(wanted):
        if any(face.fields.get(name, {}).get("salt") for name in by_hash[b64(face.leaf_hash)]) and version_id in named:
            found.add(named[version_id])
    return sorted(found)


def places_about(session: Session, version: Version, hashes: Collection[str]) -> list[int]:
    """Where in the log the redaction leaves stand that name one of these rows, or a fact of this publication."""
    own = select(RedactionEvent.leaf_id).join(Redaction, Redaction.id == RedactionEvent.redaction_id)
    ids = set(session.scalars(own.where(Redaction.village_id == version.village_id)))
    found = []
    for leaf, place in redaction_leaves(session):
        excused = excused_in([leaf.body])
        rows = any(hashed in hashes for hashed, _ in excused.fields)
        if rows or (leaf.id in ids and any(number == version.number for _, number, _ in excused.facts)):
            found.append(place)
    return found


def redaction_leaves(session: Session) -> Iterator[tuple[Leaf, int]]:
    """The redaction leaves of this installation's log with their places. One without a place in the log, or whose bytes are not
    what its hash says, is none.
    """
    wanted = select(Leaf, LogEntry.index).join(LogEntry, LogEntry.leaf_id == Leaf.id).where(Leaf.kind == LEAF)
    for leaf, place in session.execute(wanted.order_by(LogEntry.index)):
        if leaf_hash(leaf.body) == leaf.hash:
            yield leaf, place


@dataclass(frozen=True, slots=True)
class Told:
    """One redaction of a publication as villagers read of it."""

    basis: str
    words: str
    at: datetime
    reason: bool
    """Whether the reason of the correction is among what went."""
    rows: int
    reviews: int = 0
    """How many reviewers' words are among what went."""
    fields: dict[int, frozenset[str]] = field(default_factory=dict)
    """By the row's id."""
    masks: frozenset[int] = frozenset()
    """The masks whose pictures went."""

    @property
    def what(self) -> str:
        """What went, in words."""
        counted = (
            (self.reviews, f"{self.reviews} 条审核意见"),
            (self.rows, f"{self.rows} 行里的内容"),
            (len(self.masks), f"{len(self.masks)} 张票据图片"),
        )
        return "、".join((["更正原因"] if self.reason else []) + [words for count, words in counted if count])


def redactions_of(session: Session, version_id: int) -> list[Told]:
    """What was redacted of this publication, oldest first; that of a row, or of a voucher's picture, counts for
    every publication that shows it.
    """
    rows = select(VersionRow.row_id).where(VersionRow.version_id == version_id)
    linked = select(VersionReceipt.mask_id).where(VersionReceipt.version_id == version_id)
    masks = [f"{PICTURE}{one}" for one in session.scalars(linked) if one is not None]
    facts = (RedactionItem.field == REASON) | RedactionItem.field.startswith(REVIEW)
    said = facts & (Redaction.version_id == version_id)
    mine = RedactionItem.row_id.in_(rows) | (RedactionItem.row_id.is_(None) & (said | RedactionItem.field.in_(masks)))
    found = session.execute(
        select(Redaction, RedactionEvent.at, RedactionItem.row_id, RedactionItem.field)
        .join(RedactionEvent, RedactionEvent.redaction_id == Redaction.id)
        .join(RedactionItem, RedactionItem.redaction_id == Redaction.id)
        .where(RedactionEvent.kind == CONFIRMED, mine)
        .order_by(Redaction.id, RedactionItem.id)
    ).all()
    made: dict[int, tuple[Redaction, datetime, dict[int | None, set[str]]]] = {}
    for redaction, at, row_id, name in found:
        made.setdefault(redaction.id, (redaction, at, {}))[2].setdefault(row_id, set()).add(name)
    return [
        Told(
            BASES.get(redaction.basis, redaction.basis),
            redaction.words,
            at,
            REASON in by_row.get(None, ()),
            sum(1 for row_id in by_row if row_id is not None),
            sum(1 for name in by_row.get(None, ()) if name.startswith(REVIEW)),
            {row_id: frozenset(names) for row_id, names in by_row.items() if row_id is not None},
            frozenset(int(one.removeprefix(PICTURE)) for one in by_row.get(None, ()) if one.startswith(PICTURE)),
        )
        for redaction, at, by_row in made.values()
    ]


def redacted_fields(session: Session, *version_ids: int) -> dict[int, frozenset[str]]:
    """The fields that were redacted of the rows of these versions, by the row's id."""
    rows = select(VersionRow.row_id).where(VersionRow.version_id.in_(version_ids))
    wanted = (
        select(RedactionItem.row_id, RedactionItem.field)
        .join(RedactionEvent, RedactionEvent.redaction_id == RedactionItem.redaction_id)
        .where(RedactionEvent.kind == CONFIRMED, RedactionItem.row_id.in_(rows))
    )
    gone: dict[int, frozenset[str]] = {}
    for row_id, name in session.execute(wanted):
        if row_id is not None:
            gone[row_id] = gone.get(row_id, frozenset()) | {name}
    return gone
