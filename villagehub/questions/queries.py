"""Reads of questions; what comes out is ready to render."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from villagehub.disclosures.hidden import Covers, covers_of
from villagehub.disclosures.models import Thing, Version
from villagehub.holidays.calendars import read_calendar
from villagehub.kernel.clock import local_day
from villagehub.kernel.working_days import Deadline, working_days_after
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.questions.actions import state_of
from villagehub.questions.models import Question, QuestionEvent
from villagehub.questions.stages import (
    ANSWERS,
    MOVE_WORDS,
    REACHES,
    SHOWN,
    SOURCE_WORDS,
    STATE_WORDS,
    WAITS,
    Move,
    State,
)

MOST_LISTED: Final = 500
"""Questions on one list."""
_LAST: Final = (
    select(QuestionEvent.move)
    .where(QuestionEvent.question_id == Question.id)
    .order_by(QuestionEvent.seq.desc())
    .limit(1)
    .scalar_subquery()
)
"""The last move of a question, from which its state is read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a question."""

    move: Move
    words: str
    text: str
    name: str
    at: datetime
    correction: int | None
    """Number of the publication that put it right."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions wait for an office."""

    waiting: int = 0
    to_read: int = 0
    """Nobody above the village has read them yet."""
    pressing: int = 0
    """Past their day, or raised to the township."""
    oldest: int = 0
    """Days since the oldest of them was asked."""


@dataclass(frozen=True, slots=True)
class Page:
    """One question with all that was said."""

    id: int
    number: int
    village: VillageFacts
    version_id: int | None
    account: str
    """The publication that it is about, in words; empty for the village as a whole. On a page for villagers without its
    subject while it is hidden or being checked.
    """
    publication: int | None
    item: int | None
    item_path: str
    source: str
    phone: str
    asked_at: datetime
    due_on: date
    state: State
    lines: tuple[Line, ...]
    row: str = ""
    """What the row that it is about is called; only pages that know what villagers may read of it say so."""

    @property
    def about(self) -> str:
        """What it is about, in words; empty for the village as a whole."""
        if self.item is None:
            return self.account
        return f"{self.account}，{self.row}（编号 {self.item}）" if self.row else f"{self.account}，编号 {self.item}"

    @property
    def words(self) -> str:
        """Where it stands."""
        return STATE_WORDS[self.state]

    @property
    def waits(self) -> bool:
        """Whether an office has to do something."""
        return self.state in WAITS

    @property
    def asked(self) -> str:
        """The question as villagers may read it: as it was passed on."""
        return next((one.text for one in self.lines if one.move is Move.HAND_ON), "")

    @property
    def original(self) -> str:
        """The question as it was written, for offices."""
        return self.lines[0].text

    @property
    def answers(self) -> tuple[Line, ...]:
        """What villagers may read beside it, the passing on itself left out."""
        return tuple(one for one in self.lines[1:] if one.move in SHOWN and one.move is not Move.HAND_ON)

    @property
    def corrected(self) -> int | None:
        """The correction that it led to."""
        return next((one.correction for one in reversed(self.lines) if one.correction), None)

    @property
    def seen(self) -> int:
        """How many lines there are: forms carry it."""
        return len(self.lines)

    def late(self, today: date) -> bool:
        """Whether it still waits after its day."""
        return self.due_on < today and self.waits

    def presses(self, today: date) -> bool:
        """Whether it is past its day or was raised to the township."""
        return self.late(today) or self.state is State.RAISED


def read_page(session: Session, question: Question) -> Page:
    """One question, as offices read it."""
    return _pages(session, [question])[0]


def read_public_page(session: Session, question: Question) -> Page:
    """One question, as whoever asked it reads it: what it is about is named only as far as it may be shown now."""
    return _pages(session, [question], public=True)[0]


def list_questions(session: Session, village_ids: Collection[int]) -> list[Page]:
    """The questions of these villages: first those that an office has to do something about, then the newest."""
    waits = _LAST.in_([move.value for move, state in REACHES.items() if state in WAITS])
    found = session.scalars(
        select(Question)
        .where(Question.village_id.in_(village_ids))
        .order_by(waits.desc(), Question.id.desc())
        .limit(MOST_LISTED)
    ).all()
    return _pages(session, found)


