"""``villagehub log catch-up``: a database that was restored, or is older than what was signed, goes on with the log only after
it has taken in what it lacks, or after somebody has said that nothing newer exists (evidence.md "Rollback guard").
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.queries import keyboard_channel
from villagehub.config import Settings
from villagehub.disclosures.moves import raise_number
from villagehub.disclosures.redacted import LEAF as REDACTION
from villagehub.disclosures.redacted import held_in_spite_of
from villagehub.journal import SITE, Event, record
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import unit_of_work
from villagehub.storage.keys import key_path
from villagehub.transparency.checkpoints import Checkpoint, open_checkpoint
from villagehub.transparency.log import hold_head, signed_size, take_entry
from villagehub.transparency.models import Leaf, LogEntry, LogHead
from villagehub.transparency.notes import BadNote
from villagehub.transparency.ours import folder_of, keys_of
from villagehub.transparency.reading import NoTile, TileTree
from villagehub.transparency.sources import Source
from villagehub.transparency.tiles import ENTRIES, WIDTH, Tile, entries_in, width_of
from villagehub.transparency.tree import Edge, leaf_hash
from villagehub.transparency.writing import NEXT_KEY


class NothingToCompare(Refused):
    """A restored database cannot know by itself whether it is the newest."""

    code = "log_nothing_to_compare"
    message = "这个数据库是恢复来的，自己看不出是不是最新的，没有核对成。"
    fix = (
        "请用 --from 指出最新的日志：原来那台机器的 instance/log 文件夹、villagehub log export 导出的文件夹，"
        "或者还开着的网站的 …/log。"
        "确实什么都没有了，先看公开栏最后一张的号数，在网站上都有，再用 --nothing-newer。"
    )
    status = 409


class OtherLog(Refused):
    """The two logs have grown apart; going on with this database would be a second history."""

    code = "log_other"
    message = "没有核对成：{why}。"
    fix = "请换一份更新的备份恢复；这个数据库不能接着公开。"
    status = 409


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How long the log is now, and which publications the database lacked: (village code, number)."""

    size: int
    lost: tuple[tuple[str, int], ...]
    others: int
    """Leaves of other kinds that were taken in."""
    back: tuple[tuple[str, int], ...] = ()
    """Publications of which the database holds again what the log says was redacted: (village code, number)."""


def catch_up(settings: Settings, source: Source | None, *, nothing_newer: bool) -> CaughtUp:
    """Takes in the leaves that the newest log has and this database lacks, raises the villages' numbers past them, and lets
    this installation sign again. Without a source the folder's own checkpoint is the newest, where it is ahead.

    Raises NothingToCompare, OtherLog, NotReached; then nothing was changed. Needs an application context.
    """
    folder = folder_of(settings)
    with unit_of_work() as session:
        head = hold_head(session, folder)
        before = head.size
        lost = _compare(settings, session, head, Source(folder.checkpoint, folder.tile, folder.vkey))[1]
        newest = 0
        if source is not None:
            newest, more = _compare(settings, session, head, source)
            lost += more
        proved = source is not None and newest >= before
        ours = head.signer == folder.signer()
        if not (proved or nothing_newer or ours) or head.size < signed_size(folder):
            raise NothingToCompare()
        record(
            session,
            Event.LOG_CAUGHT_UP,
            village_id=SITE,
            actor_id=None,
            actor_name="系统",
            channel=keyboard_channel(),
            subject_kind="log",
            subject_id=None,
            detail={"size": head.size, "taken_in": head.size - before, "nothing_newer": nothing_newer and not proved},
            now=clock.now(),
        )
        size, others = head.size, head.size - before - len(lost)
        redactions = select(Leaf.body).join(LogEntry, LogEntry.leaf_id == Leaf.id).where(Leaf.kind == REDACTION)
        back = held_in_spite_of(session, session.scalars(redactions).all())
        mark = head.signer
    folder.put_signer(mark)
    return CaughtUp(size, tuple(lost), others, tuple(back))


def _compare(settings: Settings, session: Session, head: LogHead, source: Source) -> tuple[int, list[tuple[str, int]]]:
    """How long the source's log is (0 without a checkpoint), and the publications that were taken in from it."""
    raw = source.checkpoint()
    if raw is None:
        return 0, []
    keys = keys_of(settings)
    known = [keys.signer(head.vkey).verifier]
    if key_path(settings.keys, NEXT_KEY).exists():  # what was lost may have ended the old key's time
        known.append(keys.next_signer(head.vkey).verifier)
    for place, verifier in enumerate(known, start=1):
        try:
            checkpoint, _ = open_checkpoint(raw, verifier)
            break
        except BadNote as fault:
            if place == len(known):
                raise OtherLog(why=f"那里的日志头不是这个日志的（{fault}）") from None
    return checkpoint.size, _take_in(session, head, source, checkpoint)


def _take_in(session: Session, head: LogHead, source: Source, checkpoint: Checkpoint) -> list[tuple[str, int]]:
    """Appends what the source has beyond the database, whose part must be the same; returns the publications among it."""
    shared = min(head.size, checkpoint.size)
    try:
        if TileTree(checkpoint.size, source.tile).root_at(shared) != _root_of_first(session, shared):
            raise OtherLog(why=f"前 {shared} 条和这个数据库里的不一样")
        found = [(json.loads(body), body) for body in _entries(source, head.size, checkpoint.size)]
    except (NoTile, ValueError) as fault:
        raise OtherLog(why=f"那里的日志不全（{fault}）") from None
    edge = Edge.read(head.size, head.edge)
    for members, body in found:
        edge.append(leaf_hash(body))
        take_entry(session, members["type"], body, edge.size - 1, now=clock.now())
        if members["type"] == "key":
            _take_key(head, members)
    if found and edge.root() != checkpoint.root:
        raise OtherLog(why="那里的日志头和它自己的内容对不上")
    head.size, head.edge = edge.size, edge.write()
    session.flush()
    lost = [(str(one["village"]), int(one["number"])) for one, _ in found if one["type"] == "publication"]
    for code, number in lost:
        raise_number(session, code, number)
    return lost


def _take_key(head: LogHead, members: dict[str, Any]) -> None:
    """The first key that is stated signs; one that is stated besides signs too, and alone once the first is retired."""
    if members["action"] == "retire":
        head.vkey, head.next_vkey = head.next_vkey, ""
    elif head.vkey:
        head.next_vkey = members["key"]
    else:
        head.vkey = members["key"]


def _root_of_first(session: Session, size: int) -> bytes:
    edge = Edge()
    wanted = select(Leaf.hash).join(LogEntry, LogEntry.leaf_id == Leaf.id).where(LogEntry.index < size)
    for (hashed,) in session.execute(wanted.order_by(LogEntry.index).execution_options(yield_per=1000)):
        edge.append(hashed)
    return edge.root()


def _entries(source: Source, since: int, size: int) -> Iterator[bytes]:
    for number in range(since // WIDTH, (size + WIDTH - 1) // WIDTH if size > since else 0):
        bundle = source.tile(Tile(ENTRIES, number, width_of(ENTRIES, number, size)))
        yield from entries_in(bundle)[max(0, since - number * WIDTH) :]
