"""Proofs of RFC 6962 §2.1.1 and §2.1.2: what they are made of, from any source of subtree hashes, and how they are checked."""

from collections.abc import Callable, Sequence

from villagehub.transparency.tree import EMPTY_ROOT, node_hash

HashAt = Callable[[int, int], bytes]
"""``hash_at(height, index)``: the root of the perfect subtree of ``2**height`` leaves that begins at ``index << height``."""


def root_at(size: int, hash_at: HashAt) -> bytes:
    """The root of the tree's first ``size`` leaves."""
    return _range_root(0, size, hash_at) if size else EMPTY_ROOT


def ragged_edge(size: int, hash_at: HashAt) -> list[bytes]:
    """At each height below the root, the root of the tree's last subtree there, which may be ragged on its right."""
    last = size - 1
    return [_range_root(last >> height << height, size, hash_at) for height in range(last.bit_length())]


def consistency_path(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """The proof that the tree of ``old`` leaves begins the tree of ``new``: empty for 0 and for equal sizes."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    low, high, whole = 0, new, True
    # SUBPROOF of RFC 6962, walked down; its hashes come from the bottom up.
    while old != high:
        split = _split(high - low)
        if old <= low + split:
            path.append(_range_root(low + split, high, hash_at))
            high = low + split
        else:
            path.append(_range_root(low, low + split, hash_at))
            low, whole = low + split, False
    if not whole:
        path.append(_range_root(low, high, hash_at))
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that this audit path leads to (RFC 9162 §2.1.3.2). Raises ValueError when its length cannot be right."""
    if not 0 <= index < size:
        raise ValueError(f"{size} 条的日志里没有序号 {index}")
    root, last = leaf, size - 1
    for sibling in path:
        if not last:
            raise ValueError("校验码多了")
        if index & 1 or index == last:
            root = node_hash(sibling, root)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        index, last = index >> 1, last >> 1
    if last:
        raise ValueError("校验码少了")
    return root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the proof shows that the new tree begins with the old one (RFC 9162 §2.1.4.2)."""
    if old in (0, new):
        return 0 <= old <= new and not path and (old_root == EMPTY_ROOT if old == 0 else old_root == new_root)
    if not 0 < old < new or not path:
        return False
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    first = second = hashes[0]
    for one in hashes[1:]:
        if not last:
            return False
        if index & 1 or index == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            second = node_hash(second, one)
        index, last = index >> 1, last >> 1
    return not last and first == old_root and second == new_root


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(low: int, high: int, hash_at: HashAt) -> bytes:
    """The root over leaves ``low`` to ``high``, where ``low`` begins a subtree at least as large as the range."""
    root, end, left = b"", high, high - low
    while left:
        height = (left & -left).bit_length() - 1
        end -= 1 << height
        one = hash_at(height, end >> height)
        root = node_hash(one, root) if root else one
        left &= left - 1
    return root
