"""Addresses below ``/v/<code>/`` (decision 38): read into their parts, and written from them. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Final

from villagehub.kernel.period import BadPeriod, Period
from villagehub.kernel.refused import NotFound
from villagehub.kernel.segments import page_path
from villagehub.kernel.spoken import group_words
from villagehub.sections import SECTIONS

_ENTITY: Final = re.compile(r"jt|z(?P<group>\d{1,3})", re.ASCII)
UNREADABLE: Final = "网址里有一段不对"
"""What is not understood is not repeated: whoever makes an address must not put words on our page."""
_ENDING: Final = re.compile(r"(?P<stem>.+)\.(?P<ending>csv|xlsx|json|png)")


class NoSuchPage(NotFound):
    """The address names nothing that the village has published."""

    code = "no_such_page"
    message = "没有找到这一页：{what}。"
    fix = "可能是网址抄错了，或者这一期还没有公开。请从村首页再点一次。"


class BeforeTheFirst(NoSuchPage):
    """A period before the first that was published here: nothing was forgotten, it was never on this site."""

    code = "before_the_first"
    message = "{village}从{first}起在这里公开{section}，{period}在那以前。"
    fix = "以前的请到村委会看纸质的。这里有的，从村首页点进去看。"


@dataclass(frozen=True, slots=True)
class Address:
    """What an address asks for, within one village."""

    entity: str = "committee"
    group_no: str = ""
    section: str = ""
    period: Period | None = None
    subject: str = ""
    """As the disclosure has it; in an address that was read, as ``segment_of`` writes it."""
    item: int | None = None
    ending: str = ""

    @property
    def prefix(self) -> str:
        """The entity's segment with its slash, empty for the committee's books."""
        if self.entity == "collective":
            return "jt/"
        return f"z{self.group_no}/" if self.entity == "group" else ""

    @property
    def whose(self) -> str:
        """Whose books they are, before a section's name; empty for the committee's."""
        if self.entity == "collective":
            return "村集体经济组织的"
        return f"{group_words(self.group_no)}的" if self.entity == "group" else ""

    def path(self, code: str) -> str:
        """The address as it is written."""
        period = str(self.period) if self.period is not None and self.item is None else ""
        page = page_path(code, self.entity, self.group_no, self.section, period, self.subject)
        if self.item is not None:
            page += f"/i/{self.item}"
        return page.rstrip("/") + (f".{self.ending}" if self.ending else "")


def read_address(rest: str) -> Address:
    """Reads what stands after ``/v/<code>/``; raises NoSuchPage with the part that is not understood."""
    parts = [part for part in rest.split("/") if part]
    if not parts:
        raise NoSuchPage(what=UNREADABLE)
    entity, group = "committee", ""
    match = _ENTITY.fullmatch(parts[0])
    if match:
        entity, group = ("group", match["group"]) if match["group"] else ("collective", "")
        parts = parts[1:]
    ending = ""
    if parts:
        named = _ENDING.fullmatch(parts[-1])
        if named:
            parts[-1], ending = named["stem"], named["ending"]
    if not parts or parts[0] not in SECTIONS or len(parts) > 3:
        raise NoSuchPage(what=UNREADABLE)
    made = Address(entity, group, parts[0], ending=ending)
    if len(parts) == 1:
        return made
    if parts[1] == "i":
        if len(parts) != 3 or not re.fullmatch(r"\d{1,12}", parts[2], re.ASCII) or ending:
            raise NoSuchPage(what=UNREADABLE)
        return replace(made, item=int(parts[2]))
    try:
        period = Period.parse(parts[1])
    except BadPeriod as fault:
        raise NoSuchPage(what="网址里写的期数不对") from fault
    return replace(made, period=period, subject=parts[2] if len(parts) == 3 else "")
