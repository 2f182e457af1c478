"""The garbage collector rests while many rows are made that all stay: it would go through them again and again."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_resting = 0


@contextmanager
def collector_rests() -> Iterator[None]:
    """Until the block ends no cycles are looked for; threads that ask for it at the same time count together."""
    global _resting  # noqa: PLW0603 - the collector is one for the whole process
    with _lock:
        _resting += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if not _resting:
                gc.enable()
