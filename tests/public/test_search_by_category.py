"""An amount beside a section's name finds what is of both; whose own words say it comes before what is only of that category."""

import re
from collections.abc import Callable

import pytest
import road
from examples import BUILDING, PUMP
from flask import Flask
from sqlalchemy import text
from world import COUNTY, County

from villagehub.public.build import build_dirty
from villagehub.sections import section_named
from villagehub.sections.base import Facts
from villagehub.storage import reading

HOME = f"/v/{COUNTY.village}"
BRIDGE: Facts = {
    "project_no": "XM-2026-01", "name": "石拱桥加固", "budget": 320_000, "location": "东塘", "stage": "bidding",
}  # fmt: skip
WATER = section_named("assets").field_named("category").label_of("water")


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    pond = {**BUILDING, "asset_no": "SL-1", "name": "东头蓄水池", "category": "water", "original_value": 700_000}
    sluice = {**PUMP, "asset_no": "SL-2", "name": "放水闸", "category": "machine", "location": f"{WATER}站"}
    with app.app_context():
        road.published((PUMP, BUILDING, sluice), of=road.account("assets", "2024"), opening=None)
        road.published((PUMP, pond, sluice), of=road.account("assets", "2025"), opening=None)
        road.published((BRIDGE,), of=road.account("projects", "2026"), opening=None)
        road.published(
            (
                road.entry("2026-08-03", "买水泥", 320_000, voucher_no="1"),
                road.entry("2026-08-04", "项目资料打印", 320_000, voucher_no="2"),
                road.entry("2026-08-05", "项目牌", 5_000, voucher_no="3"),
            )
        )
        build_dirty()
    return app


@pytest.fixture
def found(village: Flask) -> Callable[[str], list[str]]:
    def ask(question: str) -> list[str]:
        answer = village.test_client().get(f"{HOME}/search", query_string={"q": question})
        assert answer.status_code == 200
        listed = answer.text.partition('<ul class="rows">')[2].partition("</ul>")[0]
        return re.findall(r"<b>(.*?)</b>", listed)

    return ask


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("3200 项目", ["项目资料打印", "石拱桥加固"]),
        ("项目 3,200元", ["项目资料打印", "石拱桥加固"]),
        ("工程项目 3200", ["石拱桥加固"]),
        ("3200 资产", ["抽水机", "放水闸"]),
        ("0.32万 财务", ["买水泥", "项目资料打印"]),
        ("3200 的账", ["买水泥", "项目资料打印"]),
        ("3200 合同", []),
        ("50 财务 项目", ["项目牌"]),
        ("加固 项目", ["石拱桥加固"]),
        ("3200 水泥 财务", ["买水泥"]),
        ("项目", ["项目资料打印", "项目牌"]),
        ("工程 项目", []),
    ],
)
def test_an_amount_or_a_word_beside_a_section_s_name_finds_what_is_of_both(
    found: Callable[[str], list[str]], question: str, names: list[str]
) -> None:
    assert sorted(found(question)) == sorted(names)


def test_whose_own_words_say_it_comes_before_what_is_only_of_that_category(found: Callable[[str], list[str]]) -> None:
    assert found(WATER) == ["放水闸", "东头蓄水池"]
    assert found("3200 项目") == ["项目资料打印", "石拱桥加固"]


def test_a_category_is_still_found_alone_in_part_and_beside_an_amount(found: Callable[[str], list[str]]) -> None:
    assert found(f"7000 {WATER}") == ["东头蓄水池"]
    assert "东头蓄水池" in found(WATER[:3])
    assert found("闲置 7000") == []


@pytest.mark.parametrize(
    "odd", ["3200 项目 '", "项目 :*", "项目 𬱖 3200", "k'| 项目 1", "项目 \\ 1", "项目 " * 20 + "3200"]
)
def test_odd_words_beside_a_section_s_name_err_on_neither_engine(found: Callable[[str], list[str]], odd: str) -> None:
    assert isinstance(found(odd), list)


def test_a_row_s_category_is_kept_once_apart_from_its_own_words(village: Flask) -> None:
    with village.app_context(), reading() as session:
        kept = "\n".join(session.scalars(text("SELECT tokens FROM search_text")))
    mark = f"{ord(WATER[0]):06x}{ord(WATER[1]):06x}"
    assert f"kg{mark}" in kept
