"""The proof on paper: leaf hash, path and cosigned checkpoint as decimal digits, for the numeric mode of a QR symbol.

README "The proof on paper" writes the format down byte by byte; ``verifying/paper.py`` and ``verify.html`` read it.
"""

from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.transparency.checkpoints import Receipt, read_checkpoint
from villagehub.transparency.notes import Signature, read_note
from villagehub.transparency.tree import leaf_hash

MOST: Final = 700
"""Bytes of a proof at most: with its address it then fits into a symbol of version 22, level M (decision 41)."""
LONGEST_PATH: Final = 14
"""Hashes of a path at most, enough for 16,384 leaves; of a larger log the paper carries the checkpoint's root instead."""
_FORMAT: Final = 1
_NO_PATH: Final = 0xFF
_LARGEST: Final = 1 << 32


class NoPaperProof(Refused):
    """The log cannot be put on paper: longer names or a larger log than a readable symbol holds."""

    code = "no_paper_proof"
    message = "日志的名称太长，供核验用的码印不下。"
    fix = "公开榜照常打印，只是没有这个小码；可以下载核对包核对。"
    status = 422


def paper_digits(receipt: Receipt, *, most: int = MOST) -> str:
    """The digits of a receipt, with as many cosignatures as fit into ``most`` bytes. Raises NoPaperProof, BadNote."""
    note = read_note(receipt.note)
    checkpoint = read_checkpoint(note.text)
    if checkpoint.extensions or checkpoint.size >= _LARGEST:
        raise NoPaperProof()
    own = [one for one in note.signatures if one.name == checkpoint.origin]
    others = [one for one in note.signatures if one.name != checkpoint.origin]
    hashed = leaf_hash(receipt.extra)
    origin = checkpoint.origin.encode()
    head = hashed + receipt.index.to_bytes(4, "big") + checkpoint.size.to_bytes(4, "big")
    name = _short(origin)
    signed = b"".join(_entry("", one) for one in own)
    for path in (receipt.path, None):
        if path is not None and len(path) > LONGEST_PATH:
            continue
        ways = checkpoint.root if path is None else b"".join(path)
        begun = bytes([_FORMAT, _NO_PATH if path is None else len(path)]) + head + ways + name + signed
        if len(begun) <= most:
            for one in others:
                entry = _entry(one.name, one)
                begun += entry if len(begun) + len(entry) <= most else b""
            return str(int.from_bytes(begun, "big"))
    raise NoPaperProof()


def _entry(name: str, one: Signature) -> bytes:
    """One signature; an empty name stands for the log's own."""
    return _short(name.encode()) + _short(one.id + one.raw)


def _short(raw: bytes) -> bytes:
    if len(raw) > 0xFF:
        raise NoPaperProof()
    return bytes([len(raw)]) + raw
