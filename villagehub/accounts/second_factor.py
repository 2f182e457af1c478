"""The second step of sign-in: time-based codes (RFC 6238) and recovery codes, each taken once."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person, RecoveryCode, SecondFactor
from villagehub.accounts.passwords import one_time_password
from villagehub.accounts.people import end_sessions, note
from villagehub.journal import Event
from villagehub.kernel.refused import Refused
from villagehub.storage.keys import load_key

STEP: Final = 30
RECOVERY_CODES: Final = 10
_NONCE_BYTES: Final = 12


class WrongCode(Refused):
    """Not the code of this half minute, or taken already."""

    code = "wrong_second_step"
    message = "动态码不对，或者已经用过。"
    fix = "请等手机上换了新码再输。一直不对，请看看手机时间是不是自动校准的。"
    status = 422


class SetUpAlready(Refused):
    """Nobody replaces an authenticator that works from a session that was left open."""

    code = "set_up_already"
    message = "动态码已经开了。"
    fix = "换手机了，请镇里或系统管理员先取消原来的，再重新开。"
    status = 409


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the authenticator needs: the secret to type, and the address in the square."""

    secret: str
    uri: str


def factor_key(keys: Path) -> bytes:
    """The key for secrets and recovery codes, made from the vault's key file; it is never in the database."""
    return hmac.new(load_key(keys, "vault"), b"villagehub second factor", sha256).digest()


def has_second_factor(session: Session, person_id: int) -> bool:
    """Whether sign-in asks this person for a code."""
    held = session.get(SecondFactor, person_id)
    return held is not None and held.confirmed_at is not None


def begin_enrolment(session: Session, person: Person, key: bytes, *, now: datetime) -> None:
    """Makes a fresh secret that waits for its first code. Raises SetUpAlready."""
    held = session.get(SecondFactor, person.id)
    if held is not None and held.confirmed_at is not None:
        raise SetUpAlready()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, pyotp.random_base32().encode(), _bound(person.id))
    if held is None:
        session.add(SecondFactor(person_id=person.id, secret=sealed, created_at=now, last_step=0))
    else:
        held.secret, held.created_at = sealed, now
    session.flush()


def waiting_enrolment(session: Session, person: Person, key: bytes, *, site: str) -> Enrolment | None:
    """The secret that waits for its first code; None when there is none, or when it is in use and shown to nobody."""
    held = session.get(SecondFactor, person.id)
    if held is None or held.confirmed_at is not None:
        return None
    secret = _secret_of(held, key)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=site))


def confirm_enrolment(session: Session, person: Person, code: str, key: bytes, *, now: datetime) -> list[str]:
    """Turns the second step on after a first right code; returns the recovery codes, this once. Raises WrongCode,
    SetUpAlready.
    """
    held = session.get(SecondFactor, person.id, with_for_update=True)
    if held is not None and held.confirmed_at is not None:
        raise SetUpAlready()
    if held is None or not _take_step(session, held, code, key, now=now):
        raise WrongCode()
    held.confirmed_at = now
    codes = [one_time_password() for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    session.add_all(RecoveryCode(code_hash=_hash(person.id, one, key), person_id=person.id) for one in codes)
    session.flush()
    actor = Actor(person.id, person.name)
    note(session, Event.SECOND_FACTOR_SET, person, actor=actor, channel=actor.channel, now=now)
    return codes


def is_code(session: Session, person_id: int, code: str, key: bytes, *, now: datetime) -> bool:
    """Whether ``take_code`` would take the code now; nothing is used up."""
    held = session.get(SecondFactor, person_id)
    if held is None or held.confirmed_at is None:
        return False
    step = _right_step(held, code, key, now=now)
    if step is not None:
        return step > held.last_step
    spare = session.get(RecoveryCode, _hash(person_id, _as_printed(code), key))
    return spare is not None and spare.used_at is None


def take_code(session: Session, person: Person, code: str, key: bytes, *, now: datetime, village_id: int = 0) -> bool:
    """Whether the code is right; it is used up then, and so are all before it. A recovery code is good once.

    That one was used stands in the journal of ``village_id``: of the village whose accounts are signed (the transaction
    holds that journal already), else of the site.
    """
    held = session.get(SecondFactor, person.id)
    if held is None or held.confirmed_at is None:
        return False
    if _take_step(session, held, code, key, now=now):
        return True
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.code_hash == _hash(person.id, _as_printed(code), key), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
    )
    if not _one(used):
        return False
    actor = Actor(person.id, person.name)
    note(session, Event.RECOVERY_CODE_USED, person, actor=actor, channel=actor.channel, now=now, village_id=village_id)
    return True


def reset_second_factor(session: Session, person: Person, *, actor: Actor | None, channel: str, now: datetime) -> None:
    """Takes the authenticator off the account and signs the person out everywhere; without one nothing happens."""
    held = session.get(SecondFactor, person.id)
    if held is None:
        return
    session.delete(held)
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    end_sessions(session, person.id)
    note(session, Event.SECOND_FACTOR_RESET, person, actor=actor, channel=channel, now=now)
    session.flush()


def _as_printed(code: str) -> str:
    """A recovery code as it was shown, however it was typed."""
    plain = "".join(mark for mark in code.lower() if mark.isalnum())
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _right_step(held: SecondFactor, code: str, key: bytes, *, now: datetime) -> int | None:
    """The half minute to which the code belongs: this one, the one before or after; None for a wrong code."""
    plain = "".join(mark for mark in code if not mark.isspace())
    totp, step = pyotp.TOTP(_secret_of(held, key)), int(now.timestamp()) // STEP
    right = [
        one for one in (step - 1, step, step + 1) if hmac.compare_digest(totp.at(one * STEP).encode(), plain.encode())
    ]
    return right[0] if right else None


def _take_step(session: Session, held: SecondFactor, code: str, key: bytes, *, now: datetime) -> bool:
    """Whether this is a code of now, and later than the last one taken; then it is the last one."""
    step = _right_step(held, code, key, now=now)
    if step is None:
        return False
    # The condition stands in the statement, so that of two requests with one code only one is let in.
    taken = session.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == held.person_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return _one(taken)


def _one(result: object) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1


def _secret_of(held: SecondFactor, key: bytes) -> str:
    nonce, sealed = held.secret[:_NONCE_BYTES], held.secret[_NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, sealed, _bound(held.person_id)).decode()


def _bound(person_id: int) -> bytes:
    """A secret that is copied to another person's line does not open there."""
    return f"person {person_id}".encode()


def _hash(person_id: int, code: str, key: bytes) -> bytes:
    return hmac.new(key, f"{person_id}:{code}".encode(), sha256).digest()
