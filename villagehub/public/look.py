"""What every public page carries: its style sheet inline with a hash in the policy, and the words of the frame."""

import base64
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode

from flask import Flask, Response, make_response, request
from markupsafe import Markup

from villagehub.public.together import keep_together
from villagehub.web.headers import policy, style_source
from villagehub.web.looks import current_looks
from villagehub.web.paths import own_path
from villagehub.web.styles import css_text
from villagehub.web.wire import compressed

CACHE = "public, no-cache"
VARY = "Cookie, Accept-Encoding"
PRINT: Final = "print"
"""``?print=1`` on any public page: the same page for paper. It alone carries a script, of one line, and does without it."""
_SCRIPT: Final = "var b=document.getElementById('paper');b.hidden=false;b.onclick=function(){window.print()}"


def public_style() -> Markup:
    """The style sheet as an element; permitted by its hash, because stored pages have no nonce."""
    return Markup("<style>") + Markup(css_text("public.css")) + Markup("</style>")  # noqa: S704 - our own file


def public_policy(*, paper: bool = False) -> str:
    """The content security policy of a public page."""
    hashed = base64.b64encode(sha256(_SCRIPT.encode()).digest()).decode()
    return policy(style=style_source(css_text("public.css")), script=f"'sha256-{hashed}'" if paper else "")


def for_paper() -> bool:
    """Whether this request asks for the page as it is printed; an answer to a form is at no address that could."""
    return request.method in ("GET", "HEAD") and request.args.get(PRINT) == "1"


def folded() -> bool:
    """Whether what is secondary is folded up at first: in large letters a page would be many screens long. Never on paper."""
    return current_looks().size != "m" and not for_paper()


def print_href() -> str:
    """The link to this page for paper, or from there back; empty for an answer to a form, which no address leads to."""
    if request.method not in ("GET", "HEAD"):
        return ""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != PRINT]
    if for_paper():
        return own_path(quote(request.path)) + (f"?{urlencode(kept)}" if kept else "")
    return f"?{urlencode([*kept, (PRINT, '1')])}"


def print_script() -> Markup:
    """The line that shows the button and lets it print, permitted by its hash."""
    return Markup("<script>") + Markup(_SCRIPT) + Markup("</script>")  # noqa: S704 - our own words


def page(html: str, *, status: int = 200, keep: bool = True) -> Response:
    """A public page as an answer; ``keep`` False for what depends on a form or a query about persons."""
    response = make_response(keep_together(html) if current_looks().size != "m" else html, status)
    response.headers["Content-Security-Policy"] = public_policy(paper=for_paper())
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = CACHE if keep and status == 200 else "no-store"
    return compressed(response)


def register(app: Flask) -> None:
    """Templates get ``public_style()``, whether to fold, and what a page for paper needs."""
    app.jinja_env.globals |= {
        "public_style": public_style,
        "folded": folded,
        "for_paper": for_paper,
        "print_href": print_href,
        "print_script": print_script,
    }
