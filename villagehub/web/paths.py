"""Redirects lead only to our own relative paths."""

from urllib.parse import urlsplit


def own_path(target: str | None, otherwise: str = "/") -> str:
    """``target`` when it is a path of this site, else ``otherwise``.

    Refused are other sites in every disguise that browsers accept: ``//host``, ``/\\host``, a scheme, control characters.
    """
    if not target or not target.startswith("/") or len(target) > 500:
        return otherwise
    if target.startswith("//") or "\\" in target or any(ord(mark) < 33 or ord(mark) == 127 for mark in target):
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target
