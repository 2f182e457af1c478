"""What a village owes its villagers now: one rule, read by the clerk's desk and by the village's own pages alike."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.due import Due, dues_of, put_off
from villagehub.disclosures.models import AccountCadence, Disclosure, Version, Waiver
from villagehub.disclosures.scope import Account, account_of
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import Cadence, Period
from villagehub.places.models import Place
from villagehub.sections import SECTIONS
from villagehub.sections.base import LASTING, Section, Shape


def comes_round(section: Section) -> bool:
    """Whether a period of it is expected by itself; nobody knows beforehand that there will be a batch or an event, and what
    no rule names a day for is published when it changes.
    """
    return bool(section.due) and section.shape in (Shape.FLOW, *LASTING)


@dataclass(frozen=True, slots=True)
class Expected:
    """The last whole period of one section of one village's committee, for which a rule names a day."""

    account: Account
    due: Due
    begun: bool
    """There is a version of it that was not given up."""
    public: bool


@dataclass(frozen=True, slots=True)
class Owed:
    """One period of one village's committee whose day a rule names, and what answered for it first."""

    account: Account
    due: Due
    published_on: date | None
    """The day of its first publication, in Asia/Shanghai; None: not public yet."""
    number: int | None
    """Of that publication."""
    nil: bool
    """It said that there was nothing."""


@dataclass(frozen=True, slots=True)
class _Held:
    """One version of a section that was not given up."""

    period: Period
    stage: str
    kind: str
    number: int | None
    published_on: date | None


def list_expected(session: Session, villages: Collection[int], *, today: date) -> list[Expected]:
    """What is expected of these villages, whether or not it is public already; section by section."""
    wanted = [
        Account(village_id, section.name, period)
        for section in SECTIONS.values()
        if comes_round(section)
        for village_id, period in usual_periods(session, villages, section, today=today).items()
    ]
    dues = dues_of(session, wanted)
    held = _held(session, villages)
    found = []
    for account, due in zip(wanted, dues, strict=True):
        if due is None:
            continue
        stages = [one.stage for one in _answering(account, held)]
        found.append(Expected(account, due, bool(stages), Stage.PUBLISHED in stages))
    return found


def list_owed(session: Session, villages: Collection[int], *, year: int, today: date) -> list[Owed]:
    """Every period whose day, as it holds now, lies in ``year`` and is over; section by section, the oldest first. What ended
    before the village came here is not owed here.
    """
    wanted = [
        Account(village_id, section.name, period)
        for section in SECTIONS.values()
        if comes_round(section)
        for began in (year - 1, year)
        for village_id, cadence in _cadences(session, villages, section, year=began).items()
        for period in _periods_of(cadence, began)
    ]
    dues = dues_of(session, wanted)
    held, came = _held(session, villages), _came_on(session, villages)
    found = []
    for account, due in zip(wanted, dues, strict=True):
        if due is None or due.day.year != year or due.day >= today or account.period.last < came[account.village_id]:
            continue
        public = [one for one in _answering(account, held) if one.published_on is not None]
        first = min(public, key=lambda one: (one.published_on, one.number), default=None)
        found.append(
            Owed(
                account,
                due,
                first.published_on if first else None,
                first.number if first else None,
                first is not None and first.kind == VersionKind.NIL,
            )
        )
    return found


def _came_on(session: Session, villages: Collection[int]) -> dict[int, date]:
    """The day in Asia/Shanghai on which each village was taken over from a list of places."""
    found = session.execute(select(Place.id, Place.created_at).where(Place.id.in_(villages)))
    return {village_id: local_day(created_at) for village_id, created_at in found}


def list_put_off(session: Session, village_id: int) -> list[tuple[Account, Due]]:
    """Books of the collective and of groups whose day was put off and that are not public yet, with the day that holds now."""
    granted = session.scalars(
        select(Waiver).where(Waiver.village_id == village_id, Waiver.entity != "committee").order_by(Waiver.id)
    )
    wanted = list(dict.fromkeys(put_off(one) for one in granted))
    public = {
        replace(account_of(one), subject="")
        for one in session.scalars(
            select(Disclosure)
            .join(Version, Version.disclosure_id == Disclosure.id)
            .where(Disclosure.village_id == village_id, Version.stage == Stage.PUBLISHED)
        )
    }
    dues = dues_of(session, wanted)
    return [(one, due) for one, due in zip(wanted, dues, strict=True) if due and due.waived and one not in public]


def usual_periods(session: Session, villages: Collection[int], section: Section, *, today: date) -> dict[int, Period]:
    """For each village the last whole period of the section, by the cadence that it keeps, else by the section's first."""
    kept = _cadences(session, villages, section, year=today.year)
    return {village_id: Period.of(cadence, today).previous() for village_id, cadence in kept.items()}


def _cadences(session: Session, villages: Collection[int], section: Section, *, year: int) -> dict[int, Cadence]:
    """For each village the cadence that it kept in that year, or last before it."""
    kept = dict.fromkeys(villages, section.cadences[0])
    if section.shape is Shape.FLOW:
        held = session.scalars(
            select(AccountCadence)
            .where(
                AccountCadence.village_id.in_(list(villages)),
                AccountCadence.section == section.name,
                AccountCadence.entity == "committee",
                AccountCadence.year <= year,
            )
            .order_by(AccountCadence.year)
        )
        kept.update({one.village_id: Cadence(one.cadence) for one in held})
    return kept


def _periods_of(cadence: Cadence, year: int) -> list[Period]:
    """The periods of this cadence that begin in the year; nothing comes round by the day."""
    found = [] if cadence is Cadence.DAY else [Period.of(cadence, date(year, 1, 1))]
    while found and (following := found[-1].following()).first.year == year:
        found.append(following)
    return found


def _answering(account: Account, held: Mapping[tuple[int, str], Sequence[_Held]]) -> list[_Held]:
    return [one for one in held.get((account.village_id, account.section), ()) if _answers(account, one.period)]


def _answers(account: Account, period: Period) -> bool:
    """Whether what was made for this period is what was expected; a register's newer state answers for the older one."""
    newer = SECTIONS[account.section].shape in LASTING and period > account.period
    return newer or period.overlaps(account.period)


def _held(session: Session, villages: Collection[int]) -> dict[tuple[int, str], list[_Held]]:
    found = session.execute(
        select(
            Disclosure.village_id,
            Disclosure.section,
            Disclosure.period,
            Version.stage,
            Version.kind,
            Version.number,
            Version.published_at,
        )
        .join(Version, Version.disclosure_id == Disclosure.id)
        .where(
            Disclosure.village_id.in_(list(villages)),
            Disclosure.entity == "committee",
            Version.stage != Stage.ABANDONED,
        )
    )
    held: dict[tuple[int, str], list[_Held]] = {}
    for village_id, section, period, stage, kind, number, published_at in found:
        day = local_day(published_at) if published_at is not None else None
        held.setdefault((village_id, section), []).append(_Held(period, stage, kind, number, day))
    return held
