"""日志换钥匙要两个人：系统管理员在服务器上提出，镇里或县里的人在网页上用本人的密码确认，再由系统管理员办。

剧本：
1. 第一次运行只是提出，日志一个字节也不动；没确认以前再运行几次都一样，说得清等谁、到哪里确认。
2. 镇里的人一登录就看到有事等他；密码写错不算；确认了，再运行一次就办好，日志那一条写着两个人的职务，操作记录里两个人都在。
3. 不同意要写原因，系统管理员看得到；一次确认只管一把钥匙的一步，过一周作废；自己当系统管理员的不能确认。
4. 恢复旧备份，用过的确认不会变回没用过的；没有操作记录的确认不算。
"""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from second_person import STEPS, add_by_two, agree_on
from sqlalchemy import func, select
from test_cosigning import leaves, log  # noqa: F401
from world import COUNTY, NOW, PASSWORD, Visitor, at_once

from villagehub.accounts.actions import appoint, end_appointment
from villagehub.accounts.actor import Actor
from villagehub.accounts.queries import actor_of, person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.accounts.two_people import LIFETIME, WrongPair
from villagehub.cli import cli, run
from villagehub.config import Settings
from villagehub.journal.models import JournalEntry
from villagehub.journal.queries import first_break
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.ops.catching_up import catch_up
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.keys import key_path
from villagehub.supervision.check_views import log_key_change
from villagehub.transparency import key_rules as rules
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.key_changes import answer, newest_change
from villagehub.transparency.key_rules import State
from villagehub.transparency.log import append, keep_leaf
from villagehub.transparency.models import KeyChange, KeyChangeEvent
from villagehub.transparency.notes import read_vkey
from villagehub.transparency.ours import bring_up_to_date, own_vkey
from villagehub.transparency.rotating import add_key, retire_key
from villagehub.transparency.sources import source_of

WAITS = "等您确认：防改日志要换钥匙"


@pytest.fixture
def settings(app: Flask, log: Path) -> Settings:  # noqa: F811
    assert log
    app.test_client_class = Visitor
    found: Settings = app.extensions["villagehub"]
    return found


@pytest.fixture
def visitor(app: Flask, settings: Settings) -> Callable[[str], Visitor]:
    """A browser of its own for this person, signed in."""
    assert settings

    def signed_in(login: str) -> Visitor:
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        assert browser.sign_in(login).status_code == 303
        return browser

    return signed_in


def proposed(settings: Settings, step: str = "add", **more: Any) -> int:
    """The operator runs the step, which waits; the number of its proposal."""
    with pytest.raises(rules.WaitsForSecond):
        STEPS[step](settings, now=more.pop("now", None) or clock.now(), **more)
    with reading() as session:
        return session.scalar(select(func.max(KeyChange.id))) or 0


def actor(login: str) -> Actor:
    with reading() as session:
        person = person_with_login(session, login)
        assert person is not None
        return actor_of(session, person, now=clock.now())


def says(settings: Settings, change_id: int, said: State, login: str = COUNTY.supervisor, **more: Any) -> None:
    moment = more.pop("now", None) or clock.now()
    with unit_of_work() as session:
        answer(session, settings, change_id, said, actor=actor(login), now=moment, **more)


def state(now: Any = None) -> State:
    with reading() as session:
        held = newest_change(session, now=now or clock.now())
    assert held is not None
    return held.state


def noted() -> list[tuple[str, str, str]]:
    """The site's journal of it: event, who, by which way."""
    with reading() as session:
        wanted = select(JournalEntry).where(JournalEntry.subject_kind == "key_change").order_by(JournalEntry.seq)
        assert first_break(session, 0) is None
        return [(one.event, one.actor_name, one.channel.partition(":")[0]) for one in session.scalars(wanted)]


def as_it_was(settings: Settings) -> Callable[[], bool]:
    before = (leaves(), LogFolder(settings.log).checkpoint())
    return lambda: (leaves(), LogFolder(settings.log).checkpoint()) == before


