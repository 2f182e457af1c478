"""What may stand in a village's own facts: values in, cleaned values or sentences out. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.canonical import one_line
from villagehub.kernel.private_numbers import PrivateKind, find_private_numbers
from villagehub.kernel.refused import Refused

DAYS: Final = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
LONGEST: Final = 60
_PHONE: Final = re.compile(r"[\d(][\d()\- ]{1,22}\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One field of the form."""

    name: str
    words: str
    hint: str = ""
    phone: bool = False


PLAIN: Final = (
    ProfileField("phone", "村委会电话", "例如 0719-1234567", phone=True),
    ProfileField("hotline", "村里的服务热线", "没有就空着", phone=True),
    ProfileField("hours", "上班时间", "例如 周一至周五 8:30 至 12:00、14:00 至 17:30"),
    ProfileField("address", "村委会在哪里", "例如 二组，村小学旁边"),
)
ROTA: Final = tuple(
    field
    for number, day in enumerate(DAYS, start=1)
    for field in (
        ProfileField(f"who{number}", f"{day}谁值班", "例如 周强（主任）"),
        ProfileField(f"call{number}", f"{day}值班电话", phone=True),
    )
)
FIELDS: Final = (*PLAIN, *ROTA)


class BadProfile(Refused):
    """Some fields are wrong. ``errors`` gives the sentence of each by name."""

    code = "bad_profile"
    message = "有 {count} 处要改，还没有保存。"
    fix = "改好再保存；别的内容都还在。"
    status = 422


class ProfileChanged(Refused):
    """Somebody else saved the same facts after the form was opened."""

    code = "profile_changed"
    message = "{name}在 {at} 改过这一页，您这次没有保存。"
    fix = "您写的还在下面。请和现在的内容对一下，没错再点一次“保存”。"


def read_profile_form(typed: Mapping[str, str], *, agreed: bool) -> dict[str, str]:
    """The cleaned facts; raises BadProfile. ``agreed``: mobile numbers in it are for work, and their holders agreed."""
    facts: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in FIELDS:
        text = one_line(
            unicodedata.normalize("NFKC", typed.get(field.name, "")) if field.phone else typed.get(field.name, "")
        )
        if not text:
            continue
        fault = _fault(field, text, agreed=agreed)
        if fault:
            errors[field.name] = fault
        facts[field.name] = text
    for number, day in enumerate(DAYS, start=1):
        if f"call{number}" in facts and f"who{number}" not in facts:
            errors.setdefault(f"who{number}", f"{day}写了电话，没有写是谁。")
    if errors:
        raise BadProfile(count=len(errors), errors=errors)
    return facts


def _fault(field: ProfileField, text: str, *, agreed: bool) -> str:
    kinds = {one.kind for one in find_private_numbers(text)}
    if kinds - {PrivateKind.PHONE}:
        return f"“{field.words}”里像是证件号或银行卡号，不能公开。请删掉。"
    if len(text) > LONGEST:
        return f"“{field.words}”最多 {LONGEST} 个字。"
    if not field.phone:
        return f"“{field.words}”里有手机号。电话请写在电话那一格。" if kinds else ""
    if not _PHONE.fullmatch(text) or not 3 <= sum(one.isdigit() for one in text) <= 12:
        return f"“{text[:20]}”不像电话。请写成 0719-1234567 这样。"
    if kinds and not agreed:
        return "这是手机号。是工作用的、本人也同意公开，请在最下面打勾；不是就换成座机。"
    return ""
