"""Which page of a village somebody means who types 补贴, 低保, 电话 or 第三季度 into the search. Only pages that it has."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from villagehub.kernel.masking import looks_like_name
from villagehub.kernel.period import Cadence
from villagehub.kernel.search_when import When, read_when
from villagehub.kernel.search_words import words_of
from villagehub.public.address import Address
from villagehub.public.published import Publication, newest
from villagehub.sections import SECTIONS
from villagehub.sections.base import Section, Shape

MOST: Final = 6
"""Pages that are offered before the rows."""

EVERYDAY: Final[dict[str, str]] = {
    "finance": "财务 账 账目 账本 村账 收支 收入 支出 开支 花销 花钱 钱 流水 票据 发票 凭证 收据 单据 余额 结余 明细账 村务公开",
    "statements": "报表 资产负债表 负债 收益分配 分红 家底",
    "funds": "补贴 补助 低保 五保 特困 救助 惠农 惠农补贴 粮补 种粮补贴 地力补贴 高龄补贴 高龄津贴 老年补贴 高龄 残疾补贴 养老 "
    "一卡通 退耕还林 公益林 慰问金 救济 救济款 名单 惠民",
    "compensation": "征地 征收 拆迁 占地 征地款 征地补偿款 补偿 补偿款 青苗费",
    "assets": "资产 固定资产 房子 房屋 设备 集体财产 财产",
    "resources": "资源 土地 山林 林地 耕地 水面 鱼塘 堰塘 机动地 四荒地",
    "contracts": "合同 租金 承包 承包费 出租 发包 租赁",
    "debts": "债务 债权 欠款 欠账 欠钱 借款 贷款 应收款 应付款",
    "projects": "工程 项目 招标 中标 修路 建设 施工",
    "decisions": "决策 开会 会议 会议记录 表决 决议 四议两公开 村民代表大会 村民代表会议",
    "duties": "干部 村干部 书记 主任 村长 会计 报账员 值班 电话 联系方式 联系电话 手机 分工 "
    "职责 责任清单 权责清单 工资 报酬 组织架构",
    "powers": "权力 小微权力 权力清单 流程 流程图",
    "guides": "办事 指南 办证 材料 证明 手续 怎么办 一次性告知 盖章 低保",
    "announcements": "公示 公告 征求意见 异议",
    "notices": "通知 公告 党务 党建 村规民约 审计",
    "levies": "一事一议 筹资筹劳 筹资 筹劳 集资",
    "donations": "捐款 捐赠 捐物 善款",
}
"""What villagers call a section beside its own title: words of their own, and those of paper forms (domain.md)."""

_WHOLE: Final = {"finance": "账 账目 账本 村账"}
"""Words for all that a section holds which are no part of its title."""

PROGRAMMES: Final = (
    ("低保 低保户 低保金", "低保 最低生活保障"),
    ("五保 特困", "五保 特困"),
    ("粮补 种粮 种粮补贴 地力补贴 地补", "种粮 粮食 地力"),
    ("高龄 高龄补贴 高龄津贴 老年补贴 老人补贴", "高龄"),
    ("残疾 残疾补贴 残补", "残疾"),
    ("救助 临时救助 救济", "救助 救济"),
)
"""Everyday names of a programme, and the words of which its list's title has one."""

_FILLING: Final = re.compile(
    r"我要|我想|请问|怎么|在哪里?|哪里|哪儿|看看|查询|查看|查一?查|一下|查|看|村里的?|我们村|本村|村上|的|情况|信息|公开|明细|名单|页面?|表格?|吗|呢"
)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Meant:
    """One page that is offered, with what stands on it."""

    href: str
    title: str
    what: str
    phone: str = ""
    """To be dialled, beside the way to the page."""


def nothing_about(_word: str) -> list[Meant]:
    """Where nobody is to be named beside a list."""
    return []


def pages_meant(
    asked: str,
    code: str,
    publications: Sequence[Publication],
    *,
    today: date,
    about: Callable[[str], Sequence[Meant]] = nothing_about,
) -> list[Meant]:
    """The pages whose name, everyday name or period the words are; nobody's name leads anywhere. Behind a programme's newest
    list comes what ``about`` knows of it: who is in charge, and how one applies.
    """
    current = [one for one in newest(publications) if not one.hidden]
    offered: dict[str, Meant] = {}
    for word in words_of(asked):
        when, rest = read_when(word, today=today) or (None, word)
        if looks_like_name(rest) and not _known(rest):
            continue
        sections = sections_called(rest) if rest else []
        if when is not None and (sections or not rest):
            found = _of_time(code, current, when, sections)
        elif when is None:
            found = _of_words(code, current, sections, rest, about)
        else:
            continue
        for one in islice(found, MOST):
            offered.setdefault(one.href, one)
    return list(offered.values())[:MOST]


