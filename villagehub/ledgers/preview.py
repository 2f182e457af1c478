"""What acceptance would do, found out by doing it in a transaction that is rolled back (import.md 7)."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.actions import Changes
from villagehub.disclosures.models import Version
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import find_disclosure, last_published_before, latest_published, open_version
from villagehub.kernel.refused import Refused
from villagehub.ledgers.actions import accept, account_of
from villagehub.ledgers.models import Upload
from villagehub.ledgers.result import Checked
from villagehub.storage import unit_of_work


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change, with totals before and after; or the rule that stands in the way."""

    changes: Changes | None
    refusal: Refused | None
    before: dict[str, int]
    """Totals and balances that the account's draft or publication shows now; empty for a first one."""
    after: dict[str, int]
    corrects: int | None
    """The publication number that this would become a correction of."""
    token: str


class _Undo(Exception):
    """Ends the trial: nothing of it is kept."""


def figures(version: Version | None) -> dict[str, int]:
    """A version's totals and balances by name, in fen or in rows."""
    if version is None:
        return {}
    balances = {name: getattr(version, name) for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen")}
    return {**version.totals, **{name: value for name, value in balances.items() if value is not None}}


def state_token(session: Session, upload: Upload) -> str:
    """A short mark of everything the preview depends on; acceptance refuses another one."""
    parts: list[object] = [upload.id, upload.revision, upload.state]
    disclosure = find_disclosure(session, account_of(upload))
    if disclosure is not None:
        held = open_version(session, disclosure)
        newest = latest_published(session, disclosure)
        parts += [held.id if held else 0, held.revision if held else 0, newest.id if newest else 0]
    before = last_published_before(session, account_of(upload))
    parts.append(before.id if before else 0)
    return sha256(repr(parts).encode()).hexdigest()[:24]


def preview(upload_id: int, checked: Checked, *, actor: Actor, policy: Policy, now: datetime) -> Preview:
    """Tries acceptance and takes it back. Needs an application context and no open unit of work."""
    changes: Changes | None = None
    refusal: Refused | None = None
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    corrects: int | None = None
    token = ""
    try:
        with unit_of_work() as session:
            upload = session.get_one(Upload, upload_id)
            token = state_token(session, upload)
            disclosure = find_disclosure(session, account_of(upload))
            if disclosure is not None:
                published = latest_published(session, disclosure)
                before = figures(open_version(session, disclosure) or published)
                corrects = published.number if published else None
            try:
                changes = accept(session, upload, checked, actor=actor, policy=policy, now=now)
                after = figures(session.get_one(Version, upload.version_id))
            except Refused as said_no:
                refusal = said_no
            raise _Undo
    except _Undo:
        return Preview(changes, refusal, before, after, corrects, token)
