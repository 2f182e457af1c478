"""A name never prints as a blank or as another character: pixels are compared with the font's own drawing, and copied text."""

from io import BytesIO
from pathlib import Path

import pytest
from paper import FONTS, picture_of, text_in
from PIL import Image, ImageChops, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from villagehub.labels.fonts import BOLD, REGULAR, FontsMissing, MissingGlyphs, load_fonts
from villagehub.labels.pen import POINTS, Pen
from villagehub.labels.wording import DEMO, DEMO_LINE, STEPS, THINGS
from villagehub.sections import SECTIONS

RARE = "䶮㛃𬱖〇喆"
FILES = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold-GB2312.ttf"}
SIDE = 40.0
"""Millimetres of the little page on which one character is drawn, 72 points high."""
DPI = 288


def on_paper(text: str, *, bold: bool) -> bytes:
    kept = BytesIO()
    canvas = Canvas(kept, pagesize=(SIDE * len(text) * POINTS, SIDE * POINTS))
    pen = Pen(canvas, load_fonts(FONTS), height=SIDE)
    for place, mark in enumerate(text):
        pen.text(place * SIDE + 7, 30, mark, 72, bold=bold)
    canvas.showPage()
    canvas.save()
    return kept.getvalue()


def as_the_font_draws_it(mark: str, file: str) -> Image.Image:
    pixels = DPI / 25.4
    picture = Image.new("L", (round(SIDE * pixels), round(SIDE * pixels)), 255)
    font = ImageFont.truetype(str(FONTS / file), round(72 * DPI / 72))
    ImageDraw.Draw(picture).text((7 * pixels, 30 * pixels), mark, font=font, fill=0, anchor="ls")
    return picture


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Share of ink that both have, after laying both into their frames."""
    frames = []
    for picture in (one, other):
        ink = ImageChops.invert(picture.convert("L")).point(lambda value: 255 if value > 110 else 0)
        box = ink.getbbox()
        assert box, "nothing was drawn"
        frames.append(ink.crop(box).resize((256, 256)).point(lambda value: 255 if value > 127 else 0))
    both = ImageChops.darker(*frames).histogram()[255]
    either = ImageChops.lighter(*frames).histogram()[255]
    return both / either


def drawn(mark: str, *, bold: bool) -> Image.Image:
    return picture_of(on_paper(mark, bold=bold), DPI)


@pytest.mark.parametrize("mark", RARE + "村账")
@pytest.mark.parametrize("bold", [True, False])
def test_a_rare_character_is_drawn_with_the_font_s_own_glyph(mark: str, bold: bool) -> None:
    file = FILES[BOLD] if bold and ord(mark) in load_fonts(FONTS).have[BOLD] else FILES[REGULAR]
    picture = drawn(mark, bold=bold)
    assert likeness(picture, as_the_font_draws_it(mark, file)) > 0.9
    others = [as_the_font_draws_it(other, file) for other in "\U00010ffff" + RARE if other != mark]
    assert max(likeness(picture, other) for other in others) < 0.7


def test_bold_falls_back_to_regular_for_one_character_and_no_more() -> None:
    fonts = load_fonts(FONTS)
    assert fonts.runs("䶮口镇", BOLD) == [(REGULAR, "䶮"), (BOLD, "口镇")]
    assert fonts.runs("青石沟村", BOLD) == [(BOLD, "青石沟村")]


@pytest.mark.parametrize("bold", [True, False])
def test_copied_text_is_the_text_that_was_written(bold: bool) -> None:
    text = f"柳河镇{RARE}村𰻞A1"
    assert "".join(text_in(on_paper(text, bold=bold)).split()) == text


def test_copied_text_is_right_when_a_sheet_uses_hundreds_of_characters() -> None:
    """More than a PDF font of 256 places, and more than the 100 lines of one block of its map."""
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 400))
    kept = BytesIO()
    canvas = Canvas(kept)
    pen = Pen(canvas, load_fonts(FONTS), height=297)
    for line in range(20):
        pen.text(10, 20 + 10 * line, text[line * 20 : line * 20 + 20], 14)
    canvas.showPage()
    canvas.save()
    assert text_in(kept.getvalue()).replace("\r\n", "") == text


def test_our_own_words_stand_in_the_bold_font() -> None:
    fonts = load_fonts(FONTS)
    words = "".join([*THINGS, *(part for step in STEPS for part in step), DEMO, DEMO_LINE])
    words += "".join(one.title + one.what for one in SECTIONS.values()) + "扫一扫村里的账随时看码上公开小心假码"
    assert {mark for mark in words if ord(mark) not in fonts.have[BOLD]} == set()


@pytest.mark.parametrize("mark", ["😀", "𖣔", "\ue000", "\u0627", "\u200b"])
def test_a_character_in_no_font_is_named_before_anything_is_drawn(mark: str) -> None:
    with pytest.raises(MissingGlyphs) as refused:
        load_fonts(FONTS).check([("村名", f"青石{mark}村{mark}")])
    assert f"U+{ord(mark):04X}" in refused.value.sentence
    assert "1 个字" in refused.value.sentence


def test_fonts_that_were_not_installed_are_missed_by_name(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing) as refused:
        load_fonts(tmp_path)
    assert "NotoSansSC-Regular.ttf" in refused.value.sentence
