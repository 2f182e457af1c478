"""Reads of codes."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.hidden import hidden_in
from villagehub.disclosures.scope import Account, find_disclosure, latest_published
from villagehub.kernel.period import Period
from villagehub.labels.models import Code
from villagehub.labels.rules import UnknownCode, read_typed
from villagehub.labels.symbol import Symbol
from villagehub.labels.targets import Target, read_target
from villagehub.places.models import Place
from villagehub.places.queries import VillageFacts, read_village


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """One code, ready to show or to print; the village is the one of today."""

    id: int
    code: str
    village: VillageFacts
    target: Target
    payload: str
    symbol: Symbol
    level: str
    base_url: str
    edition: int
    minted_at: datetime
    printed_at: datetime | None
    batch: str
    retired_at: datetime | None
    became: str
    instead: str = ""
    """The address of the page that says what was hidden, while the target's own words are not to be shown (decision 20)."""

    @property
    def path(self) -> str:
        """The address of the page that the code leads to today; of what is hidden, the page that says so."""
        return self.instead or self.target.path(self.village.code)

    @property
    def words(self) -> str:
        """What the code leads to, for people; without the subject of what is hidden."""
        return (replace(self.target, subject="") if self.instead else self.target).words


def active_code(session: Session, village_id: int, target: Target, base_url: str) -> Code | None:
    """The target's code in use at this site."""
    return session.scalar(
        select(Code)
        .where(
            Code.village_id == village_id,
            Code.target_kind == target.kind,
            Code.target_ref == target.ref,
            Code.base_url == base_url,
            Code.retired_at.is_(None),
        )
        .order_by(Code.edition.desc())
        .limit(1)
    )


def find_code(session: Session, text: str) -> Code:
    """The code as it is typed or scanned; raises WrongCode, UnknownCode."""
    found = session.scalar(select(Code).where(Code.code == read_typed(text)))
    if found is None:
        raise UnknownCode()
    return found


def facts_of(session: Session, code: Code) -> CodeFacts:
    """The code with its village as it is called today: a village that was merged leads to the one it became part of.
    Raises UnknownTarget.
    """
    target = read_target(code.target_kind, code.target_ref)
    place_code = session.scalars(select(Place.code).where(Place.id == code.village_id)).one()
    village = read_village(session, place_code)
    home, hidden = f"/v/{village.code}", _hidden(session, code.village_id, target)
    stub = f"{home}/n/{hidden}" if village.id == code.village_id else home  # a merged village's numbers are its own
    return CodeFacts(
        id=code.id,
        code=code.code,
        village=village,
        target=target,
        payload=code.payload,
        symbol=Symbol(code.version, code.matrix),
        level=code.level,
        base_url=code.base_url,
        edition=code.edition,
        minted_at=code.minted_at,
        printed_at=code.printed_at,
        batch=code.batch,
        retired_at=code.retired_at,
        became=code.became,
        instead=stub if hidden is not None else "",
    )


def _hidden(session: Session, village_id: int, target: Target) -> int | None:
    """The number up to which a batch with a subject is hidden, unless something newer is public under the same name."""
    if not target.subject:
        return None
    period = Period.parse(target.period)
    account = Account(village_id, target.section, period, target.entity, target.group_no, target.subject)
    disclosure = find_disclosure(session, account)
    found = hidden_in(session, village_id).get(disclosure.id) if disclosure else None
    newest = latest_published(session, disclosure) if disclosure else None
    return found.upto if found and newest and (newest.number or 0) <= found.upto else None


def list_codes(session: Session, village_id: int) -> list[CodeFacts]:
    """All codes of a village, those in use first."""
    held = session.scalars(select(Code).where(Code.village_id == village_id).order_by(Code.id))
    return sorted((facts_of(session, one) for one in held), key=lambda one: one.retired_at is not None)
