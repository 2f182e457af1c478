"""A backup is whole or it is none; a restore puts back the same pages, codes and people, or names what is damaged."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from road import published
from sqlalchemy import select
from sqlalchemy.engine import make_url
from world import NOW, Browser, County, settings_for

from villagehub.app import create_app
from villagehub.cli import cli
from villagehub.config import Settings
from villagehub.kernel.refused import Refused
from villagehub.labels.actions import mint
from villagehub.labels.models import Code
from villagehub.labels.targets import HOME, section_target
from villagehub.ops.backup import InsideTheInstance, KeyNotThere, KeysInside, Made, NotEmpty, make_backup
from villagehub.ops.catching_up import catch_up
from villagehub.ops.copying import ToolFailed
from villagehub.ops.doctor import KEYS, examine, missing_keys, unseen
from villagehub.ops.installed import DatabaseGone, NothingHereYet
from villagehub.ops.restore import BackupDamaged, NoBackup, NotANewInstance, restore_backup
from villagehub.ops.ticking import tick
from villagehub.places.queries import read_village
from villagehub.public.build import build_dirty
from villagehub.public.models import StoredPage
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.keys import key_path, load_key
from villagehub.storage.tables import VaultFile
from villagehub.storage.vault import Vault
from villagehub.transparency.sources import source_of

ORIGINAL = "日期,摘要,金额\n2026-08-01,修水渠,1200.00\n".encode() * 300

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import road
from world import settings_for
from villagehub.app import create_app

rows = [[road.entry("2026-10-05", f"第 {one} 笔", 100 + turn) for one in range(40)] for turn in range(2)]
with create_app(settings_for(Path(sys.argv[2]), sys.argv[3])).app_context():
    for turn in range(100_000):
        road.fill(rows[turn % 2], of=road.account(period="2026Q4"), opening=None, sha=f"{turn:064x}")
        if turn == 1:
            print("writing", flush=True)
"""
"""A clerk who fills a draft again and again: rows, links, things and the journal all change in each transaction."""


@pytest.fixture
def settings(app: Flask, county: County) -> Settings:
    """The installation of a village that has published, with an original in the vault."""
    assert county
    held: Settings = app.extensions["villagehub"]
    for name in KEYS:
        load_key(held.keys, name)
    with app.app_context():
        published()
        build_dirty()
        digest = Vault(held.vault, load_key(held.keys, "vault"), least_free_percent=0).keep(ORIGINAL)
        with unit_of_work() as session:
            village_id = read_village(session, county.village).id
            for target in (HOME, section_target("finance")):
                mint(session, village_id, target, base_url=held.base_url, case="upper", now=NOW)
            session.add(VaultFile(sha256=digest, size=len(ORIGINAL), kept_at=NOW))
        list(tick(held))
    return held


