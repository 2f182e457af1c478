"""A later due day is granted by the township only, with a reason that villagers read; it stays written down."""

from collections.abc import Callable
from datetime import date

import pytest
import road
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.models import Waiver
from villagehub.journal.models import JournalEntry
from villagehub.kernel.period import Period
from villagehub.places.actions import add_group
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work
from villagehub.supervision import waivers

SignIn = Callable[[str], Browser]
OURS = COUNTY.village
PAGE = f"/town/v/{OURS}"
REASON = "县系统未关账，延至12月5日"


def send(browser: Browser, **changes: str) -> TestResponse:
    fields = {"account": "finance/2026Q3", "until": "2026-12-05", "reason": REASON, "q": "2026Q3", **changes}
    return browser.send(f"{PAGE}/waivers", fields, page=PAGE)


def test_from_overdue_to_waiver_and_villagers_read_why(due_county: County, sign_in: SignIn, client: Browser) -> None:
    browser = sign_in(due_county.supervisor)
    assert "没公开" in browser.get(PAGE).text
    assert "应于10月15日公开" in client.get(f"/v/{OURS}").text
    assert send(browser).status_code == 303
    page = browser.get("/town").text
    assert "已批准延期" in page
    assert f"应于12月5日公开（{REASON}）" in client.get(f"/v/{OURS}").text
    assert f"延期：{REASON}" in browser.get(PAGE).text
    assert "青石沟村" not in browser.get("/town/reminders").text
    with reading() as session:
        noted = session.scalars(sa.select(JournalEntry).where(JournalEntry.event == "waiver_granted")).one()
        assert (noted.actor_name, noted.detail["reason"]) == ("吴敏", REASON)


def test_a_second_click_grants_nothing_twice(due_county: County, sign_in: SignIn) -> None:
    browser = sign_in(due_county.supervisor)
    assert [send(browser).status_code, send(browser).status_code] == [303, 303]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Waiver)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": "2026-10-10"}, "要晚于原来的2026年10月15日"),
        ({"until": "2026-11-01"}, "也不能早于今天"),
        ({"until": "2028-01-01"}, "一次最多延一年"),
        ({"until": "下周"}, "没有看懂日期"),
        ({"reason": "忙"}, "没有写清楚为什么延期"),
        ({"account": "finance/2026"}, "没有规定哪天要公开"),
        ({"account": "finance/很快"}, "不是一个期间"),
    ],
)
def test_what_cannot_be_granted_is_explained_and_what_was_typed_stays(
    due_county: County, sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    answer = send(sign_in(due_county.supervisor), **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert (changes.get("reason") or REASON) in answer.text


def test_what_is_public_needs_no_later_day(due_county: County, sign_in: SignIn) -> None:
    road.published()
    answer = send(sign_in(due_county.supervisor))
    assert answer.status_code == 409
    assert "已经公开了（第 1 号）" in answer.text


@pytest.mark.parametrize(
    ("login", "status"), [(COUNTY.auditor, 403), (COUNTY.county, 403), (COUNTY.clerk, 403), (COUNTY.head, 403)]
)
def test_only_the_township_grants(due_county: County, sign_in: SignIn, login: str, status: int) -> None:
    answer = sign_in(login).send(f"{PAGE}/waivers", {"account": "finance/2026Q3"})
    assert answer.status_code == status


def test_numbers_of_people_in_the_reason_are_taken_out(due_county: County) -> None:
    with unit_of_work() as session:
        village = read_village(session, OURS)
        found = waivers.grant_waiver(
            session,
            village,
            "finance",
            Period.parse("2026Q3"),
            until=date(2026, 12, 5),
            reason="会计住院，问13907190000",
            actor=road.person(COUNTY.supervisor),
            now=NOW,
        )
        assert "139" not in found.reason


@pytest.mark.parametrize("sql", ["DELETE FROM waiver", "UPDATE waiver SET reason = 'x'"])
def test_a_granted_day_is_not_taken_away_by_plain_sql(due_county: County, sign_in: SignIn, sql: str) -> None:
    send(sign_in(due_county.supervisor))
    with pytest.raises(sa.exc.IntegrityError, match="只能添加"), unit_of_work() as session:
        session.execute(sa.text(sql))


def test_the_same_from_the_command_line(due_county: County, app: Flask) -> None:
    from dataclasses import replace

    from click.testing import CliRunner

    from villagehub.cli import cli

    app.extensions["villagehub"] = replace(app.extensions["villagehub"], cli_act_as=True)
    words = [
        "waivers",
        "grant",
        "--village",
        OURS,
        "--section",
        "finance",
        "--period",
        "2026Q3",
        "--until",
        "2026-12-05",
    ]
    done = CliRunner().invoke(cli, [*words, "--reason", REASON, "--as", COUNTY.supervisor], obj=lambda: app)
    assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(cli, ["waivers", "list", "--village", OURS], obj=lambda: app)
    assert REASON in listed.output


def test_a_later_day_holds_for_the_books_it_was_granted_for_and_for_no_others(
    due_county: County, sign_in: SignIn, client: Browser
) -> None:
    with unit_of_work() as session:
        add_group(session, read_village(session, OURS).id, "3", "三组")
    browser = sign_in(due_county.supervisor)
    page = browser.get(PAGE).text
    assert 'value="finance/2026Q3/collective/"' in page
    assert 'value="finance/2026Q3/group/3"' in page
    assert send(browser, account="finance/2026Q3/collective/").status_code == 303
    assert send(browser, account="finance/2026Q3/group/3", reason="组长住院，延至12月5日").status_code == 303
    after = browser.get(PAGE).text
    assert "村集体经济组织 2026年第三季度财务收支</b>：延到2026年12月5日" in after
    assert "三组 2026年第三季度财务收支</b>：延到2026年12月5日" in after
    assert "没公开" in browser.get(PAGE).text  # the village committee's own book is as late as before
    home = client.get(f"/v/{OURS}").text
    assert f"村集体经济组织 2026年第三季度财务收支应于12月5日公开（{REASON}）" in home
    assert "三组 2026年第三季度财务收支应于12月5日公开（组长住院，延至12月5日）" in home
    assert "镇里同意晚些公开的" in home
    assert "应于10月15日公开" in home
    road.published(of=road.account(entity="group", group_no="3"))
    assert "组长住院" not in client.get(f"/v/{OURS}").text


@pytest.mark.parametrize(
    "account",
    ["finance/2026Q3/group/", "finance/2026Q3/group/9", "finance/2026Q3/town/", "finance/2026Q3/collective/3"],
)
def test_books_that_the_village_does_not_have_are_not_put_off(
    due_county: County, sign_in: SignIn, account: str
) -> None:
    answer = send(sign_in(due_county.supervisor), account=account)
    assert answer.status_code == 422
    assert "没有看懂是谁的账" in answer.text
    assert REASON in answer.text
