"""Who holds which post and answers for what, read from the published duties when somebody asks.

Nobody is in the search's index by name. Of post holders the duties are published in full, so whoever writes one's whole name,
or asks 谁管低保, is led to the card that stands on that page anyway; a villager's name leads nowhere.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from villagehub.disclosures.redacted import STUB
from villagehub.kernel.search_words import plain
from villagehub.public.address import Address
from villagehub.public.finance_page import PAGE_ROWS
from villagehub.public.published import Item
from villagehub.public.said_group import group_in, readings_of
from villagehub.public.village import Village

_WHO: Final = r"(?:谁|哪个(?:干部|人)?|哪位|什么人)"
_ASKED: Final = re.compile(
    rf"(?:应?该|归|由|要|去|是)*(?:[找问]{_WHO}(?:办理?|问|说)?|{_WHO}(?:来|在)?(?:主管|分管|管理?|负责|经办|办理?|是)|{_WHO}$)"
    r"|是谁|的?(?:负责人|责任人)(?:是谁)?|的?(?:联系)?电话(?:号码?|是?多少)*$"
)
_AROUND: Final = re.compile(
    r"我要|我想|请问|村里的?|我们村|这个|的?(?:事情?|问题)(?=$)|^[的管办]|[的了吗呢啊]+$|[，。、？！?!,]"
)
_SAID_OF_POSTS: Final = ("portfolio", "post", "duties", "powers")
"""Where a card says what its holder answers for, the plainest first."""
_KIN: Final = (
    ("水渠 渠 沟 堰塘 水库 灌溉 水", "水利 饮水"),
    ("公路 修路 路灯 路 桥", "道路 交通"),
    ("低保 五保 特困 救助 补贴 补助 津贴 养老 残疾 高龄", "惠民 补贴 民政"),
    ("账 账目 账本 钱 收支 开支 票据 报销", "财务 记账"),
    ("妇女 孩子 儿童 计生", "妇女"),
    ("垃圾 保洁 卫生", "环境 卫生 保洁"),
    ("承包 租金 出租 合同 集体资产", "资产 三资"),
    ("种地 种粮 种田 农业", "农业"),
    ("章 公章 印章 盖章 证明", "公章 印章 资料"),
)
"""Villagers' words, and those under which a card may have the same."""


@dataclass(frozen=True, slots=True)
class PostHolder:
    """One card of the duties."""

    href: str
    name: str
    post: str
    body: str
    phone: str
    said: tuple[str, ...]
    """What the post answers for, in the order of ``_SAID_OF_POSTS``."""

    @property
    def title(self) -> str:
        """Name and post, as the card has them."""
        return f"{self.name} · {self.post}"

    @property
    def what(self) -> str:
        """What they answer for."""
        parts = [self.body, f"管{self.said[0]}" if self.said[0] else ""]
        return " · ".join(one for one in parts if one)


def holders_of(session: Session, village: Village) -> list[PostHolder]:
    """Everybody on the duties that are shown now, the committee's first; nobody of what is hidden or being checked."""
    books = {(one.address.entity, one.address.group_no) for one in village.publications if one.section.name == "duties"}
    found: list[PostHolder] = []
    for entity, group in sorted(books, key=lambda one: (one[0] != "committee", one)):
        newest, *_ = village.of(Address(entity, group, "duties"))
        if newest.hidden:
            continue
        items = village.items(session, newest.id)
        found += [
            _holder(Address(entity, group, "duties"), village.facts.code, one, on_page=place < PAGE_ROWS)
            for place, one in enumerate(items)
            if one.values.get("name") not in (None, "", STUB)
        ]
    return found


def _holder(duties: Address, code: str, item: Item, *, on_page: bool) -> PostHolder:
    values = {name: str(value) for name, value in item.values.items() if value is not None}
    base = duties.path(code)
    return PostHolder(
        f"{base}#i{item.number}" if on_page else f"{base}/i/{item.number}",
        values["name"],
        values.get("post", ""),
        values.get("body", ""),
        values.get("office_phone", ""),
        tuple(values.get(name, "") for name in _SAID_OF_POSTS),
    )


def asks_for_whom(asked: str) -> str | None:
    """What 谁管低保, 低保找谁 or 低保谁负责 is about; None where nobody is asked for, empty where it is about nothing."""
    flat = "".join(plain(asked).split())
    about, many = _ASKED.subn("", flat)
    return _AROUND.sub("", about) if many else None


def named(holders: Sequence[PostHolder], asked: str) -> list[PostHolder]:
    """Those whose whole name was written, and no part of a name; one person in two posts has two cards. Where a group was
    written with the name, nobody whose post is one of another group.
    """
    about = asks_for_whom(asked)
    readings = [("".join(plain(name).split()), group) for name, group in readings_of(about or asked)]
    whole = "".join(plain(asked).split())
    words = {whole, *plain(asked).split(), about, *(name for name, _ in readings)}
    found = [(one, "".join(plain(one.name).split())) for one in holders]
    return [
        one
        for one, name in found
        if name in words and (name == whole or _of_a_group(one, _groups_written(readings, name)))
    ]


def _groups_written(readings: Sequence[tuple[str, str]], name: str) -> list[str]:
    """The groups that were written with this very name; else those that were written at all."""
    return [group for one, group in readings if one == name] or [group for _, group in readings]


def _of_a_group(holder: PostHolder, groups: Sequence[str]) -> bool:
    """Whether the post is of one of these groups, or of the whole village; of any where none was written."""
    return not groups or any(not group or group_of_post(holder) in (0, group_in(group)) for group in groups)


def group_of_post(holder: PostHolder) -> int:
    """The number of the group of which the post is (五组组长); 0 for a post of the whole village."""
    return group_in(f"{holder.post} {holder.body}")


def answering_for(holders: Sequence[PostHolder], about: str) -> list[PostHolder]:
    """Those whose card says this word, the ones whose work it is first; else those whose card says a word akin to it."""
    if not about:
        return []
    for words in ([about], _akin(about)):
        ranked = [
            (place, one)
            for one in holders
            if (place := next((place for place, said in enumerate(one.said) if any(w in said for w in words)), None))
            is not None
        ]
        if ranked:
            return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]
    return []


def _akin(about: str) -> list[str]:
    return [kin for said, words in _KIN if any(one in about for one in said.split()) for kin in words.split()]


def cards_of(holders: Sequence[PostHolder]) -> Mapping[str, str]:
    """The address of each person's first card, by the name."""
    found: dict[str, str] = {}
    for one in holders:
        found.setdefault(one.name, one.href)
    return found
