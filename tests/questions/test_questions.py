"""A question goes its way: read above the village, answered by a working day, shown with its answer, raised when it is late."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import road
import time_machine
from click.testing import CliRunner
from flask import Flask
from leftovers import places_with
from sqlalchemy import select, update
from werkzeug.test import TestResponse
from world import COUNTY, Browser, County

from villagehub.cli import cli
from villagehub.holidays.calendars import keep_days
from villagehub.kernel.names_said import seems_to_name
from villagehub.kernel.working_days import OFF, WORK, Calendar, working_days_after
from villagehub.ops.ticking import tick
from villagehub.public.build import build_dirty
from villagehub.questions.models import Question, QuestionEvent
from villagehub.questions.queries import MOST_LISTED
from villagehub.questions.stages import MOVE_WORDS, NEXT, OF_ASKER, OF_TOWNSHIP, OF_VILLAGE, STATE_WORDS, Move, State
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
HOME = f"/v/{COUNTY.village}"
ORIGIN = {"Origin": "http://localhost"}
ROW = "第 1 号公开：2026年第三季度财务收支，村东水渠清淤人工费（编号 1）"
WHY = "付李大山修水渠的人工费，是哪几天的工"
ENTRY = road.entry("2026-08-03", "村东水渠清淤人工费", 88_000, voucher_no="8", counterparty="李大山")


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    with app.app_context():
        road.published((ENTRY,))
        build_dirty()
    return app


def asked(app: Flask, text: str = WHY, **more: str) -> TestResponse:
    """A question of somebody who was told that names do not belong in it, and goes on."""
    return app.test_client().post(f"{HOME}/ask", data={"text": text, "sure": "1", **more}, headers=ORIGIN)


def code_in(answer: TestResponse) -> str:
    found = re.search(r'class="code num"><b>([0-9A-Z ]+)</b>', answer.text)
    assert found, answer.text
    return found[1]


def status(app: Flask, code: str) -> str:
    return app.test_client().post(f"{HOME}/ask/status", data={"code": code}, headers=ORIGIN).text


def put(client: Browser, what: str, number: int = 1, **fields: str) -> TestResponse:
    page = f"/desk/questions/{number}"
    seen = re.search(r'name="seen" value="(\d+)"', client.get(page).text)
    return client.send(f"{page}/{what}", {"seen": seen[1] if seen else "0", **fields}, page=page)


def handed_on(sign_in: SignIn) -> None:
    assert (
        put(sign_in(COUNTY.supervisor), "decide", move="hand_on", shown="修水渠的人工费，是哪几天的工").status_code
        == 303
    )


def test_a_question_is_shown_only_with_its_answer_and_without_a_name(village: Flask, sign_in: SignIn) -> None:
    code = code_in(asked(village, n="1", i="1"))
    everywhere = (f"{HOME}/ask", f"{HOME}/finance/i/1", f"{HOME}/ask/1")
    assert not any("哪几天的工" in village.test_client().get(path).text for path in everywhere)
    assert "等镇里看" in status(village, code)

    refused = put(sign_in(COUNTY.clerk), "answer", text="是七月三号到五号的工")
    assert refused.status_code == 409, "not before somebody above the village has read it"
    assert "李**" in sign_in(COUNTY.supervisor).get("/desk/questions/1").text
    handed_on(sign_in)
    assert "哪几天的工" not in village.test_client().get(f"{HOME}/ask").text

    assert put(sign_in(COUNTY.clerk), "answer", text="七月三号到五号，12个人，每人每天150元").status_code == 303
    for path in everywhere:
        page = village.test_client().get(path).text
        assert "修水渠的人工费，是哪几天的工" in page, path
        assert "12个人" in page
        assert "有村民提问" in page
        assert "李大山" not in page
        assert ROW in page, path
    assert "12个人" in status(village, code)


def test_the_row_that_was_asked_about_is_named_to_its_asker_until_it_is_hidden(village: Flask, sign_in: SignIn) -> None:
    receipt = asked(village, n="1", i="1")
    code = code_in(receipt)
    assert ROW in receipt.text
    assert ROW in status(village, code)
    page = "/desk/d/1/hide"
    head = sign_in(COUNTY.head)
    hidden = head.send(page, {"cause": "privacy"}, page=page)
    assert hidden.status_code == 303, hidden.text
    told = status(village, code)
    assert "水渠清淤" not in told
    assert "2026年第三季度财务收支，编号 1" in told


def test_however_many_come_after_an_answer_stays_in_its_place_and_what_waits_on_the_list(
    village: Flask, sign_in: SignIn
) -> None:
    asked(village, n="1", i="1")
    handed_on(sign_in)
    put(sign_in(COUNTY.clerk), "answer", text="七月三号到五号，12个人")
    asked(village, "村口的桥什么时候修")
    with village.app_context(), unit_of_work() as session:
        first = session.get_one(Question, 1)
        at, due, place = first.asked_at, first.due_on, first.village_id
        for number in range(3, MOST_LISTED + 3):
            session.add(Question(id=number, village_id=place, number=number, source="web", asked_at=at, due_on=due))
            for seq, step in enumerate((Move.ASK, Move.HAND_ON, Move.ANSWER), 1):
                session.add(QuestionEvent(question_id=number, seq=seq, move=step.value, text="路灯修好了吗", at=at))
            if number % 100 == 0:
                session.flush()
    for path in (f"{HOME}/ask/1", f"{HOME}/finance/i/1"):
        page = village.test_client().get(path).text
        assert "12个人" in page, path
        assert "路灯" not in page, "what is not about it"
    assert "村口的桥什么时候修" in sign_in(COUNTY.supervisor).get("/desk/questions").text


def test_one_tap_says_that_it_is_solved_and_one_that_it_is_not(village: Flask, sign_in: SignIn) -> None:
    code = code_in(asked(village))
    handed_on(sign_in)
    put(sign_in(COUNTY.clerk), "answer", text="七月三号到五号，12个人")
    said = village.test_client().post(f"{HOME}/ask/say", data={"code": code, "move": "not_solved"}, headers=ORIGIN)
    assert "转到镇里办" in said.text
    again = village.test_client().post(f"{HOME}/ask/say", data={"code": code, "move": "not_solved"}, headers=ORIGIN)
    assert again.status_code == 200
    with village.app_context(), reading() as session:
        moves = session.scalars(select(QuestionEvent.move).order_by(QuestionEvent.id)).all()
    assert moves == ["ask", "hand_on", "answer", "not_solved"]
    assert put(sign_in(COUNTY.supervisor), "decide", move="settle", text="镇里核对了工单，属实").status_code == 303
    assert "镇里核对了工单" in village.test_client().get(f"{HOME}/ask").text


def test_an_accusation_is_not_stored_anywhere_and_is_told_where_to_go(village: Flask) -> None:
    answer = asked(village, "主任周强贪污了修路款，我要举报")
    assert answer.status_code == 422
    assert "12388" in answer.text
    assert "周强" not in answer.text
    with village.app_context(), reading() as session:
        assert session.scalars(select(Question)).all() == []
        assert session.scalars(select(QuestionEvent)).all() == []


def test_numbers_of_persons_and_illnesses_are_not_kept(village: Flask, sign_in: SignIn) -> None:
    asked(village, "我家低保为什么没有，我有糖尿病，电话13800138000", phone="0719-3221234")
    with village.app_context(), reading() as session:
        text = session.scalars(select(QuestionEvent.text)).one()
    assert "13800138000" not in text
    assert "糖尿病" not in text
    assert "0719-3221234" in sign_in(COUNTY.clerk).get("/desk/questions/1").text
    assert asked(village, "路灯什么时候修好", phone="123").status_code == 422


NAMES = (
    "我叫阿依古丽，今年的补贴没领到",
    "我是三组的王小二，补贴没领到",
    "本人王小二没有领到补贴",
    WHY,
    "请问李秀英的低保是怎么批的",
    "慕容雪今年领了多少",
    "阿依·古丽家的地是几亩",
)
NO_NAMES = (
    "路灯为什么不亮",
    "村东水渠清淤的钱花了多少",
    "我是三组的，补贴没领到",
    "我是村民，想问水费怎么收",
    "本人于今年三月交了钱",
    "和去年比为什么多了",
    "请问修路的钱从哪来",
    "余额是多少",
    "田里的水渠没修",
    "安装路灯花了多少",
    "补贴的名字是哪个定的",
    "项目名字叫什么",
    "这个名字是谁起的",
    "名字是怎么来的",
)


def test_a_name_is_warned_of_before_anything_is_kept_and_what_was_typed_stays(village: Flask) -> None:
    def plain(text: str, **more: str) -> TestResponse:
        return village.test_client().post(f"{HOME}/ask", data={"text": text, "n": "1", **more}, headers=ORIGIN)

    warnings = set()
    for text in NAMES:
        answer = plain(text, phone="13800000000")
        assert answer.status_code == 422, text
        assert f">{text}</textarea>" in answer.text
        assert 'name="n" value="1"' in answer.text
        assert 'value="13800000000"' in answer.text
        warnings.add(answer.text.partition('role="alert">')[2].partition("</div>")[0])
    (warning,) = warnings  # the same for whoever stands on a row and whoever does not
    assert "问题会公开，请不要写姓名" in warning
    with village.app_context(), reading() as session:
        assert session.scalars(select(Question)).all() == []
    assert plain(NAMES[0], sure="1").status_code == 200


def test_a_question_without_a_name_goes_its_way_at_one_tap(village: Flask) -> None:
    said = {
        text: village.test_client().post(f"{HOME}/ask", data={"text": text}, headers=ORIGIN) for text in NO_NAMES[:4]
    }
    assert {text: answer.status_code for text, answer in said.items()} == dict.fromkeys(NO_NAMES[:4], 200)
    assert [text for text in NO_NAMES if seems_to_name(text)] == []


def test_a_name_that_was_left_in_is_masked_before_it_is_shown(village: Flask, sign_in: SignIn) -> None:
    asked(village, "我叫王小二，修渠的钱没有领到，是怎么回事")
    assert put(sign_in(COUNTY.supervisor), "decide", move="hand_on").status_code == 303
    assert put(sign_in(COUNTY.clerk), "answer", text="已经查过，下个月发到卡上。").status_code == 303
    page = village.test_client().get(f"{HOME}/ask").text
    assert "修渠的钱没有领到" in page
    assert "王小二" not in page


def test_two_taps_are_one_question(village: Flask) -> None:
    assert code_in(asked(village)) == code_in(asked(village))
    with village.app_context(), reading() as session:
        assert len(session.scalars(select(Question)).all()) == 1


def test_what_nobody_answers_in_time_goes_up_once(village: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False):
        code = code_in(asked(village))
        handed_on(sign_in)
    for day in (2, 3, 4):
        with (
            time_machine.travel(datetime(2026, 12, day, 2, 0, tzinfo=UTC), tick=False),
            village.app_context(),
        ):
            list(tick(village.extensions["villagehub"]))
    with village.app_context(), reading() as session:
        due = session.scalars(select(Question.due_on)).one()
        raised = session.scalars(select(QuestionEvent).where(QuestionEvent.move == "raise")).all()
    assert due == date(2026, 12, 2), "seven working days after Monday"
    assert [one.at.day for one in raised] == [3], "on the day after, and once"
    assert "转到镇里" in status(village, code)


def test_telephone_numbers_go_a_month_after_the_end(village: Flask, sign_in: SignIn) -> None:
    asked(village, phone="13800138000")
    with village.app_context():
        assert places_with("13800138000") != []
    put(sign_in(COUNTY.supervisor), "decide", move="decline", text="和账没有关系，请到村委会问")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False), village.app_context():
        list(tick(village.extensions["villagehub"]))
        with reading() as session:
            assert session.scalars(select(Question.phone)).all() == [""]
        assert places_with("13800138000") == [], "nor in what the database keeps behind its rows"


def test_a_number_whose_traces_a_dying_clock_left_behind_is_gone_after_the_next_night(village: Flask) -> None:
    asked(village, phone="13800138000")
    with village.app_context():
        with unit_of_work() as session:
            session.execute(update(Question).values(phone=""))
        assert places_with("13800138000") != [], "the rows are empty, the disk is not"
        list(tick(village.extensions["villagehub"]))
        assert places_with("13800138000") == []


def test_an_answer_that_is_a_correction_stands_on_the_wall(village: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(road.NOW - timedelta(hours=1), tick=False):
        asked(village, "这笔人工费写错了吗，好像是80", n="1", i="1")
    handed_on(sign_in)
    refused = put(sign_in(COUNTY.clerk), "answer", text="写错了，已经更正", correction="2")
    assert refused.status_code == 422, "there is no such correction yet"
    with village.app_context():
        corrected = road.correct(1)
        road.change_row(corrected, 1, amount="80.00", confirmed=True)
        road.submit(corrected)
        road.agree(corrected, COUNTY.member, COUNTY.chair)
        road.publish(corrected)
    assert put(sign_in(COUNTY.clerk), "answer", text="写错了，已经更正", correction="2").status_code == 303
    page = village.test_client().get(f"{HOME}/ask").text
    assert "回音壁" in page
    assert f'href="{HOME}/n/2"' in page


def test_paper_and_telephone_stand_in_the_same_row_with_their_source(village: Flask, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    fields = {"village": COUNTY.village, "source": "phone", "text": "路灯什么时候修好", "number": "1"}
    answer = clerk.send("/desk/questions/new", fields, page="/desk/questions/new")
    assert answer.status_code == 200
    code = code_in(answer)
    assert "电话" in clerk.get("/desk/questions").text
    assert "等镇里看" in status(village, code)


def test_by_setting_the_chair_of_the_committee_reads_too(village: Flask, sign_in: SignIn) -> None:
    asked(village)
    assert put(sign_in(COUNTY.chair), "decide", move="hand_on", shown=WHY).status_code == 403
    from dataclasses import replace

    village.extensions["villagehub"] = replace(village.extensions["villagehub"], questions_read_by="committee")
    assert put(sign_in(COUNTY.chair), "decide", move="hand_on", shown=WHY).status_code == 303
    assert put(sign_in(COUNTY.chair), "decide", move="settle", text="由主任办结这一件").status_code == 403


def test_two_who_answer_at_once_do_not_write_over_each_other(village: Flask, sign_in: SignIn) -> None:
    asked(village)
    handed_on(sign_in)
    put(sign_in(COUNTY.clerk), "answer", text="七月三号到五号，12个人")
    late = sign_in(COUNTY.head).send(
        "/desk/questions/1/answer", {"seen": "2", "text": "八月三号到五号，12个人"}, page="/desk/questions/1"
    )
    assert late.status_code == 409
    assert "八月三号到五号" in late.text, "what was typed is kept"


def test_an_unknown_code_and_an_unknown_question_are_told_plainly(village: Flask) -> None:
    assert "没有找到这个查询码" in status(village, "ABCDEFGHJ")
    assert "没有找到这个查询码" in status(village, "x" * 4000)
    assert village.test_client().get(f"{HOME}/ask/7").status_code == 404
    for odd in ("n=x", "n=999999999999999999999", "i=-1", "after=z"):
        assert village.test_client().get(f"{HOME}/ask?{odd}").status_code == 200


def test_the_tables_of_states_are_whole() -> None:
    assert set(NEXT) == set(State) == set(STATE_WORDS)
    assert set(MOVE_WORDS) == set(Move)
    used = {move for moves in NEXT.values() for move in moves}
    assert used | {Move.ASK} == set(Move)
    assert len(OF_TOWNSHIP | OF_VILLAGE | OF_ASKER) == len(OF_TOWNSHIP) + len(OF_VILLAGE) + len(OF_ASKER)


SPRING = Calendar(
    {date(2027, 2, 5): OFF, date(2027, 2, 8): OFF, date(2027, 2, 7): WORK},
    {date(2027, 2, 5): "春节", date(2027, 2, 8): "春节"},
)


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        (date(2026, 11, 23), 7, date(2026, 12, 2)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2027, 2, 4), 1, date(2027, 2, 7)),
        (date(2027, 2, 4), 2, date(2027, 2, 9)),
        (date(2027, 2, 4), 0, date(2027, 2, 4)),
    ],
)
def test_working_days_are_counted_with_holidays_and_weekends_worked(first: date, days: int, last: date) -> None:
    reckoned = working_days_after(first, days, SPRING)
    assert reckoned.last == last
    assert reckoned.certain is (first.year == 2027)


def test_the_calendar_is_taken_over_whole_or_not_at_all(village: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes("日期,休或班,名称\n2027-01-01,休,元旦\n2027-01-03,班,\n".encode("gb18030"))
    bad.write_text(
        "2027-01-01,休,元旦\n2027-13-01,休,\n2027-01-04,也许,\n99999999999999999999-1-1,休,\n", encoding="utf-8"
    )
    run = CliRunner()
    answer = run.invoke(cli, ["calendar", "import", str(bad)], obj=lambda: village)
    assert answer.exit_code != 0
    assert "第 2 行" in answer.output
    assert "第 3 行" in answer.output
    assert "第 4 行" in answer.output
    bad.write_bytes(b"PK\x03\x04\x14\0\r\0")
    assert "另存为 CSV" in run.invoke(cli, ["calendar", "import", str(bad)], obj=lambda: village).output
    answer = run.invoke(cli, ["calendar", "import", str(good)], obj=lambda: village)
    assert "变动 2 天" in answer.output
    assert "变动 0 天" in run.invoke(cli, ["calendar", "import", str(good)], obj=lambda: village).output
    with village.app_context(), unit_of_work() as session:
        assert keep_days(session, [(date(2027, 1, 1), OFF, "元旦节")]) == 1
