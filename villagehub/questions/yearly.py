"""How the questions of a year were answered: each stands in exactly one of four lists. No score and no rank."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from villagehub.disclosures.models import Version
from villagehub.disclosures.prompts import Prompt
from villagehub.disclosures.scope import title_of
from villagehub.kernel.clock import SHANGHAI, local_day
from villagehub.questions.models import Question, QuestionEvent
from villagehub.questions.stages import ANSWERS, Move

ASKED_WORDS: Final = "村民提问"


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One question of the year."""

    id: int
    village_id: int
    number: int
    about: str
    """The publication, in words; empty for the village as a whole."""
    asked_on: date
    due_on: date
    answered_on: date | None
    """The day of the first answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The questions that came in a year."""

    on_time: tuple[AskedLine, ...]
    late: tuple[AskedLine, ...]
    waiting: tuple[AskedLine, ...]
    declined: tuple[AskedLine, ...]
    """Those that the township did not pass on, with its reason."""

    @property
    def asked(self) -> int:
        """How many came in."""
        return len(self.on_time) + len(self.late) + len(self.waiting) + len(self.declined)

    @property
    def parts(self) -> tuple[tuple[str, str, tuple[AskedLine, ...]], ...]:
        """The lists that are not empty: anchor, words, lines."""
        four = (
            ("answered", "按时答复", self.on_time),
            ("answered-late", "过了日子才答复", self.late),
            ("unanswered", "还没答复", self.waiting),
            ("declined", "没有转给村里", self.declined),
        )
        return tuple(one for one in four if one[2])


def read_answered(session: Session, villages: Collection[int], *, year: int) -> Answered:
    """By the day on which it was asked, in Asia/Shanghai; the newest first."""
    kept: dict[str, list[AskedLine]] = {"on_time": [], "late": [], "waiting": [], "declined": []}
    first, last = (datetime(one, 1, 1, tzinfo=SHANGHAI) for one in (year, year + 1))
    mine = session.execute(
        select(Question, Version)
        .outerjoin(Version, Version.id == Question.version_id)
        .options(joinedload(Version.disclosure))
        .where(Question.village_id.in_(list(villages)), Question.asked_at >= first, Question.asked_at < last)
        .order_by(Question.id.desc())
    ).all()
    events = _events(session, [one.id for one, _ in mine])
    for one, version in mine:
        said = events.get(one.id, [])
        answers = [local_day(event.at) for event in said if Move(event.move) in ANSWERS]
        line = AskedLine(
            one.id,
            one.village_id,
            one.number,
            f"第 {version.number} 号公开：{title_of(version.disclosure)}" if version else "",
            local_day(one.asked_at),
            one.due_on,
            answers[0] if answers else None,
        )
        if line.answered_on is not None:
            kept["on_time" if line.answered_on <= line.due_on else "late"].append(line)
        else:
            kept["declined" if any(event.move == Move.DECLINE for event in said) else "waiting"].append(line)
    return Answered(**{name: tuple(lines) for name, lines in kept.items()})


def question_prompts(session: Session, villages: Collection[int]) -> Iterable[Prompt]:
    """Questions about a publication, and whatever correction an answer named as its result."""
    found = session.execute(
        select(Question, Version.disclosure_id)
        .outerjoin(Version, Version.id == Question.version_id)
        .where(Question.village_id.in_(list(villages)))
    ).all()
    events = _events(session, [one.id for one, _ in found])
    for one, disclosure_id in found:
        results = frozenset(event.correction_id for event in events.get(one.id, []) if event.correction_id is not None)
        if disclosure_id is not None or results:
            yield Prompt(ASKED_WORDS, disclosure_id or 0, one.asked_at, results)


def _events(session: Session, ids: Collection[int]) -> dict[int, list[QuestionEvent]]:
    held: dict[int, list[QuestionEvent]] = {}
    wanted = select(QuestionEvent).where(QuestionEvent.question_id.in_(list(ids)))
    for event in session.scalars(wanted.order_by(QuestionEvent.question_id, QuestionEvent.seq)):
        held.setdefault(event.question_id, []).append(event)
    return held
