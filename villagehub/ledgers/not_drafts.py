"""Uploads that wait for their clerk, for the list of what is due: what was sent is begun, although no draft shows it yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.guard import current_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.queries import NotBegun
from villagehub.ledgers.models import Upload, Way
from villagehub.ledgers.report import of_severity, open_questions
from villagehub.ledgers.states import OPEN_STATES, UploadState
from villagehub.storage import reading

Account = tuple[str, str, str]
"""The village's code, the section, the period as an address writes it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The newest upload of an account that no draft was made of."""

    words: str
    bad: bool
    """Something must be mended first."""
    url: str
    """Where the work on it goes on."""


@dataclass(frozen=True, slots=True)
class DueAndSent:
    """What is due and has no draft, by whether something of it was sent already."""

    resumed: tuple[tuple[NotBegun, Waiting], ...]
    untouched: tuple[NotBegun, ...]


def desk_uploads(due: Sequence[NotBegun], chosen: str = "") -> DueAndSent:
    """What is due of the village committee's books, in the villages that the person may upload for; the desk's page calls it."""
    actor = current_actor()
    if not due or actor is None:
        return DueAndSent((), tuple(due))
    with reading() as session:
        mine = villages_of(session, actor, Permission.UPLOAD, table=table())
        sent = list_waiting(session, {one.id: one.code for one in mine if chosen in ("", one.code)})
    held = [(one, sent.get((one.village_code, one.section, one.period))) for one in due]
    return DueAndSent(
        tuple((one, waiting) for one, waiting in held if waiting is not None),
        tuple(one for one, waiting in held if waiting is None),
    )


def list_waiting(session: Session, codes: Mapping[int, str]) -> dict[Account, Waiting]:
    """What waits of the committee's books in these villages, given with their codes."""
    found = session.scalars(
        select(Upload)
        .where(
            Upload.village_id.in_(codes),
            Upload.entity == "committee",
            Upload.state.in_(OPEN_STATES),
            Upload.superseded_by.is_(None),
            Upload.names_gone_at.is_(None),
        )
        .order_by(Upload.id)
    )
    return {(codes[one.village_id], one.section, str(one.period)): _waiting(one) for one in found}


def _waiting(upload: Upload) -> Waiting:
    faults, asked = of_severity(upload.report, "must_fix"), open_questions(upload.report, upload.confirmations)
    if upload.state == UploadState.RECEIVED:
        words = "还没有核对完"
    elif faults:
        words = f"有 {len(faults)} 处要改"
    elif asked:
        words = f"有 {len(asked)} 处要您确认"
    else:
        words = "核对好了，还没有存成草稿"
    typed = upload.way == Way.TYPED and bool(faults)
    url = url_for("fill.form", upload=upload.id) if typed else url_for("ledgers.show", upload_id=upload.id)
    return Waiting(f"已上传，{words}", bool(faults), url)
