"""Verbs that fill a draft: put a table of rows, type balances."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.identity import KEY_ID, Held, assign_keys, base_key, keyed
from villagehub.disclosures.models import Disclosure, Row, RowMatch, Thing, Version, VersionRow
from villagehub.disclosures.moves import (
    BATCH,
    add_author,
    lock_counter,
    must_be_draft,
    note,
    replace_links,
)
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import last_published_before, section_of
from villagehub.disclosures.stages import VersionKind
from villagehub.journal import Event
from villagehub.kernel.canonical import one_line
from villagehub.sections import section_named
from villagehub.sections.base import Balances, Facts, Section, Shape


@dataclass(frozen=True, slots=True)
class NewRow:
    """One checked row on its way into a draft."""

    facts: Facts
    sheet: str | None = None
    source_row: int | None = None
    matches: tuple[tuple[str, str], ...] = ()
    """(kind, raw number) pairs seen beside the row; only their HMACs are kept (decision 9)."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What filling a draft did, compared with what the disclosure (or register) held before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    """In the system, but not in the file."""
    numbers: tuple[int, ...] = field(default=())
    """The rows' permanent numbers, in the order of the file."""


def put_rows(
    session: Session,
    version: Version,
    rows: Sequence[NewRow],
    *,
    balances: Balances | None = None,
    source_sha256: str | None = None,
    upload_id: int | None = None,
    actor: Actor,
    policy: Policy,
    now: datetime,
    revision: int | None = None,
) -> Changes:
    """Makes these the rows of a draft, in one stroke. Unchanged rows are linked again, not copied (decision 4).

    Rows that only drafts link are deleted when they fall out. Raises UnderReview, ChangedMeanwhile.
    """
    must_be_draft(version, revision=revision)
    section = section_of(version)
    disclosure = version.disclosure
    cleaned = [clean_facts(row.facts) for row in rows]
    held = _held_rows(session, version)
    bases = [base_key(section, facts, policy.match_key) for facts in cleaned]
    assigned = assign_keys(bases, cleaned, held)
    things = _things_for(session, disclosure, [key for key, _ in assigned], now=now)
    links: list[dict[str, Any]] = []
    new = changed = unchanged = 0
    for position, (row, facts, (key, former)) in enumerate(zip(rows, cleaned, assigned, strict=True), start=1):
        if former is not None and former.facts == facts:
            row_id, unchanged = former.row_id, unchanged + 1
        else:
            row_id = insert_row(
                session,
                section,
                disclosure,
                things[key],
                facts,
                row,
                source_sha256=source_sha256,
                policy=policy,
                now=now,
            )
            new, changed = (new + 1, changed) if former is None else (new, changed + 1)
        links.append({"version_id": version.id, "position": position, "row_id": row_id, "source_row": row.source_row})
    kept = {former.thing_id for _, former in assigned if former}
    missing = sum(1 for one in held if one.thing_id not in kept)
    replace_links(session, version, links)
    set_content(session, version, cleaned, balances, upload_id)
    add_author(session, version, actor)
    note(
        session,
        version,
        Event.VERSION_FILLED,
        actor=actor,
        now=now,
        detail={"rows": len(rows), "new": new, "changed": changed, "sha256": source_sha256 or ""},
    )
    return Changes(new, changed, unchanged, missing, tuple(things[key].number for key, _ in assigned))


def _held_rows(session: Session, version: Version) -> list[Held]:
    found = session.execute(
        select(Row.id, Row.thing_id, Thing.natural_key, Row.facts)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
    )
    scope = key_scope(version.disclosure)
    return [Held(row_id, thing_id, key.removeprefix(scope), facts) for row_id, thing_id, key, facts in found]


def clean_facts(facts: Facts) -> Facts:
    """Text in NFC on one line: what may enter a leaf. The original file keeps the clerk's own bytes."""
    return {
        name: one_line(value) if isinstance(value, str) else value for name, value in facts.items() if value is not None
    }


def promoted_columns(section: Section, facts: Facts) -> dict[str, Any]:
    """The indexed columns that a section fills from a row's facts."""
    columns: dict[str, Any] = dict.fromkeys(("occurred_on", "direction", "amount_fen", "category", "counterparty"))
    for column, name in section.promoted.items():
        columns[column] = facts.get(name)
    day = columns["occurred_on"]
    columns["occurred_on"] = date.fromisoformat(day) if isinstance(day, str) and len(day) == 10 else None
    return columns


