"""Lists for office pages: what is open, what is public, what has not been begun. Frozen lines come out, ready to show."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from villagehub.accounts.actor import Actor
from villagehub.disclosures.due import Due, dues_of
from villagehub.disclosures.models import AccountCadence, Disclosure, Version, VersionRow, Vote
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import BODY_OF, Account, title_of, version_with_id
from villagehub.disclosures.stages import KIND_WORDS, OPEN_STAGES, STAGE_WORDS, Stage, VersionKind
from villagehub.disclosures.steps import STEPS_AT, why_not_step
from villagehub.disclosures.wording import days_words
from villagehub.kernel.period import Cadence, Period
from villagehub.places.models import Place
from villagehub.places.queries import short_name
from villagehub.sections import SECTIONS
from villagehub.sections.base import Section, Shape

MOST: Final = 200
"""Lines of one list; a county looks at one village after the other."""


@dataclass(frozen=True, slots=True)
class Line:
    """One version in a list."""

    version_id: int
    title: str
    village_code: str
    village_name: str
    stage: Stage
    stage_words: str
    kind: VersionKind
    kind_words: str
    number: int | None
    rows: int
    due: Due | None
    due_words: str
    """``还有 3 天``, ``晚 9 天``; empty once public, and where no rule asks for a day."""
    late: bool
    votes: int
    votes_needed: int
    body: str
    """Who reviews it."""
    return_reason: str
    at: datetime
    """When it reached its stage, as far as that is written down on it."""

    @property
    def votes_words(self) -> str:
        """``已签 1 人，要 2 人``."""
        return f"已签 {self.votes} 人，要 {self.votes_needed} 人"


def list_open(session: Session, villages: Collection[int], *, today: date) -> list[Line]:
    """Versions that somebody still works on, the most urgent first."""
    wanted = _versions(villages).where(Version.stage.in_(OPEN_STAGES)).order_by(Version.id.desc()).limit(MOST)
    lines = _lines(session, session.scalars(wanted).all(), today=today)
    return sorted(lines, key=lambda one: (one.due.day if one.due else date.max, one.version_id))


def list_published(session: Session, villages: Collection[int], *, today: date, most: int = 20) -> list[Line]:
    """The newest publications."""
    wanted = _versions(villages).where(Version.stage == Stage.PUBLISHED).order_by(Version.id.desc()).limit(most)
    return _lines(session, session.scalars(wanted).all(), today=today)


def list_versions(session: Session, villages: Collection[int], *, today: date, most: int = MOST) -> list[Line]:
    """All versions, newest first; abandoned ones too."""
    return _lines(
        session, session.scalars(_versions(villages).order_by(Version.id.desc()).limit(most)).all(), today=today
    )


def waiting_for(session: Session, lines: Sequence[Line], *, actor: Actor, policy: Policy) -> set[int]:
    """Ids of the versions that wait for this very person: the first step of their stage is theirs."""
    return {
        one.version_id
        for one in lines
        for step in STEPS_AT[one.stage][:1]
        if why_not_step(session, version_with_id(session, one.version_id), step, actor=actor, policy=policy) is None
    }


def _versions(villages: Collection[int]) -> Select[Version]:
    return (
        select(Version)
        .join(Version.disclosure)
        .options(contains_eager(Version.disclosure))
        .where(Version.village_id.in_(villages))
    )


def _lines(session: Session, versions: Sequence[Version], *, today: date) -> list[Line]:
    places = _place_names(session, {one.village_id for one in versions})
    votes = _count_votes(session, [one.id for one in versions])
    rows = _count_rows(session, [one.id for one in versions])
    dues = dues_of(session, [(one.village_id, one.disclosure.section, one.disclosure.period) for one in versions])
    lines: list[Line] = []
    for version, due in zip(versions, dues, strict=True):
        stage, kind = Stage(version.stage), VersionKind(version.kind)
        # The due day is about the first publication; a correction has none.
        counted = due if due and stage in OPEN_STAGES and version.supersedes_id is None else None
        code, name = places[version.village_id]
        lines.append(
            Line(
                version_id=version.id,
                title=title_of(version.disclosure),
                village_code=code,
                village_name=name,
                stage=stage,
                stage_words=STAGE_WORDS[stage],
                kind=kind,
                kind_words=KIND_WORDS[kind],
                number=version.number,
                rows=rows.get(version.id, 0),
                due=counted,
                due_words=days_words(counted.day, today) if counted else "",
                late=counted is not None and counted.day < today,
                votes=votes.get(version.id, 0),
                votes_needed=version.votes_needed or 0,
                body=BODY_OF[version.disclosure.entity],
                return_reason=version.return_reason if stage is Stage.RETURNED else "",
                at=version.published_at or version.reviewed_at or version.submitted_at or version.created_at,
            )
        )
    return lines


def _place_names(session: Session, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    found = session.execute(select(Place.id, Place.code, Place.name).where(Place.id.in_(ids)))
    return {place_id: (code, short_name(name)) for place_id, code, name in found}


def _count_votes(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Agreeing votes on the present content, by version."""
    counted = session.execute(
        select(Vote.version_id, func.count())
        .join(Version, (Version.id == Vote.version_id) & (Version.digest == Vote.digest))
        .where(Vote.version_id.in_(ids), Vote.agrees)
        .group_by(Vote.version_id)
    )
    return {version_id: int(count) for version_id, count in counted}


