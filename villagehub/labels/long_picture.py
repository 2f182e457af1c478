"""The quarter as one long picture for family groups (decision 31): drawn with Pillow, its code read back before it goes out.

The code carries the page's address itself: nothing is minted when a villager asks for a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from villagehub.kernel.linebreak import break_lines
from villagehub.labels.fonts import BOLD, DRAWING, FILES, REGULAR, Fonts, load_fonts
from villagehub.labels.proof import Unreadable, read_all
from villagehub.labels.symbol import QUIET, Symbol, make_symbol

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

WIDE: Final = 720
_EDGE: Final = 40
_TALLEST: Final = 4000
_MODULE: Final = 9
_JPEG: Final = 60
"""How hard a chat program presses a picture; it may halve its size too."""
_COLOURS: Final = 32
_GREEN: Final = (0x1C, 0x5C, 0x46)
_SAND: Final = (0xC9, 0x8A, 0x2B)
_INK: Final = (0x19, 0x21, 0x1D)
_GREY: Final = (0x5A, 0x63, 0x5E)
_PALE: Final = (0xE4, 0xEA, 0xE7)
_RED: Final = (0xA3, 0x23, 0x1B)
UNDRAWN: Final = "（有的字图片画不出来，请看网页）"

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Bar:
    """One line with a bar: what, how much in words, and its part of the longest in thousandths."""

    label: str
    amount: str
    part: int


@dataclass(frozen=True, slots=True)
class PictureWords:
    """Everything on one picture."""

    place: str
    title: str
    mark: str
    sentences: tuple[str, ...]
    flow: tuple[Bar, ...]
    """Income and expense."""
    totals: tuple[tuple[str, str], ...]
    closing: tuple[str, str] | None
    spent: tuple[Bar, ...]
    """Where the money went."""
    largest: tuple[tuple[str, str, str], ...]
    """The largest entries: what, when and which category, how much."""
    facts: tuple[str, ...]
    """Publication, 防改码, who reviewed."""
    address: str
    warning: tuple[str, ...]


def draw_long_picture(words: PictureWords, folder: Path) -> bytes:
    """The picture as PNG; raises MissingGlyphs for the place's name, Unreadable when its code could not be read back."""
    from PIL import Image as Pictures

    fonts = load_fonts(folder)
    fonts.check([("村名", words.place)])
    with DRAWING:
        picture = _Picture(fonts, folder)
        _draw(picture, words)
        image = picture.finished()
    _proof_read(image, words.address)
    kept = BytesIO()
    image.quantize(_COLOURS, dither=Pictures.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _proof_read(image: "Image", address: str) -> None:
    """As a family group passes it on: whole, pressed, and pressed at half its size."""
    from PIL import Image as Pictures

    for small in (False, True):
        sent = image.resize((image.width // 2, image.height // 2)) if small else image
        pressed = BytesIO()
        sent.save(pressed, "JPEG", quality=_JPEG)
        if read_all(Pictures.open(pressed).convert("L")) != [address]:
            raise Unreadable(name="图片上的码", why="压缩以后读不出来")


@lru_cache(maxsize=32)
def _font(file: str, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)


class _Picture:
    """A page that grows downwards; ``top`` is where the next thing goes."""

    def __init__(self, fonts: Fonts, folder: Path) -> None:
        from PIL import Image as Pictures
        from PIL import ImageDraw

        self._fonts, self._folder = fonts, folder
        self._image = Pictures.new("RGB", (WIDE, _TALLEST), (255, 255, 255))
        self.draw = ImageDraw.Draw(self._image)
        self.top = 0

    def finished(self) -> "Image":
        return self._image.crop((0, 0, WIDE, min(self.top, _TALLEST)))

    def _pieces(self, text: str, size: int, bold: bool) -> list[tuple["FreeTypeFont", str]]:
        drawable = text if all(map(self._fonts.can_draw, text)) else UNDRAWN
        runs = self._fonts.runs(drawable, BOLD if bold else REGULAR)
        return [(_font(str(self._folder / FILES[name]), size), piece) for name, piece in runs]

    def width(self, text: str, size: int, *, bold: bool = False) -> int:
        return round(sum(font.getlength(piece) for font, piece in self._pieces(text, size, bold)))

    def text(
        self,
        x: int,
        baseline: int,
        text: str,
        size: int,
        *,
        bold: bool = False,
        colour: Colour = _INK,
        right: bool = False,
    ) -> None:
        at = float(x - self.width(text, size, bold=bold)) if right else float(x)
        for font, piece in self._pieces(text, size, bold):
            self.draw.text((at, baseline), piece, font=font, fill=colour, anchor="ls")
            at += font.getlength(piece)

    def block(
        self, text: str, size: int, *, bold: bool = False, colour: Colour = _INK, room: int = WIDE - 2 * _EDGE
    ) -> None:
        """Wrapped lines from ``top`` down."""
        for line in self._wrapped(text, size, room, bold):
            self.top += round(size * 1.5)
            self.text(_EDGE, self.top - round(size * 0.35), line, size, bold=bold, colour=colour)

    def _wrapped(self, text: str, size: int, room: int, bold: bool) -> list[str]:
        if not all(map(self._fonts.can_draw, text)):
            text = UNDRAWN
        return break_lines(text, lambda line: self.width(line, size, bold=bold) <= room)

    def shortened(self, text: str, size: int, room: int) -> str:
        """The text, or its beginning with … where it has no room."""
        while len(text) > 1 and self.width(text, size) > room:
            text = text[:-2] + "…"
        return text

    def rule(self, colour: Colour = _PALE, high: int = 2) -> None:
        self.draw.rectangle((_EDGE, self.top, WIDE - _EDGE, self.top + high - 1), fill=colour)
        self.top += high


def _draw(picture: _Picture, words: PictureWords) -> None:
    for left in range(0, WIDE, 37):
        picture.draw.rectangle((left, 0, min(left + 29, WIDE), 21), fill=_GREEN)
    picture.top = 34
    if words.mark:
        wide = picture.width(words.mark, 26, bold=True)
        box = (WIDE - _EDGE - wide - 28, 42, WIDE - _EDGE, 88)
        picture.draw.rounded_rectangle(box, 6, outline=_RED, width=3)
        picture.text(WIDE - _EDGE - 14, 75, words.mark, 26, bold=True, colour=_RED, right=True)
    picture.block(words.place, 30, bold=True, colour=_GREEN, room=WIDE - 2 * _EDGE - 170)
    picture.block(words.title, 46, bold=True)
    picture.top += 8
    for sentence in words.sentences:
        picture.block(sentence, 32)
    picture.top += 22
    for bar, colour in zip(words.flow, (_GREEN, _SAND), strict=False):
        _bar(picture, bar, colour, 28)
    _totals(picture, words)
    if words.spent:
        _heading(picture, "钱花到哪")
        for bar in words.spent:
            _bar(picture, bar, _SAND, 16)
    if words.largest:
        _heading(picture, "最大的几笔支出")
        for what, more, amount in words.largest:
            _entry(picture, what, more, amount)
    _code(picture, words)
    for fact in (*words.facts, *words.warning):
        picture.block(fact, 25, colour=_GREY)
    picture.top += 30


def _heading(picture: _Picture, text: str) -> None:
    picture.top += 24
    picture.block(text, 34, bold=True)
    picture.top += 8


def _bar(picture: _Picture, bar: Bar, colour: Colour, high: int) -> None:
    room = WIDE - 2 * _EDGE
    picture.top += 40
    amount = picture.width(bar.amount, 29, bold=True)
    picture.text(_EDGE, picture.top, picture.shortened(bar.label, 29, room - amount - 20), 29)
    picture.text(WIDE - _EDGE, picture.top, bar.amount, 29, bold=True, right=True)
    picture.top += 10
    picture.draw.rectangle((_EDGE, picture.top, WIDE - _EDGE, picture.top + high - 1), fill=_PALE)
    if bar.part > 0:
        wide = max(3, room * bar.part // 1000)
        picture.draw.rectangle((_EDGE, picture.top, _EDGE + wide, picture.top + high - 1), fill=colour)
    picture.top += high + 8


def _totals(picture: _Picture, words: PictureWords) -> None:
    picture.top += 20
    for name, amount in words.totals:
        picture.top += 44
        picture.text(_EDGE, picture.top, name, 29)
        picture.text(WIDE - _EDGE, picture.top, amount, 29, right=True)
    if words.closing:
        picture.top += 14
        picture.rule(_INK)
        picture.top += 42
        picture.text(_EDGE, picture.top, words.closing[0], 32, bold=True)
        picture.text(WIDE - _EDGE, picture.top, words.closing[1], 32, bold=True, right=True)
        picture.top += 14
        picture.rule(_INK)
        picture.top += 5
        picture.rule(_INK)


def _entry(picture: _Picture, what: str, more: str, amount: str) -> None:
    picture.top += 42
    room = WIDE - 2 * _EDGE - picture.width(amount, 29, bold=True) - 24
    picture.text(_EDGE, picture.top, picture.shortened(what, 29, room), 29)
    picture.text(WIDE - _EDGE, picture.top, amount, 29, bold=True, right=True)
    picture.top += 34
    picture.text(_EDGE, picture.top, picture.shortened(more, 24, WIDE - 2 * _EDGE), 24, colour=_GREY)
    picture.top += 10
    picture.rule()


def _code(picture: _Picture, words: PictureWords) -> None:
    symbol = make_symbol(words.address)
    picture.top += 34
    side = (symbol.side + 2 * QUIET) * _MODULE
    _squares(picture, symbol, (WIDE - side) // 2, picture.top)
    picture.top += side + 30
    for text, size in (("长按识别，一笔一笔看明细", 32),):
        wide = picture.width(text, size, bold=True)
        picture.text((WIDE - wide) // 2, picture.top, text, size, bold=True)
    picture.top += 22


def _squares(picture: _Picture, symbol: Symbol, left: int, top: int) -> None:
    for row, column, length in symbol.runs():
        x, y = left + (column + QUIET) * _MODULE, top + (row + QUIET) * _MODULE
        picture.draw.rectangle((x, y, x + length * _MODULE - 1, y + _MODULE - 1), fill=(0, 0, 0))


def parts_of(amounts: Sequence[int]) -> list[int]:
    """Each amount's part of the largest, in thousandths; nothing for what is below zero."""
    largest = max((one for one in amounts if one > 0), default=0)
    return [max(one, 0) * 1000 // largest if largest else 0 for one in amounts]
