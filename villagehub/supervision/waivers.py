"""Later due dates that a township grants, with a reason that villagers read (decision 14). What was granted stays written."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.disclosures.due import due_of, dues_of, put_off
from villagehub.disclosures.models import Waiver
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.scope import ENTITY_WORDS, Account, find_disclosure, latest_published, title_of
from villagehub.journal import Event, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.clock import local_day
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.period import Period, day_words
from villagehub.kernel.refused import Refused
from villagehub.places.queries import VillageFacts, list_groups
from villagehub.sections import section_named
from villagehub.storage.tables import mark_dirty
from villagehub.supervision.table import Row

LONGEST: Final = timedelta(days=366)
REASON_LENGTH: Final = (4, 120)


class NoDueDay(Refused):
    """No rule asks for this account, so there is nothing to put off."""

    code = "no_due_day"
    message = "{title}没有规定哪天要公开，不用批延期。"
    fix = "请核对类别和期间：季度写 2026Q3，月份写 2026-09，全年写 2026。"
    status = 422


class NotLater(Refused):
    """The new day must lie after the one that holds, and after today."""

    code = "not_later"
    message = "延到{until}不行：要晚于原来的{due}，也不能早于今天。"
    fix = "请写一个更晚的日期。"
    status = 422


class TooFar(Refused):
    """Nobody puts off for more than a year."""

    code = "too_far"
    message = "延到{until}太久了。"
    fix = "一次最多延一年，请写一个早些的日期。"
    status = 422


class PublicAlready(Refused):
    """What is public needs no later day."""

    code = "public_already"
    message = "{title}已经公开了（第 {number} 号），不用批延期。"
    fix = "公开晚了的，表里照实写“晚几天”。"
    status = 409


class NoSuchBooks(Refused):
    """Neither the village committee, nor its collective, nor one of its groups."""

    code = "no_such_books"
    message = "没有看懂是谁的账。"
    fix = "请从“哪一项”里选一项；村民小组的账，先要有这个组。"
    status = 422


class NoPublicReason(Refused):
    """Villagers read the reason."""

    code = "no_public_reason"
    message = "没有写清楚为什么延期。"
    fix = "请写一句话，4 到 120 个字，例如“县系统未关账，延至10月25日”。村民在网页上会看到。"
    status = 422


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """One later day that was granted."""

    title: str
    until: date
    reason: str
    granted_by: str
    granted_at: datetime


def grant_waiver(
    session: Session,
    village: VillageFacts,
    section: str,
    period: Period,
    *,
    entity: str = "committee",
    group_no: str = "",
    until: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Waiver:
    """Puts the day off, and marks the village's pages, which show the reason. The caller has asked for the permission.

    Raises NoDueDay, PublicAlready, NotLater, TooFar, NoPublicReason. The same once more changes nothing.
    """
    if entity not in ENTITY_WORDS or (group_no != "") != (entity == "group"):
        raise NoSuchBooks()
    if group_no and group_no not in {one.number for one in list_groups(session, village.id)}:
        raise NoSuchBooks()
    account, today = Account(village.id, section_named(section).name, period, entity, group_no), local_day(now)
    title, due, said = title_of(account), due_of(session, account), hide_numbers(one_line(reason))
    if due is None:
        raise NoDueDay(title=title)
    lock_counter(session, village.id)  # before looking: the same waiver, or the publication, may be under way
    last = session.scalar(
        select(Waiver)
        .where(
            Waiver.village_id == village.id,
            Waiver.entity == entity,
            Waiver.group_no == group_no,
            Waiver.section == section,
            Waiver.period == period,
        )
        .order_by(Waiver.id.desc())
    )
    if last is not None and (last.until, last.reason, last.granted_by) == (until, said, actor.person_id):
        return last  # the second of two clicks
    disclosure = find_disclosure(session, account)
    published = latest_published(session, disclosure) if disclosure else None
    if published is not None:
        raise PublicAlready(title=title, number=published.number)
    if until <= due.day or until < today:
        raise NotLater(until=day_words(until), due=day_words(due.day))
    if until - today > LONGEST:
        raise TooFar(until=day_words(until))
    if not REASON_LENGTH[0] <= len(said) <= REASON_LENGTH[1]:
        raise NoPublicReason()
    waiver = Waiver(
        village_id=village.id,
        entity=entity,
        group_no=group_no,
        section=section,
        period=period,
        until=until,
        reason=said,
        granted_by=actor.person_id,
        granted_at=now,
    )
    session.add(waiver)
    session.flush()
    record(
        session,
        Event.WAIVER_GRANTED,
        village_id=village.id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="waiver",
        subject_id=waiver.id,
        detail={
            "entity": entity,
            "group": group_no,
            "section": section,
            "period": str(period),
            "until": until.isoformat(),
            "reason": said,
        },
        now=now,
    )
    mark_dirty(session, village.id, "village", now=now)
    return waiver


def list_waivers(session: Session, village_id: int, *, most: int = 20) -> list[WaiverLine]:
    """A village's later days, the newest first."""
    found = session.execute(
        select(Waiver, Person.name)
        .join(Person, Person.id == Waiver.granted_by)
        .where(Waiver.village_id == village_id)
        .order_by(Waiver.id.desc())
        .limit(most)
    )
    return [WaiverLine(title_of(put_off(one)), one.until, one.reason, name, one.granted_at) for one, name in found]


def list_waivable(session: Session, row: Row) -> list[tuple[Account, str, date]]:
    """What a later day can be granted for, with its name and its day: the village's open accounts of a quarter, and the same
    flows in the books of its collective and of its groups, which nobody may have begun yet.
    """
    held = {replace(one.account, subject=""): one for one in row.items}
    flows = sorted({one.account.period for one in row.items if one.account.section == "finance"})
    books = [("collective", ""), *(("group", one.number) for one in list_groups(session, row.village.id))]
    more = [Account(row.village.id, "finance", period, *whose) for whose in books for period in flows]
    wanted = [one for one, item in held.items() if item.can_wait] + [one for one in more if one not in held]
    dues = dues_of(session, wanted)
    return [(one, title_of(one), due.day) for one, due in zip(wanted, dues, strict=True) if due is not None]
