"""How stored values, totals and journal events read on office pages (ux.md §8). Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from villagehub.journal import Event
from villagehub.kernel.money import plain_yuan, yuan
from villagehub.sections import sum_words
from villagehub.sections.base import Field, Kind
from villagehub.sections.common import quantity

NUMERIC: Final = (Kind.MONEY, Kind.DECIMAL, Kind.WHOLE)
"""Kinds that stand right-aligned with figures of equal width."""

_FLOW_WORDS: Final = {
    "rows": "行数",
    "opening_fen": "期初",
    "income_fen": "加：收入",
    "expense_fen": "减：支出",
    "closing_fen": "期末结余",
    "bank_fen": "其中银行存款",
    "cash_fen": "其中现金",
}
"""A flow's totals and balances by their ASCII name, in the order in which people reckon; a section names further ones."""

_EVENT_WORDS: Final = {
    Event.VERSION_DRAFTED: "开了草稿",
    Event.VERSION_FILLED: "填进表格内容",
    Event.FILLING_UNDONE: "撤销了一次导入",
    Event.ROW_CORRECTED: "改了一行",
    Event.RECEIPTS_ADDED: "传了票据",
    Event.RECEIPT_MATCHED: "给票据对上一行",
    Event.RECEIPT_MASKED: "遮好一张票据",
    Event.RECEIPT_REMOVED: "拿掉一张票据",
    Event.VOUCHERS_STATED: "写了票据在哪里",
    Event.NIL_DECLARED: "报“本期无此类事项”",
    Event.REASON_GIVEN: "写了更正原因",
    Event.VERSION_SUBMITTED: "送审",
    Event.VERSION_TAKEN_BACK: "收回送审",
    Event.VERSION_ABANDONED: "作废",
    Event.VERSION_REOPENED: "接着改",
    Event.VOTE_CAST: "签字",
    Event.SHEET_ENTERED: "存了审核表的照片",
    Event.RECUSAL_DECLARED: "回避一行",
    Event.VERSION_RETURNED: "退回",
    Event.VERSION_REVIEWED: "签字已齐",
    Event.VERSION_PUBLISHED: "公开",
    Event.PAGE_HIDDEN: "从网上撤下",
    Event.HIDE_CONFIRMED: "确认撤下",
    Event.HIDE_KEPT: "镇里决定：不恢复，改好后重新公开",
    Event.HIDE_LIFTED: "恢复公开",
    Event.HIDE_LAPSED: "撤下满一天没人确认，自动恢复公开",
    Event.REDACTION_PROPOSED: "提出依法隐去，等另一级的人确认",
    Event.REDACTION_WITHDRAWN: "收回了隐去的申请",
    Event.REDACTION_LAPSED: "隐去的申请到期没人确认，作废",
    Event.REDACTED: "依法隐去，不能恢复",
    Event.REVIEW_OVERDUE: "送审多日签字没齐，已告诉镇里",
    Event.NAMES_EXPIRED: "公开期满，该撤的从网上去掉",
    Event.NAMES_FORGOTTEN: "满两年，登记的姓名也去掉了",
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
    return quantity(value, field.unit)


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
    """A total with its unit: money in whole fen, land in hundredths of 亩, all else counted."""
    if name.endswith("_fen"):
        return f"{yuan(value)} 元"
    return f"{yuan(value)} 亩" if name.endswith("_mu") else f"{value}"


def words_of_totals() -> dict[str, str]:
    """What totals and balances are called, in the order in which they are shown."""
    return {**_FLOW_WORDS, **sum_words()}


def total_words(name: str) -> str:
    """What a total is called."""
    return words_of_totals().get(name, name)


def event_words(event: str, detail: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """One line of a version's history; ``headings`` gives the section's headings by field name."""
    known = Event(event)
    words = _EVENT_WORDS.get(known, event)
    match known:
        case Event.VERSION_FILLED if "rows" in detail:
            new, changed, touched = detail.get("new", 0), detail.get("changed", 0), detail.get("touched", ())
            which = (
                f"（编号 {'、'.join(map(str, touched))}{' 等' if len(touched) < new + changed else ''}）"
                if touched
                else ""
            )
            return f"{words}：{detail['rows']} 行，新增 {new}，改动 {changed}{which}"
        case Event.VERSION_FILLED if detail.get("balances"):
            return "填了期初、期末数"
        case Event.FILLING_UNDONE:
            kept = detail.get("kept", ())
            stays = f"；后来改过的没有动：编号 {'、'.join(map(str, kept))}" if kept else ""
            return f"{words}：去掉 {detail.get('removed', 0)} 行，恢复 {detail.get('restored', 0)} 行{stays}"
        case Event.ROW_CORRECTED:
            fields = "、".join(headings.get(name, name) for name in detail.get("fields", ()))
            return f"改了编号 {detail.get('number')} 那一行：{fields}"
        case Event.RECEIPTS_ADDED:
            return f"{words} {detail.get('pages')} 张"
        case Event.RECEIPT_MATCHED:
            return f"给一张票据对上编号 {detail.get('number')} 那一行"
        case Event.VOTE_CAST:
            said = "同意" if detail.get("agrees") else "不同意"
            return f"录入{detail['voter']}的纸上签字：{said}" if detail.get("voter") else f"{words}：{said}"
        case Event.RECUSAL_DECLARED:
            return f"{detail.get('voter', '')}回避编号 {detail.get('number')} 那一行"
        case Event.VERSION_RETURNED:
            return f"{words}：{detail.get('reason', '')}"
        case Event.REVIEW_OVERDUE if "days" in detail:
            return f"送审满 {detail['days']} 天签字没齐，已告诉镇里"
        case Event.VERSION_PUBLISHED:
            return f"{words}：第 {detail.get('number')} 号"
    return words


def days_words(day: date, today: date) -> str:
    """``还有 3 天``, ``今天到期``, ``晚 9 天``: how offices count days."""
    left = (day - today).days
    if left == 0:
        return "今天到期"
    return f"还有 {left} 天" if left > 0 else f"晚 {-left} 天"
