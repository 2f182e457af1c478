"""What is signed: keys and notes (C2SP signed-note), checkpoints, cosignatures of witnesses, and receipts (C2SP tlog-proof)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from villagehub.transparency.verifying.sums import Wrong, unb64

Check = Callable[[bytes, bytes, bytes], bool]
"""Whether a public key made the signature over the message: ``(public, message, signature)``."""


# --- Keys, notes, checkpoints, proofs ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A verifier key: ``kind`` is 1 for a log, 4 for a witness."""

    name: str
    id: bytes
    kind: int
    public: bytes


def read_key(line: str) -> Key:
    """``name+id+base64(kind ‖ public)``. Raises Wrong."""
    name, _, rest = line.strip().partition("+")
    named, _, encoded = rest.partition("+")
    raw = unb64(encoded)
    if not re.fullmatch(r"[^\s+]+", name) or len(raw) != 33 or raw[0] not in (1, 4):
        raise Wrong("这不是日志或见证的公钥（要写成 名称+八位编号+一串字母）")
    number = sha256(name.encode() + b"\n" + raw).digest()[:4]
    if number.hex() != named:
        raise Wrong("公钥里的编号和名称对不上，可能抄错了")
    return Key(name, number, raw[0], raw[1:])


@dataclass(frozen=True)
class Head:
    """A checkpoint whose log signature held, and the witnesses whose cosignatures held."""

    origin: str
    size: int
    root: bytes
    seen_by: tuple[tuple[str, datetime], ...] = ()


def read_head(raw: bytes, key: Key, witnesses: list[Key], check: Check) -> Head:
    """A checkpoint signed by the log's key. Raises Wrong."""
    if key.kind != 1 or any(one.kind != 4 for one in witnesses):
        raise Wrong("日志的公钥和见证的公钥写反了")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Wrong("日志头不是 UTF-8 编码") from None
    text, blank, signed = whole.rpartition("\n\n")
    if any(mark < " " and mark != "\n" for mark in whole) or not blank or not signed.endswith("\n"):
        raise Wrong("日志头没有签名，或者不完整")
    lines = [re.fullmatch("\u2014 ([^\\s+]+) (\\S+)", one) for one in signed[:-1].split("\n")]
    if None in lines or len(lines) > 100:
        raise Wrong("日志头里有一行不是签名")
    signatures = [(one[1], unb64(one[2])) for one in lines if one]
    if any(len(one) < 5 for _, one in signatures):
        raise Wrong("日志头里有一行不是签名")
    body = f"{text}\n"
    parts = text.split("\n")
    if len(parts) < 3 or not all(parts) or not re.fullmatch("0|[1-9][0-9]{0,18}", parts[1], re.ASCII):
        raise Wrong("日志头至少要有三行：名称、条数、校验码")
    if parts[0] != key.name:
        raise Wrong(f"这是 {parts[0]} 的日志头，不是 {key.name} 的")
    root = unb64(parts[2])
    if len(root) != 32:
        raise Wrong("日志头的校验码不完整")
    if not _signed(body, key, signatures, check):
        which = "日志换过钥匙的：换以前存的用旧公钥，换以后的用新公钥，或者先核对换钥匙的凭据"
        raise Wrong(f"日志头没有 {key.name} 用已知公钥签的名（{which}）")
    seen = [(one.name, moment) for one in witnesses for moment in _signed(body, one, signatures, check)]
    return Head(parts[0], int(parts[1]), root, tuple(seen))


def _signed(body: str, key: Key, signatures: list[tuple[str, bytes]], check: Check) -> list[datetime]:
    """When this key signed; 1970 for a log, which does not say. Raises Wrong for a signature in its name that is false."""
    found = []
    for name, raw in signatures:
        if (name, raw[:4]) != (key.name, key.id):
            continue
        message, signature, moment = body.encode(), raw[4:], 0
        if key.kind == 4:
            moment, signature = int.from_bytes(raw[4:12], "big"), raw[12:]
            message = f"cosignature/v1\ntime {moment}\n{body}".encode()
        if len(signature) != 64 or moment >= 1 << 63 or not check(key.public, message, signature):
            raise Wrong(f"{key.name} 的签名是假的，或者内容被改过")
        found.append(datetime.fromtimestamp(min(moment, 1 << 37), UTC))
    return found


@dataclass(frozen=True)
class Proof:
    """A ``.tlog-proof`` taken apart; nothing in it is trusted yet."""

    index: int
    path: list[bytes]
    note: bytes
    leaf: bytes


def read_proof(raw: bytes) -> Proof:
    """Takes a receipt apart. Raises Wrong."""
    head, blank, note = raw.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not blank or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("这不是一份凭据（第一行要写 c2sp.org/tlog-proof@v1）")
    leaf = unb64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else b""
    named = lines.pop(0) if lines else ""
    path = [unb64(one) for one in lines]
    if not re.fullmatch("index (0|[1-9][0-9]{0,18})", named, re.ASCII) or any(len(one) != 32 for one in path):
        raise Wrong("凭据不完整")
    return Proof(int(named[6:]), path, note, leaf)
