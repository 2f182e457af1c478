"""Web fittings: request ids and logs, host check, CSRF, security headers, error pages, text size and theme, filters.

Decisions: deny by default (nothing may be stored by a browser or a proxy unless the view says so; no outside address in the
content security policy); whoever reads an error gets a Chinese sentence, a next step and a reference number, never a trace;
status codes live in ``errors.py`` only. No other room is imported from here but the kernel.
"""

from flask import Flask

from villagehub.config import Settings
from villagehub.web import csrf, errors, filters, headers, hosts, logs, looks, odd_input, styles
from villagehub.web.csrf import public_post
from villagehub.web.logs import request_id
from villagehub.web.paths import own_path

__all__ = ["own_path", "public_post", "register", "request_id"]


def register(app: Flask, settings: Settings) -> None:
    """Fits everything on, in the order in which a request meets it."""
    logs.register(app)
    hosts.register(app, settings)
    headers.register(app, settings)
    looks.register(app, settings)
    odd_input.register(app)
    csrf.register(app, settings)
    errors.register(app, settings)
    filters.register(app)
    styles.register(app)
