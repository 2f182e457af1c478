"""The verb that matters most: publish. Number, faces, salts, leaf, journal and dirty pages in one transaction."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.disclosures import rules
from villagehub.disclosures.aggregates import is_aggregate
from villagehub.disclosures.as_cast import review_of
from villagehub.disclosures.drafting import check_chain
from villagehub.disclosures.face import (
    RULES_VERSION,
    PublicValues,
    has_private_number,
    original_of,
    public_values,
    same_values,
    seal_face,
)
from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.leaf import Seals, leaf_members
from villagehub.disclosures.models import Recusal, Row, RowFace, Thing, Version, VersionFact, VersionRow, Vote
from villagehub.disclosures.moves import lock_counter, move
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.public_words import officers_of
from villagehub.disclosures.receipts import voucher_facts, why_not_receipts
from villagehub.disclosures.redacted import REVIEW
from villagehub.disclosures.scope import (
    authors_of,
    hands_on,
    latest_published,
    section_of,
    title_of,
    voters_on_behalf,
    votes_of,
)
from villagehub.disclosures.signatures import missing_votes, names_of
from villagehub.disclosures.stages import Stage
from villagehub.journal import Event, chain_head
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.sections.base import Facts, Section
from villagehub.storage.tables import PUBLISHED, mark_dirty
from villagehub.transparency.commitments import fields_root, seal
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.log import append, keep_leaf
from villagehub.transparency.tree import root_of

PUBLISHER_WORDS = {"head": "村委会主任", "chair": "村务监督委员会主任"}


def why_not_publish(session: Session, version: Version, *, actor: Actor, policy: Policy) -> Refused | None:
    """One rule, two readers: the action below and the page that explains why the button is grey."""
    title = title_of(version.disclosure)
    return rules.why_not_move(title, version.stage, Stage.PUBLISHED, "公开") or rules.why_not_publish(
        title,
        publisher_id=actor.person_id,
        authors=authors_of(session, version.id),
        voters=hands_on(votes_of(session, version)),
        publisher_words=PUBLISHER_WORDS[policy.publish_by],
    )


def publish(session: Session, version: Version, *, actor: Actor, policy: Policy, now: datetime) -> int:
    """Publishes a reviewed version and returns its number (第 N 号公开).

    The counter is locked first (before the journal's head); then faces with salts, facts, leaf, the sealing update, the
    journal's event, the dirty pages and, with the lock that all villages share, the leaf's place in the log; all in the
    caller's transaction. Raises what ``why_not_publish`` says, BrokenChain, PrivateNumberLeft, LogBehind.
    """
    counter = lock_counter(session, version.village_id)
    session.refresh(version, with_for_update=True)
    refusal = why_not_publish(session, version, actor=actor, policy=policy)
    if refusal is None and missing_votes(session, version):
        refusal = rules.WrongStage(title=title_of(version.disclosure), stage="等人看过签字", verb="公开")
    refusal = refusal or why_not_receipts(session, version, title_of(version.disclosure))
    if refusal:
        raise refusal
    check_chain(session, version)
    section = section_of(version)
    hashes = _seal_rows(session, version, section, now=now)
    commitments = _keep_facts(session, version)
    former = latest_published(session, version.disclosure)
    counter.publication += 1
    seals = Seals(
        number=counter.publication,
        rows=len(hashes),
        rows_root=root_of(hashes),
        facts_root=fields_root(commitments),
        expires_on=_expiry(
            section, former, all_facts(session, version) if section.stays else (), local_day(now), policy
        ),
        published_at=now,
    )
    members = leaf_members(session, version, seals, former=former, journal_root=chain_head(session, version.village_id))
    leaf = keep_leaf(session, members, now=now)
    # From here on the version changes once, in one UPDATE together with its stage: triggers let nothing through later.
    version.number, version.leaf_id = seals.number, leaf.id
    version.rows_root, version.facts_root = seals.rows_root, seals.facts_root
    version.published_at, version.published_by, version.expires_on = now, actor.person_id, seals.expires_on
    move(
        session,
        version,
        Stage.PUBLISHED,
        Event.VERSION_PUBLISHED,
        verb="公开",
        actor=actor,
        now=now,
        detail={"number": seals.number, "leaf": leaf.hash.hex()},
    )
    mark_dirty(session, version.village_id, f"{PUBLISHED}{version.id}", now=now)
    append(session, leaf, LogFolder(policy.log))
    return seals.number


def _seal_rows(session: Session, version: Version, section: Section, *, now: datetime) -> list[bytes]:
    """Writes or reuses the face of every row and links it; returns the leaf hashes in order."""
    if is_aggregate(section, version.disclosure.subject):
        return []
    officers = officers_of(session, version.village_id)
    links = session.execute(
        select(VersionRow, Row)
        .join(Row, Row.id == VersionRow.row_id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
    ).all()
    known = _known_faces(session, [row.id for _, row in links])
    faces: list[RowFace] = []
    for link, row in links:
        values = public_values(section, row.facts, officers=officers)
        if has_private_number(section, values):
            raise rules.PrivateNumberLeft(
                title=title_of(version.disclosure), row=link.source_row or row.source_row or link.position
            )
        faces.append(_face_for(session, row, values, known.get(row.id, ()), now=now))
    session.flush()
    for (link, _), face in zip(links, faces, strict=True):
        link.row_face_id = face.id
    session.flush()
    return [face.leaf_hash for face in faces]


def _known_faces(session: Session, row_ids: Sequence[int]) -> dict[int, list[RowFace]]:
    known: dict[int, list[RowFace]] = {}
    for start in range(0, len(row_ids), 500):
        for face in session.scalars(select(RowFace).where(RowFace.row_id.in_(row_ids[start : start + 500]))):
            known.setdefault(face.row_id, []).append(face)
    return known


def _face_for(
    session: Session, row: Row, values: PublicValues, known: Collection[RowFace], *, now: datetime
) -> RowFace:
    """A kept face is used again only if it is byte-equal; otherwise fresh salts (decision 5)."""
    for face in known:
        fresh = face.rules_version == RULES_VERSION and face.erasure_id is None
        if fresh and same_values(face.clear, face.fields, values):
            return face
    original = original_of(row.facts, sha256=row.source_sha256, sheet=row.source_sheet, row=row.source_row)
    sealed = seal_face(values, original)
    face = RowFace(
        village_id=row.village_id,
        row_id=row.id,
        rules_version=RULES_VERSION,
        clear=sealed.clear,
        fields=sealed.fields,
        leaf_hash=sealed.leaf_hash,
        created_at=now,
    )
    session.add(face)
    return face


def _keep_facts(session: Session, version: Version) -> dict[str, bytes]:
    """Salted facts of the version as a whole: reason, each reviewer's name, post, vote and objection, recusals, and why
    rows have no picture of a receipt.
    """
    facts: dict[str, Any] = {}
    if version.reason:
        facts["reason"] = {"text": version.reason}
    votes = votes_of(session, version)
    people = names_of(session, _ids(votes) | {one.entered_by for one in votes if one.entered_by})
    absent = voters_on_behalf(session, version.id)
    for place, one in enumerate(votes, start=1):
        entered_by = people[one.entered_by] if one.entered_by else ""
        facts[f"{REVIEW}{place}"] = review_of(one, people[one.person_id], entered_by, absent)
    for place, aside in enumerate(_recusals(session, version), start=1):
        facts[f"recusal:{place}"] = aside
    facts |= voucher_facts(session, version.id)
    commitments: dict[str, bytes] = {}
    for name, value in facts.items():
        sealed = seal(name, value)
        session.add(
            VersionFact(version_id=version.id, name=name, value=value, salt=sealed.salt, commitment=sealed.commitment)
        )
        commitments[name] = sealed.commitment
    session.flush()
    return commitments


def _recusals(session: Session, version: Version) -> list[dict[str, Any]]:
    """Who stood aside from which row, by its permanent number."""
    found = session.execute(
        select(Person.name, Thing.number)
        .join(Recusal, Recusal.person_id == Person.id)
        .join(Thing, Thing.id == Recusal.thing_id)
        .where(Recusal.version_id == version.id)
        .order_by(Recusal.id)
    )
    return [{"name": name, "number": number} for name, number in found]


def _ids(votes: Sequence[Vote]) -> set[int]:
    return {one.person_id for one in votes}


def _expiry(section: Section, former: Version | None, rows: Sequence[Facts], day: date, policy: Policy) -> date | None:
    """Person rows go after a set time, and a correction inherits the first date (decision 11); else as the rows say."""
    if not section.persons:
        return section.down_on(rows)
    return former.expires_on if former and former.expires_on else day + timedelta(days=policy.person_rows_days)
