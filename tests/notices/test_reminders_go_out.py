"""提醒发到群里：到期前、过期、有人提问、签字拖久了，一天最多一条；公开的内容对不上，马上说。

剧本：柳河镇给报账员的群、镇里的群各加了一个地址，系统管理员有一个邮箱。10月12日、10月16日、11月23日的早上，群里各收到什么；
对方的服务器停了、慢了、发到一半断了电，又会怎样。消息里没有人名，没有电话，没有谁写的字。
"""

import logging
import os
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import road
import time_machine
from flask import Flask
from launching import Launched
from receivers import TOKEN, Webhook, as_anybody_might_write, mailbox, webhook
from sqlalchemy import select, update
from world import COUNTY, NOW, OFFICES, Browser, County

from villagehub.config import Settings
from villagehub.disclosures import hiding
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.due import PAST, ensure_default_rules
from villagehub.notices import telling
from villagehub.notices.channels import Audience, Channel, channel_files, channel_path, keep_channel
from villagehub.notices.examining import find_faults
from villagehub.notices.memory import FOLDER
from villagehub.notices.sending import Outcome, send
from villagehub.ops.backup import make_backup
from villagehub.ops.doctor import KEYS
from villagehub.ops.jobs import JOBS
from villagehub.ops.restore import restore_backup
from villagehub.ops.ticking import tick
from villagehub.sections import section_named
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.transparency.key_rules import WaitsForSecond
from villagehub.transparency.rotating import add_key

DYING = Path(__file__).parents[1] / "journeys" / "dying.py"
BEFORE, LAST, AFTER = (datetime(2026, 10, day, 1, 0, tzinfo=UTC) for day in (12, 15, 16))
"""Nine in the morning: three working days before 2026-10-15, that day, and the first working day after it."""

FOUND = [one for one in JOBS if one.name in ("hides", "reviews", "questions", "log", "unchecked", "notices")]
"""The clock's work that reminders may be found by; no page is generated for them."""


@pytest.fixture
def settings(app: Flask, county: County) -> Iterator[Settings]:
    """The installation with the default due days, inside an application context."""
    assert county
    with time_machine.travel(NOW, tick=True), app.app_context():
        with unit_of_work() as session:
            ensure_default_rules(session, since=date(2026, 7, 1), of=PAST)
        yield app.extensions["villagehub"]


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as held:
        yield held


def add(settings: Settings, url: str, audience: str = "clerk", place: str = COUNTY.village) -> Channel:
    return keep_channel(settings.keys, place=place, audience=Audience(audience), name="", url=url)


def at(moment: datetime, settings: Settings) -> str:
    with time_machine.travel(moment, tick=True):
        return telling.tell_all(settings, now=moment)


def test_the_clerk_reads_three_working_days_before_and_on_the_first_working_day_after(
    settings: Settings, hook: Webhook
) -> None:
    add(settings, hook.url)
    at(BEFORE - timedelta(days=3), settings)
    assert hook.got == [], "a Friday, four working days before"
    assert at(BEFORE, settings) == "发出 1 条提醒"
    first = hook.got[0]
    assert first.startswith("青石沟村，2026年10月12日\n")
    assert "· 2026年第三季度财务收支：10月15日以前要公开，还有 3 个工作日。还没开始。" in first
    assert first.endswith("请打开 http://localhost/desk 办理。")
    at(BEFORE + timedelta(hours=2), settings)
    at(LAST, settings)
    assert len(hook.got) == 1, "said once"
    at(AFTER - timedelta(hours=2), settings)
    assert len(hook.got) == 1, "nobody is woken at seven"
    at(AFTER, settings)
    assert "财务收支：应于10月15日公开，过期 1 天。请报账员上传账表、送审。" in hook.got[1]
    at(AFTER + timedelta(days=1), settings)
    at(AFTER + timedelta(days=3), settings)
    assert len(hook.got) == 2, "neither on a Saturday nor twice"


def test_what_is_public_is_not_reminded_of(settings: Settings, hook: Webhook) -> None:
    road.published()
    add(settings, hook.url)
    at(BEFORE, settings)
    assert "财务收支" not in "".join(hook.got)


def test_the_same_day_twice_is_one_message(settings: Settings, hook: Webhook) -> None:
    add(settings, hook.url)
    for minute in range(3):
        at(AFTER + timedelta(minutes=minute), settings)
    assert len(hook.got) == 1


