"""Everything that is overdue, over all quarters that the table shows; what is due once a year stands in it once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from villagehub.disclosures.policy import Policy
from villagehub.places.queries import VillageFacts
from villagehub.supervision.standing import quarters_before
from villagehub.supervision.table import Item, Row, read_rows
from villagehub.supervision.telling import missing_items, todo_words
from villagehub.supervision.turns import turns_of


@dataclass(frozen=True, slots=True)
class Overdue:
    """One account that should be public and is not."""

    village: VillageFacts
    item: Item
    todo: str
    """Whose turn it is, in words."""


def list_overdue(
    session: Session, villages: Sequence[VillageFacts], *, policy: Policy, today: date, now: datetime
) -> list[Overdue]:
    """What is overdue in these villages, the longest first."""
    rows: list[Row] = []
    for quarter in quarters_before(today):
        rows += read_rows(session, villages, quarter, today=today, now=now, audits={}, review_days=0)
    turns = turns_of(session, rows, policy=policy, today=today)
    found = {
        item.account: Overdue(row.village, item, todo_words(item, turns)) for row in rows for item in missing_items(row)
    }
    return sorted(found.values(), key=lambda one: (-one.item.judged.days, one.village.code, one.item.title))
