"""The door for WSGI servers: ``villagehub.wsgi:make`` is a factory, called once in every worker."""

import multiprocessing
import os
import signal
import threading
import time
from typing import Final

from flask import Flask

from villagehub.app import create_app
from villagehub.config import load_settings
from villagehub.ops import metrics
from villagehub.web.logs import configure_logging

GLANCE: Final = 1.0
"""Seconds between two looks of a worker for its parent."""


def make() -> Flask:
    """The application with the settings that this process finds; logs go to standard error."""
    settings = load_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    metrics.count(app)
    return app


def make_worker() -> Flask:
    """The application of one of granian's workers. The worker leaves Ctrl+C to its parent, which then stops all workers: a
    terminal sends Ctrl+C to both, and a worker that is told twice does not stop at all. A worker whose parent was killed
    ends too: else it would go on answering at the port, beside the workers of the next start.
    """
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None and os.name == "posix":
        threading.Thread(target=_end_with, args=(parent.pid,), daemon=True, name="parent").start()
    return make()


def _end_with(parent: int) -> None:
    """Ends this process once it is no longer the child of that one. What it was doing is as safe as in a power cut."""
    while os.getppid() == parent:
        time.sleep(GLANCE)
    os._exit(1)
