"""Load: readers of one village's pages while others publish in that very village. Not a test: run it by hand.

    python tests/bench/load.py                          # SQLite, 200 readers, 2 writers, 60 s, two workers
    python tests/bench/load.py --postgres URL           # the same on a throw-away database of that server

Each reader asks once a second on a line of its own, and every tenth time the baseline: the same server program with one
worker that answers the same bytes from memory. Times run from when a request was due, so that waiting for the one before
counts too. Each writer walks the road again and again, one step a second: draft with rows, a change, submission, two
signatures, publication with what follows it: the log, and the building of its pages. Absolute times say more about the
machine than about the program: the ratio to the baseline of the same run is what may be compared. Readers and server share
the machine, as on a village's old PC.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import road  # noqa: E402 - tests are no package
from serving import Server, free_port  # noqa: E402
from sqlalchemy import create_engine, select  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402
from world import settings_for, settle_county  # noqa: E402

from villagehub.app import create_app  # noqa: E402
from villagehub.disclosures.after import run_after_publish  # noqa: E402
from villagehub.kernel import clock  # noqa: E402
from villagehub.ops.doctor import KEYS  # noqa: E402
from villagehub.public.build import build_dirty  # noqa: E402
from villagehub.public.models import StoredPage  # noqa: E402
from villagehub.storage import db, migrate, reading  # noqa: E402
from villagehub.storage.keys import load_key  # noqa: E402

ROWS = 47
EVERY_TENTH = 10
FINANCE = [road.entry(f"2026-07-{one % 28 + 1:02d}", f"第 {one} 笔支出", 1000 + one) for one in range(ROWS)]


def on_server(postgres: str, statement: str) -> None:
    """One statement on the database server itself."""
    engine = create_engine(make_url(postgres).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as held:
        held.exec_driver_sql(statement)
    engine.dispose()


def settle(instance: Path, url: str) -> tuple[list[str], bytes]:
    """A village that has published two quarters; its stored pages' paths, and one page's bytes for the baseline."""
    for name in KEYS:
        load_key(instance / "keys", name)
    app = create_app(settings_for(instance, url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        road.published(FINANCE, of=road.account(period="2026Q2"))
        road.published(FINANCE, opening=None)
        build_dirty()
        with reading() as session:
            pages = list(session.scalars(select(StoredPage)))
        db.engine.dispose()
    return [one.path for one in pages], max((bytes(one.body) for one in pages), key=len)


def write(instance: str, url: str, which: int, pause: float, until: float, told: Any) -> None:
    """One writer: corrections of a quarter, or one batch after the other, with a pause after each of the six steps of the
    road. Tells how many it published and what failed.
    """
    app = create_app(settings_for(Path(instance), url))
    published, number = 0, 2
    faults: list[str] = []

    def draft() -> int:
        if not which % 2:
            return road.correct(number)
        batch = road.account("funds", "2026Q3", subject=f"第 {published} 批补助 {which}")
        rows = [{"recipient": f"张{one}", "group_name": "一组", "amount": 5000 + one} for one in range(ROWS)]
        return road.fill(rows, of=batch, opening=None)

    def change(version_id: int) -> None:
        if not which % 2:
            road.change_row(version_id, 1 + ROWS + published % ROWS, summary=f"改过的第 {published} 笔")

    def agree(login: str) -> Callable[[int], Any]:
        return lambda version_id: road.agree(version_id, login)

    def publish(version_id: int) -> None:
        nonlocal number, published
        number = road.publish(version_id)
        run_after_publish()
        published += 1

    steps = (change, road.submit, agree(road.COUNTY.member), agree(road.COUNTY.second_member), publish)
    with app.app_context():
        while time.time() < until:
            try:
                road.NOW = clock.now()
                held = draft()
                for step in steps:
                    time.sleep(pause)
                    road.NOW = clock.now()
                    step(held)
            except Exception as fault:
                faults.append(repr(fault)[:300])
            time.sleep(pause)
        db.engine.dispose()
    told.put((published, faults))


async def read(paths: list[str], port: int, plain: int, begin: float, seconds: int, pages: list, base: list) -> int:
    """One reader; how many answers were no good."""
    dice, wrong = random.Random(), 0
    lines: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}
    shift, first = dice.random(), dice.randrange(EVERY_TENTH)
    for turn in range(seconds):
        due = begin + shift + turn
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        to, path = (plain, "/") if turn % EVERY_TENTH == first else (port, dice.choice(paths))
        try:
            if to not in lines:
                lines[to] = await asyncio.open_connection("127.0.0.1", to)
            status = await ask(*lines[to], path)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            lines.pop(to, None)
            status = 0
        if status != 200:
            wrong += 1
        else:
            (base if to == plain else pages).append(time.perf_counter() - due)
    for _, writer in lines.values():
        writer.close()
    return wrong


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """One request on a line that stays open; its status."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))
    return int(head.split(b" ", 2)[1])