def tally_waiting(
    session: Session, village_ids: Collection[int], *, today: date, wanted: Collection[State] = WAITS
) -> Tally:
    """How many questions of these villages wait in one of these states, and for how long the oldest has."""
    states = {move.value: state for move, state in REACHES.items() if state in wanted}
    found = session.execute(
        select(_LAST, Question.asked_at, Question.due_on).where(
            Question.village_id.in_(village_ids), _LAST.in_(list(states))
        )
    ).all()
    return Tally(
        waiting=len(found),
        to_read=sum(states[move] is State.ASKED for move, _, _ in found),
        pressing=sum(due_on < today or states[move] is State.RAISED for move, _, due_on in found),
        oldest=max(((today - local_day(at)).days for _, at, _ in found), default=0),
    )


def list_shown(session: Session, village_id: int, *only: ColumnElement[bool]) -> list[Page]:
    """The village's answered questions (decision 28), newest first; not those about what is hidden now.

    ``only`` narrows down which are looked at.
    """
    found = session.scalars(
        select(Question)
        .where(Question.village_id == village_id, _has(ANSWERS), *only)
        .order_by(Question.id.desc())
        .limit(MOST_LISTED)
    ).all()
    if not found:
        return []
    covers = covers_of(session, village_id)
    return _pages(session, [one for one in found if not _hidden(session, one, covers)], public=True)


def list_shown_about(session: Session, village_id: int, item: int) -> list[Page]:
    """The same about the thing with this permanent number, whichever publication it was asked about in."""
    thing = select(Thing.id).where(Thing.village_id == village_id, Thing.number == item).scalar_subquery()
    return list_shown(session, village_id, Question.thing_id == thing)


def read_shown(session: Session, village_id: int, number: int) -> Page | None:
    """The answered question with this number, if it is shown."""
    return next(iter(list_shown(session, village_id, Question.number == number)), None)


def count_waiting(session: Session, village_id: int) -> int:
    """How many questions have no answer and may still get one."""
    waits = ~_has(ANSWERS | {Move.DECLINE})
    return session.scalar(select(func.count(Question.id)).where(Question.village_id == village_id, waits)) or 0


def _has(moves: Collection[Move]) -> ColumnElement[bool]:
    held = QuestionEvent.move.in_([one.value for one in moves])
    return exists().where(QuestionEvent.question_id == Question.id, held)


def _hidden(session: Session, question: Question, covers: Covers) -> bool:
    version = session.get(Version, question.version_id) if question.version_id else None
    return version is not None and covers.hides_version(version)


def deadline_of(session: Session, asked_on: date, days: int) -> Deadline:
    """How the day of the answer is reckoned, for the receipt."""
    return working_days_after(asked_on, days, read_calendar(session))


def _pages(session: Session, questions: Sequence[Question], *, public: bool = False) -> list[Page]:
    ids = [one.id for one in questions]
    events: dict[int, list[QuestionEvent]] = {}
    for event in session.scalars(
        select(QuestionEvent)
        .where(QuestionEvent.question_id.in_(ids))
        .order_by(QuestionEvent.question_id, QuestionEvent.seq)
    ):
        events.setdefault(event.question_id, []).append(event)
    villages: dict[int, VillageFacts] = {}
    covers: dict[int, Covers] = {}
    made = []
    for one in questions:
        if one.village_id not in villages:
            villages[one.village_id] = read_village_by_id(session, one.village_id)
            covers[one.village_id] = covers_of(session, one.village_id) if public else Covers({}, ())
        version = session.get(Version, one.version_id) if one.version_id else None
        thing = session.get(Thing, one.thing_id) if one.thing_id else None
        held = events[one.id]
        made.append(
            Page(
                one.id,
                one.number,
                villages[one.village_id],
                one.version_id,
                f"第 {version.number} 号公开：{covers[one.village_id].title(version)}" if version else "",
                version.number if version else None,
                thing.number if thing else None,
                _item_path(version, thing),
                SOURCE_WORDS[one.source],
                one.phone,
                one.asked_at,
                one.due_on,
                state_of(held[-1]),
                tuple(_line(session, event) for event in held),
            )
        )
    return made


def _item_path(version: Version | None, thing: Thing | None) -> str:
    """Below ``/v/<code>``: the thing's own page, else the publication's."""
    if version is None:
        return ""
    if thing is None:
        return f"/n/{version.number}"
    prefix = {"collective": "jt/", "group": f"z{thing.group_no}/"}.get(thing.entity, "")
    return f"/{prefix}{thing.section}/i/{thing.number}"


def _line(session: Session, event: QuestionEvent) -> Line:
    correction = session.get(Version, event.correction_id) if event.correction_id else None
    return Line(
        Move(event.move),
        MOVE_WORDS[Move(event.move)],
        event.text,
        event.person_name,
        event.at,
        correction.number if correction else None,
    )


def asked_on(page: Page) -> date:
    """The day on which it was asked, in Asia/Shanghai."""
    return local_day(page.asked_at)
