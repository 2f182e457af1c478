"""Request ids and the log: one JSON line per event, without personal data, safe against injected line ends.

A line holds the route's pattern, never the address with its codes, names or query. Runs of seven and more digits (phones,
ID and card numbers) are taken out of everything, faults' texts included.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask, Response, g, has_request_context, request

from villagehub.kernel.codes import ALPHABET

_NUMBERS: Final = re.compile(r"\d{7,}[\dXx]?")
_ID_LENGTH: Final = 8
log = structlog.stdlib.get_logger("villagehub")

EventDict = MutableMapping[str, Any]


def new_reference() -> str:
    """A reference number that can be read out on the phone: ``7K3M-9QXT``."""
    marks = "".join(secrets.choice(ALPHABET) for _ in range(_ID_LENGTH))
    return f"{marks[:4]}-{marks[4:]}"


def request_id() -> str:
    """This request's id, which is also the reference number on its error page; a fresh one outside a request.

    Always made here: what a caller sends as X-Request-Id is not repeated.
    """
    if not has_request_context():
        return new_reference()
    if "request_id" not in g:
        g.request_id = new_reference()
    return str(g.request_id)


def without_numbers(text: str) -> str:
    """``text`` with every long run of digits taken out."""
    return _NUMBERS.sub("#", text)


def _clean(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {name: without_numbers(value) if isinstance(value, str) else value for name, value in event.items()}


_SHARED: Final[tuple[Any, ...]] = (
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    structlog.processors.format_exc_info,
    _clean,
)


def configure_logging(level: str, *, file: Path | None = None) -> None:
    """Sends everything that is logged to standard error, or to ``file``, as JSON lines. May be called again."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(_SHARED),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True, default=str),
            ],
        )
    )
    handler.set_name("villagehub")
    root = logging.getLogger()
    for held in [one for one in root.handlers if one.get_name() == "villagehub"]:
        root.removeHandler(held)
        held.close()
    root.addHandler(handler)
    root.setLevel("WARNING")  # other libraries speak only when something is wrong
    logging.getLogger("villagehub").setLevel(level)


def _begin() -> None:
    g.request_began = time.perf_counter()
    request_id()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    began = g.get("request_began")
    log.info(
        "request",
        id=request_id(),
        method=request.method,
        route=request.url_rule.rule if request.url_rule else "-",
        status=response.status_code,
        ms=round((time.perf_counter() - began) * 1000) if began else None,
    )
    return response


def register(app: Flask) -> None:
    """Gives every request an id and a line in the log."""
    app.before_request(_begin)
    app.after_request(_end)
