"""按姓名查自己的钱：只写姓的名单里查到的，先说明同姓的不一定是您；低保、救助按姓名查不到，查没查到都说怎么查。"""

import re

import pytest
import road
from examples import BATCH
from flask import Flask
from world import COUNTY, Browser, County

HOME = f"/v/{COUNTY.village}"
ORIGIN = {"Origin": "http://localhost"}
NOT_YOU = "同姓的，不一定是您"
BY_CODE = "低保、救助这类按姓名查不到，请用查询单上的查询码"


def paid(name: str, group: str, parcel: str, fen: int) -> dict[str, object]:
    return {
        "project": "通村公路扩宽",
        "batch": "第一批",
        "group_name": group,
        "recipient": name,
        "parcel": parcel,
        "amount": fen,
        "paid_on": "2026-09-12",
        "pay_method": "card",
        "state": "paid",
    }


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    rows = [paid("余德明", "二组", "河边田", 120_000), paid("李大山", "一组", "路口菜地", 130_000)]
    rows += [paid(f"孙{one}平", "三组", f"坡地{one}", 140_000) for one in "甲乙丙丁"]
    with app.app_context():
        road.published(rows, of=road.account("compensation", "2026-09", subject="通村公路扩宽"), opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
    return app


def found(client: Browser, name: str) -> str:
    page = client.post(f"{HOME}/funds/find", data={"name": name}, headers=ORIGIN)
    assert page.status_code == 200
    return page.text


def heading(page: str) -> str:
    return re.findall(r'<h2 id="r">(.*?)</h2>', page)[0]


def test_who_shares_only_a_surname_with_a_line_is_told_so_before_reading_it(village: Flask, client: Browser) -> None:
    page = found(client, "余成华")
    assert heading(page) == "没有查到全名，同姓的有 1 笔"
    before, _, after = page.partition("1,200.00")
    assert NOT_YOU in before
    assert NOT_YOU not in after


def test_ones_full_name_comes_first_and_is_counted_apart_from_the_surname(village: Flask, client: Browser) -> None:
    page = found(client, "李大山")
    assert heading(page) == "查到 1 笔"
    own, told, alike = (page.index(one) for one in ("210.00", NOT_YOU, "1,300.00"))
    assert own < told < alike
    assert "同姓的有 1 笔" in page
    assert "320.00" in found(client, "李秀英（3组）").partition(NOT_YOU)[0], "as a slip prints it"
    assert NOT_YOU not in found(client, "欧阳娜")


@pytest.mark.parametrize("name", ["欧阳娜", "余成华", "钱有根"])
def test_that_relief_is_not_found_by_name_is_said_whatever_was_found(
    village: Flask, client: Browser, name: str
) -> None:
    assert found(client, name).count(BY_CODE) == 1
