"""Security headers on every answer, and limits on what is taken in."""

import base64
import secrets
from hashlib import sha256
from typing import Final

from flask import Flask, Response, g

from villagehub.config import Settings

LARGEST_BODY: Final = 12 * 1024 * 1024
"""Bytes of a request: a workbook of at most 10 MB and its form."""
LARGEST_PICTURES: Final = 60 * 1024 * 1024
"""Bytes of a request that brings many photographs at once."""

ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""The same on live and on stored answers."""

HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")


def policy(*, style: str = "", script: str = "") -> str:
    """A content security policy without any outside address. ``style`` and ``script`` are one more source each."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'self' {style}".strip(),
            f"script-src {script}" if script else "script-src 'none'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def style_source(css: str) -> str:
    """The source that permits exactly this inline style sheet, for pages that are stored and so have no nonce."""
    return f"'sha256-{base64.b64encode(sha256(css.encode()).digest()).decode()}'"


def csp_nonce() -> str:
    """This answer's nonce; asking for it puts it into the policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def register(app: Flask, settings: Settings) -> None:
    """Adds the headers that a view has not set itself; without a word of the view nothing is kept anywhere."""
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024, MAX_FORM_PARTS=2000)
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    def protect(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if settings.https:
            response.headers.setdefault(*HSTS)
        nonce = f"'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
        response.headers.setdefault("Content-Security-Policy", policy(style=nonce, script=nonce))
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(protect)
