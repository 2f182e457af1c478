"""Verbs on appointments: appoint somebody to a role at a place for a term, end it early."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.people import end_sessions, note
from villagehub.accounts.queries import in_force
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import BadTerm, why_not_appoint
from villagehub.journal import Event
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.places.models import Level, Place


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


def appoint(
    session: Session,
    person: Person,
    role: Role,
    *,
    place: Place | None,
    entity: str = "",
    from_date: date | None = None,
    until_date: date | None = None,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> Appointment:
    """Gives a person a role at a place from today (or ``from_date``) on. Raises WrongLevel, ConflictingPost, BadTerm,
    HeldAlready. The person's sessions end, so that the new rights begin with a fresh sign-in.
    """
    begin = from_date or local_day(now)
    if until_date is not None and until_date < begin:
        raise BadTerm(begin=begin.isoformat(), until=until_date.isoformat())
    held = _open_at(session, person, place, begin)
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
    return len(found)


def _open_at(session: Session, person: Person, place: Place | None, begin: date) -> list[Appointment]:
    """Appointments at the place that are in force at ``begin`` or later."""
    where = Appointment.place_id == place.id if place else Appointment.place_id.is_(None)
    held = session.scalars(select(Appointment).where(Appointment.person_id == person.id, where))
    return [one for one in held if in_force(one, max(begin, one.from_date))]


def _village(place: Place | None) -> int:
    return place.id if place is not None and place.level == Level.VILLAGE else 0


def _place_word(place: Place | None) -> dict[str, str]:
    return {"place": place.code} if place is not None else {}
