"""Is the process alive (/healthz), and can it do its work (/readyz)? ``villagehub doctor`` says what to do."""

import shutil
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, current_app
from sqlalchemy import insert

from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.ops.doctor import KEYS
from villagehub.ops.running import is_stopping
from villagehub.storage import db, migrate, unit_of_work
from villagehub.storage.keys import key_path, load_key
from villagehub.storage.tables import PageDirty
from villagehub.storage.vault import LEAST_FREE_PERCENT
from villagehub.web.logs import log


class _TakeBack(Exception):
    """Ends the trial write."""


def _database() -> bool:
    """A write that is taken back: it needs the write lock, a writable file and our tables."""
    try:
        with unit_of_work() as session:
            session.execute(insert(PageDirty).values(village_id=0, what="readyz", marked_at=clock.now()))
            raise _TakeBack
    except _TakeBack:
        return True


def _migrations() -> bool:
    return migrate.current(db.engine) == migrate.head()


def _keys() -> bool:
    folder = _settings().keys
    return all(key_path(folder, name).is_file() and load_key(folder, name) for name in KEYS)


def _disk() -> bool:
    usage = shutil.disk_usage(_settings().instance)
    return usage.free * 100 >= usage.total * LEAST_FREE_PERCENT


def _settings() -> Settings:
    settings: Settings = current_app.extensions["villagehub"]
    return settings


def _serving() -> bool:
    return not is_stopping()


CHECKS: Final[dict[str, Callable[[], bool]]] = {
    "database": _database,
    "migrations": _migrations,
    "keys": _keys,
    "disk": _disk,
    "serving": _serving,
}


def failing() -> list[str]:
    """Names of the checks that do not hold; a check that cannot be made does not hold. Needs an application context."""
    found: list[str] = []
    for name, check in CHECKS.items():
        try:
            holds = check()
        except Exception:
            log.exception("readiness_check_failed", check=name)
            holds = False
        if not holds:
            found.append(name)
    return found


def register(app: Flask) -> None:
    """The two addresses for whoever watches the server; they tell names of checks and nothing about the data."""

    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    def readyz() -> Response:
        wrong = failing()
        lines = "".join(f"{name}: {'failed' if name in wrong else 'ok'}\n" for name in CHECKS)
        return Response(lines, status=503 if wrong else 200, content_type="text/plain; charset=utf-8")

    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
