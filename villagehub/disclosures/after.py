"""What happens right after a publication's commit. Rooms above hang their work in here, so that nothing below imports them."""

from collections.abc import Callable
from typing import Final

from flask import Flask, current_app

from villagehub.web.logs import log

KEY: Final = "villagehub.after_publish"
"""``app.extensions[KEY]`` is a list of functions without arguments."""


def after_publish(app: Flask, step: Callable[[], None]) -> None:
    """Has ``step`` called, inside an application context and outside any transaction, after every publication."""
    app.extensions.setdefault(KEY, []).append(step)


def run_after_publish() -> None:
    """Runs the steps. What was published stays published: a step that fails is logged, and its pages stay marked dirty."""
    steps: list[Callable[[], None]] = current_app.extensions.get(KEY, [])
    for step in steps:
        try:
            step()
        except Exception:
            log.exception("after_publish_failed", step=getattr(step, "__qualname__", str(step)))
