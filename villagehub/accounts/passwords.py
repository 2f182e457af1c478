"""Passwords: argon2id hashes that take the same time for everybody, and what a password must be."""

import secrets
from datetime import timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from villagehub.kernel.refused import Refused

LEAST: Final = 10
MOST: Final = 128
ONE_TIME_DAYS: Final = 14
ONE_TIME_LASTS: Final = timedelta(days=ONE_TIME_DAYS)
"""A slip that lies about longer than this opens nothing any more."""
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB and two passes: what OWASP asks for, and bearable on a village's old PC."""

_CLEAR: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0, o, 1, l and i."""

_COMMON: Final = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "password123",
        "passw0rd123",
        "qwertyuiop",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "abcd123456",
        "abc1234567",
        "a123456789",
        "woaini1314520",
        "villagehub",
    }
)


class WeakPassword(Refused):
    """The password is too short, too long or too easy to guess."""

    code = "weak_password"
    message = "这个密码不能用：{why}。"
    fix = f"请换一个至少 {LEAST} 位的，例如三四个不相干的词连在一起，好记又难猜。"
    status = 422


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _HASHER.hash(password)


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")


def is_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; without a stored hash the same work is done and the answer is no."""
    try:
        return _HASHER.verify(stored or _nobodys_hash(), password[:MOST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def one_time_password() -> str:
    """Twelve marks in three groups that are read aloud and typed without mistakes; about 58 bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(3))


def needs_new_hash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def why_not_password(password: str, login: str) -> WeakPassword | None:
    """Length, and the few guesses that everybody tries first; no rules on kinds of characters."""
    plain = password.strip().lower()
    if len(password) < LEAST:
        return WeakPassword(why=f"只有 {len(password)} 位")
    if len(password) > MOST:
        return WeakPassword(why=f"超过 {MOST} 位")
    if len(set(plain)) < 4:
        return WeakPassword(why="同样的字太多")
    if plain in _COMMON or (len(login) >= 4 and login.lower() in plain):
        return WeakPassword(why="太容易猜到")
    return None
