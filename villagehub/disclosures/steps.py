"""What a person may do with a version, and why not: one rule, two readers (the action's gate and the page's grey button).

Three questions in this order: is the village theirs (else it looks as if nothing were there), does their post and their part
in this version allow the step, does the version stand where the step begins.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.roles import REVIEWERS
from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.disclosures import rules
from villagehub.disclosures.books import why_not_books
from villagehub.disclosures.models import Version
from villagehub.disclosures.moves import lock_counter, move
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.publishing import PUBLISHER_WORDS
from villagehub.disclosures.scope import (
    BOARD_OR_COMMITTEE,
    BODY_OF,
    authors_of,
    hands_on,
    latest_published,
    links_of,
    title_of,
    version_with_id,
    votes_of,
)
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.journal import Event
from villagehub.kernel.refused import Refused
from villagehub.places.queries import read_village_by_id


class Step(StrEnum):
    """Something that a person does with a version."""

    EDIT = "edit"
    NIL = "nil"
    REASON = "reason"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    ABANDON = "abandon"
    READ = "read"
    VOTE = "vote"
    RECORD = "record"
    STAND_ASIDE = "stand_aside"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    CORRECT = "correct"


PERMISSION_OF: Final[Mapping[Step, Permission]] = {
    Step.EDIT: Permission.DRAFT,
    Step.NIL: Permission.DRAFT,
    Step.REASON: Permission.CORRECT,
    Step.SUBMIT: Permission.SUBMIT,
    Step.TAKE_BACK: Permission.SUBMIT,
    Step.ABANDON: Permission.DRAFT,
    Step.READ: Permission.REVIEW,
    Step.VOTE: Permission.REVIEW,
    Step.RECORD: Permission.RECORD_PAPER,
    Step.STAND_ASIDE: Permission.REVIEW,
    Step.SEND_BACK: Permission.SEND_BACK,
    Step.PUBLISH: Permission.PUBLISH,
    Step.CORRECT: Permission.CORRECT,
}
"""Which line of the permission table each step needs."""

VERBS: Final[Mapping[Step, str]] = {
    Step.EDIT: "改草稿",
    Step.NIL: "报“无此类事项”",
    Step.REASON: "写更正原因",
    Step.SUBMIT: "送审",
    Step.TAKE_BACK: "收回送审",
    Step.ABANDON: "作废",
    Step.READ: "勾选“我看过”",
    Step.VOTE: "签字",
    Step.RECORD: "录入纸上签字",
    Step.STAND_ASIDE: "申请回避",
    Step.SEND_BACK: "退回",
    Step.PUBLISH: "公开",
    Step.CORRECT: "更正",
}

_ON_DRAFTS: Final = (Step.EDIT, Step.NIL, Step.REASON, Step.SUBMIT)
_LEADS_TO: Final = {
    Step.SUBMIT: Stage.SUBMITTED,
    Step.TAKE_BACK: Stage.DRAFT,
    Step.ABANDON: Stage.ABANDONED,
    Step.READ: Stage.REVIEWED,
    Step.VOTE: Stage.REVIEWED,
    Step.RECORD: Stage.REVIEWED,
    Step.STAND_ASIDE: Stage.REVIEWED,
    Step.SEND_BACK: Stage.RETURNED,
    Step.PUBLISH: Stage.PUBLISHED,
}

STEPS_AT: Final[Mapping[Stage, tuple[Step, ...]]] = {
    Stage.DRAFT: (Step.SUBMIT, Step.EDIT, Step.REASON, Step.NIL, Step.ABANDON),
    Stage.RETURNED: (Step.SUBMIT, Step.EDIT, Step.REASON, Step.NIL, Step.ABANDON),
    Stage.SUBMITTED: (Step.VOTE, Step.STAND_ASIDE, Step.RECORD, Step.SEND_BACK, Step.TAKE_BACK),
    Stage.REVIEWED: (Step.PUBLISH, Step.SEND_BACK),
    Stage.PUBLISHED: (Step.CORRECT,),
    Stage.ABANDONED: (),
}
"""The steps that a page speaks of, by stage; the first one is what the version waits for."""


def why_not_step(session: Session, version: Version, step: Step, *, actor: Actor, policy: Policy) -> Refused | None:
    """None when the person may take the step now."""
    return why_not_post(session, version, step, actor=actor, policy=policy) or _why_not_stage(
        session, version, step, actor=actor
    )


def hold_for(
    session: Session,
    version_id: int,
    step: Step,
    *,
    actor: Actor,
    policy: Policy,
    now: datetime,
    seen: int | None = None,
) -> Version | None:
    """The version, locked, once the person may take the step; None when they have taken it already (a double click).

    A returned version becomes a draft again with its first change. ``seen`` is the revision that the person had before
    them. Raises NotFound for another village's, the refusals of the rules, ChangedMeanwhile.
    """
    version = version_with_id(session, version_id)
    village = read_village_by_id(session, version.village_id)
    table = permission_table(policy.publish_by)
    refusal = why_not(actor, Permission.READ_STAFF, village, table=table)
    if refusal:
        raise refusal
    # The counter first, then the version, as in every other transaction of the village: nobody waits in a circle.
    lock_counter(session, version.village_id)
    session.refresh(version, with_for_update=True)
    refusal = why_not_post(session, version, step, actor=actor, policy=policy)
    if refusal:
        raise refusal
    if _is_taken(session, version, step, actor):
        return None
    refusal = _why_not_stage(session, version, step, actor=actor) or rules.why_not_seen(
        title_of(version.disclosure), seen=seen, held=version.revision
    )
    if refusal:
        raise refusal
    if step in _ON_DRAFTS and version.stage == Stage.RETURNED:
        move(session, version, Stage.DRAFT, Event.VERSION_REOPENED, verb="再改", actor=actor, now=now)
    return version


def why_not_post(session: Session, version: Version, step: Step, *, actor: Actor, policy: Policy) -> Refused | None:
    """Whether the person's posts and their part in this version allow the step, wherever the version stands."""
    village = read_village_by_id(session, version.village_id)
    table = permission_table(policy.publish_by)
    refusal = why_not(actor, Permission.READ_STAFF, village, table=table)
    if refusal:
        return refusal
    title, entity = title_of(version.disclosure), version.disclosure.entity
    if step is Step.VOTE and actor.person_id in authors_of(session, version.id):
        return rules.SameHandsReview(title=title)
    if step is Step.PUBLISH:
        refusal = rules.why_not_publish(
            title,
            publisher_id=actor.person_id,
            authors=authors_of(session, version.id),
            voters=hands_on(votes_of(session, version)),
            publisher_words=PUBLISHER_WORDS[policy.publish_by],
        )
        if refusal:
            return refusal
    permission = PERMISSION_OF[step]
    exact = REVIEWERS if policy.board_only and entity == "collective" else ()
    refusal = why_not_books(actor, permission, village, entity, exact=exact, table=table)
    if refusal is None:
        return None
    if permission is Permission.REVIEW:
        either = entity == "collective" and not policy.board_only
        return rules.NotTheirBody(title=title, body=BOARD_OR_COMMITTEE if either else BODY_OF[entity])
    if permission is Permission.PUBLISH:
        return rules.NotThePublisher(title=title, who=PUBLISHER_WORDS[policy.publish_by])
    if permission in (Permission.SEND_BACK, Permission.RECORD_PAPER):
        return refusal
    return rules.NotTheClerk(title=title, verb=VERBS[step])


