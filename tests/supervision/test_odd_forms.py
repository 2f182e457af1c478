"""Odd days and numbers in forms of the office are answered with a sentence, never a fault."""

from collections.abc import Callable

import pytest
import road
from world import COUNTY, Browser, County

BIG = 10**30
DIGITS = "9" * 5000
SignIn = Callable[[str], Browser]


@pytest.mark.parametrize("day", ["99999999999999999999-1-1", DIGITS + "-1-1", "0-0-0", "2026-13-1", "", "明天"])
def test_a_day_that_is_none_is_said_and_asked_again(due_county: County, sign_in: SignIn, day: str) -> None:
    supervisor = sign_in(COUNTY.supervisor)
    number = road.published()
    waiver = {"account": "finance/2026Q2", "until": day, "reason": "县系统未关账，延到十月"}
    for answer in (
        supervisor.send(f"/town/v/{COUNTY.village}/waivers", waiver),
        supervisor.send(f"/town/d/{number}/ask", {"text": "请说明这一笔的情况", "due_on": day}),
    ):
        assert answer.status_code == 422
        assert ("没有看懂日期" if day else "还没有写日期") in answer.text


def test_numbers_in_forms_that_are_none_do_nothing(due_county: County, sign_in: SignIn) -> None:
    sent = road.submit(road.fill())
    chair, clerk, supervisor = (sign_in(one) for one in (COUNTY.chair, COUNTY.clerk, COUNTY.supervisor))
    for text in (str(BIG), "-1", DIGITS, "一"):
        answers = [
            chair.send(f"/review/{sent}/seen", {"page": text, "pages": text, "revision": text}, page=f"/review/{sent}"),
            chair.send(f"/review/{sent}/recuse", {"row": text, "revision": text}, page=f"/review/{sent}"),
            supervisor.get(f"/town/journal?before={text}"),
            supervisor.send(f"/town/people/{road.person(COUNTY.clerk).person_id}/posts/end", {"post": text}),
            clerk.get(f"/desk/d/{sent}?page={text}"),
        ]
        assert [one.status_code for one in answers if one.status_code >= 500] == []
