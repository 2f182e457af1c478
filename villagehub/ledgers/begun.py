"""What a form of rows begins with: the draft that stands, else what was published last; and whether it moved meanwhile."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.models import Version
from villagehub.disclosures.one_version import list_history
from villagehub.disclosures.row_lines import HistoryLine
from villagehub.disclosures.rules import ChangedMeanwhile, UnderReview
from villagehub.disclosures.scope import (
    Account,
    find_disclosure,
    last_published_before,
    latest_published,
    open_version,
    title_of,
)
from villagehub.disclosures.stages import Stage
from villagehub.kernel.refused import Refused
from villagehub.ledgers.typed import Row, row_of
from villagehub.sections import section_named
from villagehub.sections.base import LASTING

PUBLIC: Final = "p"
"""Begins the name of a publication that a form started from."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a form starts from."""

    rows: list[Row]
    base: str
    """Names the draft and its revision, or the publication, that the rows were taken from; empty where there is none yet."""
    seen: int
    """The newest line of that version's history."""

    @property
    def public(self) -> bool:
        """Whether the rows are those of a publication: what is taken out here goes from the web with the next one."""
        return self.base.startswith(PUBLIC)


def _standing(session: Session, account: Account) -> tuple[Version | None, Version | None]:
    """The draft that is open, and the publication that a fresh draft would start from."""
    disclosure = find_disclosure(session, account)
    if disclosure is not None:
        held = open_version(session, disclosure)
        if held is not None:
            return held, None
        published = latest_published(session, disclosure)
        if published is not None:
            return None, published
    register = section_named(account.section).shape in LASTING
    return None, last_published_before(session, account) if register else None


def read_begun(session: Session, account: Account) -> Begun:
    """The rows to begin with; raises UnderReview while the reviewers hold them."""
    held, published = _standing(session, account)
    if held is not None and held.stage in (Stage.SUBMITTED, Stage.REVIEWED):
        raise UnderReview(title=title_of(account))
    source = held or published
    section = section_named(account.section)
    rows = [row_of(section, facts) for facts in all_facts(session, source)] if source else []
    return Begun(rows, _name(held, published), _newest(session, held))


def _name(held: Version | None, published: Version | None) -> str:
    if held is not None:
        return f"{held.id}.{held.revision}"
    return f"{PUBLIC}{published.id}" if published is not None else ""


def _newest(session: Session, held: Version | None) -> int:
    lines = list_history(session, held) if held else ()
    return lines[0].seq if lines else 0


def why_not_same(session: Session, account: Account, base: str) -> Refused | None:
    """ChangedMeanwhile when the draft, or the publication, is not the one that the form started from."""
    return None if _name(*_standing(session, account)) == base else ChangedMeanwhile(title=title_of(account))


def since(session: Session, account: Account, seen: int) -> list[HistoryLine]:
    """What was done to the open draft after that line of its history: who, when, which rows; oldest first."""
    held, _ = _standing(session, account)
    return [one for one in reversed(list_history(session, held)) if one.seq > seen] if held else []


def newest_line(session: Session, account: Account) -> int:
    """The newest line in the history of the account's open draft; 0 where there is none."""
    return _newest(session, _standing(session, account)[0])
