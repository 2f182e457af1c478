"""Lists for office pages: what is open, what is public, what has not been begun. Frozen lines come out, ready to show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from villagehub.accounts.actor import Actor
from villagehub.disclosures.due import Due, dues_of
from villagehub.disclosures.expected import list_expected
from villagehub.disclosures.hidden import TAKEN_DOWN, hidden_among
from villagehub.disclosures.models import Version, VersionRow, Vote
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import account_of, title_of, version_with_id
from villagehub.disclosures.stages import KIND_WORDS, OPEN_STAGES, STAGE_WORDS, Stage, VersionKind
from villagehub.disclosures.steps import STEPS_AT, why_not_step
from villagehub.disclosures.wording import days_words
from villagehub.kernel.ids import LARGEST_ID
from villagehub.places.models import Place
from villagehub.places.queries import short_name
from villagehub.sections import section_named
from villagehub.sections.base import LASTING

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
    return_reason: str
    hidden: str
    """Of what is public and was taken down: what villagers read in its place now; else empty."""
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


def list_published(
    session: Session, villages: Collection[int], *, today: date, most: int = 20, before: int = 0
) -> list[Line]:
    """The newest publications; ``before``: those that follow this version in the list, for its next page."""
    wanted = _versions(villages).where(Version.stage == Stage.PUBLISHED).order_by(Version.id.desc()).limit(most)
    if 0 < before <= LARGEST_ID:
        wanted = wanted.where(Version.id < before)
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
    dues = dues_of(session, [account_of(one.disclosure) for one in versions])
    hides = hidden_among(session, {one.village_id for one in versions if one.stage == Stage.PUBLISHED})
    lines: list[Line] = []
    for version, due in zip(versions, dues, strict=True):
        stage, kind = Stage(version.stage), VersionKind(version.kind)
        # The due day is about the first publication; a correction has none.
        counted = due if due and stage in OPEN_STAGES and version.supersedes_id is None else None
        code, name = places[version.village_id]
        hide = hides.get(version.disclosure_id)
        hidden = hide.words if hide and version.number is not None and version.number <= hide.upto else ""
        lines.append(
            Line(
                version_id=version.id,
                title=title_of(version.disclosure),
                village_code=code,
                village_name=name,
                stage=stage,
                stage_words=TAKEN_DOWN if hidden else STAGE_WORDS[stage],
                kind=kind,
                kind_words=KIND_WORDS[kind],
                number=version.number,
                rows=rows.get(version.id, 0),
                due=counted,
                due_words=days_words(counted.day, today) if counted else "",
                late=counted is not None and counted.day < today,
                votes=votes.get(version.id, 0),
                votes_needed=version.votes_needed or 0,
                return_reason=version.return_reason if stage is Stage.RETURNED else "",
                hidden=hidden,
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
    may_be_nil: bool
    """A register is never without anything for one year only; who has none says so once, in the form below the list."""


def list_not_begun(session: Session, villages: Collection[int], *, today: date) -> list[NotBegun]:
    """What is expected of these villages (``expected``) and has neither draft nor publication, the most urgent first."""
    places = _place_names(session, villages)
    return sorted(
        (
            NotBegun(
                village_code=places[one.account.village_id][0],
                village_name=places[one.account.village_id][1],
                section=one.account.section,
                period=str(one.account.period),
                title=title_of(one.account),
                due=one.due,
                due_words=days_words(one.due.day, today),
                late=one.due.day < today,
                may_be_nil=section_named(one.account.section).shape not in LASTING,
            )
            for one in list_expected(session, villages, today=today)
            if not one.begun
        ),
        key=lambda one: (one.due.day, one.village_code),
    )
