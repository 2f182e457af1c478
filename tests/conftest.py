"""Fixtures for all rooms, few on purpose.

- ``app``: the application on a fresh database, made by the real migrations. Runs on SQLite always, and once more on PostgreSQL
  when VILLAGEHUB_TEST_POSTGRES names a server (any user who may create databases). The schema is migrated once per session
  and copied: a file on SQLite, a TEMPLATE on PostgreSQL.
- ``county``: asking for it gives ``app`` a database in which an invented county stands, with one person in every office of
  青石沟村 and above. It is data to begin with, made by the real actions; a test reaches its own state by actions too.
- ``chromium``: one real browser for the session; skips where there is none.
- ``client``: a browser (``world.Browser``) that nobody has signed in with; ``sign_in(login)`` gives one that somebody has.
"""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from browsing import chromium  # noqa: F401 - a fixture, for every folder
from flask import Flask
from hypothesis import settings
from remembered import remember
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from world import COUNTY, Browser, County, settings_for, settle_county

from villagehub.app import create_app
from villagehub.storage import db, migrate

remember()
settings.register_profile("villagehub", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("villagehub")
POSTGRES = os.environ.get("VILLAGEHUB_TEST_POSTGRES", "")
ENGINES = ["sqlite", *([pytest.param("postgres", marks=pytest.mark.postgres)] if POSTGRES else [])]


class Databases:
    """Makes databases of each kind from templates that are migrated (and settled) once per session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[tuple[str, bool], str] = {}
        self._made: list[str] = []

    def fresh(self, kind: str, folder: Path, *, settled: bool) -> str:
        """The address of a new database, copied from the template."""
        template = self._template(kind, settled)
        if kind == "sqlite":
            shutil.copy(template, folder / "villagehub.db")
            return f"sqlite:///{folder / 'villagehub.db'}"
        return self._create(f' TEMPLATE "{template}"')

    def drop(self, url: str) -> None:
        """Removes a PostgreSQL database; a file goes with its folder."""
        if url.startswith("postgresql"):
            self._server(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def drop_templates(self) -> None:
        """Removes what the session made on the server."""
        for url in self._made:
            self.drop(url)

    def _template(self, kind: str, settled: bool) -> str:
        if (kind, settled) not in self._templates:
            folder = self._folder / f"{kind}-{settled}"
            folder.mkdir(exist_ok=True)
            url = f"sqlite:///{folder / 'template.db'}" if kind == "sqlite" else self._create("")
            app = create_app(settings_for(folder, url))
            with app.app_context():
                migrate.upgrade(db.engine)
                if settled:
                    settle_county()
                db.engine.dispose()
            if kind == "sqlite":
                connection = sqlite3.connect(folder / "template.db")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.close()
            name = make_url(url).database or ""
            self._templates[kind, settled] = name
        return self._templates[kind, settled]

    def _create(self, how: str) -> str:
        name = f"villagehub_test_{os.getpid()}_{secrets.token_hex(4)}"
        self._server(f'CREATE DATABASE "{name}"{how}')
        address = make_url(POSTGRES).set(drivername="postgresql+psycopg", database=name)
        url = address.render_as_string(hide_password=False)
        self._made.append(url)
        return url

    def _server(self, statement: str) -> None:
        address = make_url(POSTGRES).set(drivername="postgresql+psycopg")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The session's templates."""
    held = Databases(tmp_path_factory.mktemp("templates"))
    yield held
    held.drop_templates()


@pytest.fixture(params=ENGINES)
def engine_kind(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgres``."""
    return str(request.param)


@pytest.fixture
def app(request: pytest.FixtureRequest, engine_kind: str, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh, migrated database; with ``county`` asked for too, on one where the county stands."""
    instance = tmp_path / "instance"
    instance.mkdir()
    url = databases.fresh(engine_kind, instance, settled="county" in request.fixturenames)
    made = create_app(settings_for(instance, url))
    made.test_client_class = Browser
    yield made
    with made.app_context():
        db.engine.dispose()
    databases.drop(url)


@pytest.fixture
def county(app: Flask) -> County:
    """The invented county that stands in ``app``'s database."""
    assert app
    return COUNTY


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return cast("Browser", app.test_client())


@pytest.fixture
def sign_in(app: Flask) -> Callable[[str], Browser]:
    """``sign_in("clerk")`` gives a browser of its own, signed in over the real page."""

    def browser_of(login: str) -> Browser:
        browser = cast("Browser", app.test_client())
        answer = browser.sign_in(login)
        assert answer.status_code == 303, answer.text
        return browser

    return browser_of