@pytest.fixture
def new_place(settings: Settings, tmp_path: Path, databases: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty instance; on PostgreSQL with an empty database that its settings name."""
    place = tmp_path / "new"
    place.mkdir()
    url = ""
    if settings.database_url.startswith("postgresql"):
        url = databases._create("")  # type: ignore[attr-defined]
        monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", url)
    monkeypatch.setenv("VILLAGEHUB_BASE_URL", settings.base_url)
    yield place
    if url:
        databases.drop(url)  # type: ignore[attr-defined]


def restored_app(settings: Settings, place: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    url = os.environ.get("VILLAGEHUB_DATABASE_URL") or f"sqlite:///{place / 'villagehub.db'}"
    made = create_app(settings_for(place, url))
    made.test_client_class = Browser
    return made


def pages(app: Flask) -> dict[str, bytes]:
    with app.app_context(), reading() as session:
        return {one.path: bytes(one.body) for one in session.scalars(select(StoredPage))}


def findings(app: Flask) -> list[str]:
    settings: Settings = app.extensions["villagehub"]
    return [one.message for _, found in examine(app, settings) for one in found]


def test_what_was_backed_up_while_somebody_wrote_comes_back_whole(
    app: Flask, settings: Settings, new_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, county: County
) -> None:
    words = [WRITER, str(Path(__file__).parents[1]), str(settings.instance), settings.database_url]
    writer = subprocess.Popen([sys.executable, "-c", *words], stdout=subprocess.PIPE)
    assert writer.stdout
    try:
        assert writer.stdout.readline() == b"writing\n"
        made = make_backup(settings, tmp_path / "backup")
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()
    assert made.faults == ()
    assert not list(tmp_path.glob(".*half*"))

    restore_backup(new_place, tmp_path / "backup")
    again = restored_app(settings, new_place, monkeypatch)
    assert ["log catch-up" in one for one in findings(again)] == [True]
    with again.app_context():
        catch_up(again.extensions["villagehub"], source_of(str(settings.log)), nothing_newer=False)
    assert findings(again) == []
    assert pages(again) == pages(app)
    assert len(pages(again)) > 3
    browser = again.test_client()
    assert isinstance(browser, Browser)
    assert browser.sign_in(county.clerk).status_code == 303
    with again.app_context():
        assert Vault(new_place / "vault", load_key(new_place / "keys", "vault")).read(made_digest()) == ORIGINAL
        with reading() as session:
            codes = list(session.scalars(select(Code.code)))
        db.engine.dispose()
    assert len(codes) == 2
    for code in codes:
        before, after = app.test_client().get(f"/C/{code}"), again.test_client().get(f"/C/{code}")
        assert (before.status_code, before.location) == (after.status_code, after.location) == (302, after.location)


def made_digest() -> str:
    with reading() as session:
        return str(session.scalars(select(VaultFile.sha256)).one())


def test_keys_never_lie_in_the_backup_and_nobody_else_may_read_either(settings: Settings, tmp_path: Path) -> None:
    made = make_backup(settings, tmp_path / "backup")
    inside = [path for path in made.folder.rglob("*") if path.is_file()]
    for name in KEYS:
        secret = key_path(settings.keys, name).read_bytes().strip()
        assert all(secret not in path.read_bytes() for path in inside)
        assert key_path(made.keys, name).read_bytes().strip() == secret
    for path in (made.folder, made.keys, *made.folder.rglob("*"), *made.keys.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_backup_never_overwrites_and_needs_every_key(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.jpg").write_bytes(b"x")
    with pytest.raises(NotEmpty):
        make_backup(settings, tmp_path / "full")
    key_path(settings.keys, "match").unlink()
    with pytest.raises(KeyNotThere, match="match"):
        make_backup(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_restore_never_overwrites(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
    made = make_backup(settings, tmp_path / "backup")
    with pytest.raises(NotANewInstance):
        restore_backup(settings.instance, made.folder)
    if settings.database_url.startswith("postgresql"):
        with pytest.raises(NotANewInstance):  # an empty folder, but a database that somebody uses
            restore_backup(tmp_path / "empty", made.folder)


def _damage_original(made: Made) -> str:
    path = next((made.folder / "vault").glob("??/*"))
    raw = bytearray(path.read_bytes())
    raw[-20] ^= 1
    path.write_bytes(raw)
    return "保管库里的原始文件"


def _lose_original(made: Made) -> str:
    next((made.folder / "vault").glob("??/*")).unlink()
    return "不见了"


def _damage_database(made: Made) -> str:
    path = next(made.folder.glob("database.*"))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2 : len(raw) // 2 + 4096] = b"\xff" * 4096
    path.write_bytes(raw)
    return "数据库"


def _lose_key(made: Made) -> str:
    key_path(made.keys, "vault").unlink()
    return "vault.key"


def _change_key(made: Made) -> str:
    key_path(made.keys, "match").write_text("0" * 64 + "\n")
    return "match.key"


@pytest.mark.parametrize("harm", [_damage_original, _lose_original, _damage_database, _lose_key, _change_key])
def test_a_damaged_backup_is_named_and_nothing_is_put_in_place(
    settings: Settings, new_place: Path, tmp_path: Path, harm: object
) -> None:
    made = make_backup(settings, tmp_path / "backup")
    named = harm(made)  # type: ignore[operator]
    with pytest.raises(BackupDamaged) as refused:
        restore_backup(new_place, made.folder)
    assert named in refused.value.sentence
    assert list(new_place.iterdir()) == []


def test_an_unfinished_backup_is_not_taken_for_a_whole_one(settings: Settings, new_place: Path, tmp_path: Path) -> None:
    made = make_backup(settings, tmp_path / "backup")
    (made.folder / "manifest.json").unlink()
    with pytest.raises(NoBackup):
        restore_backup(new_place, made.folder)


def test_an_original_that_was_broken_before_does_not_bar_the_restore(
    settings: Settings, new_place: Path, tmp_path: Path
) -> None:
    shutil.rmtree(next(settings.vault.glob("??")))
    made = make_backup(settings, tmp_path / "backup")
    assert len(made.faults) == 1
    assert restore_backup(new_place, made.folder).faults == made.faults


def test_doctor_names_a_damaged_original_and_a_missing_key(app: Flask, settings: Settings) -> None:
    assert findings(app) == []
    path = next(settings.vault.glob("??/*"))
    raw = bytearray(path.read_bytes())
    raw[-20] ^= 1
    path.write_bytes(raw)
    assert any("原始文件" in one and path.parent.name + path.name[:10] in one for one in findings(app))
    key_path(settings.keys, "secret").unlink()
    assert ["secret.key" in one.message for one in missing_keys(settings)] == [True]


def test_doctor_asks_for_init_where_an_earlier_version_has_made_no_key_for_the_log(settings: Settings) -> None:
    key_path(settings.keys, "log").unlink()
    (lost,) = missing_keys(settings)
    assert "villagehub init" not in lost.message, "this log has been signed: another key would not fit it"
    shutil.rmtree(settings.log)
    (never,) = missing_keys(settings)
    assert "villagehub init" in never.message


def _hurt_sqlite(app: Flask, settings: Settings) -> None:
    path = Path(str(make_url(settings.database_url).database))
    with app.app_context():
        db.engine.dispose()
    held = sqlite3.connect(path)
    held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    page_size = held.execute("PRAGMA page_size").fetchone()[0]
    root = held.execute("SELECT rootpage FROM sqlite_master WHERE name = 'stored_page'").fetchone()[0]
    held.close()
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * page_size : root * page_size] = b"\xff" * page_size
    path.write_bytes(raw)


def _hurt_postgres(app: Flask, settings: Settings, databases: object) -> str:
    """A copy of the database, damaged on the disk before anybody has read it: no good page of it is in memory."""
    with app.app_context():
        with db.engine.connect() as held:
            number = held.exec_driver_sql("SELECT relfilenode FROM pg_class WHERE relname = 'stored_page'").scalar_one()
            folder = Path(str(held.exec_driver_sql("SHOW data_directory").scalar_one()))
        db.engine.dispose()
        url = databases._create(f' TEMPLATE "{make_url(settings.database_url).database}" STRATEGY file_copy')  # type: ignore[attr-defined]
        with db.engine.connect() as held:
            name = make_url(url).database
            oid = held.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = %s", (name,)).scalar_one()
    path = folder / "base" / str(oid) / str(number)
    if not os.access(path, os.W_OK):
        pytest.skip("the server's files are out of reach here")
    with path.open("r+b") as file:
        file.write(b"\xff" * 512)
    return str(url)


def test_doctor_backup_and_restore_name_the_table_of_a_damaged_page(
    app: Flask, settings: Settings, databases: object, tmp_path: Path
) -> None:
    if settings.database_url.startswith("sqlite"):
        _hurt_sqlite(app, settings)
    else:
        app = create_app(replace(settings, database_url=_hurt_postgres(app, settings, databases)))
    try:
        told = findings(app)
    except Refused:
        raise AssertionError("doctor must go on") from None
    assert any("数据库文件有损坏" in one and "stored_page" in one for one in told), told
    hurt: Settings = app.extensions["villagehub"]
    if hurt.database_url.startswith("sqlite"):  # SQLite copies a broken page like a good one
        made = make_backup(hurt, tmp_path / "backup")
        assert any("stored_page" in one for one in made.faults)
        with pytest.raises(BackupDamaged, match="stored_page"):
            restore_backup(tmp_path / "empty", made.folder)
    else:
        with pytest.raises(ToolFailed, match="stored_page"):
            make_backup(hurt, tmp_path / "backup")
    with app.app_context():
        db.engine.dispose()


def test_doctor_says_what_it_cannot_see(app: Flask, settings: Settings) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            assert unseen(app, settings) == []
            return
        with db.engine.connect() as held:
            sums = held.exec_driver_sql("SHOW data_checksums").scalar_one()
    assert any("data_checksums" in one for one in unseen(app, settings)) == (sums != "on")


def test_doctor_makes_nothing_where_nothing_is_and_a_restore_follows(
    settings: Settings, new_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(new_place))
    for words in (["doctor"], ["accounts", "list"]):
        with pytest.raises(NothingHereYet, match="还什么都没有") as refused:
            cli.main(words, standalone_mode=False)
        assert "villagehub restore" in refused.value.next_step
        assert list(new_place.iterdir()) == []
    made = make_backup(settings, tmp_path / "backup")
    assert restore_backup(new_place, made.folder).faults == ()
    if settings.database_url.startswith("sqlite"):
        (new_place / "villagehub.db").unlink()
        with pytest.raises(DatabaseGone):
            cli.main(["doctor"], standalone_mode=False)
        assert not (new_place / "villagehub.db").exists()


def test_doctor_names_a_database_that_others_may_read(app: Flask, settings: Settings) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("PostgreSQL watches over its own files")
    path = Path(str(make_url(settings.database_url).database))
    path.chmod(0o640)
    assert any(f"chmod 600 {path}" in one for one in findings(app))


def test_keys_and_backup_never_lie_in_each_other(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    for keys in (folder, folder / "keys", tmp_path):
        with pytest.raises(KeysInside):
            make_backup(settings, folder, keys)
    assert not folder.exists()


@pytest.mark.parametrize(("folder", "keys"), [("vault/aa", None), ("keys/b", None), ("vault", None), ("b", "vault/b")])
def test_a_backup_is_not_put_where_originals_and_keys_lie(settings: Settings, folder: str, keys: str | None) -> None:
    before = sorted(settings.instance.rglob("*"))
    with pytest.raises(InsideTheInstance):
        make_backup(settings, settings.instance / folder, settings.instance / keys if keys else None)
    assert sorted(settings.instance.rglob("*")) == before


def test_a_backup_that_fails_at_the_end_leaves_no_key_behind(settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "disk"

    def somebody_takes_the_name(paths: list[Path]) -> Iterator[Path]:
        yield from paths
        (place / "b").mkdir()
        (place / "b" / "theirs").touch()

    with pytest.raises(OSError, match="b"):
        make_backup(settings, place / "b", progress=somebody_takes_the_name)
    assert [str(one.relative_to(place)) for one in sorted(place.rglob("*"))] == ["b", "b/theirs"]
