"""The slip (办事回执) that a villager takes home: A5, what was taken in, by which day, a QR and the 查询码. Bytes out.

The QR leads to the page with the box and names no errand, so that a photograph of it opens nothing (decision 29). No name and
no telephone number of the villager stands on it.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from villagehub.kernel.codes import grouped
from villagehub.labels.fonts import DRAWING, Fonts
from villagehub.labels.pen import BAMBOO, POINTS, WARN, Pen
from villagehub.labels.poster import Placed, Sheet
from villagehub.labels.queries import CodeFacts
from villagehub.labels.wording import DEMO_LINE, site_of

WIDTH: Final = 148.0
HEIGHT: Final = 210.0
SIDE: Final = 36.0
"""Of the symbol in mm, without its quiet zone: read from 28 cm."""
_LEFT: Final = 14.0
_RIGHT: Final = WIDTH - _LEFT
_TOP: Final = 93.0
_COLUMN: Final = 62.0


@dataclass(frozen=True, slots=True)
class SlipWords:
    """Everything that is written on one slip."""

    title: str
    """What is to be done."""
    number: str
    facts: tuple[tuple[str, str], ...]
    """Names and values under the title."""
    code: str
    """The 查询码."""
    asking: str
    """Whom to ask, in one line."""
    demo: bool

    def checked_texts(self) -> list[tuple[str, str]]:
        """What may hold characters that no font has, each with the words for where it stands."""
        return [("办什么事", self.title), ("回执", "".join(value for _, value in self.facts)), ("咨询", self.asking)]


def draw_slip(words: SlipWords, code: CodeFacts, fonts: Fonts) -> Sheet:
    """One page of A5; raises MissingGlyphs before a single mark is made."""
    from reportlab.pdfgen.canvas import Canvas

    place = f"{code.village.township_name} {code.village.name}"
    fonts.check([("村名", place), *words.checked_texts()])
    kept = BytesIO()
    with DRAWING:
        canvas = Canvas(kept, pagesize=(WIDTH * POINTS, HEIGHT * POINTS), lang="zh-CN")
        canvas.setTitle(f"{code.village.name} 办事回执 {words.number}")
        canvas.setAuthor("码上公开")
        canvas.setCreator("villagehub")
        _draw(canvas, Pen(canvas, fonts, height=HEIGHT), words, code, place)
        canvas.showPage()
        canvas.save()
    placed = Placed(_LEFT + 5, _TOP, SIDE, code.payload, "回执上的码")
    return Sheet(kept.getvalue(), (placed,), WIDTH, HEIGHT, name="回执")


def _draw(canvas: Any, pen: Pen, words: SlipWords, code: CodeFacts, place: str) -> None:
    left = 0.0
    while left < WIDTH:
        pen.box(left, 0.0, min(6.0, WIDTH - left), 5.0, fill=BAMBOO)
        left += 7.4
    room = _RIGHT - _LEFT
    pen.text(_LEFT, 16.5, place, pen.fitting(place, 12, room - 45, bold=True), bold=True, colour=BAMBOO)
    pen.text(_RIGHT, 16.5, words.number, 10.5, align="right")
    pen.text(_LEFT, 29.0, "办事回执", 22, bold=True)
    at = 41.0
    for line in pen.wrapped(words.title, 15, room, bold=True)[:3]:
        pen.text(_LEFT, at, line, 15, bold=True)
        at += 7.5
    at += 1.0
    for name, value in words.facts:
        pen.text(_LEFT, at, name, 10.5)
        for line in pen.wrapped(value, 11, room - 24):
            pen.text(_LEFT + 24, at, line, 11)
            at += 6.0
    _code(canvas, pen, words, code)
    _foot(pen, words, code)


def _code(canvas: Any, pen: Pen, words: SlipWords, code: CodeFacts) -> None:
    """The symbol to the left, what to do with it to the right, the 查询码 below over the whole width."""
    pen.symbol(_LEFT + 5, _TOP, SIDE, code.symbol)
    at = _TOP + 6
    pen.text(_COLUMN, at, "办到哪一步了，自己看", 14, bold=True)
    ways = ("1. 微信“扫一扫”，扫左边的码", "2. 打开的页面里有一个框", "3. 输入下面的查询码，点“查”")
    for line in ways:
        at += 8.2
        pen.text(_COLUMN, at, line, pen.fitting(line, 11.5, _RIGHT - _COLUMN))
    top = _TOP + SIDE + 11
    canvas.setDash(3, 3)
    pen.box(_LEFT, top, _RIGHT - _LEFT, 26, line=0.35, radius=2.5)
    canvas.setDash()
    pen.text(WIDTH / 2, top + 7.5, "查询码", 11, align="centre")
    pen.text(WIDTH / 2, top + 19.5, grouped(words.code), 26, bold=True, align="centre", spacing=0.6)


def _foot(pen: Pen, words: SlipWords, code: CodeFacts) -> None:
    at = _TOP + SIDE + 47
    lines = (
        "请收好。没有查询码，谁也查不到这件事；丢了，到村委会再打一张。",
        f"不扫码：打开 {site_of(code.base_url)}，找到本村，点“办事进度”。",
        words.asking,
        "查进度不要钱。要钱、要密码、要验证码的是假的。",
    )
    for line in lines:
        pen.text(_LEFT, at, line, pen.fitting(line, 10, _RIGHT - _LEFT))
        at += 6.2
    if words.demo:
        pen.text(_LEFT, at + 1.5, DEMO_LINE, 8.5, bold=True, colour=WARN)
