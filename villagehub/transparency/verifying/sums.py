"""What is reckoned: trees of RFC 6962, canonical JSON of RFC 8785, salted commitments, Ed25519 of RFC 8032 in plain Python."""

import base64
import json
from hashlib import sha256, sha512
from typing import Any

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Wrong(ValueError):
    """What was given does not hold; says why in plain Chinese, without a full stop."""


# --- Trees, canonical JSON, commitments -------------------------------------------------------------------------------


def leaf_hash(body: bytes) -> bytes:
    """SHA256(0x00 ‖ body)."""
    return sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    """SHA256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes (RFC 6962 §2.1): neighbours are joined level by level, a lone last one goes up as it is."""
    row = hashes
    while len(row) > 1:
        joined = [node(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = joined + row[len(joined) * 2 :]
    return row[0] if row else sha256(b"").digest()


def root_by_path(hashed: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root to which an inclusion proof leads (RFC 9162 §2.1.3.2). Raises Wrong."""
    if not 0 <= index < size:
        raise Wrong(f"{size} 条的日志里没有序号 {index}")
    last = size - 1
    for sibling in path:
        if not last:
            raise Wrong("凭据里的校验码多了")
        if index & 1 or index == last:
            hashed = node(sibling, hashed)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            hashed = node(hashed, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise Wrong("凭据里的校验码少了")
    return hashed


def canonical(value: Any) -> bytes:
    """RFC 8785 over what leaves may hold. Raises Wrong for fractions, numbers beyond 2^53 and halves of characters."""
    try:
        return json.dumps(_sorted(value), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise Wrong("内容里有不完整的字") from None


def _sorted(value: Any) -> Any:
    """The same with its names in the order of their UTF-16 units."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value, key=lambda one: one.encode("utf-16-be"))}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    if not isinstance(value, str | int | None) or (isinstance(value, int) and abs(value) >= 2**53):
        raise Wrong("内容里有小数或太大的数")
    return value


def read_json(raw: bytes, what: str) -> Any:
    """JSON without doubled names, whose numbers are whole. Raises Wrong."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Wrong(f"{what}里同一个名称写了两遍")
        return made

    def never(_number: str) -> int:
        raise Wrong(f"{what}里有小数或太大的数")

    def whole(number: str) -> int:
        return int(number) if len(number) < 18 else never(number)

    try:
        return json.loads(
            raw.decode("utf-8"), object_pairs_hook=once, parse_float=never, parse_constant=never, parse_int=whole
        )
    except (UnicodeDecodeError, RecursionError, json.JSONDecodeError):
        raise Wrong(f"{what}不是 JSON") from None


def unb64(text: Any) -> bytes:
    """Strict base64. Raises Wrong."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Wrong("有一处不是 base64 编码") from None
    if base64.b64encode(raw).decode() != text:
        raise Wrong("有一处不是 base64 编码的标准写法")
    return raw


def seal_code(hashed: bytes) -> str:
    """The 防改码: 80 bits of the leaf hash as 16 characters."""
    bits = int.from_bytes(hashed[:10], "big")
    marks = "".join(ALPHABET[(bits >> shift) & 31] for shift in range(75, -1, -5))
    return " ".join(marks[at : at + 4] for at in range(0, 16, 4))


def commitment(salt: bytes, name: str, value: Any) -> bytes:
    """SHA256("vh-field-v1\\0" ‖ salt ‖ canonical [name, value])."""
    return sha256(b"vh-field-v1\x00" + salt + canonical([name, value])).digest()


def fields_root(held: dict[str, bytes]) -> bytes:
    """The root over commitments in the order of their names."""
    return root_of([leaf_hash(canonical([name, base64.b64encode(held[name]).decode()])) for name in sorted(held)])


# --- RFC 8032, only what checking a signature needs -------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    made: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            made = _add(made, point)
        point, number = _add(point, point), number >> 1
    return made


def _point(raw: bytes) -> Point | None:
    whole = int.from_bytes(raw, "little")
    y, sign = whole & ((1 << 255) - 1), whole >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Checks an Ed25519 signature (RFC 8032 §5.1.7, without cofactor)."""
    key = _point(public) if len(public) == 32 and len(signature) == 64 else None
    number = int.from_bytes(signature[32:], "little")
    if key is None or number >= ORDER:
        return False
    hashed = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus: Point = (P - key[0], key[1], key[2], P - key[3])
    x, y, z, _ = _add(_times(number, BASE), _times(hashed, minus))
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
