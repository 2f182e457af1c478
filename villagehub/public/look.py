"""What every public page carries: its style sheet inline with a hash in the policy, and the words of the frame."""

from flask import Flask, Response, make_response
from markupsafe import Markup

from villagehub.web.headers import policy, style_source
from villagehub.web.styles import css_text
from villagehub.web.wire import compressed

CACHE = "public, no-cache"
VARY = "Cookie, Accept-Encoding"


def public_style() -> Markup:
    """The style sheet as an element; permitted by its hash, because stored pages have no nonce."""
    return Markup("<style>") + Markup(css_text("public.css")) + Markup("</style>")  # noqa: S704 - our own file


def public_policy() -> str:
    """The content security policy of a public page."""
    return policy(style=style_source(css_text("public.css")))


def page(html: str, *, status: int = 200, keep: bool = True) -> Response:
    """A public page as an answer; ``keep`` False for what depends on a form or a query about persons."""
    response = make_response(html, status)
    response.headers["Content-Security-Policy"] = public_policy()
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = CACHE if keep and status == 200 else "no-store"
    return compressed(response)


def register(app: Flask) -> None:
    """Templates get ``public_style()``."""
    app.jinja_env.globals["public_style"] = public_style
