"""RFC 6962 hashes: leaves, nodes and the root of a list of leaf hashes."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(body: bytes) -> bytes:
    """SHA256(0x00 ‖ body)."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 §2.1 over leaf hashes; the empty tree is SHA256 of nothing."""
    if not hashes:
        return sha256(b"").digest()
    # A stack of perfect subtrees (size, hash): equal sizes merge as they meet, the rest folds from the right.
    stack: list[tuple[int, bytes]] = []
    for one in hashes:
        size, top = 1, one
        while stack and stack[-1][0] == size:
            _, left = stack.pop()
            size, top = size * 2, node_hash(left, top)
        stack.append((size, top))
    _, root = stack.pop()
    while stack:
        _, left = stack.pop()
        root = node_hash(left, root)
    return root
