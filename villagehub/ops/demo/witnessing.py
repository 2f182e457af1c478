"""The demo's witness, marked 演示见证: a process of its own beside the demo, with its folder inside the demo's. It shows what
witnesses do and proves nothing: whoever owns the demo owns it too.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Final

from villagehub.config import PREFIX, Settings
from villagehub.ops.demo.folder import WITNESS_FOLDER
from villagehub.transparency.notes import read_vkey
from villagehub.transparency.ours import folder_of
from villagehub.transparency.witnessing.book import Book, NoWitnessHere
from villagehub.transparency.witnessing.serving import WitnessServer

NAME: Final = "demo.invalid/witness"
_HERE: Final = "127.0.0.1"
_PATIENCE: Final = 5


@contextmanager
def witness_beside(settings: Settings) -> Iterator[None]:
    """Runs the witness until the block ends and names it to the processes that begin inside; where the settings name
    witnesses already, there is none. Nobody waits for it: the clock asks until it answers.
    """
    log = folder_of(settings).vkey()
    if settings.witnesses or log is None:
        yield
        return
    folder = settings.instance / WITNESS_FOLDER
    try:
        book = Book(folder)
    except NoWitnessHere:
        book = Book.make(folder, NAME)
    book.trust(read_vkey(log.decode()))
    with socket.socket() as probe:
        probe.bind((_HERE, 0))
        port = int(probe.getsockname()[1])
    named = f"{PREFIX}WITNESSES"
    os.environ[named] = f"{book.signer.verifier.vkey} http://{_HERE}:{port}"
    words = [sys.executable, "-m", __name__, str(folder), str(port)]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module
    try:
        yield
    finally:
        del os.environ[named]
        child.terminate()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def serve_until_end(folder: Path, port: int) -> None:
    """In the child: serves until it is told to stop, or until the demo is gone, whose end of the pipe closes then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    Thread(target=watch, daemon=True).start()
    with WitnessServer((_HERE, port), Book(folder), lambda _words: None) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve_until_end(Path(sys.argv[1]), int(sys.argv[2]))
