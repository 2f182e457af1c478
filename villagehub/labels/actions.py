"""Verbs of the room: mint, note a poster, retire. None of them commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.journal import Event, record
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import new_code
from villagehub.labels.models import Code
from villagehub.labels.queries import active_code
from villagehub.labels.rules import AlreadyRetired, checked_reason
from villagehub.labels.symbol import LEVEL, make_symbol, payload_of
from villagehub.labels.targets import Target
from villagehub.places.models import Place


def mint(session: Session, village_id: int, target: Target, *, base_url: str, case: str, now: datetime) -> Code:
    """The target's code at this site: the one in use, else a fresh one. So a second poster carries the same code.

    Minters of one village queue at its row, so that two of them cannot make two codes for one target.
    """
    session.execute(select(Place.id).where(Place.id == village_id).with_for_update())
    held = active_code(session, village_id, target, base_url)
    if held is not None:
        return held
    made = _fresh(session)
    payload = payload_of(base_url, made, case=case)
    symbol = make_symbol(payload)
    earlier = session.scalar(
        select(func.max(Code.edition)).where(
            Code.village_id == village_id,
            Code.target_kind == target.kind,
            Code.target_ref == target.ref,
            Code.base_url == base_url,
        )
    )
    code = Code(
        code=made,
        village_id=village_id,
        target_kind=target.kind.value,
        target_ref=target.ref,
        base_url=base_url,
        edition=(earlier or 0) + 1,
        payload=payload,
        level=LEVEL,
        version=symbol.version,
        matrix=symbol.bits,
        minted_at=now,
    )
    session.add(code)
    session.flush()
    return code


def _fresh(session: Session) -> str:
    """40 random bits meet an old code about never; if they do, they are thrown again: a code is never used twice."""
    while True:
        made = new_code()
        if session.scalar(select(Code.id).where(Code.code == made)) is None:
            return made


def note_poster(
    session: Session,
    code_id: int,
    *,
    actor: Actor | None,
    channel: str,
    detail: dict[str, Any],
    now: datetime,
    event: Event = Event.POSTER_MADE,
) -> None:
    """Notes that a poster (or what ``event`` says) with this code was handed out: in the journal, and when last printed."""
    code = session.get_one(Code, code_id)
    code.printed_at = now
    code.batch = local_day(now).strftime("%Y-%m")
    _record(session, event, code, actor=actor, channel=channel, detail=detail, now=now)


def retire(session: Session, code: Code, reason: str, *, actor: Actor | None, channel: str, now: datetime) -> None:
    """Takes a code out of use for good, with the words that its page will show. Raises NoReason, AlreadyRetired."""
    became = checked_reason(reason)
    session.refresh(code, with_for_update=True)
    if code.retired_at is not None:
        raise AlreadyRetired(code=code.code, became=code.became)
    code.retired_at, code.became = now, became
    _record(session, Event.CODE_RETIRED, code, actor=actor, channel=channel, detail={"reason": became}, now=now)


def _record(
    session: Session,
    event: Event,
    code: Code,
    *,
    actor: Actor | None,
    channel: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    record(
        session,
        event,
        village_id=code.village_id,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else channel,
        channel=channel,
        subject_kind="code",
        subject_id=code.id,
        detail={"code": code.code, "target": code.target_kind, "ref": code.target_ref, **detail},
        now=now,
    )
