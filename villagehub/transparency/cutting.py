"""The tiles of a grown tree, computed from its leaves: pure, so that any of it may be done again."""

from collections.abc import Callable, Iterator, Sequence

from villagehub.transparency.reading import Fetch
from villagehub.transparency.tiles import ENTRIES, WIDTH, Tile, bundle_of, hashes_at, levels_of, tiles_at
from villagehub.transparency.tree import HASH_BYTES, root_of

Leaves = Callable[[Tile], Sequence[tuple[bytes, bytes]]]
"""Body and hash of each leaf of a tile of level 0, in order."""


def cut_tiles(since: int, size: int, leaves: Leaves, held: Fetch) -> Iterator[tuple[Tile, bytes]]:
    """What a tree of ``size`` leaves has beyond one of ``since``: bundles and tiles with their bytes, the lower levels first.

    ``held`` hands out tiles of the earlier tree; raises NoTile where one is missing (from 0 on none is asked for).
    """
    above: list[bytes] = []
    for tile in tiles_at(0, size, since):
        found = leaves(tile)
        yield Tile(ENTRIES, tile.number, tile.width), bundle_of(body for body, _ in found)
        yield tile, b"".join(hashed for _, hashed in found)
        if tile == tile.full:
            above.append(root_of([hashed for _, hashed in found]))
    for level in levels_of(size)[1:]:
        hashes, above = iter(above), []
        for tile in tiles_at(level, size, since):
            begun = max(0, hashes_at(level, since) - tile.number * WIDTH)
            before = held(Tile(level, tile.number, begun)) if begun else b""
            row = [before[at : at + HASH_BYTES] for at in range(0, len(before), HASH_BYTES)]
            row += [next(hashes) for _ in range(tile.width - begun)]
            yield tile, b"".join(row)
            if tile == tile.full:
                above.append(root_of(row))
