"""The verb on one row of a draft: change some of its fields, checked by the section's own rules (decision 4)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures import rules
from villagehub.disclosures.filling import all_facts, carry_matches, insert_rows, set_content
from villagehub.disclosures.incoming import NewRow, clean_facts
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.moves import add_author, drop_orphans, must_be_draft, note
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import links_of, section_of, title_of
from villagehub.journal import Event
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.period import day_words
from villagehub.kernel.problem import Severity
from villagehub.sections.base import Balances, Facts, Fault, Section, Shape


def correct_row(
    session: Session,
    version: Version,
    number: int,
    changes: Facts,
    *,
    actor: Actor,
    policy: Policy,
    now: datetime,
    revision: int | None = None,
    confirmed: bool = False,
) -> bool:
    """Changes fields of one row of a draft; the replacement keeps its thing and its place. None takes a value out.

    Returns False when the row says so already, so that a second click does nothing. Raises NoSuchRow, UnderReview,
    ChangedMeanwhile, FaultyRow, and DoubtfulRow until a question is ``confirmed``.
    """
    must_be_draft(version, revision=None)
    title = title_of(version.disclosure)
    found = session.execute(
        select(VersionRow, Row, Thing)
        .join(Row, Row.id == VersionRow.row_id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version.id, Thing.number == min(number, LARGEST_ID))
    ).first()
    if found is None:
        raise rules.NoSuchRow(title=title, number=number)
    link, former, thing = found
    facts = clean_facts({**former.facts, **changes})
    if facts == former.facts:
        return False
    must_be_draft(version, revision=revision)
    refusal = rules.why_not_faulty(_new_faults(session, version, link, facts), confirmed=confirmed)
    if refusal:
        raise refusal
    [link.row_id] = insert_rows(
        session,
        section_of(version),
        version.disclosure,
        [(thing.id, NewRow(facts, former.source_sheet, former.source_row), facts)],
        source_sha256=former.source_sha256,
        policy=policy,
        now=now,
    )
    carry_matches(session, former.id, link.row_id)
    session.flush()
    drop_orphans(session, [former.id])
    set_content(session, version, all_facts(session, version), _opening_stays(version), None)
    add_author(session, version, actor)
    changed = sorted(name for name in {**former.facts, **facts} if former.facts.get(name) != facts.get(name))
    detail = {"number": number, "fields": changed}
    note(session, version, Event.ROW_CORRECTED, actor=actor, now=now, detail=detail)
    return True


def _opening_stays(version: Version) -> Balances | None:
    """After a corrected row the opening stays and the closing is reckoned anew."""
    return Balances(opening_fen=version.opening_fen) if section_of(version).shape is Shape.FLOW else None


def _new_faults(session: Session, version: Version, link: VersionRow, facts: Facts) -> list[Fault]:
    """What the section's rules say of the row and of the table that they did not say before the change."""
    section = section_of(version)
    before = all_facts(session, version)
    links = links_of(session, version.id)
    index = next(place for place, one in enumerate(links) if one.position == link.position)
    after = [*before[:index], facts, *before[index + 1 :]]
    said = {_mark(one) for one in _faults(section, version, before, index)}
    return [
        _with_rows(one, [link.source_row or link.position for link in links])
        for one in _faults(section, version, after, index)
        if _mark(one) not in said
    ]


def _mark(fault: Fault) -> tuple[str, str, str | None]:
    return fault.code, fault.message, fault.field


def _faults(section: Section, version: Version, rows: Sequence[Facts], index: int) -> list[Fault]:
    """Faults of the row at ``index`` and of the table as a whole; other rows were confirmed when they came in."""
    facts = rows[index]
    found = [*_missing(section, facts), *_outside(section, version, facts)]
    if any(one.severity is Severity.MUST_FIX for one in found):
        return found
    totals = section.totals(rows)
    closing = None
    if version.opening_fen is not None and section.shape is Shape.FLOW:
        closing = version.opening_fen + totals.get("income_fen", 0) - totals.get("expense_fen", 0)
    balances = Balances(version.opening_fen, closing, version.bank_fen, version.cash_fen)
    of_table = (one for one in section.check_table(rows, balances) if one.index in (None, index))
    return [*found, *section.check_row(facts), *of_table]


def _missing(section: Section, facts: Facts) -> list[Fault]:
    return [
        Fault(Severity.MUST_FIX, "required", f"“{one.heading}”没填。", "请补上。", one.name)
        for one in section.stored_fields
        if one.required and facts.get(one.name) in (None, "")
    ]


def _outside(section: Section, version: Version, facts: Facts) -> list[Fault]:
    """An entry of a flow lies within its period; what was forgotten goes into the current one (decision 7)."""
    name = section.promoted.get("occurred_on")
    value = facts.get(name) if name else None
    period = version.disclosure.period
    if section.shape is not Shape.FLOW or not isinstance(value, str) or len(value) != 10:
        return []
    day = date.fromisoformat(value)
    if period.holds(day):
        return []
    message = f"{day_words(day)} 不在{period.label}（{period.span}）里。"
    return [Fault(Severity.MUST_FIX, "outside_period", message, "以前漏记的，记进现在这一期，写明补记。", name)]


def _with_rows(fault: Fault, source_rows: Sequence[int]) -> Fault:
    """``{others}`` in a message becomes the clerk's own row numbers."""
    others = "、".join(f"第 {source_rows[one]} 行" for one in fault.others)
    message = fault.message.replace("{others}", others)
    return Fault(fault.severity, fault.code, message, fault.fix, fault.field, fault.index, fault.others)
