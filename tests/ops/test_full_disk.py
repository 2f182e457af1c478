"""Full disk: reading goes on, writing says so in Chinese, nothing is half done; with room again the same step succeeds."""

import errno
import os
import pwd
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
import road
import time_machine
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url
from world import COUNTY, NOW, PASSWORD, Browser, settings_for

from villagehub.app import create_app
from villagehub.kernel.disk import DiskFull
from villagehub.models import metadata
from villagehub.ops.backup import make_backup
from villagehub.ops.doctor import KEYS
from villagehub.public.build import build_dirty
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.keys import load_key

ROWS = 400
V = f"/v/{COUNTY.village}"
MANY = [road.entry("2026-07-05", f"第 {one} 笔支出", 100, voucher_no=str(one)) for one in range(ROWS)]
POSTGRES = os.environ.get("VILLAGEHUB_TEST_POSTGRES", "")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own with 48 MB, where a database server can reach it too; skips where none can be mounted."""
    place = Path(tempfile.mkdtemp(prefix="villagehub-disk-"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        place.rmdir()
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    place.chmod(0o755)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


@dataclass
class Disk:
    """The installation on its small disk."""

    app: Flask
    place: Path

    def fill(self) -> None:
        """Not one block more can be had."""
        with self.app.app_context():
            if db.engine.dialect.name == "sqlite":
                with db.engine.connect() as held:
                    held.exec_driver_sql("COMMIT")
                    held.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        with (self.place / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError as fault:
                if fault.errno != errno.ENOSPC:
                    raise

    def clear(self) -> None:
        (self.place / "filler").unlink()

    def rows(self) -> dict[str, int]:
        """How many rows each table holds; tries of passwords are counted apart, before anything is done."""
        with self.app.app_context(), reading() as session:
            tables = [one for one in metadata.sorted_tables if one.name != "sign_in_throttle"]
            return {one.name: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def on_server(statement: str) -> None:
    engine = create_engine(make_url(POSTGRES).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as held:
        held.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def disk(engine_kind: str, small_disk: Path, databases) -> Iterator[Disk]:
    """A village whose second quarter is public and whose third waits for the head, all on the small disk."""
    instance = small_disk / "instance"
    instance.mkdir()
    space = ""
    if engine_kind == "sqlite":
        url = databases.fresh("sqlite", instance, settled=True)
    else:
        if make_url(POSTGRES).host not in ("127.0.0.1", "localhost", None):
            pytest.skip("PostgreSQL stands on another machine, where no small disk can be put under it")
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("the database server's user is not known here")
        (small_disk / "tables").mkdir()
        os.chown(small_disk / "tables", owner.pw_uid, owner.pw_gid)
        space = f"small_{secrets.token_hex(4)}"
        try:
            on_server(f"CREATE TABLESPACE {space} LOCATION '{small_disk / 'tables'}'")
        except Exception as fault:
            pytest.skip(f"no tablespace can be made on the small disk: {fault}")
        template = databases._template("postgres", True)
        url = databases._create(f' TEMPLATE "{template}" TABLESPACE {space}')
    for name in KEYS:
        load_key(instance / "keys", name)
    app = create_app(settings_for(instance, url))
    app.test_client_class = Browser
    with time_machine.travel(NOW, tick=True):
        with app.app_context():
            road.published(of=road.account(period="2026Q2"), rows=[road.entry("2026-04-05", "鱼塘租金", 100, "in")])
            build_dirty()
        yield Disk(app, small_disk)
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)
    if space:
        on_server(f"DROP TABLESPACE {space}")


def signed_in(app: Flask, login: str) -> Browser:
    browser = cast("Browser", app.test_client())
    assert browser.sign_in(login).status_code == 303
    return browser


def told_in_chinese(answer) -> None:
    assert answer.status_code == 507, answer.text[:500]
    assert "磁盘" in answer.text
    assert "系统管理员" in answer.text
    assert "Traceback" not in answer.text


def test_publishing_on_a_full_disk_is_all_or_nothing_and_readers_notice_nothing(disk: Disk) -> None:
    app = disk.app
    with app.app_context():
        version_id = road.agree(road.submit(road.fill(MANY, opening=None)))
    head, clerk = signed_in(app, COUNTY.head), signed_in(app, COUNTY.clerk)
    page = f"/desk/d/{version_id}/publish"
    pages = {path: app.test_client().get(path).data for path in (V, f"{V}/n", f"{V}/n/1", f"{V}/finance/2026Q2")}
    before = disk.rows()
    disk.fill()
    told_in_chinese(head.send(page, {"password": PASSWORD}, page=page))
    assert disk.rows() == before
    for path, body in pages.items():
        assert app.test_client().get(path).data == body
    assert app.test_client().get(f"{V}/finance/i/1").status_code == 200  # built on first read
    ready = app.test_client().get("/readyz")
    assert (ready.status_code, "disk: failed" in ready.text) == (503, True)
    with time_machine.travel(NOW + timedelta(minutes=5), tick=True):  # so late that the session would be touched
        assert clerk.get("/desk").status_code == 200
    disk.clear()
    assert head.send(page, {"password": PASSWORD}, page=page).status_code == 303
    assert road_number(app, version_id) == 2
    with app.app_context():
        assert f"第 {ROWS - 1} 笔支出" in app.test_client().get(f"{V}/finance/2026Q3.csv").text


def road_number(app: Flask, version_id: int) -> int:
    with app.app_context():
        return road.number_of(version_id)


def test_an_upload_is_not_taken_in_and_leaves_nothing(disk: Disk) -> None:
    clerk = signed_in(disk.app, COUNTY.clerk)
    before = disk.rows()
    disk.fill()
    ledger = "日期,摘要,收入,支出\n2026-07-01,买灯泡,,12.50\n".encode()
    fields = {"village": COUNTY.village, "section": "finance", "period": "2026Q3", "file": (BytesIO(ledger), "账.csv")}
    told_in_chinese(clerk.send("/desk/upload", fields, page="/desk/upload"))
    assert disk.rows() == before
    assert [path for path in (disk.place / "instance" / "vault").rglob("*") if path.is_file()] == []


def test_a_backup_that_finds_no_room_leaves_nothing_behind(disk: Disk) -> None:
    settings = disk.app.extensions["villagehub"]
    disk.fill()
    with pytest.raises(Exception) as fault:  # noqa: PT011 - told apart below, by what the command line asks
        make_backup(settings, disk.place / "backup")
    from villagehub.kernel.disk import is_full
    from villagehub.ops.copying import ToolFailed

    assert is_full(fault.value) or isinstance(fault.value, ToolFailed)
    assert sorted(path.name for path in disk.place.iterdir() if path.name not in ("tables",)) == ["filler", "instance"]


def write_beyond_its_room() -> None:
    with unit_of_work() as session:
        most = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count={most}"))
        for number in range(2000):
            session.execute(
                text("INSERT INTO page_dirty (village_id, what, marked_at) VALUES (0, :what, '2026-11-23')"),
                {"what": f"{number} " + "x" * 2000},
            )


def test_sqlite_without_room_is_told_as_a_full_disk(app: Flask) -> None:
    if "sqlite" not in app.extensions["villagehub"].database_url:
        pytest.skip("the limit is SQLite's own")
    with app.app_context():
        with pytest.raises(DiskFull):
            write_beyond_its_room()
        with reading() as session:
            assert session.scalar(text("SELECT count(*) FROM page_dirty")) == 0


def test_a_command_on_a_full_disk_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    from villagehub.cli import run

    def write() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert run(write) == 4
    assert "磁盘满了" in capsys.readouterr().err
