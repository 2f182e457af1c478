"""How entries hang together: each one's hash covers its content and the hash of the one before. Pure."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from villagehub.kernel.canonical import canonical

BEGINNING: Final = bytes(32)
"""What stands before the first entry."""


def entry_hash(
    prev_hash: bytes,
    *,
    village_id: int,
    seq: int,
    at: datetime,
    event: str,
    actor_id: int | None,
    actor_name: str,
    channel: str,
    subject_kind: str,
    subject_id: int | None,
    detail: dict[str, Any],
) -> bytes:
    """SHA-256 over the previous hash and the entry's canonical bytes. Raises NotCanonical on floats in ``detail``."""
    body = canonical(
        {
            "village": village_id,
            "seq": seq,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "event": event,
            "actor": actor_id,
            "name": actor_name,
            "channel": channel,
            "kind": subject_kind,
            "subject": subject_id,
            "detail": detail,
        }
    )
    return sha256(prev_hash + body).digest()
