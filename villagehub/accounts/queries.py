"""Reads of people and appointments; what comes out is ready to show or to act with."""

import getpass
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB, Actor, Post
from villagehub.accounts.models import Appointment, ElectionSubstitute, Person, StandIn
from villagehub.accounts.roles import Role, post_words
from villagehub.accounts.rules import TABLE, Permission, PermissionTable
from villagehub.config import Settings
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.places.models import Level, Place
from villagehub.places.official_list import level_and_code
from villagehub.places.queries import NoSuchPlace, VillageFacts, read_village_by_id, short_name


class NoSuchPerson(Refused):
    """Nobody has this login name, or the account is closed."""

    code = "no_such_person"
    message = "没有登录名是“{login}”的账号，或者它已经停用。"
    fix = "请用 villagehub accounts list 查登录名。"
    status = 404


class MayNotActAs(Refused):
    """Acting for somebody at the keyboard is switched off (decision 25)."""

    code = "may_not_act_as"
    message = "这里不允许在命令行用 --as 代别人操作。"
    fix = "请本人在网页上登录办理；确实要代办，请管理员在 settings.toml 里写 cli_act_as = true，每次代办都会记下。"
    status = 403


def in_force(appointment: Appointment, day: date) -> bool:
    """Whether the appointment holds on this day (first and last day included) and was not ended."""
    return (
        appointment.ended_at is None
        and appointment.from_date <= day
        and (appointment.until_date is None or day <= appointment.until_date)
    )


def person_with_login(session: Session, login: str) -> Person | None:
    """The person with this cleaned login name, closed accounts included."""
    return session.scalar(select(Person).where(Person.login == login))


def actor_of(session: Session, person: Person, *, now: datetime, channel: str = WEB) -> Actor:
    """The person as one who acts: with the posts that are in force on this day in Asia/Shanghai."""
    today = local_day(now)
    held = session.scalars(select(Appointment).where(Appointment.person_id == person.id).order_by(Appointment.id))
    posts = tuple(Post(Role(one.role), one.place_id, one.entity) for one in held if in_force(one, today))
    return Actor(person.id, person.name, posts, channel)


def actor_with_id(session: Session, person_id: int, *, now: datetime) -> Actor:
    """The person of this id as one who acts on the pages, for work that goes on after the request."""
    return actor_of(session, session.get_one(Person, person_id), now=now)


def keyboard_channel() -> str:
    """The channel of whoever sits at the server's keyboard: ``cli:<system user>``."""
    return f"cli:{getpass.getuser()}"[:60]


def acting_as(session: Session, login: str, *, settings: Settings, now: datetime) -> Actor:
    """The person named by ``--as``, acting through the command line. Raises MayNotActAs, NoSuchPerson."""
    if not (settings.cli_act_as or settings.demo):
        raise MayNotActAs()
    person = person_with_login(session, login.strip().lower())
    if person is None or person.disabled_at is not None:
        raise NoSuchPerson(login=login[:40])
    return actor_of(session, person, now=now, channel=keyboard_channel())


def place_with_code(session: Session, code: str) -> Place:
    """The county, township or village with this current code of 6, 9 or 12 digits; raises NoSuchPlace."""
    found = level_and_code(code)
    place = session.scalar(select(Place).where(Place.code == found[1])) if found else None
    if place is None:
        raise NoSuchPlace(code=code[:20])
    return place


def villages_of(
    session: Session,
    actor: Actor,
    permission: Permission,
    *,
    entity: str | None = None,
    table: PermissionTable = TABLE,
) -> list[VillageFacts]:
    """All villages at which the actor holds the permission, by code. With ``entity`` only posts for that entity count."""
    roots = {
        post.place_id
        for post in actor.appointments
        if post.role in table[permission] and (entity is None or post.entity in ("", entity))
    }
    if not roots:
        return []
    found: dict[str, int] = {}
    layer = {place_id for place_id in roots if place_id is not None}
    wanted = select(Place).where(Place.parent_id.is_(None) if None in roots else Place.id.in_(layer))
    while places := session.scalars(wanted).all():
        found.update({one.code: one.id for one in places if one.level == Level.VILLAGE and one.merged_into_id is None})
        wanted = select(Place).where(Place.parent_id.in_([one.id for one in places]))
    return [read_village_by_id(session, found[code]) for code in sorted(found)]


@dataclass(frozen=True, slots=True)
class PostLine:
    """One appointment in a list."""

    words: str
    """What the post is called: 村务监督委员会成员."""
    role: str
    place_code: str
    place_name: str
    from_date: date
    until_date: date | None
    in_force: bool
    id: int = 0
    place_id: int = 0
    """0 for the whole installation."""
    stands_in_for: str = ""
    """The name of the person for whom this one fills in (临时代办)."""
    for_election: bool = False
    """Named by the township for the time of an election."""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in a list, with the appointments that were not ended."""

    login: str
    name: str
    disabled: bool
    posts: tuple[PostLine, ...]
    id: int = 0
    must_change: bool = False
    """A one-time password was given and has not been used yet."""


def list_people(session: Session, *, today: date, place_code: str | None = None) -> list[PersonLine]:
    """Everybody by login name; with ``place_code`` only those with a post at exactly that place."""
    places = {one.id: one for one in session.scalars(select(Place).where(Place.id.in_(select(Appointment.place_id))))}
    posts: dict[int, list[PostLine]] = {}
    for one in session.scalars(select(Appointment).where(Appointment.ended_at.is_(None)).order_by(Appointment.id)):
        posts.setdefault(one.person_id, []).append(_line(session, one, places.get(one.place_id or 0), today))
    people = [
        PersonLine(
            one.login, one.name, one.disabled_at is not None, tuple(posts.get(one.id, ())), one.id, one.must_change
        )
        for one in session.scalars(select(Person).order_by(Person.login))
    ]
    if place_code is None:
        return people
    return [one for one in people if any(post.place_code == place_code for post in one.posts)]


def posts_of(session: Session, person_id: int, *, today: date) -> tuple[PostLine, ...]:
    """One person's appointments that were not ended."""
    held = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == person_id, Appointment.ended_at.is_(None))
        .order_by(Appointment.id)
    )
    return tuple(_line(session, one, session.get(Place, one.place_id) if one.place_id else None, today) for one in held)


def _line(session: Session, one: Appointment, place: Place | None, today: date) -> PostLine:
    held = session.get(StandIn, one.id)
    other = session.get(Person, held.for_person_id) if held else None
    return PostLine(
        words=post_words(Role(one.role), one.entity),
        role=one.role,
        place_code=place.code if place else "",
        place_name=short_name(place.name) if place else "整个系统",
        from_date=one.from_date,
        until_date=one.until_date,
        in_force=in_force(one, today),
        id=one.id,
        place_id=one.place_id or 0,
        stands_in_for=other.name if other else "",
        for_election=session.get(ElectionSubstitute, one.id) is not None,
    )
