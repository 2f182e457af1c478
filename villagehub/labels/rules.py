"""What is refused about codes, and what is only warned of. Pure.

What was typed or scanned is not repeated on these pages: whoever makes an address must not put words on ours.
"""

import ipaddress
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from villagehub.kernel.codes import ERRAND_LENGTH, SEAL_LENGTH, BadCode, length_typed, read_code
from villagehub.kernel.refused import NotFound, Refused
from villagehub.labels.symbol import DENSE, make_symbol, payload_of

_ANY_CODE: Final = "000000000"
MOST_REASON: Final = 200
LONGEST_HOST: Final = 27
"""Characters of a host with which the symbol stays at version 3."""


class WrongCode(NotFound):
    """What was typed or scanned cannot be a code."""

    code = "wrong_code"
    message = "这个编号不对，可能抄错或漏了一个字。"
    fix = "请对照纸上的编号再输一次：共 9 位，没有字母 I、L、O、U。中间空不空格都行。"


class UnknownCode(NotFound):
    """The check character is right, but we never minted it."""

    code = "unknown_code"
    message = "本站没有发过这个编号。"
    fix = (
        "提问、查询单给的查询码，请在“输入纸上的码”的框里输。"
        "是公开栏上的编号，请对照再输一次。码是扫出来的，就可能是假码：不要付钱，不要输密码，请告诉村委会。"
    )


class ErrandCode(NotFound):
    """A receipt's 查询码, where the codes of the board are scanned; nothing is looked up."""

    code = "errand_code"
    message = "12 位的是办事回执上的查询码，不是网页编号。"
    fix = "请在“输入纸上的码”的框里输。不要把它告诉别人。"


class SealCode(NotFound):
    """A 防改码, where the codes of the board are scanned."""

    code = "seal_code"
    message = "16 位的是防改码，不是网页编号。"
    fix = "它用来看账改没改过。在“输入纸上的码”的框里输，就打开那一期：比一比两边的防改码，一字不差就没有改过。"


class RetiredCode(Refused):
    """A code that was taken out of use; its page says what became of it."""

    code = "retired_code"
    message = "这个码从{day}起停用了：{became}"
    fix = "请扫村公开栏上的新码，或者直接看“{village}”的页面。"
    status = 410


class AlreadyRetired(Refused):
    """A code is taken out of use once."""

    code = "already_retired"
    message = "码 {code} 已经停用了：{became}"
    fix = "再做一张海报，就会换上新码。"


class NoReason(Refused):
    """Whoever scans the old paper wants to know why."""

    code = "no_reason"
    message = "没有写清楚这个码为什么停用。"
    fix = f"请用 --reason 写一句话，4 到 {MOST_REASON} 个字，例如“公开栏搬到了村部”。扫到旧码的人会看到它。"
    status = 422


_OTHERS: Final[dict[int, type[NotFound]]] = {ERRAND_LENGTH + 1: ErrandCode, SEAL_LENGTH: SealCode}


def read_typed(text: str) -> str:
    """A code as a person types it or a phone scans it; raises WrongCode, ErrandCode, SealCode, which do not repeat it."""
    try:
        return read_code(text)
    except BadCode:
        raise _OTHERS.get(length_typed(text), WrongCode)() from None


def checked_reason(text: str) -> str:
    """The reason on one line; raises NoReason."""
    reason = " ".join(text.split())
    if not 4 <= len(reason) <= MOST_REASON:
        raise NoReason()
    return reason


@lru_cache(maxsize=16)
def dense_warning(base_url: str, *, case: str) -> str:
    """What to say where codes for this address come out too dense; empty when they do not."""
    version = make_symbol(payload_of(base_url, _ANY_CODE, case=case)).version
    if version <= DENSE:
        return ""
    return (
        f"网址 {base_url} 太长，码变密了（第 {version} 级，最好不过 {DENSE} 级），远了、旧了不好扫。"
        f"请换成 {LONGEST_HOST} 个字以内的主机名，设置 qr_case 用 upper。"
    )


def address_warnings(base_url: str, *, case: str) -> list[str]:
    """What the operator should know about the address in new codes; none of it stops a poster."""
    host = urlsplit(base_url).hostname or ""
    found = [dense_warning(base_url, case=case)]
    if _only_here(host):
        found.append(f"码里的网址 {base_url} 只在这台机器上能打开，手机打不开。正式张贴前请先写好设置 base_url。")
    elif _inside(host):
        found.append(f"码里的网址 {base_url} 只有同一个网里的手机能打开。正式张贴前请先写好设置 base_url。")
    return [one for one in found if one]


def _only_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host
