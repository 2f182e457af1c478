"""Hides as office pages show them: what is hidden now, who decides next, and what this reader may do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.accounts.roles import ROLE_WORDS, Role
from villagehub.accounts.rules import Permission, why_not
from villagehub.disclosures.books import post_over, why_not_books
from villagehub.disclosures.hidden import OTHER, PRIVACY, hidden_in, public_words
from villagehub.disclosures.hiding import A_DAY, active, why_not_lift
from villagehub.disclosures.hiding_models import Hide, HideEvent, ReviewNotice
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.queries import Line, list_published
from villagehub.disclosures.scope import latest_published, title_of
from villagehub.disclosures.stages import Stage
from villagehub.kernel.clock import SHANGHAI
from villagehub.places.queries import read_village_by_id


@dataclass(frozen=True, slots=True)
class HideLine:
    """One hide that has not ended."""

    id: int
    version_id: int
    title: str
    number: int
    village_name: str
    words: str
    by: str
    at: datetime
    state: str
    """Who decides next, or what was decided."""
    may_confirm: bool
    may_keep: bool
    may_lift: bool


def list_hides(session: Session, villages: Collection[int], *, actor: Actor) -> list[HideLine]:
    """What is hidden at these villages now, newest first."""
    return [
        _line(session, one, actor) for one in session.scalars(active().where(Hide.village_id.in_(villages))).all()[::-1]
    ]


def list_hideable(session: Session, villages: Collection[int], *, actor: Actor, today: date, most: int) -> list[Line]:
    """The newest publications that this person may still hide: of books their post has a say in, and not hidden already."""
    hidden = {one: hidden_in(session, one) for one in villages}
    wanted = []
    for line in list_published(session, villages, today=today, most=most):
        version = session.get_one(Version, line.version_id)
        village = read_village_by_id(session, version.village_id)
        now = hidden[village.id].get(version.disclosure_id)
        mine = why_not_books(actor, Permission.HIDE, village, version.disclosure.entity) is None
        if mine and (now is None or (version.number or 0) > now.upto):
            wanted.append(line)
    return wanted


def _line(session: Session, hide: Hide, actor: Actor) -> HideLine:
    village = read_village_by_id(session, hide.village_id)
    disclosure = session.get_one(Disclosure, hide.disclosure_id)
    kinds = set(session.scalars(select(HideEvent.kind).where(HideEvent.hide_id == hide.id)))
    newest = latest_published(session, disclosure)
    mended = newest.number if newest is not None and newest.number and newest.number > hide.upto_number else None
    may_hide = why_not_books(actor, Permission.HIDE, village, disclosure.entity) is None
    waits = hide.cause == OTHER and not kinds & {"confirmed", "kept"}
    second = (
        may_hide
        and actor.person_id != hide.hidden_by
        and post_over(actor, Permission.HIDE, village, disclosure.entity).value != hide.role
    )
    return HideLine(
        id=hide.id,
        version_id=hide.version_id,
        title=title_of(disclosure),
        number=hide.upto_number,
        village_name=village.name,
        words=public_words(hide.cause, hide.words),
        by=f"{session.get_one(Person, hide.hidden_by).name}（{ROLE_WORDS[Role(hide.role)]}）",
        at=hide.hidden_at,
        state=_state(hide.cause, kinds, hide.hidden_at, mended),
        may_confirm=waits and second,
        may_keep="kept" not in kinds and why_not(actor, Permission.SUPERVISE, village) is None,
        may_lift=may_hide and why_not_lift(session, hide, kinds, actor=actor) is None,
    )


def _state(cause: str, kinds: set[str], at: datetime, mended: int | None) -> str:
    if mended:
        return f"已改好，第 {mended} 号重新公开；旧的一版仍然撤下"
    if "kept" in kinds:
        return "镇里已决定：不恢复，改好后重新公开"
    if cause == PRIVACY:
        return "等镇里决定；决定以前一直撤下"
    if "confirmed" in kinds:
        return "已有第二人确认，一直撤下，直到改好或镇里恢复"
    until = (at + A_DAY).astimezone(SHANGHAI)
    return f"等第二人确认；{until.month}月{until.day}日{until.hour}点{until.minute:02d}分以前没人确认，就自动恢复公开"


def list_waiting_reviews(session: Session, villages: Collection[int]) -> list[tuple[int, str]]:
    """Versions that have waited for their signatures for more than five days, as the township was told (decision 16)."""
    found = waiting_versions(session, villages)
    return [(one.id, f"{read_village_by_id(session, one.village_id).name} {title_of(one.disclosure)}") for one in found]


def waiting_versions(session: Session, villages: Collection[int]) -> list[Version]:
    """The same as versions."""
    found = session.scalars(
        select(Version)
        .join(
            ReviewNotice, (ReviewNotice.version_id == Version.id) & (ReviewNotice.submitted_at == Version.submitted_at)
        )
        .where(Version.village_id.in_(villages), Version.stage == Stage.SUBMITTED)
        .order_by(Version.id)
    )
    return list(found)
