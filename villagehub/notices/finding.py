"""What there is to say, found by the rules of the desks. Titles leave out what a clerk typed: no name can be in them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.checking import list_alarms
from villagehub.disclosures.due import Due
from villagehub.disclosures.expected import list_expected, list_put_off
from villagehub.disclosures.hiding import unconfirmed
from villagehub.disclosures.hiding_lines import waiting_versions
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import Account, account_of, title_of
from villagehub.holidays.calendars import read_calendar
from villagehub.journal import SITE, Event
from villagehub.journal.models import JournalEntry
from villagehub.kernel.clock import SHANGHAI, local_day
from villagehub.kernel.period import day_words
from villagehub.kernel.working_days import Calendar, working_days_between
from villagehub.notices.channels import Audience, Channel
from villagehub.notices.wording import Item
from villagehub.places.queries import VillageFacts, list_villages, read_village, read_village_by_id
from villagehub.questions.queries import tally_waiting
from villagehub.questions.stages import TO_ANSWER, WAITS
from villagehub.redactions.actions import list_unconfirmed
from villagehub.supervision.missing import list_overdue
from villagehub.transparency.key_changes import newest_change
from villagehub.transparency.key_rules import State

NEWS: Final = timedelta(days=3)
"""So long the site's journal is looked through for alarms that were not told yet; longer while an address waits for one."""
_DOCTOR: Final = "请运行 villagehub doctor 查清。"
_OF_THE_SITE: Final = {
    Event.LOG_STOPPED: ("防改日志停签了，村里暂时不能公开", _DOCTOR),
    Event.LOG_MENDED: ("防改日志有文件缺了或者坏了，已照签过名的重新写好", "请查磁盘，查谁动过。"),
    Event.WITNESS_AGAINST: ("有一家见证见过的日志和这里的不一样", _DOCTOR),
    Event.ORIGINAL_BROKEN: ("有原始文件坏了或者不见了", _DOCTOR),
}
"""What an operator is told of the site's journal, and what to do; its details stay there."""

Urgent = tuple[VillageFacts | None, frozenset[Audience], Item]
"""Its village (None: the site's own), whom it concerns, and what is said."""


def villages_of_channel(session: Session, channel: Channel) -> list[VillageFacts]:
    """The villages that an address is about; none for the whole site. Raises NoSuchPlace."""
    if not channel.place:
        return []
    if len(channel.place) == 12:
        return [read_village(session, channel.place)]
    return [read_village_by_id(session, one.id) for one in list_villages(session, channel.place)[1]]


def find_digest(
    session: Session,
    channel: Channel,
    *,
    policy: Policy,
    remind_days: int,
    review_days: int,
    now: datetime,
    today: date,
) -> list[Item]:
    """What the day's digest could say, village by village. Raises NoSuchPlace."""
    if channel.audience is Audience.OPERATOR:
        return []
    villages = villages_of_channel(session, channel)
    of_clerk = channel.audience is Audience.CLERK
    found: dict[int, list[Item]] = {one.id: [] for one in villages}
    if of_clerk:
        calendar = read_calendar(session)
        for village, account, due, begun in _coming(session, villages, today=today):
            words = _before(account, due, begun, calendar, today=today, remind_days=remind_days)
            if words:
                key = f"before:{village.code}:{_key(account)}:{due.day}"
                found[village.id].append(Item((key,), village.name, words))
    batches: Counter[str] = Counter()
    for late in list_overdue(session, villages, policy=policy, today=today, now=now):
        account, day = late.item.account, late.item.due.day if late.item.due else today
        said = (
            f"{_title(account)}：应于{day_words(day, beside=today)}公开，过期 {late.item.judged.days} 天。{late.todo}。"
        )
        key = f"late:{late.village.code}:{_key(account)}:{day}"
        batches[key] += 1  # batches of one period differ by what a clerk typed, which stays here
        found[late.village.id].append(Item((f"{key}:{batches[key]}",), late.village.name, said))
    for village in villages:
        found[village.id] += _questions(session, village, of_clerk=of_clerk, today=today)
    names = {one.id: one for one in villages}
    for version in waiting_versions(session, list(names)):
        village = names[version.village_id]
        key = f"review:{version.id}:{version.submitted_at}"
        words = f"{_title(version.disclosure)}：送审满 {review_days} 天，签字还没齐。"
        found[village.id].append(Item((key,), village.name, words))
    for held in list_unconfirmed(session, list(names), now=now):
        village, version = names[held.village_id], session.get_one(Version, held.version_id)
        words = f"{_title(version.disclosure)}（第 {version.number} 号公开）：有一件隐去的申请，等第二个人确认。"
        found[village.id].append(Item((f"redaction:{held.id}",), village.name, words))
    of_township = channel.audience is Audience.TOWNSHIP and len(channel.place) != 12
    return [*(_log_key(session, now=now) if of_township else []), *(item for items in found.values() for item in items)]


def _log_key(session: Session, *, now: datetime) -> list[Item]:
    """A change of the log's key that waits for somebody of the township or the county."""
    held = newest_change(session, now=now)
    if held is None or held.state is not State.PROPOSED:
        return []
    day = day_words(local_day(held.until), beside=local_day(now))
    return [Item((f"log_key:{held.id}",), "", f"防改日志要换钥匙，等镇里或县里的人看过确认，到{day}作废。")]


