"""A QR symbol: made once, when a code is minted, then kept as bits and drawn from them. Pure.

Level Q, quiet zone 4 modules, black on white, no logo: measured against M and H at equal size (print.md "Measured").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

LEVEL: Final = "Q"
QUIET: Final = 4
"""Modules of white on every side; without them on a dark ground nothing was read at all."""
DENSE: Final = 3
"""The version that sheets are laid out for. Above it modules are too small for a worn poster; below it the white that four
modules take would grow into its neighbours, so a very short host gets this version too."""
PIXELS: Final = 12
"""Pixels of a module in PNG files."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """The modules of one symbol."""

    version: int
    bits: bytes
    """Row by row, eight modules to a byte, the first in the highest bit, dark is 1."""

    @property
    def side(self) -> int:
        """Modules a side, without the quiet zone."""
        return 17 + 4 * self.version

    def dark(self, row: int, column: int) -> bool:
        """Whether the module is dark."""
        place = row * self.side + column
        return bool(self.bits[place // 8] >> (7 - place % 8) & 1)

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Row, first column and length of every run of dark modules."""
        for row in range(self.side):
            start = None
            for column in range(self.side + 1):
                dark = column < self.side and self.dark(row, column)
                if dark and start is None:
                    start = column
                elif not dark and start is not None:
                    yield row, start, column - start
                    start = None


def payload_of(base_url: str, code: str, *, case: str) -> str:
    """The characters in the square. Upper case lets QR use its alphanumeric mode: fewer, larger modules."""
    text = f"{base_url}/c/{code}"
    return text.upper() if case == "upper" else text.lower()


def make_symbol(payload: str) -> Symbol:
    """The symbol of level Q in version 3, or in the smallest above that holds the payload."""
    import qrcode

    maker = qrcode.QRCode(version=DENSE, error_correction=qrcode.ERROR_CORRECT_Q, border=0)
    maker.add_data(payload, optimize=0)
    maker.make(fit=True)
    return packed(maker)


def packed(maker: Any) -> Symbol:
    """The modules of a finished ``qrcode.QRCode``, as bits."""
    flat = [bool(module) for row in maker.get_matrix() for module in row]
    flat += [False] * (-len(flat) % 8)
    bits = bytes(
        sum(dark << (7 - place) for place, dark in enumerate(flat[at : at + 8])) for at in range(0, len(flat), 8)
    )
    return Symbol(int(maker.version), bits)


def as_png(symbol: Symbol) -> bytes:
    """The symbol with its quiet zone as a 1-bit PNG, 12 pixels a module."""
    from PIL import Image, ImageDraw

    side = (symbol.side + 2 * QUIET) * PIXELS
    image = Image.new("1", (side, side), 1)
    draw = ImageDraw.Draw(image)
    for row, column, length in symbol.runs():
        left, top = (column + QUIET) * PIXELS, (row + QUIET) * PIXELS
        draw.rectangle((left, top, left + length * PIXELS - 1, top + PIXELS - 1), fill=0)
    kept = BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def as_svg(symbol: Symbol) -> bytes:
    """The symbol with its quiet zone as SVG, one unit a module."""
    side = symbol.side + 2 * QUIET
    squares = "".join(f"M{column + QUIET} {row + QUIET}h{length}v1h-{length}z" for row, column, length in symbol.runs())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}mm" height="{side}mm"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{squares}"/></svg>\n'
    ).encode()
