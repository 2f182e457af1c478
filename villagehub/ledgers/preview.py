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
from villagehub.disclosures.traced import TracedList, Which, first_filled, list_traced
from villagehub.kernel.collector import collector_rests
from villagehub.kernel.refused import Refused
from villagehub.ledgers.actions import accept, account_of
from villagehub.ledgers.models import Upload
from villagehub.ledgers.result import Checked
from villagehub.sections import section_named
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
    listed: TracedList | None = None
    """One page of one of the lists of rows."""
    gone: frozenset[int] = frozenset()
    """Permanent numbers that the clerk ticked: those missing rows are to go."""
    last_closing_fen: int | None = None
    """Flows: the closing last published, which the opening must equal."""
    said_closing_fen: int | None = None
    """Flows: the closing that the file says."""


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


def preview(
    upload_id: int,
    checked: Checked,
    *,
    actor: Actor,
    policy: Policy,
    now: datetime,
    which: Which | None = None,
    page: int = 1,
) -> Preview:
    """Tries acceptance and takes it back; ``which`` list of rows to show, or the first that has any. Needs an application
    context and no open unit of work.
    """
    changes: Changes | None = None
    refusal: Refused | None = None
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    corrects: int | None = None
    token = ""
    listed: TracedList | None = None
    gone: frozenset[int] = frozenset()
    last_closing: int | None = None
    try:
        with collector_rests(), unit_of_work() as session:
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
                gone = frozenset(upload.gone)
                chosen = which or first_filled(changes.counts())
                listed = list_traced(session, section_named(upload.section), upload_id, chosen, page=page)
                former = last_published_before(session, account_of(upload))
                last_closing = former.closing_fen if former else None
            except Refused as said_no:
                refusal = said_no
            raise _Undo
    except _Undo:
        said = checked.balances.closing_fen
        return Preview(changes, refusal, before, after, corrects, token, listed, gone, last_closing, said)
