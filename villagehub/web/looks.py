"""Text size and theme: ``?size=`` and ``?theme=`` on any page set a cookie and lead back to the same page. No JavaScript."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from flask import Flask, Response, redirect, request

from villagehub.config import Settings
from villagehub.web.paths import own_path

SIZES: Final = ("m", "l", "x")
THEMES: Final = ("light", "dark")
_CLASSES: Final = {"l": "lg", "x": "xl"}
_YEAR: Final = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Looks:
    """How this reader wants pages to look."""

    size: str = "m"
    theme: str = ""
    """Empty: as the phone is set."""

    @property
    def html_class(self) -> str:
        """The class on ``<html>``: ``lg`` or ``xl``, ``dark`` or ``light``; empty for the plain variant."""
        return " ".join(part for part in (_CLASSES.get(self.size, ""), self.theme) if part)


def read_looks(cookies: Mapping[str, str]) -> Looks:
    """What the cookies say; unknown values count as nothing."""
    size, theme = cookies.get("size", ""), cookies.get("theme", "")
    return Looks(size if size in SIZES else "m", theme if theme in THEMES else "")


def current_looks() -> Looks:
    """The looks that this request's cookies ask for."""
    return read_looks(request.cookies)


def look_href(name: str, value: str) -> str:
    """The link that sets ``size`` or ``theme`` and leads back to exactly this page, its query included."""
    kept = [(key, held) for key, held in request.args.items(multi=True) if key not in ("size", "theme")]
    return f"?{urlencode([*kept, (name, value)])}"


def _set_and_lead_back(secure: bool) -> Response | None:
    """Answers a GET that carries ``size`` or ``theme``; a value that is not known sets nothing."""
    if request.method not in ("GET", "HEAD") or not ({"size", "theme"} & set(request.args)):
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("size", "theme")]
    target = own_path(quote(request.path)) + (f"?{urlencode(kept)}" if kept else "")
    response = redirect(target)
    for name, known in (("size", SIZES), ("theme", THEMES)):
        value = request.args.get(name, "")
        if value in known:
            response.set_cookie(name, value, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="Lax")
    return response  # type: ignore[return-value]


def register(app: Flask, settings: Settings) -> None:
    """Answers ``?size=`` and ``?theme=`` before any view; templates get ``looks`` and ``look_href``."""
    app.before_request(lambda: _set_and_lead_back(settings.secure_cookies))
    app.context_processor(lambda: {"looks": current_looks(), "look_href": look_href})
