"""The door for WSGI servers: ``villagehub.wsgi:make`` is a factory, called once in every worker."""

import signal

from flask import Flask

from villagehub.app import create_app
from villagehub.config import load_settings
from villagehub.ops import metrics
from villagehub.web.logs import configure_logging


def make() -> Flask:
    """The application with the settings that this process finds; logs go to standard error."""
    settings = load_settings()
    configure_logging(settings.log_level)
    app = create_app(settings)
    metrics.count(app)
    return app


def make_worker() -> Flask:
    """The application of one of granian's workers. The worker leaves Ctrl+C to its parent, which then stops all workers: a
    terminal sends Ctrl+C to both, and a worker that is told twice does not stop at all.
    """
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return make()
