"""Verbs that fill a draft: put a table of rows, type balances."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Table, insert, literal, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.identity import KEY_ID, Held, assign_keys, base_key, keyed
from villagehub.disclosures.incoming import CheckedRow, clean_rows
from villagehub.disclosures.models import Disclosure, Row, RowMatch, Thing, Version, VersionRow
from villagehub.disclosures.moves import (
    BATCH,
    NewLink,
    add_author,
    lock_counter,
    must_be_draft,
    note,
    replace_links,
)
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import last_published_before, links_of, section_of
from villagehub.disclosures.stages import VersionKind
from villagehub.journal import Event
from villagehub.sections import section_named
from villagehub.sections.base import LASTING, Balances, Facts, Section, Shape
from villagehub.storage import Base
from villagehub.storage.bulk import insert_counted, insert_many, reserve_ids

TOUCHED: Final = 20
"""So many rows are named in the journal; the counts beside them are whole."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What filling a draft did, compared with what the disclosure (or register) held before."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    """In the system, but not in the file."""
    stays: int = 0
    """Of those, the ones that stay because nobody said that they should go."""
    numbers: tuple[int, ...] = field(default=())
    """The rows' permanent numbers, in the order of the file."""

    def counts(self) -> dict[str, int]:
        """The counts by name."""
        return {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "missing": self.missing,
            "stays": self.stays,
        }


def put_rows(
    session: Session,
    version: Version,
    rows: Sequence[CheckedRow],
    *,
    balances: Balances | None = None,
    source_sha256: str | None = None,
    upload_id: int | None = None,
    actor: Actor,
    policy: Policy,
    now: datetime,
    revision: int | None = None,
    gone: Collection[int] | None = None,
) -> Changes:
    """Makes these the rows of a draft, in one stroke. Unchanged rows are linked again, not copied (decision 4).

    ``gone`` names by permanent number the rows that may fall out; others that are missing stay, behind the new ones. None: all
    that are missing fall out. Rows that only drafts link are deleted then. Raises UnderReview, ChangedMeanwhile.
    """
    must_be_draft(version, revision=revision)
    section = section_of(version)
    disclosure = version.disclosure
    cleaned = clean_rows(rows)
    held = _held_rows(session, version)
    bases = [base_key(section, facts, policy.match_key) for facts in cleaned]
    assigned = assign_keys(bases, cleaned, held)
    things = _things_for(session, disclosure, [key for key, _ in assigned], now=now)
    kept_ids = [
        former.row_id if former is not None and former.facts == facts else 0
        for facts, (_, former) in zip(cleaned, assigned, strict=True)
    ]
    fresh = [
        (thing, row, facts, former)
        for row, facts, (_, former), thing, kept in zip(rows, cleaned, assigned, things, kept_ids, strict=True)
        if not kept
    ]
    made = [(thing_id, row, facts) for (thing_id, _), row, facts, _ in fresh]
    new = sum(former is None for _, _, _, former in fresh)
    changed, unchanged = len(fresh) - new, len(rows) - len(fresh)
    ids = insert_rows(session, section, disclosure, made, source_sha256=source_sha256, policy=policy, now=now)
    kept_things = {former.thing_id for _, former in assigned if former}
    missing = [one for one in held if one.thing_id not in kept_things]
    staying = _staying(session, version, missing, gone)
    if isinstance(ids, range) and not unchanged and not staying:
        replace_links(session, version, ids)
    else:
        replace_links(session, version, _links(version.id, rows, kept_ids, ids, staying))
    if staying and balances is not None:
        balances = replace(balances, closing_fen=None)  # the file's closing does not know of them
    set_content(session, version, [*cleaned, *(one.facts for one, _ in staying)], balances, upload_id)
    add_author(session, version, actor)
    note(
        session,
        version,
        Event.VERSION_FILLED,
        actor=actor,
        now=now,
        detail={
            "rows": len(rows) + len(staying),
            "new": new,
            "changed": changed,
            "sha256": source_sha256 or "",
            # Which rows are not what they were, for somebody who had the draft open; a first filling touches all of them.
            "touched": [number for (_, number), _, _, _ in fresh[:TOUCHED]] if held else [],
        },
    )
    numbers = tuple(number for _, number in things)
    return Changes(new, changed, unchanged, len(missing), len(staying), numbers)


def _links(
    version_id: int,
    rows: Sequence[CheckedRow],
    kept_ids: Sequence[int],
    written: Sequence[int],
    staying: Sequence[tuple[Held, int | None]],
) -> list[NewLink]:
    """The links to the file's rows in their order, those that were kept and those just written, and behind them what stays."""
    ids = iter(written)
    named = [(kept or next(ids), row.source_row) for row, kept in zip(rows, kept_ids, strict=True)]
    named += [(one.row_id, source_row) for one, source_row in staying]
    return [NewLink(version_id, position, row_id, at) for position, (row_id, at) in enumerate(named, start=1)]


def _staying(
    session: Session, version: Version, missing: Sequence[Held], gone: Collection[int] | None
) -> list[tuple[Held, int | None]]:
    """Rows that the file does not name and that stay all the same, with the Excel rows they came from."""
    if gone is None or not missing:
        return []
    rows = {link.row_id: link.source_row for link in links_of(session, version.id)}
    leaving = set(
        session.scalars(select(Thing.id).where(Thing.village_id == version.village_id, Thing.number.in_(gone)))
    )
    return [(one, rows[one.row_id]) for one in missing if one.thing_id not in leaving]


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


