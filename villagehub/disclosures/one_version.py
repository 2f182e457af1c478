"""One version in full, as the clerk, the reviewers and the publisher see it. A frozen page comes out, ready to show."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB, Actor
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.queries import in_force
from villagehub.accounts.roles import REVIEWERS
from villagehub.disclosures import rules
from villagehub.disclosures.aggregates import is_aggregate
from villagehub.disclosures.due import Due, due_of
from villagehub.disclosures.models import Version
from villagehub.disclosures.policy import Policy
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
    BODY_OF,
    ENTITY_WORDS,
    authors_of,
    ballots_of,
    latest_published,
    recusals_of,
    section_of,
    title_of,
    version_with_id,
    voters_on_behalf,
    votes_of,
)
from villagehub.disclosures.stages import KIND_WORDS, OPEN_STAGES, REASON_WORDS, STAGE_WORDS, Stage, VersionKind
from villagehub.disclosures.steps import STEPS_AT, VERBS, Step, why_not_step
from villagehub.disclosures.wording import (
    TOTAL_WORDS,
    days_words,
    event_words,
    total_shown,
    total_words,
)
from villagehub.journal.models import JournalEntry
from villagehub.kernel.refused import Refused
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.sections.base import Section, Shape


@dataclass(frozen=True, slots=True)
class VoteLine:
    """One vote."""

    name: str
    post: str
    agrees: bool
    objection: str
    on_paper: bool
    on_behalf: bool
    """Cast at the command line for this person: 代为操作."""
    at: datetime


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
    entity_words: str
    body: str
    stage: Stage
    stage_words: str
    kind: VersionKind
    kind_words: str
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

    def step(self, name: str) -> StepLine | None:
        """The step, if the stage knows it."""
        return self.steps.get(name)

    def may(self, name: str) -> bool:
        """Whether the reader may take the step now."""
        found = self.steps.get(name)
        return found is not None and found.refusal is None


def read_version(
    session: Session, version_id: int, *, actor: Actor, policy: Policy, today: date, page: int = 1
) -> VersionPage:
    """The version as this reader may see it. The caller has checked that the village is theirs; raises NotFound."""
    version = version_with_id(session, version_id)
    disclosure, section = version.disclosure, section_of(version)
    stage, kind = Stage(version.stage), VersionKind(version.kind)
    former = session.get(Version, version.supersedes_id) if version.supersedes_id else None
    newest = latest_published(session, disclosure)
    total = count_rows(session, version.id)
    pages = max(1, -(-total // ROWS_A_PAGE))
    page = min(max(1, page), pages)
    due = due_of(session, version.village_id, disclosure.section, disclosure.period) if not former else None
    headings, rows = list_rows(session, version, actor=actor, page=page)
    votes, absent = votes_of(session, version), voters_on_behalf(session, version.id)
    names = _names(session, {one.person_id for one in votes} | authors_of(session, version.id))
    members = _members(session, version, today)
    history = _history(session, version, section)
    unsigned = {one: name for one, name in members.items() if one not in names}
    return VersionPage(
        id=version.id,
        village=read_village_by_id(session, version.village_id),
        title=title_of(disclosure),
        section=section.name,
        section_title=section.title,
        period=str(disclosure.period),
        entity=disclosure.entity,
        group_no=disclosure.group_no,
        entity_words=ENTITY_WORDS[disclosure.entity],
        body=BODY_OF[disclosure.entity],
        stage=stage,
        stage_words=STAGE_WORDS[stage],
        kind=kind,
        kind_words=KIND_WORDS[kind],
        number=version.number,
        corrects=former.number if former else None,
        newest=newest.number if newest else None,
        reason_code=version.reason_code,
        reason_words=REASON_WORDS.get(version.reason_code, ""),
        reason=version.reason,
        return_reason=version.return_reason,
        revision=version.revision,
        seen=history[0].seq if history else 0,
        due=due,
        due_words=days_words(due.day, today) if due and stage in OPEN_STAGES else "",
        totals=_totals(version),
        balances={name: getattr(version, name) for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen")},
        is_flow=section.shape is Shape.FLOW,
        aggregate=is_aggregate(section, disclosure.subject),
        headings=headings,
        rows=rows,
        rows_total=total,
        page=page,
        pages=pages,
        changes=list_changes(session, version, former) if former else (),
        authors=tuple(names[one] for one in sorted(authors_of(session, version.id))),
        votes=tuple(
            VoteLine(
                names[one.person_id],
                one.post,
                one.agrees,
                one.objection,
                one.on_paper,
                one.person_id in absent,
                one.cast_at,
            )
            for one in votes
        ),
        votes_missing=_missing(session, version, ()) if stage is Stage.SUBMITTED else 0,
        unsigned=tuple(unsigned.values()),
        out_of_members=stage is Stage.SUBMITTED and _missing(session, version, unsigned) > 0,
        history=history,
        steps={
            step.value: StepLine(step, VERBS[step], why_not_step(session, version, step, actor=actor, policy=policy))
            for step in STEPS_AT[stage]
        },
        my_vote=next((one.agrees for one in votes if one.person_id == actor.person_id), None),
    )


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    return {one.id: one.name for one in session.scalars(select(Person).where(Person.id.in_(ids)))}


def _members(session: Session, version: Version, today: date) -> dict[int, str]:
    """Who sits in the reviewing body today, by person."""
    entity = version.disclosure.entity
    found = session.execute(
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.place_id == version.village_id,
            Appointment.role.in_([role.value for role in REVIEWERS]),
            Appointment.entity.in_(["", entity, *(["committee"] if entity == "group" else [])]),
            Person.disabled_at.is_(None),
        )
        .order_by(Appointment.id)
    )
    return {person.id: person.name for post, person in found if in_force(post, today)}


def _missing(session: Session, version: Version, further: Collection[int]) -> int:
    """Votes still missing, also if ``further`` people agreed."""
    ballots = [*ballots_of(session, version), *(rules.Ballot(one, True) for one in further)]
    return rules.votes_missing(ballots, recusals_of(session, version.id), version.votes_needed or 1)


def _totals(version: Version) -> tuple[tuple[str, str], ...]:
    """Balances and roll-ups in the order in which people reckon: opening, in, out, closing."""
    named: dict[str, Any] = {**version.totals}
    named.update({name: getattr(version, name) for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen")})
    order = {name: place for place, name in enumerate(TOTAL_WORDS)}
    known = sorted((one for one in named.items() if one[1] is not None), key=lambda one: order.get(one[0], len(order)))
    return tuple((total_words(name), total_shown(name, int(value))) for name, value in known)


def _history(session: Session, version: Version, section: Section) -> tuple[HistoryLine, ...]:
    """Newest first."""
    headings = {one.name: one.heading for one in section.fields}
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
        HistoryLine(one.seq, one.at, one.actor_name, one.channel != WEB, event_words(one.event, one.detail, headings))
        for one in found
    )
