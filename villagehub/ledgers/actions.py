"""Verbs on uploads: receive a file, keep what was found in it, answer questions, accept it into a draft, give it up."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.actions import Changes, NewRow, open_draft, put_rows
from villagehub.disclosures.models import Version, VersionRow
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.scope import Account
from villagehub.disclosures.stages import Stage
from villagehub.journal import Event, record
from villagehub.kernel.clock import rfc3339
from villagehub.ledgers import rules
from villagehub.ledgers.models import Upload
from villagehub.ledgers.report import open_questions
from villagehub.ledgers.result import Checked
from villagehub.storage.tables import VaultFile


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
    if earlier.state != "accepted":
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
    actor: Actor,
    now: datetime,
) -> tuple[Upload, bool]:
    """Records a file whose bytes the vault holds already; True beside it when the same bytes were sent before.

    The same file for the same account is recognised by its hash: the earlier upload is handed back (import.md 1), unless
    the draft that it filled was given up or filled from another file since.
    """
    earlier = session.scalar(
        select(Upload)
        .where(
            Upload.village_id == account.village_id,
            Upload.entity == account.entity,
            Upload.group_no == account.group_no,
            Upload.section == account.section,
            Upload.period == account.period,
            Upload.sha256 == sha256,
            Upload.state.in_(("received", "checked", "accepted")),
        )
        .order_by(Upload.id.desc())
        .limit(1)
    )
    if earlier is not None and account.subject in ("", earlier.subject) and _still_stands(session, earlier):
        return earlier, True
    if session.get(VaultFile, sha256) is None:
        session.add(VaultFile(sha256=sha256, size=size, kept_at=now))
    upload = Upload(
        village_id=account.village_id,
        entity=account.entity,
        group_no=account.group_no,
        section=account.section,
        period=account.period,
        subject=account.subject,
        sha256=sha256,
        filename=filename,
        size=size,
        report={},
        confirmations={},
        changes={},
        uploaded_by=actor.person_id,
        uploaded_at=now,
    )
    session.add(upload)
    session.flush()
    _note(session, upload, Event.UPLOAD_RECEIVED, actor=actor, now=now, detail={"sha256": sha256, "size": size})
    return upload, False


def keep_report(session: Session, upload: Upload, checked: Checked, report: dict[str, Any]) -> None:
    """Stores what a check found. Problems carry masked values only; no row of the file is stored."""
    upload.report = report
    upload.outcome = checked.outcome
    if not upload.subject:
        upload.subject = checked.subject
    if upload.state == "received":
        upload.state = "checked"
    upload.revision += 1
    session.flush()


def confirm(session: Session, upload: Upload, places: list[str], *, actor: Actor, now: datetime) -> int:
    """Answers questions with 就是这样, each by name of its place; returns how many are still open.

    Raises UnknownQuestion for a place that the report does not ask about, AcceptedAlready.
    """
    refusal = rules.why_not_change(upload.state)
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

    ``checked`` is the file read again just now. The rows are read back and counted before the transaction ends. Raises
    MustFixFirst, QuestionsOpen, AcceptedAlready, and what opening and filling a draft raises.
    """
    refusal = rules.why_not_accept(
        upload.state,
        outcome=checked.outcome,
        open_questions=len(open_questions(upload.report, upload.confirmations)),
    )
    if refusal:
        raise refusal
    version = open_draft(session, account_of(upload), actor=actor, now=now)
    changes = put_rows(
        session,
        version,
        [NewRow(row.facts, row.sheet, row.source_row, tuple(row.matches)) for row in checked.rows],
        balances=checked.balances,
        source_sha256=upload.sha256,
        upload_id=upload.id,
        actor=actor,
        policy=policy,
        now=now,
    )
    kept = len(session.scalars(select(VersionRow.row_id).where(VersionRow.version_id == version.id)).all())
    if kept != len(checked.rows):
        raise rules.CountDiffers(wanted=len(checked.rows), kept=kept)
    upload.state = "accepted"
    upload.accepted_by, upload.accepted_at, upload.version_id = actor.person_id, now, version.id
    upload.changes = {name: value for name, value in asdict(changes).items() if name != "numbers"} | {"kept": kept}
    upload.revision += 1
    session.flush()
    _note(session, upload, Event.UPLOAD_ACCEPTED, actor=actor, now=now, detail={"rows": kept, "version": version.id})
    return changes


def abandon_upload(session: Session, upload: Upload, *, actor: Actor, now: datetime) -> None:
    """Gives an upload up; its original stays in the vault. Raises AcceptedAlready."""
    refusal = rules.why_not_change(upload.state)
    if refusal:
        raise refusal
    upload.state = "abandoned"
    upload.revision += 1
    session.flush()
    _note(session, upload, Event.UPLOAD_ABANDONED, actor=actor, now=now, detail={})


def _note(
    session: Session, upload: Upload, event: Event, *, actor: Actor, now: datetime, detail: dict[str, Any]
) -> None:
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
