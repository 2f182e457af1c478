"""日志头不见了，重新签好也要记一笔：谁删了它，谁就想让人看不出数据库退回过旧的。第一次签名、恢复备份以后，不算不见了。

剧本：村里公开过，日志签过名。有人删了日志头；每分钟写日志的、公开后写日志的、夜里看文件的，谁先到都一样。
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import road
import time_machine
from flask import Flask
from second_person import add_by_two, retire_by_two
from sqlalchemy import select
from world import NOW, County

from villagehub.config import Settings
from villagehub.disclosures.after import run_after_publish
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.ops.catching_up import catch_up
from villagehub.ops.rechecking import mend_the_log, write_the_log
from villagehub.ops.turn import Turn
from villagehub.storage import reading
from villagehub.transparency.folder import SIGNER, LogFolder
from villagehub.transparency.ours import bring_up_to_date


@pytest.fixture
def settings(app: Flask, county: County) -> Iterator[Settings]:
    assert county
    with time_machine.travel(NOW, tick=True), app.app_context():
        road.published()
        yield app.extensions["villagehub"]


def turn(settings: Settings) -> Turn:
    return Turn(NOW, settings, lambda _words: None)


def noted() -> list[Any]:
    with reading() as session:
        wanted = select(JournalEntry.detail).where(JournalEntry.village_id == 0, JournalEntry.event == Event.LOG_MENDED)
        return [one["files"] for one in session.scalars(wanted.order_by(JournalEntry.id))]


def publish_more(quarter: str = "2026Q2", day: str = "2026-05-05") -> None:
    road.published(of=road.account(period=quarter), rows=[road.entry(day, "修路", 100)], opening=None)


def after_publishing(_settings: Settings) -> None:
    publish_more("2026Q1", "2026-02-05")
    run_after_publish()


FIRST: list[Callable[[Settings], Any]] = [
    lambda settings: write_the_log(turn(settings)),
    lambda settings: mend_the_log(turn(settings)),
    after_publishing,
]


@pytest.mark.parametrize("write", FIRST, ids=["each minute", "by night", "after a publication"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_checkpoint_that_somebody_took_away_is_signed_again_and_noted_once(
    settings: Settings, write: Callable[[Settings], Any], times: int
) -> None:
    run_after_publish()
    if times > 1:
        publish_more()
        run_after_publish()
    head = settings.log / "checkpoint"
    head.unlink()
    write(settings)
    assert head.exists()
    assert noted() == [["checkpoint"]]
    for again in FIRST[:2]:
        again(settings)
    assert noted() == [["checkpoint"]]
    head.unlink()
    write_the_log(turn(settings))
    assert noted() == [["checkpoint"]], "once a day"
    with time_machine.travel(NOW + timedelta(days=2), tick=True):
        head.unlink()
        bring_up_to_date(settings)
    assert noted() == [["checkpoint"]] * 2


def test_the_checkpoint_and_other_files_are_noted_without_naming_it_twice(settings: Settings) -> None:
    run_after_publish()
    tile = next(settings.log.glob("tile/0/**/*.p/*"))
    (settings.log / "checkpoint").unlink()
    tile.write_bytes(b"")
    mend_the_log(turn(settings))
    assert [one for files in noted() for one in files].count("checkpoint") == 1


def test_a_first_signing_and_one_that_was_broken_off_are_no_alarm(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = LogFolder.put

    def power_cut(folder: LogFolder, name: str, raw: bytes) -> None:
        if name == "vkey":
            raise OSError("power cut")
        put(folder, name, raw)

    with monkeypatch.context() as cut:
        cut.setattr(LogFolder, "put", power_cut)
        with pytest.raises(OSError, match="power cut"):
            bring_up_to_date(settings)
    assert not (settings.log / "checkpoint").exists()
    write_the_log(turn(settings))
    assert (settings.log / "checkpoint").exists()
    assert noted() == []


def test_a_restored_database_that_has_caught_up_begins_a_new_folder_without_an_alarm(settings: Settings) -> None:
    run_after_publish()
    publish_more()
    run_after_publish()
    settings.log.rename(settings.log.with_name("the-old-machine"))
    assert "从备份恢复" in write_the_log(turn(settings))
    assert noted() == []
    catch_up(settings, None, nothing_newer=True)
    assert (settings.log / SIGNER).exists()
    write_the_log(turn(settings))
    assert (settings.log / "checkpoint").exists()
    assert mend_the_log(turn(settings)) == ""
    assert noted() == []
    (settings.log / "checkpoint").unlink()
    publish_more("2026Q1", "2026-02-05")
    write_the_log(turn(settings))
    (settings.log / "checkpoint").unlink()
    write_the_log(turn(settings))
    assert noted() == [["checkpoint"]]


def test_a_change_of_the_key_is_no_alarm(settings: Settings) -> None:
    run_after_publish()
    add_by_two(settings, now=NOW)
    write_the_log(turn(settings))
    retire_by_two(settings, now=NOW)
    write_the_log(turn(settings))
    assert mend_the_log(turn(settings)) == ""
    assert noted() == []
