"""Stored pages, answered before Flask is entered (decision 37).

Each request costs one small query: the village's generation. A page kept in this process's memory, or in the table of
stored pages, is valid for exactly that generation and for the day on which it was made; so a hide or an expiry reaches both
workers at once, and what depends on the day (应于X日公开, the end of a list of persons) follows midnight.

A publication takes nothing away, nor does a check that was computed. While pages are being built after it, for
``LONGEST_BUILD`` seconds at most, readers get the earlier page at once instead of making the new one each for themselves;
anything else that waits to be built ends that.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import Date, Engine, bindparam, text
from werkzeug.http import parse_cookie

from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.public.look import CACHE, VARY
from villagehub.storage import db
from villagehub.storage.base import UtcDateTime
from villagehub.storage.tables import CHECKED, PUBLISHED
from villagehub.web.headers import ALWAYS, HSTS
from villagehub.web.hosts import is_ours, trusted_names
from villagehub.web.logs import log
from villagehub.web.looks import read_looks
from villagehub.web.wire import takes_gzip

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

MOST_KEPT: Final = 2000
_KEPT_TYPES: Final = ("text/html", "image/png")
LARGEST_KEPT: Final = 256 * 1024
LONGEST_WAIT: Final = 5.0
"""Seconds to wait for a page that another thread is making, before making it oneself."""
LONGEST_BUILD: Final = timedelta(seconds=2)
"""A builder that takes longer has died or has too much to do: readers make their pages themselves."""
_GENERATION: Final = text(
    "SELECT p.id, g.number,"
    " (SELECT count(*) FROM page_dirty d WHERE d.village_id = p.id),"
    " (SELECT count(*) FROM page_dirty d WHERE d.village_id = p.id AND d.marked_at > :since"
    " AND (d.what LIKE :published OR d.what LIKE :checked))"
    " FROM place p LEFT JOIN generation g ON g.village_id = p.id WHERE p.code = :code"
).bindparams(
    bindparam("since", type_=UtcDateTime), bindparam("published", f"{PUBLISHED}%"), bindparam("checked", f"{CHECKED}%")
)
_PAGE: Final = text(
    "SELECT etag, content_type, policy, body, generation FROM stored_page"
    " WHERE path = :path AND generation BETWEEN :oldest AND :generation AND built_on = :day"
).bindparams(bindparam("day", type_=Date))


@dataclass(frozen=True, slots=True)
class Validity:
    """What a page was made from: the village's generation and the day in Asia/Shanghai."""

    generation: int
    day: date

    def serves(self, wanted: "Validity", oldest: int) -> bool:
        """Whether a page of this validity may be shown where ``wanted`` is the newest, and ``oldest`` will still do."""
        return self.day == wanted.day and oldest <= self.generation <= wanted.generation


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it is answered."""

    valid: Validity
    etag: str
    content_type: str
    policy: str
    body: bytes
    """gzip."""


class Shelf:
    """The process's memory of pages, the least recently used one leaves first."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._pages: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def find(self, key: tuple[str, str], valid: Validity, oldest: int) -> Kept | None:
        """The page, if it is of this day and of this generation, or of one since ``oldest``."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None or not kept.valid.serves(valid, oldest):
                return None
            self._pages.move_to_end(key)
            return kept

    def put(self, key: tuple[str, str], kept: Kept) -> None:
        """Keeps the page."""
        with self._lock:
            self._pages[key] = kept
            self._pages.move_to_end(key)
            while len(self._pages) > self._most:
                self._pages.popitem(last=False)


class Making:
    """Which pages are being made just now. Right after a publication many ask for the same new page at once: one thread
    makes it and the others wait for it, instead of all making it.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[tuple[str, str], Validity], threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def first(self, key: tuple[str, str], valid: Validity) -> Iterator[bool]:
        """True for whoever makes the page. The others are let in with False once that is done, or after a while."""
        with self._lock:
            done = self._held.get((key, valid))
            if done is None:
                mine = self._held[key, valid] = threading.Event()
        if done is not None:
            done.wait(LONGEST_WAIT)
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._held[key, valid]
            mine.set()


