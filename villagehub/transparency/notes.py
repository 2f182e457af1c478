"""Signed notes (C2SP signed-note), their keys, and cosignatures of witnesses (C2SP tlog-cosignature). Ed25519 only."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
_LARGEST: Final = 1 << 20
_MOST_SIGNATURES: Final = 100
_NAME: Final = re.compile(r"[^\s+]+")
_LINE: Final = re.compile(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


class BadNote(ValueError):
    """The bytes are no signed note, or no signature of a known key holds; says why in plain words, without a full stop."""


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The first four bytes of SHA256(name ‖ 0x0A ‖ kind ‖ public key)."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key that somebody trusts: its name, what it signs (ED25519 or COSIGNATURE) and its 32 bytes."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """The key id that stands before its signatures."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The key as one line: ``name+id+base64(kind ‖ public key)``."""
        return f"{self.name}+{self.id.hex()}+{_b64(bytes([self.kind]) + self.public)}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether this key made the signature (without its key id) over the note's text."""
        message, raw = text.encode(), signature
        if self.kind == COSIGNATURE:
            moment, raw = int.from_bytes(signature[:8], "big"), signature[8:]
            if len(signature) != 72 or moment >= 1 << 63:
                return False
            message = _cosigned(text, moment)
        return holds_ed25519(self.public, message, raw)


def holds_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key made this plain signature (RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_vkey(line: str) -> Verifier:
    """The key of such a line. Raises BadNote when name, id and key do not belong together."""
    name, _, rest = line.strip().partition("+")
    named, _, encoded = rest.partition("+")
    raw = _unb64(encoded)
    if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise BadNote("这不是日志或见证的公钥（要写成 名称+八位编号+一串字母）")
    found = Verifier(name, raw[1:], raw[0])
    if found.id.hex() != named:
        raise BadNote("公钥里的编号和名称对不上，可能抄错了")
    return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with its name; ``secret`` are the 32 bytes of the key file and are never shown."""

    name: str
    secret: bytes
    kind: int = ED25519

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def verifier(self) -> Verifier:
        """The public half. Raises ValueError for a name that no note can carry."""
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a key cannot be named {self.name!r}")
        public = Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()
        return Verifier(self.name, public, self.kind)

    def line(self, text: str, moment: int = 0) -> str:
        """The signature line over a note's text; a witness says when, in seconds since 1970 (UTC)."""
        key = Ed25519PrivateKey.from_private_bytes(self.secret)
        if self.kind == COSIGNATURE:
            signature = moment.to_bytes(8, "big") + key.sign(_cosigned(text, moment))
        else:
            signature = key.sign(text.encode())
        return f"\u2014 {self.name} {_b64(self.verifier.id + signature)}\n"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it says it is, the key id, the rest, and the line as it stands."""

    name: str
    id: bytes
    raw: bytes
    line: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart; nothing in it is trusted before ``signed_by`` has looked."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, known: Iterable[Verifier]) -> list[Verifier]:
        """Which of the known keys signed it. Signatures of others are passed over, also where name or id alone is known.
        Raises BadNote when a known key's signature does not hold.
        """
        found: list[Verifier] = []
        for one in known:
            mine = [sign for sign in self.signatures if (sign.name, sign.id) == (one.name, one.id)]
            if not all(one.holds(self.text, sign.raw) for sign in mine):
                raise BadNote(f"{one.name} 的签名是假的，或者内容被改过")
            if mine:
                found.append(one)
        return found


def read_note(raw: bytes) -> Note:
    """Takes a signed note apart, strictly as the specification writes it. Raises BadNote."""
    if len(raw) > _LARGEST:
        raise BadNote("日志头太长")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote("日志头不是 UTF-8 编码") from None
    if any(mark < " " and mark != "\n" for mark in whole):
        raise BadNote("日志头里有控制字符")
    text, blank, signed = whole.rpartition("\n\n")
    if not blank or not signed.endswith("\n"):
        raise BadNote("日志头没有签名，或者最后一行不完整")
    signatures = tuple(read_signature(line) for line in signed[:-1].split("\n"))
    if len(signatures) > _MOST_SIGNATURES:
        raise BadNote("日志头的签名太多")
    return Note(f"{text}\n", signatures)


def read_signature(line: str) -> Signature:
    """One signature line without its line end. Raises BadNote."""
    found = _LINE.fullmatch(line)
    raw = _unb64(found[2]) if found else b""
    if found is None or len(raw) < 5:
        raise BadNote("日志头里有一行不是签名")
    return Signature(found[1], raw[:4], raw[4:], f"{line}\n")


def write_note(text: str, lines: Sequence[str]) -> bytes:
    """The note of a text (ending in a line end) and signature lines. Raises BadNote for a text that cannot be one."""
    raw = f"{text}\n{''.join(lines)}".encode()
    if read_note(raw).text != text:
        raise BadNote("日志头的正文要正好以一个换行结束")
    return raw


def _cosigned(text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _unb64(text: str) -> bytes:
    """Strict: the one way of writing these bytes, else empty."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _b64(raw) == text else b""