PROMOTED: Final = ("occurred_on", "direction", "amount_fen", "category", "counterparty")
"""The indexed columns that a section fills from a row's facts."""


def promoted(section: Section, facts: Sequence[Facts]) -> dict[str, list[Any]]:
    """What rows' facts give for the columns ``PROMOTED``."""
    found = {column: [told.get(section.promoted.get(column, "")) for told in facts] for column in PROMOTED}
    days = found["occurred_on"]
    return found | {"occurred_on": [_day(day) if isinstance(day, str) and len(day) == 10 else None for day in days]}


@lru_cache(maxsize=2000)
def _day(said: str) -> date:
    return date.fromisoformat(said)


def _things_for(
    session: Session, disclosure: Disclosure, keys: Sequence[str], *, now: datetime
) -> list[tuple[int, int]]:
    """Id and number of the thing of each of these keys, made where they are new. Flows and batches carry the period or subject in
    the key.
    """
    scope = key_scope(disclosure)
    names = [f"{scope}{key}" for key in keys]
    found = _known_things(session, disclosure, names)
    fresh = [name for name in names if name not in found]
    counter = lock_counter(session, disclosure.village_id)
    numbers = range(counter.thing + 1, counter.thing + 1 + len(fresh))
    ids = reserve_ids(session, _table(Thing), len(fresh)) if fresh else range(0)
    shared = {
        "village_id": disclosure.village_id,
        "entity": disclosure.entity,
        "group_no": disclosure.group_no,
        "section": disclosure.section,
        "created_at": now,
    }
    if isinstance(ids, range):
        counted = {"id": ids.start, "number": numbers.start}
        insert_counted(session, _table(Thing), "natural_key", fresh, counted=counted, shared=shared)
    else:
        columns: dict[str, Sequence[Any]] = {"id": ids, "natural_key": fresh, "number": numbers}
        insert_many(session, _table(Thing), columns, shared=shared)
    counter.thing += len(fresh)
    session.flush()
    found.update(zip(fresh, zip(ids, numbers, strict=True), strict=True))
    return [found[name] for name in names]


def _known_things(session: Session, disclosure: Disclosure, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Those of the disclosure's things that bear one of these names: asked for name by name, or all of them where it is many."""
    mine = select(Thing.natural_key, Thing.id, Thing.number).where(
        Thing.village_id == disclosure.village_id,
        Thing.entity == disclosure.entity,
        Thing.group_no == disclosure.group_no,
        Thing.section == disclosure.section,
    )
    scope = key_scope(disclosure)
    if len(names) > BATCH:
        asked = [mine.where(Thing.natural_key.startswith(scope, autoescape=True))]
    else:
        asked = [mine.where(Thing.natural_key.in_(names))]
    return {name: (one, number) for question in asked for name, one, number in session.execute(question)}


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def key_scope(disclosure: Disclosure) -> str:
    """What keeps equal keys of different disclosures apart: nothing for registers, whose things live across periods."""
    shape = section_named(disclosure.section).shape
    if shape in LASTING:
        return ""
    marker = sha256(f"{disclosure.period}|{disclosure.subject}".encode()).hexdigest()[:8]
    return f"{disclosure.period}.{marker}|"


def insert_rows(
    session: Session,
    section: Section,
    disclosure: Disclosure,
    rows: Sequence[tuple[int, CheckedRow, Facts]],
    *,
    source_sha256: str | None,
    policy: Policy,
    now: datetime,
) -> Sequence[int]:
    """Keeps rows (thing's id, row, facts already cleaned) with their keyed matches; returns the rows' ids in order."""
    if not rows:
        return ()
    ids = reserve_ids(session, _table(Row), len(rows))
    village_id = disclosure.village_id
    shared = {"village_id": village_id, "section": section.name, "source_sha256": source_sha256, "created_at": now}
    told = [facts for _, _, facts in rows]
    columns: dict[str, Sequence[Any]] = {
        "id": ids,
        "thing_id": [thing_id for thing_id, _, _ in rows],
        "facts": told,
        "source_sheet": [row.sheet for _, row, _ in rows],
        "source_row": [row.source_row for _, row, _ in rows],
    }
    insert_many(session, _table(Row), columns | promoted(section, told), shared=shared)
    seen = [
        (one, kind, raw)
        for one, (_, row, _) in zip(ids, rows, strict=True)
        if row.matches
        for kind, raw in dict.fromkeys(row.matches)
    ]
    if seen:
        columns = {
            "id": reserve_ids(session, _table(RowMatch), len(seen)),
            "row_id": [one for one, _, _ in seen],
            "kind": [kind for _, kind, _ in seen],
            "hmac": [keyed(policy.match_key, f"match:{kind}", raw) for _, kind, raw in seen],
        }
        insert_many(session, _table(RowMatch), columns, shared={"village_id": village_id, "key_id": KEY_ID})
    return ids


def carry_matches(session: Session, former_id: int, row_id: int) -> None:
    """A corrected row is about the same people: the numbers seen beside the former one were read from a file once, and are in
    no form. Only their HMACs are kept.
    """
    seen = select(RowMatch.village_id, literal(row_id), RowMatch.kind, RowMatch.key_id, RowMatch.hmac).where(
        RowMatch.row_id == former_id
    )
    session.execute(insert(RowMatch).from_select(["village_id", "row_id", "kind", "key_id", "hmac"], seen))


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
