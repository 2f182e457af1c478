"""From the database to the folder: tiles, the tree that is about to be signed, the signature, the checkpoint (evidence.md
"Crash-safe publishing"). Every step may be repeated: tiles are a pure function of the leaves, and Ed25519 signs the same text
with the same bytes.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work
from villagehub.storage.keys import find_key, key_path, load_key
from villagehub.transparency.checkpoints import Checkpoint, open_checkpoint
from villagehub.transparency.cutting import cut_tiles
from villagehub.transparency.folder import CHECKPOINT, VKEY, LogFolder
from villagehub.transparency.log import (
    LogBehind,
    append,
    is_behind,
    keep_leaf,
    lock_head,
    must_be_undisputed,
    read_head,
)
from villagehub.transparency.missing import is_gone, note_gone
from villagehub.transparency.models import Leaf, LogEntry, LogHead, LogTree
from villagehub.transparency.notes import BadNote, Signer, write_note
from villagehub.transparency.reading import NoTile, TileTree
from villagehub.transparency.tiles import WIDTH, Tile
from villagehub.transparency.tree import Edge, leaf_hash

Progress = Callable[[int, int], None]
"""Told how many leaves are written and how many there are."""
_EVERY: Final = 64
LOG_KEY: Final = "log"
"""The name of the key file: 32 secret bytes of Ed25519."""
NEXT_KEY: Final = "log-next"
"""The key that is to follow, while both sign."""


class LogBroken(Refused):
    """What is to be signed does not continue what was signed; signing it would be the very thing a log must never do."""

    code = "log_broken"
    message = "防改日志对不上，没有签名：{why}。"
    fix = "请不要删任何文件。运行 villagehub log fsck 看是哪里不对，再用备份对照；公开的页面照常能看。"
    status = 500


class KeyChanged(Refused):
    """The key file is another one than the log has stated."""

    code = "log_key_changed"
    message = "日志的签名钥匙换了：日志里登记的是 {stated}，现在的是 {found}。没有签名。"
    fix = "请从备份里取回 keys/log.key；设置 log_origin 在第一次签名以后也不能再改。"
    status = 500


class KeyGone(Refused):
    """The log has stated a key, and its file is not there; a fresh one could not go on with the log."""

    code = "log_key_gone"
    message = "缺少日志的签名钥匙 {path}。没有签名。"
    fix = "请从密钥的备份里取回这个文件。"
    status = 500


@dataclass(frozen=True, slots=True)
class Keys:
    """Who signs: the folder of ``log.key``, and the log's name where none has been stated yet."""

    folder: Path
    origin: str
    fixed: bool = False
    """Whether the settings name the origin; then it must be the one that was stated."""

    def signer(self, stated: str) -> Signer:
        """The signer under the log's stated name; its key is made before the first statement. Raises KeyGone, KeyChanged,
        BadKey.
        """
        path = key_path(self.folder, LOG_KEY)
        if stated and self._has_followed(stated):
            with suppress(FileNotFoundError):  # another process was quicker
                key_path(self.folder, NEXT_KEY).replace(path)
        secret = find_key(self.folder, LOG_KEY) if stated else load_key(self.folder, LOG_KEY)
        if secret is None:
            raise KeyGone(path=path)
        found = Signer(self._name(stated), secret)
        if stated and found.verifier.vkey != stated:
            raise KeyChanged(stated=stated, found=found.verifier.vkey)
        return found

    def next_signer(self, stated: str, following: str = "") -> Signer:
        """The signer that is to follow the stated one; its key is made before ``following`` states it. Raises KeyGone,
        KeyChanged, BadKey.
        """
        secret = find_key(self.folder, NEXT_KEY) if following else load_key(self.folder, NEXT_KEY)
        if secret is None:
            raise KeyGone(path=key_path(self.folder, NEXT_KEY))
        found = Signer(self._name(stated), secret)
        if following and found.verifier.vkey != following:
            raise KeyChanged(stated=following, found=found.verifier.vkey)
        return found

    def _has_followed(self, stated: str) -> bool:
        """Whether the log has gone over to the next key, whose file still bears the next one's name."""
        secret = find_key(self.folder, NEXT_KEY)
        return secret is not None and Signer(self._name(stated), secret).verifier.vkey == stated

    def _name(self, stated: str) -> str:
        return stated.partition("+")[0] if stated and not self.fixed else self.origin


def write_log(
    folder: LogFolder, keys: Keys, *, wait: bool = False, progress: Progress = lambda _done, _all: None
) -> int:
    """Brings the folder up to the database and returns the size that its checkpoint now has. Whoever finds another at work
    leaves it to that one, which looks again before it ends. Needs an application context, outside any transaction.

    Raises LogBehind, LogDisputed, LogBroken, KeyChanged; then nothing was signed.
    """
    while True:
        with folder.lease(wait=wait) as mine:
            if not mine:
                return 0
            size = _write(folder, keys, progress)
        with reading() as session:
            head = read_head(session)
        if head is None or head.size <= size:
            return size