def find_urgent(session: Session, *, now: datetime, since: datetime | None = None) -> list[Urgent]:
    """What cannot wait for the morning, of the whole site. ``since`` is when the first operator's address went silent, if one
    is: what was news then waits for it.
    """
    made: list[Urgent] = []
    faulty = set(session.scalars(select(PublicationCheck.village_id).where(PublicationCheck.fault != "")))
    for village_id in sorted(faulty):
        village = read_village_by_id(session, village_id)
        for alarm in list_alarms(session, [village_id]):
            disclosure = session.get_one(Version, alarm.version_id).disclosure
            words = f"{village.name} 第 {alarm.number} 号公开（{_title(disclosure)}）和封存时不一样，请马上核对。"
            item = Item((f"alarm:{alarm.version_id}",), village.name, words)
            made.append((village, frozenset({Audience.TOWNSHIP, Audience.OPERATOR}), item))
    for hide in session.scalars(unconfirmed()).all():
        village = read_village_by_id(session, hide.village_id)
        title = _title(session.get_one(Disclosure, hide.disclosure_id))
        words = f"{village.name} 第 {hide.upto_number} 号公开（{title}）撤下了，一天里要有第二个人确认，不然自动恢复。"
        item = Item((f"hide:{hide.id}",), village.name, words)
        made.append((village, frozenset({Audience.CLERK, Audience.TOWNSHIP}), item))
    return made + _of_the_site(session, now=now, since=min(since or now, now))


def _of_the_site(session: Session, *, now: datetime, since: datetime) -> list[Urgent]:
    """One line for each kind of alarm, said anew with each entry of the site's journal."""
    noted = session.execute(
        select(JournalEntry.id, JournalEntry.event, JournalEntry.at)
        .where(
            JournalEntry.village_id == SITE,
            JournalEntry.event.in_([one.value for one in _OF_THE_SITE]),
            JournalEntry.at > since - NEWS,
            JournalEntry.at <= now,
        )
        .order_by(JournalEntry.id)
    )
    found: dict[Event, list[tuple[int, datetime]]] = {}
    for entry_id, event, at in noted:
        found.setdefault(Event(event), []).append((entry_id, at))
    made: list[Urgent] = []
    for kind, entries in found.items():
        what, todo = _OF_THE_SITE[kind]
        last = entries[-1][1].astimezone(SHANGHAI)
        day = day_words(last.date(), beside=local_day(now))
        keys = tuple(f"site:{entry_id}" for entry_id, _at in entries)
        item = Item(keys, "", f"{what}（{day} {last:%H:%M} 发现）。{todo}")
        made.append((None, frozenset({Audience.OPERATOR}), item))
    return made


def urgent_for(channel: Channel, code: str, found: Sequence[Urgent]) -> list[Item]:
    """Of these what concerns one address; ``code`` is its place's code of today."""
    return [
        item
        for village, audiences, item in found
        if channel.audience in audiences
        and (not code or (village is not None and code in (village.code, village.township_code)))
    ]


def place_today(session: Session, code: str) -> str:
    """The code that a village or township bears today; raises NoSuchPlace."""
    if not code:
        return ""
    return read_village(session, code).code if len(code) == 12 else list_villages(session, code)[0].code


def place_words(session: Session, code: str) -> str:
    """What it is called; ``全站`` without one. Raises NoSuchPlace."""
    if not code:
        return "全站"
    return read_village(session, code).name if len(code) == 12 else list_villages(session, code)[0].name


def _coming(
    session: Session, villages: Sequence[VillageFacts], *, today: date
) -> list[tuple[VillageFacts, Account, Due, bool]]:
    names = {one.id: one for one in villages}
    found = [
        (names[one.account.village_id], one.account, one.due, one.begun)
        for one in list_expected(session, list(names), today=today)
        if not one.public
    ]
    for village in villages:
        found += [(village, account, due, True) for account, due in list_put_off(session, village.id)]
    return found


def _before(account: Account, due: Due, begun: bool, calendar: Calendar, *, today: date, remind_days: int) -> str:
    """The words of a day that comes near; empty where it is over or far away."""
    left = working_days_between(today, due.day, calendar)
    if due.day < today or left > remind_days:
        return ""
    when = "今天是最后一天" if due.day == today else f"还有 {left} 个工作日" if left else "以后都是放假，请今天办"
    return f"{_title(account)}：{day_words(due.day, beside=today)}以前要公开，{when}。{'' if begun else '还没开始。'}"


def _questions(session: Session, village: VillageFacts, *, of_clerk: bool, today: date) -> list[Item]:
    """Counts only; each further one is news."""
    tally = tally_waiting(session, [village.id], today=today, wanted=TO_ANSWER if of_clerk else WAITS)
    number = tally.waiting if of_clerk else tally.to_read + tally.pressing
    if not number:
        return []
    if of_clerk:
        words = f"有 {tally.waiting} 个提问等村里答复" + (
            f"，其中 {tally.pressing} 个过了期限。" if tally.pressing else "。"
        )
    else:
        words = (
            f"有 {tally.waiting} 个提问等着办：{tally.to_read} 个等镇里先看，{tally.pressing} 个过了期限或转到了镇里。"
        )
    counted = [("wait", tally.waiting if of_clerk else tally.to_read), ("late", tally.pressing)]
    keys = tuple(f"question:{village.code}:{kind}:{one}" for kind, most in counted for one in range(1, most + 1))
    return [Item(keys, village.name, words)]


def _title(account: Account | Disclosure) -> str:
    """Section and period; never the subject, which a clerk typed."""
    return title_of(replace(account if isinstance(account, Account) else account_of(account), subject=""))


def _key(account: Account) -> str:
    return f"{account.section}:{account.period}:{account.entity}:{account.group_no}"
