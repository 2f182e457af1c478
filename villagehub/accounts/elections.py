"""A reviewing body that is being elected (decision 19): instead of a lock-out, people named by the township review meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.appointing import appoint, end_one
from villagehub.accounts.models import Appointment, Election, ElectionSubstitute, Person
from villagehub.accounts.queries import in_force
from villagehub.accounts.roles import REVIEWERS, Role
from villagehub.accounts.rules import BadTerm
from villagehub.journal import Event, lock_journal, record
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import day_words
from villagehub.kernel.refused import Refused
from villagehub.places.models import Place
from villagehub.places.queries import short_name
from villagehub.storage.tables import mark_dirty

LONGEST: Final = timedelta(days=366)
BODIES: Final = {"committee": "村务监督委员会", "collective": "监事会"}
SUBSTITUTE_WORDS: Final = "改选期间由镇里指定"


class ElectionTooLong(Refused):
    """An election has an end within a year."""

    code = "election_too_long"
    message = "改选最多登记一年。"
    fix = "请写预计选完的日子；到时还没选完，再登记一次。"
    status = 422


class ElectedAlready(Refused):
    """The same body is being elected in these days."""

    code = "elected_already"
    message = "{place}的{body}在这些日子里已经登记过改选。"
    fix = "要改日期，请先把原来那次点“改选办完了”，再登记。"


class NoElectionHere(Refused):
    """Somebody is to review during an election that nobody has named."""

    code = "no_election_here"
    message = "这个村在那一天没有登记改选，不能指定改选期间代为审核的人。"
    fix = "请先到“人员”页的“改选”登记改选的日子；职务要选村务监督委员会成员或主任。"
    status = 422


@dataclass(frozen=True, slots=True)
class ElectionLine:
    """One election as pages tell it."""

    id: int
    village_id: int
    village_name: str
    entity: str
    body: str
    from_date: date
    until_date: date
    running: bool
    """It holds today."""
    substitutes: tuple[str, ...]
    """Names of those who review meanwhile and hold the post today or later."""

    @property
    def span(self) -> str:
        """``2026年11月1日 至 2026年12月31日``."""
        return f"{day_words(self.from_date)} 至 {day_words(self.until_date)}"

    @property
    def public_words(self) -> str:
        """What villagers read; it names no substitutes, because who signed stands with each account."""
        return f"{self.body}正在改选（{self.span}）。这段时间的账由镇里指定的人代为审核，谁签的字写在每一期的页面上。"

    @property
    def office_words(self) -> str:
        """What people in office read: who reviews meanwhile, or that nobody is named yet."""
        who = (
            f"镇里指定代为审核的人：{'、'.join(self.substitutes)}。"
            if self.substitutes
            else ("还没有指定代为审核的人，请找镇里。")
        )
        return f"{self.body}正在改选（{self.span}）。{who}"


def begin_election(
    session: Session, place: Place, entity: str, *, from_date: date, until_date: date, actor: Actor, now: datetime
) -> Election:
    """Names a body as being elected from the first to the last day. Raises BadTerm, ElectionTooLong, ElectedAlready."""
    if until_date < from_date:
        raise BadTerm(begin=from_date.isoformat(), until=until_date.isoformat())
    if until_date - from_date > LONGEST:
        raise ElectionTooLong()
    lock_journal(session, place.id)  # before looking: the same may be named at this moment
    held = session.scalars(select(Election).where(Election.place_id == place.id, Election.entity == entity))
    if any(one.ended_at is None and one.from_date <= until_date and from_date <= one.until_date for one in held):
        raise ElectedAlready(place=short_name(place.name), body=BODIES[entity])
    election = Election(
        place_id=place.id,
        entity=entity,
        from_date=from_date,
        until_date=until_date,
        named_by=actor.person_id,
        named_at=now,
    )
    session.add(election)
    session.flush()
    _note(session, election, Event.ELECTION_BEGUN, actor=actor, now=now)
    return election


def end_election(session: Session, election: Election, *, actor: Actor, now: datetime) -> None:
    """The election is over early; with it end the posts of those who reviewed meanwhile. A second time changes nothing."""
    lock_journal(session, election.place_id)
    session.refresh(election)
    if election.ended_at is not None:
        return
    election.ended_at = now
    found = session.execute(
        select(Appointment, Person)
        .join(ElectionSubstitute, ElectionSubstitute.appointment_id == Appointment.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(ElectionSubstitute.election_id == election.id)
    )
    for post, person in found.all():
        end_one(session, person, post, actor=actor, channel=actor.channel, now=now)
    _note(session, election, Event.ELECTION_ENDED, actor=actor, now=now)


def list_elections(session: Session, places: Collection[int] | None, *, today: date) -> list[ElectionLine]:
    """Elections at these places (None: everywhere) that run today or later, the earliest first."""
    wanted = (
        select(Election, Place)
        .join(Place, Place.id == Election.place_id)
        .where(Election.ended_at.is_(None), Election.until_date >= today)
        .order_by(Election.from_date, Election.id)
    )
    if places is not None:
        wanted = wanted.where(Election.place_id.in_(places))
    return [_line(session, election, place, today) for election, place in session.execute(wanted)]


def running_elections(session: Session, places: Collection[int], *, today: date) -> list[ElectionLine]:
    """Elections at these places that run today."""
    return [one for one in list_elections(session, places, today=today) if one.running]


def election_of(session: Session, village_id: int, entity: str, *, today: date) -> ElectionLine | None:
    """The running election of the body that reviews this entity's books (a group's are the committee's, decision 16)."""
    body = "collective" if entity == "collective" else "committee"
    return next((one for one in running_elections(session, [village_id], today=today) if one.entity == body), None)


