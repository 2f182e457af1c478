"""A change of the log's key, in two steps with time between them (evidence.md "key leaves"; C2SP signed-note).

``add_key`` states a new key in the log; from then on both sign every checkpoint. ``retire_key`` ends the old one. Between them
everybody who holds the old key can see, under its own signature, which the new one is. Each step needs a second person's word
(``key_changes``), is one transaction, may be broken off anywhere, and be repeated.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.kernel.refused import Refused
from villagehub.storage import unit_of_work
from villagehub.transparency.checkpoints import open_checkpoint
from villagehub.transparency.folder import key_receipt_name
from villagehub.transparency.key_changes import Change, agree, note_done, why_not_yet
from villagehub.transparency.key_rules import PROPOSER, KeyStatedBefore, State
from villagehub.transparency.key_terms import ADD, RETIRE, read_steps
from villagehub.transparency.log import append, keep_leaf, lock_head
from villagehub.transparency.models import LogHead
from villagehub.transparency.notes import BadNote, read_vkey
from villagehub.transparency.ours import bring_up_to_date, folder_of, keys_of, receipt_of


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


def add_key(settings: Settings, *, again: bool = False, now: datetime) -> str:
    """States a new key and has both sign; returns its line. Where that was done before, only that line. Needs an application
    context and no open unit of work. ``again`` proposes it once more after it was refused.

    Raises NoKeyYet, KeyStatedBefore, LogBehind, LogDisputed; NobodyMayConfirm, WaitsForSecond, NotAgreed, and then the log is
    as it was.
    """
    folder = folder_of(settings)
    bring_up_to_date(settings, wait=True)
    not_yet: Refused | None = None
    with unit_of_work() as session:
        head = lock_head(session, folder)
        if not head.vkey:
            raise NoKeyYet()
        made = head.next_vkey
        if not made:
            made = keys_of(settings).next_signer(head.vkey).verifier.vkey
            if any(one.key == made for one in read_steps(session)):
                raise KeyStatedBefore()
            held = agree(session, ADD, made, again=again, now=now)
            if held.state is State.CONFIRMED:
                head.next_vkey = made
                _state(session, head, settings, held, now=now)
            else:
                not_yet = why_not_yet(session, held, settings, now=now)
    if not_yet is not None:
        raise not_yet
    bring_up_to_date(settings, wait=True)
    return made


def retire_key(settings: Settings, *, again: bool = False, now: datetime) -> tuple[str, str]:
    """Ends the old key's time and destroys it; the new one signs alone from now on. Returns (old, new). Keeps the receipt of
    the new key's leaf under both signatures, for whoever comes later with the old key. Needs an application context and no
    open unit of work. ``again`` proposes it once more after it was refused.

    Raises NothingToRetire, NotSignedByBoth, LogBehind, LogDisputed; NobodyMayConfirm, WaitsForSecond, NotAgreed, and then the
    log is as it was.
    """
    folder = folder_of(settings)
    bring_up_to_date(settings, wait=True)
    not_yet: Refused | None = None
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
        held = agree(session, RETIRE, old, again=again, now=now)
        if held.state is State.CONFIRMED:
            stated = next(one.index for one in read_steps(session) if one.key == new)
            folder.put(key_receipt_name(read_vkey(new)), receipt_of(folder, stated).write())
            folder.settle()
            head.vkey, head.next_vkey = new, ""
            _state(session, head, settings, held, now=now)
        else:
            not_yet = why_not_yet(session, held, settings, now=now)
    if not_yet is not None:
        raise not_yet
    bring_up_to_date(settings, wait=True)  # the new one takes the old one's place among the files
    return old, new


def _state(session: Session, head: LogHead, settings: Settings, held: Change, *, now: datetime) -> None:
    """The step that the two agreed on, as a leaf with both their posts."""
    session.flush()
    note_done(session, held, now=now)
    members = {"v": 1, "type": "key", "action": held.action, "key": held.key, "roles": [PROPOSER.value, held.role]}
    append(session, keep_leaf(session, members, now=now), folder_of(settings))
