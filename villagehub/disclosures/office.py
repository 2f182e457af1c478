"""The verbs as people take them, at the pages and at the command line alike: first the gate (``steps``), then the action.

Each takes the caller's session and a Hand, and does nothing the second time when it was clicked twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.disclosures import actions, rules
from villagehub.disclosures.models import Version
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.schemas import read_balances, read_row_form
from villagehub.disclosures.scope import (
    BODY_OF,
    Account,
    account_of,
    find_disclosure,
    last_published_before,
    latest_published,
    links_of,
    open_version,
    publication_of,
    section_of,
    title_of,
    version_with_id,
    votes_of,
)
from villagehub.disclosures.signatures import members_of
from villagehub.disclosures.stages import VersionKind
from villagehub.disclosures.steps import Step, hold_for, why_not_step
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import day_words
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.sections import section_named
from villagehub.sections.base import LASTING, Balances


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, under which policy, when, and which revision of the version they had before them (None: unasked)."""

    actor: Actor
    policy: Policy
    now: datetime
    seen: int | None = None


def hold(session: Session, version_id: int, step: Step, hand: Hand, *, seen: int | None = None) -> Version | None:
    """The version, locked, once the person may take the step; None when they took it already (``steps.hold_for``)."""
    return hold_for(session, version_id, step, actor=hand.actor, policy=hand.policy, now=hand.now, seen=seen)


def submit_version(session: Session, version_id: int, hand: Hand) -> None:
    """Hands the draft to its reviewing body."""
    version = hold(session, version_id, Step.SUBMIT, hand, seen=hand.seen)
    if version is not None:
        actions.submit(session, version, actor=hand.actor, policy=hand.policy, now=hand.now)


def make_nil(session: Session, version_id: int, hand: Hand, *, rows_may_go: bool) -> None:
    """Turns a draft into a nil return; rows that were entered go only if that was said. Raises RowsInDraft."""
    version = hold(session, version_id, Step.NIL, hand, seen=hand.seen)
    if version is None:
        return
    rows = len(links_of(session, version.id))
    if rows and not rows_may_go:
        raise rules.RowsInDraft(title=title_of(version.disclosure), rows=rows)
    actions.declare_nil(session, version, actor=hand.actor, now=hand.now)


def say_reason(session: Session, version_id: int, hand: Hand, *, code: str, reason: str) -> None:
    """Writes why the publication is corrected."""
    version = hold(session, version_id, Step.REASON, hand)
    if version is not None:
        actions.give_reason(
            session, version, code=code, reason=reason, actor=hand.actor, now=hand.now, revision=hand.seen
        )


def say_balances(session: Session, version_id: int, hand: Hand, typed: Mapping[str, str]) -> None:
    """Keeps opening, bank and cash as typed; raises BadForm."""
    amounts = read_balances(typed)
    version = hold(session, version_id, Step.EDIT, hand)
    if version is not None:
        actions.set_balances(session, version, Balances(**amounts), actor=hand.actor, now=hand.now, revision=hand.seen)


def change_row(
    session: Session, version_id: int, number: int, hand: Hand, typed: Mapping[str, str], *, confirmed: bool
) -> None:
    """Corrects one row as typed; raises BadForm, FaultyRow, DoubtfulRow, NoSuchRow."""
    version = hold(session, version_id, Step.EDIT, hand)
    if version is not None:
        actions.correct_row(
            session,
            version,
            number,
            read_row_form(section_of(version), typed),
            actor=hand.actor,
            policy=hand.policy,
            now=hand.now,
            revision=hand.seen,
            confirmed=confirmed,
        )


def take_back(session: Session, version_id: int, hand: Hand) -> None:
    """Takes a submitted version back to a draft; its votes are void."""
    version = hold(session, version_id, Step.TAKE_BACK, hand, seen=hand.seen)
    if version is not None:
        actions.take_back(session, version, actor=hand.actor, now=hand.now)


def abandon(session: Session, version_id: int, hand: Hand) -> None:
    """Gives the version up."""
    version = hold(session, version_id, Step.ABANDON, hand, seen=hand.seen)
    if version is not None:
        actions.abandon(session, version, actor=hand.actor, now=hand.now)


