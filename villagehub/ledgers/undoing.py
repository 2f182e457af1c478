"""Undoing an accepted upload: a draft is put back as it was; what is public gets a proposal of a correction (import.md 10)."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from villagehub.disclosures.actions import TakenBack, undo_filling
from villagehub.disclosures.models import Version
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.office import Hand, hold, start_correction
from villagehub.disclosures.rules import SupersededAlready
from villagehub.disclosures.scope import latest_published, title_of
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
    public: tuple[int, int] | None = None
    """The publication (its version and number) that is to be corrected by hand, where undoing is refused for good."""


def can_undo(session: Session, upload: Upload) -> CanUndo:
    """The rule for the button and for the action. Who may is asked elsewhere."""
    version = session.get(Version, upload.version_id) if upload.version_id else None
    if upload.state != "accepted" or version is None:
        return CanUndo(rules.NotAccepted())
    title = title_of(version.disclosure)
    if version.stage == Stage.ABANDONED:
        return CanUndo(rules.DraftGone(title=title))
    if version.stage == Stage.PUBLISHED:
        return _of_public(session, upload, version, title)
    if version.upload_id != upload.id:
        return CanUndo(rules.NotTheLast(title=title, later=_later(session, version)))
    if not upload.past or not any(trace_of(session, upload.id)):
        return CanUndo(rules.NoTrace())
    if version.stage in (Stage.SUBMITTED, Stage.REVIEWED):
        return CanUndo(rules.UndoUnderReview(title=title))
    return CanUndo(None)


def _of_public(session: Session, upload: Upload, version: Version, title: str) -> CanUndo:
    """The same of what is public: uploads below the last one cannot be reached backwards, only corrected by hand."""
    newest = latest_published(session, version.disclosure) or version
    at = (newest.id, newest.number or 0)
    if newest.id != version.id:
        return CanUndo(SupersededAlready(number=version.number, newest=newest.number), public=at)
    if version.upload_id != upload.id:
        later = _later(session, version)
        return CanUndo(rules.NotTheLastPublic(title=title, later=later, number=version.number), public=at)
    if not upload.past or not any(trace_of(session, upload.id)):
        return CanUndo(rules.NoTracePublic(title=title, number=version.number), public=at)
    draft = proposed_correction(session, upload)
    if draft is not None and draft.stage in OPEN_STAGES:
        return CanUndo(rules.ProposedAlready(title=title))
    return CanUndo(None, corrects=True)


def proposed_correction(session: Session, upload: Upload) -> Version | None:
    """The correction that undoing the upload opened, unless it was given up since."""
    proposed = upload.changes.get("correction")
    draft = session.get(Version, proposed) if proposed else None
    return draft if draft is not None and draft.stage != Stage.ABANDONED else None


def _later(session: Session, version: Version) -> str:
    later = session.get(Upload, version.upload_id) if version.upload_id else None
    return f"“{later.filename}”" if later else "别的表"


def undo(session: Session, upload: Upload, hand: Hand, *, code: str = "", reason: str = "") -> TakenBack:
    """Undoes the upload, in its draft or by a proposed correction with this reason; the original stays in the vault.

    Raises NotAccepted, DraftGone, NotTheLast, NoTrace, UndoUnderReview, ProposedAlready, of what is public NotTheLastPublic,
    NoTracePublic and SupersededAlready, and what the steps EDIT and CORRECT raise.
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
