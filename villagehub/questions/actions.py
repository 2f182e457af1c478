"""The verbs on questions: ask, and every further move. Lines are only added; each is noted in the village's journal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.models import Row, Thing, VersionRow
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.public_words import officers_of
from villagehub.disclosures.scope import publication_of, version_with_id
from villagehub.disclosures.stages import VersionKind
from villagehub.holidays.calendars import read_calendar
from villagehub.journal import CLOCK, Event, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import BadCode, lookup_key, read_code, reckoned_code
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.illness import hide_illness
from villagehub.kernel.masking import hide_numbers, mask_names_in
from villagehub.kernel.names_said import names_introduced
from villagehub.kernel.working_days import working_days_after
from villagehub.questions import rules
from villagehub.questions.models import Question, QuestionEvent
from villagehub.questions.stages import MOVE_WORDS, REACHES, Move, State
from villagehub.storage.tables import mark_dirty

TWICE: Final = timedelta(minutes=10)
"""The same question again within this time, before anybody has read it, is the second of two taps."""
PHONE_KEPT: Final = timedelta(days=30)
_WEB: Final = "web"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a villager wants to know."""

    text: str
    number: int | None = None
    """第 N 号公开 that it is about."""
    item: int | None = None
    """The permanent number of the thing in it."""
    phone: str = ""
    source: str = _WEB
    sure: bool = False
    """The writer was told that names do not belong here, and says that none stands in it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say."""

    reply_days: int
    """Working days."""
    discipline_line: str
    secret: bytes


def clean(text: str) -> str:
    """Line by line, without people's numbers and illnesses: what is kept here may become public."""
    lines = [one_line(line) for line in text.splitlines()]
    return hide_illness(hide_numbers("\n".join(line for line in lines if line)))


def code_of(question_id: int, secret: bytes) -> str:
    """The 查询码 of a question: 40 bits that only this installation can reckon, and a check character."""
    return reckoned_code("question", question_id, secret)


def question_by_code(session: Session, typed: str, secret: bytes) -> Question:
    """The question whose 查询码 was typed; raises NoSuchQuestion, also for what is no code."""
    try:
        key = lookup_key(read_code(typed), secret)
    except BadCode:
        raise rules.NoSuchQuestion() from None
    found = session.scalar(select(Question).where(Question.code_key == key))
    if found is None:
        raise rules.NoSuchQuestion()
    return found


def ask(
    session: Session, village_id: int, asked: Asked, *, policy: Policy, actor: Actor | None, now: datetime
) -> Question:
    """Takes a question in; ``actor`` is whoever entered it for a villager. Raises Accusation, QuestionText, QuestionPhone,
    QuestionNames (of whoever asks on the web: the office has the paper before it).

    What the address names and the village has not published is left out: the question is then about the village.
    """
    text, phone = clean(asked.text), asked.phone.strip().replace(" ", "")
    refusal = (
        rules.why_not_ask(text, line=policy.discipline_line)
        or rules.why_not_phone(phone)
        or rules.why_not_names(text, sure=asked.sure or actor is not None)
    )
    if refusal:
        raise refusal
    lock_counter(session, village_id)  # before looking: the second of two taps may be under way
    version_id, thing_id = _about(session, village_id, asked)
    held = _same(session, village_id, text, version_id, thing_id, now - TWICE)
    if held is not None:
        return held
    last = session.scalar(select(func.max(Question.number)).where(Question.village_id == village_id)) or 0
    question = Question(
        village_id=village_id,
        number=last + 1,
        version_id=version_id,
        thing_id=thing_id,
        source=asked.source,
        phone=phone,
        asked_at=now,
        due_on=working_days_after(local_day(now), policy.reply_days, read_calendar(session)).last,
        entered_by=actor.person_id if actor else None,
    )
    session.add(question)
    session.flush()
    question.code_key = lookup_key(code_of(question.id, policy.secret), policy.secret)
    _write(session, question, Move.ASK, 1, text, actor=actor, now=now)
    return question


def _about(session: Session, village_id: int, asked: Asked) -> tuple[int | None, int | None]:
    version = publication_of(session, village_id, asked.number) if asked.number else None
    if version is None or not asked.item or asked.item > LARGEST_ID:
        return (version.id if version else None), None
    thing_id = session.scalar(
        select(Thing.id)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version.id, Thing.number == asked.item)
    )
    return version.id, thing_id


def _same(
    session: Session, village_id: int, text: str, version_id: int | None, thing_id: int | None, since: datetime
) -> Question | None:
    for one in session.scalars(
        select(Question)
        .join(QuestionEvent, QuestionEvent.question_id == Question.id)
        .where(
            Question.village_id == village_id,
            Question.asked_at >= since,
            QuestionEvent.seq == 1,
            QuestionEvent.text == text,
        )
    ):
        if (one.version_id, one.thing_id) == (version_id, thing_id) and last_line(session, one.id).seq == 1:
            return one
    return None


def last_line(session: Session, question_id: int) -> QuestionEvent:
    """The newest line; every question has one."""
    return session.scalars(
        select(QuestionEvent)
        .where(QuestionEvent.question_id == question_id)
        .order_by(QuestionEvent.seq.desc())
        .limit(1)
    ).one()


def state_of(line: QuestionEvent) -> State:
    """Where a question stands after this line."""
    return REACHES[Move(line.move)]


