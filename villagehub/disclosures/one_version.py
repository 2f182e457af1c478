"""One version in full, as the clerk, the reviewers and the publisher see it. A frozen page comes out, ready to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB, Actor
from villagehub.accounts.elections import ElectionLine, election_of
from villagehub.disclosures.aggregates import is_aggregate, whole_totals
from villagehub.disclosures.due import Due, due_of
from villagehub.disclosures.hidden import PRIVACY, TAKEN_DOWN, hide_of
from villagehub.disclosures.models import Version
from villagehub.disclosures.package_key import NO_DAY, PackageKey, body_key
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.reading import ticked_pages
from villagehub.disclosures.review_rules import takes_recusals
from villagehub.disclosures.row_lines import (
    ROWS_A_PAGE,
    Change,
    Heading,
    HistoryLine,
    RowLine,
    count_rows,
    list_changes,
    list_rows,
)
from villagehub.disclosures.scope import (
    ENTITY_WORDS,
    account_of,
    authors_of,
    latest_published,
    section_of,
    title_of,
    version_with_id,
)
from villagehub.disclosures.signatures import VoteLine, body_of, list_votes, names_of, standing_of
from villagehub.disclosures.stages import KIND_WORDS, OPEN_STAGES, REASON_WORDS, STAGE_WORDS, Stage, VersionKind
from villagehub.disclosures.steps import STEPS_AT, VERBS, Step, why_not_step
from villagehub.disclosures.wording import (
    days_words,
    event_words,
    total_shown,
    total_words,
    words_of_totals,
)
from villagehub.journal import CLOCK
from villagehub.journal.models import JournalEntry
from villagehub.kernel.refused import Refused
from villagehub.kernel.segments import page_path
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.sections import section_named
from villagehub.sections.base import Shape


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that the version's stage knows, and why this reader may not take it."""

    step: Step
    verb: str
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Everything about one version."""

    id: int
    village: VillageFacts
    title: str
    section: str
    section_title: str
    period: str
    entity: str
    group_no: str
    subject: str
    entity_words: str
    body: str
    stage: Stage
    stage_words: str
    kind: VersionKind
    kind_words: str
    hidden: str
    """Of what is public and was taken down: what villagers read in its place now; else empty."""
    hidden_for: str
    """The cause of that: ``privacy`` or ``other``; else empty."""
    number: int | None
    corrects: int | None
    """The number of the publication that this version corrects."""
    newest: int | None
    """The number of the disclosure's newest publication."""
    reason_code: str
    reason_words: str
    reason: str
    return_reason: str
    revision: int
    upload_id: int | None
    """The upload that last filled it, whose page says what was confirmed and mended."""
    seen: int
    """The newest line of the history; forms carry it, so that a second person can be told what came after."""
    due: Due | None
    due_words: str
    totals: tuple[tuple[str, str], ...]
    balances: Mapping[str, int | None]
    is_flow: bool
    aggregate: bool
    """Nobody's row becomes public: only how many and how much (decision 11)."""
    headings: tuple[Heading, ...]
    rows: tuple[RowLine, ...]
    rows_total: int
    page: int
    pages: int
    changes: tuple[Change, ...]
    authors: tuple[str, ...]
    votes: tuple[VoteLine, ...]
    votes_missing: int
    unsigned: tuple[str, ...]
    """Members of the reviewing body who may sign and have not."""
    out_of_members: bool
    """Even if all of them sign, the quorum is not reached (recusals)."""
    history: tuple[HistoryLine, ...]
    steps: Mapping[str, StepLine]
    my_vote: bool | None
    reader: str
    """The name of whoever reads the page."""
    recusable: bool
    """Somebody can have an interest in rows of this kind."""
    ticked: tuple[int, ...]
    """Pages of rows that the reader ticked 我看过."""
    election: ElectionLine | None
    """The reviewing body is being elected; only before publication."""
    package: PackageKey
    """With which others it is signed."""
    public_path: str
    """Where villagers read the newest publication of it."""

    def step(self, name: str) -> StepLine | None:
        """The step, if the stage knows it."""
        return self.steps.get(name)

    def may(self, name: str) -> bool:
        """Whether the reader may take the step now."""
        found = self.steps.get(name)
        return found is not None and found.refusal is None

    @property
    def may_be_hidden(self) -> bool:
        """Public, or taken down for another cause than personal information, which may come back within the day."""
        return self.stage is Stage.PUBLISHED and self.hidden_for != PRIVACY

    @property
    def has_slips(self) -> bool:
        """A published list of persons that no correction has taken the place of: slips may be printed of it."""
        listed = section_named(self.section).persons and self.rows_total > 0
        return listed and self.stage is Stage.PUBLISHED and self.number == self.newest


