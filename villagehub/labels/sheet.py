"""Draws a 公开榜 or an 审核表: as many A4 pages as the rows need, sums carried over, places to sign at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

from villagehub.kernel.money import yuan
from villagehub.labels.fonts import DRAWING, Fonts
from villagehub.labels.pen import BAMBOO, POINTS, WARN, Pen
from villagehub.labels.poster import Placed, Sheet
from villagehub.labels.sheet_words import MARGIN, SheetWords
from villagehub.labels.symbol import Symbol
from villagehub.labels.table import HEAD_HIGH, SUM_HIGH, Drawn, Page, lay_out

CODE: Final = 36.0
"""Side of the symbol in mm, without its quiet zone: read from 25 cm and more."""
PROOF: Final = 34.0
"""Side of the smaller one, for those who check: read from a hand's breadth."""
_PROOF_HIGH: Final = PROOF + 8.0
_QUIET: Final = 5.4
_TOP: Final = 12.0
_FOOT: Final = 13.0
_FURTHER_HEAD: Final = 24.0
_LINE: Final = 5.2


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every part of the drawing needs."""

    canvas: Any
    pen: Pen
    words: SheetWords
    symbol: Symbol
    proof: Symbol | None

    @property
    def wide(self) -> float:
        return self.words.size[0]

    @property
    def high(self) -> float:
        return self.words.size[1]

    @property
    def right(self) -> float:
        return self.wide - MARGIN

    @property
    def end(self) -> float:
        """Where the foot begins."""
        return self.high - _FOOT


@dataclass(frozen=True, slots=True)
class ToDraw:
    """One version's sheet before it is drawn: its words, and the code that leads to it."""

    words: SheetWords
    symbol: Symbol
    payload: str
    proof: Symbol | None = None
    """The smaller square, of what is in the log."""
    proof_payload: str = ""