def test_a_receiver_that_is_down_is_tried_again_later_and_keeps_no_other_waiting(
    settings: Settings, hook: Webhook
) -> None:
    with webhook() as other:
        hook.status = 503
        down, up = add(settings, hook.url), add(settings, other.url)
        assert at(AFTER, settings) == "发出 1 条提醒；1 条没发出去，过一会儿再发"
        assert len(other.got) == 1
        said = list(find_faults(settings, now=AFTER))
        assert len(said) == 1
        assert f"发给 {down.id} 的每天的提醒从 2026-10-16 09:00 起没发出去，试了 1 次" in said[0]
        assert up.id not in said[0]
        assert at(AFTER + timedelta(minutes=4), settings) == "", "not every minute"
        at(AFTER + timedelta(minutes=6), settings)
        assert "试了 2 次" in next(find_faults(settings, now=AFTER))
        hook.status = 200
        assert at(AFTER + timedelta(minutes=10), settings) == "", "each time twice as late"
        assert at(AFTER + timedelta(minutes=17), settings) == "发出 1 条提醒"
        assert (len(hook.got), len(other.got)) == (1, 1)
        assert list(find_faults(settings, now=AFTER)) == []


def test_a_receiver_that_never_answers_is_given_up(hook: Webhook) -> None:
    hook.delay = 5
    assert send(hook.url, "提醒", "一行", seconds=2) is Outcome.SLOW


@pytest.mark.parametrize("point", ["before_a_notice_leaves", "after_a_notice_has_left"])
def test_a_clock_that_dies_while_it_sends_says_a_day_s_digest_at_most_once(
    settings: Settings, hook: Webhook, point: str
) -> None:
    add(settings, hook.url)
    dying = run(settings, AFTER, point)
    out, err = dying.communicate(timeout=120)
    assert dying.returncode == -signal.SIGKILL, out + err
    sent = len(hook.got)
    assert sent == (1 if point.startswith("after") else 0)
    for minutes in (3, 30):
        at(AFTER + timedelta(minutes=minutes), settings)
    assert len(hook.got) == sent, "not twice on one day"
    assert "不知道对方收到没有" in "".join(find_faults(settings, now=AFTER + timedelta(minutes=31)))
    at(AFTER + timedelta(days=3), settings)
    assert "财务收支：应于10月15日公开，过期 4 天" in hook.got[-1], "nothing is lost: Monday says it again"
    assert list(find_faults(settings, now=AFTER + timedelta(days=3))) == []


def run(settings: Settings, moment: datetime, point: str) -> Launched:
    settings_file = settings.instance / "settings.toml"
    url = settings.database_url
    settings_file.write_text(f'database_url = "{url}"\nbase_url = "http://localhost"\n', encoding="utf-8")
    environ = os.environ | {"VILLAGEHUB_INSTANCE": str(settings.instance)}
    db.session.remove()
    return Launched([str(DYING), point, "1", moment.isoformat(), "tick"], environ)


def test_offices_read_of_questions_signatures_and_redactions_by_their_number(
    settings: Settings, hook: Webhook, app: Flask, sign_in: Callable[[str], Browser]
) -> None:
    road.submit(road.fill())
    ask(app, "村口的路灯什么时候修好")
    add(settings, hook.url, "township", COUNTY.township)
    with time_machine.travel(NOW, tick=True):
        list(tick(settings, jobs=FOUND))
    assert "柳河镇，2026年11月23日" in hook.got[0]
    assert "有 1 个提问等着办：1 个等镇里先看，0 个过了期限或转到了镇里。" in hook.got[0]
    assert "路灯" not in hook.got[0]
    assert "请打开 http://localhost/town 办理" in hook.got[0]
    with webhook() as other:
        add(settings, other.url)
        later = NOW + timedelta(days=7)
        with time_machine.travel(later, tick=True):
            list(tick(settings, jobs=FOUND))
            list(tick(settings, jobs=FOUND))
        assert "2026年第三季度财务收支：送审满 5 天，签字还没齐。" in hook.got[1]
        assert len(hook.got) == 2
        assert "等村里答复" not in other.got[0], "the township has not read it yet"


def test_the_township_reads_once_that_a_change_of_the_logs_key_waits_for_it(settings: Settings, hook: Webhook) -> None:
    add(settings, hook.url, "township", COUNTY.township)
    with webhook() as clerks, time_machine.travel(NOW, tick=True):
        add(settings, clerks.url)
        road.published()
        run_after_publish()
        with pytest.raises(WaitsForSecond):
            add_key(settings, now=NOW)
        for _ in range(2):
            list(tick(settings, jobs=FOUND))
        said = "防改日志要换钥匙，等镇里或县里的人看过确认，到11月30日作废。"
        assert [said in one for one in hook.got] == [True]
        assert not [one for one in clerks.got if "钥匙" in one]


def ask(app: Flask, text: str) -> None:
    sent = app.test_client().post(
        f"/v/{COUNTY.village}/ask", data={"text": text, "sure": "1"}, headers={"Origin": "http://localhost"}
    )
    assert sent.status_code == 200, sent.text


