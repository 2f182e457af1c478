"""A small demo, made once for the session by the same code as the whole one. Today is the real today."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from serving import Server, free_port
from small_county import SmallDemo
from world import Browser

from villagehub.app import create_app
from villagehub.kernel import clock
from villagehub.ops.demo.addresses import settle
from villagehub.ops.demo.making import make_county, tell
from villagehub.ops.demo.posters import hang_poster
from villagehub.ops.installing import prepare
from villagehub.storage import db

SMALL = 5
"""Villages: the first five have a returned account, a waiting one, an objection, a correction and a nil return."""


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDemo]:
    """Five villages of the county."""
    instance = tmp_path_factory.mktemp("small") / "demo"
    instance.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOST", "PORT", "DATABASE_URL", "DEMO", "BASE_URL"):
            patch.delenv(f"VILLAGEHUB_{name}", raising=False)
        settings = settle(instance, None, None)
    prepare(settings)
    app = create_app(settings)
    app.test_client_class = Browser
    tale = tell(clock.today(), villages=SMALL)
    make_county(app, settings, tale, lambda _: None)
    yield SmallDemo(app, tale, instance)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def board(small_demo: SmallDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A copy of the small demo behind a real server, and its poster."""
    instance = tmp_path_factory.mktemp("board") / "demo"
    server = Server(instance, f"http://127.0.0.1:{free_port()}")
    with small_demo.app.app_context():
        settings = replace(small_demo.app.extensions["villagehub"], base_url=server.url)
        poster = hang_poster(small_demo.app, settings, small_demo.villages[0], now=clock.now())
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(small_demo.instance, instance)
    server.start()
    yield server, instance / poster.name
    server.stop()
