"""``villagehub serve``: granian with two workers, or waitress where granian cannot be had; beside them the clock's runner."""

import os
import signal
import sys
from importlib import import_module
from threading import Timer
from types import FrameType
from typing import Final

import click
from sqlalchemy import create_engine

from villagehub.config import PREFIX, Settings, load_settings
from villagehub.kernel.refused import Refused
from villagehub.ops.beside import ticking_beside
from villagehub.ops.installed import must_be_installed
from villagehub.ops.metrics import SHARED
from villagehub.ops.running import is_stopping, say_stopping, shared_folder

FACTORY: Final = "villagehub.wsgi:make"
WORKER: Final = "villagehub.wsgi:make_worker"
THREADS: Final = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Threads of a worker: an upload or a sign-in may take a moment, and others must not wait for it. Granian advises against
more than twice the cores."""
GRACE: Final = 30
"""Seconds that running requests get when the server is asked to stop."""
FAREWELL: Final = 2.0
"""Seconds between SIGTERM and the closing of the port: /readyz already says "not ready", and whoever watches it leads readers
elsewhere; readers who still come are served."""


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
    """Serves until SIGINT or SIGTERM, then says "not ready", lets running requests end and checkpoints the database. Raises
    NotInstalled, NoDatabase, NoServer. Workers read the settings again, from the same instance and environment.
    """
    must_be_installed(settings)
    engine = create_engine(settings.database_url)
    try:
        os.environ[f"{PREFIX}INSTANCE"] = str(settings.instance)
        os.environ[f"{PREFIX}HOST"] = settings.host
        os.environ[f"{PREFIX}PORT"] = str(settings.port)
        where = f"监听 {settings.host} 的 {settings.port} 端口"
        click.echo(f"网站正在打开，几秒钟后能用：{settings.base_url} （{where}）。按 Ctrl+C 停下。")
        with shared_folder() as shared, ticking_beside():
            if settings.metrics:
                os.environ[SHARED] = str(shared)
            _run_server(settings)
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()
    click.echo("网站已停下，数据都在。")


def _run_server(settings: Settings) -> None:
    try:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels
    except ImportError:
        _run_waitress(settings)
        return
    server = Granian(
        WORKER,
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
    )
    server.on_startup(_say_farewell)
    server.serve()


def _say_farewell() -> None:
    """Puts FAREWELL before granian's own way to stop, which closes the port at once. Told a second time it stops at once.

    A worker that is still loading has inherited the handler and not yet its own: it just leaves.
    """
    stop, parent = signal.getsignal(signal.SIGTERM), os.getpid()
    assert callable(stop)  # noqa: S101 - granian has set its own before it calls its hooks

    def leave(number: int, frame: FrameType | None) -> None:
        if os.getpid() != parent:
            os._exit(0)  # an exception might rise in a callback of the collector, where it is ignored
        if is_stopping():
            stop(number, frame)
            return
        say_stopping()
        later = Timer(FAREWELL, stop, (number, frame))
        later.daemon = True
        later.start()

    signal.signal(signal.SIGTERM, leave)


def _run_waitress(settings: Settings) -> None:
    try:
        import waitress  # type: ignore[import-untyped]
    except ImportError:
        raise NoServer() from None
    module, _, factory = FACTORY.partition(":")
    app = getattr(import_module(module), factory)()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # waitress ends its running requests on SystemExit
    waitress.serve(app, host=settings.host, port=settings.port, threads=THREADS, _quiet=True)
