"""Verbs of a package: tick a page, sign everything at once, take over what was signed on paper (decision 18).

All or nothing, in the caller's transaction: one signature that is refused leaves none behind.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures import rules
from villagehub.disclosures.models import Recusal, Thing, Version, VersionRow, Vote
from villagehub.disclosures.models import Row as LedgerRow
from villagehub.disclosures.moves import note
from villagehub.disclosures.office import Hand, cast_vote, hold
from villagehub.disclosures.public_words import Discretion
from villagehub.disclosures.reading import pages_of, tick, ticked_pages
from villagehub.disclosures.review_models import SignedSheet, SignedSheetVote
from villagehub.disclosures.review_rules import (
    AuthorOnPaper,
    NobodySigned,
    NotAMember,
    NothingToSign,
    SheetDiffers,
    SignedOtherwise,
    why_not_all_seen,
)
from villagehub.disclosures.reviewing import cast, close_if_signed, stand_aside
from villagehub.disclosures.scope import authors_of, bodies_in, title_of, version_with_id, votes_of
from villagehub.disclosures.signatures import Member, members_of, names_of
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.steps import Step
from villagehub.journal import Event
from villagehub.kernel.clock import local_day
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage.tables import hold_file


@dataclass(frozen=True, slots=True)
class Answer:
    """A reviewer's answer to one version: the revision they had before them, and why they object (empty: they agree)."""

    version_id: int
    revision: int
    objection: str = ""


@dataclass(frozen=True, slots=True)
class PaperSigner:
    """What the sheet shows of one member."""

    person_id: int
    objection: str = ""
    """Empty: they agreed."""
    aside: str = ""
    """Permanent numbers of rows that they stand aside from, as typed."""


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """The photograph as it lies in the vault."""

    sha256: str
    size: int
    width: int
    height: int


def tick_page(session: Session, version_id: int, page: int, hand: Hand) -> None:
    """Notes 我看过 for one page of the version's rows."""
    version = hold(session, version_id, Step.READ, hand, seen=hand.seen)
    if version is not None:
        tick(session, version, page, person_id=hand.actor.person_id, now=hand.now)


def sign_package(session: Session, village_id: int, answers: Sequence[Answer], hand: Hand) -> None:
    """Signs all these versions at once; what the person signed before stays as it is (a double click).

    Raises NothingToSign, NotAllSeen, ReasonMissing, ChangedMeanwhile and what ``cast_vote`` raises.
    """
    if not answers:
        raise NothingToSign()
    for one in sorted(answers, key=lambda answer: answer.version_id):
        version = _of_village(session, one.version_id, village_id)
        mine = any(vote.person_id == hand.actor.person_id for vote in votes_of(session, version))
        ticked = ticked_pages(session, version, hand.actor.person_id)
        me = Hand(hand.actor, hand.policy, hand.now, one.revision)
        if not mine:
            # The gate's own refusals (not their body, already published …) come before the ticks.
            hold(session, version.id, Step.VOTE, me, seen=me.seen)
            refusal = why_not_all_seen(
                title_of(version.disclosure), pages=pages_of(session, version), ticked=ticked
            ) or _why_not_short(one.objection)
            if refusal:
                raise refusal
        cast_vote(session, version.id, me, agrees=not one.objection.strip(), objection=one.objection)


def _why_not_short(objection: str) -> Refused | None:
    return rules.why_not_reason(objection, what="不同意") if objection.strip() else None


def record_sheet(
    session: Session,
    village_id: int,
    versions: Mapping[int, int],
    signers: Sequence[PaperSigner],
    picture: SheetPicture,
    hand: Hand,
) -> None:
    """Takes over the signatures of a photographed 审核表, for these versions (id → revision seen), as 纸上签字.

    What a signer has signed before, on a phone or on paper, stays as it is. Raises NothingToSign, NobodySigned, NotAMember,
    AuthorOnPaper, SignedOtherwise (nothing on the sheet is new), SheetDiffers, NoSuchRow, ReasonMissing.
    """
    if not versions:
        raise NothingToSign()
    if not signers:
        raise NobodySigned()
    written: list[Vote] = []
    clicked_twice = False
    asides = {one.person_id: _numbers(one.aside) for one in signers}
    placed: set[tuple[int, int]] = set()
    for version_id, revision in sorted(versions.items()):
        _of_village(session, version_id, village_id)
        version = hold(session, version_id, Step.RECORD, hand, seen=revision)
        if (
            version is None
        ):  # signed through, and this hand entered signatures: perhaps by a first click on this very sheet
            _must_be_stored(session, version_with_id(session, version_id), signers, asides)
            placed |= {(one.person_id, number) for one in signers for number in asides[one.person_id]}
            clicked_twice = True
            continue
        members = members_of(session, version, local_day(hand.now), board_only=hand.policy.board_only)
        rows, discretion = _numbers_in(session, version_id), Discretion(session, version)
        for one in signers:
            held = _vote_of(session, version, one.person_id)
            if held is not None:
                _must_be_the_same(session, version, held, one, asides[one.person_id] & rows, discretion)
                placed |= {(one.person_id, number) for number in asides[one.person_id] & rows}
                clicked_twice |= held.on_paper and held.entered_by == hand.actor.person_id
                continue
            member = _member(session, version, members, one.person_id)
            voter = Actor(member.person_id, member.name)
            for number in sorted(asides[one.person_id] & rows):
                why = "审核表上写明回避"
                stand_aside(session, version, number, reason=why, actor=voter, now=hand.now, by=hand.actor)
                placed.add((one.person_id, number))
            written.append(
                cast(
                    session,
                    version,
                    agrees=not one.objection.strip(),
                    objection=one.objection,
                    post=member.post,
                    voter=voter,
                    by=hand.actor,
                    now=hand.now,
                    on_paper=True,
                    discretion=discretion,
                )
            )
        close_if_signed(session, version, actor=hand.actor, now=hand.now)
    for one in signers:
        lost = sorted(number for number in asides[one.person_id] if (one.person_id, number) not in placed)
        if lost:
            raise rules.NoSuchRow(title="这一批", number=lost[0])
    if written:
        _keep_sheet(session, village_id, written, picture, hand)
    elif not clicked_twice:
        raise SignedOtherwise()


