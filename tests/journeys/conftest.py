"""A real server process on a fresh instance, and a real browser before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


def chromium_path() -> str | None:
    """The browser named by VILLAGEHUB_TEST_CHROMIUM, else the one on the PATH."""
    return os.environ.get("VILLAGEHUB_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A served instance: where it lies, where it answers, and the command line that works on it."""

    instance: Path
    url: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("VILLAGEHUB_")},
            "VILLAGEHUB_INSTANCE": str(self.instance),
            "VILLAGEHUB_BASE_URL": self.url,
            "VILLAGEHUB_CLI_ACT_AS": "true",
            "VILLAGEHUB_WORKERS": "1",
        }

    def run(self, *words: str, text: str | None = None, expect: int = 0) -> str:
        """Runs one ``villagehub`` command; its output. Fails the test on another exit code."""
        done = subprocess.run(
            [str(BIN / "villagehub"), *words],
            input=text,
            capture_output=True,
            text=True,
            env=self.environ,
            timeout=120,
            check=False,
        )
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        port = self.url.rpartition(":")[2]
        log = (self.instance.parent / "server.log").open("ab")
        self.process = subprocess.Popen(
            [str(BIN / "villagehub"), "serve", "--host", "127.0.0.1", "--port", port, "--workers", "1"],
            env=self.environ,
            stdout=log,
            stderr=log,
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise AssertionError((self.instance.parent / "server.log").read_text("utf-8", errors="replace"))

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An empty instance, not yet started: the journey makes its places and people by commands."""
    made = Server(tmp_path / "instance", f"http://127.0.0.1:{free_port()}")
    yield made
    made.stop()
