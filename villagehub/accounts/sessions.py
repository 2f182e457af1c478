"""Verbs on signed-in sessions: begin, find and touch, end. The browser holds a random token, the table its hash."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB, Actor
from villagehub.accounts.models import Person, SecondFactor, SignInSession
from villagehub.accounts.passwords import hash_password, needs_new_hash
from villagehub.accounts.queries import actor_of
from villagehub.journal import SITE, Event, record

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
TOUCH_EVERY: Final = timedelta(minutes=1)
"""``seen_at`` is written at most this often, so that reading pages does not mean writing to the database."""


@dataclass(frozen=True, slots=True)
class Found:
    """A live session: who it is, and whether it is time to note that they were seen."""

    actor: Actor
    must_change: bool
    touch: bool
    second_factor: bool = False
    """The person's authenticator is set up."""


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def begin_session(session: Session, person: Person, password: str | None, *, now: datetime) -> str:
    """Signs a person in whose password was found right (None: a step before), and returns the fresh token for the browser."""
    if password is not None and needs_new_hash(person.password_hash):
        person.password_hash = hash_password(password)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=_hash(token), person_id=person.id, created_at=now, seen_at=now, expires_at=now + LONGEST
        )
    )
    session.execute(
        delete(SignInSession).where(SignInSession.person_id == person.id, SignInSession.seen_at < now - IDLE)
    )
    _note(session, Event.SIGNED_IN, person, now=now)
    return token


def find_session(session: Session, token: str, *, now: datetime) -> Found | None:
    """Who holds this token; None when the session is unknown, idle too long, too old, or its account is closed."""
    held = session.scalar(select(SignInSession).where(SignInSession.token_hash == _hash(token)))
    if held is None or held.expires_at <= now or held.seen_at + IDLE <= now:
        return None
    person = session.get_one(Person, held.person_id)
    if person.disabled_at is not None:
        return None
    factor = session.get(SecondFactor, person.id)
    return Found(
        actor_of(session, person, now=now),
        person.must_change,
        touch=held.seen_at + TOUCH_EVERY <= now,
        second_factor=factor is not None and factor.confirmed_at is not None,
    )


def touch_session(session: Session, token: str, *, now: datetime) -> None:
    """Notes that the session's person was seen just now."""
    session.execute(update(SignInSession).where(SignInSession.token_hash == _hash(token)).values(seen_at=now))


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Signs this one browser out."""
    held = session.get(SignInSession, _hash(token))
    if held is not None:
        _note(session, Event.SIGNED_OUT, session.get_one(Person, held.person_id), now=now)
        session.delete(held)
        session.flush()


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One browser that is signed in, for the list on the account's page."""

    name: str
    """Names the session in a form; nobody can sign in with it."""
    here: bool
    created_at: datetime
    seen_at: datetime


def list_sessions(session: Session, person_id: int, token: str, *, now: datetime) -> list[SessionLine]:
    """The person's live sessions: this browser first, then the last seen."""
    held = session.scalars(
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.expires_at > now,
            SignInSession.seen_at > now - IDLE,
        )
        .order_by(SignInSession.seen_at.desc())
    )
    mine = _hash(token)
    lines = [SessionLine(one.token_hash.hex(), one.token_hash == mine, one.created_at, one.seen_at) for one in held]
    return sorted(lines, key=lambda line: not line.here)


def end_named_session(session: Session, person_id: int, name: str, *, now: datetime) -> bool:
    """Signs one of the person's own browsers out, by the name in the list; False when there is none such."""
    if not re.fullmatch(r"[0-9a-f]{64}", name):
        return False
    held = session.get(SignInSession, bytes.fromhex(name))
    if held is None or held.person_id != person_id:
        return False
    _note(session, Event.SIGNED_OUT, session.get_one(Person, person_id), now=now)
    session.delete(held)
    session.flush()
    return True


def _note(session: Session, event: Event, person: Person, *, now: datetime) -> None:
    record(
        session,
        event,
        village_id=SITE,
        actor_id=person.id,
        actor_name=person.name,
        channel=WEB,
        subject_kind="person",
        subject_id=person.id,
        now=now,
    )