class StoredPages:
    """WSGI: answers what is stored, hands everything else on, and keeps villagers' pages that come back."""

    def __init__(self, inner: Wsgi, engine: Engine, settings: Settings) -> None:
        self._inner = inner
        self._engine = engine
        self._shelf = Shelf()
        self._making = Making()
        self._trusted = trusted_names(settings)  # a strange host is Flask's to refuse
        self._https = settings.https

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD") or not path.startswith("/v/"):
            return self._inner(environ, start_response)
        if environ.get("QUERY_STRING") or not is_ours(environ.get("HTTP_HOST", ""), self._trusted):
            return self._inner(environ, start_response)
        variant = _variant(environ.get("HTTP_COOKIE", ""))
        code = path.split("/", 3)[2]
        try:
            valid, kept = self._look_up(path, code, variant)
        except Exception:
            log.exception("stored_page_lookup_failed")  # without the address: a subject in it may be somebody's name
            return self._inner(environ, start_response)
        if valid is None:
            return self._inner(environ, start_response)
        if kept is not None:
            return self._answer(kept, environ, start_response)
        with self._making.first((path, variant), valid) as first:
            kept = None if first else self._shelf.find((path, variant), valid, valid.generation)
            if kept is not None:
                return self._answer(kept, environ, start_response)
            return self._keep(environ, start_response, (path, variant), valid)

    def _look_up(self, path: str, code: str, variant: str) -> tuple[Validity | None, Kept | None]:
        with self._engine.connect() as connection:
            row = connection.execute(_GENERATION, {"code": code, "since": clock.now() - LONGEST_BUILD}).first()
            if row is None:
                return None, None
            _, number, waiting, adding = row
            valid = Validity(int(number or 0), clock.today())
            # Each waiting mark raised the generation by one. Only publications and checks take nothing away.
            oldest = valid.generation - (waiting if waiting == adding else 0)
            kept = self._shelf.find((path, variant), valid, oldest)
            if kept is None and not variant:
                stored = connection.execute(
                    _PAGE, {"path": path, "generation": valid.generation, "oldest": oldest, "day": valid.day}
                ).first()
                if stored is not None:
                    made = Validity(stored[4], valid.day)
                    kept = Kept(made, stored[0], stored[1], stored[2], bytes(stored[3]))
                    self._shelf.put((path, variant), kept)
            return valid, kept

    def _answer(self, kept: Kept, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if kept.etag in [tag.strip().removeprefix("W/") for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(",")]:
            start_response("304 Not Modified", [("ETag", kept.etag), ("Cache-Control", CACHE), ("Vary", VARY)])
            return [b""]
        body, headers = kept.body, [("Content-Type", kept.content_type), ("ETag", kept.etag)]
        headers += [("Cache-Control", CACHE), ("Vary", VARY), ("Content-Security-Policy", kept.policy), *ALWAYS.items()]
        if self._https:
            headers.append(HSTS)
        if takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers.append(("Content-Encoding", "gzip"))
        else:
            body = gzip.decompress(body)
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _keep(
        self, environ: Environ, start_response: StartResponse, key: tuple[str, str], valid: Validity
    ) -> Iterable[bytes]:
        """Lets Flask answer; a good page of ours is compressed, kept and answered like a stored one."""
        seen: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def remember(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> Callable[[bytes], None]:
            seen.append((status, headers))
            return written.append

        inner = {**environ, "REQUEST_METHOD": "GET"}
        answer = self._inner(inner, remember)
        try:
            body = b"".join([*_chunks(answer), *written])
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        status, headers = seen[-1]
        found = {name.lower(): value for name, value in headers}
        ours = (
            status.startswith("200")
            and found.get("cache-control") == CACHE
            and found.get("content-type", "").startswith(_KEPT_TYPES)
            and "set-cookie" not in found
        )
        plain = gzip.decompress(body) if found.get("content-encoding") == "gzip" else body
        if not ours or len(plain) > LARGEST_KEPT:
            start_response(status, headers)
            return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]
        kept = Kept(
            valid,
            f'"{hashlib.sha256(plain).hexdigest()[:32]}"',
            found["content-type"],
            found["content-security-policy"],
            gzip.compress(plain, 9, mtime=0),
        )
        self._shelf.put(key, kept)
        return self._answer(kept, environ, start_response)


def _chunks(answer: Iterable[bytes]) -> Iterator[bytes]:
    yield from answer


def _variant(cookie: str) -> str:
    """The looks that the cookies ask for; empty for the plain variant, which is stored."""
    if "size=" not in cookie and "theme=" not in cookie:
        return ""
    return read_looks(parse_cookie(cookie)).html_class  # by the same reader as the page itself


def register(app: Flask) -> None:
    """Puts the stored pages before the application."""
    settings: Settings = app.extensions["villagehub"]
    with app.app_context():
        engine = db.engine
    app.wsgi_app = StoredPages(app.wsgi_app, engine, settings)  # type: ignore[method-assign]
