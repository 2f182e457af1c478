"""Labels of 90 × 50 mm for things (ux.md h): what it is, its number, its code, whom to ask. Bytes out.

One to a page for a label printer, or ten to a sheet of A4 with marks where to cut (print.md "Sheets").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from villagehub.kernel.codes import grouped
from villagehub.labels.fonts import DRAWING, Fonts
from villagehub.labels.pen import BAMBOO, INK, POINTS, WARN, Pen
from villagehub.labels.poster import Placed, Sheet
from villagehub.labels.queries import CodeFacts
from villagehub.labels.tag_facts import Tagged
from villagehub.labels.wording import DEMO, site_of

WIDTH: Final = 90.0
HEIGHT: Final = 50.0
SIDE: Final = 26.0
"""Of the symbol in mm, without its quiet zone: read from 20 cm."""
_LEFT: Final = 6.0
_TOP: Final = 9.0
_COLUMN: Final = 37.0
_RIGHT: Final = 86.5
ON_A_SHEET: Final = 10
_COLUMNS: Final = 2
_PAPER: Final = (210.0, 297.0)
_EDGE: Final = ((_PAPER[0] - _COLUMNS * WIDTH) / 2, (_PAPER[1] - ON_A_SHEET // _COLUMNS * HEIGHT) / 2)
"""White to the left and above the ten, in mm."""
_CUT: Final = 6.0
"""Length of a cut mark in mm; it stands outside the labels, so that none is left on them."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One label's thing and code."""

    thing: Tagged
    code: CodeFacts


def draw_tags(tags: Sequence[Tag], fonts: Fonts, *, hotline: str, demo: bool, together: bool = False) -> Sheet:
    """One page a label, or ten to a sheet of A4 with ``together``; raises MissingGlyphs before a single mark is made."""
    from reportlab.pdfgen.canvas import Canvas

    fonts.check(("村名", one.code.village.township_name + one.code.village.name) for one in tags[:1])
    fonts.check((f"编号 {one.thing.number}", one.thing.name + one.thing.numbered) for one in tags)
    fonts.check([("办事咨询", hotline)])
    width, height = _PAPER if together else (WIDTH, HEIGHT)
    kept, each = BytesIO(), ON_A_SHEET if together else 1
    pages = [tags[first : first + each] for first in range(0, len(tags), each)]
    codes: list[Placed] = []
    with DRAWING:
        canvas = Canvas(kept, pagesize=(width * POINTS, height * POINTS), lang="zh-CN")
        canvas.setTitle(f"{tags[0].code.village.name} 标签")
        canvas.setAuthor("码上公开")
        canvas.setCreator("villagehub")
        for number, page in enumerate(pages):
            for place, one in enumerate(page):
                x, top = _place(place) if together else (0.0, 0.0)
                canvas.saveState()
                canvas.translate(x * POINTS, (height - top - HEIGHT) * POINTS)
                _draw(Pen(canvas, fonts, height=HEIGHT), one, hotline, demo=demo)
                canvas.restoreState()
                name = f"编号 {one.thing.number} 的码"
                codes.append(Placed(x + _LEFT, top + _TOP, SIDE, one.code.payload, name, number))
            if together:
                _cut_marks(Pen(canvas, fonts, height=height))
            canvas.showPage()
        canvas.save()
    return Sheet(kept.getvalue(), tuple(codes), width, height, name="标签", pages=len(pages))


def _place(number: int) -> tuple[float, float]:
    """Left and top of the label that is the ``number``-th on its sheet, row by row."""
    row, column = divmod(number, _COLUMNS)
    return _EDGE[0] + column * WIDTH, _EDGE[1] + row * HEIGHT


def _cut_marks(pen: Pen) -> None:
    """Short hairlines in the margin at both ends of every cut."""
    for column in range(_COLUMNS + 1):
        for top in (_EDGE[1] - _CUT - 1, _PAPER[1] - _EDGE[1] + 1):
            pen.box(_EDGE[0] + column * WIDTH - 0.05, top, 0.1, _CUT, fill=INK)
    for row in range(ON_A_SHEET // _COLUMNS + 1):
        for left in (_EDGE[0] - _CUT - 1, _PAPER[0] - _EDGE[0] + 1):
            pen.rule(left, _EDGE[1] + row * HEIGHT - 0.05, _CUT, 0.1)


def _draw(pen: Pen, tag: Tag, hotline: str, *, demo: bool) -> None:
    left = 0.0
    while left < WIDTH:
        pen.box(left, 0.0, min(3.0, WIDTH - left), 3.0, fill=BAMBOO)
        left += 3.7
    village, room = tag.code.village, _RIGHT - _COLUMN
    pen.symbol(_LEFT, _TOP, SIDE, tag.code.symbol)
    centre, typed = _LEFT + SIDE / 2, grouped(tag.code.code)
    pen.text(centre, _TOP + SIDE + 7.4, typed, 10, bold=True, align="centre")
    place = f"{village.township_name} {village.name}"
    pen.text(_COLUMN, 9.6, place, pen.fitting(place, 9.5, room, bold=True), bold=True, colour=BAMBOO)
    size, lines = _fitted(pen, tag.thing.name, room)
    at = 10.8
    for line in lines:
        at += size * 1.25 / POINTS
        pen.text(_COLUMN, at, line, size, bold=True)
    number = tag.thing.numbered or f"编号 {tag.thing.number}"
    pen.text(_COLUMN, at + 6.0, number, pen.fitting(number, 9.5, room))
    pen.text(_COLUMN, 35.4, "扫码看它的登记和来历", pen.fitting("扫码看它的登记和来历", 9.5, room), bold=True)
    site = f"网址 {site_of(tag.code.base_url)}"
    pen.text(_COLUMN, 39.6, site, pen.fitting(site, 8, room))
    pen.text(_COLUMN, 43.4, "要钱、要密码的是假的", 8)
    asking = f"办事咨询 {hotline}"
    pen.text(_COLUMN, 47.2, asking, pen.fitting(asking, 8, room - (16 if demo else 0)))
    if demo:
        pen.text(_RIGHT, 47.2, DEMO, 8, bold=True, colour=WARN, align="right")


def _fitted(pen: Pen, name: str, room: float) -> tuple[float, list[str]]:
    """The largest size in which the name takes two lines at most."""
    size = 15.0
    while size > 6 and len(pen.wrapped(name, size, room, bold=True)) > (2 if size > 10 else 3):
        size -= 0.5
    return size, pen.wrapped(name, size, room, bold=True)
