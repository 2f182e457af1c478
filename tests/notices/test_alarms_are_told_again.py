"""出了事，每一回都说：停过一次、修好了，两个月后又停，管理员照样收到；对方的服务器停了四天，通了以后照样收到。

剧本：系统管理员有一个地址。日志十一月停签一次，一月又停一次；收提醒的服务器坏了几天。一件事一天最多记一笔。
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import road
import time_machine
from click.testing import CliRunner
from flask import Flask
from receivers import Webhook, webhook
from sqlalchemy import select, update
from world import COUNTY, NOW, County

from villagehub.cli import cli
from villagehub.config import Settings
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.checking import keep_check
from villagehub.disclosures.models import Version
from villagehub.journal import Event, record
from villagehub.journal.models import JournalEntry
from villagehub.notices import telling
from villagehub.notices.channels import Audience, Channel, keep_channel
from villagehub.notices.examining import find_faults
from villagehub.notices.memory import Store
from villagehub.ops.rechecking import mend_the_log, recheck_publications, write_the_log
from villagehub.ops.turn import Turn
from villagehub.public.build import build_dirty
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.tables import mark_dirty
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.transparency.models import Leaf
from villagehub.transparency.tree import leaf_hash

OURS = {"Origin": "http://localhost"}
JANUARY = datetime(2027, 1, 22, 1, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def settings(app: Flask, county: County) -> Iterator[Settings]:
    assert county
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield app.extensions["villagehub"]


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as held:
        yield held


def operator(settings: Settings, hook: Webhook) -> Channel:
    return keep_channel(settings.keys, place="", audience=Audience.OPERATOR, name="", url=hook.url)


def at(moment: datetime, settings: Settings, *acts: Callable[[Turn], str]) -> str:
    """The clock's jobs at this moment, and then the reminders."""
    with time_machine.travel(moment, tick=True):
        for act in acts:
            act(Turn(moment, settings, lambda _words: None))
        return telling.tell_all(settings, now=moment)


def noted(event: Event) -> list[datetime]:
    with reading() as session:
        wanted = select(JournalEntry.at).where(JournalEntry.village_id == 0, JournalEntry.event == event)
        return list(session.scalars(wanted.order_by(JournalEntry.id)))


def stop(settings: Settings) -> bytes:
    """Somebody writes into the log's head; returns what stood there."""
    head = settings.log / "checkpoint"
    whole = head.read_bytes()
    head.write_bytes(whole.replace(b"\n\n", b"\nmore\n\n"))
    return whole


def test_a_log_that_stops_again_after_two_months_is_told_again(settings: Settings, hook: Webhook) -> None:
    road.published()
    run_after_publish()
    operator(settings, hook)
    whole = stop(settings)
    for minute in range(3):
        at(NOW + minute * MINUTE, settings, mend_the_log, write_the_log)
    assert len(noted(Event.LOG_STOPPED)) == 1, "not each minute"
    assert len(hook.got) == 1
    assert "防改日志停签了，村里暂时不能公开（11月23日 " in hook.got[0]
    (settings.log / "checkpoint").write_bytes(whole)
    at(NOW + 2 * DAY, settings, write_the_log)
    at(NOW + 9 * DAY, settings, write_the_log)
    assert len(hook.got) == 1, "it is well"
    stop(settings)
    at(JANUARY, settings, write_the_log)
    at(JANUARY + MINUTE, settings, write_the_log)
    assert len(noted(Event.LOG_STOPPED)) == 2
    assert len(hook.got) == 2
    assert "防改日志停签了" in hook.got[1]
    assert "2027年1月22日" in hook.got[1]


def test_a_log_that_stays_stopped_is_said_once_a_day_in_one_line(settings: Settings, hook: Webhook) -> None:
    road.published()
    run_after_publish()
    operator(settings, hook)
    stop(settings)
    for moment in (NOW, NOW + DAY - MINUTE, NOW + DAY + MINUTE, NOW + DAY + 2 * MINUTE):
        at(moment, settings, write_the_log)
    assert [one.date() for one in noted(Event.LOG_STOPPED)] == [NOW.date(), (NOW + DAY).date()]
    assert [one.count("防改日志停签了") for one in hook.got] == [1, 1]


