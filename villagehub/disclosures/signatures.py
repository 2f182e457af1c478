"""Who signed a version and how, who sits in the reviewing body, and whether the quorum can still be reached."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.elections import SUBSTITUTE_WORDS
from villagehub.accounts.models import Appointment, ElectionSubstitute, Person, StandIn
from villagehub.accounts.queries import in_force
from villagehub.accounts.roles import REVIEWERS, Role, post_words
from villagehub.disclosures import rules
from villagehub.disclosures.models import Version
from villagehub.disclosures.redacted import STUB
from villagehub.disclosures.review_models import SignedSheetVote
from villagehub.disclosures.scope import authors_of, bodies_in, recusals_of, voters_on_behalf, votes_of
from villagehub.disclosures.stages import Stage


@dataclass(frozen=True, slots=True)
class VoteLine:
    """One vote."""

    person_id: int
    name: str
    post: str
    agrees: bool
    objection: str
    on_paper: bool
    on_behalf: bool
    """Cast at the command line for this person: 代为操作."""
    entered_by: str
    """Who typed the paper's signature in."""
    sheet_id: int | None
    """The photograph it was read from."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who sits in the reviewing body."""

    person_id: int
    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the signatures of a submitted version have come."""

    missing: int
    unsigned: tuple[str, ...]
    """Members who may sign and have not."""
    out_of_members: bool
    """Even if all of them sign, the quorum is not reached: the township names a substitute (decision 17)."""


def list_votes(session: Session, version: Version) -> tuple[VoteLine, ...]:
    """The votes on the version's present content, in the order in which they were cast."""
    votes, absent = votes_of(session, version), voters_on_behalf(session, version.id)
    names = names_of(session, {one.person_id for one in votes} | {one.entered_by for one in votes if one.entered_by})
    wanted = select(SignedSheetVote).where(SignedSheetVote.vote_id.in_([one.id for one in votes]))
    sheets = {one.vote_id: one.sheet_id for one in session.scalars(wanted)}
    return tuple(
        VoteLine(
            person_id=one.person_id,
            name=names[one.person_id],
            post=one.post,
            agrees=one.agrees,
            objection=one.objection or (STUB if one.erasure_id is not None else ""),
            on_paper=one.on_paper,
            on_behalf=not one.on_paper and one.person_id in absent,
            entered_by=names[one.entered_by] if one.on_paper and one.entered_by else "",
            sheet_id=sheets.get(one.id),
            at=one.cast_at,
        )
        for one in votes
    )


def members_of(session: Session, version: Version, today: date, *, board_only: bool) -> dict[int, Member]:
    """Who sits in the version's reviewing body today, by person; with ``board_only`` the collective's is its board alone."""
    entity = version.disclosure.entity
    general = [] if board_only and entity == "collective" else [""]
    found = session.execute(
        select(Appointment, Person, StandIn, ElectionSubstitute)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(StandIn, StandIn.appointment_id == Appointment.id)
        .outerjoin(ElectionSubstitute, ElectionSubstitute.appointment_id == Appointment.id)
        .where(
            Appointment.place_id == version.village_id,
            Appointment.role.in_([role.value for role in REVIEWERS]),
            Appointment.entity.in_([*general, entity, *(["committee"] if entity == "group" else [])]),
            Person.disabled_at.is_(None),
        )
        .order_by(Appointment.id)
    )
    held = [one for one in found if in_force(one[0], today)]
    # Of two posts the one for this very entity is named.
    nearest = sorted(held, key=lambda one: one[0].entity == entity)
    replaced = names_of(session, {one.for_person_id for _, _, one, _ in held if one})
    return {
        person.id: Member(
            person.id,
            person.name,
            post_words(Role(post.role), post.entity)
            + (f"（临时代{replaced[stand_in.for_person_id][:20]}）" if stand_in else "")
            + (f"（{SUBSTITUTE_WORDS}）" if substitute else ""),
        )
        for post, person, stand_in, substitute in nearest
    }


def body_of(session: Session, version: Version, *, today: date, board_only: bool) -> str:
    """Who signed the version; while it still wants signatures, who sits there to give them: ``监事会``, or the committee
    where it stands in for the board.
    """
    entity = version.disclosure.entity
    if version.stage in (Stage.REVIEWED, Stage.PUBLISHED):
        return bodies_in(entity, [one.post for one in votes_of(session, version)], joined="和")
    seated = members_of(session, version, today, board_only=board_only).values()
    return bodies_in(entity, [one.post for one in seated], joined="或")


def standing_of(session: Session, version: Version, *, today: date, board_only: bool) -> Standing:
    """Who has not signed yet, and how many are missing; nothing is missing once the version has left the reviewers."""
    done = {one.person_id for one in votes_of(session, version)} | authors_of(session, version.id)
    unsigned = {one.person_id: one.name for one in members_of(session, version, today, board_only=board_only).values()}
    unsigned = {person_id: name for person_id, name in unsigned.items() if person_id not in done}
    if version.stage != Stage.SUBMITTED:
        return Standing(0, tuple(unsigned.values()), False)
    missing = missing_votes(session, version)
    return Standing(missing, tuple(unsigned.values()), missing_votes(session, version, unsigned) > 0)


def missing_votes(session: Session, version: Version, further: Collection[int] = ()) -> int:
    """Agreeing votes still missing, rows with recusals included; also if ``further`` people agreed."""
    cast = [(one.person_id, one.agrees) for one in votes_of(session, version)] + [(one, True) for one in further]
    seats = _seats_of(session, version.village_id)
    ballots = [rules.Ballot(person_id, agrees, seats.get(person_id, person_id)) for person_id, agrees in cast]
    return rules.votes_missing(ballots, recusals_of(session, version.id), version.votes_needed or 1)


def _seats_of(session: Session, village_id: int) -> dict[int, int]:
    """For each person who only ever filled in for a reviewer of the village: for whom."""
    found = session.execute(
        select(Appointment.person_id, StandIn.for_person_id)
        .outerjoin(StandIn, StandIn.appointment_id == Appointment.id)
        .where(Appointment.place_id == village_id, Appointment.role.in_([role.value for role in REVIEWERS]))
        .order_by(Appointment.id)
    ).all()
    own = {person_id for person_id, instead_of in found if instead_of is None}
    return {person_id: instead_of for person_id, instead_of in found if instead_of is not None and person_id not in own}


def names_of(session: Session, ids: Collection[int]) -> dict[int, str]:
    """People's names by id."""
    return {one.id: one.name for one in session.scalars(select(Person).where(Person.id.in_(ids)))}
