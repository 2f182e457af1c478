"""An errand goes its way: taken in from a guide, a slip whose 查询码 alone opens it, a clock while the village has it, an end."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import road
import time_machine
from flask import Flask
from leftovers import places_with
from sqlalchemy import select
from werkzeug.test import TestResponse
from world import COUNTY, Browser, County

from villagehub.cases.models import Errand, ErrandLine
from villagehub.cases.rules import promised_days
from villagehub.cases.stages import NEXT, STATE_WORDS, STEP_WORDS, State
from villagehub.journal.models import JournalEntry
from villagehub.kernel.codes import read_code
from villagehub.kernel.working_days import OFF, WORK, Calendar, working_days_between
from villagehub.labels.proof import rasterise, read_all
from villagehub.ops.ticking import tick
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
BOX = f"/v/{COUNTY.village}/errand"
NEW = "/desk/errands/new"
ORIGIN = {"Origin": "http://localhost"}
NAME, PHONE = "孙桂花", "13800138000"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    return app


def at(day: int, month: int = 11) -> "time_machine.travel":
    return time_machine.travel(datetime(2026, month, day, 2, 0, tzinfo=UTC), tick=False)


def taken_in(client: Browser, **fields: str) -> TestResponse:
    typed = {"village": COUNTY.village, "title": "开居住证明", "name": NAME, "phone": PHONE, "days": "3", **fields}
    return client.send(NEW, typed, page=f"{NEW}?free=1")


def code_in(client: Browser, number: int = 1) -> str:
    found = re.search(r'class="code num"><b>([0-9A-Z ]+)</b>', client.get(f"/desk/errands/{number}").text)
    assert found
    return found[1]


def step(client: Browser, state: str, number: int = 1, **fields: str) -> TestResponse:
    page = f"/desk/errands/{number}"
    seen = re.search(r'name="seen" value="(\d+)"', client.get(page).text)
    return client.send(f"{page}/step", {"seen": seen[1] if seen else "0", "state": state, **fields}, page=page)


def look(app: Flask, code: str, village: str = COUNTY.village) -> str:
    return app.test_client().post(f"/v/{village}/errand", data={"code": code}, headers=ORIGIN).text


def clock(app: Flask) -> None:
    with app.app_context():
        list(tick(app.extensions["villagehub"]))


def held(app: Flask) -> Errand:
    with app.app_context(), reading() as session:
        return session.scalars(select(Errand)).one()


def test_an_errand_opened_from_a_guide_keeps_the_guide_as_it_was_that_day(village: Flask, sign_in: SignIn) -> None:
    facts = dict(SECTIONS["guides"].example[0])
    with village.app_context():
        version = road.published((facts,), of=road.account("guides", "2026"), opening=None)
    clerk = sign_in(COUNTY.clerk)
    assert "高龄津贴申请" in clerk.get(NEW).text
    form = clerk.get(f"{NEW}?guide=1").text
    assert "户口本，复印件，1 份" in form, "what to bring is seen before it is taken in"
    assert 'name="days"' in form
    assert 'value="15"' in form, "the guide's promise stands in the box"
    assert taken_in(clerk, guide="1", title="别的", days="15").status_code == 303
    one = held(village)
    assert (one.title, one.days, one.guide_number, len(one.steps)) == ("高龄津贴申请", 15, 1, 3)
    with village.app_context():
        corrected = road.correct(road.number_of(version))
        road.change_row(corrected, 1, guide="高龄津贴", confirmed=True)
        road.agree(road.submit(corrected))
        road.publish(corrected)
    assert "高龄津贴申请" in look(village, code_in(clerk)), "a later guide changes nothing here"
    assert taken_in(clerk, guide="7").status_code == 422


def test_nothing_opens_without_the_code_and_no_page_says_who_came(village: Flask, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    taken_in(clerk)
    code = code_in(clerk)
    assert len(code.replace(" ", "")) == 12
    page = look(village, code.lower())
    assert "开居住证明" in page
    assert "村里收下了" in page
    assert "还有 3 个工作日" in page
    wrong = ("", "ABCDEFGHJKM", "0" * 12, "x" * 4000, "1", code[:-1])
    assert all("没有找到这个查询码" in look(village, one) for one in wrong)
    assert "没有找到这个查询码" in look(village, code, COUNTY.other_village), "another village's page does not open it"
    others = [sign_in(who).get("/desk/errands/1").text for who in (COUNTY.supervisor, COUNTY.member)]
    strangers = [village.test_client().get(BOX).text, page, *others]
    for text in strangers:
        assert NAME not in text
        assert PHONE not in text
    assert not any(code in text for text in others), "only who does errands there prints the code"
    assert NAME in clerk.get("/desk/errands/1").text
    assert NAME not in clerk.get("/desk/errands").text


def test_the_slip_leads_by_its_qr_to_the_box_and_names_nobody(village: Flask, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    taken_in(clerk)
    answer = clerk.send("/desk/errands/1/slip", page="/desk/errands/1")
    assert answer.mimetype == "application/pdf"
    (payload,) = read_all(rasterise(answer.data))
    printed = re.search(r"/C/(\w{9})$", payload)
    assert printed
    read_code(printed[1])
    arrived = village.test_client().get(f"/C/{printed[1]}")
    assert arrived.headers["Location"].endswith(BOX)
    code = code_in(clerk).replace(" ", "")
    assert code not in payload.replace(" ", ""), "a photograph of the square opens nothing"
    taken_in(clerk, name="赵长根")
    assert read_all(rasterise(clerk.send("/desk/errands/2/slip", page="/desk/errands/2").data)) == [payload]
    with village.app_context(), reading() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.subject_kind == "errand")).all()
    assert [one.event for one in entries].count("slip_made") == 2
    assert not any(NAME in str(one.detail) or code in str(one.detail) for one in entries)


def test_the_days_stand_still_while_the_villager_is_awaited(village: Flask, sign_in: SignIn) -> None:
    with at(23):
        clerk = sign_in(COUNTY.clerk)
        taken_in(clerk)
        assert held(village).due_on == date(2026, 11, 26)
    with at(24):
        clerk = sign_in(COUNTY.clerk)
        assert step(clerk, "waiting", text="").status_code == 422
        step(clerk, "waiting", text=f"{NAME}请补户口本复印件，电话{PHONE}")
        page = look(village, code_in(clerk))
        assert "请补户口本复印件" in page
        assert NAME not in page
        assert PHONE not in page
        assert "这几天不算" in page
    with at(30):
        clock(village)
        assert held(village).late_on is None, "who waits for the villager is not late"
        clerk = sign_in(COUNTY.clerk)
        assert step(clerk, "done").status_code == 409, "first what was missing comes in"
        step(clerk, "working")
        assert held(village).due_on == date(2026, 12, 2), "moved by the four working days from the 24th to the 30th"
        step(clerk, "done", text="证明在村部窗口拿")
        page = look(village, code_in(clerk))
    assert "办好了" in page
    assert "证明在村部窗口拿" in page
    assert "还有" not in page


def test_after_a_handover_no_clock_runs_and_the_villager_is_told_whom_to_call(village: Flask, sign_in: SignIn) -> None:
    with at(23):
        clerk = sign_in(COUNTY.clerk)
        taken_in(clerk)
        assert step(clerk, "handed_over", office="镇民政办").status_code == 422
        step(clerk, "handed_over", office="镇民政办", office_phone="0719-3221234")
    with at(20, 12):
        clock(village)
        page = look(village, code_in(sign_in(COUNTY.clerk)))
        assert "已转镇民政办" in page
        assert 'href="tel:07193221234"' in page
        assert "工作日" not in page
        assert held(village).late_on is None
        assert step(sign_in(COUNTY.clerk), "done").status_code == 409


def test_the_township_sees_what_is_late_and_the_villager_reads_that_it_does(village: Flask, sign_in: SignIn) -> None:
    with at(23):
        clerk = sign_in(COUNTY.clerk)
        taken_in(clerk, days="30", title="危房改造申请")
        taken_in(clerk)
    with at(30):
        assert "已列给镇里" not in look(village, code_in(sign_in(COUNTY.clerk), 2))
        clock(village)
        clock(village)
        town = sign_in(COUNTY.supervisor).get("/desk/errands").text
        assert "过了期限 1 件" in town
        assert town.index("开居住证明") < town.index("危房改造申请")
        assert "已超 2 个工作日" in town
        assert "已超 2 个工作日，已列给镇里" in look(village, code_in(sign_in(COUNTY.clerk), 2))
    with village.app_context(), reading() as session:
        noted = session.scalars(select(JournalEntry).where(JournalEntry.event == "errand_late")).all()
    assert len(noted) == 1, "noted once"


def test_who_came_and_what_was_written_goes_after_the_set_time(village: Flask, sign_in: SignIn) -> None:
    village.extensions["villagehub"] = replace(village.extensions["villagehub"], errand_person_days=10)
    with at(23):
        clerk = sign_in(COUNTY.clerk)
        taken_in(clerk)
        taken_in(clerk, title="还在办的事")
        step(clerk, "failed", text="家里收入超过标准，不符合条件")
        code = code_in(clerk)
        assert "家里收入超过标准" in look(village, code)
    with at(2, 12):
        clock(village)
        assert "家里收入超过标准" in look(village, code), "not a day early"
    with at(3, 12):
        clock(village)
        with village.app_context(), reading() as session:
            people = session.execute(select(Errand.person_name, Errand.phone).order_by(Errand.id)).all()
            texts = session.scalars(select(ErrandLine.text)).all()
        assert [tuple(one) for one in people] == [("", ""), (NAME, PHONE)], "only of what has ended"
        assert set(texts) == {""}
        with village.app_context():
            assert places_with("家里收入超过标准") == [], "nor in what the database keeps behind its rows"
        assert "没办成" in look(village, code), "the errand itself stays"


def test_two_taps_are_one_errand_and_two_hands_do_not_write_over_each_other(village: Flask, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    taken_in(clerk)
    taken_in(clerk)
    assert held(village).number == 1
    form = {"seen": "1", "state": "working"}
    for _ in range(2):
        assert clerk.send("/desk/errands/1/step", form, page="/desk/errands/1").status_code == 303
    late = sign_in(COUNTY.head).send(
        "/desk/errands/1/step", {"seen": "1", "state": "failed", "text": "条件不够，不能办"}, page="/desk/errands/1"
    )
    assert late.status_code == 409
    assert "条件不够，不能办" in late.text, "what was typed is kept"
    with village.app_context(), reading() as session:
        assert session.scalars(select(ErrandLine.state).order_by(ErrandLine.id)).all() == ["received", "working"]


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"name": "孙"}, {"phone": "123"}, {"days": "0"}, {"days": "99999999999999999999"}, {"days": "三"}],
)
def test_what_is_wrong_on_the_form_is_said_and_the_rest_is_kept(
    village: Flask, sign_in: SignIn, wrong: dict[str, str]
) -> None:
    answer = taken_in(sign_in(COUNTY.clerk), **wrong)
    assert answer.status_code == 422
    assert "没有写" in answer.text or "写错了" in answer.text
    assert (f'value="{NAME}"' in answer.text) is ("name" not in wrong)
    with village.app_context(), unit_of_work() as session:
        assert session.scalars(select(Errand)).all() == []


def test_guessing_codes_is_slowed_down(village: Flask) -> None:
    client = village.test_client()
    answers = [client.post(BOX, data={"code": "0" * 12}, headers=ORIGIN).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_the_table_of_states_is_whole() -> None:
    assert set(NEXT) == set(STATE_WORDS) == set(State)
    assert set(STEP_WORDS) == {state for following in NEXT.values() for state in following}


@pytest.mark.parametrize(
    ("words", "days"),
    [("15个工作日", 15), ("5 工作日内", 5), ("20天", None), ("当场办", None), ("0个工作日", None), ("", None)],
)
def test_only_working_days_are_read_off_a_guide(words: str, days: int | None) -> None:
    assert promised_days(words) == days


def test_days_left_are_counted_with_holidays_and_below_nought() -> None:
    spring = Calendar({date(2027, 2, 5): OFF, date(2027, 2, 7): WORK}, {})
    first = date(2027, 2, 4)
    assert [working_days_between(first, first + timedelta(days=one), spring) for one in (0, 1, 3, 4)] == [0, 0, 1, 2]
    assert working_days_between(date(2027, 2, 8), first, spring) == -2
