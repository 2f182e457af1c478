"""Whether a line of a list of people was taken before: one person has one account, so that nobody signs twice."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.appointing import HeldAlready, open_at
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.roles import Role
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
    """Whether the person holds this post from that day on. Raises HeldAlready where the list gives it another term."""
    for one in open_at(session, person, place, from_date or today):
        if (one.role, one.entity) == (role, entity):
            if (from_date and from_date != one.from_date) or (until_date and until_date != one.until_date):
                raise HeldAlready(name=person.name)
            return True
    return False


def namesakes(session: Session, name: str, place: Place, *, but: Collection[str]) -> Sequence[Person]:
    """Accounts in use of this name with a post at the place, now or earlier; without those whose login is among ``but``."""
    served = select(Appointment.person_id).where(Appointment.place_id == place.id)
    wanted = select(Person).where(Person.name == name, Person.disabled_at.is_(None), Person.id.in_(served))
    return session.scalars(wanted.where(Person.login.not_in(but)).order_by(Person.id)).all()
