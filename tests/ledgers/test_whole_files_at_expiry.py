"""几个村合成一份的名单：最后一个村的名单也公开期满，整份文件才换成减去个人信息的；没分给任何村的，过了期限也一样。"""

from datetime import timedelta
from io import BytesIO

import road
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sending import accept
from sqlalchemy import select
from test_many_villages import NEXT, OURS, SignIn, address_of, appoint_clerks, give, send, shares, xlsx
from test_reduced_originals import grow_old, ticked
from world import NOW, County

from villagehub.config import Settings
from villagehub.ledgers.models import Bundle
from villagehub.ops.doctor import examine
from villagehub.storage import reading
from villagehub.storage.vault import vault_of

LIST = [
    ["柳河镇2026年耕地地力保护补贴发放表（联系人陈福生）"],
    ["村名", "组别", "姓名", "金额", "一卡通账号", "联系电话"],
    ["青石沟村", "三组", "王秀兰", 612.5, "6217001234567890123", "13900001111"],
    ["柳树坪村", "一组", "李成", 68.5, "6217001234567890131", "13900002222"],
]
FUNDS = {"section": "funds", "period": "2026-03"}
NUMBERS = ("6217001234567890123", "6217001234567890131", "13900001111", "13900002222", "陈福生")


def words_of(raw: bytes) -> list[str]:
    return [str(cell) for one in load_workbook(BytesIO(raw)) for row in one.values for cell in row if cell is not None]


def whole_hash(bundle_id: int) -> str:
    with reading() as session:
        return session.scalars(select(Bundle.sha256).where(Bundle.id == bundle_id)).one()


def hiding_nothing_of(words: list[str], *gone: str) -> bool:
    return not [one for one in gone if any(one in word for word in words)]


def test_the_whole_file_waits_for_the_last_villages_list_and_is_reduced_then(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    appoint_clerks(app)
    settings: Settings = app.extensions["villagehub"]
    vault = vault_of(settings)
    with time_machine.travel(NOW, tick=True):
        address = address_of(send(books := sign_in("books"), xlsx(LIST), **FUNDS))
        assert give(books, address).status_code == 303
        found = shares(app)
        version = accept(sign_in(county.clerk), found[OURS].id)
        with app.app_context():
            road.publish(road.agree(road.submit(version)))
    bundle_id = int(address.rpartition("/")[2])
    with app.app_context():
        old = whole_hash(bundle_id)
        grow_old(settings)
        # the other village never went on with its share: that one's days are longer
        for day in range(85, 95):
            ticked(settings, NOW + timedelta(days=day))
            grow_old(settings)
        assert not vault.holds(old)
        assert dict(examine(app, settings))["原始文件"] == []
    with time_machine.travel(NOW + timedelta(days=96), tick=True):
        copy = sign_in("books").get(f"{address}/original")
    assert ".xlsx" in copy.headers["Content-Disposition"]
    words = words_of(copy.data)
    assert {"村名", "青石沟村", "柳树坪村", "王秀兰", "李成", "612.5", "68.5"} <= set(words)
    assert hiding_nothing_of(words, *NUMBERS)

    with app.app_context():
        ticked(settings, NOW + timedelta(days=800))
        grow_old(settings)
        ticked(settings, NOW + timedelta(days=801))
        assert ticked(settings, NOW + timedelta(days=803)) == ""
        assert dict(examine(app, settings))["原始文件"] == []
    with time_machine.travel(NOW + timedelta(days=804), tick=True):
        words = words_of(sign_in("books").get(f"{address}/original").data)
    assert {"青石沟村", "柳树坪村", "612.5", "68.5"} <= set(words)
    assert hiding_nothing_of(words, "王秀兰", "李成", *NUMBERS)


def test_while_one_village_still_works_on_its_share_the_whole_file_stays(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    appoint_clerks(app)
    settings: Settings = app.extensions["villagehub"]
    with time_machine.travel(NOW, tick=True):
        address = address_of(send(books := sign_in("books"), xlsx(LIST), **FUNDS))
        assert give(books, address).status_code == 303
        found = shares(app)
        accept(sign_in("next"), found[NEXT].id)
        version = accept(sign_in(county.clerk), found[OURS].id)
        with app.app_context():
            road.publish(road.agree(road.submit(version)))
    with app.app_context():
        old = whole_hash(int(address.rpartition("/")[2]))
        grow_old(settings)
        for day in (91, 92, 93):
            ticked(settings, NOW + timedelta(days=day))
        assert vault_of(settings).holds(old), "the second village's draft is open"
        assert not vault_of(settings).holds(found[OURS].sha256)


def test_a_file_that_was_never_divided_is_reduced_too_and_can_still_be_opened(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    appoint_clerks(app)
    settings: Settings = app.extensions["villagehub"]
    with time_machine.travel(NOW, tick=True):
        address = address_of(send(sign_in("books"), xlsx(LIST), **FUNDS))
    with app.app_context():
        old = whole_hash(int(address.rpartition("/")[2]))
        grow_old(settings)
        assert ticked(settings, NOW + timedelta(days=89)) == ""
        assert ticked(settings, NOW + timedelta(days=91)).startswith("1 份名单的原始文件换成减去个人信息的")
        ticked(settings, NOW + timedelta(days=92))
        assert not vault_of(settings).holds(old)
    with time_machine.travel(NOW + timedelta(days=93), tick=True):
        again = sign_in("books")
        assert hiding_nothing_of(words_of(again.get(f"{address}/original").data), *NUMBERS)
        for page in (address, f"{address}/columns"):
            assert again.get(page).status_code == 200, page
        assert give(again, address).status_code == 303
        assert set(shares(app)) == {OURS, NEXT}
