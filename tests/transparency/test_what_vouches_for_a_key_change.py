"""换钥匙的两个人：网页上写“谁提出、谁确认”，要这里的记录从头到尾都对得上才写。

剧本：
1. 有人确认了，程序没有办，日志里却被另外写进一条，写的还是别的职务：村民的页不照抄，镇里看到“没有第二个人确认过这一步”。
2. 时钟被拨回去，以前的确认不会又算数；确认过了一周才来办，系统管理员看得到上次的为什么不算。
3. 不能当第二个人的，先说明白，不耗输密码的次数；“已确认”只在真的已确认时才写。
4. 操作记录再多，这几页也不从头翻一遍。
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from second_person import add_by_two, agree_on
from sqlalchemy import event, func, select
from test_cosigning import log  # noqa: F401
from test_two_people_change_the_key import newest_id, proposed, says, settings, state, visitor  # noqa: F401
from world import COUNTY, NOW, PASSWORD, Visitor

from villagehub.accounts.actions import appoint
from villagehub.accounts.models import SignInThrottle
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.accounts.two_people import LIFETIME, WrongPair
from villagehub.config import Settings
from villagehub.journal import Event, note_alarm
from villagehub.kernel import clock
from villagehub.storage import db, reading, unit_of_work
from villagehub.supervision.check_views import log_key_change
from villagehub.transparency import key_rules as rules
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.key_changes import is_agreed, list_changes, newest_change
from villagehub.transparency.key_rules import State
from villagehub.transparency.key_terms import read_steps
from villagehub.transparency.log import append, keep_leaf
from villagehub.transparency.rotating import add_key

CHECK = "/v/990101100201/n/1/check"
POSTS = ["administrator", "township_supervisor"]


def written_past(settings: Settings, roles: list[str]) -> None:  # noqa: F811
    """Whoever owns the machine states the proposed key without the program."""
    with unit_of_work() as session:
        held = newest_change(session, now=clock.now())
        assert held is not None
        members = {"v": 1, "type": "key", "action": held.action, "key": held.key, "roles": roles}
        append(session, keep_leaf(session, members, now=clock.now()), LogFolder(settings.log))


@pytest.mark.parametrize("roles", [["administrator", "county"], POSTS])
def test_a_leaf_written_past_a_confirmation_is_not_vouched_for(
    app: Flask,
    settings: Settings,  # noqa: F811
    roles: list[str],
) -> None:
    agree_on(settings, "add")
    written_past(settings, roles)
    assert "没有第二个人确认过这一步" in log_key_change()
    page = app.test_client().get(CHECK).text
    assert "新旧两把一起签。以前存下的" in page
    assert "提出、" not in page


def test_other_posts_than_those_that_agreed_are_not_repeated(settings: Settings) -> None:  # noqa: F811
    add_by_two(settings)
    with reading() as session:
        steps = read_steps(session)
        assert is_agreed(session, steps)
        told = steps[-1]
        for roles in (("administrator", "county"), ("township_supervisor", "administrator"), ()):
            said = type(told)(told.index, told.action, told.key, told.day, roles)
            assert not is_agreed(session, [*steps[:-1], said]), roles


def test_a_clock_set_back_does_not_bring_an_old_confirmation_to_life(settings: Settings) -> None:  # noqa: F811
    today = clock.now()
    later = today + timedelta(days=80)
    agree_on(settings, "add", now=later)
    assert state(later) is State.CONFIRMED
    assert state(today) is State.LAPSED
    with pytest.raises(rules.WaitsForSecond, match=r"^上次的确认已作废，重新提出了。登记新钥匙"):
        add_key(settings, now=today)


def test_whoever_comes_too_late_reads_that_the_confirmation_has_lapsed(settings: Settings) -> None:  # noqa: F811
    start = clock.now()
    agree_on(settings, "add", now=start)
    with pytest.raises(rules.WaitsForSecond) as refusal:
        add_key(settings, now=start + LIFETIME)
    assert refusal.value.sentence.startswith("上次的确认过了一周，已作废，重新提出了。登记新钥匙")
    assert "还没有人确认。日志没有动" in refusal.value.sentence
    with pytest.raises(rules.WaitsForSecond) as refusal:
        add_key(settings, now=start + LIFETIME)
    assert "上次" not in refusal.value.sentence, "what waits now is what was proposed then"


def test_whoever_may_not_confirm_is_told_so_before_a_password_is_looked_at(
    app: Flask,
    settings: Settings,  # noqa: F811
    visitor: Callable[[str], Visitor],  # noqa: F811
) -> None:
    assert app
    with unit_of_work() as session:
        admin = person_with_login(session, COUNTY.administrator)
        assert admin is not None
        place = place_with_code(session, COUNTY.township)
        appoint(session, admin, Role.TOWNSHIP_SUPERVISOR, place=place, actor=None, channel="test", now=NOW)
    number, browser = proposed(settings), visitor(COUNTY.administrator)
    before = tries()
    for _ in range(2):
        told = browser.send("/town/key/confirm", {"change": number, "password": "wrong"}, page="/town/key")
        assert (told.status_code, "您也是系统管理员" in told.text) == (403, True)
    town = visitor(COUNTY.supervisor)
    told = town.send("/town/key/confirm", {"change": number + 1, "password": "wrong"}, page="/town/key")
    assert (told.status_code, "不能再确认或拒绝" in told.text) == (409, True)
    assert tries() == before
    assert state() is State.PROPOSED


def tries() -> int:
    """Wrong tries that are counted against anybody."""
    with reading() as session:
        return session.scalar(select(func.sum(SignInThrottle.failures))) or 0


def test_the_page_says_confirmed_only_while_it_is(
    settings: Settings,  # noqa: F811
    visitor: Callable[[str], Visitor],  # noqa: F811
) -> None:
    town = visitor(COUNTY.supervisor)
    number = proposed(settings)
    for done in ("confirm", "refuse", "other"):
        page = town.get(f"/town/key?done={done}").text
        assert "已确认。" not in page
        assert "记下了：不同意" not in page
    says(settings, number, State.REFUSED, reason="先问清楚再说")
    assert "已确认。" not in town.get("/town/key?done=confirm").text
    assert "记下了：不同意" in town.get("/town/key?done=refuse").text
    number = proposed(settings, again=True)
    answered = town.send("/town/key/confirm", {"change": number, "password": PASSWORD}, page="/town/key")
    assert "已确认。请告诉系统管理员" in town.get(answered.headers["Location"]).text
    add_key(settings, now=clock.now())
    assert "再运行一次同样的命令" not in town.get("/town/key?done=confirm").text


def test_a_refusal_over_a_key_does_not_bear_the_name_of_a_redaction(settings: Settings) -> None:  # noqa: F811
    number = proposed(settings)
    with pytest.raises(WrongPair) as refusal:
        says(settings, number, State.CONFIRMED, COUNTY.head)
    assert "redaction" not in refusal.value.code


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked meanwhile, with the values."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        found.append((statement, values))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def of_the_journal(found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [one for one in found if "FROM journal " in " ".join(one[0].split()) + " "]


def test_a_long_journal_is_not_read_from_its_beginning_for_a_key(settings: Settings) -> None:  # noqa: F811
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by how much stands in a table; here it is nothing")
    add_by_two(settings)
    now = clock.now()
    with asked() as found, unit_of_work() as session:
        assert is_agreed(session, read_steps(session))
        list_changes(session, now=now)
        for subject in (None, 7):
            for _ in range(2):
                note_alarm(
                    session,
                    Event.ORIGINAL_BROKEN,
                    subject_kind="original",
                    subject_id=subject,
                    detail={},
                    quiet=timedelta(days=1),
                    now=now,
                )
    wanted = [one for one in of_the_journal(found) if "seq DESC" not in one[0]]  # the chain's end: by its number
    assert len(wanted) >= 6
    with db.engine.connect() as connection:
        for statement, values in wanted:
            plan = [one[3] for one in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            looked = [one for one in plan if "journal" in one]
            assert looked, plan
            assert all("ix_journal_village_" in one for one in looked), (statement, plan)


def test_many_proposals_cost_the_journal_no_more_than_one(settings: Settings) -> None:  # noqa: F811
    counts = []
    for _ in range(2):
        number = proposed(settings, again=True)
        with asked() as found, reading() as session:
            list_changes(session, now=clock.now())
        counts.append(len(of_the_journal(found)))
        says(settings, number, State.REFUSED, reason="先问清楚再说")
    assert newest_id() == 2
    assert counts == [2, 2]


def test_the_first_page_asks_once_whether_a_key_waits(
    settings: Settings,  # noqa: F811
    visitor: Callable[[str], Visitor],  # noqa: F811
) -> None:
    town = visitor(COUNTY.supervisor)
    proposed(settings)
    with asked() as found:
        page = town.get("/desk").text
    assert "等您确认：防改日志要换钥匙" in page
    assert "现在没有等您办的事" not in page
    assert len([one for one, _ in found if "FROM key_change " in " ".join(one.split())]) == 1
