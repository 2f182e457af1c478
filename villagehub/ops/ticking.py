"""The clock's runner: takes each due job under its lease, runs it, and notes what it did. Any number of workers may tick."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.ops.jobs import JOBS
from villagehub.ops.lease import Lease, LeaseLost, finish, let_go, new_holder, renew, take
from villagehub.ops.moments import last_due
from villagehub.ops.turn import Job, Turn
from villagehub.storage import unit_of_work
from villagehub.web.logs import log, new_reference

RENEW_AFTER: Final = 20.0
"""Seconds between two signs of life."""


class Stopped(Exception):
    """The server is stopping; the job goes on with the next tick."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one job in this tick."""

    job: Job
    said: str
    failed: bool = False


def tick(
    settings: Settings,
    *,
    jobs: Sequence[Job] = JOBS,
    watch: Callable[[Job, str], None] = lambda _job, _words: None,
    must_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Done]:
    """Runs every job whose moment has come and that no other worker is at; yields each one's outcome. One job's fault does
    not keep the others from running. ``watch`` is told when a job begins (empty words) and between two pieces of work.
    Needs an application context.
    """
    holder = new_holder()
    for job in jobs:
        if must_stop():
            return
        now = clock.now()
        with unit_of_work() as session:
            lease = take(session, job.name, last_due(job.every, job.at, now), holder=holder, now=now)
        if lease is None:
            continue
        try:
            yield _run(job, lease, settings, watch, must_stop)
        except Stopped:
            return


def _run(
    job: Job, lease: Lease, settings: Settings, watch: Callable[[Job, str], None], must_stop: Callable[[], bool]
) -> Done:
    renewed = monotonic()

    def beat(words: str) -> None:
        nonlocal renewed
        if must_stop():
            raise Stopped
        watch(job, words)
        if monotonic() - renewed > RENEW_AFTER:
            with unit_of_work() as session:
                renew(session, lease, now=clock.now())
            renewed = monotonic()

    watch(job, "")
    try:
        said = job.run(Turn(clock.now(), settings, beat))
        with unit_of_work() as session:
            finish(session, lease, said, now=clock.now())
    except LeaseLost:
        return Done(job, "另一个进程接过去办了")
    except Stopped:
        _give_back(lease)
        raise
    except Exception:
        reference = new_reference()
        log.exception("job_failed", job=job.name, id=reference)
        _give_back(lease)
        return Done(job, f"没有办成，下次再试。参考号 {reference}，细节在日志里", failed=True)
    return Done(job, said)


def _give_back(lease: Lease) -> None:
    try:
        with unit_of_work() as session:
            let_go(session, lease)
    except Exception:  # the lease runs out by itself
        log.exception("lease_not_given_back", job=lease.name)
