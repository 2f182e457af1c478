"""Verbs of the reviewing body: vote, stand aside from a row, send back (decisions 16-17)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures import rules
from villagehub.disclosures.as_cast import noted_of
from villagehub.disclosures.models import Recusal, Thing, Version, VersionRow, Vote
from villagehub.disclosures.models import Row as LedgerRow
from villagehub.disclosures.moves import move, note
from villagehub.disclosures.public_words import Discretion
from villagehub.disclosures.review_rules import NoRecusalHere, takes_recusals
from villagehub.disclosures.scope import (
    authors_of,
    section_of,
    title_of,
    votes_of,
)
from villagehub.disclosures.signatures import missing_votes
from villagehub.disclosures.stages import Stage
from villagehub.journal import Event
from villagehub.kernel.canonical import one_line
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.masking import hide_numbers


def vote(
    session: Session,
    version: Version,
    *,
    agrees: bool,
    objection: str = "",
    post: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Casts a reviewer's vote on the submitted content; returns how many agreeing votes are still missing.

    An objection needs a reason and is published with the version; it does not block. With the quorum reached the
    version is reviewed. Raises SameHandsReview, VotedAlready, WrongStage, ReasonMissing.
    """
    cast(session, version, agrees=agrees, objection=objection, post=post, voter=actor, by=actor, now=now)
    return close_if_signed(session, version, actor=actor, now=now)


def cast(
    session: Session,
    version: Version,
    *,
    agrees: bool,
    objection: str,
    post: str,
    voter: Actor,
    by: Actor,
    now: datetime,
    on_paper: bool = False,
    discretion: Discretion | None = None,
) -> Vote:
    """Writes one vote down without closing the review: a sheet of paper holds several, whose objections share one
    ``discretion``. ``by`` is who enters it.
    """
    title = title_of(version.disclosure)
    refusal = rules.why_not_move(title, version.stage, Stage.REVIEWED, "签字") or rules.why_not_review(
        title,
        reviewer_id=voter.person_id,
        authors=authors_of(session, version.id),
        voters=[one.person_id for one in votes_of(session, version)],
    )
    if refusal is None and not agrees:
        refusal = rules.why_not_reason(objection, what="不同意")
    if refusal:
        raise refusal
    written = Vote(
        version_id=version.id,
        village_id=version.village_id,
        digest=version.digest or "",
        person_id=voter.person_id,
        post=post,
        agrees=agrees,
        objection=(discretion or Discretion(session, version)).said(objection),
        on_paper=on_paper,
        entered_by=by.person_id if on_paper else None,
        cast_at=now,
    )
    session.add(written)
    session.flush()
    note(session, version, Event.VOTE_CAST, actor=by, now=now, detail=noted_of(written, voter.name))
    return written


def close_if_signed(session: Session, version: Version, *, actor: Actor, now: datetime) -> int:
    """Moves the version on once the quorum is there; returns how many agreeing votes are still missing."""
    missing = missing_votes(session, version)
    if missing == 0:
        version.reviewed_at = now
        move(session, version, Stage.REVIEWED, Event.VERSION_REVIEWED, verb="通过审核", actor=actor, now=now)
    return missing


def stand_aside(
    session: Session,
    version: Version,
    number: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    by: Actor | None = None,
) -> None:
    """A reviewer stands aside from the row with this permanent number (回避), perhaps entered ``by`` another from paper.

    Raises NoSuchRow, WrongStage, NoRecusalHere, ReasonTooLong.
    """
    title = title_of(version.disclosure)
    if version.stage != Stage.SUBMITTED:
        refusal = rules.why_not_move(title, version.stage, Stage.REVIEWED, "申请回避")
        raise refusal or rules.UnderReview(title=title)
    if not takes_recusals(section_of(version), version.disclosure.subject):
        raise NoRecusalHere(title=title)
    too_long = rules.why_not_reason(reason, what="回避", least=0)
    if too_long:
        raise too_long
    thing = session.scalar(
        select(Thing)
        .join(LedgerRow, LedgerRow.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == LedgerRow.id)
        .where(VersionRow.version_id == version.id, Thing.number == min(number, LARGEST_ID))
    )
    if thing is None:
        raise rules.NoSuchRow(title=title, number=number)
    held = session.scalar(
        select(Recusal).where(
            Recusal.version_id == version.id, Recusal.thing_id == thing.id, Recusal.person_id == actor.person_id
        )
    )
    if held is None:
        session.add(
            Recusal(
                version_id=version.id,
                thing_id=thing.id,
                person_id=actor.person_id,
                reason=hide_numbers(one_line(reason)),
                declared_at=now,
            )
        )
        session.flush()
        detail = {"number": number} if by is None else {"number": number, "voter": actor.name}
        note(session, version, Event.RECUSAL_DECLARED, actor=by or actor, now=now, detail=detail)


def send_back(session: Session, version: Version, *, reason: str, actor: Actor, now: datetime) -> None:
    """Returns the version to the clerk with a reason of at least 10 characters; the votes cast so far are void."""
    refusal = rules.why_not_move(
        title_of(version.disclosure), version.stage, Stage.RETURNED, "退回"
    ) or rules.why_not_reason(reason, what="退回")
    if refusal:
        raise refusal
    version.return_reason = hide_numbers(one_line(reason))
    version.digest = None
    version.revision += 1
    move(
        session,
        version,
        Stage.RETURNED,
        Event.VERSION_RETURNED,
        verb="退回",
        actor=actor,
        now=now,
        detail={"reason": version.return_reason},
    )
