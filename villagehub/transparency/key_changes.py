"""A step of a change of the log's key needs two people: proposed at the server's keyboard, confirmed or refused by somebody of
the township or the county on the page, then done at the keyboard. One confirmation is good for one step of one key.

Whoever proposes, answers or does a step holds the log's head, so that the three follow each other.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.queries import keyboard_channel
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import KEY_PAIRS
from villagehub.accounts.two_people import LIFETIME, WORDS_LENGTH, list_holders, who_words
from villagehub.config import Settings
from villagehub.journal import SITE, Event, record
from villagehub.journal.models import JournalEntry
from villagehub.kernel.canonical import one_line
from villagehub.kernel.clock import SHANGHAI, local_day
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.period import day_words
from villagehub.kernel.refused import NotFound, Refused
from villagehub.transparency import key_rules as rules
from villagehub.transparency.key_rules import State
from villagehub.transparency.key_terms import Step, read_steps
from villagehub.transparency.log import hold_head
from villagehub.transparency.models import KeyChange, KeyChangeEvent
from villagehub.transparency.notes import read_vkey
from villagehub.transparency.ours import folder_of

_SUBJECT: Final = "key_change"
_WHOLE: Final = {Event.KEY_CHANGE_PROPOSED, Event.KEY_CHANGE_CONFIRMED, Event.KEY_CHANGED}
"""What the journal holds of a step that went the whole way."""
_NOTED: Final = {State.CONFIRMED: Event.KEY_CHANGE_CONFIRMED, State.REFUSED: Event.KEY_CHANGE_REFUSED}
MOST: Final = 20
"""Proposals on one page."""


@dataclass(frozen=True, slots=True)
class Change:
    """One proposal as it stands."""

    id: int
    action: str
    key: str
    channel: str
    at: datetime
    until: datetime
    state: State
    by: str
    """Who confirmed or refused it, with the post; empty while nobody has."""
    role: str
    reason: str
    said_at: datetime | None
    before: str = ""
    """Where it was proposed just now in the place of one that had been confirmed: what became of that."""

    @property
    def words(self) -> str:
        """What is to be done, with the key's number."""
        return f"{rules.ACTION_WORDS[self.action]} {self.key_id}"

    @property
    def state_words(self) -> str:
        """Where it stands."""
        return rules.STATE_WORDS[self.state]

    @property
    def key_id(self) -> str:
        """The eight characters in the middle of the key's line."""
        return read_vkey(self.key).id.hex()


def list_changes(session: Session, *, most: int = MOST, now: datetime) -> list[Change]:
    """The newest proposals, the newest first."""
    held = session.scalars(select(KeyChange).order_by(KeyChange.id.desc()).limit(most)).all()
    if not held:
        return []
    ids = [one.id for one in held]
    answers = select(KeyChangeEvent).where(KeyChangeEvent.change_id.in_(ids))
    said = {one.change_id: one for one in session.scalars(answers)}
    known = _Known(
        done={(one.action, one.key) for one in read_steps(session)},
        said=said,
        noted=_noted(session, ids),
        caught_up=_caught_up(session),
    )
    return [_read(session, one, known, newest=one is held[0], now=now) for one in held]


def newest_change(session: Session, *, now: datetime) -> Change | None:
    """The proposal that counts; None where there never was one."""
    return next(iter(list_changes(session, most=1, now=now)), None)


def is_agreed(session: Session, steps: Sequence[Step]) -> bool:
    """Whether this installation, its journal too, knows that the last of these steps was proposed, confirmed by the second
    person whose post the leaf states, and done here. A leaf that was written past a confirmation has no such record.
    """
    if not steps:
        return False
    step = steps[-1]
    wanted = (
        select(KeyChange.id, KeyChangeEvent.role)
        .join(KeyChangeEvent, KeyChangeEvent.change_id == KeyChange.id)
        .where(KeyChange.action == step.action, KeyChange.key == step.key, KeyChangeEvent.kind == State.CONFIRMED)
    )
    agreed = [one.id for one in session.execute(wanted) if step.roles == (rules.PROPOSER, one.role)]
    return any(noted.keys() >= _WHOLE for noted in _noted(session, agreed).values())


def agree(session: Session, action: str, key: str, *, again: bool, now: datetime) -> Change:
    """The newest proposal of this step, made where there is none that counts; after a refusal only when asked ``again``. To be
    called under the log's head. Raises NobodyMayConfirm.
    """
    held = newest_change(session, now=now)
    mine = held is not None and (held.action, held.key) == (action, key)
    if held is None or not mine or held.state is State.LAPSED or (held.state is State.REFUSED and again):
        if not list_confirmers(session, now=now):
            raise rules.NobodyMayConfirm()
        made = KeyChange(action=action, key=key, channel=keyboard_channel(), proposed_at=now, until=now + LIFETIME)
        session.add(made)
        session.flush()
        _note(session, Event.KEY_CHANGE_PROPOSED, made, actor=None, now=now)
        lapsed = held if held is not None and mine and held.state is State.LAPSED else None
        before = rules.lapsed_words(lapsed.said_at, now=now) if lapsed is not None else ""
        held = newest_change(session, now=now)
        held = replace(held, before=before) if held is not None else None
    if held is None:
        raise NotFound()
    return held


