"""Work on strangers' bytes ends at its limits, whatever it does, and its end is an answer like any other (decision 39)."""

import multiprocessing
import os
import time
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from villagehub.files.confined import Answer, Failure, Method, run_confined

BOTH: list[Method] = ["forkserver", "fork"]


@pytest.mark.parametrize("method", BOTH)
def test_what_is_done_comes_back(method: Method) -> None:
    answer = run_confined("strangers:reverse", b"abc" * 500_000, {"times": 3}, seconds=10, method=method)
    assert answer == Answer((b"cba" * 500_000,) * 3)
    assert run_confined("strangers:reverse", b"", {"times": 0}, seconds=10, method=method) == Answer(())


@pytest.mark.parametrize("method", BOTH)
@pytest.mark.parametrize(
    ("work", "failure"),
    [
        ("eat_memory", Failure.TOO_LARGE),
        ("sleep", Failure.TOO_SLOW),
        ("spin", Failure.TOO_SLOW),
        ("die", Failure.DIED),
        ("break_down", Failure.DIED),
        ("no_such_thing", Failure.DIED),
    ],
)
def test_what_goes_wrong_in_the_child_stays_there(method: Method, work: str, failure: Failure) -> None:
    begun = time.monotonic()
    answer = run_confined(f"strangers:{work}", b"x", {"megabytes": 400}, seconds=2, method=method)
    assert answer == Answer(failure=failure)
    assert time.monotonic() - begun < 60, "it would sleep ten minutes, or spin for good"


def test_what_the_child_stumbled_over_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    """Standard error is the log. A pipe, as under systemd: into a file the child could not write anyway."""
    ours, theirs = os.pipe()
    kept = os.dup(2)
    os.dup2(theirs, 2)
    try:
        with caplog.at_level("WARNING"):
            answer = run_confined("strangers:break_down", b"x", {}, seconds=5, method="fork")
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(theirs)
    with os.fdopen(ours, "rb") as written:
        told = written.read().decode() + caplog.text
    assert answer == Answer(failure=Failure.DIED)
    assert "ValueError at confined._child" in told
    assert "strangers.break_down" in told
    assert "马兰英" not in told


def test_memory_below_the_limit_is_given() -> None:
    answer = run_confined("strangers:eat_memory", b"x", {"megabytes": 100}, seconds=60)
    assert answer == Answer((b"\0",))


@pytest.mark.parametrize("method", BOTH)
def test_nothing_is_written_to_the_disk(method: Method, tmp_path: Path) -> None:
    file = tmp_path / "left"
    answer = run_confined("strangers:write", b"x", {"path": str(file)}, seconds=5, method=method)
    assert answer.failure is Failure.DIED
    assert not file.exists() or file.stat().st_size == 0


def test_the_child_holds_neither_application_nor_database() -> None:
    assert run_confined("strangers:loaded", b"x", {}, seconds=60) == Answer((b"",))


def _work_of_a_worker(answers: "Queue[Answer]") -> None:
    answers.put(run_confined("strangers:reverse", b"abc", {"times": 1}, seconds=60))


def test_a_worker_forked_after_its_parent_did_such_work_can_do_it_too() -> None:
    """The first start of the demo reads its files and then forks the workers that take uploads."""
    assert run_confined("strangers:reverse", b"abc", {"times": 1}, seconds=60) == Answer((b"cba",))
    forking = multiprocessing.get_context("fork")
    answers: Queue[Answer] = forking.Queue()
    worker = forking.Process(target=_work_of_a_worker, args=(answers,))
    worker.start()
    worker.join(120)
    assert worker.exitcode == 0
    assert answers.get(timeout=60) == Answer((b"cba",))
    assert run_confined("strangers:reverse", b"abc", {"times": 1}, seconds=60) == Answer((b"cba",))
