"""What a publication says of each vote, and whether it still says that when part of it can no longer be proved by its seal."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Version, VersionFact, Vote
from villagehub.disclosures.redacted import OBJECTION, REVIEW
from villagehub.disclosures.scope import voters_on_behalf
from villagehub.disclosures.signatures import names_of
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.kernel.canonical import one_line


def review_of(vote: Vote, name: str, entered_by: str, absent: Collection[int]) -> dict[str, Any]:
    """The sealed fact of one vote. ``entered_by``: who typed it in from paper; ``absent``: whose vote was cast at the command
    line for them.
    """
    made: dict[str, Any] = {
        "name": name,
        "post": vote.post,
        "agrees": vote.agrees,
        OBJECTION: vote.objection,
        "on_paper": vote.on_paper,
        "on_behalf": not vote.on_paper and vote.person_id in absent,
    }
    return made | ({"entered_by": entered_by} if vote.on_paper and vote.entered_by else {})


def says_as_cast(session: Session, version: Version, fact: VersionFact, votes: Sequence[Vote]) -> bool:
    """Whether a review still is what was signed. ``votes``: on the published content, in their order.

    With its salt the seal proves the fact, and the vote must have the same words. Without it nothing proves what is left of a
    redacted review, so all of it must be what publishing would write, with the names that the journal has for the vote.
    """
    vote = votes[int(fact.name.removeprefix(REVIEW)) - 1]
    if fact.value is None:
        return False
    if fact.salt is not None:
        return vote.erasure_id is None and bool(vote.objection == fact.value[OBJECTION])
    if vote.erasure_id is None or vote.objection:
        return False
    name, entered_by = _names_at(session, version)[vote.id]
    wrote = review_of(vote, name, entered_by, voters_on_behalf(session, version.id)) | {OBJECTION: None}
    return _plain(fact.value) == _plain(wrote)


def _plain(review: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one_line(held) if isinstance(held, str) else held for key, held in review.items()}


def _names_at(session: Session, version: Version) -> dict[int, tuple[str, str]]:
    """For each vote on the version who cast it and who entered it, by the journal's names, which nothing changes later. The
    journal has one entry for each vote, in the same order; where it has not, by their names today.
    """
    votes = session.scalars(select(Vote).where(Vote.version_id == version.id).order_by(Vote.id)).all()
    wanted = (
        JournalEntry.event == Event.VOTE_CAST,
        JournalEntry.subject_kind == "version",
        JournalEntry.subject_id == version.id,
    )
    entries = session.scalars(select(JournalEntry).where(*wanted).order_by(JournalEntry.id)).all()
    now = names_of(session, {one.person_id for one in votes} | {one.entered_by for one in votes if one.entered_by})
    found = {one.id: (now[one.person_id], now.get(one.entered_by or 0, "")) for one in votes}
    if [one.cast_at for one in votes] == [one.at for one in entries]:
        for vote, entry in zip(votes, entries, strict=True):
            name = entry.detail.get("voter", found[vote.id][0]) if vote.on_paper else entry.actor_name
            found[vote.id] = (name, entry.actor_name if vote.on_paper else "")
    return found