def test_an_alarm_does_not_wait_for_the_morning_and_is_told_once(settings: Settings, hook: Webhook) -> None:
    version_id = road.published()
    night = NOW + timedelta(hours=15)
    with time_machine.travel(NOW, tick=True):
        list(tick(settings, jobs=FOUND))
    with mailbox() as (port, mails):
        add(settings, hook.url, "township", COUNTY.township)
        add(settings, f"mailto://127.0.0.1:{port}/?from=a@example.cn&to=b@example.cn&mode=insecure", "operator", "")
        with unit_of_work() as session:
            session.execute(
                update(PublicationCheck)
                .where(PublicationCheck.version_id == version_id)
                .values(fault="第 2 行的金额变了")
            )
        at(night, settings)
        at(night + timedelta(minutes=1), settings)
        for said in (hook.got, mails):
            assert len(said) == 1
            assert "第 1 号公开（2026年第三季度财务收支）和封存时不一样，请马上核对" in said[0]
            assert "金额" not in said[0]


def test_a_page_that_was_taken_down_asks_for_the_second_person_at_once(settings: Settings, hook: Webhook) -> None:
    version_id = road.published()
    with unit_of_work() as session:
        hiding.hide_now(
            session, version_id, cause="other", words="李大山的工钱写错", actor=road.person(COUNTY.head), now=NOW
        )
    add(settings, hook.url)
    at(NOW + timedelta(hours=12), settings)
    assert "撤下了，一天里要有第二个人确认" in hook.got[0]
    assert "李大山" not in hook.got[0]


def test_no_message_holds_a_name_a_number_of_a_person_or_what_somebody_typed(
    settings: Settings, hook: Webhook, app: Flask
) -> None:
    typed = "何秀英救助 13912345678"
    rows = [{"programme": typed, "batch": "第一批", "recipient": "何秀英", "group_name": "一组", "amount": 50_000}]
    road.fill(rows, of=road.account("funds", "2026Q3", subject=typed), opening=None)
    road.submit(road.fill())
    ask(app, "请问陶金凤家的低保 13912345678")
    version_id = road.published(of=road.account(period="2026Q2"), opening=None)
    with unit_of_work() as session:
        hiding.hide_now(session, version_id, cause="other", words=typed[:20], actor=road.person(COUNTY.chair), now=NOW)
    for audience, place in (("clerk", COUNTY.village), ("township", COUNTY.township), ("operator", "")):
        add(settings, hook.url, audience, place)
    for days in (0, 1, 8, 10):
        with time_machine.travel(NOW + timedelta(days=days), tick=True):
            list(tick(settings, jobs=FOUND))
    told = "\n".join(hook.got)
    assert len(hook.got) >= 4
    assert section_named("funds").title in told
    for name in (
        "何秀英",
        "陶金凤",
        "李大山",
        "孙长林",
        "低保",
        "第一批",
        *(one[1] for one in OFFICES if one[1] != "管理员"),
    ):
        assert name not in told
    assert not re.search(r"\d{7}", re.sub(r"http://\S+", "", told))


def test_the_token_is_in_no_log_no_database_no_backup_and_no_word_of_the_doctor(
    settings: Settings,
    hook: Webhook,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name in KEYS:
        load_key(settings.keys, name)
    caplog.set_level(logging.DEBUG)
    kept = add(settings, hook.url)
    hook.status = 500
    at(AFTER, settings)
    assert channel_path(settings.keys, kept.id).stat().st_mode & 0o777 == 0o600
    made = make_backup(settings, tmp_path / "backup")
    assert (made.keys / channel_path(settings.keys, kept.id).name).exists()
    spoken = caplog.text + "".join(capfd.readouterr()) + "".join(find_faults(settings, now=AFTER)) + repr(kept)
    assert TOKEN not in spoken
    files = [one for one in settings.instance.rglob("*") if one.is_file() and one.parent != settings.keys]
    assert settings.instance / FOLDER / f"{kept.id}-digest.json" in files
    for path in [*files, *(one for one in made.folder.rglob("*") if one.is_file())]:
        raw = path.read_bytes()
        assert not any(one in raw for one in as_anybody_might_write(TOKEN)), path
    if db.engine.dialect.name == "sqlite":
        held = sqlite3.connect(settings.instance / "villagehub.db")
        assert TOKEN not in "\n".join(held.iterdump())
        held.close()
        again = restore_backup(tmp_path / "again", made.folder)
        assert channel_files(again.instance / "keys") == [], "who tries a restore out writes to no village's group"


def test_a_long_list_fits_into_a_robot_s_message(settings: Settings, hook: Webhook) -> None:
    add(settings, hook.url, "clerk", COUNTY.township)
    at(NOW, settings)
    assert len(hook.got[0].encode()) <= 2048
    assert "柳树坪村：" in hook.got[0]
    assert "石桥村" not in hook.got[0], "of another township"


def test_how_many_days_before_is_a_setting(settings: Settings, hook: Webhook) -> None:
    add(settings, hook.url)
    at(BEFORE, replace(settings, remind_days=0))
    assert hook.got == []
    at(LAST, replace(settings, remind_days=0))
    assert "今天是最后一天" in hook.got[0]
    with reading() as session:
        assert session.scalar(select(PublicationCheck.version_id)) is None
