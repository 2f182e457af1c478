"""The door for WSGI servers: ``villagehub.wsgi:make`` is a factory, called once in every worker."""

from flask import Flask

from villagehub.app import create_app
from villagehub.config import load_settings
from villagehub.web.logs import configure_logging


def make() -> Flask:
    """The application with the settings that this process finds; logs go to standard error."""
    settings = load_settings()
    configure_logging(settings.log_level)
    return create_app(settings)
