"""``fsck`` of this installation: the folder against itself, and against the database that it was written from."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.storage import reading
from villagehub.transparency.auditing import Audit, Saved
from villagehub.transparency.folder import CHECKPOINT, VKEY, LogFolder, is_key_receipt
from villagehub.transparency.log import count_unsealed, is_behind, read_head
from villagehub.transparency.models import Leaf, LogEntry, LogTree
from villagehub.transparency.notes import read_vkey
from villagehub.transparency.ours import folder_of, own_vkey
from villagehub.transparency.reading import NoTile
from villagehub.transparency.tiles import cut, read_path, width_of
from villagehub.transparency.tree import Edge, leaf_hash
from villagehub.transparency.writing import Progress

KEY: Final = "villagehub.also_audited"
"""``app.extensions[KEY]`` is a list of functions that yield sentences without a full stop."""


def also_audit(app: Flask, look: Callable[[], Iterator[str]]) -> None:
    """Has ``fsck`` of this installation ask ``look`` as well, in an application context: a leaf knows not what it seals."""
    app.extensions.setdefault(KEY, []).append(look)


def audit_what_is_sealed() -> Iterator[str]:
    """What no longer fits its leaf, as the rooms above see it."""
    looks: list[Callable[[], Iterator[str]]] = current_app.extensions.get(KEY, [])
    for look in looks:
        yield from look()


def audit_own(
    settings: Settings, saved: Saved | None = None, progress: Progress = lambda _done, _all: None
) -> Iterator[str]:
    """What does not hold of our own log, in words without a full stop. Needs an application context."""
    folder = folder_of(settings)
    with reading() as session:
        head = read_head(session)
        unsealed = count_unsealed(session)
    if head is None:
        if folder.checkpoint() is not None:
            yield "日志文件夹里有签过名的日志，数据库里却没有：数据库不是这个日志的"
        return
    if is_behind(head, folder):
        yield "数据库比签过名的日志旧，或者是从备份恢复的，还没有核对。请运行 villagehub log catch-up"
    audit = Audit(read_vkey(own_vkey(settings)), folder.tile, progress)
    if folder.checkpoint() is not None or head.size:
        yield from audit.run(folder.checkpoint(), saved)
    yield from _other_files(folder, audit.size, max(audit.size, head.size))
    with reading() as session:
        yield from _database(session, audit)
    if unsealed:
        yield f"有 {unsealed} 条还没进日志。请运行 villagehub log seal"


def _other_files(folder: LogFolder, signed: int, size: int) -> Iterator[str]:
    """Tiles of earlier sizes must be the beginning of those of the signed one. Some may be ahead, where a writer was broken
    off before it signed; other files have no business here.
    """
    for name in folder.files():
        tile = read_path(name)
        if tile is None or width_of(tile.level, tile.number, size) < tile.width:
            if name not in (CHECKPOINT, VKEY) and not is_key_receipt(name):
                yield f"日志文件夹里多出 {name}"
            continue
        width = width_of(tile.level, tile.number, signed)
        if width <= tile.width:
            continue
        try:
            same = cut(tile, folder.tile(replace(tile, width=width))) == (folder.path / name).read_bytes()
        except (NoTile, ValueError):
            continue  # the wider one has been named already
        if not same:
            yield f"{name} 和后来的对不上"


def _database(session: Session, audit: Audit) -> Iterator[str]:
    """Leaves in the database against the entries read, and every tree that was ever signed."""
    edge = Edge()
    wanted = select(LogEntry.index, Leaf.body, Leaf.hash).join(Leaf, Leaf.id == LogEntry.leaf_id)
    found = session.execute(wanted.order_by(LogEntry.index).execution_options(yield_per=500))
    trees = {one.size: one.root for one in session.scalars(select(LogTree))}
    for index, (place, body, hashed) in enumerate(found):
        if place != index:
            yield f"数据库里缺第 {index + 1} 条，后面的没有核对"
            return
        if leaf_hash(body) != hashed:
            yield f"数据库里第 {index + 1} 条的内容被改过"
        elif index < len(audit.leaves) and audit.leaves[index] != hashed:
            yield f"数据库里第 {index + 1} 条和日志里的不一样"
        edge.append(hashed)
        if edge.size in trees and trees[edge.size] != edge.root():
            yield f"数据库里前 {edge.size} 条和签名时不一样"
    if trees and max(trees) > edge.size:
        yield f"签过 {max(trees)} 条的日志，数据库里只有 {edge.size} 条"
    head = read_head(session)
    if head is not None and (head.size, head.edge) != (edge.size, edge.write()):
        yield "数据库里登记的日志长度或校验码不对"
