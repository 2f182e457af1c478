"""Where a line of Chinese text may end: never before a closing mark, after an opening one, inside a number or a word. Pure."""

import re
from collections.abc import Callable
from typing import Final

NEVER_FIRST: Final = "，。、；：？！”’）》」』】%·"
"""No line begins with one of these."""
NEVER_LAST: Final = "“‘（《「『【"
"""No line ends with one of these."""

_UNITS: Final = "元角分工亩米吨年月日天人户口个次笔号组层度块斤张份条件期项家栋间盏台辆头株棵位口行座批倍"
UNIT: Final = rf"(?:[万亿]?(?:平方米|立方米|公里|公顷|公斤|千克|千瓦时|小时|分钟|[{_UNITS}])|[万亿])"
"""What may follow a number as its unit, for a regular expression."""
_TOGETHER: Final = re.compile(rf"[{NEVER_LAST}]*(?:[!-~]+(?:(?<=\d) ?{UNIT})?|[\s\S])[{NEVER_FIRST}]*")
"""What stays on one line: a run of ASCII (a number, an address, a code), with its unit where it ends with a number (120元,
3.2 万元, as the pages write amounts), or one character; each with the marks that cling to it.
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