def test_a_log_that_stays_stopped_while_it_grows_is_said_once_a_day_too(settings: Settings, hook: Webhook) -> None:
    road.published()
    run_after_publish()
    operator(settings, hook)
    rewrite_the_first_leaf()
    said = set()
    for quarter in (1, 2):
        rows = [road.entry(f"2026-{quarter * 3:02}-05", "修路", 100)]
        road.published(of=road.account(period=f"2026Q{quarter}"), rows=rows, opening=None)
        said.add(write_the_log(Turn(NOW + quarter * MINUTE, settings, lambda _words: None)))
    assert len(said) == 2, "how long the log is stands in each"
    assert len(noted(Event.LOG_STOPPED)) == 1


def rewrite_the_first_leaf() -> None:
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        leaf = session.scalars(select(Leaf).order_by(Leaf.id)).first()
        assert leaf is not None
        body = leaf.body.replace(b'"rows":', b'"rows": ')
        session.execute(update(Leaf).where(Leaf.id == leaf.id).values(body=body, hash=leaf_hash(body)))
    with db.engine.begin() as connection:
        install_triggers(connection)


def test_a_publication_that_breaks_again_is_noted_again_and_one_that_stays_broken_is_not(settings: Settings) -> None:
    version_id = road.published()
    run_after_publish()
    files = {one: one.read_bytes() for one in settings.log.glob("tile/**/*") if one.is_file()}

    def check(moment: datetime, *, broken: bool) -> None:
        for file, raw in files.items():
            file.write_bytes(b"" if broken else raw)
        at(moment, settings, recheck_publications)
        with reading() as session:
            assert bool(session.get_one(PublicationCheck, version_id).fault) is broken

    for days, broken in ((0, True), (1, True), (5, True), (9, False), (60, True), (61, True)):
        check(NOW + days * DAY, broken=broken)
    assert [(one - NOW).days for one in noted(Event.PROOF_BROKEN)] == [0, 60]


@pytest.mark.parametrize("again", [timedelta(days=30), DAY - timedelta(seconds=30), 2 * HOUR])
@pytest.mark.parametrize("first", ["the day's check", "pages being made", "a villager"])
def test_a_publication_that_breaks_again_is_noted_again_whoever_sees_it_first(
    app: Flask, settings: Settings, first: str, again: timedelta
) -> None:
    version_id = road.published()
    run_after_publish()
    files = {one: one.read_bytes() for one in settings.log.glob("tile/**/*") if one.is_file()}

    def look(moment: datetime, *, broken: bool) -> None:
        for file, raw in files.items():
            file.write_bytes(b"" if broken else raw)
        with time_machine.travel(moment, tick=True):
            if first == "pages being made":
                with unit_of_work() as session:
                    mark_dirty(session, session.get_one(Version, version_id).village_id, "version:1", now=moment)
                build_dirty()
            elif first == "a villager":
                assert app.test_client().post(f"/v/{COUNTY.village}/n/1/check", headers=OURS).status_code == 303
        for minute in range(2):
            at(moment + (minute + 1) * MINUTE, settings, recheck_publications)
        with reading() as session:
            assert bool(session.get_one(PublicationCheck, version_id).fault) is broken

    for since, broken in ((0 * DAY, True), (HOUR, False), (again, True), (again + DAY, True)):
        look(NOW + since, broken=broken)
    assert [one - NOW < HOUR for one in noted(Event.PROOF_BROKEN)] == [True, False]


def test_a_publication_that_comes_and_goes_each_minute_floods_no_journal(settings: Settings) -> None:
    version_id = road.published()
    for minute in range(50):
        with unit_of_work() as session:
            keep_check(
                session,
                session.get_one(Version, version_id),
                "日志的文件缺了一块，或者坏了" if minute % 2 else "",
                now=NOW + minute * MINUTE,
            )
    assert len(noted(Event.PROOF_BROKEN)) == 1


def test_the_operator_reads_that_files_of_the_log_were_written_anew(settings: Settings, hook: Webhook) -> None:
    road.published()
    run_after_publish()
    operator(settings, hook)
    next(settings.log.glob("tile/0/**/*.p/*")).unlink()
    at(NOW, settings, mend_the_log)
    assert "防改日志有文件缺了或者坏了，已照签过名的重新写好" in hook.got[0]
    assert "请查磁盘，查谁动过" in hook.got[0]


