"""In large letters a line holds few characters: a number stays with its unit, a heading's quarter in one line, and no line
begins with the dot between two things. From one day to another it may break before the second. Pure.

The marks used (no-break space, word joiner, zero width space) are seen by nobody and understood by every browser; pages in
standard letters go without them.
"""

import re
from typing import Final

from villagehub.kernel.linebreak import UNIT

_SPACE: Final = "\N{NO-BREAK SPACE}"
_JOINER: Final = "\N{WORD JOINER}"
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_PARTS: Final = re.compile(r"(<(style|script|textarea|select|title)\b.*?</\2>|<[^>]*>)|([^<]+)", re.DOTALL)
_INLINE: Final = re.compile(r"</?(?:b|i|span|small|strong|a)\b")
_SPACED: Final = re.compile(rf"(?<=\d) (?={UNIT})|(?<=第) (?=\d)")
_CLOSE: Final = re.compile(rf"(?<=\d)(?={UNIT})")
_LARGE: Final = re.compile(r"(?<=[\d \N{NO-BREAK SPACE}\N{WORD JOINER}][万亿])(?=元)")
_DOT: Final = re.compile(r"(?<=\S) (?=· )")
_UNTIL: Final = re.compile(r"(?<=[年月日]至)(?=\d)")
_QUARTER: Final = re.compile("第([一二三四])季度")
_APART: Final = re.compile(rf"(?<=\d) +(?={UNIT}[钱份度]?(?![^\W\d_]))")
"""Before a unit that ends there (3 月份, 300 块钱 too): 人工费 and 口粮 only begin like one."""
_AFTER: Final = re.compile(rf" ?(?={UNIT})")


def untied(typed: str) -> str:
    """What somebody copied from a page, or typed as it stands there, without what only keeps a number beside its unit."""
    return _APART.sub("", typed.replace(_JOINER, "").replace(_BREAK, "").replace(_SPACE, " "))


def keep_together(html: str) -> str:
    """The page with its numbers tied to their units; tags, forms' own texts and the style sheet stay as they are."""
    out: list[str] = []
    titled = False  # whether the text stands in a heading, whose lines are made equally long
    digit = False  # whether the text before, in the same line of elements, ends with a digit
    for tag, _, words in _PARTS.findall(html):
        if tag:
            digit = digit and _INLINE.match(tag) is not None
            titled = tag.startswith(("<h1", "<h2")) or (titled and tag not in ("</h1>", "</h2>"))
            out.append(tag)
            continue
        tied = words
        if digit and (found := _AFTER.match(words)):
            tied = (_SPACE if found.end() else _JOINER) + words[found.end() :]
        tied = _DOT.sub(_SPACE, _LARGE.sub(_JOINER, _CLOSE.sub(_JOINER, _SPACED.sub(_SPACE, tied))))
        tied = _UNTIL.sub(_BREAK, tied)
        if titled:
            tied = _QUARTER.sub(lambda found: _JOINER.join(found[0]), tied)
        out.append(tied)
        digit = words[-1].isdigit() or (digit and words.isspace())
    return "".join(out)
