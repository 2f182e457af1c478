"""What was published and corrected in a year, and of each correction whether anybody had asked for it.

A correction counts as the village's own only where nothing that is recorded asked for it: no prompt names it as its result
or was made about the account since the version that it corrects; the township did not take that version off; and no earlier
period of the account was corrected meanwhile, so that its opening had to follow.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager

from villagehub.accounts.roles import ROLE_LEVELS, Role
from villagehub.disclosures.hiding_models import Hide
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.prompts import Prompt, list_prompts
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.kernel.clock import SHANGHAI, local_day

FOLLOWED: Final = "前面一期更正了，期初跟着改"
TAKEN_OFF: Final = "镇里先把它撤下"


@dataclass(frozen=True, slots=True)
class Published:
    """One publication of the year."""

    village_id: int
    version_id: int
    number: int
    title: str
    day: date
    correction: bool
    reason: str
    """Of a correction, in the village's own words."""
    asked: tuple[str, ...] = ()
    """What asked for the correction; empty: the village found it and put it right by itself."""

    @property
    def own(self) -> bool:
        """Whether the village corrected by itself."""
        return self.correction and not self.asked


def list_year(session: Session, villages: Collection[int], *, year: int) -> list[Published]:
    """Everything that these villages published in the year (by the day in Asia/Shanghai), newest first."""
    first, last = (datetime(one, 1, 1, tzinfo=SHANGHAI) for one in (year, year + 1))
    inside = _published(session, villages, Version.published_at >= first, Version.published_at < last)
    inside.sort(key=lambda one: (one.published_at, one.id), reverse=True)
    corrections = [one for one in inside if _corrects(one)]
    asked = _Asked(session, villages, corrections) if corrections else None
    return [
        Published(
            one.village_id,
            one.id,
            one.number or 0,
            title_of(one.disclosure),
            local_day(one.published_at),
            _corrects(one),
            one.reason,
            asked.of(one) if asked and _corrects(one) else (),
        )
        for one in inside
        if one.published_at is not None
    ]


def _published(session: Session, villages: Collection[int], *only: ColumnElement[bool]) -> list[Version]:
    return list(
        session.scalars(
            select(Version)
            .join(Version.disclosure)
            .options(contains_eager(Version.disclosure))
            .where(Version.village_id.in_(list(villages)), Version.stage == Stage.PUBLISHED, *only)
        )
    )


def _corrects(version: Version) -> bool:
    return version.kind == VersionKind.CORRECTION


class _Asked:
    """What is recorded of these villages that may have asked for a correction."""

    def __init__(self, session: Session, villages: Collection[int], corrections: Collection[Version]) -> None:
        former = [one.supersedes_id for one in corrections]
        self._former = {one.id: one for one in _published(session, villages, Version.id.in_(former))}
        since = min((one.published_at for one in self._former.values() if one.published_at), default=None)
        corrects = Version.kind == VersionKind.CORRECTION
        self._corrections = _published(session, villages, corrects, Version.published_at >= since) if since else []
        self._prompts: dict[int, list[Prompt]] = {}
        self._results: dict[int, list[Prompt]] = {}
        for one in list_prompts(session, villages):
            self._prompts.setdefault(one.disclosure_id, []).append(one)
            for correction_id in one.correction_ids:
                self._results.setdefault(correction_id, []).append(one)
        for hide in session.scalars(select(Hide).where(Hide.village_id.in_(list(villages)))):
            if "village" not in ROLE_LEVELS[Role(hide.role)]:
                taken = Prompt(TAKEN_OFF, hide.disclosure_id, hide.hidden_at)
                self._prompts.setdefault(hide.disclosure_id, []).append(taken)

    def of(self, correction: Version) -> tuple[str, ...]:
        """In words, each once."""
        until = correction.published_at
        former = self._former.get(correction.supersedes_id or 0)
        since = former.published_at if former else None
        about = (
            one
            for one in self._prompts.get(correction.disclosure_id, ())
            if until is not None and one.at <= until and (since is None or one.at >= since)
        )
        said = [one.words for one in (*self._results.get(correction.id, ()), *about)]
        if former is not None and former.opening_fen != correction.opening_fen and self._earlier(former, correction):
            said.append(FOLLOWED)
        return tuple(dict.fromkeys(said))

    def _earlier(self, former: Version, correction: Version) -> bool:
        """Whether an earlier period of the same books was corrected between the two."""
        return any(
            _books(one.disclosure) == _books(correction.disclosure)
            and one.disclosure.period < correction.disclosure.period
            and _between(former.published_at, one.published_at, correction.published_at)
            for one in self._corrections
        )


def _books(one: Disclosure) -> tuple[object, ...]:
    return one.village_id, one.entity, one.group_no, one.section, one.subject


def _between(since: datetime | None, moment: datetime | None, until: datetime | None) -> bool:
    return since is not None and moment is not None and until is not None and since <= moment <= until