def question_with_id(session: Session, question_id: int, *, lock: bool = False) -> Question:
    """The question, locked against a second writer if asked; raises NoSuchQuestion."""
    found = session.get(Question, question_id, with_for_update=lock or None) if question_id <= LARGEST_ID else None
    if found is None:
        raise rules.NoSuchQuestion()
    return found


def move(
    session: Session,
    question_id: int,
    step: Move,
    text: str,
    *,
    seen: int | None,
    actor: Actor | None,
    now: datetime,
    correction: int | None = None,
) -> None:
    """Adds one line, if the table of states knows the move. ``actor`` None is the asker by code, or the clock.

    Raises QuestionState, QuestionChanged, AnswerText, NotThisCorrection. The same line once more changes nothing.
    """
    question = question_with_id(session, question_id, lock=True)
    last = last_line(session, question.id)
    said = clean(text)
    if step is Move.HAND_ON:
        said = said or masked(session, question, first_line(session, question.id).text)
    person = actor.person_id if actor else None
    if (last.move, last.text, last.person_id) == (step.value, said, person) and (seen is None or seen < last.seq):
        return  # the second of two taps
    if seen is not None and seen != last.seq:
        raise rules.QuestionChanged(move=_words(last))
    refusal = rules.why_not_move(state_of(last), step, said)
    if refusal:
        raise refusal
    corrects = _correction(session, question, correction) if correction and step in (Move.ANSWER, Move.SETTLE) else None
    _write(session, question, step, last.seq + 1, said, actor=actor, now=now, correction=corrects)


def first_line(session: Session, question_id: int) -> QuestionEvent:
    """What was asked, as it was kept."""
    return session.scalars(
        select(QuestionEvent).where(QuestionEvent.question_id == question_id, QuestionEvent.seq == 1)
    ).one()


def masked(session: Session, question: Question, text: str) -> str:
    """The question as it may be shown: names that it seems to mention, the asker's own, and those of the people in the rows
    that it is about, are masked; office holders' stay.
    """
    rows = select(Row.counterparty).join(VersionRow, VersionRow.row_id == Row.id)
    people = session.scalars(rows.where(VersionRow.version_id == question.version_id).distinct())
    names = [*(one for one in people if one), *names_introduced(text)]
    return mask_names_in(text, names, keep=officers_of(session, question.village_id))


def _words(line: QuestionEvent) -> str:
    return MOVE_WORDS[Move(line.move)]


def _correction(session: Session, question: Question, number: int) -> int:
    """The id of the correction with this number, published after the question about the same account."""
    found = publication_of(session, question.village_id, number)
    asked = version_with_id(session, question.version_id) if question.version_id else None
    if (
        found is None
        or found.kind != VersionKind.CORRECTION
        or found.published_at is None
        or found.published_at < question.asked_at
        or (asked is not None and found.disclosure_id != asked.disclosure_id)
    ):
        raise rules.NotThisCorrection(number=number)
    return found.id


def raise_overdue(session: Session, question_id: int, *, now: datetime) -> int:
    """The clock's move: what the village has not answered by its day goes up. Again: nothing."""
    question = question_with_id(session, question_id, lock=True)
    last = last_line(session, question.id)
    if question.due_on >= local_day(now) or state_of(last) is not State.PASSED:
        return 0
    _write(session, question, Move.RAISE, last.seq + 1, "", actor=None, now=now)
    return 1


def list_overdue(session: Session, *, now: datetime) -> list[int]:
    """Questions that wait for their village and whose day has passed."""
    newest = (
        select(func.max(QuestionEvent.seq))
        .where(QuestionEvent.question_id == Question.id)
        .correlate(Question)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(Question.id)
            .join(QuestionEvent, QuestionEvent.question_id == Question.id)
            .where(
                Question.due_on < local_day(now), QuestionEvent.seq == newest, QuestionEvent.move == Move.HAND_ON.value
            )
            .order_by(Question.id)
        )
    )


def forget_phones(session: Session, *, now: datetime) -> int:
    """Empties the telephone numbers of questions that ended a month ago; returns how many."""
    ended = (
        select(QuestionEvent.question_id)
        .where(QuestionEvent.move.in_((Move.SETTLE, Move.SOLVED, Move.DECLINE)), QuestionEvent.at <= now - PHONE_KEPT)
        .scalar_subquery()
    )
    wanted = list(session.scalars(select(Question.id).where(Question.phone != "", Question.id.in_(ended))))
    if wanted:
        session.execute(update(Question).where(Question.id.in_(wanted)).values(phone=""))
    return len(wanted)


def _write(
    session: Session,
    question: Question,
    step: Move,
    seq: int,
    text: str,
    *,
    actor: Actor | None,
    now: datetime,
    correction: int | None = None,
) -> None:
    session.add(
        QuestionEvent(
            question_id=question.id,
            seq=seq,
            move=step.value,
            text=text,
            correction_id=correction,
            person_id=actor.person_id if actor else None,
            person_name=actor.name if actor else "",
            at=now,
        )
    )
    session.flush()
    record(
        session,
        Event.QUESTION_MOVED,
        village_id=question.village_id,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else "系统" if step is Move.RAISE else "村民",
        channel=actor.channel if actor else CLOCK if step is Move.RAISE else _WEB,
        subject_kind="question",
        subject_id=question.id,
        detail={"number": question.number, "move": step.value},
        now=now,
    )
    mark_dirty(session, question.village_id, f"question:{question.id}", now=now)
