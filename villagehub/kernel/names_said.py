"""Names in what a villager types: does the text seem to hold one, and how does somebody introduce themselves. Pure.

Only the wording is looked at, never a list of persons: a warning must not tell who stands on one.
"""

import re
from typing import Final

from villagehub.kernel.masking import looks_like_name, names_mentioned
from villagehub.kernel.name_words import COMPOUND_SURNAMES, NOT_NAMES, SURNAMES

_HAN: Final = r"[\u4e00-\u9fff]"
_END: Final = r"(?=[^\u4e00-\u9fff]|$|是|家|的|住|今年|去年|在|想|要|问|有|没|领|种|也)"
_ASKS: Final = r"(?!哪|谁|什么|怎|啥|多少)"
"""Behind 名字是 a question may follow (名字是哪个定的), and that is no name."""
_CALLED: Final = re.compile(rf"(?:我叫|名叫|名字[叫是]|姓名[叫是]?)[:：\s]*{_ASKS}(?P<name>{_HAN}{{2,4}}?){_END}")
_SELF: Final = re.compile(
    r"(?:我是|本人[叫是]?|户主[叫是]?|我(?:爸爸?|妈妈?|父亲|母亲|老公|老婆|丈夫|妻子|儿子|女儿|爷爷|奶奶|家)[叫是]?)[:：，,\s]*"
    r"(?:(?:[\d一二三四五六七八九十]+组|本村|村里)的?)?(?:村民|户主|农户)?[:：\s]*"
    rf"(?P<name>{_HAN}{{2,4}}?){_END}"
)
_DOTTED: Final = re.compile(rf"{_HAN}[·•．・‧∙]{_HAN}")
_ABOUT: Final = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|请问|想问|问问?|查查?|帮|给|替|叫|付|欠|和|跟|同|与|把|被|找|是)"
    rf"(?P<name>(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}]){_HAN}{{1,2}}?)"
    r"(?=[^\u4e00-\u9fff]|$|的|家|户|领|拿|没|有没有|为什么|怎么|今年|去年|是|同志|老师|师傅|多少|到底|也|都|不该|应该|承包|干|修|做|交|收|买)"
)
_NO_GIVEN_NAME: Final = frozenset("里是有在要的和上下边头们个么什了不去来也都就到我你他这那没费款钱额")
_PARTICLES: Final = frozenset("于和都应曾向任关连等")
"""Surnames that more often are a word between others."""


def _name_like(name: str) -> bool:
    given = name[2:] if name[:2] in COMPOUND_SURNAMES else name[1:]
    return looks_like_name(name) and not (set(given) & _NO_GIVEN_NAME or name[0] in _PARTICLES)


def names_introduced(text: str) -> list[str]:
    """Names that somebody gives as their own or their family's: 我叫王小二, 我是三组的王小二, 本人王小二."""
    called = [found["name"] for found in _CALLED.finditer(text) if found["name"][:2] not in NOT_NAMES]
    selves = [found["name"] for found in _SELF.finditer(text) if _name_like(found["name"])]
    return list(dict.fromkeys([*called, *selves]))


def seems_to_name(text: str) -> bool:
    """Whether a person's name seems to stand in the text. In doubt yes: it costs the writer one tap."""
    return bool(
        names_introduced(text)
        or names_mentioned(text)
        or _DOTTED.search(text)
        or any(_name_like(found["name"]) for found in _ABOUT.finditer(text))
    )
