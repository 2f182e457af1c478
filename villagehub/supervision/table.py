"""The table of villages by section for one quarter: frozen lines come out, ready to show, to sort and to write into a file."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from villagehub.disclosures.due import Due, dues_of
from villagehub.disclosures.expected import comes_round
from villagehub.disclosures.models import AccountCadence, Disclosure, Version
from villagehub.disclosures.scope import Account, account_of, title_of
from villagehub.disclosures.stages import STAGE_WORDS, Stage, VersionKind
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import Cadence, Period
from villagehub.places.queries import VillageFacts
from villagehub.sections import judged_sections
from villagehub.supervision.standing import Judged, Standing, judge, periods_within, worst


@dataclass(frozen=True, slots=True)
class Item:
    """One account that is due, or that a village has begun."""

    title: str
    account: Account
    due: Due | None
    judged: Judged
    version_id: int | None
    """The newest version that was not given up."""
    stage: Stage | None
    """Of that version; None: nobody has begun."""
    number: int | None
    """Of the newest publication."""
    waits_since: datetime | None
    """Since when it waits for signatures."""

    @property
    def stage_words(self) -> str:
        """How far it has come."""
        return STAGE_WORDS[self.stage] if self.stage else "还没开始"

    @property
    def can_wait(self) -> bool:
        """Whether a later day can still be granted."""
        return self.due is not None and self.number is None


@dataclass(frozen=True, slots=True)
class Cell:
    """One section of one village: the worst of its accounts."""

    section: str
    judged: Judged
    items: tuple[Item, ...]

    @property
    def note(self) -> str:
        """Which account the cell speaks of, where there are several or its period is not the quarter."""
        found = min(self.items, key=lambda one: one.judged.rank, default=None)
        return found.title if found else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One village."""

    village: VillageFacts
    cells: tuple[Cell, ...]
    waiting: int
    """Accounts that wait for signatures."""
    waiting_long: int
    audits: int
    """Questions of the township that are still open."""

    def count(self, standing: Standing) -> int:
        """How many accounts stand so."""
        return sum(item.judged.standing is standing for cell in self.cells for item in cell.items)

    @property
    def items(self) -> tuple[Item, ...]:
        """All accounts of the quarter."""
        return tuple(item for cell in self.cells for item in cell.items)

    @property
    def clean(self) -> bool:
        """Nothing missing and nothing late."""
        return not self.count(Standing.MISSING) and not self.count(Standing.LATE)

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Sorts the worst first."""
        days = max((one.judged.days for one in self.items), default=0)
        return -self.count(Standing.MISSING), -self.count(Standing.LATE), -days, self.village.code


def read_rows(
    session: Session,
    villages: Sequence[VillageFacts],
    quarter: Period,
    *,
    today: date,
    now: datetime,
    audits: dict[int, int],
    review_days: int,
) -> list[Row]:
    """Each village's line, in the order given. ``audits``: open questions by village. ``review_days``: after so many days
    the township is told that a review waits (decision 16).
    """
    held = _items(session, [one.id for one in villages], quarter, today=today)
    rows = []
    for village in villages:
        mine = held.get(village.id, [])
        cells = tuple(
            Cell(name, worst(one.judged for one in found), tuple(found))
            for name in (one.name for one in judged_sections())
            for found in [[one for one in mine if one.account.section == name]]
        )
        waits = [one.waits_since for one in mine if one.waits_since is not None]
        long = sum(now - since > timedelta(days=review_days) for since in waits)
        rows.append(Row(village, cells, len(waits), long, audits.get(village.id, 0)))
    return rows


def sorted_rows(rows: Sequence[Row], by: str) -> list[Row]:
    """By ``v`` (code), ``w`` (waiting), ``a`` (open questions) or a section's name; else the worst village first."""
    if by == "v":
        return sorted(rows, key=lambda one: one.village.code)
    if by in ("w", "a"):
        return sorted(rows, key=lambda one: (-(one.waiting if by == "w" else one.audits), one.village.code))
    judged = [one.name for one in judged_sections()]
    if by in judged:
        place = judged.index(by)
        return sorted(rows, key=lambda one: (one.cells[place].judged.rank, one.village.code))
    return sorted(rows, key=lambda one: one.rank)


def shown_rows(rows: Sequence[Row], show: str) -> list[Row]:
    """Only the villages that one of the counts on top is about."""
    wanted = {
        "ok": lambda one: one.clean,
        "missing": lambda one: one.count(Standing.MISSING) > 0,
        "late": lambda one: one.count(Standing.LATE) > 0,
        "waiting": lambda one: one.waiting > 0,
    }.get(show)
    return [one for one in rows if wanted(one)] if wanted else list(rows)


def _items(session: Session, ids: Collection[int], quarter: Period, *, today: date) -> dict[int, list[Item]]:
    begun = _begun(session, ids, quarter)
    wanted = [*begun, *(one for one in _required(session, ids, quarter) if one not in begun)]
    dues = dues_of(session, wanted)
    found: dict[int, list[Item]] = {}
    for account, due in zip(wanted, dues, strict=True):
        versions = begun.get(account, [])
        if not versions and due is None:
            continue  # nobody asks for it, and nobody has begun it
        found.setdefault(account.village_id, []).append(_item(account, due, versions, today))
    for items in found.values():
        items.sort(key=lambda one: (one.account.period, one.account.entity, one.title))
    return found


def _item(account: Account, due: Due | None, versions: Sequence[Version], today: date) -> Item:
    public = [one for one in versions if one.stage == Stage.PUBLISHED]
    first = min((one.published_at for one in public if one.published_at), default=None)
    newest = max(public, key=lambda one: one.number or 0, default=None)
    last = max(versions, key=lambda one: one.id, default=None)
    return Item(
        title=title_of(account),
        account=account,
        due=due,
        judged=judge(
            due,
            local_day(first) if first else None,
            nil=newest is not None and newest.kind == VersionKind.NIL,
            today=today,
        ),
        version_id=last.id if last else None,
        stage=Stage(last.stage) if last else None,
        number=newest.number if newest else None,
        waits_since=last.submitted_at if last is not None and last.stage == Stage.SUBMITTED else None,
    )


def _begun(session: Session, ids: Collection[int], quarter: Period) -> dict[Account, list[Version]]:
    """Accounts whose period meets the quarter and that have a version which was not given up."""
    found: dict[Account, list[Version]] = {}
    pairs = session.execute(
        select(Disclosure, Version)
        .join(Version, Version.disclosure_id == Disclosure.id)
        .where(
            Disclosure.village_id.in_(ids),
            # The names of all periods begin with their year.
            type_coerce(Disclosure.period, String).like(f"{quarter.first.year}%"),
            Version.stage != Stage.ABANDONED,
        )
        .order_by(Version.id)
    )
    for disclosure, version in pairs:
        if disclosure.period.overlaps(quarter):
            found.setdefault(account_of(disclosure), []).append(version)
    return found


def _required(session: Session, ids: Collection[int], quarter: Period) -> list[Account]:
    """What every village's committee has to publish of a quarter; batches and events are due only once they happen."""
    held = session.scalars(
        select(AccountCadence).where(
            AccountCadence.village_id.in_(ids),
            AccountCadence.entity == "committee",
            AccountCadence.year == quarter.first.year,
        )
    )
    kept = {(one.village_id, one.section): Cadence(one.cadence) for one in held}
    return [
        Account(village_id, section.name, period)
        for section in judged_sections()
        if comes_round(section)
        for village_id in ids
        for period in periods_within(kept.get((village_id, section.name), section.cadences[0]), quarter)
    ]
