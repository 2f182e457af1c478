"""The poster as it comes out of the printer: its codes lead to the right page, survive wear, and stand as print.md says."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from paper import FONTS, a_poster, codes_in, picture_of, text_in
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from world import BASE_URL, COUNTY, Browser, County, settings_for

from villagehub.labels.damage import DAMAGES
from villagehub.labels.fonts import MissingGlyphs, load_fonts
from villagehub.labels.making import Poster
from villagehub.labels.poster import HEIGHT, LARGE, LEFT, RIGHT, SMALL, WIDTH, draw_poster
from villagehub.labels.proof import Unreadable, proof_read
from villagehub.labels.symbol import Symbol
from villagehub.labels.wording import DEMO_LINE, THINGS, BadBoard, PosterWords, words_of

SECTIONS = ["", "finance", "assets", "funds", "duties"]
DPI = 150


def set_up(app: Flask, **changes: Any) -> None:
    """The same installation under other settings."""
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], **changes)


@pytest.fixture
def poster(app: Flask, county: County) -> Poster:
    """The village's poster."""
    with app.app_context():
        return a_poster(county.village)


@pytest.mark.parametrize("section", SECTIONS)
def test_both_codes_of_a_poster_lead_over_the_real_site_to_its_page(
    app: Flask, client: Browser, county: County, section: str
) -> None:
    with app.app_context():
        made = a_poster(county.village, section)
    found = codes_in(picture_of(made.pdf))
    assert len(found) == 2
    assert len(set(found)) == 1
    assert found[0].startswith("HTTP://LOCALHOST/C/")
    path = found[0].removeprefix(BASE_URL.upper())
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/v/{county.village}/{section}".rstrip("/"))
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "青石沟村" in page.text


def test_a_second_poster_carries_the_same_code_and_other_villages_other_ones(app: Flask, county: County) -> None:
    with app.app_context():
        first, again, other = (a_poster(code) for code in (county.village, county.village, county.other_village))
    assert first.code.code == again.code.code != other.code.code
    assert codes_in(picture_of(first.pdf)) == codes_in(picture_of(again.pdf))


def test_the_typed_code_on_the_poster_is_the_code_in_the_square(client: Browser, poster: Poster) -> None:
    text = text_in(poster.pdf)
    code = poster.code.code
    typed = f"{code[:3]} {code[3:6]} {code[6:]}"
    assert text.count(typed) == 2
    assert client.get("/c", query_string={"code": typed}).headers["Location"] == f"/v/{COUNTY.village}"


def test_the_poster_says_everything_that_print_md_asks_for(app: Flask, county: County) -> None:
    set_up(app, base_url="https://cun.example.cn", hotline="0719-0000000", operator="青禾县农业农村局")
    with app.app_context():
        text = text_in(a_poster(county.village).pdf)
    for words in (
        "柳河镇 青石沟村", "扫一扫 村里的账随时看", "打开微信", "点右上角", "对准左边的码", *THINGS,
        "小心假码", "第一行应是“青石沟村”。", "要钱、要密码的是假的。", "cun.example.cn", "到村委会看纸质版",
        "0719-0000000", "12388", "公开栏 G-01", "2026年11月印", "青禾县农业农村局",
    ):  # fmt: skip
        assert words in text, words
    assert len(THINGS) == 9
    assert "演示" not in text


def test_a_section_s_poster_says_which_section_and_what_it_shows(app: Flask, county: County) -> None:
    with app.app_context():
        text = text_in(a_poster(county.village, "funds").pdf)
    assert "扫一扫 惠民资金随时看" in text
    assert "上级发给村民的各项补贴，发了多少，您家的能不能查到。" in text


def test_a_poster_of_the_demo_says_twice_that_it_is_one(app: Flask, county: County) -> None:
    set_up(app, demo=True)
    with app.app_context():
        text = text_in(a_poster(county.village).pdf)
    assert DEMO_LINE in text
    assert text.count("演示数据") == 2


