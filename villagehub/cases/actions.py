"""The verbs on errands: open, every further step, and what the clock does. Lines are only added; each is noted in the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.cases import rules
from villagehub.cases.guides import guides_of
from villagehub.cases.models import Errand, ErrandLine
from villagehub.cases.rules import Opening, Step
from villagehub.cases.stages import CLOCKLESS, NEXT, STATE_WORDS, State
from villagehub.disclosures.moves import lock_counter
from villagehub.holidays.calendars import read_calendar
from villagehub.journal import CLOCK, Event, record
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import ERRAND_LENGTH, BadCode, lookup_key, read_code, reckoned_code
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.working_days import working_days_after, working_days_between
from villagehub.places.queries import villages_in

TWICE: Final = timedelta(minutes=10)
"""The same errand of the same person within this time, before its next step, is the second of two taps."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does it, and when."""

    actor: Actor
    now: datetime


def code_of(errand_id: int, secret: bytes) -> str:
    """The 查询码 of an errand."""
    return reckoned_code("errand", errand_id, secret, length=ERRAND_LENGTH)


def errand_by_code(session: Session, village_id: int, typed: str, secret: bytes) -> Errand:
    """The errand whose 查询码 was typed, of this village or one that was merged into it; raises NoSuchErrand, also for what is
    no code.
    """
    found = errand_anywhere(session, typed, secret)
    if found.village_id not in villages_in(session, village_id):
        raise rules.NoSuchErrand()
    return found


def errand_anywhere(session: Session, typed: str, secret: bytes) -> Errand:
    """The errand whose 查询码 was typed, whatever its village; raises NoSuchErrand, also for what is no code."""
    try:
        key = lookup_key(read_code(typed, length=ERRAND_LENGTH), secret)
    except BadCode:
        raise rules.NoSuchErrand() from None
    found = session.scalar(select(Errand).where(Errand.code_key == key))
    if found is None:
        raise rules.NoSuchErrand()
    return found


def open_errand(session: Session, village_id: int, typed: Opening, hand: Hand, *, secret: bytes) -> Errand:
    """Takes an errand in, with the steps of the guide as they are today.

    Raises NoSuchGuide, ErrandTitle, ErrandPerson, ErrandPhone, ErrandDays. Twice at once makes one.
    """
    opening, steps = rules.cleaned_opening(typed), list[list[str]]()
    if opening.guide is not None:
        guide = next((one for one in guides_of(session, village_id) if one.number == opening.guide), None)
        if guide is None:
            raise rules.NoSuchGuide()
        opening = replace(opening, title=guide.name[: rules.TITLE_LENGTH[1]])
        steps = [list(one) for one in guide.steps]
    refusal = rules.why_not_open(opening)
    if refusal:
        raise refusal
    lock_counter(session, village_id)  # before looking: the second of two taps may be under way
    held = _same(session, village_id, opening, hand.now - TWICE)
    if held is not None:
        return held
    days = opening.days or 0
    last = session.scalar(select(func.max(Errand.number)).where(Errand.village_id == village_id)) or 0
    errand = Errand(
        village_id=village_id,
        number=last + 1,
        title=opening.title,
        guide_number=opening.guide,
        steps=steps,
        days=days,
        person_name=opening.person_name,
        phone=opening.phone,
        opened_at=hand.now,
        opened_by=hand.actor.person_id,
        due_on=working_days_after(local_day(hand.now), days, read_calendar(session)).last,
    )
    session.add(errand)
    session.flush()
    errand.code_key = lookup_key(code_of(errand.id, secret), secret)
    _write(session, errand, Step(State.RECEIVED), 1, hand)
    return errand


def _same(session: Session, village_id: int, opening: Opening, since: datetime) -> Errand | None:
    found = session.scalars(
        select(Errand)
        .where(
            Errand.village_id == village_id,
            Errand.opened_at >= since,
            Errand.title == opening.title,
            Errand.person_name == opening.person_name,
            Errand.phone == opening.phone,
        )
        .order_by(Errand.id.desc())
    ).first()
    return found if found is not None and last_line(session, found.id).seq == 1 else None


def last_line(session: Session, errand_id: int) -> ErrandLine:
    """The newest line; every errand has one."""
    return session.scalars(
        select(ErrandLine).where(ErrandLine.errand_id == errand_id).order_by(ErrandLine.seq.desc()).limit(1)
    ).one()


