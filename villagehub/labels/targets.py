"""What a code leads to: a kind and a reference within its village, and the address of today (decisions 4, 38). Pure.

A reference never names a row's id: it must mean the same after a restore, a merge of villages or a new database.
"""

from dataclasses import dataclass
from enum import StrEnum

from villagehub.kernel.refused import Refused
from villagehub.sections import SECTIONS


class TargetKind(StrEnum):
    """Kinds of targets. Stored; a kind that is added later gets its line in ``path`` and in ``words``."""

    VILLAGE = "village"
    SECTION = "section"


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

    @property
    def ref(self) -> str:
        """The reference as it is stored: empty for the village, ``committee/finance``, ``group:3/finance``."""
        if self.kind is TargetKind.VILLAGE:
            return ""
        whose = f"group:{self.group_no}" if self.entity == "group" else self.entity
        return f"{whose}/{self.section}"

    def path(self, village_code: str) -> str:
        """The address of the target's current page."""
        home = f"/v/{village_code}"
        if self.kind is TargetKind.VILLAGE:
            return home
        segment = {"collective": "jt/", "group": f"z{self.group_no}/"}.get(self.entity, "")
        return f"{home}/{segment}{self.section}"

    @property
    def words(self) -> str:
        """What the code leads to, for people: 村首页, 财务收支."""
        return SECTIONS[self.section].title if self.kind is TargetKind.SECTION else "村首页"


HOME = Target(TargetKind.VILLAGE)
"""A village's home page."""


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
    whose, _, section = ref.partition("/")
    entity, _, group_no = whose.partition(":")
    if kind != TargetKind.SECTION or section not in SECTIONS or entity not in ("committee", "collective", "group"):
        raise UnknownTarget()
    return Target(TargetKind.SECTION, section, entity, group_no)
