"""The leaf of a publication: as it is sealed, and as it would be sealed today, which must be the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.aggregates import is_aggregate, public_totals
from villagehub.disclosures.models import Version
from villagehub.disclosures.receipts import receipt_leaves
from villagehub.disclosures.scope import section_of, votes_of
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.journal import Event, heads_before
from villagehub.kernel.clock import rfc3339
from villagehub.places.models import Place
from villagehub.transparency.commitments import b64
from villagehub.transparency.models import Leaf
from villagehub.transparency.tree import root_of


@dataclass(frozen=True, slots=True)
class Seals:
    """What a publication seals, known before the version's one sealing update."""

    number: int
    rows: int
    rows_root: bytes
    facts_root: bytes
    expires_on: date | None
    published_at: datetime


def leaf_members(
    session: Session, version: Version, seals: Seals, *, former: Version | None, journal_root: bytes
) -> dict[str, Any]:
    """The publication's leaf, member by member as evidence.md has it."""
    disclosure, section = version.disclosure, section_of(version)
    votes = votes_of(session, version)
    totals = public_totals(section, disclosure.subject, version.totals)
    if not is_aggregate(section, disclosure.subject):
        # The leaf's own "rows" counts the faces; a list without faces seals how many people it has.
        totals.pop("rows", None)
    for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen"):
        value = getattr(version, name)
        if value is not None:
            totals[name] = value
    leaf: dict[str, Any] = {
        "v": 1,
        "type": "publication",
        "kind": version.kind,
        "village": session.get_one(Place, version.village_id).code,
        "number": seals.number,
        "entity": disclosure.entity,
        "group": disclosure.group_no,
        "section": disclosure.section,
        "period": str(disclosure.period),
        "subject": disclosure.subject,
        "rows": seals.rows,
        "rows_root": b64(seals.rows_root),
        "totals": totals,
        "attachments_root": b64(root_of(receipt_leaves(session, version.id))),
        "facts_root": b64(seals.facts_root),
        "journal_root": b64(journal_root),
        "approvals": [
            {
                "body": "board" if disclosure.entity == "collective" else "committee",
                "voted": len(votes),
                "agreed": sum(1 for one in votes if one.agrees),
                "on_paper": any(one.on_paper for one in votes),
            }
        ],
        "published_at": rfc3339(seals.published_at),
    }
    if former is not None:
        leaf["supersedes"] = former.number
    if version.kind in (VersionKind.CORRECTION, VersionKind.WITHDRAWAL):
        leaf["reason_code"] = version.reason_code or "other"
    if seals.expires_on is not None:
        leaf["expires"] = seals.expires_on.isoformat()
    return leaf


Heads = Mapping[int | None, bytes]
"""Of one village: the journal's head before each publication, by the version's id."""


def journal_heads(session: Session, village_id: int) -> Heads:
    """Reads the village's whole journal: to be asked for once where many versions are looked at."""
    return heads_before(session, village_id, Event.VERSION_PUBLISHED)


def members_now(session: Session, version: Version, *, rows: int, heads: Heads) -> dict[str, Any]:
    """The leaf of a published version as the database would make it now, without the village's code, which may have changed
    since: ``rows`` is how many there are. Roots of rows and facts are those that the version holds.
    """
    former = session.scalar(
        select(Version)
        .where(
            Version.disclosure_id == version.disclosure_id,
            Version.stage == Stage.PUBLISHED,
            Version.number < version.number,
        )
        .order_by(Version.number.desc())
        .limit(1)
    )
    assert version.number is not None  # noqa: S101 - a check of the table
    assert version.published_at is not None  # noqa: S101 - a trigger of the table
    seals = Seals(
        number=version.number,
        rows=rows,
        rows_root=version.rows_root or b"",
        facts_root=version.facts_root or b"",
        expires_on=version.expires_on,
        published_at=version.published_at,
    )
    made = leaf_members(session, version, seals, former=former, journal_root=heads.get(version.id, b""))
    if not _seals_people(session, version):
        made["totals"].pop("rows", None)
    return {name: value for name, value in made.items() if name != "village"}


def _seals_people(session: Session, version: Version) -> bool:
    """Whether the leaf says how many people a list without faces has: those sealed before this was kept do not."""
    leaf = session.get(Leaf, version.leaf_id)
    try:
        return leaf is not None and "rows" in json.loads(leaf.body)["totals"]
    except (ValueError, KeyError, TypeError):
        return False
