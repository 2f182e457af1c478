"""How stored values, totals and journal events read on office pages (ux.md §8). Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from villagehub.journal import Event
from villagehub.kernel.money import plain_yuan, yuan
from villagehub.sections.base import Field, Kind

NUMERIC: Final = (Kind.MONEY, Kind.DECIMAL, Kind.WHOLE)
"""Kinds that stand right-aligned with figures of equal width."""

TOTAL_WORDS: Final = {
    "rows": "行数",
    "opening_fen": "期初",
    "income_fen": "加：收入",
    "expense_fen": "减：支出",
    "closing_fen": "期末结余",
    "bank_fen": "其中银行存款",
    "cash_fen": "其中现金",
    "amount_fen": "金额合计",
    "original_fen": "原值合计",
    "net_fen": "净值合计",
}
"""Totals and balances by their ASCII name, in the order in which they are shown; those that end in ``_fen`` are money."""

_EVENT_WORDS: Final = {
    Event.VERSION_DRAFTED: "开了草稿",
    Event.VERSION_FILLED: "填进表格内容",
    Event.ROW_CORRECTED: "改了一行",
    Event.NIL_DECLARED: "报“本期无此类事项”",
    Event.REASON_GIVEN: "写了更正原因",
    Event.VERSION_SUBMITTED: "送审",
    Event.VERSION_TAKEN_BACK: "撤回送审",
    Event.VERSION_ABANDONED: "作废",
    Event.VERSION_REOPENED: "接着改",
    Event.VOTE_CAST: "签字",
    Event.RECUSAL_DECLARED: "回避一行",
    Event.VERSION_RETURNED: "退回",
    Event.VERSION_REVIEWED: "签字已齐",
    Event.VERSION_PUBLISHED: "公开",
}


def shown(field: Field, value: Any) -> str:
    """A stored value as people read it; empty where nothing was filled in."""
    if value is None:
        return ""
    match field.kind:
        case Kind.MONEY:
            return yuan(int(value))
        case Kind.DATE | Kind.PARTIAL_DATE:
            return day_shown(str(value))
        case Kind.CHOICE | Kind.YES_NO:
            return field.label_of(value)
    return str(value)


def day_shown(text: str) -> str:
    """``2026-09-18`` → ``2026年9月18日``; partial dates keep what they have."""
    marks = ("年", "月", "日")
    return "".join(f"{int(part)}{mark}" for part, mark in zip(text.split("-"), marks, strict=False))


def typed(field: Field, value: Any) -> str:
    """A stored value as it stands in a form's field, ready to be sent back unchanged."""
    if value is None:
        return ""
    match field.kind:
        case Kind.MONEY:
            return plain_yuan(int(value))
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.CHOICE:
            return field.label_of(value) if field.open_choice else str(value)
    return str(value)


def heading_of(field: Field) -> str:
    """The column's heading; money says that it is in 元."""
    unit = field.unit or ("元" if field.kind is Kind.MONEY else "")
    return f"{field.heading}（{unit}）" if unit else field.heading


def total_shown(name: str, value: int) -> str:
    """A total with its unit."""
    return f"{yuan(value)} 元" if name.endswith("_fen") else f"{value}"


def total_words(name: str) -> str:
    """What a total is called."""
    return TOTAL_WORDS.get(name, name)


def event_words(event: str, detail: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """One line of a version's history; ``headings`` gives the section's headings by field name."""
    known = Event(event)
    words = _EVENT_WORDS.get(known, event)
    match known:
        case Event.VERSION_FILLED if "rows" in detail:
            return f"{words}：{detail['rows']} 行，新增 {detail.get('new', 0)}，改动 {detail.get('changed', 0)}"
        case Event.VERSION_FILLED if detail.get("balances"):
            return "填了期初、期末数"
        case Event.ROW_CORRECTED:
            fields = "、".join(headings.get(name, name) for name in detail.get("fields", ()))
            return f"改了编号 {detail.get('number')} 那一行：{fields}"
        case Event.VOTE_CAST:
            return f"{words}：{'同意' if detail.get('agrees') else '不同意'}"
        case Event.RECUSAL_DECLARED:
            return f"回避编号 {detail.get('number')} 那一行"
        case Event.VERSION_RETURNED:
            return f"{words}：{detail.get('reason', '')}"
        case Event.VERSION_PUBLISHED:
            return f"{words}：第 {detail.get('number')} 号"
    return words


def days_words(day: date, today: date) -> str:
    """``还有 3 天``, ``今天到期``, ``晚 9 天``: how offices count days."""
    left = (day - today).days
    if left == 0:
        return "今天到期"
    return f"还有 {left} 天" if left > 0 else f"晚 {-left} 天"
