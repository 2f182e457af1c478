"""到时间的事，时钟自己办，每件只办一次。

剧本：时钟往前拨；撤下满一天、审核满五天、审看过期、名单期满、登录过时，都由 tick 办，办完再 tick 什么也不变。
两个进程同一时刻一起 tick，每件也只办一次；办到一半被 kill -9，下一次接着办完，没有一件办两遍。
"""

import gzip
import os
import re
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import road
import time_machine
from flask import Flask, current_app
from flask.testing import FlaskClient
from launching import Launched
from sqlalchemy import func, select, text
from world import COUNTY, NOW, County

from villagehub.accounts.models import SignInSession, SignInThrottle
from villagehub.accounts.queries import person_with_login
from villagehub.accounts.sessions import begin_session
from villagehub.config import Settings
from villagehub.disclosures import hiding, office
from villagehub.disclosures.hiding_lines import list_waiting_reviews
from villagehub.disclosures.hiding_models import HideEvent, ReviewNotice
from villagehub.disclosures.models import Erasure, ErasureTarget, RowFace
from villagehub.disclosures.proving import read_faults
from villagehub.disclosures.scope import version_with_id
from villagehub.journal.models import JournalEntry
from villagehub.journal.queries import first_break
from villagehub.kernel.clock import local_day
from villagehub.models import metadata
from villagehub.ops.doctor import KEYS, examine, unseen
from villagehub.ops.jobs import JOBS
from villagehub.ops.models import TimedJob
from villagehub.ops.moments import LEASE
from villagehub.ops.ticking import Done, tick
from villagehub.ops.turn import Job, Turn
from villagehub.public.build import build_dirty
from villagehub.public.models import StoredPage
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.keys import key_path, load_key
from villagehub.storage.tables import VaultFile
from villagehub.storage.vault import Vault
from villagehub.supervision.audits import Said, ask

DYING = Path(__file__).parents[1] / "journeys" / "dying.py"
SUBJECT = "耕地地力保护补贴 第一批"
PEOPLE = ("何秀英", "罗长根", "陶金凤")
BATCH = [
    {"programme": "耕地地力保护补贴", "batch": "第一批", "recipient": name, "group_name": "一组", "amount": 50_000 + n}
    for n, name in enumerate(PEOPLE)
]
DAY, MONTHS = timedelta(days=1), timedelta(days=91)


@pytest.fixture
def settings(app: Flask, county: County) -> Iterator[Settings]:
    """The installation, on the tests' day, inside an application context."""
    assert county
    with time_machine.travel(NOW, tick=True), app.app_context():
        held: Settings = app.extensions["villagehub"]
        yield held


def at(moment: datetime, settings: Settings) -> dict[str, Done]:
    """A tick at another moment; what ran."""
    with time_machine.travel(moment, tick=True):
        return {done.job.name: done for done in tick(settings)}


def said(done: dict[str, Done]) -> dict[str, str]:
    assert [one.job.name for one in done.values() if one.failed] == []
    return {name: one.said for name, one in done.items() if one.said}


def noted(event: str) -> list[JournalEntry]:
    with reading() as session:
        return list(session.scalars(select(JournalEntry).where(JournalEntry.event == event).order_by(JournalEntry.id)))


