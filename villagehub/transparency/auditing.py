"""Reads a whole log again and says in words what of it does not hold: every entry, every tile, the root and its signature.

A sampled proof is no audit: one byte of one entry shows only here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from villagehub.transparency.checkpoints import Checkpoint, Receipt, open_checkpoint
from villagehub.transparency.cutting import cut_tiles
from villagehub.transparency.notes import BadNote, Verifier, read_vkey
from villagehub.transparency.reading import Fetch, NoTile
from villagehub.transparency.tiles import ENTRIES, LARGEST_LEAF, WIDTH, Tile, entries_in
from villagehub.transparency.tree import HASH_BYTES, Edge, leaf_hash, root_of
from villagehub.transparency.verifying.terms import Terms


@dataclass(frozen=True, slots=True)
class Saved:
    """What somebody kept of the log: a checkpoint, or a receipt with the leaf that it proves."""

    raw: bytes
    receipt: Receipt | None = None


class BrokenBundle(ValueError):
    """A bundle cannot be taken apart into as many entries as there must be."""


class Audit:
    """One reading of one log. ``run`` yields a sentence per fault; ``leaves`` are the hashes of the entries that it read."""

    def __init__(
        self, log: Verifier, fetch: Fetch, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> None:
        self._log = log
        self._fetch = fetch
        self._progress = progress
        self._edge = Edge()
        self._terms = Terms()
        self.leaves: list[bytes] = []
        self.size = 0

    def run(self, raw: bytes | None, saved: Saved | None = None) -> Iterator[str]:
        """Everything that the checkpoint ``raw`` speaks of; then whether what somebody saved earlier still holds."""
        if raw is None:
            yield "没有日志头（checkpoint），没法核对"
            return
        try:
            checkpoint, _ = open_checkpoint(raw, self._log)
        except BadNote as fault:
            yield f"日志头：{fault}"
            return
        self.size = checkpoint.size
        try:
            yield from self._tiles()
        except NoTile as missing:
            yield f"缺少 {missing.tile.path}，后面的没法核对"
            return
        except BrokenBundle as broken:
            yield f"{broken}，后面的没法核对"
            return
        if why := self._terms.fault(self._log.vkey, checkpoint.size):
            yield why
        if self._edge.root() != checkpoint.root:
            yield f"日志头签的和 {checkpoint.size} 条内容算出来的不一样：内容被改过，或者日志头是另一份日志的"
        if saved is not None:
            yield from self._saved(checkpoint, saved)

    def root_at(self, size: int) -> bytes:
        """The root of the first ``size`` entries as they were read."""
        return root_of(self.leaves[:size])

    def _tiles(self) -> Iterator[str]:
        kept: dict[Tile, bytes] = {}
        for tile, raw in cut_tiles(0, self.size, self._leaves, kept.__getitem__):
            if tile.level != ENTRIES:
                yield from _differences(tile, self._fetch(tile), raw)

    def _leaves(self, tile: Tile) -> list[tuple[bytes, bytes]]:
        wanted = Tile(ENTRIES, tile.number, tile.width)
        try:
            entries = entries_in(self._fetch(wanted))
        except ValueError:
            entries = []
        if len(entries) != tile.width:
            raise BrokenBundle(f"{wanted.path} 里应当有 {tile.width} 条，读不齐")
        if any(len(entry) > LARGEST_LEAF for entry in entries):
            raise BrokenBundle(f"{wanted.path} 里有一条超过 {LARGEST_LEAF} 字节")
        found = [(entry, leaf_hash(entry)) for entry in entries]
        for entry, hashed in found:
            self._terms.take(len(self.leaves), entry)
            self._edge.append(hashed)
            self.leaves.append(hashed)
        self._progress(len(self.leaves), self.size)
        return found

    def _saved(self, checkpoint: Checkpoint, saved: Saved) -> Iterator[str]:
        try:
            former, signer = self._former(saved)
        except BadNote as fault:
            yield f"从前留下的凭据或日志头：{fault}"
            return
        if why := self._terms.fault(signer.vkey, former.size):
            yield f"从前留下的凭据或日志头：{why}"
        if former.size > checkpoint.size:
            yield f"从前留下的日志头有 {former.size} 条，现在只有 {checkpoint.size} 条：日志被截短，或者给您看的是旧的"
            return
        if self.root_at(former.size) != former.root:
            yield f"前 {former.size} 条和从前签名时不一样：日志被重写过"
        if saved.receipt is not None and self.leaves[saved.receipt.index] != leaf_hash(saved.receipt.extra):
            yield f"凭据上的内容和日志第 {saved.receipt.index + 1} 条不一样"

    def _former(self, saved: Saved) -> tuple[Checkpoint, Verifier]:
        """What was saved, by the key that the reader knows or by another that the log has stated. Raises BadNote."""
        fault = None
        for one in (self._log, *map(read_vkey, self._terms.stated)):
            try:
                former, _ = open_checkpoint(saved.raw, one)
                if saved.receipt is not None:
                    saved.receipt.check(one)
            except BadNote as why:
                fault = fault or why
            else:
                return former, one
        raise fault or BadNote("没有可用的公钥")


def _differences(tile: Tile, held: bytes, wanted: bytes) -> Iterator[str]:
    if held == wanted:
        return
    if len(held) != len(wanted):
        yield f"{tile.path} 的长度不对"
        return
    for place in range(0, len(wanted), HASH_BYTES):
        if held[place : place + HASH_BYTES] != wanted[place : place + HASH_BYTES]:
            number = tile.number * WIDTH + place // HASH_BYTES + 1
            what = (
                f"第 {number} 条的内容和校验码对不上"
                if tile.level == 0
                else f"第 {tile.level} 层第 {number} 个校验码不对"
            )
            yield f"{tile.path}：{what}"
