"""Walks every page that can be reached by links, and reads what is packed in it."""

import gzip
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin

from flask.testing import FlaskClient

LINK = re.compile(r'(?:href|src)="([^"]+)"')


def pages_from(client: FlaskClient, starts: Iterable[str], *, leave_out: str = r"^$") -> dict[str, bytes]:
    """Address → plain bytes of everything that links lead to from ``starts``; none of it may be a server's fault."""
    found: dict[str, bytes] = {}
    waiting = list(starts)
    while waiting:
        address = waiting.pop()
        same = re.search(r"[?&]print=1", address)  # the page that led here once more, for paper
        if address in found or same or re.search(leave_out, address) or address.startswith("/static/"):
            continue
        answer = client.get(address)
        assert answer.status_code < 500, address
        found[address] = packed_text(answer.data) if answer.data[:2] == b"PK" else answer.data
        links = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        links.append(answer.headers.get("Location", ""))
        for link in links:
            target = urldefrag(urljoin(address, unescape(link).removeprefix("http://localhost"))).url
            if target.startswith("/"):
                waiting.append(target)
    return found


def packed_text(raw: bytes) -> bytes:
    """All members of a workbook, one after the other."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def texts_of(value: Any) -> Iterator[str]:
    """Every text within a stored value: JSON is walked, packed bytes are unpacked."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield str(name)
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, bytes):
        raw = value
        with suppress(OSError, EOFError, zlib.error):  # one hash in 65,536 begins like packed bytes
            raw = gzip.decompress(value) if value[:2] == b"\x1f\x8b" else value
        yield raw.decode("utf-8", errors="replace")
        yield raw.hex()
    elif value is not None:
        yield str(value)


def bare(text: str) -> str:
    """Half-width, upper-case, without anything that people put between digits: how numbers are looked for."""
    text = text.translate(str.maketrans("零〇一二三四五六七八九", "00123456789"))
    flat = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-‐‑–—_·.()、]", "", flat)
