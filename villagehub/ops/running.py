"""What the parent and the workers of one running server share: a folder in memory that says whether it is stopping.

It lies in memory where there is such a place: metrics are counted in mapped files, and a mapped file on a full disk would
kill the worker that counts, just when reading must go on.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from villagehub.config import PREFIX

RUN: Final = f"{PREFIX}RUN"
"""Environment variable by which workers find the folder; absent under another server than ours."""
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a fresh folder of our own is made inside
_STOPPING: Final = "stopping"


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Makes the folder for as long as the server runs, and names it to the workers."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="villagehub-", dir=where) as made:
        os.environ[RUN] = made
        try:
            yield Path(made)
        finally:
            del os.environ[RUN]


def say_stopping() -> None:
    """From now on every worker answers /readyz with "not ready". Needs the folder."""
    (Path(os.environ[RUN]) / _STOPPING).touch()


def is_stopping() -> bool:
    """Whether this server was told to stop."""
    folder = os.environ.get(RUN)
    return bool(folder) and (Path(str(folder)) / _STOPPING).exists()
