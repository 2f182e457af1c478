"""A tree of one size read from its tiles: roots and proofs from any source of them, a folder or another site."""

from collections.abc import Callable
from typing import Final

from villagehub.transparency.proofs import consistency_path, ragged_edge, root_at
from villagehub.transparency.tiles import Tile, width_of
from villagehub.transparency.tree import HASH_BYTES, node_hash

Fetch = Callable[[Tile], bytes]
"""The bytes of a tile or bundle. Raises NoTile."""

_HEIGHT: Final = 8
"""A full tile spans so many levels of the tree."""
_INSIDE: Final = [(inner, 255 >> inner) for inner in range(_HEIGHT)]
"""Each height inside a tile, and the largest index there."""


class NoTile(LookupError):
    """The tile is not there, or it is not as wide as it should be."""

    def __init__(self, tile: Tile) -> None:
        super().__init__(tile.path)
        self.tile = tile


class TileTree:
    """The tree of ``size`` leaves. Tiles are fetched once and kept with the hashes inside them."""

    def __init__(self, size: int, fetch: Fetch) -> None:
        self.size = size
        self._fetch = fetch
        self._edge: list[bytes] | None = None
        self._kept: dict[tuple[int, int], list[list[bytes]]] = {}

    def hash_at(self, height: int, index: int) -> bytes:
        """The root of a perfect subtree (``proofs.HashAt``). Raises NoTile, also for one that is not in the tree."""
        level, inner = divmod(height, _HEIGHT)
        number = index >> (_HEIGHT - inner)
        levels = self._kept.get((level, number)) or self._open(level, number)
        try:
            return levels[inner][index - (number << (_HEIGHT - inner))]
        except IndexError:
            raise NoTile(Tile(level, number, 1)) from None

    def root(self) -> bytes:
        """The root of the whole tree."""
        return root_at(self.size, self.hash_at)

    def root_at(self, size: int) -> bytes:
        """The root as it was when the tree had ``size`` leaves."""
        return root_at(size, self.hash_at)

    def inclusion(self, index: int) -> list[bytes]:
        """The audit path of leaf ``index``, from the leaf's sibling up. Raises ValueError for one that is not in the tree."""
        if not 0 <= index < self.size:
            raise ValueError(f"leaf {index} is not in a tree of {self.size}")
        if self._edge is None:
            self._edge = ragged_edge(self.size, self.hash_at)
        edge, last, height, path = self._edge, self.size - 1, 0, []
        while last:
            number, rows = index >> _HEIGHT, None
            for inner, mask in _INSIDE:
                sibling = index ^ 1
                if sibling < last:
                    # All siblings of these heights lie in one tile; where none is asked for, there may be no tile.
                    rows = rows or self._kept.get((height >> 3, number)) or self._open(height >> 3, number)
                    path.append(rows[inner][sibling & mask])
                elif sibling == last:
                    path.append(edge[height])
                index, last, height = index >> 1, last >> 1, height + 1
        return path

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree of ``old`` leaves begins this one."""
        return consistency_path(old, self.size, self.hash_at)

    def _open(self, level: int, number: int) -> list[list[bytes]]:
        tile = Tile(level, number, width_of(level, number, self.size))
        raw = self._fetch(tile) if tile.width else b""
        if len(raw) != tile.width * HASH_BYTES or not raw:
            raise NoTile(tile)
        row = [raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)]
        levels = [row]
        for _ in range(_HEIGHT - 1):
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
            levels.append(row)
        self._kept[level, number] = levels
        return levels