def broken_original(settings: Settings, moment: datetime) -> None:
    with unit_of_work() as session:
        record(
            session,
            Event.ORIGINAL_BROKEN,
            village_id=0,
            actor_id=None,
            actor_name="系统",
            channel="system",
            subject_kind="file",
            subject_id=None,
            detail={"kind": "missing", "file": "ab" * 32},
            now=moment,
        )


def test_a_receiver_that_was_down_for_days_gets_the_alarm_when_it_is_back_and_nobody_gets_it_twice(
    settings: Settings, hook: Webhook
) -> None:
    with webhook() as other:
        down, up = operator(settings, hook), operator(settings, other)
        hook.status = 503
        broken_original(settings, NOW)
        for days in (0, 2, 4, 5):
            at(NOW + days * DAY, settings)
        assert (len(hook.got), len(other.got)) == (0, 1)
        said = "".join(find_faults(settings, now=NOW + 5 * DAY))
        assert f"发给 {down.id} 的急事从 2026-11-23 " in said
        assert "试了 4 次" in said
        assert up.id not in said
        hook.status = 200
        at(NOW + 6 * DAY, settings)
        assert "有原始文件坏了或者不见了（11月23日 " in hook.got[0]
        assert list(find_faults(settings, now=NOW + 6 * DAY)) == []
        at(NOW + 6 * DAY + MINUTE, settings)
        assert (len(hook.got), len(other.got)) == (1, 1)


def test_an_alarm_that_was_half_sent_before_a_long_power_cut_is_sent_after_it(
    settings: Settings, hook: Webhook
) -> None:
    held = operator(settings, hook)
    broken_original(settings, NOW)
    store = Store(settings.instance)
    store.write(held.id, "urgent", store.read(held.id, "urgent").begun(NOW, NOW.date()))  # and the machine is off
    at(NOW + 7 * DAY, settings)
    assert len(hook.got) == 1


def test_a_receiver_that_failed_stays_named_after_the_alarm_is_over_until_something_arrives(
    app: Flask, settings: Settings, hook: Webhook
) -> None:
    version_id = road.published()
    held = operator(settings, hook)
    hook.status = 503
    mark(version_id, "第 2 行的金额变了")
    at(NOW, settings)
    mark(version_id, "")
    at(NOW + MINUTE, settings)
    said = "".join(find_faults(settings, now=NOW))
    assert "试了 1 次" in said, "nothing shows that it works again"
    assert "那件事过去了" in said
    mark(version_id, "第 2 行的金额变了")
    at(NOW + 2 * MINUTE, settings)
    assert "试了 2 次" in "".join(find_faults(settings, now=NOW)), "a new alarm waits for nobody's back-off"
    mark(version_id, "")
    at(NOW + 3 * MINUTE, settings)
    hook.status = 200
    tried = CliRunner().invoke(cli, ["notify", "test", held.id], obj=lambda: app)
    assert tried.exit_code == 0, tried
    assert list(find_faults(settings, now=NOW)) == []


def mark(version_id: int, fault: str) -> None:
    with unit_of_work() as session:
        village_id = session.get_one(Version, version_id).village_id
        session.merge(PublicationCheck(version_id=version_id, village_id=village_id, fault=fault, checked_at=NOW))


def test_an_address_whose_village_is_gone_is_tried_once_a_day_and_named_in_one_sentence(
    settings: Settings, hook: Webhook
) -> None:
    gone = "990101100999"
    assert gone != COUNTY.village
    held = keep_channel(settings.keys, place=gone, audience=Audience.CLERK, name="", url=hook.url)
    store = Store(settings.instance)
    for minute in range(10):
        at(NOW + minute * MINUTE, settings)
    assert [store.read(held.id, kind).tries for kind in ("urgent", "digest")] == [1, 1]
    first = store.read(held.id, "urgent")
    at(NOW + DAY, settings)
    second = store.read(held.id, "urgent")
    assert (second.tries, second.since) == (2, first.since)
    said = list(find_faults(settings, now=NOW + DAY))
    assert len(said) == 2
    assert not [one for one in said if "。。" in one]