def draw_sheets(sheets: Sequence[ToDraw], fonts: Fonts) -> Sheet:
    """The sheets one after the other in one PDF, each with pages counted for itself; raises MissingGlyphs before a single mark
    is made.
    """
    from reportlab.pdfgen.canvas import Canvas

    for one in sheets:
        fonts.check(one.words.checked_texts())
    kept, codes, pages = BytesIO(), list[Placed](), 0
    with DRAWING:
        canvas = Canvas(kept, lang="zh-CN")
        canvas.setTitle(sheets[0].words.pdf_title)
        canvas.setAuthor("码上公开")
        canvas.setCreator("villagehub")
        for one in sheets:
            width, height = one.words.size
            canvas.setPageSize((width * POINTS, height * POINTS))
            codes.append(Placed(width - MARGIN - CODE, _TOP + 1, CODE, one.payload, "码", pages))
            drawn = _draw(_Desk(canvas, Pen(canvas, fonts, height=height), one.words, one.symbol, one.proof))
            pages += drawn.pages
            if one.proof is not None:
                side = one.proof.side
                codes.append(
                    Placed(MARGIN + 2, drawn.proof_top, PROOF, one.proof_payload, "小码", pages - 1, side, spare=True)
                )
        canvas.save()
    width, height = sheets[0].words.size
    return Sheet(kept.getvalue(), tuple(codes), width, height, name="整张表", pages=pages)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How many pages, and where on the last one the smaller square begins."""

    pages: int
    proof_top: float


def _draw(desk: _Desk) -> _Drawn:
    """Draws all pages."""
    words, pen = desk.words, desk.pen
    first = _head_high(desk)
    pages = lay_out(
        pen, words.columns, words.lines, first=desk.end - first, further=desk.end - _FURTHER_HEAD
    )  # fmt: skip
    tail = _tail_high(desk)
    last = pages[-1]
    begun = first if len(pages) == 1 else _FURTHER_HEAD
    held = _table_high(last, carried=len(pages) > 1, sums=bool(words.sums)) if words.lines else 0.0
    apart = begun + held + tail > desk.end
    talk: list[list[str]] = []
    if tail > desk.end - _FURTHER_HEAD:  # what was said is longer than a page: it gets pages of its own
        talk, apart = _talk(desk), True
        desk = replace(desk, words=replace(words, signed=(_see(len(pages) + 1, len(pages) + len(talk)),)))
    count, proof_top = len(pages) + len(talk) + int(apart), 0.0
    for number, page in enumerate(pages, start=1):
        top = _head(desk) if number == 1 else _short_head(desk)
        if words.lines:
            top = _table(desk, page, top, first=number == 1, last=number == len(pages))
        if number == len(pages) and not apart:
            proof_top = _tail(desk, top)
        _foot(desk, number, count)
        desk.canvas.showPage()
    for number, lines in enumerate(talk, start=len(pages) + 1):
        _talk_page(desk, lines)
        _foot(desk, number, count)
        desk.canvas.showPage()
    if apart:
        proof_top = _tail(desk, _short_head(desk))
        _foot(desk, count, count)
        desk.canvas.showPage()
    return _Drawn(count, proof_top)


def _table_high(page: Page, *, carried: bool, sums: bool) -> float:
    return HEAD_HIGH + sum(one.high for one in page.rows) + SUM_HIGH * (int(carried) + 1) * int(sums) + 1.5


def _head_high(desk: _Desk) -> float:
    """Where the table begins on the first page: under the title, and under the code with its white."""
    lines = _under(desk)
    return max(_TOP + CODE + _QUIET + 12.5, 37.0 + len(lines) * _LINE)


def _under(desk: _Desk) -> list[str]:
    room = desk.right - MARGIN - CODE - 2 * _QUIET
    return [line for text in (*desk.words.facts, *desk.words.notes) for line in desk.pen.wrapped(text, 10.5, room)]


def _head(desk: _Desk) -> float:
    pen, words = desk.pen, desk.words
    _slips(desk)
    room = desk.right - MARGIN - CODE - 2 * _QUIET
    left = MARGIN
    if words.mark:
        wide = pen.width(words.mark, 11, bold=True) + 6
        pen.box(left + room - wide, _TOP + 0.4, wide, 7.2, line=0.5, colour=WARN, radius=1.2)
        pen.text(left + room - wide / 2, _TOP + 5.4, words.mark, 11, bold=True, colour=WARN, align="centre")
        room -= wide + 3
    pen.text(left, _TOP + 5.6, words.place, pen.fitting(words.place, 13, room, bold=True), bold=True, colour=BAMBOO)
    room = desk.right - MARGIN - CODE - 2 * _QUIET
    pen.text(left, _TOP + 17.6, words.title, pen.fitting(words.title, 24, room, bold=True), bold=True)
    top = _TOP + 25.0
    for line in _under(desk):
        pen.text(left, top, line, 10.5)
        top += _LINE
    pen.symbol(desk.right - CODE, _TOP + 1, CODE, desk.symbol)
    centre, at = desk.right - CODE / 2, _TOP + 1 + CODE + _QUIET + 2.6
    for text, size, bold in zip(words.beside_code, (9, 10.5, 8), (False, True, False), strict=True):
        pen.text(centre, at, text, pen.fitting(text, size, CODE + 2 * _QUIET, bold=bold), bold=bold, align="centre")
        at += 4.0
    return _head_high(desk)


def _short_head(desk: _Desk) -> float:
    """The heading of every further page: a page that hangs alone still says what it belongs to."""
    pen, words = desk.pen, desk.words
    _slips(desk)
    text = f"{words.place} · {words.title}（续）"
    pen.text(MARGIN, 17.0, text, pen.fitting(text, 12, desk.right - MARGIN - 40, bold=True), bold=True)
    if words.mark:
        pen.text(
            desk.right,
            17.0,
            words.mark,
            pen.fitting(words.mark, 10, 38, bold=True),
            bold=True,
            colour=WARN,
            align="right",
        )
    line = f"{words.facts[0]} · {words.seals[0][0]} {words.seals[0][1]}"
    pen.text(MARGIN, 22.0, line, pen.fitting(line, 8.5, desk.right - MARGIN))
    return _FURTHER_HEAD


def _slips(desk: _Desk) -> None:
    """Bamboo slips on top: the product's signature."""
    left = 0.0
    while left < desk.wide:
        desk.pen.box(left, 0.0, min(6.0, desk.wide - left), 5.0, fill=BAMBOO)
        left += 7.4