def errand_with_id(session: Session, errand_id: int, *, lock: bool = False) -> Errand:
    """The errand, locked against a second writer if asked; raises NoSuchErrand."""
    found = session.get(Errand, errand_id, with_for_update=lock or None) if errand_id <= LARGEST_ID else None
    if found is None:
        raise rules.NoSuchErrand()
    return found


def take_step(session: Session, errand_id: int, typed: Step, hand: Hand, *, seen: int) -> None:
    """Adds one line, if the table of states knows the step. Raises ErrandChanged, ErrandState, ErrandWords, ErrandOffice.

    The same line once more changes nothing. When the villager has brought what was missing, the last day moves by the
    working days that were waited.
    """
    errand = errand_with_id(session, errand_id, lock=True)
    last, step = last_line(session, errand.id), rules.cleaned_step(typed, errand.person_name)
    again = (last.state, last.text, last.office, last.office_phone, last.person_id)
    if again == (step.state.value, step.text, step.office, step.office_phone, hand.actor.person_id) and seen < last.seq:
        return  # the second of two taps
    state = State(last.state)
    if seen != last.seq:
        raise rules.ErrandChanged(name=last.person_name, state=STATE_WORDS[state])
    refusal = rules.why_not_step(state, step)
    if refusal:
        raise refusal
    if state is State.WAITING and step.state is State.WORKING:
        calendar = read_calendar(session)
        waited = working_days_between(local_day(last.at), local_day(hand.now), calendar)
        if waited:
            errand.due_on, errand.late_on = working_days_after(errand.due_on, waited, calendar).last, None
    if not NEXT[step.state]:
        errand.closed_at = hand.now
    _write(session, errand, step, last.seq + 1, hand)


def list_late(session: Session, *, now: datetime) -> list[int]:
    """Errands past their day that are not yet in the township's list; not those that wait for the villager."""
    return [
        one.id
        for one in session.scalars(
            select(Errand)
            .where(Errand.closed_at.is_(None), Errand.due_on < local_day(now), Errand.late_on.is_(None))
            .order_by(Errand.id)
        )
        if State(last_line(session, one.id).state) not in CLOCKLESS
    ]


def note_late(session: Session, errand_id: int, *, now: datetime) -> int:
    """The clock's note that an errand is late: the township's list tells it first from then on. Again: nothing."""
    errand, today = errand_with_id(session, errand_id, lock=True), local_day(now)
    waits = State(last_line(session, errand.id).state) in CLOCKLESS
    if errand.due_on >= today or errand.late_on is not None or errand.closed_at is not None or waits:
        return 0
    errand.late_on = today
    _note(session, errand, Event.ERRAND_LATE, None, now, {"number": errand.number, "due_on": str(errand.due_on)})
    return 1


def empty_closed(session: Session, *, days: int, now: datetime) -> int:
    """Empties what tells of a person in errands that ended ``days`` ago: name, number, and the texts of their lines."""
    ended = list(
        session.scalars(
            select(Errand.id)
            .where(Errand.closed_at <= now - timedelta(days=days), Errand.emptied_at.is_(None))
            .order_by(Errand.id)
        )
    )
    if ended:
        session.execute(update(Errand).where(Errand.id.in_(ended)).values(person_name="", phone="", emptied_at=now))
        session.execute(update(ErrandLine).where(ErrandLine.errand_id.in_(ended)).values(text=""))
    return len(ended)


def _write(session: Session, errand: Errand, step: Step, seq: int, hand: Hand) -> None:
    session.add(
        ErrandLine(
            errand_id=errand.id,
            seq=seq,
            state=step.state.value,
            text=step.text,
            office=step.office,
            office_phone=step.office_phone,
            due_on=None if step.state in CLOCKLESS else errand.due_on,
            person_id=hand.actor.person_id,
            person_name=hand.actor.name,
            at=hand.now,
        )
    )
    session.flush()
    detail = {"number": errand.number, "state": step.state.value}
    _note(session, errand, Event.ERRAND_MOVED, hand.actor, hand.now, detail)


def note_slip(session: Session, errand_id: int, hand: Hand) -> None:
    """Notes that the slip was printed, by whom: it carries the 查询码."""
    errand = errand_with_id(session, errand_id)
    _note(session, errand, Event.SLIP_MADE, hand.actor, hand.now, {"number": errand.number})


def _note(
    session: Session, errand: Errand, event: Event, actor: Actor | None, now: datetime, detail: Mapping[str, object]
) -> None:
    record(
        session,
        event,
        village_id=errand.village_id,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else "系统",
        channel=actor.channel if actor else CLOCK,
        subject_kind="errand",
        subject_id=errand.id,
        detail=dict(detail),
        now=now,
    )
