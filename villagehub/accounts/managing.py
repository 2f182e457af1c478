"""Whom somebody may manage: people below them, all of whose open posts lie in their places. Nobody resets upward."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.queries import PersonLine, PostLine, list_people
from villagehub.accounts.roles import ROLE_WORDS, Role
from villagehub.accounts.rules import TABLE, Permission
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.models import Place

_RANK: Final = {Role.TOWNSHIP_SUPERVISOR: 1, Role.AUDITOR: 2, Role.COUNTY: 2, Role.ADMINISTRATOR: 3}
"""Village posts are 0. An auditor is independent of the township, so only an administrator manages that account."""


class NotBelow(Refused):
    """The account is of the same or a higher level, or serves elsewhere too."""

    code = "not_below"
    message = "{name}的账号不归您管。"
    fix = "自己的、同级和上级的账号，还有在别的乡镇也任职的人，请找系统管理员。"
    status = 409


class RoleAbove(Refused):
    """Nobody appoints their equals."""

    code = "role_above"
    message = "您不能任命{role}。"
    fix = "镇里任命村里的人；镇监督员、审计员和县里的人由系统管理员任命，系统管理员在服务器上用命令任命。"
    status = 409


def rank(roles: Iterable[Role]) -> int:
    """The highest level among these roles."""
    return max((_RANK.get(one, 0) for one in roles), default=0)


def rank_of(actor: Actor) -> int:
    """The level at which the actor manages accounts."""
    return rank(post.role for post in actor.appointments if post.role in TABLE[Permission.MANAGE_ACCOUNTS])


def roles_below(actor: Actor) -> list[Role]:
    """The roles that the actor may give."""
    return [role for role in Role if rank([role]) < rank_of(actor)]


def why_not_give(actor: Actor, role: Role) -> RoleAbove | None:
    """Whether the role lies below the actor's own level."""
    return None if role in roles_below(actor) else RoleAbove(role=ROLE_WORDS[role])


def managed_places(
    session: Session, actor: Actor, permission: Permission = Permission.MANAGE_ACCOUNTS
) -> frozenset[int] | None:
    """The ids of all places whose people the actor manages (or oversees); None for everywhere."""
    roots = {post.place_id for post in actor.appointments if post.role in TABLE[permission]}
    if None in roots:
        return None
    found = {one for one in roots if one is not None}
    layer = set(found)
    while layer:
        layer = set(session.scalars(select(Place.id).where(Place.parent_id.in_(layer)))) - found
        found |= layer
    return frozenset(found)


def why_not_manage(session: Session, person: Person, actor: Actor, *, today: date) -> Refused | None:
    """None; NotFound where the person never held a post in the actor's places; NotBelow for equals and those above."""
    places = managed_places(session, actor)
    held = session.scalars(select(Appointment).where(Appointment.person_id == person.id)).all()
    if places is not None and not any(one.place_id in places for one in held):
        return NotFound()
    live = [one for one in held if one.ended_at is None and (one.until_date is None or one.until_date >= today)]
    outside = places is not None and any(one.place_id not in places for one in live)
    if outside or person.id == actor.person_id or rank(Role(one.role) for one in live) >= rank_of(actor):
        return NotBelow(name=person.name)
    return None


def person_to_manage(session: Session, person_id: int, actor: Actor, *, today: date) -> Person:
    """The person whose account the actor is about to change. Raises NotFound, NotBelow."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound()
    refusal = why_not_manage(session, person, actor, today=today)
    if refusal:
        raise refusal
    return person


def serves_in(session: Session, person: Person, places: frozenset[int] | None) -> bool:
    """Whether the person holds or held a post at one of these places (None: everywhere)."""
    held = select(Appointment.id).where(Appointment.person_id == person.id)
    if places is not None:
        held = held.where(Appointment.place_id.in_(places))
    return session.scalar(held.limit(1)) is not None


def posts_here(posts: Sequence[PostLine], places: frozenset[int] | None) -> tuple[tuple[PostLine, ...], bool]:
    """Those of the posts that lie in these places (None: everywhere), and whether there are others."""
    kept = tuple(one for one in posts if places is None or one.place_id in places)
    return kept, len(kept) < len(posts)


@dataclass(frozen=True, slots=True)
class ManagedPerson:
    """One person in the list of those whom the actor manages or sees beside them."""

    person: PersonLine
    mine: bool
    """The actor may reset the password and change the posts."""
    elsewhere: bool
    """There are posts in places that are not the actor's; which ones is not the actor's to know."""


def managed_people(session: Session, actor: Actor, *, today: date) -> list[ManagedPerson]:
    """People with a post, now or once, in the actor's places, each with the posts there."""
    places = managed_places(session, actor)
    wanted = select(Person.id, Person)
    if places is not None:
        wanted = wanted.where(Person.id.in_(select(Appointment.person_id).where(Appointment.place_id.in_(places))))
    people = {found[0]: found[1] for found in session.execute(wanted)}
    found = []
    for one in list_people(session, today=today):
        if one.id in people:
            posts, elsewhere = posts_here(one.posts, places)
            mine = why_not_manage(session, people[one.id], actor, today=today) is None
            found.append(ManagedPerson(replace(one, posts=posts), mine, elsewhere))
    return found
