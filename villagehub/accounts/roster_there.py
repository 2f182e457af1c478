"""Whether a line of a list of people was taken before: one person has one account, so that nobody signs twice."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from villagehub.accounts.appointing import HeldAlready, open_at
from villagehub.accounts.models import Appointment, ElectionSubstitute, Person, StandIn
from villagehub.accounts.roles import Role
from villagehub.kernel.period import day_words
from villagehub.kernel.refused import Refused
from villagehub.places.models import Place


class SameName(Refused):
    """Somebody of this name has or had a post here, and the line does not say whether it is the same person."""

    code = "same_name"
    message = "{place}已经有一位{name}（账号 {logins}）。"
    fix = "是同一个人，请在“账号”一列写这个账号；是同名的另一个人，请在“账号”一列写一个没有人用的账号名。"
    status = 422


class SameNameInList(Refused):
    """Two lines of one list name the same person of the same village, or two people of one name."""

    code = "same_name_in_list"
    message = "名单里{place}有两行都是{name}。"
    fix = "是同一个人，请只留一行，或者两行写同一个账号；是同名的两个人，请在“账号”一列给每个人写不同的账号名。"
    status = 422


class OnlyFillsIn(Refused):
    """Filling in ends by itself, and what the list gives would be gone with it."""

    code = "only_fills_in"
    message = "{name}现在只是临时代办这个职务，到 {until} 为止，名单没有办。"
    fix = "要正式任职，请先在“人员”页结束这次代办，再传一次名单；只是代办，请从名单里去掉这一行。"


def holds_it(
    session: Session,
    person: Person,
    role: Role,
    entity: str,
    place: Place,
    *,
    from_date: date | None,
    until_date: date | None,
    today: date,
) -> bool:
    """Whether the person holds this post for that term; one that fits exactly wins over all others.

    Raises OnlyFillsIn where they hold it for somebody else, HeldAlready where the list gives it another term.
    """
    held = [
        one for one in open_at(session, person, place, from_date or today) if (one.role, one.entity) == (role, entity)
    ]
    filled = set(session.scalars(select(StandIn.appointment_id).where(_among(StandIn, held))))
    filled |= set(session.scalars(select(ElectionSubstitute.appointment_id).where(_among(ElectionSubstitute, held))))
    own = [one for one in held if one.id not in filled]
    if any(from_date in (None, one.from_date) and until_date in (None, one.until_date) for one in own):
        return True
    if own:
        raise HeldAlready(name=person.name)
    if held:
        until = max((one.until_date for one in held if one.until_date), default=today)
        raise OnlyFillsIn(name=person.name, until=day_words(until))
    return False


def _among(table: type[StandIn] | type[ElectionSubstitute], held: Collection[Appointment]) -> ColumnElement[bool]:
    return table.appointment_id.in_([one.id for one in held])


def namesakes(session: Session, name: str, place: Place, *, but: Collection[str]) -> Sequence[Person]:
    """Accounts in use of this name with a post at the place, now or earlier; without those whose login is among ``but``."""
    served = select(Appointment.person_id).where(Appointment.place_id == place.id)
    wanted = select(Person).where(Person.name == name, Person.disabled_at.is_(None), Person.id.in_(served))
    return session.scalars(wanted.where(Person.login.not_in(but)).order_by(Person.id)).all()
