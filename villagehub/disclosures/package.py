"""Packages as reviewers see them: everything of one village, body and due date that waits for signatures (decision 18)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.elections import ElectionLine, election_of
from villagehub.disclosures.models import Row, Version, VersionRow
from villagehub.disclosures.one_version import list_history, list_totals
from villagehub.disclosures.package_key import NO_DAY, PackageKey, body_key
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.queries import Line, list_open
from villagehub.disclosures.reading import pages_of, ticked_pages
from villagehub.disclosures.review_rules import NoSuchPackage
from villagehub.disclosures.scope import bodies_in, recusals_of, section_of, version_with_id, votes_of
from villagehub.disclosures.signatures import Member, Standing, VoteLine, list_votes, members_of, standing_of
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.steps import Step, why_not_step
from villagehub.kernel.codes import seal_code
from villagehub.kernel.refused import Refused
from villagehub.places.queries import VillageFacts, read_village_by_id


@dataclass(frozen=True, slots=True)
class Item:
    """One version of a package."""

    line: Line
    revision: int
    known: int
    """The newest line of the history; the form carries it, so that a refused reviewer is told what came after."""
    content_code: str
    """The first characters of the content's digest, as the printed 审核表 has them: for comparing by eye."""
    reason: str
    """Why a publication is corrected."""
    totals: tuple[tuple[str, str], ...]
    pages: int
    ticked: int
    refusal: Refused | None
    """Why the reader may not sign it now; None: it waits for them."""
    my_vote: bool | None
    votes: tuple[VoteLine, ...]
    standing: Standing
    asks: int
    """Rows in which somebody of the reader's name stands and that they have not stood aside from."""

    @property
    def mine(self) -> bool:
        """Whether it waits for the reader's signature."""
        return self.refusal is None

    @property
    def seen(self) -> bool:
        """Whether the reader has ticked every page."""
        return self.ticked >= self.pages

    @property
    def waiting_words(self) -> str:
        """``王桂芳 还没签，差 1 人``; empty once the quorum is there."""
        if not self.standing.missing:
            return ""
        who = "、".join(self.standing.unsigned)
        return f"{who} 还没签，差 {self.standing.missing} 人" if who else f"差 {self.standing.missing} 人"


@dataclass(frozen=True, slots=True)
class Package:
    """Everything of one village, body and day."""

    village: VillageFacts
    key: PackageKey
    body: str
    due: date | None
    due_words: str
    late: bool
    items: tuple[Item, ...]
    members: tuple[Member, ...]
    election: ElectionLine | None
    """The body is being elected; others named by the township review meanwhile."""

    @property
    def mine(self) -> tuple[Item, ...]:
        """What waits for the reader's signature."""
        return tuple(one for one in self.items if one.mine)

    @property
    def heading(self) -> str:
        """What waits for the reader, by its name or its number; where nothing does, how many there are."""
        named = self.mine or self.items
        if len(named) == 1:
            return f"审核：{named[0].line.title}"
        return f"{len(named)} 件一起审核" if self.mine else f"这一批 {len(named)} 件"

    @property
    def others(self) -> tuple[Item, ...]:
        """What the reader signed already or may not sign."""
        return tuple(one for one in self.items if not one.mine)

    @property
    def open_items(self) -> tuple[Item, ...]:
        """What still needs signatures, whosever."""
        return tuple(one for one in self.items if one.line.stage is Stage.SUBMITTED)

    def signed_all(self, person_id: int) -> bool:
        """Whether this member has signed everything that is still open."""
        return all(any(vote.person_id == person_id for vote in one.votes) for one in self.open_items)

    @property
    def unread(self) -> tuple[Item, ...]:
        """What waits for the reader and is not read to the end."""
        return tuple(one for one in self.mine if not one.seen)


def list_packages(
    session: Session, villages: Collection[int], *, actor: Actor, policy: Policy, today: date
) -> list[Package]:
    """All packages of these villages that still need signatures: the reader's first, then by due date."""
    found: dict[tuple[int, PackageKey], list[tuple[Line, Version]]] = {}
    for line in list_open(session, villages, today=today):
        if line.stage is Stage.SUBMITTED:
            version = version_with_id(session, line.version_id)
            found.setdefault((version.village_id, _key(line, version)), []).append((line, version))
    packages = [
        _package(session, village_id, key, held, actor=actor, policy=policy, today=today)
        for (village_id, key), held in found.items()
    ]
    return sorted(packages, key=lambda one: (not one.mine, one.due or date.max, one.village.code, one.key.body))


def read_package(
    session: Session, village_id: int, key: PackageKey, *, actor: Actor, policy: Policy, today: date
) -> Package:
    """One package, with what is signed and waits for the publisher; raises NoSuchPackage."""
    held = []
    for line in list_open(session, [village_id], today=today):
        if line.stage in (Stage.SUBMITTED, Stage.REVIEWED):
            version = version_with_id(session, line.version_id)
            if _key(line, version) == key:
                held.append((line, version))
    if not held:
        raise NoSuchPackage()
    return _package(session, village_id, key, held, actor=actor, policy=policy, today=today)


def _key(line: Line, version: Version) -> PackageKey:
    return PackageKey(body_key(version.disclosure.entity), line.due.day.isoformat() if line.due else NO_DAY)


def _package(
    session: Session,
    village_id: int,
    key: PackageKey,
    held: Sequence[tuple[Line, Version]],
    *,
    actor: Actor,
    policy: Policy,
    today: date,
) -> Package:
    first = held[0][0]
    members: dict[int, Member] = {}
    for _, version in held:
        members.update(members_of(session, version, today, board_only=policy.board_only))
    return Package(
        village=read_village_by_id(session, village_id),
        key=key,
        body=bodies_in(held[0][1].disclosure.entity, [one.post for one in members.values()], joined="或"),
        due=first.due.day if first.due else None,
        due_words=first.due_words,
        late=first.late,
        items=tuple(_item(session, line, version, actor=actor, policy=policy, today=today) for line, version in held),
        members=tuple(members.values()),
        election=election_of(session, village_id, held[0][1].disclosure.entity, today=today),
    )


def _item(session: Session, line: Line, version: Version, *, actor: Actor, policy: Policy, today: date) -> Item:
    pages, history = pages_of(session, version), list_history(session, version)
    return Item(
        line=line,
        revision=version.revision,
        known=history[0].seq if history else 0,
        content_code=seal_code(bytes.fromhex(version.digest or "")) if version.digest else "",
        reason=version.reason,
        totals=list_totals(version),
        pages=pages,
        ticked=len(ticked_pages(session, version, actor.person_id)),
        refusal=why_not_step(session, version, Step.VOTE, actor=actor, policy=policy),
        my_vote=next((one.agrees for one in votes_of(session, version) if one.person_id == actor.person_id), None),
        votes=list_votes(session, version),
        standing=standing_of(session, version, today=today, board_only=policy.board_only),
        asks=_asks(session, version, actor),
    )


def _asks(session: Session, version: Version, actor: Actor) -> int:
    """How many rows name somebody like the reader; a name only asks, it decides nothing (decision 17)."""
    names = [one.name for one in section_of(version).fields if one.interest]
    if not names or not actor.name:
        return 0
    aside = {thing for thing, people in recusals_of(session, version.id).items() if actor.person_id in people}
    rows = session.execute(
        select(Row.thing_id, Row.facts)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version.id)
    )
    return sum(
        1 for thing_id, facts in rows if thing_id not in aside and any(facts.get(name) == actor.name for name in names)
    )
