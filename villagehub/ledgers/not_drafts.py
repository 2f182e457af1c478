"""Uploads that wait for their clerk, for the list of what is due: what was sent is begun, although no draft shows it yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.guard import current_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
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


def desk_uploads(chosen: str = "") -> dict[Account, Waiting]:
    """What waits of the village committee's books, in the villages that the person may upload for; the desk's page calls it."""
    actor = current_actor()
    with reading() as session:
        mine = villages_of(session, actor, Permission.UPLOAD, table=table()) if actor else []
        return list_waiting(session, {one.id: one.code for one in mine if chosen in ("", one.code)})


def list_waiting(session: Session, codes: Mapping[int, str]) -> dict[Account, Waiting]:
    """The same for these villages, given with their codes."""
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
