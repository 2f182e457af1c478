"""A real server process on a fresh instance."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import Server, free_port


@pytest.fixture(scope="session")
def serve_in() -> Callable[[Path], Server]:
    """``serve_in(folder)`` gives a server on an instance in that folder, not yet started; whoever asks stops it."""
    return lambda folder: Server(folder / "instance", f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An empty instance, not yet started: the journey makes its places and people by commands."""
    made = Server(tmp_path / "instance", f"http://127.0.0.1:{free_port()}")
    yield made
    made.stop()
