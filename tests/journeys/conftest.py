"""A real server process on a fresh instance, and a real browser before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

BIN = Path(sys.executable).parent


def chromium_path() -> str | None:
    """The browser named by VILLAGEHUB_TEST_CHROMIUM, else the one on the PATH."""
    return os.environ.get("VILLAGEHUB_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


CHROMIUM_WORDS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""The browser talks to nobody but the page's server."""


@pytest.fixture(scope="session")
def chromium() -> Iterator["Chromium"]:
    """One browser for the session; each person in a journey gets a context of their own. Skips where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: put it on the PATH or name it in VILLAGEHUB_TEST_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_WORDS))
        yield browser
        browser.close()


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
        return self.answer(*words, text=text, expect=expect).stdout

    def refused(self, *words: str, expect: int = 4) -> str:
        """Runs one command that must be refused; what it says, without a trace of a fault."""
        said = self.answer(*words, expect=expect).stderr
        assert "Traceback" not in said
        assert "故障" not in said
        return said

    def answer(self, *words: str, text: str | None = None, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """Runs one command; both its outputs."""
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
        return done

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
