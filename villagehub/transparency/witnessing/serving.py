"""The witness's door: HTTP/1.1 with keep-alive, ``POST /add-checkpoint`` and nothing else."""

import sqlite3
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore
from typing import Final

from villagehub.transparency.witnessing.book import Book
from villagehub.transparency.witnessing.judging import Answer, judge
from villagehub.transparency.witnessing.request import LARGEST

ADDRESS: Final = "/add-checkpoint"
_SECONDS: Final = 20
_AT_ONCE: Final = 64


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness. At most 64 connections at once; a silent one is closed after 20 seconds."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, where: tuple[str, int], book: Book, tell: Callable[[str], None]) -> None:
        self.book, self.tell = book, tell
        self._places = BoundedSemaphore(_AT_ONCE)
        super().__init__(where, _Door)

    def process_request(self, request: object, client_address: object) -> None:
        """Waits for a free place before another connection is taken."""
        self._places.acquire()
        try:
            super().process_request(request, client_address)  # type: ignore[arg-type]
        except BaseException:
            self._places.release()
            raise

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Gives the place back when the connection ends."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who hangs up is no fault of the witness."""


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "villagehub-witness", ""
    timeout = _SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        """``add-checkpoint``."""
        if self.path.partition("?")[0] != ADDRESS:
            self._close(Answer(404, "这里只有 /add-checkpoint。\n"))
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or self.headers.get("Transfer-Encoding"):
            self._close(Answer(411, "请写明 Content-Length。\n"))
            return
        if len(length) > 9 or int(length) > LARGEST:
            self._close(Answer(413, f"请求太长，最多 {LARGEST} 字节。\n"))
            return
        raw = self.rfile.read(int(length))
        if len(raw) != int(length):
            self._close(Answer(400, "请求没有传完。\n"))
            return
        try:
            answer = judge(self.server.book, raw)
        except sqlite3.Error as fault:
            self.server.tell(f"503 {fault}")
            self._close(Answer(503, "见证现在写不下来，没有签名，请过一会儿再试。\n"))
            return
        self.server.tell(f"{answer.status} {answer.why}")
        self._say(answer)

    def do_GET(self) -> None:
        """Says what there is."""
        if self.path.partition("?")[0] == ADDRESS:
            self._close(Answer(405, "请用 POST。\n"), Allow="POST")
        else:
            self._close(Answer(404, "这里只有 POST /add-checkpoint。\n"))

    do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET

    def log_message(self, *_words: object) -> None:
        """``tell`` keeps the record."""

    def _close(self, answer: Answer, **more: str) -> None:
        """Answers and hangs up: what is left of the request must not be taken for the next one."""
        self.close_connection = True
        self._say(answer, Connection="close", **more)

    def _say(self, answer: Answer, **more: str) -> None:
        raw = answer.body.encode()
        self.send_response(answer.status)
        headers = {"Content-Type": answer.content_type, "Content-Length": str(len(raw)), "Cache-Control": "no-store"}
        for name, value in {**headers, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)