def appoint_substitute(
    session: Session,
    person: Person,
    role: Role,
    *,
    place: Place,
    entity: str = "",
    from_date: date | None = None,
    until_date: date | None = None,
    actor: Actor,
    now: datetime,
) -> Appointment:
    """Appoints somebody to review while the body is being elected, until its last day at most.

    Raises NoElectionHere and what ``appoint`` raises.
    """
    begin = from_date or local_day(now)
    election = _open_election(session, place.id, entity, day=begin) if role in REVIEWERS else None
    if election is None:
        raise NoElectionHere()
    post = appoint(
        session,
        person,
        role,
        place=place,
        entity=entity,
        from_date=begin,
        until_date=min(until_date or election.until_date, election.until_date),
        actor=actor,
        channel=actor.channel,
        now=now,
    )
    session.add(ElectionSubstitute(appointment_id=post.id, election_id=election.id))
    session.flush()
    return post


def _open_election(session: Session, place_id: int, entity: str, *, day: date) -> Election | None:
    """The election that an appointment for this entity from ``day`` on can belong to."""
    bodies = [entity] if entity in BODIES else list(BODIES)
    held = session.scalars(
        select(Election)
        .where(Election.place_id == place_id, Election.entity.in_(bodies), Election.ended_at.is_(None))
        .order_by(Election.from_date)
    )
    return next((one for one in held if one.from_date <= day <= one.until_date), None)


def _line(session: Session, election: Election, place: Place, today: date) -> ElectionLine:
    held = session.execute(
        select(Appointment, Person.name)
        .join(ElectionSubstitute, ElectionSubstitute.appointment_id == Appointment.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(ElectionSubstitute.election_id == election.id, Person.disabled_at.is_(None))
        .order_by(Appointment.id)
    )
    return ElectionLine(
        id=election.id,
        village_id=place.id,
        village_name=short_name(place.name),
        entity=election.entity,
        body=BODIES[election.entity],
        from_date=election.from_date,
        until_date=election.until_date,
        running=election.from_date <= today,
        substitutes=tuple(name for post, name in held if in_force(post, max(today, post.from_date))),
    )


def _note(session: Session, election: Election, event: Event, *, actor: Actor, now: datetime) -> None:
    """Into the village's journal; and its public pages say it, or no longer do."""
    record(
        session,
        event,
        village_id=election.place_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="election",
        subject_id=election.id,
        detail={
            "body": election.entity,
            "from": election.from_date.isoformat(),
            "until": election.until_date.isoformat(),
        },
        now=now,
    )
    mark_dirty(session, election.place_id, "village", now=now)
