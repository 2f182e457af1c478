"""Verbs on matched columns: kept with the upload, remembered for the village, forgotten again (import.md 3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.journal import Event, record
from villagehub.kernel.clock import rfc3339
from villagehub.ledgers import rules
from villagehub.ledgers.actions import keep_report
from villagehub.ledgers.layouts import Layouts, with_unnamed
from villagehub.ledgers.models import ColumnLayout, Upload
from villagehub.ledgers.outline import OutlineColumn
from villagehub.ledgers.queries import HEADING_FAULTS
from villagehub.ledgers.result import Checked
from villagehub.ledgers.vocabulary import Target


def targets_of(kept: Mapping[str, Any]) -> Layouts:
    """What the reading needs of an upload's layouts."""
    return {
        mark: with_unnamed(
            [one["target"] for one in layout["columns"] if "letter" not in one],
            {one["letter"]: one["target"] for one in layout["columns"] if "letter" in one},
        )
        for mark, layout in kept.items()
    }


def layout_entry(
    columns: Sequence[OutlineColumn], targets: Sequence[Target], upload: Upload | None, *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """What stands in ``Upload.layouts`` for one layout; of a file of many villages, without an upload."""
    pairs = [(column, target) for column, target in zip(columns, targets, strict=True) if column.heading or target]
    return {
        "columns": [
            {"heading": column.heading, "target": target, **({} if column.heading else {"letter": column.letter})}
            for column, target in pairs
        ],
        "name": actor.name,
        "at": rfc3339(now),
        "upload_id": upload.id if upload else 0,
    }


def remembered(session: Session, village_id: int, section: str) -> dict[str, Any]:
    """The layouts that the village has matched for this section, as ``Upload.layouts`` keeps them."""
    found = session.scalars(
        select(ColumnLayout).where(ColumnLayout.village_id == village_id, ColumnLayout.section == section)
    )
    return {
        one.mark: {
            "columns": one.columns,
            "name": one.kept_by_name,
            "at": rfc3339(one.kept_at),
            "upload_id": one.upload_id,
        }
        for one in found
    }


def match_columns(
    session: Session,
    upload: Upload,
    layouts: dict[str, Any],
    checked: Checked,
    report: dict[str, Any],
    *,
    seen: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps what ``checked``, the file read again by these layouts, found, and remembers the layouts for the village once the
    heading is in order. Questions answered about other columns are open again.

    ``seen`` is the revision that the person saw (None: whichever). Raises ColumnsMoved, AcceptedAlready.
    """
    refusal = rules.why_not_change(upload.state, superseded=upload.superseded_by is not None)
    if refusal:
        raise refusal
    if seen is not None and seen != upload.revision:
        raise rules.ColumnsMoved()
    made = {mark: one for mark, one in layouts.items() if upload.layouts.get(mark) != one}
    upload.layouts, upload.confirmations = layouts, {}
    keep_report(session, upload, checked, report)
    if any(one.code in HEADING_FAULTS for one in checked.problems):
        return
    for mark, one in made.items():
        remember_layout(session, upload, mark, one, actor=actor, now=now)


def remember_layout(
    session: Session, upload: Upload, mark: str, one: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """Has the upload's village know this matching when the same headings come again."""
    _note(session, upload, Event.LAYOUT_KEPT, mark, actor=actor, now=now)
    held = _held(session, upload, mark)
    if held is None:
        held = ColumnLayout(village_id=upload.village_id, section=upload.section, mark=mark)
        session.add(held)
    held.columns, held.upload_id = one["columns"], upload.id
    held.kept_by, held.kept_by_name, held.kept_at = actor.person_id, actor.name, now
    session.flush()


def forget_layout(session: Session, upload: Upload, mark: str, *, actor: Actor, now: datetime) -> bool:
    """Forgets the village's matching of this layout; the next file is read by its headings alone. False where none is held.

    Uploads keep the matching by which they were read.
    """
    held = _held(session, upload, mark)
    if held is None:
        return False
    session.delete(held)
    session.flush()
    _note(session, upload, Event.LAYOUT_FORGOTTEN, mark, actor=actor, now=now)
    return True


def _held(session: Session, upload: Upload, mark: str) -> ColumnLayout | None:
    wanted = select(ColumnLayout).where(
        ColumnLayout.village_id == upload.village_id,
        ColumnLayout.section == upload.section,
        ColumnLayout.mark == mark,
    )
    return session.scalar(wanted)


def _note(session: Session, upload: Upload, event: Event, mark: str, *, actor: Actor, now: datetime) -> None:
    """Writes it into the village's journal, whose head then is held: two who match at once come one after the other."""
    record(
        session,
        event,
        village_id=upload.village_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="upload",
        subject_id=upload.id,
        detail={"section": upload.section, "layout": mark[:16]},
        now=now,
    )
