"""A marked workbook that comes back continues the upload that it was made of (import.md 6b)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.journal import Event
from villagehub.ledgers.actions import note
from villagehub.ledgers.marked import mark_of
from villagehub.ledgers.models import Upload
from villagehub.ledgers.states import OPEN_STATES


def continue_earlier(session: Session, upload: Upload, mark: str, *, actor: Actor, now: datetime) -> Upload | None:
    """Has ``upload`` take the place of the one whose mark its workbook carries; returns that one, or None.

    Only an upload for the very same books and period that is not a draft yet can be continued; any other mark is somebody's
    old file and means nothing. Answers to questions that are asked again in the same words are taken along.
    """
    number = mark.partition("-")[0]
    earlier = session.get(Upload, int(number), with_for_update=True) if number.isdecimal() else None
    if earlier is None or earlier.id == upload.id or mark != mark_of(earlier.id, earlier.sha256):
        return None
    same = all(
        getattr(earlier, name) == getattr(upload, name)
        for name in ("village_id", "entity", "group_no", "section", "period")
    )
    if not same or earlier.state not in OPEN_STATES or upload.state not in OPEN_STATES:
        return None
    if earlier.superseded_by is not None or upload.superseded_by is not None:
        return None
    earlier.superseded_by = upload.id
    earlier.revision += 1
    asked = {(one["place"], one["message"]) for one in upload.report.get("problems", [])}
    kept = {
        one["place"]: earlier.confirmations[one["place"]]
        for one in earlier.report.get("problems", [])
        if one["place"] in earlier.confirmations and (one["place"], one["message"]) in asked
    }
    upload.confirmations = {**kept, **upload.confirmations}
    session.flush()
    note(session, upload, Event.UPLOAD_CONTINUED, actor=actor, now=now, detail={"upload": earlier.id})
    return earlier


def continued_by(session: Session, upload: Upload) -> str:
    """The name of the file that this upload continues; empty where it continues none."""
    return session.scalar(select(Upload.filename).where(Upload.superseded_by == upload.id).limit(1)) or ""
