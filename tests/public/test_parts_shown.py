"""What one cell holds is shown as people read it: days, money, and headings in plain words; one plain sentence comes first."""

import re
from datetime import date

import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.public.published import Item
from villagehub.public.registers import part_tables
from villagehub.sections import SECTIONS

POWER = {
    "power_no": "QL-1",
    "power": "集体资产出租",
    "category": "collective",
    "body": "村民委员会",
    "steps": "提出｜村两委｜5天；表决｜村民代表｜当天",
    "negatives": "不许口头出租；不许收现金",
}
PLAIN = "村里的塘、地、房子要租出去，先开会、再公开招租、后签合同。"


def test_instalments_are_shown_as_days_and_as_money() -> None:
    plan = "2026-03-31｜24000｜12000.5；2027-03-31｜24,000；明年再定｜看收成"
    (table,) = part_tables(SECTIONS["contracts"], Item(1, 1, 1, {"schedule": plan}), on=date(2026, 11, 23))
    assert table.rows == (
        ("2026年3月31日", "24,000.00", "12,000.50"),
        ("2027年3月31日", "24,000.00", ""),
        ("明年再定", "看收成", ""),
    )


def test_a_power_is_said_in_one_sentence_first_and_its_headings_are_plain(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    with app.app_context():
        road.published(
            ({**POWER, "plain": PLAIN}, {**POWER, "power_no": "QL-2"}),
            of=road.account("powers", "2025"),
            opening=None,
        )
    said, unsaid = (client.get(f"/v/{COUNTY.village}/powers/i/{number}").text for number in (1, 2))
    places = [said.index(words) for words in (">一句话说清<", PLAIN, ">一步一步怎么走<", ">不许这样做<", ">写着什么<")]
    assert places == sorted(places)
    assert said.count(PLAIN) == 1
    assert "<li>不许收现金</li>" in said
    assert "负面清单" not in said
    assert "一句话说清" not in unsaid
    raw = client.get(f"/v/{COUNTY.village}/powers.csv").data.decode("utf-8-sig")
    assert "一句话说清" in raw.partition("\r\n")[0]
    assert "负面清单" in raw.partition("\r\n")[0], (
        "a file carries the clerk's own headings, so that it can be read in again"
    )
    assert PLAIN in raw


def test_a_copy_or_the_original_is_a_tag_behind_the_paper_and_no_sentence(
    app: Flask, county: County, client: Browser
) -> None:
    guide = {
        "guide": "高龄津贴申请",
        "conditions": "满80周岁",
        "materials": "户口本｜复印件｜1｜自己带｜必须；照片｜｜1",
        "steps": "交材料",
        "fee": "不收费",
    }
    with app.app_context():
        road.published((guide,), of=road.account("guides", "2025"), opening=None)
    page = client.get(f"/v/{COUNTY.village}/guides/i/1").text
    assert '<b>户口本</b> <span class="tag plain">复印件</span><br><span class="sub">几份：1</span>' in page
    assert '<b>照片</b><br><span class="sub">几份：1</span>' in page
    assert "：复印件" not in page


def test_the_drawing_of_steps_is_a_list_that_says_who_does_each_and_how_long_it_may_take(
    app: Flask, county: County, client: Browser
) -> None:
    guide = {
        "guide": "高龄津贴申请",
        "conditions": "满80周岁",
        "materials": "户口本",
        "steps": "交材料｜本人｜当天；核对｜民政干事｜3个工作日；上报｜村委会｜",
        "fee": "不收费",
    }
    with app.app_context():
        road.published((guide,), of=road.account("guides", "2025"), opening=None)
    page = client.get(f"/v/{COUNTY.village}/guides/i/1").text
    (drawing,) = re.findall(r'<ol class="flow">(.*?)</ol>', page)
    steps = [re.sub(r"<[^>]+>", " ", one).split() for one in re.findall(r"<li>(.*?)</li>", drawing)]
    assert steps == [
        ["1", "交材料", "本人", "·", "当天"],
        ["2", "核对", "民政干事", "·", "3个工作日"],
        ["3", "上报", "村委会"],
    ]
    assert 'role="img"' not in page, "what is a picture is not read aloud"