def counted(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def hidden(cause: str = "other") -> int:
    version_id = road.published()
    actor, words = road.person(COUNTY.head), "金额单位写错" if cause == "other" else ""
    with unit_of_work() as session:
        return hiding.hide_now(session, version_id, cause=cause, words=words, actor=actor, now=NOW).id


def asked(version_id: int) -> int:
    actor = road.person(COUNTY.supervisor)
    with unit_of_work() as session:
        wanted = Said("请说明这一笔为什么没有会议记录", (NOW + 5 * DAY).date())
        return ask(session, version_with_id(session, version_id), wanted, number=None, actor=actor, now=NOW).id


def a_list(rows: list[dict[str, object]] | None = None, period: str = "2026Q3") -> int:
    """A published list of persons, with its pages."""
    version_id = road.published(rows or BATCH, of=road.account("funds", period, subject=SUBJECT), opening=None)
    build_dirty()
    return version_id


def test_an_announcement_is_taken_down_by_the_clock_and_its_outcome_stays(settings: Settings) -> None:
    """从开始公示到自己撤下：到期那天午夜起网页上就没有正文，时钟再把存着的公开面也清掉；标题、日期、结果留着。"""
    row = {
        "subject": "水渠清淤选施工队",
        "content": "拟请青禾水利施工队，报价一万一千六百元",
        "starts_on": "2026-11-20",
        "ends_on": "2026-11-26",
        "objections": 0,
        "outcome": "没有异议，照办",
    }
    paper = row | {"subject": "新申请低保的人家", "content": "两户", "paper_only": True, "board_place": "村部公开栏"}
    version_id = road.published([row, paper], of=road.account("announcements", "2026-11-20"), opening=None)
    build_dirty()
    page = f"/v/{COUNTY.village}/announcements"
    client = current_app.test_client()
    number = next(int(one) for one in re.findall(rf"{page}/i/(\d+)", client.get(page).text))
    on_paper = client.get(f"{page}/i/{number + 1}").text
    assert "两户" not in on_paper + everything_public(client, page)
    assert "内容不上网，贴在村部公开栏" in on_paper
    assert row["content"] in client.get(f"{page}/i/{number}").text
    at(NOW + 3 * DAY, settings)
    assert row["content"] in client.get(f"{page}/i/{number}").text
    with time_machine.travel(NOW + 4 * DAY, tick=True):
        assert row["content"] not in client.get(f"{page}/i/{number}").text, "before the clock came round"
        assert "1 " in said(at(NOW + 4 * DAY, settings))["names"]
        gone = client.get(f"{page}/i/{number}").text
        assert row["content"] not in gone + everything_public(client, page)
        assert "没有异议，照办" in gone
        assert "公示期满" in gone
    with reading() as session:
        faces = session.scalars(select(RowFace.fields)).all()
        assert row["content"] not in str(faces)
        assert version_with_id(session, version_id).stage == "published"
    assert "names" not in said(at(NOW + 5 * DAY, settings))


def test_what_an_older_release_put_into_the_search_is_made_anew_in_the_night_though_nothing_was_published(
    settings: Settings,
) -> None:
    road.published()
    at(NOW + DAY, settings)
    held = "SELECT version_id, position, rules FROM search_entry ORDER BY version_id, position"
    with reading() as session:
        before = session.execute(text(held)).all()
    assert before
    with unit_of_work() as session:
        session.execute(text("UPDATE search_entry SET rules = '3'"))
    assert "names" not in said(at(NOW + 2 * DAY, settings)), "nothing that anybody need be told"
    with reading() as session:
        assert session.execute(text(held)).all() == before


def everything_public(client: FlaskClient, page: str) -> str:
    """The list, the files beside it, and what the search says of it."""
    found = f"/v/{COUNTY.village}/search?q=水渠清淤"
    return "".join(client.get(one).text for one in (page, f"{page}/2026-11-20", f"{page}/2026-11-20.csv", found))


def test_a_hide_that_nobody_confirmed_ends_after_its_day_and_once(settings: Settings) -> None:
    hidden()
    assert "hides" not in said(at(NOW + DAY - timedelta(minutes=1), settings))
    assert "1 处" in said(at(NOW + DAY, settings))["hides"]
    assert "hides" not in said(at(NOW + 2 * DAY, settings))
    assert counted(HideEvent) == 1
    assert [one.channel for one in noted("hide_lapsed")] == ["clock"]


def test_what_was_hidden_for_personal_information_stays(settings: Settings) -> None:
    hidden("privacy")
    at(NOW + 30 * DAY, settings)
    assert counted(HideEvent) == 0


def test_the_township_is_told_once_of_a_review_that_takes_too_long(settings: Settings) -> None:
    version_id = road.submit(road.fill())
    with reading() as session:
        village = version_with_id(session, version_id).village_id
    assert "reviews" not in said(at(NOW + 5 * DAY - timedelta(hours=1), settings))
    assert "1 件送审满 5 天" in said(at(NOW + 5 * DAY + timedelta(hours=1), settings))["reviews"]
    assert "reviews" not in said(at(NOW + 6 * DAY, settings))
    assert counted(ReviewNotice) == len(noted("review_overdue")) == 1
    with reading() as session:
        assert [one for one, _ in list_waiting_reviews(session, [village])] == [version_id]
    assert road.version(version_id).stage == "submitted", "nothing publishes itself"


def test_a_draft_taken_back_and_handed_in_again_begins_its_days_anew(settings: Settings) -> None:
    version_id = road.submit(road.fill())
    at(NOW + 6 * DAY, settings)
    with unit_of_work() as session:
        office.take_back(session, version_id, road.hand(COUNTY.clerk))
    at(NOW + 7 * DAY, settings)
    assert counted(ReviewNotice) == 1


def test_an_audit_past_its_day_is_noted_once_and_again_only_for_a_new_day(settings: Settings) -> None:
    asked(road.published())
    assert "audits" not in said(at(NOW + 5 * DAY, settings))
    assert "1 件" in said(at(NOW + 6 * DAY, settings))["audits"]
    assert "audits" not in said(at(NOW + 7 * DAY, settings))
    (entry,) = noted("audit_overdue")
    assert (entry.subject_kind, entry.detail["seq"]) == ("audit", 1)


def test_ended_sign_ins_are_cleared_away_and_live_ones_stay(settings: Settings) -> None:
    with unit_of_work() as session:
        clerk, head = (person_with_login(session, one) for one in (COUNTY.clerk, COUNTY.head))
        assert clerk
        assert head
        begin_session(session, clerk, None, now=NOW)
        begin_session(session, head, None, now=NOW + timedelta(hours=2))
        session.add(SignInThrottle(key=b"1", failures=3, last_at=NOW, open_at=NOW))
    assert "2 条" in said(at(NOW + timedelta(hours=2), settings))["sign_ins"]
    assert (counted(SignInSession), counted(SignInThrottle)) == (1, 0)


def everything() -> str:
    """All text in all tables, stored pages unpacked."""
    parts: list[str] = []
    with reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                parts += [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in row]
        parts += [gzip.decompress(one).decode() for one in session.scalars(select(StoredPage.body))]
    return "\n".join(parts)


def public(app: Flask) -> str:
    """What villagers can fetch of the list: pages, the list by group and surname, twins, a search by name for its sum."""
    browser, home = app.test_client(), f"/v/{COUNTY.village}"
    batch = f"{home}/funds/2026Q3/{SUBJECT}"
    paths = [home, f"{home}/n", f"{home}/n/1", f"{home}/funds", batch, f"{batch}.csv"]
    paths += [f"{batch}?zu=一组&xing={name[0]}" for name in PEOPLE]
    return "\n".join(browser.get(path).get_data(as_text=True) for path in paths)


def found(app: Flask) -> str:
    """The answer to a villager who asks by name."""
    asking = {"name": PEOPLE[0]}
    answer = app.test_client().post(
        f"/v/{COUNTY.village}/funds/find", data=asking, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 200
    return answer.text


def test_after_ninety_days_names_are_on_no_page_and_counts_sums_and_proofs_stay(app: Flask, settings: Settings) -> None:
    version_id = a_list()
    before = road.version(version_id)
    assert [name for name in PEOPLE if name in public(app)] == list(PEOPLE)
    assert "500.00" in found(app)
    assert "names" not in said(at(NOW + 89 * DAY, settings))
    assert "1 份名单公开期满，3 行" in said(at(NOW + MONTHS, settings))["names"]
    with time_machine.travel(NOW + MONTHS, tick=True):
        shown = public(app)
        assert [name for name in PEOPLE if name in shown] == []
        assert "1,500.03" in shown
        assert "3 人" in shown
        assert "500.00" not in found(app)
    with reading() as session:
        faces = session.scalars(select(RowFace)).all()
        assert not [name for name in PEOPLE if name in str([one.fields for one in faces])]
        assert sorted(one.fields["amount"]["value"] for one in faces) == [50_000, 50_001, 50_002]
        assert read_faults(session, version_id, today=local_day(NOW + MONTHS)) == []
        assert "不见了" in read_faults(session, version_id, today=local_day(NOW + 89 * DAY))[0]
        assert first_break(session, before.village_id) is None
    after = road.version(version_id)
    assert (after.rows_root, after.facts_root, after.totals) == (before.rows_root, before.facts_root, before.totals)
    assert "names" not in said(at(NOW + MONTHS + DAY, settings))
    assert counted(Erasure) == len(noted("names_expired")) == 1
    assert counted(ErasureTarget) == 3


def test_the_household_s_slip_can_be_made_until_two_years_are_over_then_the_names_are_nowhere(
    app: Flask, settings: Settings
) -> None:
    version_id = a_list()
    at(NOW + MONTHS, settings)
    assert [name for name in PEOPLE if name in everything()] == list(PEOPLE), (
        "the clerk's own values stay with the office"
    )
    assert "memory" not in said(at(NOW + 729 * DAY, settings))
    assert "1 份名单满两年，3 行" in said(at(NOW + 731 * DAY, settings))["memory"]
    text = everything()
    assert [name for name in PEOPLE if name in text] == []
    if db.engine.dialect.name == "sqlite":
        folder = Path(db.engine.url.database or "").parent
        raw = b"".join(one.read_bytes() for one in folder.glob("villagehub.db*"))
        assert "青石沟村".encode() in raw
        assert [name for name in PEOPLE if name.encode() in raw] == [], "not even in a freed page"
    with reading() as session:
        assert read_faults(session, version_id, today=local_day(NOW + 731 * DAY)) == []
    assert road.version(version_id).totals == {"rows": 3, "amount_fen": 150_003}
    assert "memory" not in said(at(NOW + 732 * DAY, settings))
    assert len(noted("names_forgotten")) == 1
    assert said(at(NOW + 733 * DAY, settings))["publications"] == "核对了 1 份公开，都和封存时一样"
    assert app.test_client().get(f"/v/{COUNTY.village}/n/1").status_code == 200


def test_a_correction_s_rows_go_on_the_first_list_s_day(app: Flask, settings: Settings) -> None:
    a_list()
    draft = road.correct(1)
    road.change_row(draft, 1, recipient="何秀珍")
    road.publish(road.agree(road.submit(draft)))
    at(NOW + MONTHS, settings)
    with reading() as session:
        text = str([one.fields for one in session.scalars(select(RowFace))])
    assert [name for name in (*PEOPLE, "何秀珍") if name in text] == []
    assert counted(Erasure) == 2
    with time_machine.travel(NOW + MONTHS, tick=True):
        changes = app.test_client().get(f"/v/{COUNTY.village}/n/2/changes")
    assert changes.status_code == 200
    assert [name for name in (*PEOPLE, "何秀珍") if name in changes.text] == []


def test_a_changed_row_is_found_by_the_clock_and_told_once(settings: Settings) -> None:
    version_id = road.published()
    assert "都和封存时一样" in said(at(NOW + DAY, settings))["publications"]
    with db.engine.connect() as connection:  # somebody who owns the machine removes the guards
        from villagehub.storage.triggers import drop_triggers, install_triggers

        with connection.begin():
            drop_triggers(connection)
            connection.exec_driver_sql(f"UPDATE version SET totals = '{{}}' WHERE id = {version_id}")
            install_triggers(connection)
    for days in (2, 3):
        assert "1 份和封存时不一样" in said(at(NOW + days * DAY, settings))["publications"]
    assert len(noted("proof_broken")) == 1


def test_a_broken_original_is_found_within_sixteen_nights_and_told_whenever_it_is_found(settings: Settings) -> None:
    digest = Vault(settings.vault, load_key(settings.keys, "vault"), least_free_percent=0).keep(b"1,2,3\n")
    with unit_of_work() as session:
        session.add(VaultFile(sha256=digest, size=6, kept_at=NOW))
    path = settings.vault / digest[:2] / digest[2:]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    told = [said(at(NOW + night * DAY, settings)).get("originals", "") for night in range(32)]
    assert len([one for one in told if "1 处不对" in one]) == 2
    assert len(noted("original_broken")) == 2


def run(settings: Settings, moment: datetime, point: str = "nowhere", nth: int = 1) -> Launched:
    """``villagehub tick`` in a process of its own at that moment."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VILLAGEHUB_")},
        "VILLAGEHUB_INSTANCE": str(settings.instance),
        "VILLAGEHUB_DATABASE_URL": settings.database_url,
        "VILLAGEHUB_BASE_URL": settings.base_url,
    }
    return Launched([str(DYING), point, str(nth), moment.isoformat(), "tick"], environ)


def much_is_due(settings: Settings) -> datetime:
    """Two lists, a hide, an audit and a waiting review; the moment at which all of them are due."""
    hidden()
    asked(a_list())
    a_list([{**one, "recipient": one["recipient"] + "甲"} for one in BATCH], "2026Q2")
    road.submit(road.fill(of=road.account(period="2026Q2"), opening=None))
    return NOW + MONTHS


def all_is_done_once() -> None:
    events = ("hide_lapsed", "review_overdue", "audit_overdue", "names_expired")
    assert {one: len(noted(one)) for one in events} == dict(zip(events, (1, 1, 1, 2), strict=True))
    assert (counted(HideEvent), counted(ReviewNotice), counted(Erasure), counted(ErasureTarget)) == (1, 1, 2, 6)
    with reading() as session:
        assert {len(set(one)) for one in session.execute(select(TimedJob.held_by, TimedJob.held_until))} == {2}
        assert session.scalars(select(TimedJob.held_by)).all() == [""] * len(JOBS)
        for village_id in set(session.scalars(select(JournalEntry.village_id))):
            assert first_break(session, village_id) is None


@pytest.mark.slow
def test_two_workers_at_the_same_moment_do_each_thing_once(settings: Settings) -> None:
    moment = much_is_due(settings)
    db.engine.dispose()
    answers = []
    for worker in [run(settings, moment) for _ in range(2)]:
        out, err = worker.communicate(timeout=120)
        assert worker.returncode == 0, out + err
        answers.append(out)
    done = [line.partition("：")[0] for out in answers for line in out.splitlines() if line.startswith("办好了")]
    assert len(done) == len(set(done)) == len(JOBS), answers
    all_is_done_once()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "nth"),
    [("amid_a_list", 1), ("amid_the_lists", 2), ("after_the_reviews", 1), ("before_a_job_is_noted", 4)],
)
def test_a_tick_that_dies_is_finished_by_the_next_and_nothing_happens_twice(
    settings: Settings, point: str, nth: int
) -> None:
    moment = much_is_due(settings)
    db.engine.dispose()
    dying = run(settings, moment, point, nth)
    out, err = dying.communicate(timeout=120)
    assert dying.returncode == -signal.SIGKILL, out + err
    early = run(settings, moment + timedelta(seconds=30))
    out, err = early.communicate(timeout=120)
    assert early.returncode == 0, out + err
    later = run(settings, moment + LEASE)
    out, err = later.communicate(timeout=120)
    assert later.returncode == 0, out + err
    all_is_done_once()


def test_one_job_s_fault_keeps_no_other_from_running_and_it_is_tried_again(settings: Settings) -> None:
    tries = 0

    def fails(_turn: Turn) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError("the disk is away")
        return "好了"

    jobs = (Job("bad", "会出错的", DAY, fails), Job("good", "不出错的", DAY, lambda _turn: ""))
    first = list(tick(settings, jobs=jobs))
    assert [(one.job.name, one.failed) for one in first] == [("bad", True), ("good", False)]
    assert "没有办成" in first[0].said
    assert [(one.job.name, one.said) for one in tick(settings, jobs=jobs)] == [("bad", "好了")]


def test_a_server_that_stops_gives_the_job_back_undone(settings: Settings) -> None:
    stopping = False

    def long(turn: Turn) -> str:
        nonlocal stopping
        stopping = True
        turn.beat("一半")
        raise AssertionError("the run must end here")

    jobs = (Job("long", "很久的", DAY, long),)
    assert list(tick(settings, jobs=jobs, must_stop=lambda: stopping)) == []
    assert [one.said for one in tick(settings, jobs=[Job("long", "很久的", DAY, lambda _turn: "办完")])] == ["办完"]


def findings(app: Flask, settings: Settings) -> list[str]:
    return [one.message for name, found in examine(app, settings) if name == "到时间的事" for one in found]


def made_at(settings: Settings, moment: datetime) -> None:
    """As if the installation had got its keys at this moment."""
    for name in KEYS:
        load_key(settings.keys, name)
        os.utime(key_path(settings.keys, name), (moment.timestamp(), moment.timestamp()))


def test_doctor_calls_nothing_late_right_after_an_installation_or_a_restore(app: Flask, settings: Settings) -> None:
    with app.app_context(), unit_of_work() as session:
        session.add(TimedJob(name=JOBS[0].name, done_at=NOW - timedelta(days=9)))  # as a backup brings it along
    made_at(settings, NOW - timedelta(minutes=5))
    assert findings(app, settings) == []
    assert any("还没办过，打开网站后一分钟内办" in one for one in unseen(app, settings))
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        (told,) = findings(app, settings)
        assert f"有 {len(JOBS)} 件" in told


def test_doctor_names_overdue_work_and_what_to_do(app: Flask, settings: Settings) -> None:
    made_at(settings, NOW - timedelta(days=1))
    (told,) = findings(app, settings)
    assert f"有 {len(JOBS)} 件" in told
    assert "还一次都没有办过" in told
    assert "villagehub serve" in told
    list(tick(settings))
    assert findings(app, settings) == []
    with time_machine.travel(NOW + timedelta(hours=4), tick=True):
        (told,) = findings(app, settings)
        assert JOBS[0].title in told
        assert "去掉姓名" not in told, "daily work is not overdue after four hours"
