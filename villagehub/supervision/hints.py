"""Reads of what is worth a look: in one version, and in all books of a quarter. Nothing of it is written down (decision 34)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.models import Disclosure, Row, Thing, Version, VersionRow
from villagehub.disclosures.scope import section_of, title_of
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.wording import shown
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.supervision.audit_queries import AuditLine
from villagehub.supervision.cross_rules import Beside, cross_hints
from villagehub.supervision.hint_rules import Lines, entry_of, hints_of

BOOK = "finance"
"""The section whose rows are entries with amounts."""
CROSSED = ("assets", "resources", "contracts", "projects")
"""Registers that are compared with what the village's other sections say."""


@dataclass(frozen=True, slots=True)
class Odd:
    """One entry that is worth a look, with every reason."""

    number: int
    headline: str
    reasons: tuple[str, ...]
    audit: AuditLine | None
    """The newest question that was put about it."""


@dataclass(frozen=True, slots=True)
class OddBook:
    """A published book with what is worth a look in it."""

    version_id: int
    village_id: int
    title: str
    number: int | None
    entries: tuple[Odd, ...]


def lines_of(settings: Settings) -> Lines:
    """The installation's lines, in fen."""
    return Lines(settings.decision_yuan * 100, settings.cash_yuan * 100)


def odd_entries(session: Session, version: Version, lines: Lines, audits: Sequence[AuditLine] = ()) -> tuple[Odd, ...]:
    """The entries of a version that are worth a look, in the order of the clerk's file. ``audits``: the village's."""
    section = section_of(version)
    if section.name not in (BOOK, *CROSSED):
        return ()
    held = session.execute(
        select(Thing.id, Thing.number, Row.facts)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
    ).all()
    reasons: dict[int, list[str]] = {}
    if section.name == BOOK:
        for hint in hints_of([entry_of(number, facts) for _, number, facts in held], version.disclosure.period, lines):
            reasons.setdefault(hint.number, []).append(hint.why)
    else:
        rows = [(number, facts) for _, number, facts in held]
        beside = beside_of(session, version.village_id)
        for number, why in cross_hints(
            section.name, rows, beside, decision_fen=lines.decision_fen, today=clock.today()
        ):
            reasons.setdefault(number, []).append(why)
    asked: dict[int | None, AuditLine] = {}
    for one in sorted(audits, key=lambda one: one.id):
        asked[one.thing_id] = one
    headline = section.field_named(section.headline) if section.headline else None
    return tuple(
        Odd(
            number,
            (shown(headline, facts.get(headline.name)) if headline else "") or f"编号 {number}",
            tuple(reasons[number]),
            asked.get(thing_id),
        )
        for thing_id, number, facts in held
        if number in reasons
    )


def beside_of(session: Session, village_id: int) -> Beside:
    """What the village has published that a register can be compared with: contracts, decisions, income."""
    found = session.scalars(
        select(Version)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(
            Version.village_id == village_id,
            Version.stage == Stage.PUBLISHED,
            Disclosure.section.in_(("contracts", "decisions", BOOK)),
        )
        .order_by(Version.id)
    )
    newest = list({one.disclosure_id: one for one in found}.values())
    of = {name: [one for one in newest if one.disclosure.section == name] for name in ("contracts", "decisions", BOOK)}
    contracts = max(of["contracts"], key=lambda one: one.disclosure.period, default=None)
    return Beside(
        contracts=all_facts(session, contracts) if contracts else None,
        decisions=[facts for one in of["decisions"] for facts in all_facts(session, one)] if of["decisions"] else None,
        income=[facts for one in of[BOOK] for facts in all_facts(session, one) if facts.get("direction") == "in"],
        books=[one.disclosure.period for one in of[BOOK]],
    )


def odd_books(
    session: Session, villages: Collection[int], quarter: Period, lines: Lines, audits: Sequence[AuditLine]
) -> list[OddBook]:
    """The newest publication of every book of the quarter, and of every register that holds in it, in which something is worth a
    look; those with most first.
    """
    found = session.scalars(
        select(Version)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(
            Version.village_id.in_(villages),
            Disclosure.section.in_((BOOK, *CROSSED)),
            Version.stage == Stage.PUBLISHED,
        )
        .order_by(Version.id)
    ).all()
    newest = {
        one.disclosure_id: one
        for one in found
        if one.disclosure.section == BOOK and one.disclosure.period.overlaps(quarter)
    }
    registers: dict[tuple[int, str, str, str], Version] = {}
    for one in sorted(found, key=lambda one: (one.disclosure.period, one.id)):
        held = one.disclosure
        if held.section != BOOK and held.period.first <= quarter.last:
            registers[one.village_id, held.section, held.entity, held.group_no] = one
    newest |= {one.disclosure_id: one for one in registers.values()}
    books = [
        OddBook(one.id, one.village_id, title_of(one.disclosure), one.number, odd_entries(session, one, lines, audits))
        for one in newest.values()
    ]
    return sorted((one for one in books if one.entries), key=lambda one: (-len(one.entries), one.version_id))
