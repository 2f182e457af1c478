"""Which redaction leaves of the log excuse a missing value here, where the database says who proposed and who confirmed.

A leaf alone can be written by whoever has the database. So it counts only with its proposal, a confirmation by another person,
and the journal's entry of it. Outsiders, who have the leaf alone, cannot ask so much (``transparency.verifying``).
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.redacted import CONFIRMED, Excused, excused_in, redaction_leaves
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent
from villagehub.journal import Event
from villagehub.journal.models import JournalEntry
from villagehub.transparency.models import Leaf

UNNAMED: Final = "日志里没有依法隐去的记录"
UNASKED: Final = "日志里写着依法隐去，可是查不到是哪两个人提出、确认的"


class Excuses:
    """What this installation's redaction leaves excuse; nothing is read before something is missing.

    A leaf that a restored database took in from the newest log has no proposal here either: what it names is back, and goes only
    when two people redact it anew.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def why_not(self, kind: Literal["fields", "facts", "pictures"], one: object) -> str:
        """Why this is not excused, which is missing; empty where it is."""
        if one in getattr(self._confirmed, kind):
            return ""
        return UNASKED if one in getattr(self._all, kind) else UNNAMED

    @cached_property
    def _leaves(self) -> list[Leaf]:
        return [leaf for leaf, _ in redaction_leaves(self._session)]

    @cached_property
    def _all(self) -> Excused:
        return excused_in([one.body for one in self._leaves])

    @cached_property
    def _confirmed(self) -> Excused:
        confirmed = set(_confirmed(self._session)) if self._leaves else set()
        return excused_in([one.body for one in self._leaves if one.id in confirmed])


def _confirmed(session: Session) -> Iterator[int]:
    """The leaves of redactions that two different people made and the journal has."""
    ended = session.execute(
        select(Redaction, RedactionEvent, Leaf.hash)
        .join(RedactionEvent, RedactionEvent.redaction_id == Redaction.id)
        .join(Leaf, Leaf.id == RedactionEvent.leaf_id)
        .where(RedactionEvent.kind == CONFIRMED, RedactionEvent.person_id != Redaction.proposed_by)
    ).all()
    here = JournalEntry.village_id.in_({redaction.village_id for redaction, _, _ in ended})
    entries = session.scalars(select(JournalEntry).where(here, JournalEntry.event == Event.REDACTED))
    noted = {(one.village_id, one.subject_id, one.actor_id, one.detail.get("leaf")) for one in entries}
    for redaction, event, hashed in ended:
        if (redaction.village_id, redaction.version_id, event.person_id, hashed.hex()) in noted and event.leaf_id:
            yield event.leaf_id