def test_the_operator_alone_changes_nothing_and_is_told_who_must_confirm_where(settings: Settings) -> None:
    unchanged, old = as_it_was(settings), own_vkey(settings)
    for _ in range(2):
        with pytest.raises(rules.WaitsForSecond) as refusal:
            add_key(settings, now=clock.now())
        said = refusal.value.next_step
        assert "吴敏（镇监督员）、何远（县主管部门）中的一位" in said
        assert "http://localhost/town/key" in said
        assert "villagehub log key add" in said
    assert unchanged()
    bring_up_to_date(settings)
    assert unchanged()
    assert own_vkey(settings) == old
    with reading() as session:
        assert session.scalar(select(func.count(KeyChange.id))) == 1, "run twice, it is one proposal"
    assert [event for event, _, _ in noted()] == ["key_change_proposed"]


def test_at_the_keyboard_a_step_that_waits_ends_with_the_code_of_a_refusal(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("instance", "database_url", "base_url"):
        monkeypatch.setenv(f"VILLAGEHUB_{name.upper()}", str(getattr(settings, name)))

    def typed(*words: str) -> tuple[int, str, str]:
        code = run(lambda: cli.main(["log", "key", *words], obj=lambda: app, standalone_mode=False))
        said = capsys.readouterr()
        return code, said.out, said.err

    code, out, err = typed("add")
    assert (code, out) == (4, "")
    assert "还没有人确认。日志没有动" in err
    says(settings, 1, State.REFUSED, reason="没听说要换，先问清楚")
    code, out, err = typed("add")
    assert (code, out) == (4, "")
    assert "吴敏（镇监督员）没有同意：没听说要换，先问清楚" in err
    assert typed("add", "--again")[0] == 4
    says(settings, 2, State.CONFIRMED)
    code, out, err = typed("add")
    assert code == 0
    assert out.startswith("localhost/log/instance+")


def test_the_township_sees_that_it_waits_and_confirms_with_its_own_password(
    settings: Settings, visitor: Callable[[str], Visitor]
) -> None:
    number, unchanged = proposed(settings), as_it_was(settings)
    town, county = visitor(COUNTY.supervisor), visitor(COUNTY.county)
    for browser, path in ((town, "/desk"), (town, "/town"), (county, "/town"), (county, "/county")):
        assert WAITS in browser.get(path).text, path
    assert "现在没有等您办的事" not in town.get("/desk").text
    for login in (COUNTY.clerk, COUNTY.auditor):
        assert WAITS not in visitor(login).get("/desk").text
        assert visitor(login).get("/town/key").status_code == 403
    page = town.get("/town/key").text
    with reading() as session:
        held = newest_change(session, now=clock.now())
    assert held is not None
    for words in (held.key, f"登记新钥匙 {held.key_id}", "没听说过要换的，请不要确认", "服务器上的操作员（cli:"):
        assert words in page
    refused = town.send("/town/key/confirm", {"change": number, "password": "wrong"}, page="/town/key")
    assert (refused.status_code, "密码不对，还没有确认" in refused.text) == (422, True)
    assert state() is State.PROPOSED
    answered = town.send("/town/key/confirm", {"change": number, "password": PASSWORD}, page="/town/key")
    assert answered.status_code == 303
    after = town.get(answered.headers["Location"]).text
    assert "已确认" in after
    assert "请不要确认" not in after
    assert unchanged(), "the log changes when the operator does the step"
    assert WAITS not in town.get("/town").text
    late = county.send("/town/key/refuse", {"change": number, "reason": "我也不同意"}, page="/town/key")
    assert (late.status_code, "不能再确认或拒绝" in late.text) == (409, True)
    assert add_key(settings, now=clock.now()) == held.key
    assert json.loads(leaves()[-1])["roles"] == ["administrator", "township_supervisor"]
    assert noted() == [
        ("key_change_proposed", "", "cli"),
        ("key_change_confirmed", "吴敏", "web"),
        ("key_changed", "", "cli"),
    ]
    assert "已办好" in town.get("/town/key").text
    news = log_key_change()
    assert "这一步由系统管理员提出、镇监督员确认" in news
    assert "没有第二个人" not in news
    agree_on(settings, "retire", who=COUNTY.county)
    retire_key(settings, now=clock.now())
    assert json.loads(leaves()[-1])["roles"] == ["administrator", "county"]


def test_whoever_refuses_says_why_and_only_a_new_proposal_goes_on(
    settings: Settings, visitor: Callable[[str], Visitor]
) -> None:
    number, town = proposed(settings), visitor(COUNTY.supervisor)
    short = town.send("/town/key/refuse", {"change": number, "reason": "不"}, page="/town/key")
    assert (short.status_code, "还没有写为什么不同意" in short.text) == (422, True)
    done = town.send("/town/key/refuse", {"change": number, "reason": "没听说，打 13800001234 问"}, page="/town/key")
    assert done.status_code == 303
    with pytest.raises(rules.NotAgreed, match="吴敏（镇监督员）没有同意：没听说") as refusal:
        add_key(settings, now=clock.now())
    assert "13800001234" not in refusal.value.sentence
    assert proposed(settings, again=True) == number + 1
    with pytest.raises(rules.NoLongerOpen):
        says(settings, number, State.CONFIRMED)
    says(settings, number + 1, State.CONFIRMED)
    assert read_vkey(add_key(settings, now=clock.now()))


def test_one_confirmation_serves_one_step_of_one_key(settings: Settings) -> None:
    agree_on(settings, "add")
    key_path(settings.keys, "log-next").unlink()
    number = proposed(settings)
    assert state() is State.PROPOSED, "another key than the one that was confirmed"
    says(settings, number, State.CONFIRMED)
    new = add_key(settings, now=clock.now())
    proposed(settings, "retire")
    old_secret = key_path(settings.keys, "log").read_bytes()
    agree = newest_id()
    says(settings, agree, State.CONFIRMED)
    assert retire_key(settings, now=clock.now())[1] == new
    path = key_path(settings.keys, "log-next")
    path.write_bytes(old_secret)
    path.chmod(0o600)
    with pytest.raises(rules.KeyStatedBefore):
        add_key(settings, now=clock.now())


def newest_id() -> int:
    with reading() as session:
        return session.scalar(select(func.max(KeyChange.id))) or 0


def test_a_week_ends_a_proposal_and_a_confirmation(settings: Settings) -> None:
    start = clock.now()
    number = proposed(settings, now=start)
    assert state(start + LIFETIME - timedelta(seconds=1)) is State.PROPOSED
    with pytest.raises(rules.NoLongerOpen, match="已作废"):
        says(settings, number, State.CONFIRMED, now=start + LIFETIME)
    later = start + LIFETIME
    assert proposed(settings, now=later) == number + 1
    says(settings, number + 1, State.CONFIRMED, now=later)
    assert proposed(settings, now=later + LIFETIME) == number + 2, "too late: it is proposed anew"
    assert len(leaves()) == 3


def test_nobody_who_administers_the_system_is_the_second_person(settings: Settings) -> None:
    with unit_of_work() as session:
        admin = person_with_login(session, COUNTY.administrator)
        assert admin is not None
        place = place_with_code(session, COUNTY.township)
        appoint(session, admin, Role.TOWNSHIP_SUPERVISOR, place=place, actor=None, channel="test", now=NOW)
    number = proposed(settings)
    for login, why in (
        (COUNTY.administrator, rules.IsOperator),
        (COUNTY.head, WrongPair),
        (COUNTY.auditor, WrongPair),
    ):
        with pytest.raises(why):
            says(settings, number, State.CONFIRMED, login)
    with unit_of_work() as session:
        for login in (COUNTY.supervisor, COUNTY.county):
            person = person_with_login(session, login)
            assert person is not None
            end_appointment(session, person, actor=None, channel="test", now=clock.now())
    start = clock.now() + LIFETIME
    unchanged = as_it_was(settings)
    with pytest.raises(rules.NobodyMayConfirm) as refusal:
        add_key(settings, now=start)
    assert "villagehub accounts add" in refusal.value.next_step
    assert newest_id() == number, "nothing was proposed that nobody could confirm"
    assert unchanged()


def test_a_confirmation_that_the_journal_does_not_know_is_none(settings: Settings) -> None:
    number = proposed(settings)
    with unit_of_work() as session:
        person = actor(COUNTY.supervisor).person_id
        session.add(
            KeyChangeEvent(
                change_id=number,
                kind="confirmed",
                person_id=person,
                role="township_supervisor",
                reason="",
                at=clock.now(),
            )
        )
    unchanged = as_it_was(settings)
    assert proposed(settings) == number + 1
    assert unchanged()


def test_the_township_reads_of_a_change_that_nobody_confirmed(app: Flask, settings: Settings) -> None:
    """Whoever owns the machine can write a leaf past the program, with any two posts in it; the township's first page then says
    that nobody agreed, and the villagers' page does not repeat the posts.
    """
    check = "/v/990101100201/n/1/check"
    add_by_two(settings)
    assert "没有第二个人" not in log_key_change()
    assert "镇监督员确认" in app.test_client().get(check).text
    other = own_vkey(settings)
    with unit_of_work() as session:
        members = {"v": 1, "type": "key", "action": "retire", "key": other, "roles": ["administrator", "county"]}
        append(session, keep_leaf(session, members, now=clock.now()), LogFolder(settings.log))
    assert "没有第二个人确认过这一步" in log_key_change()
    assert "停用旧的。换以前存下的" in app.test_client().get(check).text


@pytest.fixture
def old_copy(settings: Settings, tmp_path: Path) -> Callable[[], None]:
    """A copy of the database as it is when a step was confirmed; calling it puts the copy back."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the database is set back as a file")
    agree_on(settings, "add")
    path = settings.instance / "villagehub.db"
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.session.remove()
    db.engine.dispose()
    shutil.copy(path, tmp_path / "old.db")

    def put_back() -> None:
        db.session.remove()
        db.engine.dispose()
        for one in settings.instance.glob("villagehub.db*"):
            one.unlink()
        shutil.copy(tmp_path / "old.db", path)

    return put_back


def test_a_restored_backup_does_not_bring_a_used_confirmation_back(
    settings: Settings, old_copy: Callable[[], None]
) -> None:
    new = add_key(settings, now=clock.now())
    old_copy()
    with pytest.raises(Refused, match="从备份恢复"):
        add_key(settings, now=clock.now())
    catch_up(settings, source_of(str(settings.log)), nothing_newer=False)
    assert state() is State.DONE
    assert add_key(settings, now=clock.now()) == new, "it is done, as the log says"
    proposed(settings, "retire")


def test_where_no_newer_log_is_left_two_people_agree_anew(
    settings: Settings, old_copy: Callable[[], None], tmp_path: Path
) -> None:
    add_key(settings, now=clock.now())
    old_copy()
    settings.log.rename(tmp_path / "the-old-machine")
    catch_up(settings, None, nothing_newer=True)
    bring_up_to_date(settings)
    before = newest_id()
    unchanged = as_it_was(settings)
    assert state() is State.LAPSED
    assert proposed(settings) == before + 1
    assert unchanged()


def test_of_two_who_answer_at_the_same_moment_one_is_heard(
    settings: Settings, visitor: Callable[[str], Visitor]
) -> None:
    number, page = str(proposed(settings)), "/town/key"
    yes = (visitor(COUNTY.supervisor), page, "/town/key/confirm", {"change": number, "password": PASSWORD})
    no = (visitor(COUNTY.county), page, "/town/key/refuse", {"change": number, "reason": "先问清楚再换"})
    assert sorted(one.status_code for one in at_once(yes, no)) == [303, 409]
    assert len(noted()) == 2


def test_the_log_begins_with_a_key_that_nobody_had_to_confirm(app: Flask, settings: Settings) -> None:
    first = next(json.loads(one) for one in leaves() if json.loads(one)["type"] == "key")
    assert first == {"v": 1, "type": "key", "action": "add", "key": own_vkey(settings)}
    listed = CliRunner().invoke(cli, ["log", "key", "list"], obj=lambda: app)
    assert own_vkey(settings) in listed.output
    assert log_key_change() == ""
