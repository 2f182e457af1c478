"""Verbs on people: add, disable, give a new password, sign out everywhere."""

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person, SignInSession
from villagehub.accounts.passwords import hash_password, why_not_password
from villagehub.accounts.queries import person_with_login
from villagehub.journal import Event, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.refused import Refused

_LOGIN: Final = re.compile(r"[\w.-]{2,40}")


class BadLogin(Refused):
    """The login name cannot be used."""

    code = "bad_login"
    message = "登录名“{login}”不能用。"
    fix = "请用 2 到 40 个字母、数字、汉字、点、短横或下划线，不要用手机号和证件号。"
    status = 422


class LoginTaken(Refused):
    """Somebody else has this login name."""

    code = "login_taken"
    message = "登录名“{login}”已经有人用了。"
    fix = "请换一个；如果就是同一个人，只加任职，不用再建账号。"
    status = 422


def clean_login(login: str) -> str:
    """The login name as it is stored: NFC, lower case, no spaces around. Raises BadLogin."""
    cleaned = unicodedata.normalize("NFC", login).strip().lower()
    if not _LOGIN.fullmatch(cleaned) or re.fullmatch(r"\d{7,}x?", cleaned):
        raise BadLogin(login=login[:40])
    return cleaned


def add_person(
    session: Session,
    login: str,
    *,
    name: str,
    password: str,
    must_change: bool = False,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> Person:
    """Adds somebody who can sign in, without any rights yet. Raises BadLogin, LoginTaken, WeakPassword.

    ``actor`` None: the operator at the server's keyboard; ``channel`` says where it was done (``cli:root``, ``web``).
    """
    login = clean_login(login)
    if person_with_login(session, login) is not None:
        raise LoginTaken(login=login)
    refusal = why_not_password(password, login)
    if refusal:
        raise refusal
    person = Person(
        login=login,
        name=one_line(name) or login,
        password_hash=hash_password(password),
        must_change=must_change,
        created_at=now,
    )
    session.add(person)
    session.flush()
    note(session, Event.PERSON_ADDED, person, actor=actor, channel=channel, now=now, detail={"login": login})
    return person


def disable_person(session: Session, person: Person, *, actor: Actor | None, channel: str, now: datetime) -> None:
    """The person cannot sign in any more; what they did stays as it is."""
    if person.disabled_at is None:
        person.disabled_at = now
        end_sessions(session, person.id)
        note(session, Event.PERSON_DISABLED, person, actor=actor, channel=channel, now=now)
        session.flush()


def give_password(
    session: Session,
    person: Person,
    password: str,
    *,
    must_change: bool = False,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> None:
    """Sets a new password and ends all of the person's sessions. Raises WeakPassword."""
    refusal = why_not_password(password, person.login)
    if refusal:
        raise refusal
    person.password_hash, person.must_change = hash_password(password), must_change
    end_sessions(session, person.id)
    note(session, Event.PASSWORD_CHANGED, person, actor=actor, channel=channel, now=now)
    session.flush()


def end_sessions(session: Session, person_id: int) -> None:
    """Signs the person out everywhere."""
    session.execute(delete(SignInSession).where(SignInSession.person_id == person_id))


def note(
    session: Session,
    event: Event,
    person: Person,
    *,
    actor: Actor | None,
    channel: str,
    now: datetime,
    village_id: int = 0,
    detail: dict[str, Any] | None = None,
) -> None:
    """Writes an event about a person into the journal of a village, or of the site."""
    record(
        session,
        event,
        village_id=village_id,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else "",
        channel=channel,
        subject_kind="person",
        subject_id=person.id,
        detail=detail,
        now=now,
    )
