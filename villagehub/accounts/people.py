"""Verbs on people: add, disable, give a new password, sign out everywhere."""

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person, SignInSession
from villagehub.accounts.passwords import ONE_TIME_LASTS, hash_password, why_not_password
from villagehub.accounts.queries import person_with_login
from villagehub.journal import Event, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.private_numbers import find_private_numbers
from villagehub.kernel.refused import Refused

LONGEST_NAME: Final = 40
_MOST_DIGITS: Final = 6
_LOGIN: Final = re.compile(r"[\w.-]{2,40}")


class BadLogin(Refused):
    """The login name cannot be used."""

    code = "bad_login"
    message = "登录名“{login}”不能用。"
    fix = "请用 2 到 40 个字母、数字、汉字、点、短横或下划线，不要用手机号和证件号。"
    status = 422


class BadName(Refused):
    """The name cannot be shown to everybody."""

    code = "bad_name"
    message = "姓名不能用：{why}。"
    fix = "姓名会写在签字和公开的页面上。请只写姓名，不要写电话和证件号。"
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


def clean_name(name: str) -> str:
    """The name as it is stored and published with signatures: one line. Raises BadName for numbers in it."""
    cleaned = one_line(name)
    if len(cleaned) > LONGEST_NAME:
        raise BadName(why=f"超过 {LONGEST_NAME} 个字")
    if len(re.findall(r"\d", cleaned)) > _MOST_DIGITS or find_private_numbers(cleaned):
        raise BadName(why="里面有一长串数字，像电话或证件号")
    return cleaned


def add_person(
    session: Session,
    login: str,
    *,
    name: str,
    password: str,
    hashed: str = "",
    must_change: bool = False,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> Person:
    """Adds somebody who can sign in, without any rights yet. Raises BadLogin, LoginTaken, BadName, WeakPassword.

    ``hashed``: the password's hash where it was made before the transaction.
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
        name=clean_name(name) or login,
        password_hash=hashed or hash_password(password),
        must_change=must_change,
        one_time_until=now + ONE_TIME_LASTS if must_change else None,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # somebody took the same login name a moment ago
        raise LoginTaken(login=login) from None
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
    """Sets a new password and ends all of the person's sessions; ``must_change``: it is for one time, and for 14 days.

    Raises WeakPassword.
    """
    refusal = why_not_password(password, person.login)
    if refusal:
        raise refusal
    lock_person(session, person.id)
    person.password_hash, person.must_change = hash_password(password), must_change
    person.one_time_until = now + ONE_TIME_LASTS if must_change else None
    end_sessions(session, person.id)
    note(session, Event.PASSWORD_CHANGED, person, actor=actor, channel=channel, now=now)
    session.flush()


def lock_person(session: Session, person_id: int) -> Person:
    """The person as the database has them now; others who change them wait until this transaction ends."""
    # Not the strongest lock: a vote or a row that only names the person must not wait for it.
    return session.get_one(Person, person_id, with_for_update={"key_share": True}, populate_existing=True)


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
