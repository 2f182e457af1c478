"""The verb that undoes one filling of a draft: by its trace, row by row (import.md 10)."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.drafting import abandon
from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.models import Row, Thing, Version
from villagehub.disclosures.moves import NewLink, add_author, lock_counter, must_be_draft, note, replace_links
from villagehub.disclosures.receipt_models import VersionReceipt
from villagehub.disclosures.scope import section_of
from villagehub.disclosures.tracing import Standing, links_now, standing, trace_of
from villagehub.disclosures.undo_rules import Link, undone, undone_balances
from villagehub.disclosures.wording import shown
from villagehub.journal import Event
from villagehub.sections.base import Balances, Shape

_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What undoing did."""

    removed: int
    restored: int
    returned: int
    kept: tuple[tuple[int, str], ...] = field(default=())
    """Permanent numbers and headlines of rows that somebody changed after the upload."""
    kept_balances: bool = False
    rows: int = 0
    """How many the draft has now."""
    given_up: bool = False
    """The upload had opened the draft, and nothing else was done to it: so it is gone too."""


def undo_filling(
    session: Session,
    version: Version,
    upload_id: int,
    *,
    opened: bool,
    before: Standing,
    after: Standing,
    actor: Actor,
    now: datetime,
) -> TakenBack:
    """Takes back what the upload did to this draft (or, in a correction, to the publication that it corrects).

    Rows that somebody changed since stay and are named, balances too. Raises UnderReview.
    """
    must_be_draft(version, revision=None)
    lock_counter(session, version.village_id)
    found = undone(*trace_of(session, upload_id), links_now(session, version.id))
    was, since = standing(version), _balances(after)
    balances, kept_balances = undone_balances(_balances(before), since, _balances(was))
    untouched = not found.kept and not kept_balances
    kept = _named(session, version, found.kept)
    done = TakenBack(found.removed, found.restored, found.returned, kept, kept_balances, len(found.links))
    detail = {
        "upload": upload_id,
        "removed": done.removed,
        "restored": done.restored + done.returned,
        "kept": [number for number, _ in kept][:_MOST_NAMED],
    }
    note(session, version, Event.FILLING_UNDONE, actor=actor, now=now, detail=detail)
    if opened and untouched and not _worked_on(session, version):
        abandon(session, version, actor=actor, now=now)
        return TakenBack(found.removed, found.restored, found.returned, given_up=True)
    replace_links(session, version, _as_links(version, found.links))
    version.totals = dict(section_of(version).totals(all_facts(session, version)))
    if section_of(version).shape is Shape.FLOW:
        _put_balances(version, balances, reckon=not untouched)
    if version.kind == after.kind and not found.kept:
        version.kind = before.kind
    if version.upload_id == upload_id:
        version.upload_id = before.upload_id
    version.revision += 1
    session.flush()
    add_author(session, version, actor)
    return done


def _worked_on(session: Session, version: Version) -> bool:
    """Whether somebody gave the draft a reason or receipts."""
    receipts = session.scalar(select(exists().where(VersionReceipt.version_id == version.id)))
    return bool(version.reason or receipts)


def _as_links(version: Version, links: tuple[Link, ...]) -> list[NewLink]:
    return [NewLink(version.id, position, one.row_id, one.source_row) for position, one in enumerate(links, start=1)]


def _put_balances(version: Version, balances: Balances, *, reckon: bool) -> None:
    for name, value in asdict(balances).items():
        setattr(version, name, value)
    if reckon and version.opening_fen is not None:
        moved = int(version.totals.get("income_fen", 0)) - int(version.totals.get("expense_fen", 0))
        version.closing_fen = version.opening_fen + moved


def _balances(one: Standing) -> Balances:
    return Balances(one.opening_fen, one.closing_fen, one.bank_fen, one.cash_fen)


def _named(session: Session, version: Version, things: tuple[int, ...]) -> tuple[tuple[int, str], ...]:
    """Numbers and headlines, as the rows stand now; a row that a person took out has its number only."""
    section = section_of(version)
    facts = {one.thing_id: one.row_id for one in links_now(session, version.id) if one.thing_id in set(things)}
    named = []
    for thing_id in things:
        number = session.get_one(Thing, thing_id).number
        row = session.get(Row, facts[thing_id]) if thing_id in facts else None
        headline = section.headline
        words = shown(section.field_named(headline), row.facts.get(headline)) if row is not None and headline else ""
        named.append((number, words))
    return tuple(sorted(named))
