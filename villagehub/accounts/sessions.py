"""Verbs on signed-in sessions: begin, find and touch, end. The browser holds a random token, the table its hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB, Actor
from villagehub.accounts.models import Person, SignInSession
from villagehub.accounts.passwords import hash_password, needs_new_hash
from villagehub.accounts.queries import actor_of
from villagehub.journal import Event, record

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


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def begin_session(session: Session, person: Person, password: str, *, now: datetime) -> str:
    """Signs a person in whose password was found right, and returns the fresh token for the browser."""
    if needs_new_hash(person.password_hash):
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
    return Found(actor_of(session, person, now=now), person.must_change, touch=held.seen_at + TOUCH_EVERY <= now)


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


def _note(session: Session, event: Event, person: Person, *, now: datetime) -> None:
    record(
        session,
        event,
        village_id=0,
        actor_id=person.id,
        actor_name=person.name,
        channel=WEB,
        subject_kind="person",
        subject_id=person.id,
        now=now,
    )
