"""A list of people taken again makes nobody twice: one person has one account, and signs once."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select
from world import PASSWORD, Browser, County

from villagehub.accounts.commands import accounts_group
from villagehub.accounts.models import Appointment, Person
from villagehub.storage import reading

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
