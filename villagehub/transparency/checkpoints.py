"""Checkpoints (C2SP tlog-checkpoint): what a log signs of a tree. And receipts that anybody can check (C2SP tlog-proof)."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.transparency.notes import BadNote, Note, Verifier, read_note
from villagehub.transparency.proofs import root_from_inclusion
from villagehub.transparency.tree import HASH_BYTES, leaf_hash

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_PROOF: Final = "c2sp.org/tlog-proof@v1"
_LONGEST_PATH: Final = 63


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree of one size as a log's origin names it."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note's text."""
        lines = (self.origin, str(self.size), _b64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text, strictly. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise BadNote("日志头至少要有三行，中间没有空行")
    origin, size, root, *extensions = lines
    if not _NUMBER.fullmatch(size):
        raise BadNote("日志头的条数不是数字")
    return Checkpoint(origin, int(size), _hash(root), tuple(extensions))


def open_checkpoint(raw: bytes, log: Verifier) -> tuple[Checkpoint, Note]:
    """The checkpoint of a signed note of this log. Raises BadNote when the log did not sign it or it is another log's."""
    note = read_note(raw)
    found = read_checkpoint(note.text)
    if found.origin != log.name:
        raise BadNote(f"这是 {found.origin} 的日志头，不是 {log.name} 的")
    if not note.signed_by([log]):
        raise BadNote(f"日志头没有 {log.name} 用已知公钥签的名")
    return found, note


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof that a leaf stands in a checkpointed tree; ``extra`` holds the leaf's bytes (what it says is proved by its hash
    alone).
    """

    index: int
    path: tuple[bytes, ...]
    note: bytes
    extra: bytes = b""

    def write(self) -> bytes:
        """The ``.tlog-proof`` file."""
        lines = [_PROOF, *([f"extra {_b64(self.extra)}"] if self.extra else []), f"index {self.index}"]
        lines += [_b64(one) for one in self.path]
        return "".join(f"{line}\n" for line in (*lines, "")).encode() + self.note

    def check(self, log: Verifier, leaf: bytes | None = None) -> tuple[Checkpoint, Note]:
        """Proves the leaf (default: the one in ``extra``) under the log's signed checkpoint. Raises BadNote."""
        checkpoint, note = open_checkpoint(self.note, log)
        hashed = leaf_hash(self.extra if leaf is None else leaf)
        try:
            root = root_from_inclusion(hashed, self.index, checkpoint.size, self.path)
        except ValueError as fault:
            raise BadNote(f"凭据和日志头对不上（{fault}）") from None
        if root != checkpoint.root:
            raise BadNote("内容和日志里这一条不一样")
        return checkpoint, note


def read_receipt(raw: bytes) -> Receipt:
    """Takes a ``.tlog-proof`` file apart, strictly. Raises BadNote; nothing in it is trusted before ``check``."""
    head, blank, note = raw.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not blank or lines.pop(0) != _PROOF:
        raise BadNote("这不是一份凭据（第一行要写 c2sp.org/tlog-proof@v1）")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _bytes(lines.pop(0)[6:])
    index = lines.pop(0) if lines else ""
    if not index.startswith("index ") or not _NUMBER.fullmatch(index[6:]) or len(lines) > _LONGEST_PATH:
        raise BadNote("凭据没有写明是日志的第几条")
    return Receipt(int(index[6:]), tuple(_hash(line) for line in lines), note, extra)


def read_hashes(lines: Sequence[str]) -> list[bytes]:
    """Hashes, one a line in base64. Raises BadNote."""
    return [_hash(line) for line in lines]


def _hash(text: str) -> bytes:
    raw = _bytes(text)
    if len(raw) != HASH_BYTES:
        raise BadNote("有一行不是完整的校验码")
    return raw


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("有一行不是 base64 编码") from None
    if _b64(raw) != text:
        raise BadNote("有一行不是 base64 编码的标准写法")
    return raw


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
