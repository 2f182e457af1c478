"""How pages go over a weak line: as gzip where the reader takes it. For pages without secrets only (no form token in them)."""

import gzip
from typing import Final

from flask import Response, request

SMALLEST: Final = 1024
"""Bytes below which compressing is not worth it."""


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding lets us answer with gzip."""
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        if name.strip() in ("gzip", "*") and rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            return True
    return False


def compressed(response: Response) -> Response:
    """The answer as gzip, if this request takes it; Vary says so either way."""
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= SMALLEST and takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
