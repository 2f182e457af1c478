"""The one verb of the room: save."""

from datetime import datetime

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.journal import Event, lock_journal, record
from villagehub.kernel.clock import SHANGHAI
from villagehub.profiles.models import VillageProfile
from villagehub.profiles.rules import ProfileChanged
from villagehub.storage.tables import mark_dirty


def save_profile(
    session: Session, village_id: int, facts: dict[str, str], *, revision: int, actor: Actor, now: datetime
) -> bool:
    """Makes these the village's own facts; its pages are out of date with the same commit. Saying the same again changes
    nothing (False). The journal names the fields, never what stood in them. Raises ProfileChanged.
    """
    lock_journal(session, village_id)  # before looking: there may be no profile yet that could be locked
    held = session.get(VillageProfile, village_id, with_for_update=True)
    former: dict[str, str] = dict(held.facts) if held else {}
    if facts == former:
        return False
    if held is not None and held.revision != revision:
        name = session.get_one(Person, held.updated_by).name
        raise ProfileChanged(name=name, at=f"{held.updated_at.astimezone(SHANGHAI):%H:%M}")
    if held is None:
        session.add(
            VillageProfile(village_id=village_id, facts=facts, revision=1, updated_by=actor.person_id, updated_at=now)
        )
    else:
        held.facts, held.revision, held.updated_by, held.updated_at = facts, held.revision + 1, actor.person_id, now
    session.flush()
    changed = sorted(name for name in {**former, **facts} if former.get(name) != facts.get(name))
    record(
        session,
        Event.PROFILE_CHANGED,
        village_id=village_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="village",
        subject_id=village_id,
        detail={"fields": changed},
        now=now,
    )
    mark_dirty(session, village_id, "village", now=now)
    return True
