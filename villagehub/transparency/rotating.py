"""A change of the log's key, in two steps with time between them (evidence.md "key leaves"; C2SP signed-note).

``add_key`` states a new key in the log; from then on both sign every checkpoint. ``retire_key`` ends the old one. Between them
everybody who holds the old key can see, under its own signature, which the new one is. Each step is one transaction, may be
broken off anywhere, and be repeated.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import day_words
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.checkpoints import open_checkpoint
from villagehub.transparency.folder import key_receipt_name
from villagehub.transparency.log import append, keep_leaf, lock_head
from villagehub.transparency.models import Leaf, LogEntry, LogHead
from villagehub.transparency.notes import BadNote, read_vkey
from villagehub.transparency.ours import bring_up_to_date, folder_of, keys_of, receipt_of

ADD: Final = "add"
RETIRE: Final = "retire"


class NoKeyYet(Refused):
    """The log has signed nothing, so there is no key to change."""

    code = "log_no_key_yet"
    message = "日志还没有签过名，没有钥匙可换。"
    fix = "公开过第一件以后再换；还没开始用的，直接换掉 keys/log.key 也不要紧。"
    status = 409


class NothingToRetire(Refused):
    """Only one key signs the log."""

    code = "log_nothing_to_retire"
    message = "现在只有一把钥匙，不能停用。"
    fix = "请先运行 villagehub log key add 登记新的，过一段时间（建议一个月）再停用旧的。"
    status = 409


class NotSignedByBoth(Refused):
    """The newest checkpoint does not bear both signatures; with the old key gone nobody could follow."""

    code = "log_not_signed_by_both"
    message = "最新的日志头还没有两把钥匙都签，没有停用旧的：{why}。"
    fix = "请运行 villagehub log seal，再试一次。"
    status = 409


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


def read_steps(session: Session) -> list[Step]:
    """All that the log states of its keys, oldest first: read once for whatever is then told of it."""
    wanted = (
        select(LogEntry.index, Leaf.body, Leaf.created_at)
        .join(Leaf, Leaf.id == LogEntry.leaf_id)
        .where(Leaf.kind == "key")
        .order_by(LogEntry.index)
    )
    made = ((index, json.loads(body), local_day(at)) for index, body, at in session.execute(wanted))
    return [Step(index, str(leaf["action"]), str(leaf["key"]), day) for index, leaf, day in made]


def terms_of(steps: Sequence[Step]) -> list[Term]:
    """All keys that the log has stated, oldest first. Pure."""
    found: dict[str, Term] = {}
    for one in steps:
        if one.action == ADD:
            found[one.key] = Term(one.key, one.index + 1, None)
        elif one.key in found:
            found[one.key] = Term(one.key, found[one.key].since, one.index + 1)
    return list(found.values())


def add_key(settings: Settings, *, now: datetime) -> str:
    """States a new key and has both sign; returns its line. Where that was done before, only that line. Needs an application
    context and no open unit of work. Raises NoKeyYet, LogBehind, LogDisputed.
    """
    folder = folder_of(settings)
    bring_up_to_date(settings, wait=True)
    with unit_of_work() as session:
        head = lock_head(session, folder)
        if not head.vkey:
            raise NoKeyYet()
        if not head.next_vkey:
            head.next_vkey = keys_of(settings).next_signer(head.vkey).verifier.vkey
            _state(session, head, settings, ADD, head.next_vkey, now=now)
        made = head.next_vkey
    bring_up_to_date(settings, wait=True)
    return made


def retire_key(settings: Settings, *, now: datetime) -> tuple[str, str]:
    """Ends the old key's time and destroys it; the new one signs alone from now on. Returns (old, new). Keeps the receipt of
    the new key's leaf under both signatures, for whoever comes later with the old key. Needs an application context and no
    open unit of work. Raises NothingToRetire, NotSignedByBoth, LogBehind, LogDisputed.
    """
    folder = folder_of(settings)
    bring_up_to_date(settings, wait=True)
    with unit_of_work() as session:
        head = lock_head(session, folder)
        old, new = head.vkey, head.next_vkey
        if not new:
            raise NothingToRetire()
        raw = folder.checkpoint() or b""
        try:
            for one in (old, new):
                open_checkpoint(raw, read_vkey(one))
        except BadNote as fault:
            raise NotSignedByBoth(why=str(fault)) from None
        stated = next(one.index for one in read_steps(session) if one.key == new)
        folder.put(key_receipt_name(read_vkey(new)), receipt_of(folder, stated).write())
        folder.settle()
        head.vkey, head.next_vkey = new, ""
        _state(session, head, settings, RETIRE, old, now=now)
    bring_up_to_date(settings, wait=True)  # the new one takes the old one's place among the files
    return old, new


def own_terms() -> list[Term]:
    """``terms_of`` this installation's log. Needs an application context."""
    with reading() as session:
        return terms_of(read_steps(session))


def told_of_change(steps: Sequence[Step], *, today: date) -> tuple[str, date] | None:
    """The newest change of the log's key in one sentence, and the day of its last step; None where the key is the first one."""
    changes = steps[1:]
    if not changes:
        return None
    stated = day_words(next(one.day for one in reversed(changes) if one.action == ADD), beside=today)
    last = changes[-1].day
    if changes[-1].action == RETIRE:
        ended = day_words(last, beside=today)
        return (
            f"给这本日志签名的钥匙换过：{stated}登记新的，{ended}停用旧的。换以前存下的核对包照样能用，核对时用旧公钥。",
            last,
        )
    return (
        f"给这本日志签名的钥匙正在换：{stated}登记了新的，新旧两把一起签。以前存下的核对包照样能用，核对时用旧公钥。",
        last,
    )


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


def _state(session: Session, head: LogHead, settings: Settings, action: str, key: str, *, now: datetime) -> None:
    session.flush()
    members = {"v": 1, "type": "key", "action": action, "key": key}
    append(session, keep_leaf(session, members, now=now), folder_of(settings))
