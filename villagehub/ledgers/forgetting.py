"""What the records of uploads hold of a list of persons goes when the list's time is over (decision 11).

Reports quote cells, mended cells hold what was typed, traces hold rows that were replaced before anything was public. Counts,
sums, columns, who confirmed and when stay.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Version
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.tracing import forget_traces
from villagehub.journal import Event, record_by_clock
from villagehub.kernel.clock import local_day
from villagehub.ledgers.models import Upload
from villagehub.ledgers.states import OPEN_STATES, UploadState
from villagehub.sections import SECTIONS

GONE: Final = "（名单公开期满，内容已去掉）"


def list_uploads_with_names(session: Session, *, days: int, now: datetime) -> list[int]:
    """Uploads of person lists whose publication's last day has come, and those that nothing public came of within so many
    days; oldest first. What stands in an open draft waits.
    """
    over = (Version.stage == Stage.PUBLISHED) & (Version.expires_on <= local_day(now))
    came_to_nothing = Version.id.is_(None) | (Version.stage == Stage.ABANDONED) | (Upload.state == UploadState.UNDONE)
    wanted = (
        select(Upload.id)
        .outerjoin(Version, Version.id == Upload.version_id)
        .where(
            Upload.section.in_([one.name for one in SECTIONS.values() if one.persons]),
            Upload.names_gone_at.is_(None),
            over | (came_to_nothing & (Upload.uploaded_at <= now - timedelta(days=days))),
        )
        .order_by(Upload.id)
    )
    return list(session.scalars(wanted))


def forget_names(session: Session, upload_id: int, *, now: datetime) -> int:
    """Takes out what the upload's record quotes of the file, and its trace; an upload that nobody went on with is given up.
    Returns 1, or 0 where it was done before. The original is not touched here.
    """
    upload = session.get_one(Upload, upload_id, with_for_update=True)
    if upload.names_gone_at is not None:
        return 0
    upload.report, upload.fixes = without_quotes(upload.report), _emptied(upload.fixes)
    if "undone" in upload.changes:
        undone = upload.changes["undone"]
        upload.changes = {
            **upload.changes,
            "undone": {**undone, "kept": [[number, ""] for number, _ in undone["kept"]]},
        }
    if upload.version_id is not None:
        forget_traces(session, [upload.version_id], upload_id=upload.id)
    if UploadState(upload.state) in OPEN_STATES:
        upload.state = UploadState.ABANDONED
        _note(session, upload, now=now)
    upload.names_gone_at = now
    upload.revision += 1
    session.flush()
    return 1


def without_quotes(report: dict[str, Any]) -> dict[str, Any]:
    """A report without anything that it quotes of the file's cells. Pure."""
    bare = {"message": GONE, "fix": "", "value": None}
    return {
        **report,
        **({"problems": [{**one, **bare} for one in report["problems"]]} if "problems" in report else {}),
        **({"repaired": []} if "repaired" in report else {}),
        **({"cells": []} if "cells" in report else {}),
    }


def _emptied(fixes: dict[str, Any]) -> dict[str, Any]:
    return {place: {**one, "typed": GONE, "was": GONE} for place, one in fixes.items()}


def _note(session: Session, upload: Upload, *, now: datetime) -> None:
    record_by_clock(
        session,
        Event.UPLOAD_ABANDONED,
        village_id=upload.village_id,
        subject_kind="upload",
        subject_id=upload.id,
        detail={},
        now=now,
    )