def read_version(
    session: Session, version_id: int, *, actor: Actor, policy: Policy, today: date, page: int = 1
) -> VersionPage:
    """The version as this reader may see it. The caller has checked that the village is theirs; raises NotFound."""
    version = version_with_id(session, version_id)
    village = read_village_by_id(session, version.village_id)
    disclosure, section = version.disclosure, section_of(version)
    stage, kind = Stage(version.stage), VersionKind(version.kind)
    former = session.get(Version, version.supersedes_id) if version.supersedes_id else None
    newest = latest_published(session, disclosure)
    total = count_rows(session, version.id)
    pages = max(1, -(-total // ROWS_A_PAGE))
    page = min(max(1, page), pages)
    due = due_of(session, account_of(disclosure)) if not former else None
    headings, rows = list_rows(session, version, actor=actor, page=page)
    votes, standing = (
        list_votes(session, version),
        standing_of(session, version, today=today, board_only=policy.board_only),
    )
    authors = names_of(session, authors_of(session, version.id))
    history = list_history(session, version)
    hide = hide_of(session, version)
    return VersionPage(
        id=version.id,
        village=village,
        title=title_of(disclosure),
        section=section.name,
        section_title=section.title,
        period=str(disclosure.period),
        entity=disclosure.entity,
        group_no=disclosure.group_no,
        subject=disclosure.subject,
        entity_words=ENTITY_WORDS[disclosure.entity],
        body=body_of(session, version, today=today, board_only=policy.board_only),
        stage=stage,
        stage_words=TAKEN_DOWN if hide else STAGE_WORDS[stage],
        kind=kind,
        kind_words=KIND_WORDS[kind],
        hidden=hide.words if hide else "",
        hidden_for=hide.cause if hide else "",
        number=version.number,
        corrects=former.number if former else None,
        newest=newest.number if newest else None,
        reason_code=version.reason_code,
        reason_words=REASON_WORDS.get(version.reason_code, ""),
        reason=version.reason,
        return_reason=version.return_reason,
        upload_id=version.upload_id,
        revision=version.revision,
        seen=history[0].seq if history else 0,
        due=due,
        due_words=days_words(due.day, today) if due and stage in OPEN_STAGES else "",
        totals=list_totals(version),
        balances={name: getattr(version, name) for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen")},
        is_flow=section.shape is Shape.FLOW,
        aggregate=is_aggregate(section, disclosure.subject),
        headings=headings,
        rows=rows,
        rows_total=total,
        page=page,
        pages=pages,
        changes=list_changes(session, version, former) if former else (),
        authors=tuple(authors[one] for one in sorted(authors)),
        votes=votes,
        votes_missing=standing.missing,
        unsigned=standing.unsigned,
        out_of_members=standing.out_of_members,
        history=history,
        steps={
            step.value: StepLine(step, VERBS[step], why_not_step(session, version, step, actor=actor, policy=policy))
            for step in STEPS_AT[stage]
        },
        my_vote=next((one.agrees for one in votes if one.person_id == actor.person_id), None),
        reader=actor.name,
        recusable=takes_recusals(section, disclosure.subject),
        ticked=tuple(sorted(ticked_pages(session, version, actor.person_id))),
        election=election_of(session, version.village_id, disclosure.entity, today=today)
        if stage is not Stage.PUBLISHED
        else None,
        package=PackageKey(body_key(disclosure.entity), due.day.isoformat() if due else NO_DAY),
        public_path=page_path(
            village.code,
            disclosure.entity,
            disclosure.group_no,
            section.name,
            str(disclosure.period),
            disclosure.subject,
        ),
    )


def list_totals(version: Version) -> tuple[tuple[str, str], ...]:
    """Balances and roll-ups in the order in which people reckon: opening, in, out, closing."""
    named: dict[str, Any] = whole_totals(version.totals)
    named.update({name: getattr(version, name) for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen")})
    order = {name: place for place, name in enumerate(words_of_totals())}
    known = sorted((one for one in named.items() if one[1] is not None), key=lambda one: order.get(one[0], len(order)))
    return tuple((total_words(name), total_shown(name, int(value))) for name, value in known)


def list_history(session: Session, version: Version) -> tuple[HistoryLine, ...]:
    """What has happened to the version, newest first."""
    headings = {one.name: one.heading for one in section_of(version).fields}
    found = session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.village_id == version.village_id,
            JournalEntry.subject_kind == "version",
            JournalEntry.subject_id == version.id,
        )
        .order_by(JournalEntry.seq.desc())
    )
    return tuple(
        HistoryLine(
            one.seq,
            one.at,
            one.actor_name,
            one.channel not in (WEB, CLOCK),
            event_words(one.event, one.detail, headings),
        )
        for one in found
    )
