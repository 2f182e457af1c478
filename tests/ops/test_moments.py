"""When timed work is due, also when a clock went wrong."""

from datetime import UTC, datetime, time, timedelta

import pytest

from villagehub.ops.jobs import JOBS
from villagehub.ops.moments import DAY, LEASE, MINUTE, is_due, is_free, is_overdue, last_due

NOW = datetime(2026, 11, 23, 2, 0, 30, tzinfo=UTC)


def test_every_minute_means_the_last_whole_minute() -> None:
    assert last_due(MINUTE, None, NOW) == NOW.replace(second=0)
    assert last_due(timedelta(hours=1), None, NOW) == NOW.replace(second=0)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 22, 16, 9, 59, tzinfo=UTC), datetime(2026, 11, 21, 16, 10, tzinfo=UTC)),
        (datetime(2026, 11, 22, 16, 10, tzinfo=UTC), datetime(2026, 11, 22, 16, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 16, 9, tzinfo=UTC), datetime(2026, 11, 22, 16, 10, tzinfo=UTC)),
    ],
)
def test_daily_work_is_due_at_its_time_in_shanghai(now: datetime, due: datetime) -> None:
    assert last_due(DAY, time(0, 10), now) == due


def test_a_moment_waits_until_it_is_done_and_then_no_longer() -> None:
    assert is_due(NOW, None, NOW)
    assert is_due(NOW, NOW - MINUTE, NOW)
    assert not is_due(NOW, NOW, NOW)


def test_a_clock_that_once_stood_in_the_future_stops_nothing() -> None:
    wrong = NOW + timedelta(days=3650)
    assert is_due(NOW, wrong, NOW)
    assert is_free(wrong, NOW)


def test_a_lease_holds_until_it_runs_out() -> None:
    assert not is_free(NOW + LEASE, NOW)
    assert is_free(NOW, NOW)
    assert is_free(None, NOW)


def test_overdue_is_three_intervals_without_a_run_or_never() -> None:
    assert is_overdue(DAY, None, NOW)
    assert is_overdue(DAY, NOW - 3 * DAY - LEASE - MINUTE, NOW)
    assert not is_overdue(DAY, NOW - 3 * DAY, NOW)


def test_jobs_have_names_of_their_own_and_pages_come_after_all_that_changes_them() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert [job.name for job in JOBS[-2:]] == ["pages", "notices"]
    assert [job.name for job in JOBS if job.at is not None and job.every != DAY] == []
