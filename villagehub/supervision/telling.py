"""What the township says to its villages in the group chat: plain text to copy. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from villagehub.disclosures.stages import Stage
from villagehub.kernel.period import day_words
from villagehub.supervision.standing import Standing
from villagehub.supervision.table import Item, Row


def missing_items(row: Row) -> list[Item]:
    """What of a village's accounts is due and not public, the longest overdue first."""
    found = [one for one in row.items if one.judged.standing is Standing.MISSING]
    return sorted(found, key=lambda one: one.judged.rank)


_TODO: Final = {
    None: "请报账员上传账表、送审",
    Stage.DRAFT: "草稿还没送审，请报账员填好、送审",
    Stage.RETURNED: "退回来了，请报账员照退回的原因改好、再送审",
    Stage.SUBMITTED: "已送审，请{body}看过并签字",
    Stage.REVIEWED: "签字齐了，请{publisher}公开",
}
"""Whose turn it is, by how far the account has come; None: nobody has begun."""
_LAST: Final = "确有困难的，请跟镇里说清原因，可以申请延期。"


@dataclass(frozen=True, slots=True)
class Turns:
    """Who is meant where an account waits for others than the clerk."""

    publisher: str
    """``村委会主任``."""
    bodies: Mapping[int, str]
    """Of what waits for signatures: version → who has to sign."""


def village_text(row: Row, turns: Turns, *, today: date) -> str:
    """The reminder of one village; empty where nothing is missing."""
    lines = _lines(row, turns, today)
    if not lines:
        return ""
    first = f"{row.village.name}：到{day_words(today)}，还有 {len(lines)} 项该公开没公开。"
    return "\n".join([first, *lines, _LAST])


def township_text(township: str, rows: Sequence[Row], turns: Turns, *, today: date) -> str:
    """The reminder of all villages that miss something; empty where none does."""
    blocks = [[f"{row.village.name}：", *lines] for row in rows if (lines := _lines(row, turns, today))]
    if not blocks:
        return ""
    first = f"{township}：到{day_words(today)}，下面 {len(blocks)} 个村有该公开没公开的。"
    return "\n".join([first, *(line for block in blocks for line in block), _LAST])


def _lines(row: Row, turns: Turns, today: date) -> list[str]:
    return [
        f"· {one.title}，应于{day_words(one.due.day, beside=today)}公开，已过 {one.judged.days} 天。{todo_words(one, turns)}。"
        for one in missing_items(row)
        if one.due is not None
    ]


def todo_words(item: Item, turns: Turns) -> str:
    """Whose turn it is: ``已送审，请村务监督委员会看过并签字``."""
    body = turns.bodies.get(item.version_id or 0, "")
    return _TODO[item.stage].format(body=body, publisher=turns.publisher)
