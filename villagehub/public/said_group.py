"""A person's name with the group behind or before it, as slips and results print it and as villagers say it. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.masking import looks_like_name
from villagehub.public.people import Found, group_number

_NUMERAL: Final = r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
"""A number as groups bear it; 一二 and 五三 are none, so that a name before it keeps its last mark."""
_CALLED_SO: Final = r"个?(?:村民)?小?[组队社]"
_GROUP: Final = rf"第?(?:\d{{1,3}}|{_NUMERAL}){_CALLED_SO}"
_NUMBERED: Final = re.compile(rf"(?<![\d一二三四五六七八九十])(?:一(?=十))?(?P<group>{_GROUP})")
_APART: Final = r"[\s,，、;；:：/·-]*"
_WITH_GROUP: Final = tuple(
    re.compile(one)
    for one in (
        r"(?P<name>[^(\[【〔]+?)\s*[(\[【〔](?P<group>[^()\[\]【】〔〕]*)[)\]】〕]",
        r"[(\[【〔](?P<group>[^()\[\]【】〔〕]*)[)\]】〕]\s*(?P<name>[^)\]】〕]+)",
        rf"(?P<name>.+?)(?:(?P<close>(?={_NUMERAL}))|{_APART})(?P<group>{_GROUP})的?",
        rf"(?P<group>{_GROUP}){_APART}的?{_APART}(?P<name>.+)",
        r"(?P<name>\S+)\s+(?P<group>\S{1,8}组)",
        r"(?P<group>\S{1,8}组)\s+(?P<name>\S+)",
    )
)
_BEGINS: Final = re.compile(_NUMERAL)
_MANY_GROUPS: Final = 19
"""Few villages have more: 周小三十二组 is 周小三 of 十二组 before it is 周小 of 三十二组."""
_CALLED: Final = re.compile(r"(?:村民)?小?[组队社]$")


def readings_of(typed: str) -> list[tuple[str, str]]:
    """Every name and group that the text may be, the likeliest first: a name may end in a numeral (周小三十二组). Empty where
    no group is with it.
    """
    flat = unicodedata.normalize("NFKC", typed).strip()
    for way in _WITH_GROUP:
        if found := way.fullmatch(flat):
            name, group = found["name"].strip(), found["group"].strip()
            return [(name, group)] if found.groupdict().get("close") is None else _cuts(name, group)
    return []


def _cuts(name: str, group: str) -> list[tuple[str, str]]:
    """Where the numeral stands close behind the name, its first marks may be the name's last; a surname alone is no name."""
    numeral = _BEGINS.match(group)
    marks = numeral[0] if numeral else ""
    cuts = [
        (name + marks[:at], group[at:])
        for at in range(len(marks))
        if _BEGINS.fullmatch(marks[at:]) and len(name) + at > 1
    ]
    return sorted(cuts, key=lambda cut: (not looks_like_name(cut[0]), group_number(cut[1]) > _MANY_GROUPS))


def is_group(words: str) -> bool:
    """Whether the words are a group's name, and no other remark (户主, a parcel)."""
    return len(words) > 1 and _CALLED.search(words) is not None


def same_group(one: str, other: str) -> bool:
    """Whether two spellings (二组, 2组, 第二村民小组) mean one group; no group is the same as none."""
    numbers = group_in(one), group_in(other)
    if any(numbers):
        return numbers[0] == numbers[1]
    names = [_CALLED.sub("", "".join(words.split())) for words in (one, other)]
    return bool(names[0]) and names[0] == names[1]


def group_in(words: str) -> int:
    """The number of the group that the words name first; 0 where they name none by its number."""
    found = _NUMBERED.search(unicodedata.normalize("NFKC", words))
    return group_number(found["group"]) if found else 0


def fitting(readings: Sequence[tuple[str, str, list[Found]]]) -> tuple[str, str, list[Found]]:
    """Of several names and groups, with what was found under each, the first that finds a whole name in its group, else the
    first that finds a whole name, else the likeliest.
    """
    return max(
        readings,
        key=lambda one: (
            any(not line.masked and same_group(line.group, one[1]) for line in one[2]),
            any(not line.masked for line in one[2]),
        ),
    )


@dataclass(frozen=True, slots=True)
class SortedOut:
    """What was found under a name, by the group that was written with it."""

    whole: list[Found]
    """Of this name, and of this group where one was written."""
    others: list[Found]
    """Of this name, but of another group or of none that the list names."""
    alike: list[Found]
    """Of lists that show surnames only; not those of another group."""
    left: int
    """How many of the surname alone stand in other groups."""

    @property
    def listed(self) -> list[Found]:
        """All that a page lists, in its order."""
        return [*self.whole, *self.others, *self.alike]


def sorted_out(found: Sequence[Found], group: str) -> SortedOut:
    """Lines of the written group, of other groups and of the surname alone; without a group nothing is told apart."""
    named, alike = [one for one in found if not one.masked], [one for one in found if one.masked]
    if not group:
        return SortedOut(named, [], alike, 0)
    near = [one for one in alike if not one.group or same_group(one.group, group)]
    mine = [one for one in named if same_group(one.group, group)]
    return SortedOut(mine, [one for one in named if one not in mine], near, len(alike) - len(near))
