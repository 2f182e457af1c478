"""RFC 6962 hashes: leaves, nodes, the root of a list of leaf hashes, and a tree that only remembers its right edge."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(body: bytes) -> bytes:
    """SHA256(0x00 ‖ body)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 §2.1 over leaf hashes; the empty tree is SHA256 of nothing."""
    edge = Edge()
    for one in hashes:
        edge.append(one)
    return edge.root()


class Edge:
    """A growing tree of which only the roots of its perfect subtrees are kept, the largest first: one for every 1 bit of its
    size. That is enough to append leaves and to know the root.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count() or any(len(one) != HASH_BYTES for one in hashes):
            raise ValueError(f"a tree of {size} leaves does not have an edge of {len(hashes)} hashes")
        self.size = size
        self.hashes = list(hashes)

    @classmethod
    def read(cls, size: int, raw: bytes) -> "Edge":
        """The edge as ``write`` put it down. Raises ValueError when it does not fit the size."""
        return cls(size, [raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)])

    def write(self) -> bytes:
        """The edge's hashes, one after the other."""
        return b"".join(self.hashes)

    def append(self, leaf: bytes) -> None:
        """Adds one leaf hash: subtrees of equal size merge as they meet."""
        held, carry = self.hashes, self.size
        while carry & 1:
            leaf = sha256(b"\x01" + held.pop() + leaf).digest()
            carry >>= 1
        held.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree of this size."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root
