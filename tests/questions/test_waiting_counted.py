"""Whoever has to answer, or to see to it, finds on the first page how many questions wait, for how long, and which."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import road
import time_machine
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.ops.ticking import tick

SignIn = Callable[[str], Browser]
LATER = road.NOW + timedelta(days=21)
LAMP, BRIDGE = "村口的路灯什么时候修好", "东边的小桥什么时候修"


@pytest.fixture
def two_wait(app: Flask, county: County, sign_in: SignIn) -> Flask:
    """One question that went up on its day, three weeks old; one of today that nobody has read."""
    assert county
    with time_machine.travel(road.NOW, tick=False):
        ask(app, LAMP)
        supervisor = sign_in(COUNTY.supervisor)
        page = "/desk/questions/1"
        supervisor.send(f"{page}/decide", {"move": "hand_on", "shown": LAMP, "seen": "1"}, page=page)
    with time_machine.travel(LATER, tick=False), app.app_context():
        list(tick(app.extensions["villagehub"]))
        ask(app, BRIDGE)
    return app


def ask(app: Flask, text: str) -> None:
    sent = app.test_client().post(
        f"/v/{COUNTY.village}/ask", data={"text": text}, headers={"Origin": "http://localhost"}
    )
    assert sent.status_code == 200, sent.text


@pytest.mark.parametrize("page", ["/town", "/desk"])
def test_the_township_sees_how_many_wait_and_opens_just_those(two_wait: Flask, sign_in: SignIn, page: str) -> None:
    with time_machine.travel(LATER, tick=False):
        supervisor = sign_in(COUNTY.supervisor)
        first = supervisor.get(page).text
        assert re.search(r"2 个村民提问等着办</b></a>，最久的 21 天；1 个等镇里先看；", first)
        assert "1 个过期了，或者转到镇里办</a>" in first
        both, pressing = re.findall(r'href="(/desk/questions\?show=[^"]+)"', first)
        waiting = supervisor.get(both.replace("&amp;", "&")).text
        assert LAMP in waiting
        assert BRIDGE in waiting
        up = supervisor.get(pressing.replace("&amp;", "&")).text
        assert LAMP in up
        assert BRIDGE not in up


def test_the_clerk_sees_what_waits_for_the_villages_own_answer(two_wait: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(LATER, tick=False):
        clerk = sign_in(COUNTY.clerk)
        desk = clerk.get("/desk").text
        assert "1 个提问等村里答复" in desk
        assert "1 个过期了，或者转到镇里了" in desk
        assert "最久的问了 21 天" in desk
        listed = clerk.get("/desk/questions?show=village").text
        assert LAMP in listed
        assert BRIDGE not in listed, "it waits for the township first"
        page = "/desk/questions/1"
        clerk.send(f"{page}/answer", {"text": "下周一换好灯泡，已经订了货", "seen": "3"}, page=page)
        assert "村民在问" not in clerk.get("/desk").text


def test_what_waits_elsewhere_is_neither_counted_nor_listed(two_wait: Flask, sign_in: SignIn) -> None:
    with time_machine.travel(LATER, tick=False):
        other = COUNTY.other_village
        listed = sign_in(COUNTY.supervisor).get(f"/desk/questions?show=waiting&v={other}").text
        assert LAMP not in listed