def _why_not_stage(session: Session, version: Version, step: Step, *, actor: Actor) -> Refused | None:
    """Where the version stands."""
    title, stage = title_of(version.disclosure), Stage(version.stage)
    if step in _ON_DRAFTS:
        if stage in (Stage.DRAFT, Stage.RETURNED):
            return None
        if stage in (Stage.SUBMITTED, Stage.REVIEWED) and step is not Step.SUBMIT:
            return rules.UnderReview(title=title)
        return rules.why_not_move(title, stage, Stage.SUBMITTED, VERBS[step])
    if step is Step.CORRECT:
        newest = latest_published(session, version.disclosure)
        if version.number is None or newest is None or newest.number is None:
            return rules.why_not_move(title, stage, Stage.DRAFT, VERBS[step])
        if newest.id != version.id:
            return rules.SupersededAlready(number=version.number, newest=newest.number)
        return None
    refusal = rules.why_not_move(title, stage, _LEADS_TO[step], VERBS[step])
    if refusal is None and step is Step.VOTE and _has_voted(session, version, actor):
        return rules.VotedAlready(title=title)
    return refusal


def _has_voted(session: Session, version: Version, actor: Actor) -> bool:
    return any(one.person_id == actor.person_id for one in votes_of(session, version))


def _is_taken(session: Session, version: Version, step: Step, actor: Actor) -> bool:
    """Whether the person took this very step before: the second of two clicks finds its work done."""
    stage, me = Stage(version.stage), actor.person_id
    match step:
        case Step.SUBMIT:
            return stage in (Stage.SUBMITTED, Stage.REVIEWED) and version.submitted_by == me
        case Step.TAKE_BACK:
            return stage is Stage.DRAFT
        case Step.ABANDON:
            return stage is Stage.ABANDONED
        case Step.SEND_BACK:
            return stage is Stage.RETURNED
        case Step.VOTE:
            return stage in (Stage.SUBMITTED, Stage.REVIEWED, Stage.PUBLISHED) and _has_voted(session, version, actor)
        case Step.RECORD:
            entered = any(one.on_paper and one.entered_by == me for one in votes_of(session, version))
            return stage in (Stage.REVIEWED, Stage.PUBLISHED) and entered
        case Step.PUBLISH:
            return stage is Stage.PUBLISHED and version.published_by == me
        case Step.NIL:
            empty = not links_of(session, version.id)
            return stage is Stage.DRAFT and empty and version.kind == VersionKind.NIL
    return False
