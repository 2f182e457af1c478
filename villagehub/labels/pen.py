"""A pen for paper: millimetres from the top left corner, text that falls back and wraps, symbols as vector squares."""

from typing import Any, Final

from villagehub.kernel.linebreak import break_lines
from villagehub.labels.fonts import BOLD, REGULAR, Fonts
from villagehub.labels.symbol import Symbol

POINTS: Final = 72 / 25.4
"""Points in a millimetre."""
BAMBOO: Final = (0x1C / 255, 0x5C / 255, 0x46 / 255)
"""竹青, the brand's colour."""
INK: Final = (0x19 / 255, 0x21 / 255, 0x1D / 255)
WARN: Final = (0xA3 / 255, 0x23 / 255, 0x1B / 255)
WHITE: Final = (1.0, 1.0, 1.0)
Colour = tuple[float, float, float]


class Pen:
    """Draws on one ReportLab canvas of this height; places are in mm from the top left corner, sizes of type in points."""

    def __init__(self, canvas: Any, fonts: Fonts, *, height: float) -> None:
        self._canvas = canvas
        self._fonts = fonts
        self._height = height

    def _y(self, top: float) -> float:
        return (self._height - top) * POINTS

    def width(self, text: str, size: float, *, bold: bool = False, spacing: float = 0.0) -> float:
        """The text's width in mm; ``spacing`` in mm between characters."""
        font = BOLD if bold else REGULAR
        return self._fonts.width(text, font, size) / POINTS + spacing * max(0, len(text) - 1)

    def fitting(self, text: str, size: float, room: float, *, bold: bool = False, spacing: float = 0.0) -> float:
        """The size, made smaller if need be so that the text fits into ``room`` mm."""
        wide = self.width(text, size, bold=bold, spacing=spacing)
        return size if wide <= room else size * (room - 0.2) / wide

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        spacing: float = 0.0,
        align: str = "left",
    ) -> None:
        """One line with its baseline at ``baseline``; ``align`` says which end (left, centre, right) stands at ``x``."""
        wide = self.width(text, size, bold=bold, spacing=spacing)
        start = x - {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        written = self._canvas.beginText(start * POINTS, self._y(baseline))
        written.setFillColorRGB(*colour)
        written.setCharSpace(spacing * POINTS)
        for font, piece in self._fonts.runs(text, BOLD if bold else REGULAR):
            written.setFont(font, size)
            written.textOut(piece)
        self._canvas.drawText(written)

    def wrapped(self, text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
        """The text in lines of at most ``room`` mm, by the rules of Chinese line ends; a long word is cut."""
        return break_lines(text, lambda line: self.width(line, size, bold=bold) <= room)

    def block(
        self, x: float, top: float, text: str, size: float, room: float, *, leading: float = 1.5, bold: bool = False
    ) -> float:
        """Wrapped lines from ``top`` down; returns where they end."""
        step = size * leading / POINTS
        for line in self.wrapped(text, size, room, bold=bold):
            self.text(x, top + step * 0.75, line, size, bold=bold)
            top += step
        return top

    def box(
        self, x: float, top: float, wide: float, high: float, *, fill: Colour | None = None, line: float = 0.0,
        colour: Colour = INK, radius: float = 0.0,
    ) -> None:  # fmt: skip
        """A rectangle, filled or with a line of so many mm, its corners rounded."""
        self._canvas.setLineWidth(line * POINTS)
        self._canvas.setStrokeColorRGB(*colour)
        if fill:
            self._canvas.setFillColorRGB(*fill)
        place = (x * POINTS, self._y(top + high), wide * POINTS, high * POINTS)
        self._canvas.roundRect(*place, radius * POINTS, stroke=int(line > 0), fill=int(fill is not None))

    def rule(self, x: float, at: float, wide: float, line: float, colour: Colour = INK) -> None:
        """A horizontal line, as a filled bar."""
        self.box(x, at, wide, line, fill=colour)

    def symbol(self, x: float, top: float, side: float, symbol: Symbol) -> None:
        """A QR symbol of ``side`` mm without its quiet zone: one path of pure black squares, so that no seam shows between
        rows. Whoever places it keeps four modules free around it.
        """
        module = side * POINTS / symbol.side
        left, bottom = x * POINTS, self._y(top + side)
        path = self._canvas.beginPath()
        for row, column, length in symbol.runs():
            path.rect(left + column * module, bottom + (symbol.side - 1 - row) * module, length * module, module)
        self._canvas.setFillGray(0)
        self._canvas.drawPath(path, stroke=0, fill=1)
