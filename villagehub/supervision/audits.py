"""The verbs on audits: ask, and every further move. Lines are only added; each is noted in the village's journal."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.models import Row, Version, VersionAuthor, VersionRow
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.scope import publication_of, version_with_id
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.journal import Event, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.clock import local_day
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.masking import hide_numbers
from villagehub.storage.tables import hold_file
from villagehub.supervision import audit_rules as rules
from villagehub.supervision.models import Audit, AuditEvent
from villagehub.supervision.one_village import thing_in
from villagehub.supervision.stages import MOVE_WORDS, NEEDS_DAY, REACHES, Move, State


@dataclass(frozen=True, slots=True)
class Material:
    """A file that lies in the vault already."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a person puts into one line."""

    text: str = ""
    due_on: date | None = None
    correction: int | None = None
    """The number of the publication that put the figure right."""
    material: Material | None = None


def clean_text(text: str) -> str:
    """Line by line, NFC, without people's numbers: the line can never be taken out again."""
    lines = [one_line(line) for line in text.splitlines()]
    return hide_numbers("\n".join(line for line in lines if line))


def state_of(last: AuditEvent) -> State:
    """Where an audit stands after its last line."""
    return REACHES[Move(last.move)]


def audit_with_id(session: Session, audit_id: int, *, lock: bool = False) -> Audit:
    """The audit, locked against a second writer if asked; raises NoSuchAudit."""
    found = session.get(Audit, audit_id, with_for_update=lock or None) if audit_id <= LARGEST_ID else None
    if found is None:
        raise rules.NoSuchAudit()
    return found


def last_event(session: Session, audit_id: int) -> AuditEvent:
    """The newest line; every audit has one."""
    return session.scalars(
        select(AuditEvent).where(AuditEvent.audit_id == audit_id).order_by(AuditEvent.seq.desc()).limit(1)
    ).one()


def authors_of_audited(session: Session, audit: Audit) -> set[int]:
    """Everyone who changed any version of the account that the audit is about, corrections included, or any version that
    holds the thing in question, or where all are in question one of them: a register's things live on across periods.
    """
    version = version_with_id(session, audit.version_id)
    things = [audit.thing_id] if audit.thing_id is not None else _things_of(version.id)
    sharing = (
        select(VersionRow.version_id).join(Row, Row.id == VersionRow.row_id).where(Row.thing_id.in_(things)).distinct()
    )
    return set(
        session.scalars(
            select(VersionAuthor.person_id)
            .join(Version, Version.id == VersionAuthor.version_id)
            .where(or_(Version.disclosure_id == version.disclosure_id, Version.id.in_(sharing)))
        )
    )


def _things_of(version_id: int) -> Select[int]:
    return select(Row.thing_id).join(VersionRow, VersionRow.row_id == Row.id).where(VersionRow.version_id == version_id)


def ask(session: Session, version: Version, said: Said, *, number: int | None, actor: Actor, now: datetime) -> Audit:
    """Opens an audit on a published version, or on one row of it. The caller has asked for the permission.

    Raises AuditNotPublic, NoSuchRow, AuditText, AuditDay. The same question once more leads to the first.
    """
    if version.stage != Stage.PUBLISHED:
        raise rules.AuditNotPublic()
    thing_id = thing_in(session, version, number) if number is not None else None
    lock_counter(session, version.village_id)  # before looking: the same question may be under way
    text = clean_text(said.text)
    refusal = rules.why_not_text(Move.ASK, text) or rules.why_not_day(Move.ASK, said.due_on, today=local_day(now))
    if refusal:
        raise refusal
    same = session.scalars(
        select(Audit)
        .join(AuditEvent, AuditEvent.audit_id == Audit.id)
        .where(
            Audit.version_id == version.id,
            Audit.thing_id == thing_id if thing_id is not None else Audit.thing_id.is_(None),
            Audit.opened_by == actor.person_id,
            AuditEvent.move == Move.ASK,
            AuditEvent.text == text,
        )
        .order_by(Audit.id.desc())
    ).first()
    if same is not None and last_event(session, same.id).seq == 1:
        return same  # the second of two clicks
    audit = Audit(
        village_id=version.village_id,
        version_id=version.id,
        thing_id=thing_id,
        opened_by=actor.person_id,
        opened_at=now,
    )
    session.add(audit)
    session.flush()
    _write(session, audit, Move.ASK, 1, Said(text, said.due_on), actor=actor, now=now)
    return audit


def move_audit(
    session: Session, audit_id: int, move: Move, said: Said, *, seen: int, actor: Actor, now: datetime
) -> None:
    """Adds one line, if the table of states knows the move from here. The caller has asked for the permission.

    Raises WrongState, DraftedIt, ChangedSince, AuditText, AuditDay, NotACorrection. The same line once more changes nothing.
    """
    audit = audit_with_id(session, audit_id, lock=True)
    last, text = last_event(session, audit.id), "" if move is Move.HAND_OVER else clean_text(said.text)
    if (last.move, last.text, last.person_id) == (move.value, text, actor.person_id) and seen < last.seq:
        return  # the second of two clicks
    if seen != last.seq:
        raise rules.ChangedSince(name=last.person_name, move=MOVE_WORDS[Move(last.move)])
    refusal = (
        rules.why_not_move(state_of(last), move, actor=actor, authors=authors_of_audited(session, audit))
        or rules.why_not_text(move, text)
        or rules.why_not_day(move, said.due_on, today=local_day(now))
    )
    if refusal:
        raise refusal
    correction = _correction(session, audit, said.correction) if move is Move.CORRECTED else None
    kept = Said(text, said.due_on if move in NEEDS_DAY else None, correction, said.material)
    _write(session, audit, move, last.seq + 1, kept, actor=actor, now=now)


def _correction(session: Session, audit: Audit, number: int | None) -> int:
    """The id of the correction with this number, published after the question about the same account."""
    audited = version_with_id(session, audit.version_id)
    found = publication_of(session, audit.village_id, number) if number else None
    if (
        found is None
        or found.disclosure_id != audited.disclosure_id
        or found.kind != VersionKind.CORRECTION
        or found.published_at is None
        or found.published_at < audit.opened_at
    ):
        raise rules.NotACorrection(number=number if number else "（没写）")
    return found.id


def _write(session: Session, audit: Audit, move: Move, seq: int, said: Said, *, actor: Actor, now: datetime) -> None:
    file = said.material
    if file is not None:
        hold_file(session, file.sha256, file.size, now=now)
    session.add(
        AuditEvent(
            audit_id=audit.id,
            seq=seq,
            move=move.value,
            text=said.text,
            due_on=said.due_on,
            correction_id=said.correction,
            file_sha256=file.sha256 if file else None,
            file_name=file.name if file else "",
            person_id=actor.person_id,
            person_name=actor.name,
            channel=actor.channel,
            at=now,
        )
    )
    session.flush()
    record(
        session,
        Event.AUDIT_MOVED,
        village_id=audit.village_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="audit",
        subject_id=audit.id,
        detail={"move": move.value, "seq": seq},
        now=now,
    )
