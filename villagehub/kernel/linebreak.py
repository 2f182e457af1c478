"""Where a line of Chinese text may end: never before a closing mark, after an opening one, inside a number or a word. Pure."""

import re
from collections.abc import Callable
from typing import Final

NEVER_FIRST: Final = "，。、；：？！”’）》」』】%·"
"""No line begins with one of these."""
NEVER_LAST: Final = "“‘（《「『【"
"""No line ends with one of these."""

_UNITS: Final = "元角分工亩米吨年月日天人户口个次笔号组层度块斤张份"
_TOGETHER: Final = re.compile(
    rf"[{NEVER_LAST}]*(?:\d[\d,.]*[万亿]?(?:平方米|公里|千瓦时|[{_UNITS}])|[!-~]+|[\s\S])[{NEVER_FIRST}]*"
)
"""What stays on one line: a number with its unit (120元, 3.2万元), a run of ASCII (an address, a code), or one character,
each with the marks that cling to it.
"""


def break_lines(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The text in lines that fit; what stays together is cut only where it is longer than a whole line. Line feeds end lines."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _TOGETHER.findall(paragraph):
            if fits(line + piece):
                line += piece
                continue
            if line:
                lines.append(line)
                line = ""
            for mark in piece:
                if line and not fits(line + mark):
                    lines.append(line)
                    line = ""
                line += mark
        lines.append(line)
    return lines