def area(picture: Image.Image, x: float, top: float, wide: float, high: float) -> Image.Image:
    """A cut-out by millimetres."""
    dots = picture.width / WIDTH
    return picture.crop((round(x * dots), round(top * dots), round((x + wide) * dots), round((top + high) * dots)))


def test_the_page_is_a4_and_the_large_code_120_mm_with_four_modules_white_around_both(poster: Poster) -> None:
    picture = picture_of(poster.pdf, 300).convert("L")
    assert abs(picture.width / 300 * 25.4 - WIDTH) < 0.2
    assert abs(picture.height / 300 * 25.4 - HEIGHT) < 0.2
    for x, top, side in ((LEFT, 61.5, LARGE), (RIGHT - SMALL, 246.5, SMALL)):
        quiet = side / poster.code.symbol.side * 4
        around = area(picture, x - quiet, top - quiet, side + 2 * quiet, side + 2 * quiet)
        dark = ImageChops.invert(around).point(lambda value: 255 if value > 60 else 0).getbbox()
        assert dark is not None
        dots = 300 / 25.4
        for found, meant in zip(dark, (quiet, quiet, quiet + side, quiet + side), strict=True):
            assert abs(found / dots - meant) < 0.2
    assert LARGE == 120


def test_the_squares_are_vectors_of_pure_black_without_seams(poster: Poster) -> None:
    assert b"/Subtype /Image" not in poster.pdf
    module = LARGE / poster.code.symbol.side
    corner = area(picture_of(poster.pdf, 300), LEFT + 0.2, 61.7, 7 * module - 0.4, module - 0.4)
    assert corner.getextrema() == ((0, 0), (0, 0), (0, 0))
    # Straight down through the seven dark modules of the corner mark: nothing white shows between rows.
    down = area(picture_of(poster.pdf, 300), LEFT + 0.2, 61.7, module - 0.4, 7 * module - 0.4)
    assert down.getextrema() == ((0, 0), (0, 0), (0, 0))


def blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(4))


