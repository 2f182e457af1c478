"""The fonts of paper: bold, and regular for what bold lacks; a character in neither stops the sheet (print.md "Type").

A name must never print as a blank or as another character. ``static/fonts/README.md`` says where the files come from.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import pdfmetrics, ttfonts

from villagehub.kernel.refused import Refused

REGULAR: Final = "NotoSansSC-Regular"
BOLD: Final = "NotoSansSC-Bold"
FILES: Final = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold-GB2312.ttf"}
DRAWING: Final = threading.Lock()
"""Held while a sheet is drawn: a font of ReportLab keeps one reading place in its file, not made for two sheets at once."""
_MOST_PLACES: Final = 5
_BLOCK: Final = 100
"""PDF allows so many lines in one block of a character map."""


class MissingGlyphs(Refused):
    """Characters that the fonts do not have; the sheet would show blanks or boxes for them."""

    code = "missing_glyphs"
    message = "“{where}”里有 {count} 个字印不出来：{marks}。没有打印。"
    fix = "请核对这几个字是不是写错了。确实要用，请把字告诉系统管理员，换上带这个字的字体。"
    status = 422


class FontsMissing(Refused):
    """The font files are not where they were installed."""

    code = "fonts_missing"
    message = "海报用的字体文件不见了：{file}。"
    fix = "请系统管理员重新安装本程序；字体在 static/fonts 文件夹里。"
    status = 500


def _to_unicode_map(font: str, subset: list[int]) -> str:
    """ReportLab's own map writes characters beyond the BMP as five digits, so that copied text is wrong; PDF wants UTF-16.

    It also puts up to 256 lines into one block where the specification allows 100.
    """
    lines = [f"<{place:02X}> <{chr(mark).encode('utf-16-be').hex().upper()}>" for place, mark in enumerate(subset)]
    blocks = []
    for start in range(0, len(lines), _BLOCK):
        block = lines[start : start + _BLOCK]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({font}) /Ordering ({font}) /Supplement 0 >> def",
            f"/CMapName /{font} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            f"<00> <{len(subset) - 1:02X}>",
            "endcodespacerange",
            *blocks,
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


@dataclass(frozen=True, slots=True)
class Fonts:
    """The two fonts, registered with ReportLab."""

    have: dict[str, frozenset[int]]
    """By font, the characters that it can draw."""

    def runs(self, text: str, font: str) -> list[tuple[str, str]]:
        """The text in pieces of one font each: ``font`` where it has the character, else regular."""
        found: list[tuple[str, str]] = []
        for mark in text:
            wanted = font if ord(mark) in self.have[font] else REGULAR
            if found and found[-1][0] == wanted:
                found[-1] = (wanted, found[-1][1] + mark)
            else:
                found.append((wanted, mark))
        return found

    def width(self, text: str, font: str, size: float) -> float:
        """The width in points when drawn in these pieces."""
        return float(sum(pdfmetrics.stringWidth(piece, one, size) for one, piece in self.runs(text, font)))

    def check(self, texts: Iterable[tuple[str, str]]) -> None:
        """Each text is what stands somewhere (first) and its characters (second); raises MissingGlyphs, which names all of
        them and the first places, before anything is drawn.
        """
        missing: dict[str, None] = {}
        places: dict[str, None] = {}
        for where, text in texts:
            lacking = [mark for mark in text if not self.can_draw(mark)]
            if lacking:
                missing.update(dict.fromkeys(lacking))
                places[where] = None
        if missing:
            marks = "、".join(f"{mark}（U+{ord(mark):04X}）" for mark in list(missing)[:20])
            more = f"等 {len(places)} 处" if len(places) > _MOST_PLACES else ""
            raise MissingGlyphs(where="、".join(list(places)[:_MOST_PLACES]) + more, count=len(missing), marks=marks)

    def can_draw(self, mark: str) -> bool:
        """Whether either font has the character."""
        return ord(mark) in self.have[BOLD] or ord(mark) in self.have[REGULAR]


@lru_cache(maxsize=1)
def load_fonts(folder: Path) -> Fonts:
    """The fonts in this folder (``static/fonts``); raises FontsMissing."""
    ttfonts.makeToUnicodeCMap = _to_unicode_map
    have: dict[str, frozenset[int]] = {}
    for name, file in FILES.items():
        if not (folder / file).is_file():
            raise FontsMissing(file=file)
        made: Any = ttfonts.TTFont(name, str(folder / file))
        pdfmetrics.registerFont(made)
        have[name] = frozenset(code for code, glyph in made.face.charToGlyph.items() if glyph)
    return Fonts(have)
