"""The permanent page of an upload: what came, how it was read, who confirmed what, and what became of each row (import.md 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Version
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.signatures import names_of
from villagehub.disclosures.stages import STAGE_WORDS, Stage
from villagehub.disclosures.traced import TracedList, Which, counted, first_filled, list_traced
from villagehub.kernel import clock
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.figures import covers, figure_lines
from villagehub.ledgers.mend_page import Mended, mended_cells
from villagehub.ledgers.models import Upload
from villagehub.ledgers.queries import MOST_ASIDE, state_words
from villagehub.ledgers.report import of_severity
from villagehub.ledgers.undoing import CanUndo, can_undo, proposed_correction
from villagehub.sections import section_named

WAY_WORDS: Final = {"file": "传的文件", "pasted": "粘贴的表格", "typed": "在网页上填的"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One question and who answered it."""

    where: str
    words: str
    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another upload into the same draft."""

    id: int
    filename: str
    words: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Everything the page shows."""

    id: int
    title: str
    filename: str
    way: str
    words: str
    state: str
    sha256: str
    size: int
    sheets: tuple[str, ...]
    sent_by: str
    sent_at: datetime
    accepted_by: str
    accepted_at: datetime | None
    version_id: int | None
    stage_words: str
    number: int | None
    correction_id: int | None
    read: tuple[tuple[str, str], ...]
    """Rows of the file and its figures, in words."""
    covers: str
    """Which rows the figures cover, while some have faults."""
    done: tuple[tuple[Which, str, int], ...]
    """The lists with their counts, as they were read back after acceptance."""
    kept: int
    stays: int
    columns: tuple[str, ...]
    answers: tuple[Answer, ...]
    fixes: tuple[Mended, ...]
    """Cells mended on the page; the file stays as it came."""
    repaired: tuple[str, ...]
    repaired_count: int
    set_aside: tuple[str, ...]
    set_aside_count: int
    aside_page: int
    aside_pages: int
    listed: TracedList | None
    """One page of one list; None where nothing was accepted or its trace is gone."""
    names_gone: bool
    """The list's time is over, and what was quoted of the file is gone."""
    undone: dict[str, Any]
    undo: CanUndo
    siblings: tuple[Sibling, ...]


def read_record(
    session: Session, upload: Upload, *, which: Which | None = None, page: int = 1, aside: int = 1
) -> RecordPage:
    """The page of one upload, with one page of a list of rows and one of the rows set aside; the caller has checked that its
    village is the reader's.
    """
    report, changes = upload.report, upload.changes
    counts = report.get("counts", {})
    version = session.get(Version, upload.version_id) if upload.version_id else None
    people = names_of(session, {one for one in (upload.uploaded_by, upload.accepted_by) if one})
    chosen = which or first_filled(changes)
    section = section_named(upload.section)
    listed = list_traced(session, section, upload.id, chosen, page=page) if upload.state == "accepted" else None
    proposed = proposed_correction(session, upload)
    return RecordPage(
        id=upload.id,
        title=title_of(account_of(upload)),
        filename=upload.filename,
        way=WAY_WORDS[upload.way],
        words=state_words(upload),
        state=upload.state,
        sha256=upload.sha256,
        size=upload.size,
        sheets=tuple(one for one in report.get("sheets", []) if one),
        sent_by=people.get(upload.uploaded_by, ""),
        sent_at=upload.uploaded_at,
        accepted_by=people.get(upload.accepted_by or 0, ""),
        accepted_at=upload.accepted_at,
        version_id=upload.version_id,
        stage_words=STAGE_WORDS[Stage(version.stage)] if version else "",
        number=version.number if version else None,
        correction_id=proposed.id if proposed else None,
        read=tuple(figure_lines(report)),
        covers=covers(report),
        done=counted(changes) if "kept" in changes else (),
        kept=changes.get("kept", 0),
        stays=changes.get("stays", 0),
        columns=tuple(report.get("columns", [])),
        answers=_answers(upload),
        fixes=tuple(mended_cells(upload.fixes, many_sheets=len(report.get("sheets", [])) > 1, now=clock.now())),
        repaired=tuple(report.get("repaired", [])),
        repaired_count=report.get("repaired_count", 0),
        set_aside=tuple(report.get("set_aside", [])[(aside - 1) * MOST_ASIDE : aside * MOST_ASIDE]),
        aside_page=aside,
        aside_pages=-(-len(report.get("set_aside", [])) // MOST_ASIDE),
        set_aside_count=counts.get("set_aside", 0),
        listed=listed if listed and (listed.total or which) else None,
        names_gone=upload.names_gone_at is not None,
        undone=changes.get("undone", {}) if proposed or upload.state == "undone" else {},
        undo=can_undo(session, upload),
        siblings=_siblings(session, upload),
    )


def _answers(upload: Upload) -> tuple[Answer, ...]:
    asked = {one["place"]: one for one in of_severity(upload.report, "confirm")}
    return tuple(
        Answer(
            where=f"第 {asked[place]['row']} 行" if asked[place].get("row") else "整张表",
            words=asked[place]["message"],
            name=said["name"],
            at=datetime.fromisoformat(said["at"]),
        )
        for place, said in upload.confirmations.items()
        if place in asked
    )


def _siblings(session: Session, upload: Upload) -> tuple[Sibling, ...]:
    if upload.version_id is None:
        return ()
    found: Sequence[Upload] = session.scalars(
        select(Upload).where(Upload.version_id == upload.version_id, Upload.id != upload.id).order_by(Upload.id)
    ).all()
    return tuple(Sibling(one.id, one.filename, state_words(one)) for one in found)
