"""What villagers asked and had done stands in the demo, in every state, and whoever tries it finds the codes."""

import re
from dataclasses import replace

import pytest
from small_county import SmallDemo
from world import Browser

from villagehub.kernel import clock
from villagehub.ops.demo.handing_out import hand_out

ORIGIN = {"Origin": "http://127.0.0.1:8000"}


@pytest.fixture(scope="module")
def codes(small_demo: SmallDemo) -> dict[str, str]:
    """The 查询码 of the demo's file by what stands behind them."""
    settings = replace(small_demo.app.extensions["villagehub"], instance=small_demo.instance)
    hand_out(small_demo.app, settings, small_demo.villages[0], now=clock.now())
    written = small_demo.instance / "查询码.txt"
    assert written.stat().st_mode & 0o777 == 0o600
    found = re.findall(r"^　([0-9A-Z ]+)　(.+)$", written.read_text("utf-8"), re.MULTILINE)
    return {words: code for code, words in found}


def sent(client: Browser, path: str, code: str) -> str:
    answer = client.post(path, data={"code": code}, headers=ORIGIN, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_questions_and_answers_stand_together_and_one_led_to_a_correction(small_demo: SmallDemo) -> None:
    home = f"/v/{small_demo.villages[0].code}"
    page = small_demo.browser().get(f"{home}/ask").text
    assert "回音壁：问出来的更正" in page
    number = re.search(r"已更正，见第 (\d+) 号公开", page)
    assert number
    assert small_demo.browser().get(f"{home}/n/{number[1]}/changes").status_code == 200
    assert page.count("有村民提问") >= 3
    assert "路灯坏了" not in page, "what has no answer is not shown"
    assert "还有 1 个提问没有答复" in page or "还有 2 个提问没有答复" in page


def test_the_township_finds_one_question_to_read_and_one_past_its_day(small_demo: SmallDemo) -> None:
    page = small_demo.browser(0, "township").get("/desk/questions").text
    assert "医保费" in page
    assert "路灯坏了" in page


def test_every_errand_opens_with_its_code_and_with_no_other(small_demo: SmallDemo, codes: dict[str, str]) -> None:
    path, client = f"/v/{small_demo.villages[0].code}/errand", small_demo.browser()
    done, over = codes["高龄津贴申请（办好了）"], codes["临时救助申请（已转柳河镇民政办）"]
    assert "不用再跑" in sent(client, path, done)
    assert "0000-6600012" in sent(client, path, over)
    assert "现在在这一步" in sent(client, path, codes["高龄津贴申请（村里在办）"])
    other = f"/v/{small_demo.villages[1].code}/errand"
    assert "没有找到" in client.post(other, data={"code": done}, headers=ORIGIN, follow_redirects=True).text


def test_a_households_slip_opens_its_line_of_a_list_that_is_never_online(
    small_demo: SmallDemo, codes: dict[str, str]
) -> None:
    home, client = f"/v/{small_demo.villages[0].code}", small_demo.browser()
    (code,) = [code for words, code in codes.items() if words.startswith("农村低保")]
    page = sent(client, f"{home}/funds/slip", code)
    poor = [one.head for one in small_demo.villages[0].households if one.poor]
    assert [name for name in poor if name in page], page
    assert len(list(small_demo.instance.glob("村民手里的-*.pdf"))) == 2


def test_the_calendar_of_holidays_was_taken_over(small_demo: SmallDemo) -> None:
    from villagehub.holidays.calendars import read_calendar
    from villagehub.storage import reading

    with small_demo.app.app_context(), reading() as session:
        calendar = read_calendar(session)
    assert "国庆节" in calendar.names.values()