def list_confirmers(session: Session, *, now: datetime) -> list[str]:
    """Everybody who may confirm today, with the post."""
    return list_holders(session, KEY_PAIRS[rules.PROPOSER], but=(rules.PROPOSER,), now=now)


def why_not_yet(session: Session, held: Change, settings: Settings, *, now: datetime) -> Refused:
    """What the operator is told while the step may not be done."""
    what = f"{rules.ACTION_WORDS[held.action]}（编号 {held.key_id}）"
    if held.state is State.REFUSED:
        return rules.NotAgreed(what=what, by=held.by, reason=held.reason, action=held.action)
    until = held.until.astimezone(SHANGHAI)
    return rules.WaitsForSecond(
        before=held.before,
        what=what,
        who=rules.one_of(list_confirmers(session, now=now)),
        address=f"{settings.base_url}/town/key",
        until=f"{day_words(local_day(until))} {until:%H:%M}",
        action=held.action,
    )


def note_done(session: Session, held: Change, *, now: datetime) -> None:
    """The journal's line of the step itself."""
    _note(session, Event.KEY_CHANGED, session.get_one(KeyChange, held.id), actor=None, now=now)


def must_confirm(session: Session, change_id: int, *, actor: Actor, now: datetime) -> Role:
    """The post by which this person may say yes or no to the proposal. Raises NoLongerOpen, IsOperator, WrongPair."""
    held = newest_change(session, now=now)
    if held is None or held.id != change_id:
        raise rules.NoLongerOpen(state=rules.SUPERSEDED)
    role, refusal = rules.why_not_confirm(actor, held.state)
    if refusal is not None or role is None:
        raise refusal or NotFound()
    return role


def answer(
    session: Session, settings: Settings, change_id: int, said: State, *, reason: str = "", actor: Actor, now: datetime
) -> None:
    """The second person confirms or refuses; the log is not touched. Raises NotFound, NoLongerOpen, IsOperator, WrongPair,
    NoReasonGiven.
    """
    hold_head(session, folder_of(settings))
    role = must_confirm(session, change_id, actor=actor, now=now)
    why = hide_numbers(one_line(reason)).rstrip("。") if said is State.REFUSED else ""
    if said is State.REFUSED and not WORDS_LENGTH[0] <= len(why) <= WORDS_LENGTH[1]:
        raise rules.NoReasonGiven()
    session.add(
        KeyChangeEvent(
            change_id=change_id,
            kind=said.value,
            person_id=actor.person_id,
            role=role.value,
            reason=why,
            at=now,
        )
    )
    session.flush()
    _note(session, _NOTED[said], session.get_one(KeyChange, change_id), actor=actor, now=now)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the state of proposals depends on beside themselves, read once for all of them."""

    done: Collection[tuple[str, str]]
    said: Mapping[int, KeyChangeEvent]
    noted: Mapping[int, Mapping[str, int]]
    caught_up: int


def _read(session: Session, held: KeyChange, known: _Known, *, newest: bool, now: datetime) -> Change:
    said, noted = known.said.get(held.id), known.noted.get(held.id, {})
    borne_out = Event.KEY_CHANGE_PROPOSED in noted and (said is None or _NOTED[State(said.kind)] in noted)
    facts = rules.Facts(
        until=held.until,
        said=said.kind if said is not None else "",
        said_at=said.at if said is not None else None,
        done=(held.action, held.key) in known.done,
        current=newest and borne_out and noted[Event.KEY_CHANGE_PROPOSED] > known.caught_up,
    )
    return Change(
        id=held.id,
        action=held.action,
        key=held.key,
        channel=held.channel,
        at=held.proposed_at,
        until=held.until,
        state=rules.state_of(facts, now=now),
        by=who_words(session, said.person_id, said.role) if said is not None else "",
        role=said.role if said is not None else "",
        reason=said.reason if said is not None else "",
        said_at=said.at if said is not None else None,
    )


def _noted(session: Session, ids: Collection[int]) -> dict[int, dict[str, int]]:
    """The journal's entries of these proposals: event and number, by proposal."""
    wanted = select(JournalEntry.subject_id, JournalEntry.event, JournalEntry.seq).where(
        JournalEntry.village_id == SITE,
        JournalEntry.subject_kind == _SUBJECT,
        JournalEntry.subject_id.in_(ids),
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in session.execute(wanted):
        found[one.subject_id][one.event] = one.seq
    return found


def _caught_up(session: Session) -> int:
    """The number of the newest entry that says that the database was compared with a newer log; what two people agreed on
    before that may be a history that is over.
    """
    wanted = select(JournalEntry.seq).where(JournalEntry.village_id == SITE, JournalEntry.event == Event.LOG_CAUGHT_UP)
    return max(session.scalars(wanted), default=0)  # asked for the highest, SQLite would look through all from the end


def _note(session: Session, event: Event, held: KeyChange, *, actor: Actor | None, now: datetime) -> None:
    record(
        session,
        event,
        village_id=SITE,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else "",
        channel=actor.channel if actor else keyboard_channel(),
        subject_kind=_SUBJECT,
        subject_id=held.id,
        detail={"step": rules.ACTION_WORDS[held.action], "log_key": read_vkey(held.key).id.hex()},
        now=now,
    )
