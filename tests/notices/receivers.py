"""Real receivers of reminders on this machine: a webhook and a mail server, each on a port of its own."""

import base64
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook:
    """What was sent to it, and how it answers from now on."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.status = 200
        self.delay = 0.0
        self.got: list[str] = []

    @property
    def url(self) -> str:
        """With a token, as robots have it."""
        return f"json://127.0.0.1:{self.port}/{TOKEN}"


TOKEN = "s3cr3t-r0b0t-t0ken"


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A web server that keeps the texts that are posted to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(held.delay)
            if held.status == 200:
                held.got.append(json.loads(raw)["message"])
            self.send_response(held.status)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held = Webhook(server.server_address[1])
    yield from _serve(server, held)


@contextmanager
def mailbox() -> Iterator[tuple[int, list[str]]]:
    """A mail server: its port, and the texts of the mails that it took."""
    got: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    raw = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        raw += part
                    got.append(_text(raw))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    yield from _serve(server, (server.server_address[1], got))


def _serve(server: socketserver.TCPServer, held: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()


def _text(raw: bytes) -> str:
    mail = message_from_bytes(raw)
    said = [str(make_header(decode_header(mail["Subject"])))]
    for part in mail.walk():
        body = part.get_payload(decode=True)
        if isinstance(body, bytes):
            said.append(body.decode())
    return "\n".join(said)


def as_anybody_might_write(secret: str) -> tuple[bytes, ...]:
    """The bytes in which a secret could have been written down somewhere."""
    return secret.encode(), base64.b64encode(secret.encode()).rstrip(b"=")
