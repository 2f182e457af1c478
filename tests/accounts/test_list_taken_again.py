"""A list of people taken again makes nobody twice: one person has one account, and signs once."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select
from world import NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.commands import accounts_group
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
HEAD = "姓名,账号,村,职务,归属,任期起,任期止\n"
MEMBER = "李一,,柳树坪村,村务监督委员会成员,,,\n"
ROWS = MEMBER + "周二,,柳树坪村,报账员,,2026-01-01,2029-12-31\n"


def kept(app: Flask) -> tuple[int, int]:
    """How many accounts and posts there are."""
    with app.app_context(), reading() as session:
        counts = [session.scalar(select(func.count()).select_from(one)) or 0 for one in (Person, Appointment)]
    return counts[0], counts[1]


def send(township: Browser, rows: str, **fields: str) -> Any:
    return township.send("/town/people/import", {"file": (BytesIO((HEAD + rows).encode()), "名单.csv"), **fields})


def typed(app: Flask, folder: Path, rows: str, number: int) -> Result:
    (folder / "人.csv").write_text(HEAD + rows, encoding="utf-8")
    words = ["import", str(folder / "人.csv"), "-o", str(folder / f"密码{number}.csv")]
    return CliRunner().invoke(accounts_group, words, obj=lambda: app)


def test_the_same_list_twice_at_the_keyboard_makes_no_second_account(
    app: Flask, county: County, tmp_path: Path
) -> None:
    assert county
    first = typed(app, tmp_path, ROWS, 1)
    assert first.exit_code == 0, first.output
    before = kept(app)
    again = typed(app, tmp_path, ROWS, 2)
    assert again.exit_code == 0, again.output
    assert kept(app) == before
    assert "有 2 行原来就有" in again.output
    assert "李一（账号 李一" in again.output
    assert not (tmp_path / "密码2.csv").exists(), "nothing was made, so there is no password to hand over"
    grown = typed(app, tmp_path, ROWS + "吴三,,柳树坪村,村委会主任,,,\n", 3)
    assert "办好了 1 个人" in grown.output
    handed = (tmp_path / "密码3.csv").read_text(encoding="utf-8-sig")
    assert "吴三" in handed
    assert "李一" not in handed


def test_the_same_list_twice_on_the_page_makes_no_second_account(app: Flask, county: County, sign_in: SignIn) -> None:
    township = sign_in(county.supervisor)
    assert send(township, ROWS).status_code == 200
    before = kept(app)
    page = send(township, ROWS)
    assert page.status_code == 200, page.text
    assert kept(app) == before
    assert "没有建新账号" in page.text
    assert "李一（账号 李一" in page.text
    assert "密码只显示这一次" not in page.text
    listed = send(township, ROWS, **{"as": "csv"}).data.decode("utf-8-sig")
    assert "这次没有办" in listed
    assert kept(app) == before


def test_the_same_name_with_another_post_is_a_question_and_no_new_account(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    township = sign_in(county.supervisor)
    send(township, MEMBER)
    before = kept(app)
    asked = send(township, "李一,,柳树坪村,监事会成员,,,\n")
    assert asked.status_code == 422
    assert "第 2 行“账号”：柳树坪村已经有一位李一（账号 李一）" in asked.text
    assert kept(app) == before
    answered = send(township, "李一,李一,柳树坪村,监事会成员,,,\n")
    assert answered.status_code == 200, answered.text
    assert "原来就有账号，密码不变" in answered.text
    assert kept(app) == (before[0], before[1] + 1)


def test_a_second_person_of_the_same_name_is_possible_by_an_account_of_their_own(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    township, second = sign_in(county.supervisor), "李一,liyi2,柳树坪村,村务监督委员会成员,,,\n"
    before = kept(app)
    both = send(township, MEMBER + MEMBER)
    assert both.status_code == 422
    assert "柳树坪村有两行都是李一" in both.text
    assert send(township, second + MEMBER).status_code == 422, "one of them has no account yet and none is written"
    assert kept(app) == before
    assert send(township, MEMBER).status_code == 200
    grown = send(township, second + MEMBER)
    assert grown.status_code == 200, grown.text
    assert kept(app) == (before[0] + 2, before[1] + 2)
    assert "有 2 行原来就有" in send(township, second + MEMBER).text
    assert kept(app) == (before[0] + 2, before[1] + 2)
    third = CliRunner().invoke(
        accounts_group,
        ["add", "liyi3", "--name", "李一", "--role", "committee_member", "--place", county.other_village,
         "--password-stdin"],
        obj=lambda: app, input=PASSWORD + "\n",
    )  # fmt: skip
    assert third.exit_code == 0, third.output


@pytest.mark.parametrize("login", ["", "周二"])
def test_another_term_for_a_post_that_is_held_is_said_and_changes_nothing(
    app: Flask, county: County, sign_in: SignIn, login: str
) -> None:
    township = sign_in(county.supervisor)
    send(township, ROWS)
    before = kept(app)
    told = send(township, f"周二,{login},柳树坪村,报账员,,2026-01-01,2030-12-31\n")
    assert told.status_code == 422
    assert "第 2 行“职务”：周二在这里已经有这个任职" in told.text
    assert kept(app) == before


def test_who_holds_the_post_already_is_there_even_if_their_account_is_managed_elsewhere(
    app: Flask, county: County, tmp_path: Path, sign_in: SignIn
) -> None:
    """一个会计在两个乡镇任职：账号归系统管理员管，但名单上这个任职他本来就有，不该说账号被人用了。"""
    clerk = "郑会,zhenghui,{village},报账员,,2026-01-01,2029-12-31\n"
    rows = clerk.format(village=county.other_village) + clerk.format(village=county.far_village)
    assert typed(app, tmp_path, rows, 1).exit_code == 0
    before, township = kept(app), sign_in(county.supervisor)
    again = send(township, clerk.format(village="柳树坪村"))
    assert again.status_code == 200, again.text
    assert "郑会（账号 zhenghui，柳树坪村 报账员）" in again.text
    unwritten = send(township, "郑会,,柳树坪村,报账员,,,\n")
    assert unwritten.status_code == 200, unwritten.text
    other_post = send(township, "郑会,zhenghui,柳树坪村,村委会主任,,,\n")
    assert other_post.status_code == 422, "a new post is given by whoever manages the account"
    assert "第 2 行“账号”" in other_post.text
    assert kept(app) == before


@pytest.mark.parametrize("login", ["", "sunba"])
def test_two_terms_that_follow_one_another_are_both_known_again_from_old_lists(
    app: Flask, county: County, sign_in: SignIn, login: str
) -> None:
    township = sign_in(county.supervisor)
    first = "孙八,sunba,柳树坪村,村委会主任,,2023-01-01,2025-12-31\n"
    second = "孙八,sunba,柳树坪村,村委会主任,,2026-01-01,2028-12-31\n"
    third = "孙八,sunba,柳树坪村,村委会主任,,2029-01-01,2031-12-31\n"
    assert send(township, first + second).status_code == 200
    assert send(township, third).status_code == 200
    before = kept(app)
    last_day_only = third.replace("2029-01-01", "")
    for rows in (first, second, third, last_day_only, first + second + third, third + first):
        again = send(township, rows.replace("sunba", login))
        assert again.status_code == 200, again.text
        assert f"有 {rows.count('孙八')} 行原来就有" in again.text
    twice = send(township, (first + first).replace("sunba", login))
    assert twice.status_code == (200 if login else 422), "two lines that are alike may be two people of one name"
    assert kept(app) == before


def test_who_holds_it_exactly_is_found_beside_a_namesake_with_another_term(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    township = sign_in(county.supervisor)
    for login, until in (("liyi1", "2027-12-31"), ("liyi2", "2029-12-31")):
        made = send(township, f"李一,{login},柳树坪村,村务监督委员会成员,,2026-01-01,{until}\n")
        assert made.status_code == 200, made.text
    before = kept(app)
    again = send(township, "李一,,柳树坪村,村务监督委员会成员,,2026-01-01,2029-12-31\n")
    assert again.status_code == 200, again.text
    assert "李一（账号 liyi2" in again.text
    assert kept(app) == before


@pytest.mark.parametrize("login", ["", "qianjiu"])
def test_who_only_fills_in_is_not_taken_for_the_holder(app: Flask, county: County, sign_in: SignIn, login: str) -> None:
    """临时代办到年底的人，名单上写他正式任职：不能说“原来就有”，不然代办一完他就没有任职了。"""
    township = sign_in(county.supervisor)
    send(township, "周二,zhouer,柳树坪村,报账员,,,\n")
    with app.app_context(), unit_of_work() as session:
        place, absent = place_with_code(session, county.other_village), person_with_login(session, "zhouer")
        made = {"actor": None, "channel": "test", "now": NOW}
        one = add_person(session, "qianjiu", name="钱九", password=PASSWORD, **made)
        until = date(2026, 12, 31)
        appoint(session, one, Role.CLERK, place=place, until_date=until, stands_in_for=absent, **made)
    before = kept(app)
    for term in ("", "2026-12-31"):
        told = send(township, f"钱九,{login},柳树坪村,报账员,,,{term}\n")
        assert told.status_code == 422
        assert "第 2 行“职务”：钱九现在只是临时代办这个职务，到 2026年12月31日 为止，名单没有办。" in told.text
        assert "请先在“人员”页结束这次代办，再传一次名单" in told.text
    assert kept(app) == before
