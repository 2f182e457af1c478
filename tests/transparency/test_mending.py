"""日志的文件缺了、坏了、被人换了，照数据库重新写好；数据库和签过名的不是同一个日志，就一个文件也不动。

剧本：村里公开了几次，日志签了名。硬盘坏了，或者有人动过日志的文件。夜里看一遍：补好，记下来，公开的内容不再挂着“正在核对”。
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import road
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update
from world import NOW, County

from villagehub.cli import cli
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.checking import list_broken
from villagehub.journal.events import Event
from villagehub.journal.models import JournalEntry
from villagehub.ops.rechecking import mend_the_log, recheck_publications
from villagehub.ops.turn import Turn
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.transparency.models import Leaf
from villagehub.transparency.ours import mend_log
from villagehub.transparency.tree import leaf_hash
from villagehub.transparency.writing import LogBroken


@pytest.fixture
def log(app: Flask, county: County) -> Iterator[Path]:
    assert county
    with app.app_context():
        road.published()
        road.published(of=road.account(period="2026Q2"), rows=[road.entry("2026-05-05", "修路", 100)], opening=None)
        run_after_publish()
        yield app.extensions["villagehub"].log


def files_of(log: Path) -> dict[str, bytes]:
    return {str(one.relative_to(log)): one.read_bytes() for one in sorted(log.rglob("*")) if one.is_file()}


def clock(app: Flask) -> Turn:
    return Turn(NOW, app.extensions["villagehub"], lambda _words: None)


def spoil(path: Path) -> None:
    path.write_bytes(b"\xff" + path.read_bytes()[1:])


DAMAGE: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b"") and None,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1]) and None,
    "changed": spoil,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_written_anew_before_the_publications_are_checked(app: Flask, log: Path, kind: str) -> None:
    whole = files_of(log)
    tiles = [name for name in whole if name.startswith("tile/")]
    assert len(tiles) > 1
    assert mend_the_log(clock(app)) == ""
    for name in tiles:
        DAMAGE[kind](log / name)
    assert "和封存时不一样" in recheck_publications(clock(app))
    with reading() as session:
        village = session.scalars(select(JournalEntry.village_id).where(JournalEntry.village_id > 0)).first()
        assert village
        assert list_broken(session, village)
    assert mend_the_log(clock(app)).startswith(f"防改日志有 {len(tiles)} 个文件缺了或者坏了")
    assert files_of(log) == whole
    assert "都和封存时一样" in recheck_publications(clock(app))
    with reading() as session:
        assert not list_broken(session, village)
        noted = session.scalars(select(JournalEntry).where(JournalEntry.event == Event.LOG_MENDED)).all()
        assert sorted(noted[0].detail["files"]) == sorted(tiles)
    assert mend_the_log(clock(app)) == ""


def test_where_the_database_leads_to_another_log_no_file_is_touched(app: Flask, log: Path) -> None:
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        leaf = session.scalars(select(Leaf).order_by(Leaf.id)).first()
        assert leaf is not None
        body = leaf.body.replace(b'"rows":', b'"rows": ')
        assert body != leaf.body
        session.execute(update(Leaf).where(Leaf.id == leaf.id).values(body=body, hash=leaf_hash(body)))
    with db.engine.begin() as connection:
        install_triggers(connection)
    next(log.glob("tile/entries/**/*.p/*")).unlink()
    left = files_of(log)
    with pytest.raises(LogBroken):
        mend_log(app.extensions["villagehub"])
    assert "对不上" in mend_the_log(clock(app))
    assert files_of(log) == left


def test_a_checkpoint_that_the_logs_key_did_not_sign_mends_nothing(app: Flask, log: Path) -> None:
    spoil(next(log.glob("tile/0/**/*.p/*")))
    (log / "checkpoint").write_bytes((log / "checkpoint").read_bytes().replace(b"\n\n", b"\nmore\n\n"))
    left = files_of(log)
    assert "对不上" in mend_the_log(clock(app))
    assert files_of(log) == left


def test_the_command_names_what_it_wrote(app: Flask, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["villagehub"]
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
    gone = next(log.glob("tile/entries/**/*.p/*"))
    gone.unlink()

    def mend() -> str:
        run = CliRunner().invoke(cli, ["log", "mend"], obj=lambda: app, catch_exceptions=False)
        assert run.exit_code == 0
        return run.output

    assert (
        mend()
        == f"重新写好 {gone.relative_to(log)}\n补好 1 个文件。公开的内容每天三点半核对，也可以在网页上点“现在再核对”。\n"
    )
    assert mend() == "日志的文件都在，都和签过名的一样。\n"


@pytest.mark.parametrize("name", ["vkey", "checkpoint"])
def test_the_keys_line_and_the_checkpoint_are_written_anew_too(app: Flask, log: Path, name: str) -> None:
    whole = files_of(log)
    (log / name).unlink()
    assert mend_the_log(clock(app)).startswith("防改日志有 1 个文件缺了或者坏了")
    assert files_of(log) == whole
    assert "都和封存时一样" in recheck_publications(clock(app))
