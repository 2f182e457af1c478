"""A log made from the specifications' sentences and nothing else: RFC 6962 §2.1, RFC 8032 §5.1 and §6, C2SP tlog-tiles,
signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof. It shares no line with the product, is as slow as the sentences
are, and keeps every leaf.
"""

import base64
import hashlib
from functools import cache


def H(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


# --- RFC 6962, section 2.1 -------------------------------------------------------------------------------------------


def k(n: int) -> int:
    """The largest power of two smaller than n."""
    power = 1
    while power * 2 < n:
        power *= 2
    return power


def MTH(D: list[bytes]) -> bytes:
    n = len(D)
    if n == 0:
        return H(b"")
    if n == 1:
        return H(b"\x00" + D[0])
    return H(b"\x01" + MTH(D[: k(n)]) + MTH(D[k(n) :]))


def PATH(m: int, D: list[bytes]) -> list[bytes]:
    n = len(D)
    if n == 1:
        return []
    if m < k(n):
        return [*PATH(m, D[: k(n)]), MTH(D[k(n) :])]
    return [*PATH(m - k(n), D[k(n) :]), MTH(D[: k(n)])]


def PROOF(m: int, D: list[bytes]) -> list[bytes]:
    return SUBPROOF(m, D, True)


def SUBPROOF(m: int, D: list[bytes], b: bool) -> list[bytes]:
    n = len(D)
    if m == n:
        return [] if b else [MTH(D)]
    if m <= k(n):
        return [*SUBPROOF(m, D[: k(n)], b), MTH(D[k(n) :])]
    return [*SUBPROOF(m - k(n), D[k(n) :], False), MTH(D[: k(n)])]


# --- C2SP tlog-tiles -------------------------------------------------------------------------------------------------


def N(index: int) -> str:
    digits = str(index)
    while len(digits) % 3:
        digits = "0" + digits
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + [groups[-1]])


def files(D: list[bytes]) -> dict[str, bytes]:
    """Every tile and entry bundle of the tree over D, by address."""
    s, found = len(D), {}
    for l in range(64):  # noqa: E741 - the specification's name
        count = s // 256**l
        if count == 0:
            break
        hashes = [MTH(D[i * 256**l : (i + 1) * 256**l]) for i in range(count)]
        for n in range((count + 255) // 256):
            part = hashes[n * 256 : (n + 1) * 256]
            found[f"tile/{l}/{N(n)}" + (f".p/{len(part)}" if len(part) < 256 else "")] = b"".join(part)
    for n in range((s + 255) // 256):
        part = D[n * 256 : (n + 1) * 256]
        bundle = b"".join(bytes([len(entry) // 256, len(entry) % 256]) + entry for entry in part)
        found[f"tile/entries/{N(n)}" + (f".p/{len(part)}" if len(part) < 256 else "")] = bundle
    return found


# --- RFC 8032: Ed25519 over integers ---------------------------------------------------------------------------------

p = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
d = -121665 * pow(121666, p - 2, p) % p
Point = tuple[int, int]


def x_of(y: int, sign: int) -> int:
    xx = (y * y - 1) * pow(d * y * y + 1, p - 2, p) % p
    x = pow(xx, (p + 3) // 8, p)
    if (x * x - xx) % p:
        x = x * pow(2, (p - 1) // 4, p) % p
    assert (x * x - xx) % p == 0
    return x if x & 1 == sign else p - x


B: Point = (x_of(4 * pow(5, p - 2, p) % p, 0), 4 * pow(5, p - 2, p) % p)


def add(P: Point, Q: Point) -> Point:
    (x1, y1), (x2, y2) = P, Q
    t = d * x1 * x2 * y1 * y2 % p
    return (
        (x1 * y2 + x2 * y1) * pow(1 + t, p - 2, p) % p,
        (y1 * y2 + x1 * x2) * pow(1 - t, p - 2, p) % p,
    )


def times(n: int, P: Point) -> Point:
    Q: Point = (0, 1)
    while n:
        if n & 1:
            Q = add(Q, P)
        P, n = add(P, P), n >> 1
    return Q


def encode(P: Point) -> bytes:
    return (P[1] | (P[0] & 1) << 255).to_bytes(32, "little")


@cache
def expanded(secret: bytes) -> tuple[int, bytes, bytes]:
    h = hashlib.sha512(secret).digest()
    a = int.from_bytes(h[:32], "little")
    a = a & ((1 << 254) - 8) | 1 << 254
    return a, h[32:], encode(times(a, B))


def public(secret: bytes) -> bytes:
    return expanded(secret)[2]


@cache
def sign(secret: bytes, message: bytes) -> bytes:
    a, prefix, A = expanded(secret)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    R = encode(times(r, B))
    hashed = int.from_bytes(hashlib.sha512(R + A + message).digest(), "little") % L
    return R + ((r + hashed * a) % L).to_bytes(32, "little")


# --- C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof --------------------------------------------------


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def key_id(name: str, kind: int, key: bytes) -> bytes:
    return H(name.encode() + b"\x0a" + bytes([kind]) + key)[:4]


def vkey(name: str, secret: bytes, kind: int = 1) -> str:
    return f"{name}+{key_id(name, kind, public(secret)).hex()}+{b64(bytes([kind]) + public(secret))}"


def body(origin: str, D: list[bytes]) -> bytes:
    return f"{origin}\n{len(D)}\n{b64(MTH(D))}\n".encode()


def checkpoint(origin: str, secret: bytes, D: list[bytes]) -> bytes:
    text = body(origin, D)
    signature = key_id(origin, 1, public(secret)) + sign(secret, text)
    return text + b"\n" + f"\u2014 {origin} {b64(signature)}\n".encode()


def cosignature(name: str, secret: bytes, time: int, text: bytes) -> bytes:
    signed = sign(secret, f"cosignature/v1\ntime {time}\n".encode() + text)
    return f"\u2014 {name} {b64(key_id(name, 4, public(secret)) + time.to_bytes(8, 'big') + signed)}\n".encode()


def proof(index: int, D: list[bytes], note: bytes, extra: bytes = b"") -> bytes:
    lines = ["c2sp.org/tlog-proof@v1", *([f"extra {b64(extra)}"] if extra else []), f"index {index}"]
    lines += [b64(one) for one in PATH(index, D)]
    return ("\n".join(lines) + "\n\n").encode() + note
