"""This log's witnesses: who they are, whose cosignatures the checkpoint bears, and what is remembered of each of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from villagehub.config import Settings
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.notes import BadNote, Verifier, read_note, read_vkey

MEMORY: Final = ".witnesses"
"""The file beside the log, in no export: what is remembered of each witness, by its vkey."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of the settings: its key, and the address before ``/add-checkpoint``."""

    verifier: Verifier
    url: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one witness. Moments are seconds since 1970 (UTC); 0: never."""

    size: int = 0
    """The newest size that it is known to have seen."""
    seen_at: int = 0
    """When it cosigned last."""
    first_failed_at: int = 0
    failures: int = 0
    """Since it cosigned last."""
    next_at: int = 0
    fault: str = ""
    """Why it did not cosign, in words; empty when it did."""
    against: bool = False
    """Whether it has seen another history than ours."""
    forked: bool = False
    """Whether what it has seen is no part of ours, however long ours grows; else it only has seen a longer one."""


def witnesses_of(settings: Settings) -> tuple[Witness, ...]:
    """The witnesses that the settings name; ``config`` has looked at the form of each line."""
    found = (line.split(" ", 1) for line in settings.witnesses)
    return tuple(Witness(read_vkey(vkey), url) for vkey, url in found)


def recall(folder: LogFolder) -> dict[str, Known]:
    """What is remembered, by vkey. A file that cannot be read is as none: all of it can be asked for again."""
    try:
        held: dict[str, dict[str, Any]] = json.loads((folder.path / MEMORY).read_bytes())
        return {vkey: Known(**one) for vkey, one in held.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember(folder: LogFolder, vkey: str, known: Known) -> None:
    """Puts down what is known of one witness; to be called while the folder's lease is held."""
    held = {**recall(folder), vkey: known}
    folder.put(MEMORY, json.dumps({name: asdict(one) for name, one in held.items()}, indent=1).encode())


def forget_others(folder: LogFolder, witnesses: Sequence[Witness]) -> None:
    """Forgets witnesses that the settings no longer name: what those have seen stops nobody any more."""
    held, named = recall(folder), {one.verifier.vkey for one in witnesses}
    if held.keys() - named:
        with folder.lease(wait=True):
            kept = {name: asdict(one) for name, one in recall(folder).items() if name in named}
            folder.put(MEMORY, json.dumps(kept, indent=1).encode())
            folder.settle()


def dispute(folder: LogFolder, size: int) -> tuple[str, str] | None:
    """A witness that has seen what a log of this size does not hold: its name, and what it said. None where nobody has.

    Until that is settled nothing may be signed: a second tree of one size would be the very thing a log must never sign.
    """
    for vkey, known in recall(folder).items():
        if known.against and (known.forked or known.size > size):
            return vkey.partition("+")[0], known.fault
    return None


def cosigned_by(raw: bytes | None, witnesses: Sequence[Witness]) -> list[tuple[Witness, datetime]]:
    """The witnesses whose cosignatures on this checkpoint hold, and when each made its own (UTC)."""
    if raw is None or not witnesses:
        return []
    try:
        note = read_note(raw)
    except BadNote:
        return []
    found = []
    for one in witnesses:
        for sign in note.signatures:
            if (sign.name, sign.id) == (one.verifier.name, one.verifier.id) and one.verifier.holds(note.text, sign.raw):
                moment = min(int.from_bytes(sign.raw[:8], "big"), 1 << 37)
                found.append((one, datetime.fromtimestamp(moment, UTC)))
                break
    return found