def _count_rows(session: Session, ids: Collection[int]) -> dict[int, int]:
    counted = session.execute(
        select(VersionRow.version_id, func.count())
        .where(VersionRow.version_id.in_(ids))
        .group_by(VersionRow.version_id)
    )
    return {version_id: int(count) for version_id, count in counted}


@dataclass(frozen=True, slots=True)
class NotBegun:
    """A period that should be public and has no version yet."""

    village_code: str
    village_name: str
    section: str
    period: str
    title: str
    due: Due
    due_words: str
    late: bool


def list_not_begun(session: Session, villages: Collection[int], *, today: date) -> list[NotBegun]:
    """The last whole period of every flow, where a village has neither draft nor publication of it."""
    flows = [one for one in SECTIONS.values() if one.shape is Shape.FLOW]
    places = _place_names(session, villages)
    wanted = [
        Account(village_id, section.name, Period.of(cadence, today).previous())
        for section in flows
        for village_id, cadence in _cadences(session, villages, section, today).items()
    ]
    begun = _begun(session, villages, flows)
    missing = [one for one in wanted if (one.village_id, one.section, str(one.period)) not in begun]
    dues = dues_of(session, [(one.village_id, one.section, one.period) for one in missing])
    return sorted(
        (
            NotBegun(
                village_code=places[one.village_id][0],
                village_name=places[one.village_id][1],
                section=one.section,
                period=str(one.period),
                title=title_of(one),
                due=due,
                due_words=days_words(due.day, today),
                late=due.day < today,
            )
            for one, due in zip(missing, dues, strict=True)
            if due is not None
        ),
        key=lambda one: (one.due.day, one.village_code),
    )


def _cadences(session: Session, villages: Iterable[int], section: Section, today: date) -> dict[int, Cadence]:
    """The cadence each village keeps for a flow, the newest year's; else the section's first."""
    held = session.scalars(
        select(AccountCadence)
        .where(
            AccountCadence.village_id.in_(list(villages)),
            AccountCadence.section == section.name,
            AccountCadence.entity == "committee",
            AccountCadence.year <= today.year,
        )
        .order_by(AccountCadence.year)
    )
    kept = dict.fromkeys(villages, section.cadences[0])
    kept.update({one.village_id: Cadence(one.cadence) for one in held})
    return kept


def _begun(session: Session, villages: Collection[int], flows: Sequence[Section]) -> set[tuple[int, str, str]]:
    found = session.execute(
        select(Disclosure.village_id, Disclosure.section, Disclosure.period)
        .join(Version, Version.disclosure_id == Disclosure.id)
        .where(
            Disclosure.village_id.in_(villages),
            Disclosure.entity == "committee",
            Disclosure.section.in_([one.name for one in flows]),
            Version.stage != Stage.ABANDONED,
        )
    )
    return {(village_id, section, str(period)) for village_id, section, period in found}
