"""The proof on paper, read back from the digits in its square (README "The proof on paper")."""

import base64
import re
from dataclasses import dataclass

from villagehub.transparency.verifying.sums import Wrong, root_by_path

PAPER = "paper"
"""The name under which a proof from paper stands among a bundle's files."""
LONGEST = 4000
"""Digits and address that are read at most."""


@dataclass(frozen=True)
class Paper:
    """What a square holds: the leaf's hash and place, and the checkpoint; nothing in it is trusted yet."""

    hashed: bytes
    index: int
    size: int
    note: bytes
    proved: bool
    """Whether the path to the root is on the paper too."""


def is_paper(text: str) -> bool:
    """Whether this is what a camera reads from the square: an address ending in ``/y#digits``, or the digits."""
    return len(text) <= LONGEST and bool(re.fullmatch(r"(https?://\S+/y#)?[0-9]{200,}", text.strip(), re.ASCII))


def read_paper(text: str) -> Paper:
    """Takes the digits apart; the root is reckoned from leaf and path, so that the checkpoint's signature binds both.
    Raises Wrong.
    """
    digits = text.strip().rpartition("#")[2]
    if not is_paper(text) or digits.startswith("0"):
        raise Wrong("这不是纸上小码扫出来的数字")
    whole = int(digits)
    raw = whole.to_bytes((whole.bit_length() + 7) // 8, "big")
    if raw[0] != 1 or len(raw) < 42 or (raw[1] > 14 and raw[1] != 255):
        raise Wrong("纸上的码不完整，请再扫一次")
    count = 1 if raw[1] == 255 else raw[1]
    hashed, index, size = raw[2:34], int.from_bytes(raw[34:38], "big"), int.from_bytes(raw[38:42], "big")
    end = 42 + 32 * count
    path = [raw[at : at + 32] for at in range(42, end, 32)]
    parts, at = [], end
    while at < len(raw):
        parts.append(raw[at + 1 : at + 1 + raw[at]])
        at += 1 + raw[at]
    if at != len(raw) or len(parts) < 3 or len(parts) % 2 == 0 or not 0 <= index < size:
        raise Wrong("纸上的码不完整，请再扫一次")
    try:
        origin, *named = [one.decode("utf-8") for one in (parts[0], *parts[1::2])]
    except UnicodeDecodeError:
        raise Wrong("纸上的码不完整，请再扫一次") from None
    if not all(re.fullmatch(r"[^\s+]+", one) for one in (origin, *(one for one in named if one))):
        raise Wrong("纸上的码里日志的名称不对")
    root = path[0] if raw[1] == 255 else root_by_path(hashed, index, size, path)
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n\n"
    for name, signature in zip(named, parts[2::2], strict=True):
        text += f"\u2014 {name or origin} {base64.b64encode(signature).decode()}\n"
    return Paper(hashed, index, size, text.encode(), raw[1] != 255)
