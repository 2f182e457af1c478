"""The clock's part: looks at each address, notes what it is about to say, says it, and notes what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from villagehub.config import Settings
from villagehub.disclosures.policy import policy_of
from villagehub.holidays.calendars import read_calendar
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.notices.channels import AUDIENCE_WORDS, Audience, Channel, channel_files, read_channels
from villagehub.notices.finding import Urgent, find_digest, find_urgent, place_today, place_words, urgent_for
from villagehub.notices.memory import Memory, Store
from villagehub.notices.sending import OUTCOME_WORDS, Outcome, send
from villagehub.notices.wording import TITLE, Item, Message, compose, still_told
from villagehub.storage import reading

BUDGET: Final = 40.0
"""Seconds after which a run leaves the rest to the next minute."""
_PAGES: Final = {Audience.CLERK: "/desk", Audience.TOWNSHIP: "/town", Audience.OPERATOR: "/town/checks"}


@dataclass(frozen=True, slots=True)
class _Round:
    """What all addresses of one run share."""

    settings: Settings
    store: Store
    now: datetime
    works: bool
    """Today is a working day: no digest goes on others."""
    urgent: Sequence[Urgent]


def tell_all(settings: Settings, *, now: datetime, beat: Callable[[str], None] = lambda _words: None) -> str:
    """Says to every address what it has not been told yet; returns what was done, in words. An address that fails keeps no
    other waiting: those that failed come last, and what does not fit into this minute goes in the next.
    """
    if not channel_files(settings.keys):
        return ""
    store = Store(settings.instance)
    with store.alone() as mine:
        if not mine:
            return ""
        with reading() as session:
            urgent = find_urgent(session, now=now, since=_silent_since(settings, store))
            works = read_calendar(session).works(local_day(now))
        this, began, told, failed = _Round(settings, store, now, works, urgent), monotonic(), 0, 0
        for channel in sorted(read_channels(settings.keys), key=lambda one: (_tries(store, one), one.id)):
            for outcome in _tell(this, channel, beat):
                told += outcome is Outcome.SENT
                failed += outcome is not Outcome.SENT
            if monotonic() - began > BUDGET:
                break
    said = [f"发出 {told} 条提醒" if told else "", f"{failed} 条没发出去，过一会儿再发" if failed else ""]
    return "；".join(one for one in said if one)


def _silent_since(settings: Settings, store: Store) -> datetime | None:
    """When the first of the operators' addresses went silent that have not been reached since."""
    operators = [one for one in read_channels(settings.keys) if one.audience is Audience.OPERATOR]
    silent = (store.read(one.id, "urgent").silent_since for one in operators)
    return min((one for one in silent if one is not None), default=None)


def _tries(store: Store, channel: Channel) -> int:
    return sum(store.read(channel.id, kind).tries for kind in ("urgent", "digest"))


def _tell(this: _Round, channel: Channel, beat: Callable[[str], None]) -> list[Outcome]:
    """The alarms that are new, then the day's digest."""
    done = []
    for kind, look in (("urgent", _urgent), ("digest", _digest)):
        beat(f"正在看 {channel.id}")
        memory = this.store.read(channel.id, kind)
        try:
            message = look(this, channel, memory)
        except Refused as refusal:  # the place is gone
            today = local_day(this.now)
            if memory.day != today or memory.state != "failed":
                gone = memory.begun(this.now, today).failed(this.now, refusal.sentence.rstrip("。"))
                this.store.write(channel.id, kind, gone)
            continue
        if message is not None:
            done.append(_deliver(this, channel, kind, memory, message))
    return done


def _urgent(this: _Round, channel: Channel, memory: Memory) -> Message | None:
    with reading() as session:
        items = urgent_for(channel, place_today(session, channel.place), this.urgent)
    still = still_told(items, memory.told)
    message = _compose(this, channel, items, still, "有急事要办")
    if message is not None:
        return message if memory.urgent_due(this.now) else None
    if memory.state in ("failed", "sending") or still != memory.told:  # what was to be said is over
        this.store.write(channel.id, "urgent", memory.quiet(this.now, local_day(this.now), still))
    return None


def _digest(this: _Round, channel: Channel, memory: Memory) -> Message | None:
    today = local_day(this.now)
    if not this.works or channel.audience is Audience.OPERATOR or not memory.digest_due(this.now, today):
        return None
    with reading() as session:
        items = find_digest(
            session,
            channel,
            policy=policy_of(this.settings),
            remind_days=this.settings.remind_days,
            review_days=this.settings.review_days,
            now=this.now,
            today=today,
        )
    still = still_told(items, memory.told)
    message = _compose(this, channel, items, still, "")
    if message is None:
        this.store.write(channel.id, "digest", memory.quiet(this.now, today, still))
    return message


def _compose(this: _Round, channel: Channel, items: Sequence[Item], told: Sequence[str], what: str) -> Message | None:
    with reading() as session:
        head = "，".join(one for one in (place_words(session, channel.place), what) if one)
    address = f"{this.settings.base_url}{_PAGES[channel.audience]}"
    return compose(items, told, head=head, address=address, today=local_day(this.now))


def _deliver(this: _Round, channel: Channel, kind: str, memory: Memory, message: Message) -> Outcome:
    """Noted first: whoever dies between the two lines has said a digest at most once."""
    begun = memory.begun(this.now, local_day(this.now))
    this.store.write(channel.id, kind, begun)
    outcome = send(channel.url, TITLE, message.body)
    if outcome is Outcome.SENT:
        this.store.write(channel.id, kind, begun.sent(this.now, message.told))
    else:
        this.store.write(channel.id, kind, begun.failed(this.now, OUTCOME_WORDS[outcome]))
    return outcome


def send_test(settings: Settings, channel: Channel) -> Outcome:
    """Sends one line to try an address out. If it arrives, the address no longer counts as one that fails. Raises NoSuchPlace."""
    with reading() as session:
        place = place_words(session, channel.place)
    body = f"测试：{place}的提醒会发到这里（给{AUDIENCE_WORDS[channel.audience]}看）。收到这一行，就是通了。"
    outcome = send(channel.url, TITLE, body)
    store = Store(settings.instance)
    with store.alone() as mine:
        for kind in ("urgent", "digest") if mine and outcome is Outcome.SENT else ():
            memory = store.read(channel.id, kind)
            if memory.since is not None:
                store.write(channel.id, kind, memory.reached())
    return outcome
