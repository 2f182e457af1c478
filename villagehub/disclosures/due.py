"""Due dates from a table of rules, and the later dates that a township granted (decision 14). Days are Asia/Shanghai."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import DueRule, Waiver
from villagehub.kernel.period import Period
from villagehub.places.queries import places_above

DEFAULT_RULES: tuple[tuple[str, str, int, str], ...] = (
    ("finance", "month", 15, "农村集体经济组织财务公开规定（农经发〔2011〕13号）：按月公开的，次月公开"),
    ("finance", "quarter", 15, "农村集体经济组织财务公开规定（农经发〔2011〕13号）：至少每季度公开一次"),
    ("assets", "year", 31, "农村集体经济组织法：资产清查结果公开"),
    ("duties", "year", 31, "村民委员会组织法：村务公开"),
    ("funds", "day", 10, "村民委员会组织法：补贴补助的发放情况及时公开"),
    ("funds", "month", 10, "村民委员会组织法：补贴补助的发放情况及时公开"),
    ("funds", "quarter", 15, "村民委员会组织法：补贴补助的发放情况及时公开"),
)
"""Section, cadence, days after the period's last day, basis. A county replaces them by rows of its own."""


@dataclass(frozen=True, slots=True)
class Due:
    """By when a period must be public, why, and whether the date was put off."""

    day: date
    basis: str
    waived: str = ""
    """The township's public reason for the later date, if there is one."""


def ensure_default_rules(session: Session) -> None:
    """Puts the default rules in place where an installation has none at all."""
    if session.scalar(select(DueRule.id).limit(1)) is not None:
        return
    for section, cadence, days, basis in DEFAULT_RULES:
        session.add(
            DueRule(
                place_id=None,
                section=section,
                cadence=cadence,
                days_after=days,
                basis=basis,
                valid_from=date(2000, 1, 1),
                valid_to=None,
            )
        )
    session.flush()


def due_of(session: Session, village_id: int, section: str, period: Period) -> Due | None:
    """The due date of a village's period: the nearest place's rule wins; None where no rule asks for it."""
    return dues_of(session, [(village_id, section, period)])[0]


def dues_of(session: Session, wanted: Sequence[tuple[int, str, Period]]) -> list[Due | None]:
    """The due dates of many (village, section, period), in that order, with one look at the rules."""
    rules = session.scalars(select(DueRule)).all() if wanted else []
    villages = {village_id for village_id, _, _ in wanted}
    above = {village_id: places_above(session, village_id) for village_id in villages}
    waivers: dict[tuple[int, str, str], Waiver] = {}
    for one in session.scalars(select(Waiver).where(Waiver.village_id.in_(villages)).order_by(Waiver.id)):
        waivers[one.village_id, one.section, str(one.period)] = one
    answer: list[Due | None] = []
    for village_id, section, period in wanted:
        rule = _nearest(rules, above[village_id], section, period)
        if rule is None:
            answer.append(None)
            continue
        day = period.last + timedelta(days=rule.days_after)
        waiver = waivers.get((village_id, section, str(period)))
        later = waiver is not None and waiver.until > day
        answer.append(Due(waiver.until, rule.basis, waiver.reason) if waiver and later else Due(day, rule.basis))
    return answer


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
