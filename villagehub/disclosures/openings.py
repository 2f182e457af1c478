"""期初待更正 (decision 7): a correction changed a closing, and the next published period still opens with the former one."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from villagehub.disclosures import rules
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import Stage
from villagehub.kernel.period import Period
from villagehub.places.models import Place
from villagehub.places.queries import short_name
from villagehub.sections import SECTIONS
from villagehub.sections.base import Shape


@dataclass(frozen=True, slots=True)
class WaitingOpening:
    """A published period whose opening is not the closing of the period before it. Amounts in fen."""

    version_id: int
    village_name: str
    title: str
    number: int
    period: Period
    opening_fen: int
    last_closing_fen: int
    words: str
    """The sentence for offices: both amounts, the gap, and what to do."""


def list_waiting_openings(session: Session, villages: Collection[int]) -> list[WaitingOpening]:
    """All such periods of these villages, oldest first within an account."""
    flows = [one.name for one in SECTIONS.values() if one.shape is Shape.FLOW]
    found = session.execute(
        select(Version, Place.name)
        .join(Version.disclosure)
        .join(Place, Place.id == Version.village_id)
        .options(contains_eager(Version.disclosure))
        .where(Version.village_id.in_(villages), Version.stage == Stage.PUBLISHED, Disclosure.section.in_(flows))
        .order_by(Version.number)
    ).all()
    names = {version.village_id: short_name(name) for version, name in found}
    newest = {version.disclosure_id: version for version, _ in found}
    accounts: dict[tuple[object, ...], list[Version]] = {}
    for version in newest.values():
        one = version.disclosure
        key = (one.village_id, one.entity, one.group_no, one.section, one.subject)
        accounts.setdefault(key, []).append(version)
    waiting: list[WaitingOpening] = []
    for account in accounts.values():
        for before, after in pairwise(sorted(account, key=lambda one: one.disclosure.period)):
            line = _compared(before, after, names[after.village_id])
            if line is not None:
                waiting.append(line)
    return waiting


def _compared(before: Version, after: Version, village_name: str) -> WaitingOpening | None:
    title = title_of(after.disclosure)
    refusal = rules.why_not_chain(title, opening_fen=after.opening_fen, last_closing_fen=before.closing_fen)
    if refusal is None or after.opening_fen is None or before.closing_fen is None or after.number is None:
        return None
    return WaitingOpening(
        version_id=after.id,
        village_name=village_name,
        title=title,
        number=after.number,
        period=after.disclosure.period,
        opening_fen=after.opening_fen,
        last_closing_fen=before.closing_fen,
        words=f"{refusal.sentence}请打开它，点“更正”，把期初改过来。",
    )
