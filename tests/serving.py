"""A real server process on a real instance, for tests of what only processes show."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from launching import launch

BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port that nobody listens on, below those that the system lends to every line that goes out: one of these may be
    gone again before the server takes it.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@dataclass
class Server:
    """A served instance: where it lies, where it answers, and the command line that works on it."""

    instance: Path
    url: str
    process: subprocess.Popen[bytes] | None = None
    workers: int = 1
    more: dict[str, str] = field(default_factory=dict)
    """Further settings, by the names of their environment variables."""

    @property
    def environ(self) -> dict[str, str]:
        """What its commands find in their environment."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("VILLAGEHUB_")},
            "VILLAGEHUB_INSTANCE": str(self.instance),
            "VILLAGEHUB_BASE_URL": self.url,
            "VILLAGEHUB_CLI_ACT_AS": "true",
            "VILLAGEHUB_WORKERS": str(self.workers),
            # The second step has its own tests; here the township signs in many times within one code's half minute.
            "VILLAGEHUB_TOTP_REQUIRED": "nobody",
            "VILLAGEHUB_UPLOAD_WAIT": "60",
            **self.more,
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
        done = launch([BIN / "villagehub", *words], self.environ, text=text)
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self) -> None:
        """Serves until ``stop``; returns when it answers."""
        port = self.url.rpartition(":")[2]
        with (self.instance.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(BIN / "villagehub"), "serve", "--host", "127.0.0.1", "--port", port],
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise AssertionError((self.instance.parent / "server.log").read_text("utf-8", errors="replace"))

    def stop(self) -> None:
        """Ends the server, if it runs."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # stops at once; SIGTERM says farewell first
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(60)
            self.process = None
