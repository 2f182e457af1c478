"""Reads of audits: one with everything said in it, lists, and how many are open. Frozen lines come out, ready to show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import WEB
from villagehub.disclosures.models import Disclosure, Row, Thing, Version, VersionRow
from villagehub.disclosures.scope import section_of, title_of, version_with_id
from villagehub.disclosures.wording import days_words, shown
from villagehub.places.models import Place
from villagehub.places.queries import short_name
from villagehub.supervision.audits import state_of
from villagehub.supervision.models import Audit, AuditEvent
from villagehub.supervision.stages import MOVE_WORDS, NEXT, STATE_WORDS, VILLAGE_MOVES, Move, State


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One audit in a list."""

    id: int
    village_code: str
    village_name: str
    title: str
    state: State
    words: str
    days: str
    """``还有 3 天``, ``晚 2 天``; empty where nobody has to do anything by a day."""
    late: bool
    opened_at: datetime
    version_id: int
    thing_id: int | None
    entity: str
    """Whose books are asked about; who answers depends on it."""

    @property
    def waits_for_village(self) -> bool:
        """Whether the village has to do something."""
        return self.state in (State.ASKED, State.RECTIFYING)


@dataclass(frozen=True, slots=True)
class TalkLine:
    """One line of an audit."""

    seq: int
    move: Move
    words: str
    name: str
    on_behalf: bool
    at: datetime
    text: str
    due_on: date | None
    correction: int | None
    """The number of the correcting publication."""
    file_name: str
    of_village: bool


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One audit in full."""

    line: AuditLine
    village_id: int
    number: int | None
    """The thing's permanent number, where one row is audited."""
    publication: int | None
    talk: tuple[TalkLine, ...]
    moves: tuple[Move, ...]
    """What the table of states knows from here."""
    handed_over: bool
    """Then the village does not see it (ux.md g)."""

    @property
    def seen(self) -> int:
        """The last line; forms carry it."""
        return self.talk[-1].seq


def list_audits(
    session: Session, villages: Collection[int], *, today: date, only_open: bool = False, hidden: bool = True
) -> list[AuditLine]:
    """Audits of these villages, those with a deadline first, closed ones last. ``hidden``: also what was handed over."""
    newest = (
        select(AuditEvent.audit_id, func.max(AuditEvent.seq).label("seq"))
        .join(Audit, Audit.id == AuditEvent.audit_id)
        .where(Audit.village_id.in_(villages))
        .group_by(AuditEvent.audit_id)
        .subquery()
    )
    found = session.execute(
        select(Audit, AuditEvent)
        .join(newest, newest.c.audit_id == Audit.id)
        .join(AuditEvent, (AuditEvent.audit_id == Audit.id) & (AuditEvent.seq == newest.c.seq))
        .order_by(Audit.id)
    ).all()
    pairs = [
        (audit, last)
        for audit, last in found
        if (hidden or last.move != Move.HAND_OVER) and not (only_open and state_of(last) is State.CLOSED)
    ]
    lines = _lines(session, pairs, today)
    due = {audit.id: last.due_on or date.max for audit, last in pairs}
    return sorted(lines, key=lambda one: (one.state is State.CLOSED, due[one.id], -one.id))


def open_by_village(session: Session, villages: Collection[int], *, today: date) -> dict[int, int]:
    """How many audits are open in each village that has any."""
    codes: dict[int, int] = {}
    ids = {code: place_id for place_id, code in _codes(session, villages)}
    for one in list_audits(session, villages, today=today, only_open=True):
        codes[ids[one.village_code]] = codes.get(ids[one.village_code], 0) + 1
    return codes


def read_audit(session: Session, audit: Audit, *, today: date) -> AuditPage:
    """One audit with all of its lines, oldest first."""
    events = session.scalars(select(AuditEvent).where(AuditEvent.audit_id == audit.id).order_by(AuditEvent.seq)).all()
    last = events[-1]
    (line,) = _lines(session, [(audit, last)], today)
    wanted = [one.correction_id for one in events if one.correction_id is not None]
    numbers = {one.id: one.number for one in session.scalars(select(Version).where(Version.id.in_(wanted)))}
    thing = session.get(Thing, audit.thing_id) if audit.thing_id is not None else None
    return AuditPage(
        line=line,
        village_id=audit.village_id,
        number=thing.number if thing else None,
        publication=version_with_id(session, audit.version_id).number,
        talk=tuple(
            TalkLine(
                seq=one.seq,
                move=Move(one.move),
                words=MOVE_WORDS[Move(one.move)],
                name=one.person_name,
                on_behalf=one.channel != WEB,
                at=one.at,
                text=one.text,
                due_on=one.due_on,
                correction=numbers.get(one.correction_id or 0),
                file_name=one.file_name,
                of_village=Move(one.move) in VILLAGE_MOVES,
            )
            for one in events
        ),
        moves=tuple(NEXT[line.state]),
        handed_over=last.move == Move.HAND_OVER,
    )


def _codes(session: Session, ids: Collection[int]) -> Sequence[tuple[int, str]]:
    return [(one, code) for one, code in session.execute(select(Place.id, Place.code).where(Place.id.in_(ids)))]


def _lines(session: Session, pairs: Sequence[tuple[Audit, AuditEvent]], today: date) -> list[AuditLine]:
    places = {
        one.id: one for one in session.scalars(select(Place).where(Place.id.in_({one.village_id for one, _ in pairs})))
    }
    lines = []
    for audit, last in pairs:
        state, place = state_of(last), places[audit.village_id]
        lines.append(
            AuditLine(
                id=audit.id,
                village_code=place.code,
                village_name=short_name(place.name),
                title=_title(session, audit),
                state=state,
                words=MOVE_WORDS[Move(last.move)] if state is State.CLOSED else STATE_WORDS[state],
                days=days_words(last.due_on, today) if last.due_on else "",
                late=last.due_on is not None and last.due_on < today,
                opened_at=audit.opened_at,
                version_id=audit.version_id,
                thing_id=audit.thing_id,
                entity=version_with_id(session, audit.version_id).disclosure.entity,
            )
        )
    return lines


def _title(session: Session, audit: Audit) -> str:
    version = version_with_id(session, audit.version_id)
    title = title_of(session.get_one(Disclosure, version.disclosure_id))
    if audit.thing_id is None:
        return title
    found = session.execute(
        select(Row.facts, Thing.number)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version.id, Row.thing_id == audit.thing_id)
    ).first()
    if found is None:
        return title
    facts, number = found
    section = section_of(version)
    headline = shown(section.field_named(section.headline), facts.get(section.headline)) if section.headline else ""
    return f"{headline or f'编号 {number}'}（{title}）"