def cast_vote(session: Session, version_id: int, hand: Hand, *, agrees: bool, objection: str = "") -> None:
    """Signs, or objects with a reason. Raises VotedAlready when the person said the opposite before."""
    version = hold(session, version_id, Step.VOTE, hand, seen=hand.seen)
    if version is None:
        before = version_with_id(session, version_id)
        mine = next((one for one in votes_of(session, before) if one.person_id == hand.actor.person_id), None)
        if mine is None or mine.agrees != agrees:
            raise rules.VotedAlready(title=title_of(before.disclosure))
        return
    actions.vote(
        session,
        version,
        agrees=agrees,
        objection=objection,
        post=_post_of(session, version, hand),
        actor=hand.actor,
        now=hand.now,
    )


def _post_of(session: Session, version: Version, hand: Hand) -> str:
    """The reviewer's post in words; somebody who fills in for another is called so."""
    members = members_of(session, version, local_day(hand.now), board_only=hand.policy.board_only)
    member = members.get(hand.actor.person_id)
    return member.post if member else f"{BODY_OF[version.disclosure.entity]}成员"


def stand_aside(session: Session, version_id: int, number: int, hand: Hand, *, reason: str) -> None:
    """Stands aside from one row (回避)."""
    version = hold(session, version_id, Step.STAND_ASIDE, hand, seen=hand.seen)
    if version is not None:
        actions.stand_aside(session, version, number, reason=reason, actor=hand.actor, now=hand.now)


def send_back(session: Session, version_id: int, hand: Hand, *, reason: str) -> None:
    """Returns the version to the clerk with a reason."""
    version = hold(session, version_id, Step.SEND_BACK, hand, seen=hand.seen)
    if version is not None:
        actions.send_back(session, version, reason=reason, actor=hand.actor, now=hand.now)


def publish_version(session: Session, version_id: int, hand: Hand) -> None:
    """Publishes. After the commit the caller runs ``after.run_after_publish``."""
    version = hold(session, version_id, Step.PUBLISH, hand, seen=hand.seen)
    if version is not None:
        actions.publish(session, version, actor=hand.actor, policy=hand.policy, now=hand.now)


def start_correction(
    session: Session, village: VillageFacts, number: int, hand: Hand, *, code: str, reason: str
) -> Version:
    """The draft that corrects the village's 第 N 号公开, with its reason. Raises NoSuchPublication, SupersededAlready,
    UnderReview, ReasonMissing, UnknownReasonCode.
    """
    published = publication_of(session, village.id, number)
    if published is None:
        raise rules.NoSuchPublication(village=village.name, number=number)
    refusal = (
        why_not_step(session, published, Step.CORRECT, actor=hand.actor, policy=hand.policy)
        or rules.why_not_reason_code(code)
        or rules.why_not_reason(reason, what="更正")
    )
    if refusal:
        raise refusal
    draft = actions.open_draft(session, account_of(published.disclosure), actor=hand.actor, now=hand.now)
    actions.give_reason(session, draft, code=code, reason=reason, actor=hand.actor, now=hand.now)
    return draft


def start_nil(session: Session, account: Account, hand: Hand) -> Version:
    """The nil return of a period that is over. Raises NotTheClerk, NoSuchCadence, PeriodNotOver, PublishedAlready,
    StillHeld, RowsInDraft.
    """
    village = read_village_by_id(session, account.village_id)
    table = permission_table(hand.policy.publish_by)
    refusal = why_not(hand.actor, Permission.DRAFT, village, entity=account.entity, table=table)
    if refusal:
        raise refusal
    section, period, title = section_named(account.section), account.period, title_of(account)
    refusal = rules.why_not_cadence(section, period, today=local_day(hand.now))
    if refusal:
        raise refusal
    if period.last >= local_day(hand.now):
        raise rules.PeriodNotOver(period=period.label, day=day_words(period.last))
    disclosure = find_disclosure(session, account)
    published = latest_published(session, disclosure) if disclosure else None
    if published is not None:
        raise rules.PublishedAlready(title=title, number=published.number)
    held = open_version(session, disclosure) if disclosure else None
    rows = len(links_of(session, held.id)) if held else 0
    if rows:
        raise rules.RowsInDraft(title=title, rows=rows)
    before = last_published_before(session, account) if section.shape in LASTING else None
    listed = len(links_of(session, before.id)) if before else 0
    if listed and held is None:
        raise rules.StillHeld(rows=listed)
    draft = actions.open_draft(session, account, actor=hand.actor, now=hand.now)
    if draft.kind != VersionKind.NIL:
        actions.declare_nil(session, draft, actor=hand.actor, now=hand.now)
    return draft
