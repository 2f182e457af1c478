"""The two charts of accounts in use, 2004 and 财会〔2023〕14号: the same code may mean opposite things (domain §3.4)."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from villagehub.kernel.problem import Severity
from villagehub.sections.base import Facts, Fault


class Edition(StrEnum):
    """A chart of accounts by its year."""

    OLD = "2004"
    NEW = "2023"


_ONLY: Final = {
    Edition.OLD: frozenset(("202", "522", "531", "541", "551", "561")),
    Edition.NEW: frozenset(("133", "134", "162", "171", "213", "214", "503", "504", "513", "514", "515")),
}
"""First-level codes that stand in one chart only."""

_NAMES: Final[dict[str, dict[Edition, tuple[str, ...]]]] = {
    "131": {Edition.OLD: ("牲畜", "禽"), Edition.NEW: ("消耗性生物",)},
    "132": {Edition.OLD: ("林木",), Edition.NEW: ("生产性生物",)},
    "153": {Edition.OLD: ("固定资产清理",), Edition.NEW: ("在建工程",)},
    "154": {Edition.OLD: ("在建工程",), Edition.NEW: ("固定资产清理",)},
    "211": {Edition.OLD: ("应付工资",), Edition.NEW: ("应付款",)},
    "212": {Edition.OLD: ("应付福利",), Edition.NEW: ("应付工资",)},
    "502": {Edition.OLD: ("经营支出",), Edition.NEW: ("投资收益",)},
    "511": {Edition.OLD: ("发包及上交", "发包"), Edition.NEW: ("经营支出",)},
    "521": {Edition.OLD: ("农业税附加",), Edition.NEW: ("所得税",)},
}
"""Codes that the charts give to different accounts, and words of their names: 511 was an income and is now an expense."""

_INCOME: Final = {
    Edition.OLD: frozenset(("501", "511", "521", "522", "531", "561")),
    Edition.NEW: frozenset(("501", "502", "503", "504")),
}
_EXPENSE: Final = {
    Edition.OLD: frozenset(("502", "541", "551")),
    Edition.NEW: frozenset(("511", "512", "513", "514", "515", "521")),
}


def first_level(code: str) -> str:
    """The first-level code of a sub-account, which has no fixed width: ``511001`` → ``511``; ``""`` where there is none."""
    match = re.match(r"\d{3}", code)
    return match.group() if match else ""


def editions(accounts: Sequence[tuple[str, str]]) -> set[Edition]:
    """Which charts these accounts (code, name) speak for: by codes that one chart alone has, else by their names.

    Two of them contradict each other; none leaves it open.
    """
    codes = {first_level(code) for code, _ in accounts}
    found = {edition for edition, only in _ONLY.items() if codes & only}
    if found:
        return found
    return {
        edition
        for code, name in accounts
        for edition, stems in _NAMES.get(first_level(code), {}).items()
        if any(stem in name for stem in stems)
    }


def check_charts(rows: Sequence[Facts]) -> list[Fault]:
    """Asks which chart the codes follow where they collide and nothing tells; asks about accounts of the other side."""
    accounts = [
        (str(one["account_code"]), str(one.get("account_name") or "")) for one in rows if one.get("account_code")
    ]
    if not accounts:
        return []
    found = editions(accounts)
    if len(found) > 1:
        return [
            Fault(
                Severity.CONFIRM,
                "chart_editions_mixed",
                "科目编码里既有 2004 年科目表的，也有 2023 年的。两套里同一个号意思可能相反。对吗？",
                "换过科目表就分成两张表再传；页面上只显示编码，不按编码归类。",
                "account_code",
            )
        ]
    if not found:
        if not {first_level(code) for code, _ in accounts} & _NAMES.keys():
            return []
        return [
            Fault(
                Severity.CONFIRM,
                "chart_edition",
                "科目编码看不出是 2004 年的科目表还是 2023 年的。两套里同一个号意思相反。",
                "请加一列“科目名称”；页面上只显示编码，不按编码归类。",
                "account_code",
            )
        ]
    edition = found.pop()
    read = Fault(
        Severity.INFO, "chart_edition_read", f"科目编码照 {edition} 年的科目表读。", "不是就加一列“科目名称”。"
    )
    return [read, *_other_side(rows, edition)]


def _other_side(rows: Sequence[Facts], edition: Edition) -> list[Fault]:
    """Income booked on an account of expenses, or the other way round; asked about once."""
    places = [
        index
        for index, one in enumerate(rows)
        if (code := first_level(str(one.get("account_code") or "")))
        and (
            (code in _INCOME[edition] and one.get("direction") == "out")
            or (code in _EXPENSE[edition] and one.get("direction") == "in")
        )
    ]
    if not places:
        return []
    first = rows[places[0]]
    side, account = ("支出", "收入") if first.get("direction") == "out" else ("收入", "支出")
    more = f"，这样的共 {len(places)} 笔（{{others}}）" if len(places) > 1 else ""
    return [
        Fault(
            Severity.CONFIRM,
            "account_other_side",
            f"这是一笔{side}，科目“{first['account_code']}”在 {edition} 年的科目表里却是{account}科目{more}。对吗？",
            "是冲销就确认；科目或收支写错了就改。",
            "account_code",
            places[0],
            tuple(places),
        )
    ]