def _member(session: Session, version: Version, members: Mapping[int, Member], person_id: int) -> Member:
    """The signer as a member of the body who is no author."""
    member = members.get(person_id)
    if member is None:
        raise NotAMember(
            name="所选的人",
            body=bodies_in(version.disclosure.entity, [one.post for one in members.values()], joined="或"),
        )
    if person_id in authors_of(session, version.id):
        raise AuthorOnPaper(title=title_of(version.disclosure), name=member.name)
    return member


def _must_be_stored(
    session: Session, version: Version, signers: Sequence[PaperSigner], asides: Mapping[int, Collection[int]]
) -> None:
    """The second click on a sheet that closed the review: everything on it is stored. Raises WrongStage, SheetDiffers."""
    rows, discretion = _numbers_in(session, version.id), Discretion(session, version)
    for one in signers:
        held = _vote_of(session, version, one.person_id)
        if held is None:
            refusal = rules.why_not_move(title_of(version.disclosure), version.stage, Stage.REVIEWED, "录签字")
            raise refusal or rules.UnderReview(title=title_of(version.disclosure))
        _must_be_the_same(session, version, held, one, set(asides[one.person_id]) & rows, discretion)


def _must_be_the_same(
    session: Session,
    version: Version,
    held: Vote,
    signer: PaperSigner,
    asides: Collection[int],
    discretion: Discretion,
) -> None:
    """Raises SheetDiffers where the sheet would say something new of somebody who signed before: it must not be lost."""
    stood = {
        number
        for number, person_id in session.execute(
            select(Thing.number, Recusal.person_id)
            .join(Recusal, Recusal.thing_id == Thing.id)
            .where(Recusal.version_id == version.id)
        )
        if person_id == signer.person_id
    }
    same = held.agrees is not bool(signer.objection.strip()) and (
        held.agrees or held.objection == discretion.said(signer.objection)
    )
    if not same or set(asides) - stood:
        name = names_of(session, [signer.person_id])[signer.person_id]
        raise SheetDiffers(title=title_of(version.disclosure), name=name)


def _vote_of(session: Session, version: Version, person_id: int) -> Vote | None:
    return next((one for one in votes_of(session, version) if one.person_id == person_id), None)


def _keep_sheet(session: Session, village_id: int, votes: Collection[Vote], picture: SheetPicture, hand: Hand) -> None:
    hold_file(session, picture.sha256, picture.size, now=hand.now)
    sheet = SignedSheet(
        village_id=village_id,
        sha256=picture.sha256,
        width=picture.width,
        height=picture.height,
        entered_by=hand.actor.person_id,
        entered_at=hand.now,
    )
    session.add(sheet)
    session.flush()
    session.add_all(SignedSheetVote(vote_id=one.id, sheet_id=sheet.id) for one in votes)
    session.flush()
    for version_id in sorted({one.version_id for one in votes}):
        version = version_with_id(session, version_id)
        note(session, version, Event.SHEET_ENTERED, actor=hand.actor, now=hand.now, detail={"sha256": picture.sha256})


def _of_village(session: Session, version_id: int, village_id: int) -> Version:
    """The version, if it is this village's: one transaction never locks two villages."""
    version = version_with_id(session, version_id)
    if version.village_id != village_id:
        raise NotFound()
    return version


def _numbers(typed: str) -> set[int]:
    return {int(one) if len(one) < 16 else LARGEST_ID for one in re.findall(r"[0-9]+", typed)}


def _numbers_in(session: Session, version_id: int) -> set[int]:
    found = session.scalars(
        select(Thing.number)
        .join(LedgerRow, LedgerRow.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == LedgerRow.id)
        .where(VersionRow.version_id == version_id)
    )
    return set(found)
