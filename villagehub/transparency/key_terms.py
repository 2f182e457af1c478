"""What the log states of its own keys: from when until when each signed, and the sentences that pages say of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.roles import ROLE_WORDS, Role
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import day_words
from villagehub.storage import reading
from villagehub.transparency.models import Leaf, LogEntry
from villagehub.transparency.notes import read_vkey

ADD: Final = "add"
RETIRE: Final = "retire"


@dataclass(frozen=True, slots=True)
class Term:
    """One key of the log: from which entry on it signs, and with which its time ended (counted from 1; None: it still signs)."""

    vkey: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One leaf of the log that adds or retires a key."""

    index: int
    action: str
    key: str
    day: date
    roles: tuple[str, ...] = ()
    """The posts of the two who agreed to it; empty for the log's first key, and for changes from before two were asked."""


def read_steps(session: Session) -> list[Step]:
    """All that the log states of its keys, oldest first: read once for whatever is then told of it."""
    wanted = (
        select(LogEntry.index, Leaf.body, Leaf.created_at)
        .join(Leaf, Leaf.id == LogEntry.leaf_id)
        .where(Leaf.kind == "key")
        .order_by(LogEntry.index)
    )
    made = ((index, json.loads(body), local_day(at)) for index, body, at in session.execute(wanted))
    return [Step(index, str(leaf["action"]), str(leaf["key"]), day, _roles(leaf)) for index, leaf, day in made]


def _roles(leaf: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in leaf.get("roles", ()))


def terms_of(steps: Sequence[Step]) -> list[Term]:
    """All keys that the log has stated, oldest first. Pure."""
    found: dict[str, Term] = {}
    for one in steps:
        if one.action == ADD:
            found[one.key] = Term(one.key, one.index + 1, None)
        elif one.key in found:
            found[one.key] = Term(one.key, found[one.key].since, one.index + 1)
    return list(found.values())


def own_terms() -> list[Term]:
    """``terms_of`` this installation's log. Needs an application context."""
    with reading() as session:
        return terms_of(read_steps(session))


def told_of_change(steps: Sequence[Step], *, agreed: bool, today: date) -> tuple[str, date] | None:
    """The newest change of the log's key in a few sentences, and the day of its last step; None where the key is the first one.
    ``agreed``: this site knows that two people agreed to that step; what a leaf says of it is not believed by itself.
    """
    changes = steps[1:]
    if not changes:
        return None
    by = _by_two(changes[-1]) if agreed else ""
    stated = day_words(next(one.day for one in reversed(changes) if one.action == ADD), beside=today)
    last = changes[-1].day
    if changes[-1].action == RETIRE:
        ended = day_words(last, beside=today)
        done = f"给这本日志签名的钥匙换过：{stated}登记新的，{ended}停用旧的。{by}"
        return f"{done}换以前存下的核对包照样能用，核对时用旧公钥。", last
    done = f"给这本日志签名的钥匙正在换：{stated}登记了新的，新旧两把一起签。{by}"
    return f"{done}以前存下的核对包照样能用，核对时用旧公钥。", last


def _by_two(step: Step) -> str:
    """By which posts the step was proposed and confirmed, as its leaf states; empty where the leaf states none."""
    words = [ROLE_WORDS[Role(one)] for one in step.roles if one in ROLE_WORDS]
    return f"这一步由{words[0]}提出、{words[1]}确认。" if len(words) == 2 else ""


def told_of_entry(steps: Sequence[Step], index: int) -> str:
    """Which of the log's keys signed when this entry came, in one sentence; empty where there was never another key."""
    terms = terms_of(steps)
    if len(terms) < 2:
        return ""
    held = [one for one in terms if one.since - 1 <= index and (one.until is None or index < one.until - 1)] or terms[
        :1
    ]
    if len(held) > 1:
        return "这一号公开时，新旧两把一起签。"
    which = "旧的那把，后来停用了" if held[0].until else "新的这把" if held[0] == terms[-1] else "旧的那把"
    return f"这一号公开时，签名的是{which}（编号 {read_vkey(held[0].vkey).id.hex()}）。"


def told_of_terms(steps: Sequence[Step], *, today: date) -> list[str]:
    """From when until when each key of the log has signed, a sentence for each, oldest first. Pure."""
    days = {one.index + 1: day_words(one.day, beside=today) for one in steps}
    return [
        f"{read_vkey(one.vkey).id.hex()} 这把钥匙从{days[one.since]}"
        f"{f'用到{days[one.until]}，已停用' if one.until else '起用，现在还在用'}。"
        for one in terms_of(steps)
    ]
