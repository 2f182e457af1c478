"""What a publication says of each vote, and whether votes, sealed reviews and journal still say the same of it."""

from collections.abc import Collection, Mapping, Sequence
from itertools import takewhile
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB
from villagehub.accounts.models import Person
from villagehub.disclosures.models import Version, VersionFact, Vote
from villagehub.disclosures.redacted import OBJECTION, REVIEW
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.kernel.canonical import one_line

Entries = Mapping[int, JournalEntry]
"""The journal's entry of each vote on a version, by the vote's id, in the order in which they were cast."""


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


def noted_of(vote: Vote, voter: str) -> dict[str, Any]:
    """What the journal has of a vote beside who acted and when, so that nobody can rewrite the vote alone."""
    detail: dict[str, Any] = {"agrees": vote.agrees, "on_paper": vote.on_paper, "post": vote.post}
    return detail | ({"voter": voter, "voter_id": vote.person_id} if vote.on_paper else {})


def read_entries(session: Session, version: Version, present: Sequence[Vote]) -> Entries | None:
    """The journal's entries of a published version's votes; None where the two do not say the same of each vote.

    The publication's leaf seals the journal up to then, and all that this looks at: who acted, when, and how it was noted. The
    journal has one entry for each vote, in the same order. ``present`` are the votes on the published content, which no other
    vote can follow.
    """
    votes = session.scalars(select(Vote).where(Vote.version_id == version.id).order_by(Vote.id)).all()
    entries = _cast_on(session, version)
    if len(votes) != len(entries) or not all(map(_same, votes, entries)):
        return None
    if [one.id for one in votes[len(votes) - len(present) :]] != [one.id for one in present]:
        return None
    found = {vote.id: entry for vote, entry in zip(votes, entries, strict=True)}
    return None if any(_is_anothers(session, vote, found[vote.id]) for vote in votes) else found


def says_as_cast(fact: VersionFact, votes: Sequence[Vote], entries: Entries) -> bool:
    """Whether a review still is what was signed. ``votes``: on the published content, in their order.

    With its salt the seal proves the fact, the names in it too, and the vote must say the same of all else. Without it nothing
    proves what is left of a redacted review, so all of it must be what publishing would write, with the journal's names.
    """
    vote = votes[int(fact.name.removeprefix(REVIEW)) - 1]
    redacted = fact.salt is None
    if fact.value is None or redacted is not (vote.erasure_id is not None):
        return False
    newest = {one.actor_id: one.channel for one in entries.values()}
    absent = {person_id for person_id, channel in newest.items() if person_id is not None and channel != WEB}
    name, entered_by = _names_in(entries[vote.id], vote)
    wrote = _plain(review_of(vote, name, entered_by, absent))
    said = _plain(fact.value)
    if not redacted:
        named = ("name", "entered_by")
        return all(wrote[key] == held for key, held in said.items() if key in wrote and key not in named)
    if "on_behalf" not in said and not wrote["on_behalf"]:  # sealed before a review said so
        del wrote["on_behalf"]
    return not vote.objection and said == wrote | {OBJECTION: None}


def _cast_on(session: Session, version: Version) -> list[JournalEntry]:
    """In the order of their numbers, which the chain covers as it covers no id; none that was added after the publication."""
    wanted = select(JournalEntry).where(
        JournalEntry.village_id == version.village_id,
        JournalEntry.subject_kind == "version",
        JournalEntry.subject_id == version.id,
        JournalEntry.event.in_((Event.VOTE_CAST, Event.VERSION_PUBLISHED)),
    )
    found = session.scalars(wanted.order_by(JournalEntry.seq))
    return list(takewhile(lambda one: one.event == Event.VOTE_CAST, found))


def _same(vote: Vote, entry: JournalEntry) -> bool:
    """Whether the journal noted this very vote."""
    by_another = vote.on_paper and "voter" in entry.detail
    return (
        entry.at == vote.cast_at
        and entry.actor_id == (vote.entered_by if by_another else vote.person_id)
        and (vote.on_paper or vote.entered_by is None)
        and (entry.detail.get("agrees"), entry.detail.get("on_paper")) == (vote.agrees, vote.on_paper)
        and entry.detail.get("post", vote.post) == vote.post
        and entry.detail.get("voter_id", vote.person_id) == vote.person_id
    )


def _is_anothers(session: Session, vote: Vote, entry: JournalEntry) -> bool:
    """Of a signature on paper the journal had the name alone in the beginning: whether it is that of another person."""
    name = entry.detail.get("voter")
    if not vote.on_paper or name is None or "voter_id" in entry.detail:
        return False
    if session.get_one(Person, vote.person_id).name == name:
        return False
    return bool(session.scalar(select(exists().where(Person.name == name))))


def _names_in(entry: JournalEntry, vote: Vote) -> tuple[str, str]:
    """Who cast the vote and who entered it, by the journal's names, which nothing changes later."""
    if not vote.on_paper:
        return entry.actor_name, ""
    return entry.detail.get("voter", entry.actor_name), entry.actor_name


def _plain(review: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one_line(held) if isinstance(held, str) else held for key, held in review.items()}
