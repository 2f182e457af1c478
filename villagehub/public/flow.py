"""Steps in order as a drawing: one box under the other, with arrows, from the section's own data (SVG inline). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.linebreak import break_lines

WIDE: Final = 320
_SIZE: Final = 16
_SMALL: Final = 13
_PAD: Final = 12
_LINE: Final = 22
_ARROW: Final = 26
_LEFT: Final = 44
"""Where words begin, right of the step's number."""
MOST: Final = 12
"""Steps in a drawing; a longer course is told by its list alone."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of a box."""

    y: int
    words: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One step."""

    number: int
    y: int
    height: int
    texts: tuple[Text, ...]
    last: bool

    @property
    def middle(self) -> int:
        """Where its number stands."""
        return self.y + self.height // 2

    @property
    def end(self) -> int:
        """Its lower edge, where the arrow begins."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Flow:
    """The drawing: its height, boxes, and the same in one sentence for those who do not see it."""

    height: int
    boxes: tuple[Box, ...]
    words: str


def _wrapped(text: str, size: int) -> list[str]:
    """Lines that fit beside the number; a mark of ASCII is taken as half as wide as a Chinese one."""
    most = (WIDE - _LEFT - _PAD) * 2 // size
    return break_lines(text, lambda line: sum(1 if mark.isascii() else 2 for mark in line) <= most) if text else []


def draw_flow(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Flow | None:
    """The drawing of ordered steps, whose first part is what is done; who does it and how long it may take stand small below.
    None for a single step, and for more than fit.
    """
    if not 2 <= len(rows) <= MOST:
        return None
    boxes, y = [], 2
    for number, row in enumerate(rows, start=1):
        beside = " · ".join(part for part in row[1:3] if part)
        lines = [(one, True) for one in _wrapped(row[0], _SIZE)] + [(one, False) for one in _wrapped(beside, _SMALL)]
        texts = tuple(
            Text(y + _PAD + (place + 1) * _LINE - 6, words, strong) for place, (words, strong) in enumerate(lines)
        )
        height = 2 * _PAD + _LINE * len(lines)
        boxes.append(Box(number, y, height, texts, number == len(rows)))
        y += height + _ARROW
    return Flow(y - _ARROW + 2, tuple(boxes), f"共 {len(rows)} 步：" + "；".join(row[0] for row in rows))
