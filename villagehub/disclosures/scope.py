"""Finding disclosures and versions, with what the rules need to know about them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB
from villagehub.disclosures.models import Disclosure, Recusal, Version, VersionAuthor, VersionRow, Vote
from villagehub.disclosures.stages import OPEN_STAGES, Stage
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.period import Period
from villagehub.kernel.refused import NotFound
from villagehub.kernel.spoken import group_words
from villagehub.sections import section_named
from villagehub.sections.base import Section

ENTITY_WORDS = {"committee": "村民委员会", "collective": "村集体经济组织", "group": "村民小组"}
BODY_OF = {"committee": "村务监督委员会", "group": "村务监督委员会", "collective": "监事会"}
BOARD_OR_COMMITTEE: Final = "监事会或村务监督委员会"
"""Who may review the collective's books where the setting lets the committee do it too (decision 16)."""


def bodies_in(entity: str, posts: Iterable[str], *, joined: str) -> str:
    """The reviewing bodies to which these posts belong, the entity's own first: so that the committee never appears as the
    collective's own board. The entity's own where no post says otherwise.
    """
    held, own = list(posts), BODY_OF[entity]
    named = [body for body in dict.fromkeys((own, *BODY_OF.values())) if any(body in post for post in held)]
    return joined.join(named) or own


@dataclass(frozen=True, slots=True)
class Account:
    """The six words that name a disclosure (decision 1), before or after it exists."""

    village_id: int
    section: str
    period: Period
    entity: str = "committee"
    group_no: str = ""
    subject: str = ""


def account_of(disclosure: Disclosure) -> Account:
    """The six words of a disclosure that exists."""
    return Account(
        village_id=disclosure.village_id,
        section=disclosure.section,
        period=disclosure.period,
        entity=disclosure.entity,
        group_no=disclosure.group_no,
        subject=disclosure.subject,
    )


def title_of(account: Account | Disclosure) -> str:
    """The disclosure's name as a headline: ``2026年第三季度财务收支``."""
    section = section_named(account.section)
    subject = f"（{account.subject}）" if account.subject else ""
    whose = "" if account.entity == "committee" else f"{ENTITY_WORDS[account.entity]} "
    group = f"{group_words(account.group_no)} " if account.group_no else ""
    return f"{whose if not group else ''}{group}{account.period.label}{section.title}{subject}"


def find_disclosure(session: Session, account: Account) -> Disclosure | None:
    """The disclosure of these six words, if it has been opened."""
    return session.scalar(
        select(Disclosure).where(
            Disclosure.village_id == account.village_id,
            Disclosure.entity == account.entity,
            Disclosure.group_no == account.group_no,
            Disclosure.section == account.section,
            Disclosure.period == account.period,
            Disclosure.subject == account.subject,
        )
    )


def version_with_id(session: Session, version_id: int, *, lock: bool = False) -> Version:
    """The version, locked against others until the transaction ends if asked; raises NotFound."""
    version = session.get(Version, version_id, with_for_update=lock or None) if version_id <= LARGEST_ID else None
    if version is None:
        raise NotFound()
    return version


def publication_of(session: Session, village_id: int, number: int) -> Version | None:
    """The village's 第 N 号公开."""
    if number > LARGEST_ID:
        return None
    return session.scalar(select(Version).where(Version.village_id == village_id, Version.number == number))


def section_of(version: Version) -> Section:
    """The section whose rules the version follows."""
    return section_named(version.disclosure.section)


def open_version(session: Session, disclosure: Disclosure) -> Version | None:
    """The one version that is still being worked on."""
    return session.scalar(select(Version).where(Version.disclosure_id == disclosure.id, Version.stage.in_(OPEN_STAGES)))


def latest_published(session: Session, disclosure: Disclosure) -> Version | None:
    """The disclosure's newest published version."""
    return session.scalar(
        select(Version)
        .where(Version.disclosure_id == disclosure.id, Version.stage == Stage.PUBLISHED)
        .order_by(Version.number.desc())
        .limit(1)
    )


def last_published_before(session: Session, account: Account | Disclosure) -> Version | None:
    """The newest published version of the same account's period before; for registers, of any earlier period."""
    earlier = session.scalars(
        select(Disclosure).where(
            Disclosure.village_id == account.village_id,
            Disclosure.entity == account.entity,
            Disclosure.group_no == account.group_no,
            Disclosure.section == account.section,
            Disclosure.subject == account.subject,
        )
    )
    ordered = sorted((one for one in earlier if one.period < account.period), key=lambda one: one.period, reverse=True)
    for one in ordered:
        version = latest_published(session, one)
        if version is not None:
            return version
    return None


def authors_of(session: Session, version_id: int) -> set[int]:
    """Everyone who changed the draft."""
    return set(session.scalars(select(VersionAuthor.person_id).where(VersionAuthor.version_id == version_id)))


def votes_of(session: Session, version: Version) -> Sequence[Vote]:
    """The votes that bind to the version's present content, in the order in which they were cast."""
    return session.scalars(
        select(Vote).where(Vote.version_id == version.id, Vote.digest == (version.digest or "")).order_by(Vote.id)
    ).all()


def voters_on_behalf(session: Session, version_id: int) -> set[int]:
    """Reviewers whose newest vote on this version was cast at the command line for them (decision 25)."""
    cast = session.execute(
        select(JournalEntry.actor_id, JournalEntry.channel)
        .where(
            JournalEntry.event == Event.VOTE_CAST,
            JournalEntry.subject_kind == "version",
            JournalEntry.subject_id == version_id,
        )
        .order_by(JournalEntry.id)
    )
    newest = {person_id: channel for person_id, channel in cast if person_id is not None}
    return {person_id for person_id, channel in newest.items() if channel != WEB}


def hands_on(votes: Iterable[Vote]) -> set[int]:
    """Who voted, and who entered a vote from paper."""
    return {one.person_id for one in votes} | {one.entered_by for one in votes if one.entered_by is not None}


def recusals_of(session: Session, version_id: int) -> dict[int, set[int]]:
    """For each thing the persons who stand aside from it."""
    aside: dict[int, set[int]] = {}
    for one in session.scalars(select(Recusal).where(Recusal.version_id == version_id)):
        aside.setdefault(one.thing_id, set()).add(one.person_id)
    return aside


def links_of(session: Session, version_id: int) -> Sequence[VersionRow]:
    """The version's links in order."""
    return session.scalars(
        select(VersionRow).where(VersionRow.version_id == version_id).order_by(VersionRow.position)
    ).all()
