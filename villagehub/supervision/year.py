"""这一年: what the villages of a township owed, published and corrected in a year, each number with its list. No rank."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.corrections import Published, list_year
from villagehub.disclosures.models import Version
from villagehub.disclosures.prompts import Prompt
from villagehub.places.queries import VillageFacts
from villagehub.supervision.kept import Kept, KeptLine, read_kept
from villagehub.supervision.models import Audit, AuditEvent

AUDIT_WORDS: Final = "镇里审看"


@dataclass(frozen=True, slots=True)
class Year:
    """One year of some villages, in the order of their codes."""

    year: int
    kept: Kept
    published: tuple[Published, ...]
    """First publications: each period, batch or matter once; corrections apart."""
    corrected: tuple[Published, ...]

    @property
    def own(self) -> tuple[Published, ...]:
        """Corrections that nobody had asked for."""
        return tuple(one for one in self.corrected if one.own)

    @property
    def prompted(self) -> tuple[Published, ...]:
        """The others."""
        return tuple(one for one in self.corrected if not one.own)


def read_year(session: Session, villages: Sequence[VillageFacts], *, year: int, today: date) -> Year:
    """What the lists and their numbers are made from."""
    ids = [one.id for one in villages]
    kept = read_kept(session, ids, year=year, today=today)
    found = list_year(session, ids, year=year)
    place = {village_id: at for at, village_id in enumerate(ids)}
    found.sort(key=lambda one: place[one.village_id])
    return Year(
        year,
        Kept(
            year,
            _joined(kept[one].on_time for one in ids),
            _joined(kept[one].late for one in ids),
            _joined(kept[one].missing for one in ids),
        ),
        tuple(one for one in found if not one.correction),
        tuple(one for one in found if one.correction),
    )


def _joined(lists: Iterable[tuple[KeptLine, ...]]) -> tuple[KeptLine, ...]:
    return tuple(line for lines in lists for line in lines)


def audit_prompts(session: Session, villages: Collection[int]) -> Iterable[Prompt]:
    """What the township asked about publications, and whatever correction was recorded as the result."""
    results: dict[int, set[int]] = {}
    for audit_id, correction_id in session.execute(
        select(AuditEvent.audit_id, AuditEvent.correction_id)
        .join(Audit, Audit.id == AuditEvent.audit_id)
        .where(Audit.village_id.in_(list(villages)), AuditEvent.correction_id.is_not(None))
    ):
        results.setdefault(audit_id, set()).add(correction_id or 0)
    found = session.execute(
        select(Audit, Version.disclosure_id)
        .join(Version, Version.id == Audit.version_id)
        .where(Audit.village_id.in_(list(villages)))
    )
    for audit, disclosure_id in found:
        yield Prompt(AUDIT_WORDS, disclosure_id, audit.opened_at, frozenset(results.get(audit.id, ())))