def turned(image: Image.Image) -> Image.Image:
    return image.rotate(17, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def stained(image: Image.Image) -> Image.Image:
    """A thumb on the middle of the large code."""
    spoiled, dots = image.copy(), image.width / WIDTH
    x, y = (LEFT + LARGE / 2) * dots, (61.5 + LARGE * 0.55) * dots
    ImageDraw.Draw(spoiled).ellipse((x - 9 * dots, y - 9 * dots, x + 9 * dots, y + 9 * dots), fill=90)
    return spoiled


def faded(image: Image.Image) -> Image.Image:
    return image.point(lambda value: 170 + value // 5)


@pytest.mark.parametrize("wear", [blurred, turned, stained, faded])
def test_a_worn_poster_is_still_read(poster: Poster, wear: Any) -> None:
    """The whole sheet as a phone sees it, spoiled by means that are not those of the proof-reader."""
    picture = wear(picture_of(poster.pdf, DPI).convert("L"))
    assert set(codes_in(picture)) == {poster.code.payload}


def test_the_small_code_stands_in_when_the_large_one_is_torn_off(poster: Poster) -> None:
    picture = picture_of(poster.pdf, DPI).convert("L")
    dots = picture.width / WIDTH
    picture.paste(255, (0, 0, round(130 * dots), round(120 * dots)))
    assert codes_in(picture) == [poster.code.payload]


def test_the_operator_is_told_the_margin_of_each_code(poster: Poster) -> None:
    assert [one.name for one in poster.margins] == ["大码", "小码"]
    for margin in poster.margins:
        assert list(margin.passed) == [one.name for one in DAMAGES]
        assert all(1 <= held <= tried == 4 for held, tried in margin.passed.values())


@pytest.fixture
def drawing(app: Flask, poster: Poster) -> tuple[PosterWords, Symbol, str]:
    """What the village's poster is drawn from."""
    words = words_of(poster.code, app.extensions["villagehub"], board="", today=poster.code.minted_at.date())
    return words, poster.code.symbol, poster.code.payload


def with_dirt(symbol: Symbol, bits: int) -> Symbol:
    """The symbol with so many of its bytes turned over in the middle."""
    spoiled = bytearray(symbol.bits)
    middle = len(spoiled) // 2
    for place in range(middle - bits // 2, middle + bits // 2):
        spoiled[place] ^= 0xFF
    return replace(symbol, bits=bytes(spoiled))


def test_a_sheet_whose_code_is_another_s_is_not_released(drawing: tuple[PosterWords, Symbol, str]) -> None:
    words, symbol, payload = drawing
    sheet = draw_poster(words, symbol, payload[:-1] + ("0" if payload[-1] != "0" else "1"), load_fonts(FONTS))
    with pytest.raises(Unreadable):
        proof_read(sheet, modules=symbol.side)


@pytest.mark.parametrize("spoiled", [14, 18, 40])
def test_a_sheet_with_a_spoiled_code_is_not_released(drawing: tuple[PosterWords, Symbol, str], spoiled: int) -> None:
    words, symbol, payload = drawing
    sheet = draw_poster(words, with_dirt(symbol, spoiled), payload, load_fonts(FONTS))
    with pytest.raises(Unreadable):
        proof_read(sheet, modules=symbol.side)


def test_a_sheet_on_which_one_code_of_two_is_missing_is_not_released(drawing: tuple[PosterWords, Symbol, str]) -> None:
    words, symbol, payload = drawing
    sheet = draw_poster(words, symbol, payload, load_fonts(FONTS))
    third = replace(sheet.codes[0], top=200.0, name="第三个码")
    with pytest.raises(Unreadable):
        proof_read(replace(sheet, codes=(*sheet.codes, third)), modules=symbol.side)


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:8000", "https://gongkai.a-very-long-county-name.example.gov.cn:8443"]
)
def test_a_poster_for_trying_out_or_for_a_long_host_is_made_and_warned_of(
    app: Flask, county: County, base_url: str
) -> None:
    set_up(app, base_url=base_url)
    with app.app_context():
        made = a_poster(county.village)
    assert made.warnings
    assert set(codes_in(picture_of(made.pdf))) == {f"{base_url}/C/{made.code.code}".upper()}


def test_lower_case_codes_are_read_too(app: Flask, county: County) -> None:
    set_up(app, base_url="https://cun.example.cn", qr_case="lower")
    with app.app_context():
        made = a_poster(county.village)
    assert set(codes_in(picture_of(made.pdf))) == {f"https://cun.example.cn/c/{made.code.code.lower()}"}


@pytest.mark.parametrize("board", ["一" * 21, "G-01 " * 9])
def test_a_board_s_number_that_has_no_room_is_refused(app: Flask, county: County, board: str) -> None:
    with app.app_context(), pytest.raises(BadBoard):
        a_poster(county.village, board=board)


def test_a_poster_with_a_character_that_no_font_has_is_refused_by_name(app: Flask, county: County) -> None:
    with app.app_context(), pytest.raises(MissingGlyphs) as refused:
        a_poster(county.village, board="东😀栏")
    assert "公开栏编号" in refused.value.sentence
    assert "😀（U+1F600）" in refused.value.sentence
    assert "东" not in refused.value.sentence


def test_long_names_stay_inside_the_page(app: Flask, county: County, tmp_path: Any) -> None:
    """Nothing of the longest texts touches the paper's edge or a code's quiet zone (the proof-reader sees the latter)."""
    settings = settings_for(tmp_path, "sqlite://", base_url="https://cun.example.cn", operator="县" * 40, demo=True)
    with app.app_context():
        code = a_poster(county.village, "finance").code
    long = replace(code.village, name="东" * 28 + "社区", township_name="西" * 20 + "镇")
    words = words_of(replace(code, village=long), settings, board="北" * 20, today=code.minted_at.date())
    sheet = draw_poster(words, code.symbol, code.payload, load_fonts(FONTS))
    assert len(proof_read(sheet, modules=code.symbol.side)) == 2
    picture = picture_of(sheet.pdf, DPI).convert("L")
    for x in (0.0, WIDTH - 10):
        assert area(picture, x, 10, 10, HEIGHT - 16).getextrema() == (255, 255)
