"""查询单: eight slips to a page of A4 with lines to cut along, one for each household of a list (decision 27). Bytes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from villagehub.disclosures.slips import Slip, SlipList
from villagehub.kernel.codes import grouped
from villagehub.kernel.money import yuan
from villagehub.kernel.period import day_words
from villagehub.kernel.spoken import spoken_yuan
from villagehub.labels.fonts import DRAWING, Fonts
from villagehub.labels.pen import BAMBOO, INK, POINTS, WARN, Pen
from villagehub.labels.poster import Placed, Sheet
from villagehub.labels.queries import CodeFacts
from villagehub.labels.wording import DEMO, site_of
from villagehub.sections import SECTIONS
from villagehub.sections.common import reckoned_from, times

_PAPER: Final = (210.0, 297.0)
_COLUMNS: Final = 2
_EACH: Final = 8
_WIDE: Final = _PAPER[0] / _COLUMNS
_HIGH: Final = _PAPER[1] / (_EACH // _COLUMNS)
_LEFT: Final = 9.0
_RIGHT: Final = _WIDE - 8.0
"""White on both sides, so that printers that leave a margin cut nothing off."""
_SIDE: Final = 24.0
"""Of the symbol in mm, without its quiet zone."""
_CODE_LEFT: Final = _RIGHT - _SIDE - 1.0
_CODE_TOP: Final = 10.0
_ROOM: Final = _CODE_LEFT - 5.0 - _LEFT
"""For text beside the code and its white."""


@dataclass(frozen=True, slots=True)
class SlipWords:
    """Everything that is written on one slip."""

    name: str
    amount: str
    spoken: str
    """The amount as it is said, and of how many at what rate where that is exactly it."""
    state: str
    code: str


def words_of_slip(section: str, slip: Slip) -> SlipWords:
    """One household's slip in words. Pure."""
    values, fen = slip.values, slip.values.get("amount")
    many = reckoned_from(SECTIONS[section], values)
    if many and (fen is None or Decimal(str(values["basis"])) == 1 or times(values["basis"], values["rate"]) != fen):
        many = ""
    group = values.get("group_name")
    state = SECTIONS[section].field_named("state").label_of(values["state"]) if values.get("state") else ""
    return SlipWords(
        f"{values.get('recipient') or '没写姓名'}{f'（{group}）' if group else ''}",
        f"{yuan(int(fen))} 元" if fen is not None else "金额没填",
        f"{spoken_yuan(int(fen))}{f'（{many}）' if many else ''}" if fen is not None else "",
        state,
        grouped(slip.code),
    )


def draw_slips(
    held: SlipList, slips: Sequence[Slip], code: CodeFacts, fonts: Fonts, *, hotline: str, demo: bool
) -> Sheet:
    """The slips in their order; raises MissingGlyphs before a single mark is made."""
    from reportlab.pdfgen.canvas import Canvas

    written = [words_of_slip(held.section, one) for one in slips]
    fonts.check([("村名", code.village.township_name + code.village.name), ("补贴项目", held.programme)])
    fonts.check(
        (f"第 {place} 张查询单", one.name + one.state + one.spoken) for place, one in enumerate(written, start=1)
    )
    fonts.check([("办事咨询", hotline)])
    kept, codes = BytesIO(), list[Placed]()
    pages = [written[first : first + _EACH] for first in range(0, len(written), _EACH)]
    with DRAWING:
        canvas = Canvas(kept, pagesize=(_PAPER[0] * POINTS, _PAPER[1] * POINTS), lang="zh-CN")
        canvas.setTitle(f"{code.village.name} 查询单")
        canvas.setAuthor("码上公开")
        canvas.setCreator("villagehub")
        for number, page in enumerate(pages):
            for place, words in enumerate(page):
                row, column = divmod(place, _COLUMNS)
                x, top = column * _WIDE, row * _HIGH
                canvas.saveState()
                canvas.translate(x * POINTS, (_PAPER[1] - top - _HIGH) * POINTS)
                _draw(Pen(canvas, fonts, height=_HIGH), held, words, code, hotline, demo=demo)
                canvas.restoreState()
                codes.append(
                    Placed(x + _CODE_LEFT, top + _CODE_TOP, _SIDE, code.payload, f"第 {number + 1} 页的码", number)
                )
            _cut_lines(canvas)
            canvas.showPage()
        canvas.save()
    return Sheet(kept.getvalue(), tuple(codes), *_PAPER, name="查询单", pages=len(pages))


def _cut_lines(canvas: Any) -> None:
    canvas.saveState()
    canvas.setDash(2, 3)
    canvas.setLineWidth(0.4)
    canvas.setStrokeColorRGB(*INK)
    middle, wide, high = _WIDE * POINTS, _PAPER[0] * POINTS, _PAPER[1] * POINTS
    canvas.line(middle, 0, middle, high)
    for row in range(1, _EACH // _COLUMNS):
        canvas.line(0, row * _HIGH * POINTS, wide, row * _HIGH * POINTS)
    canvas.restoreState()


def _draw(pen: Pen, held: SlipList, words: SlipWords, code: CodeFacts, hotline: str, *, demo: bool) -> None:
    village = code.village
    place = f"{village.township_name} {village.name} · 查询单"
    pen.text(_LEFT, 11.0, place, pen.fitting(place, 9.5, _ROOM, bold=True), bold=True, colour=BAMBOO)
    at = 17.5
    for line in pen.wrapped(held.programme, 11, _ROOM, bold=True)[:2]:
        pen.text(_LEFT, at, line, 11, bold=True)
        at += 5.0
    when = f"{held.period_words} · 第 {held.number} 号公开"
    pen.text(_LEFT, at, when, pen.fitting(when, 9, _ROOM))
    pen.text(_LEFT, at + 7.0, words.name, pen.fitting(words.name, 14, _ROOM, bold=True), bold=True)
    amount = f"{words.amount}{f'（{words.state}）' if words.state else ''}"
    pen.text(_LEFT, at + 14.0, amount, pen.fitting(amount, 14, _ROOM, bold=True), bold=True)
    pen.symbol(_CODE_LEFT, _CODE_TOP, _SIDE, code.symbol)
    pen.text(_CODE_LEFT + _SIDE / 2, _CODE_TOP + _SIDE + 7.4, "扫码看公开", 8.5, align="centre")
    wide = _RIGHT - _LEFT
    if words.spoken:
        pen.text(_LEFT, 48.0, words.spoken, pen.fitting(words.spoken, 9.5, wide))
    typed = f"查询码 {words.code}"
    pen.text(_LEFT, 55.0, typed, 14, bold=True)
    until = f"用到 {day_words(held.until)}"
    pen.text(_RIGHT, 55.0, until, 8, align="right")
    how = f"查：扫码，或打开 {site_of(code.base_url)} 输 {grouped(code.code)}，再输查询码。"
    ask = f"钱数不对、没收到，带本单到村委会问，或打 {hotline}。"
    for baseline, text in ((60.5, how), (64.8, ask)):
        pen.text(_LEFT, baseline, text, pen.fitting(text, 8, wide))
    last = "只给本户，请收好。码里没有您的信息。要钱、要密码的是假的。"
    pen.text(_LEFT, 69.1, last, pen.fitting(last, 8, wide - (15 if demo else 0)))
    if demo:
        pen.text(_RIGHT, 69.1, DEMO, 8, bold=True, colour=WARN, align="right")