def _write(folder: LogFolder, keys: Keys, progress: Progress) -> int:
    with reading() as session:
        head = read_head(session)
    if head is None or head.size == 0:
        return 0
    signer = keys.signer(head.vkey)
    if not head.vkey:
        head = _state_key(folder, signer)
    signers = [signer, *([keys.next_signer(head.vkey, head.next_vkey)] if head.next_vkey else [])]
    if is_behind(head, folder):
        raise LogBehind()
    must_be_undisputed(head, folder)
    raw = folder.checkpoint()
    try:
        held = open_checkpoint(raw, signer.verifier)[0] if raw is not None else None
    except BadNote as fault:
        raise LogBroken(why=str(fault)) from None
    fresh = Checkpoint(signer.name, head.size, Edge.read(head.size, head.edge).root())
    if held == fresh:
        return head.size
    try:
        written = _write_tiles(folder, held.size if held else 0, head.size, progress)
    except NoTile:
        written = _write_tiles(folder, 0, head.size, progress)
    _must_continue(folder, fresh, held)
    if raw is None:
        with unit_of_work() as session:
            if is_gone(session, folder):
                note_gone(session, now=clock.now())
    _keep_tree(fresh)
    vkey = f"{signer.verifier.vkey}\n".encode()
    if folder.vkey() != vkey:
        folder.put(VKEY, vkey)
    folder.put(CHECKPOINT, write_note(fresh.text, [one.line(fresh.text) for one in signers]))
    folder.settle()
    for tile in written:
        if tile == tile.full:
            folder.drop_partial(tile)
    return head.size


def _state_key(folder: LogFolder, signer: Signer) -> LogHead:
    """The log's first signature is preceded by a leaf that states its key."""
    with unit_of_work() as session:
        head = lock_head(session, folder)
        if not head.vkey:
            head.vkey = signer.verifier.vkey
            members = {"v": 1, "type": "key", "action": "add", "key": head.vkey}
            append(session, keep_leaf(session, members, now=clock.now()), folder)
        return head


def _must_continue(folder: LogFolder, fresh: Checkpoint, held: Checkpoint | None) -> None:
    """The tiles lead to the root that the transactions computed, and every tree that was signed, or was about to be, is the
    beginning of this one.
    """
    tree = TileTree(fresh.size, folder.tile)
    if tree.root() != fresh.root:
        raise LogBroken(why=f"数据库里 {fresh.size} 条内容算出来的和登记的不一样")
    with reading() as session:
        last = session.scalar(select(LogTree).order_by(LogTree.size.desc()).limit(1))
    for size, root in [(one.size, one.root) for one in (held, last) if one is not None]:
        if size > fresh.size or tree.root_at(size) != root:
            raise LogBroken(why=f"已经签过 {size} 条的日志，现在前 {size} 条和那时不一样")


def _keep_tree(fresh: Checkpoint) -> None:
    """Puts the tree down before it is signed: compare-and-swap on the size that was signed before."""
    with unit_of_work() as session:
        last = session.scalar(select(func.max(LogTree.size))) or 0
        if last == fresh.size:
            return
        session.add(LogTree(size=fresh.size, root=fresh.root, previous=last, signed_at=clock.now()))
        try:
            session.flush()
        except IntegrityError:
            raise LogBroken(why="另一台机器也在给这个日志签名") from None


def _write_tiles(folder: LogFolder, since: int, size: int, progress: Progress) -> list[Tile]:
    """Writes what a tree of ``size`` leaves has beyond one of ``since``. Raises NoTile when an earlier tile is missing."""
    written: list[Tile] = []
    with reading() as session:
        for tile, raw in cut_tiles(since, size, lambda tile: leaves_of(session, tile), folder.tile):
            folder.put(tile.path, raw)
            written.append(tile)
            if tile.level == 0 and tile.number % _EVERY == 0:
                progress(tile.number * WIDTH + tile.width, size)
    folder.settle()
    progress(size, size)
    return written


def leaves_of(session: Session, tile: Tile) -> list[tuple[bytes, bytes]]:
    """Bodies and hashes of a tile of level 0, in order. Raises LogBroken where one is missing or is not what was sealed."""
    first = tile.number * WIDTH
    wanted = select(LogEntry.index, Leaf.body, Leaf.hash).join(Leaf, Leaf.id == LogEntry.leaf_id)
    found = session.execute(
        wanted.where(LogEntry.index >= first, LogEntry.index < first + tile.width).order_by(LogEntry.index)
    ).all()
    if [index for index, _, _ in found] != list(range(first, first + tile.width)):
        raise LogBroken(why=f"数据库里第 {first + 1} 到 {first + tile.width} 条有缺")
    for index, body, hashed in found:
        if leaf_hash(body) != hashed:
            raise LogBroken(why=f"数据库里第 {index + 1} 条的内容被改过")
    return [(body, hashed) for _, body, hashed in found]