def _table(desk: _Desk, page: Page, top: float, *, first: bool, last: bool) -> float:
    drawn = Drawn(desk.pen, desk.words.columns, top)
    drawn.head()
    if not first and desk.words.sums:
        drawn.sums("承前页", {name: yuan(value) for name, value in page.before.items()})
    for laid in page.rows:
        drawn.row(laid)
    if desk.words.sums:
        if last:
            drawn.sums("合计", desk.words.sums, final=True)
        else:
            drawn.sums("过次页", {name: yuan(value) for name, value in page.after.items()})
    return drawn.top


def _tail_high(desk: _Desk) -> float:
    words = desk.words
    left = len(words.balances) * 6.0 + 6
    right = 8 + len(words.seals) * 6.0 + sum(len(one) for one in _signed(desk)) * 5.0
    places = 52.0 if words.places and not words.members else 30.0 + 13.0 * (len(words.members) + 1)
    return max(left, right) + places + (_PROOF_HIGH if desk.proof else 0.0)


def _half(desk: _Desk) -> float:
    return (desk.right - MARGIN - 10) / 2


def _signed(desk: _Desk) -> list[list[str]]:
    return [desk.pen.wrapped(text, 9.5, _half(desk)) for text in desk.words.signed]


def _talk(desk: _Desk) -> list[list[str]]:
    """The signatures with what was objected, over the whole width, in pages of lines."""
    wide = desk.right - MARGIN
    lines = [line for text in desk.words.signed for line in (*desk.pen.wrapped(text, 9.5, wide), "")]
    room = int((desk.end - _FURTHER_HEAD - 14.0) / 5.0)
    return [lines[start : start + room] for start in range(0, len(lines), room)]


def _see(first: int, last: int) -> str:
    return f"写在第 {first} 页" if first == last else f"写在第 {first} 到 {last} 页"


def _talk_page(desk: _Desk, lines: list[str]) -> None:
    at = _short_head(desk) + 6.5
    desk.pen.text(MARGIN, at, "谁看过、怎么签的", 11, bold=True)
    for line in lines:
        at += 5.0
        desk.pen.text(MARGIN, at + 1, line, 9.5)


def _tail(desk: _Desk, top: float) -> float:
    """Balances to the left, seal codes and signatures to the right, below them the smaller square and the places for hands
    and the stamp. Returns where the square begins.
    """
    pen, words = desk.pen, desk.words
    half, at = _half(desk), top + 6.5
    for place, (name, amount) in enumerate(words.balances):
        bold = name == "期末结余"
        pen.text(MARGIN, at, name, 10.5, bold=bold)
        pen.text(MARGIN + half, at, amount, 10.5, bold=bold, align="right")
        if bold:
            pen.rule(MARGIN, at - 4.9, half, 0.25)
            pen.rule(MARGIN, at + 1.5, half, 0.25)
            pen.rule(MARGIN, at + 2.3, half, 0.25)
            at += 1.6
        at += 6.0 if place < len(words.balances) else 0
    left_end, x, at = at, desk.right - half, top + 6.5
    for name, seal in words.seals:
        pen.text(x, at, name, 9.5)
        pen.text(desk.right, at, seal, 10.5, bold=True, align="right")
        at += 6.0
    if words.signed:
        pen.text(x, at + 1, "谁看过、怎么签的", 9.5, bold=True)
        at += 6.0
    for lines in _signed(desk):
        for line in lines:
            pen.text(x, at, line, 9.5)
            at += 5.0
    below = proof_top = max(left_end, at) + 2.0
    if desk.proof is not None:
        proof_top = below + 3.0
        _for_checking(desk, desk.proof, proof_top)
        below += _PROOF_HIGH
    if words.members:
        _vote_lines(desk, below)
    else:
        _hands(desk, below)
    return proof_top


