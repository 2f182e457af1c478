"""CSRF tokens on every unsafe route; public POSTs stand on stored pages and check the Origin instead (decision 43)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect

from villagehub.config import Settings
from villagehub.kernel.refused import Refused

P = ParamSpec("P")
R = TypeVar("R")

csrf: Final = CSRFProtect()


class ForeignOrigin(Refused):
    """A public form was sent from a page that is not ours."""

    code = "foreign_origin"
    message = "这张表不是从本站的页面送来的，没有办理。"
    fix = "请打开村里的页面，在那里再填一次。"
    status = 403


def origin_of(address: str) -> str:
    """Scheme and host of an address, in lower case; empty when it has none (``null`` included)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""


def must_be_our_origin() -> None:
    """Raises ForeignOrigin unless the Origin (else the Referer) is the site's own; a request with neither is refused."""
    settings: Settings = current_app.extensions["villagehub"]
    ours = {settings.base_url.lower(), origin_of(request.host_url)}
    sent = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if origin_of(sent) not in ours:
        raise ForeignOrigin()


def public_post(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a public POST: no token, but the Origin must be ours. Goes on directly above the view."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            must_be_our_origin()
        return view(*args, **kwargs)

    csrf.exempt(guarded)
    guarded.is_public_post = True  # type: ignore[attr-defined]
    return guarded


def is_public_post(view: Callable[..., Any]) -> bool:
    """Whether the view was marked by ``public_post``; for the test that lists them all."""
    return bool(getattr(view, "is_public_post", False))


def register(app: Flask, settings: Settings) -> None:
    """Tokens live as long as the session; the cookie's name and flags follow decision 43."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_NAME="__Host-vh" if settings.secure_cookies else "vh",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    csrf.init_app(app)
