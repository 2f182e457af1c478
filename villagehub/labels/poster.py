"""The A4 poster for a village's board (ux.md h, print.md "Sheets"). Bytes out; nothing is read or written here.

A metre away the large code is read (side ≥ distance / 8: 120 mm); a small one stands in another corner for the day on
which the large one is torn. Everything still works in black and white.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from villagehub.labels.fonts import DRAWING, Fonts
from villagehub.labels.pen import BAMBOO, POINTS, WARN, WHITE, Pen
from villagehub.labels.symbol import Symbol
from villagehub.labels.wording import DEMO, DEMO_LINE, STEPS, THINGS, PosterWords

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
LEFT: Final = 18.0
RIGHT: Final = 192.0
LARGE: Final = 120.0
"""Side of the large symbol in mm, without its quiet zone."""
SMALL: Final = 30.0
_LARGE_TOP: Final = 61.5
_SMALL_LEFT: Final = RIGHT - SMALL
_SMALL_TOP: Final = 246.5
_COLUMN: Final = 155.0
"""Where the column beside the large code begins: outside its quiet zone."""
_BOXES: Final = 243.0
_BOX_HIGH: Final = 40.0
_BOX_WIDE: Final = 65.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a symbol stands on its page, in mm from the top left corner, without its quiet zone."""

    x: float
    top: float
    side: float
    payload: str
    name: str
    page: int = 0
    """Counted from 0."""
    modules: int = 0
    """Its side in modules, where it is not the sheet's usual one."""
    spare: bool = False
    """For those who check, not for passers-by: it must be read back, but need not stand damage."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished PDF, and the codes that must be readable on it."""

    pdf: bytes
    codes: tuple[Placed, ...]
    width: float = WIDTH
    height: float = HEIGHT
    name: str = "整张海报"
    pages: int = 1


def draw_poster(words: PosterWords, symbol: Symbol, payload: str, fonts: Fonts) -> Sheet:
    """Draws the poster; raises MissingGlyphs before a single mark is made."""
    fonts.check(words.checked_texts())
    with DRAWING:
        pdf = _draw(words, symbol, fonts)
    return Sheet(
        pdf,
        (
            Placed(LEFT, _LARGE_TOP, LARGE, payload, "大码"),
            Placed(_SMALL_LEFT, _SMALL_TOP, SMALL, payload, "小码"),
        ),
    )


def _draw(words: PosterWords, symbol: Symbol, fonts: Fonts) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    kept = BytesIO()
    canvas = Canvas(kept, pagesize=(WIDTH * POINTS, HEIGHT * POINTS), lang="zh-CN")
    canvas.setTitle(words.title)
    canvas.setAuthor("码上公开")
    canvas.setCreator("villagehub")
    pen = Pen(canvas, fonts, height=HEIGHT)
    _slips(pen)
    _head(pen, words)
    pen.symbol(LEFT, _LARGE_TOP, LARGE, symbol)
    _steps(pen, words)
    _things(pen, words)
    _fake_codes(pen, words)
    _offline(pen, words)
    pen.symbol(_SMALL_LEFT, _SMALL_TOP, SMALL, symbol)
    _foot(pen, words)
    canvas.showPage()
    canvas.save()
    return kept.getvalue()


def _slips(pen: Pen) -> None:
    """Bamboo slips on top and at the bottom: the product's signature."""
    for top, high in ((0.0, 9.0), (HEIGHT - 5.0, 5.0)):
        left = 0.0
        while left < WIDTH:
            pen.box(left, top, min(6.0, WIDTH - left), high, fill=BAMBOO)
            left += 7.4


def _head(pen: Pen, words: PosterWords) -> None:
    room = RIGHT - LEFT
    if words.demo:
        wide = 31.0
        pen.box(RIGHT - wide, 14.0, wide, 10.5, line=0.7, colour=WARN, radius=1.5)
        pen.text(RIGHT - wide / 2, 21.4, DEMO, 17, bold=True, colour=WARN, align="centre")
        room -= wide + 4
    spacing = 0.8
    size = pen.fitting(words.place, 20, room, bold=True, spacing=spacing)
    pen.text(LEFT, 21.6, words.place, size, bold=True, colour=BAMBOO, spacing=spacing)
    size = pen.fitting(words.headline, 48, RIGHT - LEFT, bold=True)
    pen.text(LEFT, 41.5, words.headline, size, bold=True)


