"""没有人改过的，一处也不报：公开很多次、更正很多次，每天的核对、fsck、每一个核对包都说没有改过。

平常试三十次；VILLAGEHUB_TEST_CLEAN=1000 试一千次，并打印用了多久、误报几次。
"""

import os
import random
import time
from pathlib import Path

import pytest
import road
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from world import NOW, County

from villagehub.cli import cli
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Version
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.stages import Stage
from villagehub.ops.rechecking import recheck_publications
from villagehub.ops.turn import Turn
from villagehub.storage import reading
from villagehub.transparency.log import place_of
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.ours import bring_up_to_date, folder_of, own_vkey
from villagehub.transparency.verifying.asking import open_file
from villagehub.transparency.verifying.content import Trust, check_bundle

COUNT = int(os.environ.get("VILLAGEHUB_TEST_CLEAN") or 30)
WORDS = (
    "买路灯配件",
    "修水渠（二组）",
    "Ｕ型管 Φ50",
    "“三资”清理",
    "㎡、№、½",
    "𠮷家沟护路",
    "café 材料",
    "人工费 3×8 天",
)


def publish_something(number: int, dice: random.Random) -> None:
    """A batch of a programme."""
    rows = [
        {"recipient": f"张{dice.choice('伟芳娜敏静')}", "group_name": "一组", "amount": dice.randrange(1, 10**7)}
        for _ in range(dice.randrange(1, 6))
    ]
    subject = f"{dice.choice(WORDS)} 第 {number} 批"
    road.published(rows, of=road.account("funds", "2026", subject=subject), opening=None)


def correct_the_quarter(of: int, dice: random.Random) -> int:
    """A correction of the accounts that were published as number ``of``; returns its own number."""
    draft = road.correct(of)
    road.change_row(draft, 3, summary=f"{dice.choice(WORDS)} {dice.randrange(10**6)}", confirmed=True)
    return road.publish(road.agree(road.submit(draft)))


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_clean_publications_give_no_alarm(
    app: Flask, county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert county
    settings, dice, begun = app.extensions["villagehub"], random.Random(20261125), time.monotonic()
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("VILLAGEHUB_DATABASE_URL", settings.database_url)
    with app.app_context():
        road.published()
        finance = 1
        for number in range(1, COUNT):
            if number % 3 == 2:
                finance = correct_the_quarter(finance, dice)
            else:
                publish_something(number, dice)
            if number % 10 == 0:
                bring_up_to_date(settings)
        run_after_publish()
        said = recheck_publications(Turn(NOW, settings, lambda _words: None))
        assert said == f"核对了 {COUNT} 份公开，都和封存时一样"
        run = CliRunner().invoke(cli, ["log", "fsck"], obj=lambda: app, catch_exceptions=False)
        assert (run.exit_code, run.output) == (0, f"{COUNT + 1} 条都核对过，一处不差。\n")
        folder, alarms, saved = folder_of(settings), 0, None
        with reading() as session:
            versions = list(
                session.scalars(select(Version).where(Version.stage == Stage.PUBLISHED).order_by(Version.number))
            )
            assert len(versions) == COUNT
            for version in versions:
                assert place_of(session, version.leaf_id) is not None
                files = open_file(make_proof_bundle(session, version, folder, ""))
                trust = Trust(own_vkey(settings), saved=[saved or files], check=holds_ed25519)
                alarms += len(check_bundle(files, trust).faults)
                saved = files
    print(f"{COUNT} 次公开，误报 {alarms} 次，{time.monotonic() - begun:.0f} 秒")
    assert alarms == 0