def _things_for(session: Session, disclosure: Disclosure, keys: Sequence[str], *, now: datetime) -> dict[str, Thing]:
    """The things of these keys, made where they are new. Flows and batches carry the period or subject in the key."""
    scope = key_scope(disclosure)
    wanted = {key: f"{scope}{key}" for key in keys}
    found: dict[str, Thing] = {}
    full = list(wanted.values())
    for start in range(0, len(full), BATCH):
        for thing in session.scalars(
            select(Thing).where(
                Thing.village_id == disclosure.village_id,
                Thing.entity == disclosure.entity,
                Thing.group_no == disclosure.group_no,
                Thing.section == disclosure.section,
                Thing.natural_key.in_(full[start : start + BATCH]),
            )
        ):
            found[thing.natural_key] = thing
    counter = lock_counter(session, disclosure.village_id)
    for name in full:
        if name not in found:
            counter.thing += 1
            found[name] = Thing(
                village_id=disclosure.village_id,
                entity=disclosure.entity,
                group_no=disclosure.group_no,
                section=disclosure.section,
                natural_key=name,
                number=counter.thing,
                created_at=now,
            )
            session.add(found[name])
    session.flush()
    return {key: found[name] for key, name in wanted.items()}


def key_scope(disclosure: Disclosure) -> str:
    """What keeps equal keys of different disclosures apart: nothing for registers, whose things live across periods."""
    shape = section_named(disclosure.section).shape
    if shape in (Shape.REGISTER, Shape.STANDING):
        return ""
    marker = sha256(f"{disclosure.period}|{disclosure.subject}".encode()).hexdigest()[:8]
    return f"{disclosure.period}.{marker}|"


def insert_row(
    session: Session,
    section: Section,
    disclosure: Disclosure,
    thing: Thing,
    facts: Facts,
    row: NewRow,
    *,
    source_sha256: str | None,
    policy: Policy,
    now: datetime,
) -> int:
    """Keeps one row (facts already cleaned) on its thing, with its keyed matches; returns its id."""
    made = Row(
        village_id=disclosure.village_id,
        thing_id=thing.id,
        section=section.name,
        facts=facts,
        source_sha256=source_sha256,
        source_sheet=row.sheet,
        source_row=row.source_row,
        created_at=now,
        **promoted_columns(section, facts),
    )
    session.add(made)
    session.flush()
    for kind, raw in dict.fromkeys(row.matches):
        session.add(
            RowMatch(
                village_id=disclosure.village_id,
                row_id=made.id,
                kind=kind,
                key_id=KEY_ID,
                hmac=keyed(policy.match_key, f"match:{kind}", raw),
            )
        )
    return made.id


def set_content(
    session: Session, version: Version, facts: Sequence[Facts], balances: Balances | None, upload_id: int | None
) -> None:
    """Writes the roll-ups and balances that follow from the draft's rows, and raises its revision."""
    section = section_of(version)
    version.totals = dict(section.totals(facts))
    if section.shape is Shape.FLOW:
        _set_balances(session, version, balances or Balances())
    if upload_id is not None:
        version.upload_id = upload_id
    if version.kind == VersionKind.NIL and facts:
        version.kind = VersionKind.FULL
    version.revision += 1
    session.flush()


def _set_balances(session: Session, version: Version, said: Balances) -> None:
    """Decision 7: from the file, else the last closing; the closing follows from opening, income and expense."""
    opening = said.opening_fen
    if opening is None:
        before = last_published_before(session, version.disclosure)
        opening = before.closing_fen if before else version.opening_fen
    moved = int(version.totals.get("income_fen", 0)) - int(version.totals.get("expense_fen", 0))
    version.opening_fen = opening
    version.closing_fen = said.closing_fen if said.closing_fen is not None else _plus(opening, moved)
    version.bank_fen = said.bank_fen if said.bank_fen is not None else version.bank_fen
    version.cash_fen = said.cash_fen if said.cash_fen is not None else version.cash_fen


def _plus(opening: int | None, moved: int) -> int | None:
    return None if opening is None else opening + moved


def set_balances(
    session: Session, version: Version, balances: Balances, *, actor: Actor, now: datetime, revision: int | None = None
) -> None:
    """Opening, closing, bank and cash typed by the clerk, where the file does not carry them (fen).

    Saying the same again changes nothing. Raises UnderReview, ChangedMeanwhile.
    """
    must_be_draft(version, revision=None)
    before = _balances_of(version)
    _set_balances(session, version, balances)
    if _balances_of(version) == before:
        return
    must_be_draft(version, revision=revision)
    version.revision += 1
    add_author(session, version, actor)
    note(session, version, Event.VERSION_FILLED, actor=actor, now=now, detail={"balances": True})


def _balances_of(version: Version) -> Balances:
    return Balances(version.opening_fen, version.closing_fen, version.bank_fen, version.cash_fen)


def all_facts(session: Session, version: Version) -> list[Facts]:
    """The facts of a version's rows, in order."""
    return list(
        session.scalars(
            select(Row.facts)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .where(VersionRow.version_id == version.id)
            .order_by(VersionRow.position)
        )
    )
