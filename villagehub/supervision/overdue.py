"""Audits whose day has passed: noted in the village's journal, once for each deadline. Nothing else happens by itself."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from villagehub.journal import Event, record_by_clock
from villagehub.journal.models import JournalEntry
from villagehub.kernel.clock import local_day
from villagehub.supervision.audits import audit_with_id, last_event
from villagehub.supervision.models import Audit, AuditEvent


def list_late_audits(session: Session, *, now: datetime) -> list[int]:
    """Audits whose last line asks for something by a day that is over, and of which the journal does not say so yet."""
    line = aliased(AuditEvent)
    newest = select(func.max(line.seq)).where(line.audit_id == Audit.id).correlate(Audit).scalar_subquery()
    late = (
        select(Audit.id)
        .join(AuditEvent, AuditEvent.audit_id == Audit.id)
        .where(AuditEvent.seq == newest, AuditEvent.due_on < local_day(now))
        .order_by(Audit.id)
    )
    return [one for one in session.scalars(late) if not _is_noted(session, one)]


def note_late_audit(session: Session, audit_id: int, *, now: datetime) -> bool:
    """Notes it; False when somebody has answered or noted it meanwhile."""
    audit = audit_with_id(session, audit_id, lock=True)
    last = last_event(session, audit.id)
    if last.due_on is None or last.due_on >= local_day(now) or _is_noted(session, audit.id):
        return False
    record_by_clock(
        session,
        Event.AUDIT_OVERDUE,
        village_id=audit.village_id,
        subject_kind="audit",
        subject_id=audit.id,
        detail={"seq": last.seq, "until": last.due_on.isoformat()},
        now=now,
    )
    return True


def _is_noted(session: Session, audit_id: int) -> bool:
    noted = session.scalars(
        select(JournalEntry.detail).where(
            JournalEntry.event == Event.AUDIT_OVERDUE,
            JournalEntry.village_id == select(Audit.village_id).where(Audit.id == audit_id).scalar_subquery(),
            JournalEntry.subject_kind == "audit",
            JournalEntry.subject_id == audit_id,
        )
    )
    seq = last_event(session, audit_id).seq
    return any(detail.get("seq") == seq for detail in noted)
