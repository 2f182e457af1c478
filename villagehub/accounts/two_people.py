"""What two people of different posts do together: one proposes, another confirms within a week, nobody does both. Shared by
redactions and by changes of the log's key.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.models import Person
from villagehub.accounts.queries import actor_of
from villagehub.accounts.roles import ROLE_WORDS, Role
from villagehub.kernel.refused import Refused

LIFETIME: Final = timedelta(days=7)
"""Not confirmed within a week a proposal lapses."""
WORDS_LENGTH: Final = (4, 60)
"""Why something is done or refused, in one sentence that the other person, or the village, reads."""


class SamePerson(Refused):
    """Nobody confirms their own proposal."""

    code = "two_people_same_person"
    message = "提出的人不能自己确认。"
    fix = "请另一级的人登录自己的账号来确认。"
    status = 403


class WrongPair(Refused):
    """The second person holds a post that does not go with the first one's."""

    code = "two_people_wrong_pair"
    message = "{role}提出的，要由{others}确认。"
    fix = "请把这件事告诉他们，让他们登录自己的账号来确认。"
    status = 403


def why_not_pair(
    pairs: Mapping[Role, Collection[Role]], proposer: Role, held: Collection[Role]
) -> tuple[Role | None, Refused | None]:
    """The first post held that goes with the proposer's, or why none does. Pure."""
    fits = [one for one in held if one in pairs.get(proposer, ())]
    if fits:
        return fits[0], None
    return None, WrongPair(role=ROLE_WORDS[proposer], others=posts_words(pairs.get(proposer, ())))


def posts_words(roles: Collection[Role]) -> str:
    """Which posts may confirm: 镇监督员或县主管部门."""
    return "或".join(ROLE_WORDS[one] for one in roles)


def who_words(session: Session, person_id: int, role: str) -> str:
    """A person with the post by which they acted: 吴敏（镇监督员）."""
    return f"{session.get_one(Person, person_id).name}（{ROLE_WORDS[Role(role)]}）"


def list_holders(session: Session, roles: Collection[Role], *, but: Collection[Role], now: datetime) -> list[str]:
    """Everybody who holds one of the posts today and none of the others, each with the post: 吴敏（镇监督员）."""
    found = []
    for person in session.scalars(select(Person).where(Person.disabled_at.is_(None)).order_by(Person.id)):
        held = [one.role for one in actor_of(session, person, now=now).appointments]
        fits = [one for one in roles if one in held]
        if fits and not set(but).intersection(held):
            found.append(f"{person.name}（{ROLE_WORDS[fits[0]]}）")
    return found
