"""What a code leads to: a kind and a reference within its village, and the address of today (decisions 4, 38). Pure.

A reference never names a row's id: it must mean the same after a restore, a merge of villages or a new database.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from villagehub.kernel.period import BadPeriod, Period
from villagehub.kernel.refused import Refused
from villagehub.kernel.segments import page_path
from villagehub.sections import SECTIONS


class TargetKind(StrEnum):
    """Kinds of targets. Stored; a kind that is added later gets its line in ``path`` and in ``words``."""

    VILLAGE = "village"
    SECTION = "section"
    PERIOD = "period"
    ITEM = "item"
    ERRANDS = "errands"
    """The box in which a 查询码 is typed; the printed code names no errand."""


class UnknownTarget(Refused):
    """A stored target that this program does not understand: it was written by a newer one."""

    code = "unknown_target"
    message = "这个码指向的内容，本站现在还打不开。"
    fix = "请从首页按乡镇找到您的村，再点要看的内容。"
    status = 404


class NoSuchSection(Refused):
    """There are posters for the sections of the registry, and for no others."""

    code = "no_such_poster"
    message = "没有“{name}”这一类公开内容，海报没有做。"
    fix = "可以写：{names}；不写就是村首页。"
    status = 422


@dataclass(frozen=True, slots=True)
class Target:
    """One target within a village."""

    kind: TargetKind
    section: str = ""
    entity: str = "committee"
    group_no: str = ""
    period: str = ""
    subject: str = ""
    item: int = 0
    """The permanent number of a thing."""

    @property
    def ref(self) -> str:
        """The reference as it is stored: empty for the village, ``committee/finance``, ``group:3/finance/2026Q3``,
        ``committee/assets/i/12``.
        """
        if self.kind in (TargetKind.VILLAGE, TargetKind.ERRANDS):
            return ""
        whose = f"group:{self.group_no}" if self.entity == "group" else self.entity
        match self.kind:
            case TargetKind.PERIOD:
                return "/".join(one for one in (whose, self.section, self.period, self.subject) if one)
            case TargetKind.ITEM:
                return f"{whose}/{self.section}/i/{self.item}"
        return f"{whose}/{self.section}"

    def path(self, village_code: str) -> str:
        """The address of the target's current page."""
        home = f"/v/{village_code}"
        if self.kind is TargetKind.VILLAGE:
            return home
        if self.kind is TargetKind.ERRANDS:
            return f"{home}/errand"
        period = self.period if self.kind is TargetKind.PERIOD else ""
        page = page_path(village_code, self.entity, self.group_no, self.section, period, self.subject)
        return f"{page}/i/{self.item}" if self.kind is TargetKind.ITEM else page

    @property
    def words(self) -> str:
        """What the code leads to, for people: 村首页, 财务收支, 2026年第三季度财务收支, 集体资产编号 12."""
        if self.kind is TargetKind.VILLAGE:
            return "村首页"
        if self.kind is TargetKind.ERRANDS:
            return "办事进度"
        title = SECTIONS[self.section].title
        if self.kind is TargetKind.ITEM:
            return f"{title}编号 {self.item}"
        label = Period.parse(self.period).label if self.period else ""
        return f"{label}{title}" + (f"（{self.subject}）" if self.subject else "")


HOME = Target(TargetKind.VILLAGE)
"""A village's home page."""
ERRANDS = Target(TargetKind.ERRANDS)
"""Where villagers look up their own errand."""


def section_target(section: str) -> Target:
    """The committee's books of one section; without a name the village's home page. Raises NoSuchSection."""
    if not section:
        return HOME
    if section not in SECTIONS:
        names = "、".join(f"{name}（{one.title}）" for name, one in SECTIONS.items())
        raise NoSuchSection(name=section[:20], names=names)
    return Target(TargetKind.SECTION, section)


def read_target(kind: str, ref: str) -> Target:
    """A stored target; raises UnknownTarget."""
    if kind == TargetKind.VILLAGE:
        return HOME
    if kind == TargetKind.ERRANDS:
        return ERRANDS
    whose, section, *rest = ref.split("/", 3) if "/" in ref else (ref, "")
    entity, _, group_no = whose.partition(":")
    if section not in SECTIONS or entity not in ("committee", "collective", "group"):
        raise UnknownTarget()
    match kind, rest:
        case TargetKind.SECTION, []:
            return Target(TargetKind.SECTION, section, entity, group_no)
        case TargetKind.ITEM, ["i", number] if re.fullmatch(r"[1-9]\d{0,11}", number, re.ASCII):
            return Target(TargetKind.ITEM, section, entity, group_no, item=int(number))
        case TargetKind.PERIOD, [period, *subject] if _is_period(period):
            return Target(TargetKind.PERIOD, section, entity, group_no, period, "".join(subject))
    raise UnknownTarget()


def _is_period(text: str) -> bool:
    try:
        return str(Period.parse(text)) == text
    except BadPeriod:
        return False
