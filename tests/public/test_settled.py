"""不一致查清以后，村民看得到：哪天发现、哪天查清、什么原因、谁经办；没改回以前谁也不能写“已查清”。"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import road
import time_machine
from flask import Flask
from sqlalchemy import select
from test_trust import CLEAN, HOME, OURS, PAGE, set_summary, turn
from world import NOW, Browser, County

from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.mismatches import NEXT, State
from villagehub.journal.models import JournalEntry
from villagehub.ops.rechecking import recheck_publications
from villagehub.public.build import build_dirty
from villagehub.storage import reading, unit_of_work

CHECK = f"{HOME}/n/1/check"
WHY = "换服务器时误改了一行，已用备份改回"


@pytest.fixture
def published(app: Flask, county: County) -> Iterator[int]:
    assert county
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            version_id = road.published()
            run_after_publish()
        yield version_id


def change(app: Flask, version_id: int, words: str) -> None:
    with app.app_context():
        set_summary(version_id, words)
        recheck_publications(turn(app))
        build_dirty()


def test_who_cleared_a_mismatch_and_why_stands_on_the_check_page_and_in_the_journal(
    app: Flask, published: int, client: Browser, sign_in: Callable[[str], Browser]
) -> None:
    town = sign_in("supervisor")

    def clear(reason: str) -> int:
        return town.send(f"/town/checks/{published}/clear", {"reason": reason}, page="/town/checks").status_code

    assert clear(WHY) == 409, "nothing was wrong"
    change(app, published, "买了别的")
    assert clear(WHY) == 409, "nobody has confirmed it"
    assert town.send(f"/town/checks/{published}/confirm", page="/town/checks").status_code == 303
    assert clear(WHY) == 409, "it does not fit yet"
    assert "发现不一致" not in client.get(CHECK).text
    change(app, published, road.RENT["summary"])
    assert "11月23日发现不一致，现在改回来了" in client.get(CHECK).text
    assert "请写明原因" in town.get("/town/checks").text
    kept = town.send(f"/town/checks/{published}/clear", {"reason": "改回"}, page="/town/checks")
    assert kept.status_code == 422
    assert ">改回</textarea>" in kept.text, "what was typed is still there"
    assert clear(f"{WHY}，问 13800138000") == 303
    told = client.get(CHECK).text
    assert "11月23日发现不一致，11月23日已查清" in told
    assert f"原因：{WHY}，问 （电话已隐去）。现在的内容和存档一致。经办：" in told
    assert "13800138000" not in told
    assert CLEAN in told
    assert clear(WHY) == 409, "once is enough"
    assert "请写明原因" not in town.get("/town/checks").text
    with app.app_context(), reading() as session:
        noted = session.scalars(select(JournalEntry).where(JournalEntry.event == "mismatch_cleared")).one()
        assert noted.subject_id == published
        assert noted.actor_id is not None
    change(app, published, "又买了别的")
    assert "已查清" not in client.get(CHECK).text
    assert clear(WHY) == 409, "a new mismatch is a new question"


def test_every_state_can_be_left_and_reached() -> None:
    assert set(NEXT) == set(State)
    assert {one for after in NEXT.values() for one in after} == set(State)
    assert all(NEXT.values())


def test_each_line_of_the_trust_table_is_said_when_it_is_so_and_only_then(
    app: Flask, published: int, client: Browser, sign_in: Callable[[str], Browser]
) -> None:
    unknown, wrong = "现在没法核对", "内容和存档不一致，正在查。请以公开栏纸质版为准。"

    def said() -> list[str]:
        text = client.get(CHECK).text.partition('<section aria-labelledby="p">')[0]
        lines = (CLEAN, "除 1 次更正外，和11月23日公开时一样", unknown, wrong)
        return [one for one in lines if one in text]

    assert said() == [CLEAN]
    with app.app_context(), unit_of_work() as session:
        session.get_one(PublicationCheck, published).checked_at = NOW - timedelta(days=3)
    assert said() == [unknown]
    client.post(CHECK, headers=OURS)
    assert said() == [CLEAN]
    change(app, published, "买了别的")
    assert said() == [unknown], "found, and nobody has looked yet: nothing is claimed"
    for page in (PAGE, f"{PAGE}?print=1"):
        assert "买了别的" not in client.get(page).text, "the page stays as it last checked clean, for paper too"
    sign_in("supervisor").send(f"/town/checks/{published}/confirm", page="/town/checks")
    assert said() == [wrong]
    change(app, published, road.RENT["summary"])
    assert said() == [CLEAN]
    with app.app_context():
        draft = road.correct(1)
        road.change_row(draft, 1, amount="1")
        road.publish(road.agree(road.submit(draft)))
        run_after_publish()
    assert "除 1 次更正外，和11月23日公开时一样" in client.get(PAGE).text