def centiles(times: list[float]) -> dict[str, float]:
    """Milliseconds."""
    ordered = sorted(times)
    at = {name: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for name, share in SHARES} if ordered else {}
    return {name: round(value * 1000, 2) for name, value in at.items()}


SHARES = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    import socket

    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("the baseline did not start")


def measure(words: argparse.Namespace, folder: Path, url: str) -> dict[str, Any]:
    """One run on this database."""
    server = Server(folder / "instance", f"http://127.0.0.1:{free_port()}", workers=words.workers)
    server.instance.mkdir()
    server.more = {"VILLAGEHUB_DATABASE_URL": url, "VILLAGEHUB_LOG_LEVEL": "WARNING"}
    paths, body = settle(server.instance, url)
    (folder / "body").write_bytes(body)
    plain = free_port()
    plainly = [sys.executable, str(HERE / "plain.py"), str(plain), str(folder / "body")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])}
    baseline = subprocess.Popen(plainly, env=environ, cwd=HERE)
    spawn = multiprocessing.get_context("spawn")
    told = spawn.Queue()
    try:
        server.start()
        wait_for(plain)
        until = time.time() + 6 + words.seconds
        job = [
            spawn.Process(target=write, args=(str(server.instance), url, one, words.pause, until, told))
            for one in range(words.writers)
        ]
        for one in job:
            one.start()
        time.sleep(5)  # the writers load their program
        pages, base = [], []

        async def crowd() -> int:
            begin = time.perf_counter() + 0.5
            port = int(server.url.rpartition(":")[2])
            readers = [read(paths, port, plain, begin, words.seconds, pages, base) for _ in range(words.readers)]
            return sum(await asyncio.gather(*readers))

        wrong = asyncio.run(crowd())
        written = [told.get(timeout=60) for _ in job]
        for one in job:
            one.join(30)
    finally:
        server.stop()
        baseline.terminate()
        baseline.wait(20)
    mine, theirs = centiles(pages), centiles(base)
    return {
        "database": make_url(url).get_backend_name(),
        "seconds": words.seconds,
        "readers": words.readers,
        "writers": words.writers,
        "pause": words.pause,
        "workers": words.workers,
        "answers": len(pages) + len(base),
        "errors": wrong + sum(len(faults) for _, faults in written),
        "published": sum(number for number, _ in written),
        "faults": [fault for _, faults in written for fault in faults][:5],
        "stored_pages_ms": mine,
        "baseline_ms": theirs,
        "ratio_p95": round(mine["p95"] / theirs["p95"], 2) if mine and theirs else None,
    }


def main() -> None:
    """Runs once and prints the result as JSON and as a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds a writer rests after each step")
    parser.add_argument("--postgres", help="address of a server where a database may be made and dropped")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="villagehub-bench-") as made:
        folder, name = Path(made), f"villagehub_bench_{secrets.token_hex(4)}"
        if words.postgres:
            on_server(words.postgres, f'CREATE DATABASE "{name}"')
            place = make_url(words.postgres).set(drivername="postgresql+psycopg", database=name)
            url = place.render_as_string(hide_password=False)
        else:
            url = f"sqlite:///{folder / 'instance' / 'villagehub.db'}"
        try:
            found = measure(words, folder, url)
        finally:
            if words.postgres:
                on_server(words.postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    print(json.dumps(found, ensure_ascii=False, indent=1))
    mine, base = found["stored_pages_ms"], found["baseline_ms"]
    print(
        f"{found['database']}：{found['readers']} 人看、{found['writers']} 人写，{found['seconds']} 秒，"
        f"错 {found['errors']}，公开 {found['published']} 次；页面 p50/p95/p99 {mine.get('p50')}/{mine.get('p95')}/"
        f"{mine.get('p99')} ms，基准 p95 {base.get('p95')} ms，比 {found['ratio_p95']}"
    )


if __name__ == "__main__":
    main()