def _for_checking(desk: _Desk, proof: Symbol, top: float) -> None:
    """The smaller square with its label, and what it is for."""
    pen, x = desk.pen, MARGIN + 2 + PROOF + 4
    pen.symbol(MARGIN + 2, top, PROOF, proof)
    for place, text in enumerate(desk.words.beside_proof):
        pen.text(x, top + 5.0 + place * 5.6, text, 11 if place == 0 else 9.5, bold=place == 0)


def _hands(desk: _Desk, top: float) -> None:
    pen, box = desk.pen, 40.0
    step = (desk.right - MARGIN - box - 8) / len(desk.words.places)
    for place, name in enumerate(desk.words.places):
        x = MARGIN + place * step
        pen.text(x, top + 16, f"{name}：", 11)
        wide = pen.width(f"{name}：", 11)
        pen.rule(x + wide, top + 17, step - wide - 5, 0.2)
    pen.text(MARGIN, top + 34, "张贴日期：　　　　年　　　月　　　日　　　公开栏编号：＿＿＿＿＿＿", 10.5)
    desk.canvas.setDash(3, 3)
    pen.box(desk.right - box, top + 2, box, box, line=0.3, radius=2.0)
    desk.canvas.setDash()
    pen.text(desk.right - box / 2, top + 2 + box / 2 + 1.5, "盖章处", 12, colour=(0.5, 0.5, 0.5), align="centre")


def _vote_lines(desk: _Desk, top: float) -> None:
    """One line a member: name, yes or no to tick, a place to sign, the day; below it room for what speaks against."""
    pen, words = desk.pen, desk.words
    pen.rule(MARGIN, top, desk.right - MARGIN, 0.3)
    for place, name in enumerate(words.members):
        at = top + 9.0 + place * 13.0
        pen.text(MARGIN, at, name, pen.fitting(name, 12, 30, bold=True), bold=True)
        for x, text in ((MARGIN + 32, "同意"), (MARGIN + 51, "不同意")):
            pen.box(x, at - 4.0, 4.6, 4.6, line=0.3)
            pen.text(x + 6, at, text, 11)
        pen.text(MARGIN + 76, at, "签名：", 11)
        pen.rule(MARGIN + 87, at + 1, desk.right - MARGIN - 87 - 46, 0.2)
        pen.text(desk.right, at, "　　　年　　月　　日", 11, align="right")
        pen.rule(MARGIN, at + 4.0, desk.right - MARGIN, 0.1)
    at = top + 9.0 + len(words.members) * 13.0
    _reason_line(pen, desk, at)
    handed_in = f"{words.places[0]}签名："
    pen.text(MARGIN, at + 15, handed_in, 11)
    wide = pen.width(handed_in, 11)
    pen.rule(MARGIN + wide, at + 16, 55, 0.2)
    pen.text(desk.right, at + 15, "　　　年　　月　　日", 11, align="right")


def _reason_line(pen: Pen, desk: _Desk, at: float) -> None:
    pen.text(MARGIN, at, "不同意的原因：", 11)
    wide = pen.width("不同意的原因：", 11)
    pen.rule(MARGIN + wide, at + 1, desk.right - MARGIN - wide, 0.2)


def _foot(desk: _Desk, number: int, count: int) -> None:
    pen, words = desk.pen, desk.words
    pen.rule(MARGIN, desk.end + 2.0, desk.right - MARGIN, 0.2)
    page = f"第 {number} 页，共 {count} 页"
    room = desk.right - MARGIN - pen.width(page, 9) - 5
    pen.text(MARGIN, desk.end + 7.0, words.footer, pen.fitting(words.footer, 9, room))
    pen.text(desk.right, desk.end + 7.0, page, 9, align="right")
