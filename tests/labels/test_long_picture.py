"""The quarter as one long picture: its code survives what a chat does to pictures, and its words are the page's own."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from paper import codes_in, opened
from PIL import Image
from road import THREE, account, agree, change_row, correct, entry, fill, hand, publish, published, submit
from test_sheet import a_quarter
from world import COUNTY, Browser, County

from villagehub.disclosures import office
from villagehub.labels.long_picture import WIDE, PictureWords, draw_long_picture, parts_of
from villagehub.public import views
from villagehub.public.picture import words_of_picture
from villagehub.public.published import newest
from villagehub.storage import reading, unit_of_work

PAGE = f"/v/{COUNTY.village}/finance/2026Q3"


def words(app: Flask) -> PictureWords:
    """The words of the newest account's picture."""
    with reading() as session:
        village = views.village_of(session, COUNTY.village)
        one = newest(village.publications)[0]
        return words_of_picture(
            village.facts,
            one,
            village.items(session, one.id),
            corrected=village.corrections(one),
            settings=app.extensions["villagehub"],
        )


def test_the_picture_that_is_sent_on_says_that_somebody_did_not_agree(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        version = submit(fill())
        chair = hand(COUNTY.chair)
        with unit_of_work() as session:
            office.cast_vote(session, version, chair, agrees=False, objection="清淤没有开村民代表会议")
        publish(agree(version))
        assert "1 人不同意，意见写在网页上。" in words(app).sentences[-1]


def pressed(image: Image.Image, part: int) -> Image.Image:
    """As it arrives after a chat has made it smaller and pressed it."""
    kept = BytesIO()
    image.convert("RGB").resize((image.width // part, image.height // part)).save(kept, "JPEG", quality=60)
    return Image.open(kept)


@pytest.mark.parametrize(
    "base_url", ["http://localhost", "https://gongkai.a-very-long-county-name.example.gov.cn:8443"]
)
def test_the_code_leads_to_the_page_also_after_jpeg_and_halving(
    app: Flask, county: County, client: Browser, base_url: str
) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], base_url=base_url)
    with app.app_context():
        published(a_quarter())
    answer = client.get(f"{PAGE}.png")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.data.startswith(b"\x89PNG")
    image = opened(answer.data)
    assert image.width == 720
    for one in (image.convert("RGB"), pressed(image, 1), pressed(image, 2)):
        assert codes_in(one) == [f"{base_url}{PAGE}"]
    assert client.get(PAGE).status_code == 200
    assert f'href="{PAGE}.png"' in client.get(PAGE).text


def test_it_is_small_enough_for_a_chat_and_kept_until_the_books_change(
    app: Flask, county: County, client: Browser
) -> None:
    with app.app_context():
        published(a_quarter())
    first = client.get(f"{PAGE}.png")
    assert len(first.data) < 250 * 1024
    assert "不到 250 KB" in client.get(PAGE).text
    assert client.get(f"{PAGE}.png", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    with app.app_context():
        draft = correct(1)
        change_row(draft, 2, amount="999.99")
        publish(agree(submit(draft)))
    second = client.get(f"{PAGE}.png")
    assert second.headers["ETag"] != first.headers["ETag"]
    assert "Content-Disposition" not in second.headers


def test_nobody_can_have_it_drawn_again_and_again(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        published()
    answer = client.get(f"{PAGE}.png?1")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}.png")


def test_it_says_the_quarter_in_three_sentences_with_totals_and_the_largest_entries(app: Flask, county: County) -> None:
    with app.app_context():
        published()
        said = words(app)
    assert said.place == "柳河镇 青石沟村"
    assert said.sentences == (
        "本季收入 1.20 万元，支出 1.24 万元，账上还剩 4,560.00 元。",
        "花得最多的是修渠、路灯等公益，1.24 万元。",
        "村务监督委员会王桂芳、李成看过签字。",
    )
    assert said.totals == (
        ("上季结余", "5,000.00 元"),
        ("加：本季收入", "12,000.00 元"),
        ("减：本季支出", "12,440.00 元"),
    )
    assert said.closing == ("本季结余", "4,560.00 元")
    assert said.largest == (
        ("村东水渠清淤人工费", "7月12日 · 修渠、路灯等公益", "11,600.00 元"),
        ("购路灯配件", "9月12日 · 修渠、路灯等公益", "840.00 元"),
    )
    assert said.facts[0].startswith("第 1 号公开，2026年11月23日公开")
    assert len(said.facts[1].removeprefix("防改码 ").replace(" ", "")) == 16
    assert said.mark == ""


def test_in_the_demo_it_says_so(app: Flask, county: County) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], demo=True)
    with app.app_context():
        published()
        assert words(app).mark == "演示数据"


def test_a_correction_s_picture_says_that_it_is_one(app: Flask, county: County) -> None:
    with app.app_context():
        published()
        draft = correct(1)
        change_row(draft, 2, amount="11500.00")
        publish(agree(submit(draft)))
        said = words(app)
    assert "更正过 1 次" in said.facts[0]
    assert said.largest[0][2] == "11,500.00 元"


def test_a_nil_return_s_picture_says_that_there_was_nothing(app: Flask, county: County, client: Browser) -> None:
    from road import hand

    from villagehub.storage import unit_of_work

    with app.app_context():
        with unit_of_work() as session:
            draft = office.start_nil(session, account(), hand(COUNTY.clerk)).id
        publish(agree(submit(draft)))
        assert words(app).sentences[0] == "2026年第三季度没有收支。"
    assert codes_in(opened(client.get(f"{PAGE}.png").data).convert("RGB")) == [f"http://localhost{PAGE}"]


def test_a_character_in_no_font_is_never_a_blank_or_a_box(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        published([*THREE, entry("2026-08-01", "买😀", 9_000_000)])
    assert client.get(f"{PAGE}.png").status_code == 200


def test_no_word_runs_over_the_edge_however_long(app: Flask, county: County) -> None:
    site = "gongkai-" * 8 + "qingshigou.example.gov.cn"
    with app.app_context():
        published()
        drawn = replace(
            words(app),
            warning=(f"打开后网址应是 {site}，第一行应是“青石沟村”。要钱、要密码的是假的。",),
            largest=(("修渠", "8月1日 · " + "其他需要说明的支出" * 8, "120.00 元"),),
        )
        image = opened(draw_long_picture(drawn, Path(str(app.static_folder)) / "fonts")).convert("L")
    margin = image.crop((WIDE - 20, 30, WIDE, image.height))
    assert margin.getextrema()[0] > 240, "nothing is drawn beside the text"


@pytest.mark.parametrize("rest", ["assets/2026.png", "finance.png", "finance/2026Q1.png", "finance/i/1.png"])
def test_what_has_no_picture_is_said_on_a_page(app: Flask, county: County, client: Browser, rest: str) -> None:
    with app.app_context():
        published()
    assert client.get(f"/v/{COUNTY.village}/{rest}").status_code == 404


def test_bars_are_parts_of_the_longest_and_reversals_have_none() -> None:
    assert parts_of([200, 100, -5, 0]) == [1000, 500, 0, 0]
    assert parts_of([-1]) == [0]
