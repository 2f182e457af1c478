"""What a job is handed when its moment has come, and what a job is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from villagehub.config import Settings


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of one job."""

    now: datetime
    """The moment as the runner read it; days are counted from it in Asia/Shanghai."""
    settings: Settings
    beat: Callable[[str], None]
    """To be called between two pieces of work, with what is done so far in words: it keeps the lease alive, shows progress,
    and ends the run when the server stops or another worker took over."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the table of timed work. A job may run again at any time: what is done is not done twice."""

    name: str
    title: str
    """In the words of whoever keeps the site."""
    every: timedelta
    run: Callable[[Turn], str]
    """Does all that is due and says what it did; empty when there was nothing to do."""
    at: time | None = None
    """Of daily work: the time in Asia/Shanghai."""
