"""The body of ``add-checkpoint`` (C2SP tlog-witness): how it is read, strictly, and how it is written."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.transparency.checkpoints import Checkpoint, read_checkpoint, read_hashes
from villagehub.transparency.notes import BadNote, Note, read_note

LARGEST: Final = 64 * 1024
"""Bytes of a body; 63 hashes and a checkpoint with many signatures need a quarter of it."""
_OLD: Final = re.compile(rb"old (0|[1-9][0-9]{0,18})")
_MOST_HASHES: Final = 63
_SIZES: Final = 1 << 63


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log hands in: the size that it believes the witness knows, the proof from there, and the new checkpoint."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note


def read_submission(raw: bytes) -> Submission:
    """Takes a body apart. Raises BadNote; no signature has been looked at yet."""
    if len(raw) > LARGEST:
        raise BadNote("请求太长")
    head, blank, signed = raw.partition(b"\n\n")
    first, *hashes = head.split(b"\n")
    found = _OLD.fullmatch(first)
    if found is None or not blank:
        raise BadNote("请求的第一行要写 old 和一个数，证明后面要空一行")
    if len(hashes) > _MOST_HASHES:
        raise BadNote("证明多于 63 行")
    path = read_hashes([one.decode("ascii", "replace") for one in hashes])
    note = read_note(signed)
    checkpoint, old = read_checkpoint(note.text), int(found[1])
    if max(old, checkpoint.size) >= _SIZES:
        raise BadNote("条数太大")
    return Submission(old, tuple(path), checkpoint, note)


def write_submission(old: int, path: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The body that asks a witness for its cosignature on a signed checkpoint."""
    lines = [f"old {old}", *(base64.b64encode(one).decode("ascii") for one in path), ""]
    return "".join(f"{line}\n" for line in lines).encode() + checkpoint
