"""改了数据库的人，villagehub log fsck 说得出他改了哪里；连日志一起重写、重新签名，从前存的凭据、日志头、核对包也揭得穿。

剧本：村里公开两个季度，有人留下当时的凭据、日志头和核对包。十二种改法，一种一种来：
1. 只改数据库：fsck 不用凭据就说得出是哪个村、第几号、哪里不对；镇里和管系统的人也收到了。
2. 改完把封存、日志、签名全部重做，日志自己看不出毛病；拿从前的凭据或日志头一核对，就露馅。
"""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import tampering
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from world import NOW, Browser, County

from villagehub.cli import cli
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Version
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.journal.events import Event
from villagehub.journal.models import JournalEntry
from villagehub.ops.doctor import examine
from villagehub.ops.rechecking import recheck_publications
from villagehub.ops.turn import Turn
from villagehub.storage import db, reading
from villagehub.storage.triggers import drop_triggers
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying.asking import open_file
from villagehub.transparency.verifying.content import Trust, check_bundle

pytestmark = pytest.mark.parametrize("engine_kind", ["sqlite"])
EACH = int(os.environ.get("VILLAGEHUB_TEST_TAMPERINGS", "1"))
CASES = [(kind, number) for kind in tampering.KINDS for number in range(EACH)]


@pytest.fixture
def village(
    app: Flask, county: County, tmp_path: Path, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SimpleNamespace]:
    assert county
    settings = app.extensions["villagehub"]
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("VILLAGEHUB_BASE_URL", settings.base_url)
    with app.app_context():
        first = tampering.publish_with_a_receipt(1)
        run_after_publish()
        receipt, head, bundle = (tmp_path / name for name in ("0.tlog-proof", "head", "bundle.zip"))
        receipt.write_bytes(client.get("/log/proof/0.tlog-proof").data)
        head.write_bytes(client.get("/log/checkpoint").data)
        tampering.publish_with_a_receipt(2)
        run_after_publish()

        def fsck(*words: object) -> tuple[int, str]:
            run = CliRunner().invoke(cli, ["log", "fsck", *map(str, words)], obj=lambda: app, catch_exceptions=False)
            return run.exit_code, run.output

        def make_bundle() -> bytes:
            with reading() as session:
                return make_proof_bundle(session, session.get_one(Version, first), LogFolder(settings.log), "")

        bundle.write_bytes(make_bundle())
        yield SimpleNamespace(
            app=app,
            settings=settings,
            first=first,
            receipt=receipt,
            head=head,
            bundle=bundle,
            fsck=fsck,
            again=make_bundle,
        )


def with_everything_put_back(village: SimpleNamespace, act: Callable[[], None]) -> None:
    """Runs ``act`` without triggers; afterwards database and log are as they were, byte by byte."""
    file = Path(village.settings.database_url.removeprefix("sqlite:///"))
    copy, log = file.with_suffix(".copy"), village.settings.log.with_name("log-copy")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(file) as one, sqlite3.connect(copy) as other:
        one.backup(other)
    shutil.copytree(village.settings.log, log)
    try:
        with db.engine.begin() as connection:
            drop_triggers(connection)
        act()
    finally:
        db.engine.dispose()
        with sqlite3.connect(copy) as one, sqlite3.connect(file) as other:
            one.backup(other)
        shutil.rmtree(village.settings.log)
        log.rename(village.settings.log)


def tamper(village: SimpleNamespace, kind: str, number: int) -> None:
    with tampering.unit_of_work() as session:
        tampering.KINDS[kind][0](session, village.first, random.Random(f"{kind}{number}"))


def test_fsck_names_what_was_changed_by_sql(village: SimpleNamespace) -> None:
    clean = village.fsck("--saved", village.receipt)
    assert clean == (0, "3 条都核对过，一处不差。\n")
    for kind, number in CASES:
        found: list[tuple[int, str]] = []

        def act(kind: str = kind, number: int = number, found: list[tuple[int, str]] = found) -> None:
            tamper(village, kind, number)
            found += [village.fsck("--saved", village.receipt), village.fsck("--saved", village.head)]

        with_everything_put_back(village, act)
        for code, said in found:
            assert code == 1, (kind, said)
            assert "第 1 号公开" in said, (kind, said)
            assert tampering.KINDS[kind][1] in said, (kind, said)
    assert village.fsck("--saved", village.head) == clean


def test_a_log_that_was_rewritten_and_signed_again_is_found_by_what_was_saved(village: SimpleNamespace) -> None:
    saved = Trust(own_vkey(village.settings), saved=[open_file(village.bundle.read_bytes())], check=holds_ed25519)
    for kind, number in CASES:
        found: dict[str, object] = {}

        def act(kind: str = kind, number: int = number, found: dict[str, object] = found) -> None:
            tamper(village, kind, number)
            tampering.seal_again(village.first)
            tampering.sign_again(village.settings)
            found["alone"] = [line for line in village.fsck()[1].splitlines() if "第 1 号公开" not in line]
            found["receipt"], found["head"] = (
                village.fsck("--saved", village.receipt),
                village.fsck("--saved", village.head),
            )
            found["bundle"] = check_bundle(open_file(village.again()), saved).faults

        with_everything_put_back(village, act)
        assert not [line for line in found["alone"] if "日志" in line], (kind, found["alone"])
        for name, words in (("receipt", "凭据上的内容和日志第 1 条不一样"), ("head", "前 2 条和从前签名时不一样")):
            code, said = found[name]
            assert (code, words in said) == (1, True), (kind, said)
        assert any("和以前存的凭据不一样" in one for one in found["bundle"]), (kind, found["bundle"])


@pytest.mark.parametrize(("kind", "count"), [("amount", 1), ("attachment", 1), ("journal", 2)])
def test_operator_and_township_are_told(
    village: SimpleNamespace, kind: str, count: int, sign_in: Callable[[str], Browser]
) -> None:
    """Of a changed journal both publications tell, because the second one's head follows from the first's."""
    town = sign_in("supervisor")

    def act() -> None:
        tamper(village, kind, 0)
        assert f"{count} 份和封存时不一样" in recheck_publications(Turn(NOW, village.settings, lambda _words: None))
        assert f"{count} 份公开的内容和存档不一致" in town.get("/town").text
        assert tampering.KINDS[kind][1] in town.get("/town/checks").text
        told = [one.message for name, found in examine(village.app, village.settings) for one in found]
        assert any("第 1 号公开" in one and tampering.KINDS[kind][1] in one for one in told)
        with reading() as session:
            noted = session.scalars(select(JournalEntry).where(JournalEntry.event == Event.PROOF_BROKEN)).all()
        assert noted[0].subject_id == village.first
        assert [one.village_id for one in noted] == [0] * count

    with_everything_put_back(village, act)
    assert "都和封存时一样" in recheck_publications(Turn(NOW, village.settings, lambda _words: None))
