"""Undoing an accepted upload: a draft is put back as it was; what is public gets a proposal of a correction (import.md 10)."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from villagehub.disclosures.actions import TakenBack, undo_filling
from villagehub.disclosures.models import Version
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.office import Hand, hold, start_correction
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import OPEN_STAGES, Stage
from villagehub.disclosures.steps import Step
from villagehub.disclosures.tracing import Standing, forget_traces, trace_of
from villagehub.journal import Event, record
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.models import Upload
from villagehub.ledgers.states import UploadState
from villagehub.places.queries import read_village_by_id


@dataclass(frozen=True, slots=True)
class CanUndo:
    """Whether the upload can be undone now, and what that would be."""

    refusal: Refused | None
    corrects: bool = False
    """It is public already: undoing opens a correction, and wants a reason."""


def can_undo(session: Session, upload: Upload) -> CanUndo:
    """The rule for the button and for the action. Who may is asked elsewhere."""
    version = session.get(Version, upload.version_id) if upload.version_id else None
    if upload.state != "accepted" or version is None:
        return CanUndo(rules.NotAccepted())
    title = title_of(version.disclosure)
    if version.stage == Stage.ABANDONED:
        return CanUndo(rules.DraftGone(title=title))
    if version.upload_id != upload.id:
        later = session.get(Upload, version.upload_id) if version.upload_id else None
        return CanUndo(rules.NotTheLast(title=title, later=f"“{later.filename}”" if later else "别的表"))
    if not upload.past or not any(trace_of(session, upload.id)):
        return CanUndo(rules.NoTrace())
    if version.stage in (Stage.SUBMITTED, Stage.REVIEWED):
        return CanUndo(rules.UndoUnderReview(title=title))
    if version.stage == Stage.PUBLISHED:
        proposed = upload.changes.get("correction")
        draft = session.get(Version, proposed) if proposed else None
        if draft is not None and draft.stage in OPEN_STAGES:
            return CanUndo(rules.ProposedAlready(title=title))
        return CanUndo(None, corrects=True)
    return CanUndo(None)


def undo(session: Session, upload: Upload, hand: Hand, *, code: str = "", reason: str = "") -> TakenBack:
    """Undoes the upload, in its draft or by a proposed correction with this reason; the original stays in the vault.

    Raises NotAccepted, DraftGone, NotTheLast, NoTrace, UndoUnderReview, ProposedAlready, and what the steps EDIT and CORRECT
    raise.
    """
    lock_counter(session, upload.village_id)
    found = can_undo(session, upload)
    if found.refusal:
        raise found.refusal
    version = session.get_one(Version, upload.version_id)
    past, opened = upload.past, bool(upload.past["opened"]) and not found.corrects
    if found.corrects:
        village = read_village_by_id(session, version.village_id)
        draft: Version | None = start_correction(session, village, version.number or 0, hand, code=code, reason=reason)
    else:
        draft = hold(session, version.id, Step.EDIT, hand)
    if draft is None:
        raise rules.NotAccepted()
    done = undo_filling(
        session,
        draft,
        upload.id,
        opened=opened,
        before=Standing(**past["before"]),
        after=Standing(**past["after"]),
        actor=hand.actor,
        now=hand.now,
    )
    kept: dict[str, Any] = asdict(done)
    if found.corrects:
        upload.changes = {**upload.changes, "undone": kept, "correction": draft.id}
    else:
        upload.changes = {**upload.changes, "undone": kept}
        upload.state = UploadState.UNDONE
        forget_traces(session, [version.id], upload_id=upload.id)
    upload.revision += 1
    session.flush()
    record(
        session,
        Event.UPLOAD_UNDONE,
        village_id=upload.village_id,
        actor_id=hand.actor.person_id,
        actor_name=hand.actor.name,
        channel=hand.actor.channel,
        subject_kind="upload",
        subject_id=upload.id,
        detail={"version": draft.id, "removed": done.removed, "restored": done.restored + done.returned},
        now=hand.now,
    )
    return done
