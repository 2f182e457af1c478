"""What stays on one line in large letters, in the page as it is sent."""

import pytest
from flask import Flask
from world import COUNTY, County

from villagehub.public.together import keep_together, untied

SPACE, JOINER, BREAK = "\N{NO-BREAK SPACE}", "\N{WORD JOINER}", "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>看明细（20 笔）</p>", f"<p>看明细（20{SPACE}笔）</p>"),
        ("<b>2.19 万元</b>", f"<b>2.19{SPACE}万{JOINER}元</b>"),
        ("<b>2.19</b> <small>万元</small>", f"<b>2.19</b> <small>{JOINER}万{JOINER}元</small>"),
        ("第 3 号", f"第{SPACE}3{SPACE}号"),
        ("<b>12</b> 亩", f"<b>12</b>{SPACE}亩"),
        ("11月19日", f"11{JOINER}月19{JOINER}日"),
        ("10月8日公开 · 10 人", f"10{JOINER}月8{JOINER}日公开{SPACE}· 10{SPACE}人"),
        ("2026年11月至2027年1月", f"2026{JOINER}年11{JOINER}月至{BREAK}2027{JOINER}年1{JOINER}月"),
        ("<p>共 3</p><p>元旦</p>", "<p>共 3</p><p>元旦</p>"),
        ('<a href="/v/1?q=20 笔">1 头</a>', f'<a href="/v/1?q=20 笔">1{SPACE}头</a>'),
        (
            "<h1>第三季度 <b>收支</b></h1><p>第三季度</p><h2>第一季度</h2>",
            f"<h1>第{JOINER}三{JOINER}季{JOINER}度 <b>收支</b></h1><p>第三季度</p><h2>第{JOINER}一{JOINER}季{JOINER}度</h2>",
        ),
        ("<textarea>20 笔</textarea><title>20 笔</title>", "<textarea>20 笔</textarea><title>20 笔</title>"),
    ],
)
def test_a_number_stays_with_its_unit_and_what_is_no_text_stays_as_it_was(before: str, after: str) -> None:
    assert keep_together(before) == after


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3,200.00 元", "3,200.00元"),
        (f"3,200.00{SPACE}元", "3,200.00元"),
        ("0.32 万元，水泵", "0.32万元，水泵"),
        ("300 块钱 水泵", "300块钱 水泵"),
        ("2026 年 8 月 3 日 水泵", "2026年 8月 3日 水泵"),
        (f"2026{JOINER}年8{JOINER}月", "2026年8月"),
        ("3 月份", "3月份"),
        ("880.50 人工费", "880.50 人工费"),
        ("3200 项目", "3200 项目"),
        ("300 口粮", "300 口粮"),
        ("2026 年货", "2026 年货"),
        ("500 块石", "500 块石"),
        ("2026 个体户", "2026 个体户"),
        (f"2{SPACE}组路灯", "2 组路灯"),
    ],
)
def test_what_somebody_typed_is_glued_to_its_number_where_the_unit_ends_and_no_word_that_begins_like_one(
    typed: str, read: str
) -> None:
    assert untied(typed) == read


def test_only_pages_in_large_letters_are_changed_and_they_say_the_same(app: Flask, county: County) -> None:
    assert county
    client = app.test_client()
    plain = client.get(f"/v/{COUNTY.village}/ask").text
    client.set_cookie("size", "x")
    large = client.get(f"/v/{COUNTY.village}/ask").text
    assert JOINER not in plain
    assert "9 位" in plain
    assert f"9{SPACE}位" in large
