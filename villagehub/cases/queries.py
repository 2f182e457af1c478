"""Reads of errands; what comes out is ready to render. Who came is asked for apart (``read_person``)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.cases.models import Errand, ErrandLine
from villagehub.cases.stages import CLOCKLESS, NEXT, STATE_WORDS, State
from villagehub.holidays.calendars import read_calendar
from villagehub.kernel.clock import local_day
from villagehub.kernel.working_days import Calendar, Deadline, working_days_after, working_days_between
from villagehub.places.queries import VillageFacts, read_village_by_id

CLOSED_SHOWN: Final = 50
"""Ended errands on the office's page; the open ones stand there all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an errand."""

    state: State
    words: str
    text: str
    office: str
    office_phone: str
    name: str
    """Who did it; for offices."""
    at: datetime
    left: int | None
    """Working days that were left on that day; None where no clock ran."""


@dataclass(frozen=True, slots=True)
class Page:
    """One errand, without the person."""

    id: int
    number: int
    village: VillageFacts
    title: str
    guide: int | None
    steps: tuple[tuple[str, ...], ...]
    days: int
    opened_at: datetime
    due_on: date
    late_on: date | None
    closed_at: datetime | None
    lines: tuple[Line, ...]
    left: int
    """Working days left today, negative when it is late."""

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.lines[-1].state

    @property
    def words(self) -> str:
        """The same in words; of a handover where to."""
        last = self.lines[-1]
        return f"已转{last.office}" if last.office else STATE_WORDS[self.state]

    @property
    def open(self) -> bool:
        """Whether the village still has it."""
        return bool(NEXT[self.state])

    @property
    def counts(self) -> bool:
        """Whether a clock runs."""
        return self.state not in CLOCKLESS

    @property
    def late(self) -> bool:
        """Whether the village is past its day."""
        return self.counts and self.left < 0

    @property
    def seen(self) -> int:
        """How many lines there are: forms carry it."""
        return len(self.lines)


def read_errand(session: Session, errand: Errand, *, today: date) -> Page:
    """One errand."""
    return _pages(session, [errand], today)[0]


def list_errands(session: Session, village_ids: Collection[int], *, today: date) -> tuple[list[Page], list[Page]]:
    """The open errands of these villages, the late ones first, then by their last day; and those that ended last."""
    wanted = select(Errand).where(Errand.village_id.in_(village_ids))
    opened = session.scalars(wanted.where(Errand.closed_at.is_(None))).all()
    ended = session.scalars(
        wanted.where(Errand.closed_at.is_not(None)).order_by(Errand.closed_at.desc(), Errand.id).limit(CLOSED_SHOWN)
    ).all()
    waiting = _pages(session, opened, today)
    return sorted(waiting, key=lambda one: (not one.late, one.due_on, one.id)), _pages(session, ended, today)


def deadline_of(session: Session, page: Page) -> Deadline:
    """How the last day is reckoned on the day of opening, for the slip."""
    return working_days_after(local_day(page.opened_at), page.days, read_calendar(session))


def _pages(session: Session, errands: Sequence[Errand], today: date) -> list[Page]:
    calendar = read_calendar(session)
    lines: dict[int, list[Line]] = {}
    for one in session.scalars(
        select(ErrandLine)
        .where(ErrandLine.errand_id.in_([errand.id for errand in errands]))
        .order_by(ErrandLine.errand_id, ErrandLine.seq)
    ):
        lines.setdefault(one.errand_id, []).append(_line(one, calendar))
    villages = {one: read_village_by_id(session, one) for one in {errand.village_id for errand in errands}}
    return [
        Page(
            one.id,
            one.number,
            villages[one.village_id],
            one.title,
            one.guide_number,
            tuple(tuple(str(part) for part in step) for step in one.steps),
            one.days,
            one.opened_at,
            one.due_on,
            one.late_on,
            one.closed_at,
            tuple(lines[one.id]),
            working_days_between(today, one.due_on, calendar),
        )
        for one in errands
    ]


def _line(one: ErrandLine, calendar: Calendar) -> Line:
    state = State(one.state)
    left = None if one.due_on is None else working_days_between(local_day(one.at), one.due_on, calendar)
    return Line(state, STATE_WORDS[state], one.text, one.office, one.office_phone, one.person_name, one.at, left)
