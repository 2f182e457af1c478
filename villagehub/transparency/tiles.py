"""Tiles and entry bundles of C2SP tlog-tiles: their names, their widths, and which of them a tree of one size has."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from villagehub.transparency.tree import HASH_BYTES

WIDTH: Final = 256
"""Hashes in a full tile, entries in a full bundle."""
LARGEST_LEAF: Final = 4096
"""Bytes of a leaf (evidence.md); the format itself would allow 65,535."""
ENTRIES: Final = -1
"""Stands for the level of entry bundles, which are cut like the tiles of level 0."""
_PATH: Final = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])((?:/x[0-9]{3}){0,6}/[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: ``level`` (or ENTRIES), its number in the level, and how many hashes or entries it holds (1 to 256)."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's prefix: ``tile/0/x001/067``, partial ones with ``.p/<width>``."""
        groups = [self.number % 1000]
        rest = self.number // 1000
        while rest:
            groups.append(rest % 1000)
            rest //= 1000
        named = "/".join([*(f"x{one:03}" for one in reversed(groups[1:])), f"{groups[0]:03}"])
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{named}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @property
    def full(self) -> "Tile":
        """The same tile once it is full."""
        return Tile(self.level, self.number)


def read_path(path: str) -> Tile | None:
    """The tile of this address, None for whatever is not the one way of writing one."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    number = int(found[2].replace("/x", "").replace("/", ""))
    level = ENTRIES if found[1] == "entries" else int(found[1])
    width = int(found[3]) if found[3] else WIDTH
    tile = Tile(level, number, width)
    return tile if tile.path == path else None  # leading groups of zeros, widths of 256 and more


def hashes_at(level: int, size: int) -> int:
    """How many hashes the level holds in a tree of ``size`` leaves; entries for ENTRIES."""
    return size if level == ENTRIES else size >> (8 * level)


def levels_of(size: int) -> range:
    """The levels that have tiles in a tree of ``size`` leaves."""
    return range((size.bit_length() + 7) // 8)


def width_of(level: int, number: int, size: int) -> int:
    """How wide this tile is in a tree of ``size`` leaves; 0 when it is not there."""
    return max(0, min(WIDTH, hashes_at(level, size) - number * WIDTH))


def tiles_at(level: int, size: int, since: int = 0) -> Iterator[Tile]:
    """The level's tiles of a tree of ``size`` leaves, from the first one that a tree of ``since`` leaves did not have so."""
    held, count = hashes_at(level, since), hashes_at(level, size)
    if count > held:
        for number in range(held // WIDTH, (count + WIDTH - 1) // WIDTH):
            yield Tile(level, number, width_of(level, number, size))


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile and bundle of a tree of ``size`` leaves."""
    for level in (ENTRIES, *levels_of(size)):
        yield from tiles_at(level, size)


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle has them: each with its length as two bytes, big-endian, before it. Raises ValueError."""
    parts = []
    for entry in entries:
        if len(entry) > LARGEST_LEAF:
            raise ValueError(f"a leaf of {len(entry)} bytes")
        parts.append(len(entry).to_bytes(2, "big") + entry)
    return b"".join(parts)


def entries_in(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when a length does not fit."""
    entries: list[bytes] = []
    place = 0
    while place < len(bundle):
        end = place + 2 + int.from_bytes(bundle[place : place + 2], "big")
        if place + 2 > len(bundle) or end > len(bundle):
            raise ValueError(f"the bundle breaks off after {len(entries)} entries")
        entries.append(bundle[place + 2 : end])
        place = end
    return entries


def cut(tile: Tile, wider: bytes) -> bytes:
    """The bytes of this tile out of those of a wider one with the same number. Raises ValueError for a broken bundle."""
    if tile.level == ENTRIES:
        return bundle_of(entries_in(wider)[: tile.width])
    return wider[: tile.width * HASH_BYTES]
