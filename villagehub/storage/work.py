"""The one committer, and the way a connection is set up on each engine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.orm import Session

from villagehub.kernel.disk import DiskFull, is_full
from villagehub.storage.base import db
from villagehub.storage.bulk import as_json
from villagehub.storage.faults import first_sentence, keep_first_sentence
from villagehub.storage.text_index import TOKENS, purge_freed

_at_work: ContextVar[bool] = ContextVar("villagehub_at_work", default=False)
ERASED = (
    "row",
    "row_face",
    "row_match",
    "version",
    "version_fact",
    "vote",
    "question",
    "question_event",
    "errand",
    "errand_line",
    "stored_page",
    "upload",
    "upload_trace",
    TOKENS,
)
"""Tables in which an erasure leaves something behind."""
WRITES = "villagehub_writes"
"""Execution option of a connection that will write: on SQLite it begins with BEGIN IMMEDIATE."""


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: commits when the block ends, rolls back when it raises. Nothing else commits.

    Needs an application context. Refuses to be nested: an action that needs a transaction is handed the session.
    """
    if _at_work.get():
        raise RuntimeError("unit_of_work inside unit_of_work: hand the session on instead")
    token = _at_work.set(True)
    session = Session(db.engine.execution_options(**{WRITES: True}), expire_on_commit=False)
    try:
        with session.begin():
            yield session
    finally:
        session.close()
        _at_work.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads, and reads one moment: what others commit meanwhile it does not see, on either engine. On SQLite
    it never takes the write lock; nothing it holds is committed.
    """
    session = Session(_one_moment(db.engine), autoflush=False)
    try:
        yield session
    finally:
        session.close()


def _one_moment(engine: Engine) -> Engine:
    """SQLite shows a transaction one moment; PostgreSQL shows each statement its own unless told otherwise, and a check that
    adds up two of them finds faults that never were.
    """
    return (
        engine.execution_options(isolation_level="REPEATABLE READ") if engine.dialect.name == "postgresql" else engine
    )


def wipe_freed() -> None:
    """After an erasure: what was emptied must not lie about in the write-ahead log (SQLite) or in dead rows (PostgreSQL).

    Waits for nobody: where a reader holds old pages, the next checkpoint or vacuum takes them. Needs an application context.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            with connection.execution_options(**{WRITES: True}).begin():
                purge_freed(connection)
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ERASED:
            connection.exec_driver_sql(f'VACUUM "{table}"')


def engine_options(url: str) -> dict[str, Any]:
    """Options for Flask-SQLAlchemy's engine: readable JSON, a tested pool on PostgreSQL."""
    options: dict[str, Any] = {
        "hide_parameters": True,  # a fault's text goes into the log, and bound values are people's data
        "json_serializer": as_json,
    }
    if make_url(url).get_backend_name() == "postgresql":
        options["pool_pre_ping"] = True
    return options


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    """What SQLite would put into files beside the database for the time of a statement stays in memory: those files hold what
    the rows hold, and once a long statement has begun one, every further row of the transaction is written there several times.
    """
    raw.isolation_level = None  # the driver must not begin transactions of its own
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "trusted_schema=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def files_of(database: Path) -> list[Path]:
    """SQLite's file and those that stand beside it while it is used, as far as they are there."""
    beside = (database, *(database.with_name(f"{database.name}{end}") for end in ("-wal", "-shm")))
    return [one for one in beside if one.is_file()]


def _born_closed(engine: Engine) -> None:
    """SQLite makes its file for everybody to read, and the files beside it like the first; so the first is made here."""
    if engine.url.database:
        with suppress(FileExistsError):
            os.close(os.open(engine.url.database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _keep_first_sentence(context: ExceptionContext) -> None:
    """On PostgreSQL only the first sentence stays, in SQLAlchemy's fault too."""
    first = first_sentence(context.original_exception)
    if first and context.sqlalchemy_exception is not None:
        keep_first_sentence(context.original_exception)
        context.sqlalchemy_exception.args = (f"({type(context.original_exception).__name__}) {first}",)


def _say_that_the_disk_is_full(context: ExceptionContext) -> None:
    if is_full(context.original_exception):
        raise DiskFull() from context.original_exception


def prepare_engine(engine: Engine) -> None:
    """Attaches the connection set-up of SQLite, or PostgreSQL's discretion about faults, and DiskFull on both; once."""
    if not event.contains(engine, "handle_error", _say_that_the_disk_is_full):
        event.listen(engine, "handle_error", _say_that_the_disk_is_full)
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _prepare_sqlite):
        event.listen(engine, "do_connect", lambda *_: _born_closed(engine))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if engine.dialect.name == "postgresql" and not event.contains(engine, "handle_error", _keep_first_sentence):
        event.listen(engine, "handle_error", _keep_first_sentence)


def register(app: Flask, url: str) -> None:
    """Binds the extension to the application; the database's folder is made if need be."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
