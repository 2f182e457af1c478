"""The township's page on people: lost passwords, posts with terms, filling in, and nobody reaches upward or sideways."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from world import NOW, PASSWORD, Browser, County

from villagehub.accounts.actions import add_person, appoint, end_appointment
from villagehub.accounts.commands import accounts_group
from villagehub.accounts.models import Person, StandIn
from villagehub.accounts.people import BadName
from villagehub.accounts.queries import person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.journal import Event, record
from villagehub.journal.models import JournalEntry
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
HEAD = "姓名,账号,村,职务,归属,任期起,任期止\n"


def id_of(app: Flask, login: str) -> int:
    with app.app_context(), reading() as session:
        found = person_with_login(session, login)
        assert found
        return found.id


def password_on(page: str) -> str:
    found = re.search(r'class="code">([^<]+)<', page)
    assert found, page
    return found[1]


def test_a_clerk_who_lost_the_password_is_back_after_a_call_to_the_township(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    clerk, township = sign_in(county.clerk), sign_in(county.supervisor)
    assert "赵庆" in township.get("/town/people").text
    answer = township.send(f"/town/people/{id_of(app, county.clerk)}/password")
    once = password_on(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert clerk.get("/account").status_code == 302, "the old session is over"
    assert client.sign_in(county.clerk).status_code == 403, "the old password is over"
    assert client.sign_in(county.clerk, once).status_code == 303
    assert client.get("/desk").headers["Location"].endswith("/account/password")
    client.send("/account/password", {"old": once, "new": PASSWORD + "7", "again": PASSWORD + "7"},
                page="/account/password")  # fmt: skip
    assert client.sign_in(county.clerk, PASSWORD + "7").status_code == 303
    assert client.get("/desk").status_code == 200
    assert once not in township.get("/town/people").text
    with app.app_context(), reading() as session:
        assert not [one for one in session.scalars(select(JournalEntry)) if once in str(one.detail)]


def test_somebody_is_found_by_name_login_or_village(app: Flask, county: County, sign_in: SignIn) -> None:
    township = sign_in(county.supervisor)
    for asked in ("赵庆", county.clerk.upper(), "青石沟 报账员"):
        page = township.get("/town/people", query_string={"q": asked}).text
        assert "<b>赵庆</b>" in page
        assert "<b>李成</b>" not in page
    none = township.get("/town/people", query_string={"q": "没有这个人"}).text
    assert "没有找到“没有这个人”" in none
    assert "看全部" in none


def test_nobody_resets_equals_those_above_or_themselves(app: Flask, county: County, sign_in: SignIn) -> None:
    township, administrator = sign_in(county.supervisor), sign_in(county.administrator)
    own = id_of(app, county.supervisor)
    assert township.send(f"/town/people/{own}/password").status_code == 409
    assert township.send(f"/town/people/{id_of(app, county.auditor)}/password").status_code == 409
    assert township.send(f"/town/people/{id_of(app, county.administrator)}/password").status_code == 404
    assert township.send(f"/town/people/{id_of(app, county.county)}/password").status_code == 404
    assert administrator.send(f"/town/people/{id_of(app, county.administrator)}/password").status_code == 409
    assert "一次性密码" in administrator.send(f"/town/people/{own}/password").text


def test_who_also_serves_in_another_township_is_left_to_the_administrator(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context(), unit_of_work() as session:
        clerk = person_with_login(session, county.clerk)
        assert clerk
        far = place_with_code(session, county.far_village)
        appoint(session, clerk, Role.CLERK, place=far, actor=None, channel="test", now=NOW)
    answer = sign_in(county.supervisor).send(f"/town/people/{id_of(app, county.clerk)}/password")
    assert answer.status_code == 409
    assert "系统管理员" in answer.text


def test_a_stand_in_has_an_end_and_somebody_to_stand_in_for(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    township = sign_in(county.supervisor)
    fields = {"name": "钱进", "login": "qianjin", "role": "clerk", "place": county.village,
              "stands_in_for": county.clerk, "reason": "产假"}  # fmt: skip
    refused = township.send("/town/people/new", fields)
    assert refused.status_code == 422
    assert "到哪天为止" in refused.text
    assert 'value="钱进"' in refused.text, "what was typed stays"
    wrong = township.send("/town/people/new", fields | {"stands_in_for": county.head, "until": "2099-01-01"})
    assert wrong.status_code == 422
    from villagehub.kernel import clock

    until = clock.today().replace(day=28).isoformat()
    begin = clock.today().replace(day=1).isoformat()
    made = township.send("/town/people/new", fields | {"from": begin, "until": until})
    assert made.status_code == 200, made.text
    assert "临时代办，替赵庆" in township.get("/town/people").text
    with app.app_context(), reading() as session:
        last = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
        assert last
        assert (last.event, last.detail["stands_in_for"], last.detail["reason"]) == (
            "appointment_begun",
            county.clerk,
            "产假",
        )


def test_a_post_ends_at_once_and_a_township_gives_village_posts_only(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    township, clerk = sign_in(county.supervisor), id_of(app, county.clerk)
    above = township.send(f"/town/people/{clerk}/posts", {"role": "township_supervisor", "place": county.township})
    assert above.status_code == 409
    away = township.send(f"/town/people/{clerk}/posts", {"role": "clerk", "place": county.far_village})
    assert away.status_code == 404
    post = re.search(r'name="post" value="(\d+)"', township.get(f"/town/people/{clerk}").text)
    assert post
    ended = township.send(f"/town/people/{clerk}/posts/end", {"post": post[1]})
    assert ended.status_code == 303
    assert sign_in(county.clerk).get("/desk").status_code == 403


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_list_of_people_becomes_accounts_with_passwords_for_one_time(
    app: Flask, county: County, sign_in: SignIn, client: Browser, encoding: str
) -> None:
    raw = (HEAD + f"赵小明,,柳树坪村,报账员,,2020/1/1,\n王䶮,wang,{county.other_village},监事会成员,,,\n").encode(
        encoding
    )
    answer = sign_in(county.supervisor).send("/town/people/import", {"file": (BytesIO(raw), "名单.csv"), "as": "csv"})
    assert answer.status_code == 200, answer.text
    lines = [line.split(",") for line in answer.data.decode("utf-8-sig").splitlines()]
    assert [line[:2] for line in lines[1:]] == [["赵小明", "赵小明"], ["王䶮", "wang"]]
    assert client.sign_in("赵小明", lines[1][2]).status_code == 303
    assert client.get("/desk").headers["Location"].endswith("/account/password")


def test_a_list_with_one_bad_row_makes_no_account_and_names_row_and_column(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    def people() -> int:
        with app.app_context(), reading() as session:
            return session.scalar(select(func.count()).select_from(Person)) or 0

    township, before = sign_in(county.supervisor), people()
    for rows, told in (
        (
            "赵小明,,柳树坪村,报账员,,,\n,,柳树坪村,村长官,,,昨天\n",
            ("第 3 行“姓名”", "第 3 行“职务”", "第 3 行“任期止”"),
        ),
        ("赵小明,,柳树坪村,报账员,,,\n钱二,,石桥村,报账员,,,\n", ("第 3 行“村”",)),
        ("钱二,qian,柳树坪村,报账员,,,\n钱二,qian,柳树坪村,村务监督委员会成员,,,\n", ("第 3 行“职务”",)),
        ("别人,admin,柳树坪村,报账员,,,\n", ("第 2 行“账号”",)),
        ("钱二,,柳树坪村,镇监督员,,,\n", ("第 2 行“职务”",)),
    ):
        answer = township.send("/town/people/import", {"file": (BytesIO((HEAD + rows).encode()), "名单.csv")})
        assert answer.status_code == 422
        assert [one for one in told if one not in answer.text] == []
        assert people() == before
    assert township.send("/town/people/import", {"file": (BytesIO(b"a,b\n"), "x.csv")}).status_code == 422


def test_a_phone_left_somewhere_is_signed_out_from_the_account_page(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    lost, here, other = sign_in(county.clerk), sign_in(county.clerk), sign_in(county.head)
    page = here.get("/account").text
    assert "这台手机或电脑" in page
    names = re.findall(r'name="session" value="(\w+)"', page)
    assert len(names) == 1
    other.send("/account/sessions/end", {"session": names[0]})
    assert lost.get("/account").status_code == 200, "nobody ends the sessions of others"
    here.send("/account/sessions/end", {"session": names[0]})
    assert lost.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_a_new_person_without_a_post_is_seen_by_the_administrator_only(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context(), unit_of_work() as session:
        add_person(session, "nobody", name="无名", password=PASSWORD, actor=None, channel="test", now=NOW)
    assert "nobody" in sign_in(county.administrator).get("/town/people").text
    assert "nobody" not in sign_in(county.supervisor).get("/town/people").text


def moved_away(app: Flask, county: County) -> int:
    """Somebody who was clerk here until a moment ago, and supervises the other township now."""
    with app.app_context(), unit_of_work() as session:
        person = add_person(session, "mover", name="调走人", password=PASSWORD, actor=None, channel="test", now=NOW)
        here, there = place_with_code(session, county.village), place_with_code(session, "990101200")
        appoint(session, person, Role.CLERK, place=here, actor=None, channel="test", now=NOW)
        end_appointment(session, person, actor=None, channel="test", now=NOW + timedelta(minutes=5))
        later = NOW + timedelta(minutes=6)
        appoint(session, person, Role.TOWNSHIP_SUPERVISOR, place=there, actor=None, channel="test", now=later)
        record(session, Event.SIGNED_IN, village_id=0, actor_id=person.id, actor_name=person.name, channel="web",
               subject_kind="person", subject_id=person.id, now=later)  # fmt: skip
        return person.id


def test_who_serves_elsewhere_now_is_shown_without_that_post_and_without_what_they_do_there(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    number, township = moved_away(app, county), sign_in(county.supervisor)
    for page in (township.get("/town/people").text, township.get(f"/town/people/{number}").text):
        assert "在别处任职" in page
        assert "白杨" not in page
    told = township.get("/town/journal?person=调走人").text
    assert [words for words in ("建了账号", "任职开始", "任职结束") if words not in told] == []
    assert "镇监督员" not in told
    assert "<b>调走人</b> 登录" not in told
    assert "白杨乡" in sign_in(county.administrator).get(f"/town/people/{number}").text


def test_the_name_of_somebody_of_another_township_is_not_given_away_by_filling_in(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context(), unit_of_work() as session:
        far = add_person(session, "far", name="远方人", password=PASSWORD, actor=None, channel="test", now=NOW)
        place = place_with_code(session, county.far_village)
        appoint(session, far, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
    fields = {"login": "abcd", "name": "钱进", "role": "clerk", "place": county.other_village, "until": "2026-12-31"}
    township = sign_in(county.supervisor)
    known = township.send("/town/people/new", fields | {"stands_in_for": "far"})
    unknown = township.send("/town/people/new", fields | {"stands_in_for": "nobody-has-it"})
    assert known.status_code == unknown.status_code == 422
    assert "远方人" not in known.text
    assert "“替谁代办”没有填对" in known.text
    assert "“替谁代办”没有填对" in unknown.text


@pytest.mark.parametrize(
    "name", ["甲乙420101199001011234", "甲乙 139-0719-0000", "钱进１３９０７１９００００", "名" * 41]
)
def test_a_name_with_a_number_in_it_becomes_no_account(app: Flask, county: County, sign_in: SignIn, name: str) -> None:
    township = sign_in(county.supervisor)
    fields = {"login": "abcd", "name": name, "role": "clerk", "place": county.other_village}
    refused = township.send("/town/people/new", fields)
    assert refused.status_code == 422
    assert "姓名不能用" in refused.text
    raw = (HEAD + f"{name},,柳树坪村,报账员,,,\n").encode()
    listed = township.send("/town/people/import", {"file": (BytesIO(raw), "名单.csv")})
    assert "第 2 行“姓名”" in listed.text
    done = CliRunner().invoke(
        accounts_group, ["add", "abcd", "--name", name, "--password-stdin"], obj=lambda: app, input=PASSWORD + "\n"
    )
    assert isinstance(done.exception, BadName)
    with app.app_context(), reading() as session:
        assert person_with_login(session, "abcd") is None


def test_numbers_in_the_reason_for_filling_in_reach_neither_journal_nor_table(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    township = sign_in(county.supervisor)
    fields = {"login": "abcd", "name": "钱进", "role": "clerk", "place": county.village, "from": "2026-11-01",
              "until": "2026-12-31", "stands_in_for": county.clerk,
              "reason": "住院，电话13907190000，身份证420101199001011234"}  # fmt: skip
    assert township.send("/town/people/new", fields).status_code == 200
    with app.app_context(), reading() as session:
        kept = str([one.detail for one in session.scalars(select(JournalEntry))])
        kept += "".join(session.scalars(select(StandIn.reason)))
    for text in (kept, township.get("/town/journal").text):
        assert "住院" in text
        assert "13907190000" not in text
        assert "420101199001011234" not in text
