"""What happens to a printed code on a village's board, done to its picture: each kind in four steps. Pure, repeatable.

The steps are counted in modules and in parts, so that they mean the same on a large code and on a small one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi
from random import Random
from typing import TYPE_CHECKING, Final

from villagehub.labels.symbol import QUIET

if TYPE_CHECKING:
    from PIL.Image import Image

MODULE_PIXELS: Final = 6
"""Pixels of a module in the pictures that are damaged: a phone about a metre away."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage."""

    name: str
    steps: tuple[float, ...]
    """From light to heavy; the lightest must always be readable."""
    apply: "Callable[[Image, float], Image]"


def blur(image: "Image", modules: float) -> "Image":
    """Out of focus: a Gaussian of so many modules."""
    from PIL import ImageFilter

    return image.filter(ImageFilter.GaussianBlur(modules * MODULE_PIXELS))


def turn(image: "Image", degrees: float) -> "Image":
    """Held askew."""
    from PIL import Image as Pictures

    return image.rotate(degrees, resample=Pictures.Resampling.BICUBIC, expand=True, fillcolor=255)


def soil(image: "Image", part: float) -> "Image":
    """Dirt on this part of the symbol, in blots of two modules at places that are always the same, half dark, half light.

    The three corner marks are spared: a phone that cannot find them reads nothing at any level of error correction, and
    the second code on the sheet is there for that.
    """
    from PIL import ImageDraw

    spoiled, chance = image.copy(), Random(20)  # noqa: S311 - repeatable on purpose
    draw = ImageDraw.Draw(spoiled)
    blot, first, last = 2 * MODULE_PIXELS, QUIET * MODULE_PIXELS, image.width - QUIET * MODULE_PIXELS
    made, wanted = 0, round(part * (last - first) ** 2 / (pi / 4 * blot**2))
    while made < wanted:
        x, y = chance.randrange(first, last - blot), chance.randrange(first, last - blot)
        if not _on_corner_mark(x, y, blot, first, last):
            draw.ellipse((x, y, x + blot, y + blot), fill=30 if made % 2 else 235)
            made += 1
    return spoiled


def _on_corner_mark(x: int, y: int, blot: int, first: int, last: int) -> bool:
    mark = 8 * MODULE_PIXELS
    left, right, top, bottom = x < first + mark, x + blot > last - mark, y < first + mark, y + blot > last - mark
    return (left and top) or (right and top) or (left and bottom)


def fade(image: "Image", contrast: float) -> "Image":
    """Bleached by the sun: only this part of the contrast is left."""
    return image.point(lambda value: round(235 - (235 - min(value, 235)) * contrast))


DAMAGES: Final = (
    Damage("模糊", (0.25, 0.35, 0.45, 0.55), blur),
    Damage("歪斜", (7.0, 20.0, 33.0, 45.0), turn),
    Damage("污损", (0.02, 0.04, 0.06, 0.08), soil),
    Damage("褪色", (0.6, 0.3, 0.15, 0.1), fade),
)
