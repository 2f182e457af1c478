"""``villagehub serve``: granian with two workers, or waitress where granian cannot be had."""

import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from villagehub.config import PREFIX, Settings, load_settings
from villagehub.kernel.refused import Refused
from villagehub.storage import migrate

FACTORY: Final = "villagehub.wsgi:make"
THREADS: Final = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Threads of a worker: an upload or a sign-in may take a moment, and others must not wait for it. Granian advises against
more than twice the cores."""
GRACE: Final = 30
"""Seconds that running requests get when the server is asked to stop."""


class NotInstalled(Refused):
    """The database is missing or belongs to another version of the program."""

    code = "not_installed"
    message = "数据库还没有建好，或者不是这个版本的（{instance}）。"
    fix = "请先运行 villagehub init；只想试试看，请运行 villagehub demo。"
    status = 503


class NoDatabase(Refused):
    """The database server does not answer, or does not let us in."""

    code = "no_database"
    message = "连不上数据库。"
    fix = "请看设置 database_url 写得对不对，数据库服务开了没有，磁盘和文件夹有没有权限写。"
    status = 503


class NoServer(Refused):
    """Neither granian nor waitress can be imported."""

    code = "no_server"
    message = "没有找到网站服务程序 granian，也没有 waitress。"
    fix = "请运行 pip install waitress 再试，或用任何 WSGI 服务程序打开 villagehub.wsgi:make。"
    status = 503


@click.command("serve", help="打开网站。按 Ctrl+C 停下。")
@click.option("--host", help="监听的地址；0.0.0.0 让同一个网里的手机也能打开。默认看设置，再默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(1, 65535), help="端口。默认看设置，再默认 8000。")
@click.option("--workers", type=click.IntRange(1, 32), help="工作进程数。默认看设置，再默认 2。")
def serve_command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serves the instance until it is told to stop."""
    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"{PREFIX}{name}"] = str(value)
    serve(load_settings())


def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM, then lets running requests end and checkpoints the database. Raises NotInstalled,
    NoDatabase, NoServer. Workers read the settings again, from the same instance and environment.
    """
    engine = create_engine(settings.database_url)
    try:
        _must_be_installed(engine, settings)
        os.environ[f"{PREFIX}INSTANCE"] = str(settings.instance)
        os.environ[f"{PREFIX}HOST"] = settings.host
        os.environ[f"{PREFIX}PORT"] = str(settings.port)
        click.echo(f"网站开在 {settings.base_url} ，按 Ctrl+C 停下。")
        _run_server(settings)
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    click.echo("网站已停下，数据都在。")


def _must_be_installed(engine: Engine, settings: Settings) -> None:
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file).is_file():  # connecting would make an empty one
        raise NotInstalled(instance=settings.instance)
    try:
        held = migrate.current(engine)
    except OperationalError as fault:
        raise NoDatabase() from fault
    if held != migrate.head():
        raise NotInstalled(instance=settings.instance)


def _run_server(settings: Settings) -> None:
    try:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels
    except ImportError:
        _run_waitress(settings)
        return
    Granian(
        FACTORY,
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


def _run_waitress(settings: Settings) -> None:
    try:
        import waitress  # type: ignore[import-untyped]
    except ImportError:
        raise NoServer() from None
    module, _, factory = FACTORY.partition(":")
    app = getattr(import_module(module), factory)()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # waitress ends its running requests on SystemExit
    waitress.serve(app, host=settings.host, port=settings.port, threads=THREADS, _quiet=True)
