"""``/metrics`` in Prometheus' text format: off by default, for this machine or whoever brings the token.

Workers count into files that ``villagehub serve`` gives them to share, so that whichever of them answers tells the sum of
all; under another server each worker counts for itself and its answer says which one it is. Labels hold routes' patterns,
methods and status codes: nothing of what anybody read.
"""

import hmac
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version as installed_version
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, request
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import db, reading
from villagehub.storage.tables import PageDirty

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own variable for the folder in which workers count together."""
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_TOLD: Final = "villagehub.told"
_REGISTRY: Final = "villagehub_metrics"
_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class MetricsClosed(Refused):
    """The caller is neither this machine nor has the token."""

    code = "metrics_closed"
    message = "运行数据只给这台服务器自己看，或者给带着令牌的来访。"
    fix = "请在服务器上打开；别的机器要带上设置 metrics_token 里的令牌。"
    status = 403


class Counted:
    """WSGI, before everything else: counts what is answered, stored pages too, and how long it took."""

    def __init__(self, inner: Wsgi, registry: "CollectorRegistry") -> None:
        from prometheus_client import Counter, Gauge, Histogram

        self._inner = inner
        self._answers = Counter(
            "villagehub_answers",
            "Answered requests by route; 'stored' are pages answered before the application.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "villagehub_answer_seconds",
            "Time to an answer, by who gave it: stored pages or the application.",
            ("by",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._running = Gauge(
            "villagehub_requests_running",
            "Requests being answered now.",
            registry=registry,
            multiprocess_mode="livesum",
        )

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        began, status = time.perf_counter(), "500"
        told: dict[str, str] = {}
        environ[_TOLD] = told

        def note(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, headers, *rest)

        self._running.inc()
        try:
            return self._inner(environ, note)
        finally:
            self._running.dec()
            route = told.get("route", "stored")
            self._answers.labels(route, _method(environ), status).inc()
            by = "stored" if route == "stored" else "application"
            self._seconds.labels(by).observe(time.perf_counter() - began)


class State:
    """How things stand at the moment of asking: the same whichever worker is asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def collect(self) -> "Iterator[Metric]":
        """Needs an application context."""
        from prometheus_client.core import GaugeMetricFamily

        version = GaugeMetricFamily("villagehub_version", "Always 1; the label names the version.", labels=("version",))
        version.add_metric((installed_version("villagehub"),), 1)
        yield version
        usage = shutil.disk_usage(self._settings.instance)
        yield GaugeMetricFamily("villagehub_disk_free_bytes", "Free bytes where the data lie.", usage.free)
        yield GaugeMetricFamily("villagehub_disk_bytes", "All bytes where the data lie.", usage.total)
        waiting = _waiting()
        yield GaugeMetricFamily("villagehub_database_up", "1 when the database answers.", int(waiting is not None))
        if waiting is not None:
            count, seconds = waiting
            yield GaugeMetricFamily("villagehub_pages_waiting", "Marks of pages that are not built yet.", count)
            yield GaugeMetricFamily("villagehub_pages_waiting_seconds", "Age of the oldest such mark.", seconds)


def count(app: Flask) -> None:
    """Makes this worker count, if the settings want metrics. Called once in every worker, last of all fittings."""
    if not _settings(app).metrics:
        return
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    app.extensions[_REGISTRY] = registry
    app.wsgi_app = Counted(app.wsgi_app, registry)  # type: ignore[method-assign]


def register(app: Flask) -> None:
    """The address; without the setting there is nothing."""

    def metrics() -> Response:
        settings = _settings(current_app)
        if not settings.metrics:
            raise NotFound()
        if not (_has_token(settings) or _is_this_machine(settings)):
            raise MetricsClosed()
        return Response(exposition(), content_type=CONTENT_TYPE)

    def tell(response: Response) -> Response:
        told = request.environ.get(_TOLD)
        if told is not None:
            told["route"] = request.url_rule.rule if request.url_rule else "none"
        return response

    app.add_url_rule("/metrics", view_func=metrics)
    app.after_request(tell)


def exposition() -> bytes:
    """The sum of all workers and the state of things, as text. Needs an application context."""
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    state = CollectorRegistry()
    state.register(State(_settings(current_app)))
    shared = os.environ.get(SHARED)
    if shared:
        _forget_dead_workers(Path(shared))
        workers = CollectorRegistry()
        MultiProcessCollector(workers, path=shared)  # type: ignore[no-untyped-call]
        return generate_latest(state) + generate_latest(workers)
    own = current_app.extensions.get(_REGISTRY)
    which = (
        "# HELP villagehub_worker The process that counted what follows, itself only.\n# TYPE villagehub_worker gauge\n"
    )
    which += f'villagehub_worker{{pid="{os.getpid()}"}} 1\n'
    return generate_latest(state) + which.encode() + (generate_latest(own) if own is not None else b"")


def _forget_dead_workers(shared: Path) -> None:
    """What a worker that was killed was doing then is not being done now; what it had counted stays in the sums."""
    from prometheus_client.multiprocess import mark_process_dead

    for pid in {int(path.stem.rpartition("_")[2]) for path in shared.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            with suppress(FileNotFoundError):  # the other worker was quicker
                mark_process_dead(pid, str(shared))  # type: ignore[no-untyped-call]
        except PermissionError:
            continue


def _waiting() -> tuple[int, int] | None:
    """How many marks wait for their pages and how old the oldest is, in whole seconds; None when the database does not answer."""
    try:
        with reading() as session:
            number, oldest = session.execute(select(func.count(), func.min(PageDirty.marked_at))).one()
    except (DBAPIError, Refused):
        db.engine.dispose()
        return None
    return number, max(0, int((clock.now() - oldest).total_seconds())) if oldest else 0


def _method(environ: Environ) -> str:
    method = str(environ.get("REQUEST_METHOD", ""))
    return method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"  # anybody can invent more


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["villagehub"]
    return settings


def _has_token(settings: Settings) -> bool:
    sent = request.headers.get("Authorization", "").encode()
    return bool(settings.metrics_token) and hmac.compare_digest(sent, f"Bearer {settings.metrics_token}".encode())


def _is_this_machine(settings: Settings) -> bool:
    """A proxy on this machine that the settings do not know would make everybody look local: then nobody is."""
    if not settings.proxies and any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
