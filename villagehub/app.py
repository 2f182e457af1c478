"""Builds the application: settings, storage, web fittings, and one line per room."""

from pathlib import Path
from typing import Final

from flask import Flask

from villagehub import (
    accounts,
    api,
    cases,
    disclosures,
    labels,
    ledgers,
    profiles,
    public,
    questions,
    receipts,
    redactions,
    supervision,
    transparency,
    web,
)
from villagehub.config import Settings, load_settings
from villagehub.disclosures.after import after_publish
from villagehub.ops import metrics, readiness
from villagehub.storage.keys import load_key
from villagehub.storage.work import register as register_storage
from villagehub.transparency.ours import write_own_log

_PACKAGE: Final = Path(__file__).resolve().parent


def assets(folder: str) -> Path:
    """``templates`` or ``static``: inside an installed wheel, else beside the package."""
    inside = _PACKAGE / "_assets" / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application for these settings (default: as ``load_settings`` finds them). Raises BadSetting, BadKey."""
    settings = settings or load_settings()
    app = Flask(
        "villagehub",
        root_path=str(_PACKAGE),
        template_folder=str(assets("templates")),
        static_folder=str(assets("static")),
        instance_path=str(settings.instance),
    )
    app.secret_key = load_key(settings.keys, "secret")
    app.extensions["villagehub"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    register_storage(app, settings.database_url)
    web.register(app, settings)
    readiness.register(app)
    metrics.register(app)
    accounts.register(app)
    transparency.register(app)
    after_publish(app, write_own_log)
    disclosures.register(app)
    ledgers.register(app)
    receipts.register(app)
    labels.register(app)
    supervision.register(app)
    questions.register(app)
    cases.register(app)
    profiles.register(app)
    public.register(app)
    api.register(app)
    redactions.register(app)
    return app
