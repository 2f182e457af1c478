"""Edges of the villagers' pages: odd names of batches, one surname for all, reversals, odd cookies, text sizes on the way."""

import re
from urllib.parse import quote

import pytest
import road
from flask import Flask
from test_pages import HOME, recipient
from world import COUNTY, Browser, County

from villagehub.public.build import build_dirty
from villagehub.public.finance_page import shares_of
from villagehub.public.models import StoredPage
from villagehub.public.people import groups_in
from villagehub.public.published import Item
from villagehub.sections import section_named
from villagehub.storage import reading

PEOPLE = tuple(recipient(f"张{one}", "1组", 10_000) for one in "甲乙丙丁戊己")


@pytest.mark.parametrize("subject", ["种粮/稻谷补贴 第一批", "粮补.csv", "..", "a\\b 1.5倍", "100%补贴?#"])
def test_a_batch_of_any_name_has_its_page_and_its_files(
    app: Flask, county: County, client: Browser, subject: str
) -> None:
    with app.app_context():
        road.published(PEOPLE, of=road.account("funds", "2026-09", subject=subject), opening=None)
        build_dirty()
    found = re.search(r'href="(/v/[^"]*/funds/2026-09/[^"]*)"', client.get(f"{HOME}/funds").text)
    assert found
    page = client.get(found[1])
    assert page.status_code == 200, found[1]
    assert "600.00" in page.text
    assert client.get(f"{found[1]}.csv").status_code == 200
    with app.app_context(), reading() as session:
        assert session.query(StoredPage).count() > 5


def test_where_all_share_one_surname_only_the_whole_name_helps(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        road.published(PEOPLE, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
    page = client.get(f"{HOME}/funds/2026-09/{quote('耕地地力保护补贴')}?zu=1组&xing=张").text
    assert "张甲" not in page
    assert "请在上面写全名查" in page


def test_a_tap_on_the_text_size_leads_back_to_the_same_page(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        road.published(PEOPLE, of=road.account("funds", "2026-09", subject="粮补 第一批"), opening=None)
    path = f"{HOME}/funds/2026-09/{quote('粮补 第一批')}"
    page = client.get(f"{path}?zu=1组").text
    link = re.search(r'href="(\?[^"]*size=x)"', page)
    assert link
    answer = client.get(path + link[1].replace("&amp;", "&"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{path}?zu={quote('1组')}"
    assert client.get(f"{HOME}/funds/find?size=x", follow_redirects=True).status_code == 200


def test_one_readers_odd_cookie_changes_nobody_elses_page(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        road.published()
    path = f"{HOME}/n/1"
    odd = app.test_client(use_cookies=False)
    odd.get(path, headers={"Cookie": "foo=a b; size=x; theme=dark"})
    assert '<html lang="zh-CN">' in client.get(path).text


def test_a_reversal_has_no_share_and_makes_no_share_larger_than_the_whole() -> None:
    finance = section_named("finance")
    entries = [("out_public", 10_000), ("out_other", -5_000)]
    items = [
        Item(n, n, n, {"direction": "out", "category": category, "amount": fen})
        for n, (category, fen) in enumerate(entries, start=1)
    ]
    assert {one.amount: one.words for one in shares_of(finance, items, "out")} == {
        "100.00": "占 100.0%",
        "-50.00": "冲减，不算占比",
    }


def test_an_older_register_corrected_late_does_not_become_the_current_one(
    app: Flask, county: County, client: Browser
) -> None:
    from test_pages import BUILDING, PUMP

    with app.app_context():
        first = road.published((BUILDING, PUMP), of=road.account("assets", "2024"), opening=None)
        road.published(
            ({**BUILDING, "state": "let", "contract_no": "HT-1"},), of=road.account("assets", "2025"), opening=None
        )
        draft = road.correct(1)
        road.change_row(draft, 1, location="村部东侧")
        road.publish(road.agree(road.submit(draft)))
        assert first
    page = client.get(f"{HOME}/assets/i/1").text
    assert "出租" in page.partition("来龙去脉")[0]
    assert "最新一期的登记里没有这一项了" in client.get(f"{HOME}/assets/i/2").text


def test_a_downloads_name_is_plain_ascii_with_the_real_one_beside_it(
    app: Flask, county: County, client: Browser
) -> None:
    with app.app_context():
        road.published()
    said = client.get(f"{HOME}/finance/2026Q3.csv").headers["Content-Disposition"]
    assert said.isascii()
    assert said.startswith("attachment; filename=file.csv; filename*=UTF-8''%E9%9D%92")
    assert COUNTY.village


def test_what_is_no_code_is_not_repeated_and_a_slash_too_many_does_no_harm(
    app: Flask, county: County, client: Browser
) -> None:
    odd = client.get(f"/v/{quote('请加微信领钱')}")
    assert odd.status_code == 404
    assert "微信" not in odd.text
    assert client.get(f"{HOME}/").headers["Location"] == HOME


def test_groups_stand_in_the_order_villagers_count_them() -> None:
    names = ["十一组", "三组", "一组", "二组", "十组", "不分组", "12组", "9组"]
    items = [Item(n, n, n, {"recipient": "李甲", "group_name": name}) for n, name in enumerate(names, start=1)]
    assert [name for name, _ in groups_in(items)] == ["一组", "二组", "三组", "9组", "十组", "十一组", "12组", "不分组"]


def test_without_an_opening_balance_the_page_says_why_it_names_no_closing(
    app: Flask, county: County, client: Browser
) -> None:
    with app.app_context():
        road.published(opening=None)
    assert "村里没有写上期结余" in client.get(f"{HOME}/finance/2026Q3").text
