"""The door of the process that ``villagehub serve`` keeps beside the web server: ``python -m villagehub.clockwork PIPE``."""

import sys

from flask import Flask

from villagehub.config import Settings, load_settings
from villagehub.ops.beside import tick_until_end


def make() -> tuple[Flask, Settings]:
    """The application with the settings that this process finds; logs go to standard error."""
    from villagehub.app import create_app
    from villagehub.web.logs import configure_logging

    settings = load_settings()
    configure_logging(settings.log_level)
    return create_app(settings), settings


if __name__ == "__main__":
    tick_until_end(int(sys.argv[1]), make)
