"""Reads of uploads; what comes out is ready to render."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.scope import title_of
from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.money import yuan
from villagehub.kernel.refused import NotFound
from villagehub.ledgers import rules
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.models import Upload
from villagehub.ledgers.preview import Preview
from villagehub.ledgers.report import MOST_SHOWN, of_severity, open_questions

STATE_WORDS = {"received": "刚收到", "checked": "草稿，村民还看不到", "accepted": "已存成草稿", "abandoned": "已放弃"}
FIGURES = {
    "opening_fen": "期初",
    "income_fen": "收入",
    "expense_fen": "支出",
    "closing_fen": "结余",
    "bank_fen": "银行存款",
    "cash_fen": "现金",
    "amount_fen": "合计",
    "original_fen": "原值合计",
    "net_fen": "净值合计",
    "rows": "行数",
}


class NoSuchUpload(NotFound):
    """No such upload, or not in this person's villages."""

    code = "no_such_upload"
    message = "没有找到这次上传。"
    fix = "请回到“上传账表”，从最近传过的里面找。"


@dataclass(frozen=True, slots=True)
class UploadLine:
    """One upload in a list."""

    id: int
    title: str
    filename: str
    words: str


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The page of one upload."""

    id: int
    title: str
    filename: str
    words: str
    when: str
    state: str
    must_fix: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    open: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    more: int
    counts: dict[str, int]
    figures: list[tuple[str, str]]
    columns: list[str]
    repaired: list[str]
    set_aside: list[str]
    many_sheets: bool
    preview: Preview | None
    money: list[tuple[str, str, str]]
    changes: dict[str, Any]
    may_change: bool
    why_not: str
    draft_url: str
    upload_url: str
    refusal: None = None


def upload_with_id(session: Session, upload_id: int, *, lock: bool = False) -> Upload:
    """The upload; raises NoSuchUpload."""
    upload = session.get(Upload, upload_id, with_for_update=lock or None)
    if upload is None:
        raise NoSuchUpload()
    return upload


def list_recent(session: Session, village_ids: Sequence[int], *, most: int = 10) -> list[UploadLine]:
    """The newest uploads of these villages."""
    found = session.scalars(
        select(Upload).where(Upload.village_id.in_(village_ids)).order_by(Upload.id.desc()).limit(most)
    )
    return [UploadLine(one.id, title_of(account_of(one)), one.filename, STATE_WORDS[one.state]) for one in found]


def figure(name: str, value: int | None) -> str:
    """A figure as people read it; 没填 where there is none."""
    if value is None:
        return "没填"
    return yuan(value) if name.endswith("_fen") else str(value)


def read_upload_page(
    session: Session,
    upload: Upload,
    *,
    preview: Preview | None,
    may_change: bool,
    now: datetime,
    draft_url: str,
    upload_url: str,
) -> UploadPage:
    """Everything the page shows, in words."""
    report = upload.report
    numbered = [{**problem, "no": no} for no, problem in enumerate(report.get("problems", []), start=1)]
    whole = {"problems": numbered}
    questions = [
        {**problem, "answered": upload.confirmations.get(problem["place"], {}).get("name", "")}
        for problem in of_severity(whole, "confirm")
    ]
    still_open = open_questions(report, upload.confirmations)
    refusal = rules.why_not_accept(upload.state, outcome=upload.outcome, open_questions=len(still_open))
    if refusal is None and preview is not None:
        refusal = preview.refusal
    return UploadPage(
        id=upload.id,
        title=title_of(account_of(upload)),
        filename=upload.filename,
        words=STATE_WORDS[upload.state],
        when=_moment(upload.uploaded_at, now),
        state=upload.state,
        must_fix=of_severity(whole, "must_fix")[:MOST_SHOWN],
        questions=questions[:MOST_SHOWN],
        open=still_open,
        notes=of_severity(whole, "info")[:MOST_SHOWN],
        more=max(0, len(of_severity(whole, "must_fix")) - MOST_SHOWN),
        counts=report.get("counts", {}),
        figures=_figures(report),
        columns=report.get("columns", []),
        repaired=report.get("repaired", []),
        set_aside=report.get("set_aside", []),
        many_sheets=len(report.get("sheets", [])) > 1,
        preview=preview,
        money=_money(preview),
        changes=upload.changes,
        may_change=may_change,
        why_not=f"{refusal.sentence}{refusal.next_step}" if refusal else "您的身份只能看，不能改。",
        draft_url=draft_url,
        upload_url=upload_url,
    )


def _figures(report: dict[str, Any]) -> list[tuple[str, str]]:
    counts = report.get("counts", {})
    lines = [
        ("读到", f"{counts.get('read', 0)} 行"),
        ("能存的", f"{counts.get('kept', 0)} 行"),
        ("放一边的（合计、签名等）", f"{counts.get('set_aside', 0)} 行"),
        ("有问题没存的", f"{counts.get('held_back', 0)} 行"),
    ]
    found = {**report.get("totals", {}), **report.get("balances", {})}
    lines += [(words, figure(name, found[name])) for name, words in FIGURES.items() if name in found and name != "rows"]
    return lines


def _money(preview: Preview | None) -> list[tuple[str, str, str]]:
    if preview is None:
        return []
    names = [name for name in FIGURES if name in preview.before or name in preview.after]
    return [
        (
            FIGURES[name],
            figure(name, preview.before[name]) if name in preview.before else "还没有",
            figure(name, preview.after.get(name)),
        )
        for name in names
    ]


def _moment(moment: datetime, now: datetime) -> str:
    here, today = moment.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    clock = f"{here.hour}:{here.minute:02d}"
    return f"今天 {clock}" if here.date() == today.date() else f"{here.month}月{here.day}日 {clock}"
