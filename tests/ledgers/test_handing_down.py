"""Lists that the township enters once: each village gets its draft, keeps its own names, and publishes by its own people."""

import csv
import io
import re
from collections.abc import Callable
from io import BytesIO

import road
from flask import Flask
from werkzeug.test import TestResponse
from world import COUNTY, Browser, County

from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.scope import find_disclosure, open_version
from villagehub.storage import reading

AsSignedIn = Callable[[str], Browser]
SEAL = {
    "编号": "QL-1",
    "权力名称": "使用公章",
    "类别": "印章",
    "权力主体": "村民委员会",
    "流程步骤": "登记｜报账员｜当天；批准｜主任｜1天；盖章｜报账员｜当天",
}
WORKS = {**SEAL, "编号": "QL-2", "权力名称": "小型工程", "类别": "工程项目"}


def listed(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(SEAL))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def send(browser: Browser, raw: bytes, *, name: str = "权力清单.csv", **fields: str) -> TestResponse:
    sent = {"section": "powers", "period": "2026", **fields, "file": (BytesIO(raw), name)}
    return browser.send("/town/lists", sent, page="/town/lists")


def draft_of(code: str) -> list[dict[str, str]]:
    with reading() as session:
        disclosure = find_disclosure(session, road.account("powers", "2026", code))
        version = open_version(session, disclosure) if disclosure else None
        return all_facts(session, version) if version else []


def test_each_village_of_the_township_gets_the_list_and_keeps_its_own_names(
    app: Flask, county: County, sign_in: AsSignedIn
) -> None:
    supervisor = sign_in(county.supervisor)
    with app.app_context():
        answer = send(supervisor, listed(SEAL))
        assert answer.status_code == 200
        assert "青石沟村</b>：新增 1 项" in answer.text
        assert draft_of(county.far_village) == [], "not a village of this township"
        assert [one["power"] for one in draft_of(county.other_village)] == ["使用公章"]
        mine = draft_of(county.village)[0] | {"responsible": "周强", "responsible_phone": "0719-1234567"}
        road.fill([mine], of=road.account("powers", "2026"), opening=None)
        again = send(supervisor, listed(SEAL, WORKS))
        assert "青石沟村</b>：新增 1 项，改动 0 项，没变 1 项" in again.text
        seal, works = draft_of(county.village)
        assert (seal["responsible"], seal["responsible_phone"]) == ("周强", "0719-1234567")
        assert "responsible" not in works


def test_one_villages_own_list_is_not_handed_to_all_without_a_question(
    app: Flask, county: County, sign_in: AsSignedIn
) -> None:
    """镇里发清单，选成了某一个村自己的表：先问，一个村也不发；看过打了勾才发。"""
    supervisor, raw = sign_in(county.supervisor), listed(SEAL)
    with app.app_context():
        for name, found in (("柳树坪村权力清单.csv", "柳树坪村"), ("石桥村权力清单.csv", "石桥村")):
            told = send(supervisor, raw, name=name)
            assert told.status_code == 422
            assert "一个村也没有发" in told.text
            assert f"<li>文件名写的是“{found}”，您要传给的是“名下 2 个村”。是这些村的吗？" in told.text
            assert "换对的表再传" in told.text
            assert draft_of(county.village) == draft_of(county.other_village) == []
        assert send(supervisor, raw, name="柳河镇权力清单.csv").status_code == 200
        changed = listed(SEAL, WORKS)
        assert send(supervisor, changed, name="柳树坪村权力清单.csv", confirmed="1").status_code == 200
        assert [one["power"] for one in draft_of(county.village)] == ["使用公章", "小型工程"]


def test_a_village_under_review_is_left_alone_and_a_list_with_faults_reaches_nobody(
    app: Flask, county: County, sign_in: AsSignedIn
) -> None:
    supervisor = sign_in(county.supervisor)
    with app.app_context():
        wrong = send(supervisor, listed(SEAL, {**SEAL, "权力名称": "又一个"}))
        assert wrong.status_code == 422
        assert "第 3 行" in wrong.text
        assert draft_of(county.village) == []
        send(supervisor, listed(SEAL))
        with reading() as session:
            disclosure = find_disclosure(session, road.account("powers", "2026"))
            held = open_version(session, disclosure) if disclosure else None
            assert held
            draft = held.id
        road.submit(draft)
        answer = send(supervisor, listed(SEAL, WORKS))
        assert answer.status_code == 200
        assert re.search(r"青石沟村</b>：没有发：[^<]*审核", answer.text)
        assert "柳树坪村</b>：新增 1 项" in answer.text
        road.publish(road.agree(draft))
        assert "使用公章" in app.test_client().get(f"/v/{COUNTY.village}/powers").text
        for fields in ({"section": "assets"}, {"section": ""}, {"period": "去年"}):
            assert send(supervisor, listed(SEAL), **fields).status_code == 422
