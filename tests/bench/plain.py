"""The baseline: the same server program with one worker, answering the same bytes from memory and doing nothing else."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def make() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The application; the bytes lie in the file that the first argument names."""
    body = Path(sys.argv[2]).read_bytes()
    headers = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]

    def answer(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    return answer


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "plain:make",
        factory=True,
        interface=Interfaces.WSGI,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        workers=1,
        blocking_threads=2,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()
