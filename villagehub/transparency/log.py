"""Growing the log, inside the transaction that publishes: leaf, place and edge are written together or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from villagehub.kernel.canonical import canonical
from villagehub.kernel.refused import Refused
from villagehub.transparency.checkpoints import read_checkpoint
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.models import Leaf, LogEntry, LogHead
from villagehub.transparency.notes import BadNote, read_note
from villagehub.transparency.tiles import LARGEST_LEAF
from villagehub.transparency.tree import Edge, leaf_hash
from villagehub.transparency.witnesses import dispute

_ONLY: Final = 1
BATCH: Final = 500
"""Leaves that are sealed in one transaction."""


class LogBehind(Refused):
    """The database is older than what was signed, or nobody knows whether it is: it was restored from a backup."""

    code = "log_behind"
    message = "现在不能公开：这个数据库是从备份恢复的，或者日志文件夹换过，还没有和已经公开的日志核对。"
    fix = "请系统管理员运行 villagehub log catch-up，核对以后再公开。村民看页面不受影响。"
    status = 503


class LogDisputed(Refused):
    """A witness has seen another history of this log; signing on could make two histories of one log (evidence.md)."""

    code = "log_disputed"
    message = "现在不能公开：见证 {name} 见过的日志和这里的不一样（{why}）。"
    fix = (
        "请系统管理员先查清：数据库退回过旧的，就拿后来的日志运行 villagehub log catch-up；确实是见证弄错了，"
        "从设置 witnesses 里去掉它那一行，重启 villagehub serve。村民看页面不受影响。"
    )
    status = 503


def keep_leaf(session: Session, members: Mapping[str, Any], *, now: datetime) -> Leaf:
    """Writes a leaf's canonical bytes; ``members["type"]`` is its kind. Raises ValueError beyond 4,096 bytes."""
    body = canonical(dict(members))
    if len(body) > LARGEST_LEAF:
        raise ValueError(f"a leaf of {len(body)} bytes")
    leaf = Leaf(kind=members["type"], body=body, hash=leaf_hash(body), created_at=now)
    session.add(leaf)
    session.flush()
    return leaf


def append(session: Session, leaf: Leaf, folder: LogFolder) -> int:
    """Gives the leaf its place at the log's end and returns it. To be called last in a transaction: from here on nobody else
    can append until it ends. Raises LogBehind, LogDisputed.
    """
    head = lock_head(session, folder)
    return _add(session, head, Edge.read(head.size, head.edge), leaf)


def lock_head(session: Session, folder: LogFolder) -> LogHead:
    """The log's head, locked until the transaction ends. Raises LogBehind when the folder is not this database's, or a tree
    was signed that this database does not have; LogDisputed.
    """
    head = hold_head(session, folder)
    if is_behind(head, folder):
        raise LogBehind()
    must_be_undisputed(head, folder)
    return head


def must_be_undisputed(head: LogHead, folder: LogFolder) -> None:
    """Raises LogDisputed while a witness stands against a log of this size."""
    found = dispute(folder, head.size)
    if found is not None:
        raise LogDisputed(name=found[0], why=found[1])


def hold_head(session: Session, folder: LogFolder) -> LogHead:
    """The log's head, locked until the transaction ends and made on first use, whatever was signed."""
    head = session.get(LogHead, _ONLY, with_for_update=True, populate_existing=True)
    if head is None:
        mark = folder.claim()
        engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        fresh = engine.insert(LogHead).values(id=_ONLY, size=0, edge=b"", signer=mark, vkey="")
        session.execute(fresh.on_conflict_do_nothing())
        head = session.get_one(LogHead, _ONLY, with_for_update=True, populate_existing=True)
    return head


def is_behind(head: LogHead, folder: LogFolder) -> bool:
    """Whether the folder bears another database's mark, or a checkpoint of a larger tree than this database has."""
    return head.signer != folder.signer() or head.size < signed_size(folder)


def signed_size(folder: LogFolder) -> int:
    """The size that the folder's checkpoint names, 0 without one; a checkpoint that cannot be read counts as endless."""
    raw = folder.checkpoint()
    if raw is None:
        return 0
    try:
        return read_checkpoint(read_note(raw).text).size
    except BadNote:
        return 1 << 63


def read_head(session: Session) -> LogHead | None:
    """The head as it stands, None before the first leaf."""
    return session.get(LogHead, _ONLY)


def take_entry(session: Session, kind: str, body: bytes, index: int, *, now: datetime) -> None:
    """Writes an entry that the log has and this database lost, at its place; the caller has compared the tree."""
    hashed = leaf_hash(body)
    leaf = session.scalar(select(Leaf).where(Leaf.hash == hashed))
    if leaf is None:
        leaf = Leaf(kind=kind, body=body, hash=hashed, created_at=now)
        session.add(leaf)
        session.flush()
    session.add(LogEntry(index=index, leaf_id=leaf.id))
    session.flush()


def place_of(session: Session, leaf_id: int | None) -> int | None:
    """Where a leaf stands in the log; None while it has no place."""
    return session.scalar(select(LogEntry.index).where(LogEntry.leaf_id == leaf_id))


def count_unsealed(session: Session) -> int:
    """How many leaves have no place yet."""
    wanted = select(func.count(Leaf.id)).outerjoin(LogEntry, LogEntry.leaf_id == Leaf.id)
    return session.scalar(wanted.where(LogEntry.index.is_(None))) or 0


def seal_some(session: Session, folder: LogFolder) -> int:
    """Appends the oldest leaves that have no place yet, at most BATCH; returns how many. Raises LogBehind."""
    head = lock_head(session, folder)
    wanted = select(Leaf).outerjoin(LogEntry, LogEntry.leaf_id == Leaf.id).where(LogEntry.index.is_(None))
    found = session.scalars(wanted.order_by(Leaf.id).limit(BATCH)).all()
    edge = Edge.read(head.size, head.edge)
    for leaf in found:
        _add(session, head, edge, leaf)
    return len(found)


def _add(session: Session, head: LogHead, edge: Edge, leaf: Leaf) -> int:
    index = edge.size
    edge.append(leaf.hash)
    session.add(LogEntry(index=index, leaf_id=leaf.id))
    head.size, head.edge = edge.size, edge.write()
    session.flush()
    return index
