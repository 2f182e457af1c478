"""The guides (一次性告知清单) that a village has public now: what an errand is opened from. Reads only."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.cases.rules import promised_days
from villagehub.disclosures.hidden import hidden_version
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.stages import Stage
from villagehub.labels.sheet_facts import faces_of
from villagehub.sections import SECTIONS
from villagehub.sections.parts import read_parts

SECTION: Final = "guides"


@dataclass(frozen=True, slots=True)
class Guide:
    """One matter as it was published last."""

    number: int
    """Its permanent number."""
    name: str
    materials: tuple[str, ...]
    """What to bring, each in one line."""
    steps: tuple[tuple[str, ...], ...]
    """What, who, how long."""
    promised: str
    """The time limit in the guide's own words."""
    days: int | None
    """The working days in them; None where they name none."""


def guides_of(session: Session, village_id: int) -> list[Guide]:
    """The guides of the newest published list, by number; none while it is hidden."""
    newest = session.scalars(
        select(Version)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(
            Disclosure.village_id == village_id,
            Disclosure.section == SECTION,
            Disclosure.entity == "committee",
            Version.stage == Stage.PUBLISHED,
        )
        .order_by(Disclosure.period.desc(), Version.number.desc())
        .limit(1)
    ).first()
    if newest is None or hidden_version(session, newest):
        return []
    section, found = SECTIONS[SECTION], list[Guide]()
    for row in faces_of(session, newest.id):
        told = {name: str(value or "") for name, value in row.values.items()}
        if not told.get("guide"):
            continue
        promised = told.get("promised_days") or told.get("legal_days") or ""
        found.append(
            Guide(
                row.number,
                told["guide"],
                tuple(
                    _in_one_line(entry)
                    for entry in read_parts(told.get("materials", ""), section.field_named("materials").parts)
                ),
                tuple(read_parts(told.get("steps", ""), section.field_named("steps").parts)),
                promised,
                promised_days(promised),
            )
        )
    return sorted(found, key=lambda one: one.number)


def _in_one_line(entry: tuple[str, ...]) -> str:
    """户口本，复印件，1 份，自己带，必须: a bare number of copies says what it counts."""
    return "，".join(f"{part} 份" if part.isdigit() else part for part in entry if part)
