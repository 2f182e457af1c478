"""Whose turn it is with what is overdue, as far as the database knows it."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from villagehub.disclosures.policy import Policy
from villagehub.disclosures.publishing import PUBLISHER_WORDS
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.signatures import body_of
from villagehub.disclosures.stages import Stage
from villagehub.supervision.table import Row
from villagehub.supervision.telling import Turns, missing_items


def turns_of(session: Session, rows: Sequence[Row], *, policy: Policy, today: date) -> Turns:
    """Who has to sign each account that is overdue and waits for signatures, and who publishes."""
    waiting = [
        one.version_id
        for row in rows
        for one in missing_items(row)
        if one.stage is Stage.SUBMITTED and one.version_id is not None
    ]
    return Turns(PUBLISHER_WORDS[policy.publish_by], bodies_of(session, waiting, policy=policy, today=today))


def bodies_of(session: Session, waiting: Iterable[int], *, policy: Policy, today: date) -> dict[int, str]:
    """Who has to sign each of these submitted versions."""
    return {
        one: body_of(session, version_with_id(session, one), today=today, board_only=policy.board_only)
        for one in waiting
    }
