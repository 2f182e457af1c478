"""A backup from before a redaction brings the words back: whoever restores it is told which publications, and what to do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import test_redacted_opinions
import test_redaction
from click.testing import CliRunner
from flask import Flask
from test_redacted_opinions import objected, review_of
from test_redaction import SignIn, quarter
from world import COUNTY

from villagehub.cli import cli
from villagehub.storage import db

__all__ = ["objected", "quarter"]


def test_catching_up_names_the_publication_whose_redacted_objection_is_back(
    app: Flask, objected: int, sign_in: SignIn, tmp_path: Path, engine_kind: str
) -> None:
    words_come_back(
        app, engine_kind, tmp_path, lambda: test_redacted_opinions.redact(sign_in, objected, review_of(objected).name)
    )


def test_catching_up_names_the_publication_whose_redacted_cell_is_back(
    app: Flask, quarter: int, sign_in: SignIn, tmp_path: Path, engine_kind: str
) -> None:
    words_come_back(app, engine_kind, tmp_path, lambda: test_redaction.redact(sign_in, quarter))


def words_come_back(app: Flask, engine_kind: str, tmp_path: Path, redact: Callable[[], None]) -> None:
    """Redacts, finds nothing to say, puts the database from before back, and is told."""
    if engine_kind != "sqlite":
        pytest.skip("the file of SQLite is put back; what is asked of the database is the same")
    path = app.extensions["villagehub"].instance / "villagehub.db"
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, tmp_path / "old.db")
    redact()
    words = f"{COUNTY.village} 第 1 号公开：依法隐去过的内容，随这份备份又回来了"
    assert words not in caught_up(app), "nothing is back where nothing was restored"
    db.engine.dispose()
    for one in path.parent.glob("villagehub.db*"):
        one.unlink()
    shutil.copy(tmp_path / "old.db", path)
    said = caught_up(app)
    assert words in said
    assert "重新依法隐去一次" in said


def caught_up(app: Flask) -> str:
    settings = app.extensions["villagehub"]
    done = CliRunner().invoke(
        cli,
        ["log", "catch-up", "--from", str(settings.log)],
        obj=lambda: app,
        env={"VILLAGEHUB_INSTANCE": str(settings.instance)},
    )
    assert done.exit_code == 0, done.output + str(done.exception)
    return done.output