def without_page(asked: str, code: str, publications: Sequence[Publication], *, today: date) -> list[str]:
    """The words that say more than a day and are no page's name: of them nothing is offered, whatever the others mean."""
    return [
        word
        for word in words_of(asked)
        if _FILLING.sub("", word)
        and not (_YEAR.fullmatch(word) or ((days := read_when(word, today=today)) and not days[1]))
        and not pages_meant(word, code, publications, today=today)
    ]


def sections_called(word: str) -> list[Section]:
    """The sections that somebody means who writes this word."""
    return [section for section in SECTIONS.values() if _means(section, word)]


def sections_titled(word: str) -> list[Section]:
    """The sections of which the word is the name or a part of it, and no narrower word of what stands there (收入, 低保)."""
    said = _plain_words(word)
    return [
        section
        for section in SECTIONS.values()
        if any(len(one) > 1 and one in section.title for one in said)
        or said & set(_WHOLE.get(section.name, "").split())
    ]


def _plain_words(word: str) -> set[str]:
    return {word, _FILLING.sub("", word)} - {""}


def _known(word: str) -> bool:
    return any(one in SECTIONS[name].title or one in _called(name) for name in SECTIONS for one in _plain_words(word))


def _called(name: str) -> list[str]:
    return EVERYDAY.get(name, "").split()


def _means(section: Section, word: str) -> bool:
    return any(
        one in _called(section.name) or one == section.title or (len(one) > 1 and one in section.title)
        for one in _plain_words(word)
    )


def _of_words(
    code: str,
    current: Sequence[Publication],
    sections: Sequence[Section],
    word: str,
    about: Callable[[str], Sequence[Meant]],
) -> Iterator[Meant]:
    lists = list(islice(_named_lists(code, current, word), 2))
    yield from lists
    for said in sorted(_plain_words(word), key=len) if lists else ():
        if known := about(said):
            yield from known
            break
    for section in sorted(sections, key=lambda one: one.title != word):
        yield from _books(code, current, section)
    for words, href, title, what in _OTHERS:
        if _plain_words(word) & set(words.split()) and (current or href != "/n"):
            yield Meant(f"/v/{code}{href}", title, what)


_OTHERS: Final = (
    ("更正 改账 改过 修改 改正 记录 公开记录 历史 存档 撤下", "/n", "公开记录", "每一次公开和更正，一号一号都在这里。"),
    ("办事 进度 办事进度 办理进度 办到哪 查询码", "/errand", "办事进度", "拿着查询码，看托村里办的事到哪一步了。"),
    ("问 提问 我要问 问题 疑问 意见 反映 咨询 投诉 举报 答复", "/ask", "我要问", "账看不懂、有疑问，写下来问村里。"),
)
"""Pages that every village has."""


def _books(code: str, current: Sequence[Publication], section: Section) -> Iterator[Meant]:
    """The section's page of each of the village's books that has published something of it, the committee's first."""
    books = {(one.address.entity, one.address.group_no) for one in current if one.section.name == section.name}
    for entity, group in sorted(books, key=lambda one: (one[0] != "committee", one)):
        address = Address(entity, group, section.name)
        yield Meant(address.path(code), f"{address.whose}{section.title}", section.what)


def _named_lists(code: str, current: Sequence[Publication], word: str) -> Iterator[Meant]:
    """The newest list of each programme of this name (低保, 耕地地力保护补贴): their rows are in no index."""
    wanted, seen = set().union(*(_in_titles(one) for one in _plain_words(word))), set()
    for one in sorted(current, key=lambda one: (one.period, one.number), reverse=True):
        subject = one.address.subject.casefold()
        lists_persons = (one.section.persons or one.aggregate) and subject not in seen
        if lists_persons and any(said in subject for said in wanted):
            seen.add(subject)
            yield Meant(one.address.path(code), one.title, f"最近一次，{one.day_words}公开")


def _in_titles(word: str) -> set[str]:
    """What a programme's list may have in its title for this word; short words only if they name a programme."""
    kin = {one for said, titles in PROGRAMMES if word in said.split() for one in titles.split()}
    return kin or ({word} if len(word) > 2 else set())


def _of_time(code: str, current: Sequence[Publication], when: When, sections: Sequence[Section]) -> Iterator[Meant]:
    """Accounts and lists of these months; where no year was named, of the newest year that has some."""
    if not when.months:
        for section in sections:
            yield from _books(code, current, section)
        return
    wanted = [
        one
        for one in sorted(current, key=lambda one: (one.period, one.number), reverse=True)
        if one.section.shape in (Shape.FLOW, Shape.BATCH)
        and one.period.cadence is not Cadence.YEAR
        and (not sections or one.section in sections)
        and when.meets(one.period)
    ]
    for one in sorted(wanted, key=_accounts_first):
        if one.period.first.year == wanted[0].period.first.year:
            yield Meant(one.address.path(code), one.title, f"{one.day_words}公开")


def _accounts_first(one: Publication) -> tuple[bool, bool, bool]:
    """The committee's accounts, those of others, what else comes each period, the lists."""
    return one.section.shape is not Shape.FLOW, one.section.name != "finance", one.address.entity != "committee"
