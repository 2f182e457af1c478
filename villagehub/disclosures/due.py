"""Due dates from a table of rules, and the later dates that a township granted (decision 14). Days are Asia/Shanghai."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import DueRule, Waiver
from villagehub.disclosures.scope import Account
from villagehub.kernel.period import Period
from villagehub.places.queries import places_above
from villagehub.sections import judged_sections


@dataclass(frozen=True, slots=True)
class Due:
    """By when a period must be public, why, and whether the date was put off."""

    day: date
    basis: str
    waived: str = ""
    """The township's public reason for the later date, if there is one."""


LONG_AGO: Final = date(2000, 1, 1)
"""For a county that has a past here: the demo and the tests' invented one."""
PAST: Final = ("finance", "assets", "funds", "duties")
"""What such a county's villages have been publishing all along; anything else is asked for there from today on."""


def ensure_default_rules(session: Session, *, since: date, of: Collection[str] | None = None) -> None:
    """Puts a section's own rules in place where an installation has none for it: a new one, or one whose program has just
    learnt of the section's day. A period that ended before ``since`` is not asked for: nobody could publish here then.
    ``of``: for these sections only.
    """
    held = set(session.scalars(select(DueRule.section).distinct()))
    for section in judged_sections():
        if section.name in held or (of is not None and section.name not in of):
            continue
        for one in section.due:
            session.add(
                DueRule(
                    place_id=None,
                    section=section.name,
                    cadence=one.cadence.value,
                    days_after=one.days_after,
                    basis=one.basis,
                    valid_from=since,
                    valid_to=None,
                )
            )
    session.flush()


def due_of(session: Session, account: Account) -> Due | None:
    """The due date of an account: the nearest place's rule wins; None where no rule asks for it."""
    return dues_of(session, [account])[0]


def dues_of(session: Session, wanted: Sequence[Account]) -> list[Due | None]:
    """The due dates of many accounts, in that order, with one look at the rules. A waiver holds for one entity's books."""
    rules = session.scalars(select(DueRule)).all() if wanted else []
    villages = {one.village_id for one in wanted}
    above = {village_id: places_above(session, village_id) for village_id in villages}
    waivers: dict[Account, Waiver] = {}
    for one in session.scalars(select(Waiver).where(Waiver.village_id.in_(villages)).order_by(Waiver.id)):
        waivers[put_off(one)] = one
    answer: list[Due | None] = []
    for account in wanted:
        rule = _nearest(rules, above[account.village_id], account.section, account.period)
        if rule is None:
            answer.append(None)
            continue
        day = account.period.last + timedelta(days=rule.days_after)
        waiver = waivers.get(replace(account, subject=""))
        later = waiver is not None and waiver.until > day
        answer.append(Due(waiver.until, rule.basis, waiver.reason) if waiver and later else Due(day, rule.basis))
    return answer


def put_off(waiver: Waiver) -> Account:
    """The account that a waiver is about; it holds for all batches of its period."""
    return Account(waiver.village_id, waiver.section, waiver.period, waiver.entity, waiver.group_no)


def _nearest(rules: Iterable[DueRule], above: list[int], section: str, period: Period) -> DueRule | None:
    """The valid rule of the place nearest to the village; of several at one place the newest."""
    valid = [
        one
        for one in rules
        if one.section == section
        and one.cadence == period.cadence
        and one.valid_from <= period.last
        and (one.valid_to is None or period.last <= one.valid_to)
        and (one.place_id is None or one.place_id in above)
    ]
    if not valid:
        return None
    return min(valid, key=lambda one: (above.index(one.place_id) if one.place_id else len(above), -one.id))
