"""What an audit refuses, and why. Pure; every refusal's sentence stands beside its rule."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from villagehub.accounts.actor import Actor
from villagehub.kernel.period import day_words
from villagehub.kernel.refused import NotFound, Refused
from villagehub.supervision.stages import MOVE_WORDS, NEEDS_DAY, NEXT, STATE_WORDS, VILLAGE_MOVES, Move, State

LONGEST: Final = timedelta(days=366)
TEXT_LENGTH: Final = (6, 1000)


class NoSuchAudit(NotFound):
    """No such audit, or not for this person."""

    code = "no_such_audit"
    message = "没有找到这件审看。"
    fix = "请从列表里点。"


class WrongState(Refused):
    """The table of states knows no such move from here."""

    code = "audit_wrong_state"
    message = "这件现在是“{state}”，不能办“{move}”。"
    fix = "请看下面的经过，再选能办的一步。"


class DraftedIt(Refused):
    """Nobody decides an audit of what they drafted (decision 19)."""

    code = "audit_drafted_it"
    message = "这份账是{name}登记的，自己登记的不能自己处理。"
    fix = "请镇里另一位监督员来处理。"
    status = 403


class AuditText(Refused):
    """A question, an answer and an outcome are written out."""

    code = "audit_text"
    message = "没有写清楚。"
    fix = "请写 6 到 1000 个字。"
    status = 422


class AuditDay(Refused):
    """A deadline lies in the future, and not too far."""

    code = "audit_day"
    message = "期限{day}不行：不能早于今天，也不能超过一年。"
    fix = "请写一个做得到的日期。"
    status = 422


class AuditNotPublic(Refused):
    """Only what is public is audited; a draft is still the village's."""

    code = "audit_not_public"
    message = "这一版还没有公开，不能审看。"
    fix = "等公开以后再问；草稿有问题，请直接跟报账员说。"


class NotACorrection(Refused):
    """The outcome names the correction that put the figure right."""

    code = "audit_not_a_correction"
    message = "第 {number} 号公开不是对这一份账的更正，或者更正在提问以前。"
    fix = "请村里先走“更正”，公开以后，在这里写更正的那一号。"
    status = 422


class ChangedSince(Refused):
    """Somebody else wrote a line after the page was opened."""

    code = "audit_changed"
    message = "您打开以后，{name}刚写了“{move}”，您的这一步没有办。"
    fix = "请看下面的经过，再决定。您写的还在框里。"


def why_not_move(state: State, move: Move, *, actor: Actor, authors: Collection[int]) -> Refused | None:
    """Whether the table knows the move, and the person did not draft what is audited. The caller asks for the permission."""
    if move not in NEXT[state]:
        return WrongState(state=STATE_WORDS[state], move=MOVE_WORDS[move])
    if move not in VILLAGE_MOVES and actor.person_id in authors:
        return DraftedIt(name=actor.name)
    return None


def why_not_text(move: Move, text: str) -> Refused | None:
    """Every move is written out; of what was handed over nothing is kept here."""
    if move is Move.HAND_OVER:
        return None
    return None if TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1] else AuditText()


def why_not_day(move: Move, day: date | None, *, today: date) -> Refused | None:
    """A question and a rectification have a deadline."""
    if move not in NEEDS_DAY:
        return None
    if day is None or day < today or day - today > LONGEST:
        return AuditDay(day=f" {day_words(day)} " if day else "没有写，这样")
    return None
