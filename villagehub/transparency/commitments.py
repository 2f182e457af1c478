"""Salted commitments of text facts: what lets a value be erased while every proof stays valid."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from villagehub.kernel.canonical import canonical
from villagehub.transparency.tree import leaf_hash, root_of

SALT_BYTES: Final = 16
_DOMAIN: Final = b"vh-field-v1\x00"


def b64(raw: bytes) -> str:
    """Standard base64, as leaves and faces carry bytes."""
    return base64.b64encode(raw).decode("ascii")


def commitment(salt: bytes, name: str, value: Any) -> bytes:
    """SHA256("vh-field-v1\\0" ‖ salt ‖ JCS([name, value])) of evidence.md."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 16 bytes")
    return sha256(_DOMAIN + salt + canonical([name, value])).digest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """One salted field: its value and salt (both may be erased later) and its commitment (which stays)."""

    value: Any
    salt: bytes
    commitment: bytes

    def as_json(self) -> dict[str, Any]:
        """As it is kept in a face."""
        return {"value": self.value, "salt": b64(self.salt), "commitment": b64(self.commitment)}


def seal(name: str, value: Any) -> Sealed:
    """Commits to a value under a fresh random salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Sealed(value, salt, commitment(salt, name, value))


def fields_root(commitments: Mapping[str, bytes]) -> bytes:
    """The RFC 6962 root over the commitments, in the order of their names; each leaf is canonical [name, commitment]."""
    return root_of([leaf_hash(canonical([name, b64(commitments[name])])) for name in sorted(commitments)])
