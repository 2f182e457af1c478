"""A village says where it is found and who is in today; no private number stands there by accident."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import road
from flask import Flask
from sqlalchemy import select
from world import COUNTY, Browser, County

from villagehub.journal.models import JournalEntry
from villagehub.kernel import clock
from villagehub.profiles.models import VillageProfile
from villagehub.profiles.queries import read_profile
from villagehub.profiles.rules import DAYS, FIELDS, BadProfile, read_profile_form
from villagehub.public.build import build_dirty
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
PAGE = "/desk/profile"
FACTS = {"phone": "0719-1234567", "hours": "周一至周五 8:30 至 17:30", "address": "二组，村小学旁边"}
EVERY_DAY = {f"who{number}": "周强（主任）" for number in range(1, 8)}


def save(browser: Browser, **fields: str) -> "object":
    given = {"village": COUNTY.village, "revision": revision(browser), **fields}
    return browser.send(PAGE, given, page=PAGE)


def revision(browser: Browser) -> str:
    found = re.search(r'name="revision" value="(\d+)"', browser.get(PAGE).text)
    assert found
    return found[1]


def changes(app: Flask) -> list[JournalEntry]:
    with app.app_context(), reading() as session:
        wanted = select(JournalEntry).where(JournalEntry.event == "profile_changed").order_by(JournalEntry.seq)
        return list(session.scalars(wanted))


@pytest.mark.parametrize("login", ["clerk", "head"])
def test_clerk_or_head_says_it_and_every_page_of_the_village_shows_it_at_once(
    app: Flask, county: County, sign_in: SignIn, client: Browser, login: str
) -> None:
    with app.app_context():
        road.published()
        build_dirty()
    pages = (f"/v/{county.village}", f"/v/{county.village}/finance/2026Q3", f"/v/{county.village}/n")
    for page in pages:
        assert "村委会电话" not in client.get(page).text

    saved = save(sign_in(login), **FACTS, **EVERY_DAY, call1="", hotline="12345")

    assert saved.status_code == 303
    today = DAYS[clock.today().isoweekday() - 1]
    for page in pages:
        text = client.get(page).text
        assert f"今天（{today}）值班：<b>周强（主任）</b>" in text
        assert '<a href="tel:07191234567">0719-1234567</a>' in text
        assert "上班时间：周一至周五 8:30 至 17:30" in text
        assert "村委会在：二组，村小学旁边" in text
    assert "村委会电话" not in client.get(f"/v/{county.other_village}").text
    assert "村委会电话" not in client.get("/about").text


def test_the_line_of_the_rota_follows_the_day(app: Flask, county: County, sign_in: SignIn) -> None:
    save(sign_in(county.clerk), who1="周强", call1="0719-1111111", who3="赵庆")
    monday = date(2026, 11, 23)
    with app.app_context(), reading() as session:
        village = session.scalars(select(VillageProfile)).one().village_id
        named = [read_profile(session, village, today=monday + timedelta(days=later)).today for later in range(7)]
    assert [one and (one.day, one.who, one.phone) for one in named] == [
        ("星期一", "周强", "0719-1111111"),
        None,
        ("星期三", "赵庆", ""),
        *[None] * 4,
    ]


def test_a_number_that_is_taken_down_is_gone_and_the_journal_never_held_it(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    clerk = sign_in(county.clerk)
    save(clerk, **FACTS)
    assert "0719-1234567" in client.get(f"/v/{county.village}").text
    assert save(clerk, address=FACTS["address"]).status_code == 303
    assert "0719-1234567" not in client.get(f"/v/{county.village}").text
    assert [one.detail for one in changes(app)] == [
        {"fields": ["address", "hours", "phone"]},
        {"fields": ["hours", "phone"]},
    ]


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"call2": "13800138000", "who2": "赵庆"}, "call2", "这是手机号"),
        ({"phone": "138 0013 8000"}, "phone", "这是手机号"),
        ({"who1": "周强 13800138000"}, "who1", "电话请写在电话那一格"),
        ({"address": "联系 110101199003078515"}, "address", "像是证件号"),
        ({"hours": "卡号 6222021234567890123"}, "hours", "像是证件号或银行卡号"),
        ({"phone": "打给老周"}, "phone", "不像电话"),
        ({"phone": "12"}, "phone", "不像电话"),
        ({"address": "长" * 61}, "address", "最多 60 个字"),
        ({"call5": "0719-1234567"}, "who5", "没有写是谁"),
    ],
)
def test_what_may_not_stand_there_is_refused_at_its_field_and_nothing_typed_is_lost(
    app: Flask, county: County, sign_in: SignIn, fields: dict[str, str], place: str, words: str
) -> None:
    clerk = sign_in(county.clerk)
    told = save(clerk, who6="周强（主任）", **fields)
    assert told.status_code == 422
    assert words in told.text
    assert re.search(rf'<li><a href="#f-{place}">', told.text)
    assert re.search(rf'name="{place}"[^>]*aria-invalid="true" aria-describedby="e-{place}"', told.text)
    assert 'value="周强（主任）"' in told.text
    for value in fields.values():
        assert f'value="{value}"' in told.text
    assert changes(app) == []


def test_a_mobile_number_stands_there_only_after_somebody_said_that_it_may() -> None:
    typed = {"who2": "赵庆", "call2": "１３８００１３８０００"}
    with pytest.raises(BadProfile):
        read_profile_form(typed, agreed=False)
    assert read_profile_form(typed, agreed=True) == {"who2": "赵庆", "call2": "13800138000"}
    with pytest.raises(BadProfile):
        read_profile_form({"phone": "110101199003078515"}, agreed=True)
    assert {one.name for one in FIELDS} >= {"phone", "hotline", "hours", "address", "who7", "call7"}


def test_the_second_of_two_is_told_who_saved_before_and_a_second_click_does_nothing(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    clerk, head = sign_in(county.clerk), sign_in(county.head)
    opened = revision(head)
    first = {"village": county.village, "revision": opened, **FACTS}
    for _ in range(2):
        assert clerk.send(PAGE, first, page=PAGE).status_code == 303
    assert len(changes(app)) == 1

    late = head.send(PAGE, {**first, "hours": "周六也在"}, page=PAGE)

    assert late.status_code == 409
    assert "赵庆在 " in late.text
    assert 'value="周六也在"' in late.text
    assert len(changes(app)) == 1
    again = re.search(r'name="revision" value="(\d+)"', late.text)
    assert again
    saved = head.send(PAGE, {**first, "hours": "周六也在", "revision": again[1]}, page=PAGE)
    assert saved.status_code == 303
    assert len(changes(app)) == 2