def _steps(pen: Pen, words: PosterWords) -> None:
    """Three steps beside the large code, and the way in for whoever cannot scan."""
    room = RIGHT - _COLUMN
    top = 64.0
    for number, (step, more) in enumerate(STEPS, start=1):
        pen.box(_COLUMN, top, 9.5, 9.5, fill=BAMBOO, radius=1.4)
        pen.text(_COLUMN + 4.75, top + 7.0, str(number), 18, bold=True, colour=WHITE, align="centre")
        pen.text(_COLUMN, top + 17.2, step, pen.fitting(step, 18, room, bold=True), bold=True)
        if more:
            pen.text(_COLUMN, top + 23.2, more, pen.fitting(more, 12, room))
        top += 24.5 if not more else 30.5
    pen.rule(_COLUMN, 153.0, room, 0.5, BAMBOO)
    pen.text(_COLUMN, 160.0, "扫不出来？", 15, bold=True)
    pen.text(_COLUMN, 166.4, "打开网址，输编号", pen.fitting("打开网址，输编号", 12.5, room))
    pen.text(_COLUMN, 174.6, words.typed, pen.fitting(words.typed, 17, room, bold=True), bold=True)
    pen.block(_COLUMN, 176.4, words.site, max(9.0, pen.fitting(words.site, 12.5, room)), room, leading=1.3)


def _things(pen: Pen, words: PosterWords) -> None:
    """What can be seen; on a section's poster its own sentence first."""
    pen.text(LEFT, 206.5, "扫了能看到", 19, bold=True)
    if words.demo:
        pen.text(RIGHT, 206.3, DEMO_LINE, 11, colour=WARN, align="right")
    pen.rule(LEFT, 209.0, RIGHT - LEFT, 0.6)
    first, step, size = 217.6, 8.6, 17.0
    if words.summary:
        pen.text(LEFT, 216.8, words.summary, pen.fitting(words.summary, 17, RIGHT - LEFT, bold=True), bold=True)
        first, step, size = 224.6, 6.9, 14.5
    for place, thing in enumerate(THINGS):
        row, column = divmod(place, 3)
        pen.text(LEFT + column * 61.0, first + row * step, thing, size)


def _framed(pen: Pen, x: float, title: str, lines: tuple[str, ...], last: str = "") -> None:
    """A box with a heading and lines that shrink until they fit; ``last`` is written bold and underlined."""
    pen.box(x, _BOXES, _BOX_WIDE, _BOX_HIGH, line=0.5, radius=2.0)
    inner, left = _BOX_WIDE - 9.0, x + 4.5
    pen.text(left, _BOXES + 8.4, title, 16, bold=True)
    size = 15.0
    while size > 7 and _lines_of(pen, lines, size, inner) * size * 1.5 / POINTS > _BOX_HIGH - (20 if last else 12):
        size -= 0.5
    end = pen.block(left, _BOXES + 10.6, "\n".join(lines), size, inner, leading=1.5)
    if last:
        shown = pen.fitting(last, 13.5, inner, bold=True)
        pen.text(left, end + 5.4, last, shown, bold=True)
        pen.rule(left, end + 6.6, pen.width(last, shown, bold=True), 0.4)


def _lines_of(pen: Pen, lines: tuple[str, ...], size: float, room: float) -> int:
    return len(pen.wrapped("\n".join(lines), size, room))


def _fake_codes(pen: Pen, words: PosterWords) -> None:
    _framed(pen, LEFT, "小心假码", (*words.fake, "网址应是："), words.site)


def _offline(pen: Pen, words: PosterWords) -> None:
    _framed(pen, LEFT + _BOX_WIDE + 4.0, "不方便用手机？", words.offline)


def _foot(pen: Pen, words: PosterWords) -> None:
    pen.text(RIGHT - SMALL / 2, _SMALL_TOP + SMALL + 7.4, "大码坏了，扫这个", 10, align="centre")
    room = RIGHT - LEFT
    total = pen.width(f"{words.footer}　{words.help_line}", 10.5)
    size = min(10.5, 10.5 * room / total)
    pen.text(LEFT, 289.4, words.footer, size)
    pen.text(RIGHT, 289.4, words.help_line, size, align="right")
