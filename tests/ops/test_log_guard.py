"""恢复了旧备份，绝不签出第二份历史。

剧本：村里公开几件；中间做一份备份；后来又公开。旧备份恢复到一台新机器上：页面照常能看，不能公开，不签名；
和最新的日志核对、补上以后才接着公开，新的号不和从前的重。两份历史的任何一个大小都只有一个根。
什么都没有可对照时，要人明说“没有更新的”，记进操作记录。
"""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import road
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from world import COUNTY, County, settings_for

from villagehub.app import create_app
from villagehub.cli import cli
from villagehub.config import Settings
from villagehub.disclosures.after import run_after_publish
from villagehub.journal.models import JournalEntry
from villagehub.ops.backup import make_backup
from villagehub.ops.doctor import KEYS, examine
from villagehub.ops.restore import restore_backup
from villagehub.storage import db, reading
from villagehub.storage.keys import load_key
from villagehub.transparency.checkpoints import read_checkpoint
from villagehub.transparency.log import LogBehind
from villagehub.transparency.models import Leaf, LogEntry
from villagehub.transparency.notes import read_note
from villagehub.transparency.ours import bring_up_to_date, folder_of
from villagehub.transparency.own_audit import audit_own

TIMES = int(os.environ.get("VILLAGEHUB_TEST_LOG_DEATHS") or 20) // 10
SEED = random.Random(20261125)
PLANS = [(SEED.randrange(1, 4), SEED.randrange(1, 4)) for _ in range(TIMES)]
"""How many publications before the backup, and how many after it."""


def publish(number: int) -> None:
    rows = [
        {
            "programme": "耕地地力保护补贴",
            "batch": f"第 {number} 批",
            "recipient": "何秀英",
            "group_name": "一组",
            "amount": 5,
        }
    ]
    road.published(rows, of=road.account("funds", "2026", subject=f"耕地地力保护补贴 第 {number} 批"), opening=None)
    run_after_publish()


@pytest.fixture
def settings(app: Flask, county: County) -> Settings:
    assert county
    held: Settings = app.extensions["villagehub"]
    for name in KEYS:
        load_key(held.keys, name)
    return held


class Machine:
    """A restored installation, and its command line."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = create_app(settings)
        self.settings = settings
        monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(settings.instance))
        monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
        monkeypatch.setenv("VILLAGEHUB_BASE_URL", settings.base_url)

    def catch_up(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["log", "catch-up", *words], obj=lambda: self.app)


@pytest.fixture
def restored(
    settings: Settings, tmp_path: Path, databases: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[object]:
    made: list[str] = []

    def restore(backup: Path) -> Machine:
        place = tmp_path / f"new-{len(made)}"
        place.mkdir()
        url = f"sqlite:///{place / 'villagehub.db'}"
        if settings.database_url.startswith("postgresql"):
            url = databases._create("")  # type: ignore[attr-defined]
        (place / "settings.toml").write_text(f'database_url = "{url}"\nbase_url = "{settings.base_url}"\n', "utf-8")
        restore_backup(place, backup)
        made.append(url)
        return Machine(settings_for(place, url), monkeypatch)

    yield restore
    for url in made:
        databases.drop(url)  # type: ignore[attr-defined]


def roots(settings: Settings, seen: dict[int, bytes]) -> None:
    """Remembers what the checkpoint says; of one size there is one root."""
    checkpoint = read_checkpoint(read_note(folder_of(settings).checkpoint() or b"").text)
    assert seen.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root


@pytest.mark.parametrize("plan", range(TIMES))
def test_an_older_backup_signs_nothing_until_it_has_caught_up(
    app: Flask, settings: Settings, restored, tmp_path: Path, plan: int
) -> None:
    before, after = PLANS[plan]
    seen: dict[int, bytes] = {}
    with app.app_context():
        for number in range(1, before + after + 1):
            publish(number)
            roots(settings, seen)
            if number == before:
                backup = make_backup(settings, tmp_path / "backup").folder
        newest = max(seen)
    assert not list(backup.rglob("signer"))
    assert not list(backup.rglob("log.key"))
    machine = restored(backup)
    with machine.app.app_context():
        held = (machine.settings.log / "checkpoint").read_bytes()
        assert machine.app.test_client().get(f"/v/{COUNTY.village}").status_code == 200
        with pytest.raises(LogBehind):
            publish(91)
        with pytest.raises(LogBehind):
            bring_up_to_date(machine.settings)
        told = [
            one.message for name, found in examine(machine.app, machine.settings) for one in found if name == "防改日志"
        ]
        assert len(told) == 1
        assert "catch-up" in told[0]
        alone = machine.catch_up()
        assert alone.exception is not None
        assert "自己看不出是不是最新的" in str(alone.exception)
        done = machine.catch_up("--from", str(settings.log))
        assert done.exit_code == 0, done.output + str(done.exception)
        for number in range(before + 1, before + after + 1):
            assert f"{COUNTY.village} 第 {number} 号公开：日志里有" in done.output
        roots(machine.settings, seen)
        assert (machine.settings.log / "checkpoint").read_bytes() == (settings.log / "checkpoint").read_bytes() != held
        publish(92)
        roots(machine.settings, seen)
        assert max(seen) == newest + 1
        assert list(audit_own(machine.settings)) == []
        with reading() as session:
            wanted = select(Leaf.body).join(LogEntry, LogEntry.leaf_id == Leaf.id).order_by(LogEntry.index.desc())
            assert json.loads(session.scalars(wanted.limit(1)).one())["number"] == before + after + 1
            noted = session.scalars(select(JournalEntry.detail).where(JournalEntry.event == "log_caught_up")).all()
        assert noted[-1]["taken_in"] == after
        db.engine.dispose()


def test_without_anything_to_compare_a_person_must_say_that_nothing_is_newer(
    app: Flask, settings: Settings, restored, tmp_path: Path
) -> None:
    with app.app_context():
        publish(1)
        backup = make_backup(settings, tmp_path / "backup").folder
    machine = restored(backup)
    with machine.app.app_context():
        done = machine.catch_up("--nothing-newer")
        assert done.exit_code == 0, done.output
        publish(2)
        with reading() as session:
            noted = session.scalars(select(JournalEntry.detail).where(JournalEntry.event == "log_caught_up")).one()
        assert noted["nothing_newer"] is True
        assert list(audit_own(machine.settings)) == []
        db.engine.dispose()


def test_a_database_that_went_its_own_way_does_not_catch_up(
    app: Flask, settings: Settings, restored, tmp_path: Path
) -> None:
    """Somebody published on the restored copy before asking: the two histories must not be joined."""
    with app.app_context():
        publish(1)
        backup = make_backup(settings, tmp_path / "backup").folder
        publish(2)
        publish(3)
    machine = restored(backup)
    with machine.app.app_context():
        assert machine.catch_up("--nothing-newer").exit_code == 0
        publish(4)
        done = machine.catch_up("--from", str(settings.log))
        assert done.exception is not None
        assert "不一样" in str(done.exception)
        db.engine.dispose()
