"""What people said of a publication as a whole and can go: why it was corrected, and the words of reviewers who did not agree.

Who voted how stays: that is the village's own record, sealed as numbers in the publication's leaf.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Version, VersionFact
from villagehub.disclosures.redacted import OBJECTION, REASON, REVIEW
from villagehub.disclosures.redaction_models import Redaction, RedactionItem
from villagehub.disclosures.stages import Stage
from villagehub.kernel.same_words import holds
from villagehub.redactions import rules


@dataclass(frozen=True, slots=True)
class Said:
    """One such text."""

    name: str
    """Of the sealed fact: ``reason`` or ``review:2``."""
    heading: str
    text: str
    asked: bool = True
    """Chosen by the person; else it went along because it holds the same words."""


def list_said(session: Session, version: Version) -> list[Said]:
    """The publication's texts that are still there, the reason first."""
    if version.stage != Stage.PUBLISHED:
        return []
    found = [Said(REASON, "更正原因", version.reason)] if version.reason else []
    facts = select(VersionFact).where(VersionFact.version_id == version.id, VersionFact.name.startswith(REVIEW))
    for fact in session.scalars(facts.order_by(VersionFact.id)):
        held = fact.value or {}
        if held.get(OBJECTION):
            found.append(Said(fact.name, f"{held.get('name', '')}（{held.get('post', '')}）的意见", held[OBJECTION]))
    return found


def spread_said(session: Session, version: Version, names: Collection[str]) -> list[Said]:
    """What goes with these: they themselves, and whatever else was said of the publication in the same words."""
    there = list_said(session, version)
    words = [one.text for one in there if one.name in names]
    return [
        Said(one.name, one.heading, one.text, one.name in names)
        for one in there
        if one.name in names or any(holds(one.text, said) for said in words)
    ]


def said_there(session: Session, version: Version, names: Collection[str]) -> list[Said]:
    """What goes with these, all of which are still there. Raises NoSuchWords."""
    found = spread_said(session, version, names)
    if {one.name for one in found if one.asked} != set(names):
        raise rules.NoSuchWords()
    return found


def said_of(session: Session, held: Redaction) -> list[Said]:
    """The texts of a proposal as they stand now; what has gone meanwhile is not among them."""
    names = [one.field for one in _items(session, held) if one.asked]
    return spread_said(session, session.get_one(Version, held.version_id), names) if names else []


def is_on_paper(session: Session, held: Redaction) -> bool:
    """Whether some of the words were read off a signed sheet, whose photograph stays for offices: it holds other people's
    signatures too. Answers the same before and after.
    """
    names = [one.field for one in _items(session, held)]
    own = (VersionFact.version_id == held.version_id, VersionFact.name.in_(names))
    return any(bool((fact.value or {}).get("on_paper")) for fact in session.scalars(select(VersionFact).where(*own)))


def _items(session: Session, held: Redaction) -> list[RedactionItem]:
    wanted = select(RedactionItem).where(RedactionItem.redaction_id == held.id, RedactionItem.row_id.is_(None))
    return [one for one in session.scalars(wanted) if one.field == REASON or one.field.startswith(REVIEW)]


def items_of(held: Redaction, said: Iterable[Said]) -> list[RedactionItem]:
    """The lines by which a proposal names such texts."""
    return [RedactionItem(redaction_id=held.id, row_id=None, field=one.name, asked=one.asked) for one in said]


def said_elsewhere(session: Session, version: Version, said: Sequence[Said]) -> list[int]:
    """Numbers of the village's other publications of which somebody said the same words: nothing happens to them."""
    words = [one.text for one in said]
    if not words:
        return []
    others = session.scalars(
        select(Version)
        .where(Version.village_id == version.village_id, Version.stage == Stage.PUBLISHED, Version.id != version.id)
        .order_by(Version.number)
    )
    return [
        one.number
        for one in others
        if one.number and any(holds(there.text, word) for there in list_said(session, one) for word in words)
    ]
