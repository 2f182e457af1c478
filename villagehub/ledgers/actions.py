"""Verbs on uploads: receive a file, keep what was found in it, answer questions, accept it into a draft, give it up."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.actions import Changes, open_draft, put_rows
from villagehub.disclosures.models import Version, VersionRow
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import Account, find_disclosure, open_version
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.tracing import keep_after, keep_before, standing
from villagehub.journal import Event, record
from villagehub.kernel.clock import rfc3339
from villagehub.kernel.collector import collector_rests
from villagehub.ledgers import rules
from villagehub.ledgers.models import Upload, Way
from villagehub.ledgers.report import open_questions
from villagehub.ledgers.result import Checked
from villagehub.ledgers.states import OPEN_STATES, UploadState
from villagehub.storage.tables import hold_file


def account_of(upload: Upload) -> Account:
    """The six words of the disclosure that the upload is for."""
    return Account(
        village_id=upload.village_id,
        section=upload.section,
        period=upload.period,
        entity=upload.entity,
        group_no=upload.group_no,
        subject=upload.subject,
    )


def _still_stands(session: Session, earlier: Upload) -> bool:
    """Whether sending the same bytes again would change nothing: what the upload filled is the newest state of its
    disclosure. After the draft was given up, or filled from another file, the clerk means to have it back.
    """
    if earlier.state != UploadState.ACCEPTED:
        return True
    filled = session.get(Version, earlier.version_id) if earlier.version_id else None
    if filled is None or filled.upload_id != earlier.id:
        return False
    newest = session.scalar(
        select(func.max(Version.id)).where(
            Version.disclosure_id == filled.disclosure_id, Version.stage != Stage.ABANDONED
        )
    )
    return newest == filled.id


def receive(
    session: Session,
    account: Account,
    *,
    sha256: str,
    size: int,
    filename: str,
    way: Way = Way.FILE,
    actor: Actor,
    now: datetime,
) -> tuple[Upload, bool]:
    """Records a file whose bytes the vault holds already; True beside it when the same bytes were sent before.

    The same file for the same account is recognised by its hash: the earlier upload is handed back (import.md 1), unless
    the draft that it filled was given up or filled from another file since.
    """
    hold_file(session, sha256, size, now=now)
    earlier = session.scalar(
        select(Upload)
        .where(
            Upload.village_id == account.village_id,
            Upload.entity == account.entity,
            Upload.group_no == account.group_no,
            Upload.section == account.section,
            Upload.period == account.period,
            Upload.sha256 == sha256,
            Upload.state.in_((*OPEN_STATES, UploadState.ACCEPTED)),
            Upload.superseded_by.is_(None),
        )
        .order_by(Upload.id.desc())
        .limit(1)
    )
    if earlier is not None and account.subject in ("", earlier.subject) and _still_stands(session, earlier):
        return earlier, True
    upload = Upload(
        village_id=account.village_id,
        entity=account.entity,
        group_no=account.group_no,
        section=account.section,
        period=account.period,
        subject=account.subject,
        sha256=sha256,
        filename=filename,
        way=way,
        size=size,
        report={},
        confirmations={},
        fixes={},
        changes={},
        gone=[],
        past={},
        uploaded_by=actor.person_id,
        uploaded_at=now,
    )
    session.add(upload)
    session.flush()
    note(session, upload, Event.UPLOAD_RECEIVED, actor=actor, now=now, detail={"sha256": sha256, "size": size})
    return upload, False


def keep_report(session: Session, upload: Upload, checked: Checked, report: dict[str, Any]) -> None:
    """Stores what a check found. Problems carry masked values only; no row of the file is stored. Raises AcceptedAlready,
    WasAbandoned, WasUndone.
    """
    refusal = rules.why_not_change(upload.state)
    if refusal:
        raise refusal
    upload.report = report
    upload.outcome = checked.outcome
    if not upload.subject:
        upload.subject = checked.subject
    upload.state = UploadState.CHECKED
    upload.revision += 1
    session.flush()


def confirm(session: Session, upload: Upload, places: list[str], *, actor: Actor, now: datetime) -> int:
    """Answers questions with 就是这样, each by name of its place; returns how many are still open.

    Raises UnknownQuestion for a place that the report does not ask about, AcceptedAlready.
    """
    refusal = rules.why_not_change(upload.state, superseded=upload.superseded_by is not None)
    if refusal:
        raise refusal
    asked = {problem["place"] for problem in upload.report.get("problems", []) if problem["severity"] == "confirm"}
    for place in places:
        if place not in asked:
            raise rules.UnknownQuestion(place=place[:60])
    answer = {"person_id": actor.person_id, "name": actor.name, "at": rfc3339(now)}
    upload.confirmations = {
        **upload.confirmations,
        **{place: answer for place in places if place not in upload.confirmations},
    }
    upload.revision += 1
    session.flush()
    return len(open_questions(upload.report, upload.confirmations))


def accept(
    session: Session, upload: Upload, checked: Checked, *, actor: Actor, policy: Policy, now: datetime
) -> Changes:
    """Makes the file's rows the rows of the account's draft: all of them, or none (import.md 8).

    ``checked`` is the file read again just now; what it asks must be answered, whatever the stored report says. Rows that the
    file does not name stay unless they were ticked one by one; a table that was typed on a page was begun with the draft's
    rows, so what is missing was taken out there. The rows are read back and counted before the transaction ends, and what was
    there before is remembered, for undoing. Raises NotCheckedYet, MustFixFirst, QuestionsOpen, AcceptedAlready, WasAbandoned,
    and what opening and filling a draft raises.
    """
    refusal = rules.why_not_accept(
        upload.state,
        outcome=checked.outcome,
        open_questions=len(checked.open_questions(upload.confirmations)),
        superseded=upload.superseded_by is not None,
    )
    if refusal:
        raise refusal
    lock_counter(session, upload.village_id)  # so that what is found here is still so when the draft is opened
    disclosure = find_disclosure(session, account_of(upload))
    opened = disclosure is None or open_version(session, disclosure) is None
    version = open_draft(session, account_of(upload), actor=actor, now=now)
    before = standing(version)
    keep_before(session, version, upload.id)
    with collector_rests():
        changes = put_rows(
            session,
            version,
            checked.rows,
            balances=checked.balances,
            source_sha256=upload.sha256,
            upload_id=upload.id,
            actor=actor,
            policy=policy,
            now=now,
            gone=None if upload.way == Way.TYPED else upload.gone,
        )
    wanted = len(checked.rows) + changes.stays
    kept = session.scalar(select(func.count()).where(VersionRow.version_id == version.id)) or 0
    if kept != wanted:
        raise rules.CountDiffers(wanted=wanted, kept=kept)
    keep_after(session, version, upload.id, listed=len(checked.rows))
    upload.past = {"opened": opened, "before": asdict(before), "after": asdict(standing(version))}
    upload.state = UploadState.ACCEPTED
    upload.accepted_by, upload.accepted_at, upload.version_id = actor.person_id, now, version.id
    upload.changes = changes.counts() | {"kept": kept}
    upload.revision += 1
    session.flush()
    note(session, upload, Event.UPLOAD_ACCEPTED, actor=actor, now=now, detail={"rows": kept, "version": version.id})
    return changes


def choose_gone(session: Session, upload: Upload, shown: Collection[int], ticked: Collection[int]) -> None:
    """Keeps which of the rows shown on one page are to go; what was ticked on other pages stays. Raises AcceptedAlready,
    WasUndone, Continued."""
    refusal = rules.why_not_change(upload.state, superseded=upload.superseded_by is not None)
    if refusal:
        raise refusal
    upload.gone = sorted((set(upload.gone) - set(shown)) | (set(ticked) & set(shown)))
    upload.revision += 1
    session.flush()


def abandon_upload(session: Session, upload: Upload, *, actor: Actor, now: datetime) -> None:
    """Gives an upload up; its original stays in the vault. Raises AcceptedAlready, WasUndone, WasAbandoned, Continued."""
    refusal = rules.why_not_change(upload.state, superseded=upload.superseded_by is not None)
    if refusal:
        raise refusal
    upload.state = UploadState.ABANDONED
    upload.revision += 1
    session.flush()
    note(session, upload, Event.UPLOAD_ABANDONED, actor=actor, now=now, detail={})


def note(
    session: Session, upload: Upload, event: Event, *, actor: Actor, now: datetime, detail: dict[str, Any]
) -> None:
    """Writes into the village's journal what happened to the upload."""
    record(
        session,
        event,
        village_id=upload.village_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="upload",
        subject_id=upload.id,
        detail=detail,
        now=now,
    )
