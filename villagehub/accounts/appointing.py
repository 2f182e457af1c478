"""Verbs on appointments: appoint somebody to a role at a place for a term, end it early."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Appointment, Person, StandIn
from villagehub.accounts.people import end_sessions, note
from villagehub.accounts.queries import in_force
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import BadTerm, why_not_appoint
from villagehub.journal import Event, lock_journal
from villagehub.kernel.canonical import one_line
from villagehub.kernel.clock import local_day
from villagehub.kernel.private_numbers import hide_numbers
from villagehub.kernel.refused import Refused
from villagehub.places.models import Level, Place

LONGEST_STAND_IN: Final = timedelta(days=366)


class HeldAlready(Refused):
    """The same appointment is in force."""

    code = "held_already"
    message = "{name}在这里已经有这个任职。"
    fix = "不用再加。要改任期，请先用 villagehub accounts end 结束，再加一次。"


class NothingToEnd(Refused):
    """No such appointment is in force."""

    code = "nothing_to_end"
    message = "没有找到{name}要结束的这个任职。"
    fix = "请用 villagehub accounts list 看看现在的任职。"
    status = 404


class StandInWithoutEnd(Refused):
    """Filling in is for a while."""

    code = "stand_in_without_end"
    message = "临时代办要写到哪天为止，最多一年。"
    fix = "请写最后一天；人回来得早，可以提前结束。"
    status = 422


class NobodyToStandInFor(Refused):
    """The person filled in for does not hold this post here."""

    code = "nobody_to_stand_in_for"
    message = "{name}在这里没有这个任职，不能替{name}代办。"
    fix = "请核对替谁代办和职务；那个人已经不任了，就直接任命新的人。"
    status = 422


def appoint(
    session: Session,
    person: Person,
    role: Role,
    *,
    place: Place | None,
    entity: str = "",
    from_date: date | None = None,
    until_date: date | None = None,
    stands_in_for: Person | None = None,
    reason: str = "",
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> Appointment:
    """Gives a person a role at a place from today (or ``from_date``) on, perhaps filling in for somebody (临时代办).

    Raises WrongLevel, ConflictingPost, BadTerm, HeldAlready, StandInWithoutEnd, NobodyToStandInFor.
    The person's sessions end, so that the new rights begin with a fresh sign-in.
    """
    begin = from_date or local_day(now)
    if until_date is not None and until_date < begin:
        raise BadTerm(begin=begin.isoformat(), until=until_date.isoformat())
    lock_journal(session, _village(place))  # two at once: the second sees what the first gave
    held = open_at(session, person, place, begin)
    refusal = why_not_appoint(
        person.name,
        role,
        level=place.level if place else None,
        place_name=place.name if place else "",
        held_here=[Role(one.role) for one in held],
    )
    if refusal:
        raise refusal
    if any(one.role == role and one.entity == entity for one in held):
        raise HeldAlready(name=person.name)
    if stands_in_for is not None:
        _check_stand_in(session, person, stands_in_for, role, place, entity, begin, until_date)
    appointment = Appointment(
        person_id=person.id,
        role=role.value,
        place_id=place.id if place else None,
        entity=entity,
        from_date=begin,
        until_date=until_date,
        granted_by=actor.person_id if actor else None,
    )
    session.add(appointment)
    session.flush()
    end_sessions(session, person.id)
    detail = {"role": role.value, "entity": entity, "from": begin.isoformat()}
    if stands_in_for is not None:
        words = hide_numbers(one_line(reason))[:80]
        session.add(StandIn(appointment_id=appointment.id, for_person_id=stands_in_for.id, reason=words))
        session.flush()
        detail |= {"stands_in_for": stands_in_for.login, "reason": words}
    if until_date is not None:
        detail["until"] = until_date.isoformat()
    note(
        session,
        Event.APPOINTMENT_BEGUN,
        person,
        actor=actor,
        channel=channel,
        now=now,
        village_id=_village(place),
        detail=detail | _place_word(place),
    )
    return appointment


def end_appointment(
    session: Session,
    person: Person,
    *,
    role: Role | None = None,
    place: Place | None = None,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> int:
    """Ends the person's appointments at once: those of this role and place, all of them where neither is named.

    Returns how many. Raises NothingToEnd. Their sessions end too.
    """
    wanted = select(Appointment).where(Appointment.person_id == person.id, Appointment.ended_at.is_(None))
    if role is not None:
        wanted = wanted.where(Appointment.role == role.value)
    if place is not None:
        wanted = wanted.where(Appointment.place_id == place.id)
    found = session.scalars(wanted).all()
    if not found:
        raise NothingToEnd(name=person.name)
    for one in found:
        end_one(session, person, one, actor=actor, channel=channel, now=now)
    return len(found)


def end_one(
    session: Session, person: Person, one: Appointment, *, actor: Actor | None, channel: str, now: datetime
) -> None:
    """Ends this one appointment at once; ending it again changes nothing. The person's sessions end too."""
    if one.ended_at is not None:
        return
    one.ended_at = now
    held_at = session.get(Place, one.place_id) if one.place_id else None
    note(
        session,
        Event.APPOINTMENT_ENDED,
        person,
        actor=actor,
        channel=channel,
        now=now,
        village_id=_village(held_at),
        detail={"role": one.role, "entity": one.entity} | _place_word(held_at),
    )
    end_sessions(session, person.id)
    session.flush()


def _check_stand_in(
    session: Session,
    person: Person,
    other: Person,
    role: Role,
    place: Place | None,
    entity: str,
    begin: date,
    until: date | None,
) -> None:
    """Filling in has an end within a year, and somebody else's post to fill."""
    if until is None or until - begin > LONGEST_STAND_IN:
        raise StandInWithoutEnd()
    posts = open_at(session, other, place, begin)
    if other.id == person.id or not any(one.role == role and one.entity == entity for one in posts):
        raise NobodyToStandInFor(name=other.name)


def open_at(session: Session, person: Person, place: Place | None, begin: date) -> list[Appointment]:
    """Appointments at the place that are in force at ``begin`` or later."""
    where = Appointment.place_id == place.id if place else Appointment.place_id.is_(None)
    held = session.scalars(select(Appointment).where(Appointment.person_id == person.id, where))
    return [one for one in held if in_force(one, max(begin, one.from_date))]


def _village(place: Place | None) -> int:
    return place.id if place is not None and place.level == Level.VILLAGE else 0


def _place_word(place: Place | None) -> dict[str, str]:
    return {"place": place.code} if place is not None else {}
