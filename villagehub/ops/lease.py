"""Leases on timed jobs: of all workers one is at a job, and a worker that died holds it for two minutes at most."""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from villagehub.ops.models import TimedJob
from villagehub.ops.moments import LEASE, is_due, is_free


class LeaseLost(Exception):
    """Another worker took the job over, because this one gave no sign of life for too long."""


def new_holder() -> str:
    """A name for one worker that no other has."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Lease:
    """One worker's hold on one job for one due moment."""

    name: str
    holder: str
    moment: datetime


def take(session: Session, name: str, moment: datetime, *, holder: str, now: datetime) -> Lease | None:
    """Takes the job for this due moment; None when it is done for it already, or another worker is at it."""
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = engine.insert(TimedJob).values(name=name, held_by="", said="")
    session.execute(fresh.on_conflict_do_nothing())
    held = session.get_one(TimedJob, name, with_for_update=True)
    if not is_due(moment, held.done_for, now) or not is_free(held.held_until, now):
        return None
    held.held_by, held.held_until = holder, now + LEASE
    session.flush()
    return Lease(name, holder, moment)


def renew(session: Session, lease: Lease, *, now: datetime) -> None:
    """A sign of life; raises LeaseLost when another worker has it."""
    _change(session, lease, held_until=now + LEASE)


def let_go(session: Session, lease: Lease) -> None:
    """Gives the job back undone: the next tick tries again. Raises LeaseLost."""
    _change(session, lease, held_by="", held_until=None)


def finish(session: Session, lease: Lease, said: str, *, now: datetime) -> None:
    """Notes that the due moment is worked off. Raises LeaseLost."""
    _change(session, lease, held_by="", held_until=None, done_for=lease.moment, done_at=now, said=said)


def _change(session: Session, lease: Lease, **values: object) -> None:
    mine = update(TimedJob).where(TimedJob.name == lease.name, TimedJob.held_by == lease.holder).values(**values)
    if session.execute(mine.returning(TimedJob.name)).first() is None:
        raise LeaseLost(lease.name)
