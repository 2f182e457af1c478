"""Reads of uploads; what comes out is ready to render."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Version
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import STAGE_WORDS, Stage
from villagehub.disclosures.traced import Which, counted
from villagehub.kernel.money import yuan
from villagehub.kernel.refused import NotFound
from villagehub.ledgers import rules
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.figures import FIGURES, covers, figure, figure_lines
from villagehub.ledgers.mend_page import Input, Mended, inputs_of, mended_cells, moment_words, not_asked_any_more
from villagehub.ledgers.models import Bundle, Upload, Way
from villagehub.ledgers.preview import Preview
from villagehub.ledgers.report import MOST_SHOWN, of_severity, open_questions
from villagehub.ledgers.states import OPEN_STATES, STATE_WORDS, UploadState
from villagehub.sections import section_named

MOST_ASIDE = 200
"""Rows set aside on one page."""
HEADING_FAULTS = frozenset({"no_heading", "column_missing", "header_two_columns", "header_two_amounts"})
"""What a person mends by saying which column is which."""


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
    way: str
    words: str
    draft_stage: Stage | None
    """Where the draft stands now that was filled from it."""
    when: str
    state: str
    must_fix: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    open: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    more: int
    counts: dict[str, int]
    figures: list[tuple[str, str]]
    covers: str
    """Which rows the figures cover, while some have faults."""
    columns: list[str]
    repaired: list[str]
    set_aside: list[str]
    many_sheets: bool
    inputs: dict[int, list[Input]]
    """Inputs for mending beside each problem, by its number on the page."""
    fixes: list[Mended]
    left_over: list[str]
    """What a refused form held for cells that need no mending any more."""
    revision: int
    newer: int | None
    """The upload that continues this one."""
    markable: bool
    """Whether the table can be had with its faults marked."""
    preview: Preview | None
    money: list[tuple[str, str, str]]
    lists: tuple[tuple[Which, str, int], ...]
    """The lists of rows with their counts: as they would be, or after acceptance as they are."""
    joins: str
    """Whether the opening is the last closing, in words; empty where there is nothing to compare."""
    off: str
    """What does not add up, in words: opening and last closing, or the file's closing and the rows that stay."""
    changes: dict[str, Any]
    may_change: bool
    why_not: str
    draft_url: str
    upload_url: str
    columns_url: str
    """Where columns are matched by hand; empty where that is not possible any more."""
    is_share: bool
    """Whether it is this village's share of a file of many villages."""
    may_give_up: bool
    """Whether this person may say that the upload is not wanted."""
    unmatched: bool
    """Whether the heading is what stands in the way."""
    names_gone: bool
    """The list's time is over, and what was quoted of the file is gone."""
    matched: list[str]
    """By whose matching the columns were taken."""
    refusal: None = None


def state_words(upload: Upload) -> str:
    """What became of it; a table with something to mend is no draft of anything."""
    if upload.superseded_by is not None and upload.state == "checked":
        return "后来又传了改好的，这一份不用了"
    if upload.state == "checked" and upload.outcome == "reject":
        return "有要改的地方，没有存"
    return STATE_WORDS[UploadState(upload.state)]


def upload_with_id(session: Session, upload_id: int, *, lock: bool = False) -> Upload:
    """The upload; raises NoSuchUpload."""
    upload = session.get(Upload, upload_id, with_for_update=lock or None)
    if upload is None:
        raise NoSuchUpload()
    return upload


def list_bundles(session: Session, person_id: int, *, most: int = 5) -> list[UploadLine]:
    """The newest files of many villages that this person sent."""
    found = session.scalars(select(Bundle).where(Bundle.sent_by == person_id).order_by(Bundle.id.desc()).limit(most))
    return [
        UploadLine(
            one.id,
            f"{one.period.label}{section_named(one.section).title}",
            one.filename,
            "已分给各村" if one.state == "divided" else "还没有分给各村",
        )
        for one in found
    ]


def may_match(upload: Upload) -> bool:
    """Whether the upload's columns can still be matched by hand."""
    return upload.state in OPEN_STATES and upload.way != Way.TYPED


def matched_words(upload: Upload, mark: str, now: datetime) -> str:
    """Whose matching of the columns was used, and since when."""
    kept = upload.layouts[mark]
    when = moment_words(datetime.fromisoformat(kept["at"]), now)
    if kept["upload_id"] == upload.id:
        return f"表头是{kept['name']}{when}对好的。下次传同样表头的表，就按这个对法。"
    return f"按上次的对法：{kept['name']}{when}对好的。"


def kept_words(kept: dict[str, Any], now: datetime) -> str:
    """Who matched a remembered layout, and when."""
    return f"{kept['name']}{moment_words(datetime.fromisoformat(kept['at']), now)}对的"


def list_recent(session: Session, village_ids: Sequence[int], *, most: int = 10) -> list[UploadLine]:
    """The newest uploads of these villages."""
    found = session.scalars(
        select(Upload).where(Upload.village_id.in_(village_ids)).order_by(Upload.id.desc()).limit(most)
    )
    return [UploadLine(one.id, title_of(account_of(one)), one.filename, _where_now(session, one)) for one in found]


def draft_stage(session: Session, upload: Upload) -> Stage | None:
    """Where the draft stands now that was filled from the upload; None before it was filled."""
    if upload.state != UploadState.ACCEPTED or upload.version_id is None:
        return None
    return Stage(session.get_one(Version, upload.version_id).stage)


def _where_now(session: Session, upload: Upload) -> str:
    stage = draft_stage(session, upload)
    return state_words(upload) if stage in (None, Stage.DRAFT) else STAGE_WORDS[stage]


def books_before(session: Session, village_ids: Sequence[int], person_id: int) -> dict[str, str]:
    """Whose books this person uploads for these villages: asked once, and offered again (import.md). The committee's
    before; empty where it is now these books and now those: then it is asked each time.
    """
    known = session.execute(
        select(Upload.entity, Upload.group_no)
        .where(Upload.village_id.in_(village_ids), Upload.uploaded_by == person_id)
        .distinct()
        .limit(2)
    ).all()
    if not known:
        return {"entity": "committee", "group_no": ""}
    return {"entity": known[0].entity, "group_no": known[0].group_no} if len(known) == 1 else {}


def read_upload_page(
    session: Session,
    upload: Upload,
    *,
    preview: Preview | None,
    may_change: bool,
    now: datetime,
    draft_url: str,
    upload_url: str,
    columns_url: str,
    typed: Mapping[str, str] | None = None,
) -> UploadPage:
    """Everything the page shows, in words. ``typed`` is what a refused form held, by place."""
    report, superseded = upload.report, upload.superseded_by is not None
    many_sheets = len(report.get("sheets", [])) > 1
    open_now = may_change and upload.state == "checked" and upload.superseded_by is None and upload.way != Way.TYPED
    numbered = [{**problem, "no": no} for no, problem in enumerate(report.get("problems", []), start=1)]
    whole = {"problems": numbered}
    questions = [
        {**problem, "answered": upload.confirmations.get(problem["place"], {}).get("name", "")}
        for problem in of_severity(whole, "confirm")
    ]
    still_open = open_questions(report, upload.confirmations)
    refusal = rules.why_not_accept(
        upload.state,
        outcome=upload.outcome,
        open_questions=len(still_open),
        superseded=upload.superseded_by is not None,
    )
    if refusal is None and preview is not None:
        refusal = preview.refusal
    return UploadPage(
        id=upload.id,
        title=title_of(account_of(upload)),
        filename=upload.filename,
        way=upload.way,
        words=_where_now(session, upload),
        draft_stage=draft_stage(session, upload),
        when=moment_words(upload.uploaded_at, now),
        state=upload.state,
        must_fix=of_severity(whole, "must_fix")[:MOST_SHOWN],
        questions=questions[:MOST_SHOWN],
        open=still_open,
        notes=of_severity(whole, "info")[:MOST_SHOWN],
        more=max(0, len(of_severity(whole, "must_fix")) - MOST_SHOWN),
        counts=report.get("counts", {}),
        figures=figure_lines(report),
        covers=covers(report),
        columns=report.get("columns", []),
        repaired=report.get("repaired", []),
        set_aside=report.get("set_aside", [])[:MOST_ASIDE],
        many_sheets=many_sheets,
        inputs={
            no + 1: found
            for no, found in (
                inputs_of(report, upload.fixes, typed or {}, many_sheets=many_sheets) if open_now else {}
            ).items()
        },
        fixes=mended_cells(upload.fixes, many_sheets=many_sheets, now=now),
        left_over=not_asked_any_more(report, upload.fixes, typed or {}, many_sheets=many_sheets),
        revision=upload.revision,
        newer=upload.superseded_by,
        markable=bool(report.get("sheets"))
        and upload.state == "checked"
        and upload.superseded_by is None
        and upload.way != Way.TYPED,
        preview=preview,
        money=_money(preview),
        lists=counted(preview.changes.counts() if preview and preview.changes else upload.changes),
        joins=_joins(preview),
        off=_off(preview),
        changes=upload.changes,
        may_change=may_change,
        why_not=f"{refusal.sentence}{refusal.next_step}" if refusal else "您的身份只能看，不能改。",
        draft_url=draft_url,
        upload_url=upload_url,
        columns_url=columns_url if may_change else "",
        is_share=upload.bundle_id is not None,
        names_gone=upload.names_gone_at is not None,
        may_give_up=may_change and rules.why_not_change(upload.state, superseded=superseded) is None,
        unmatched=any(one["code"] in HEADING_FAULTS for one in report.get("problems", [])),
        matched=[matched_words(upload, mark, now) for mark in report.get("layouts", []) if mark in upload.layouts],
    )


def _joins(preview: Preview | None) -> str:
    """The opening is the closing last published."""
    if preview is None or preview.last_closing_fen is None:
        return ""
    opening = preview.after.get("opening_fen")
    return f"期初 {yuan(opening)} 就是上一期公开的结余，接得上。" if opening == preview.last_closing_fen else ""


def _off(preview: Preview | None) -> str:
    """What stands in the way later, told now."""
    if preview is None or preview.changes is None:
        return ""
    opening, last = preview.after.get("opening_fen"), preview.last_closing_fen
    if opening is not None and last is not None and opening != last:
        return (
            f"期初 {yuan(opening)} 和上一期公开的结余 {yuan(last)} 不一样，差 {yuan(abs(opening - last))}，这样不能送审。"
            "请核对期初；上一期写错了，要先走“更正”。"
        )
    closing, said = preview.after.get("closing_fen"), preview.said_closing_fen
    if preview.changes.stays and closing is not None and said is not None and closing != said:
        return (
            f"表里写的期末是 {yuan(said)}，加上表里没有、留着的 {preview.changes.stays} 行是 {yuan(closing)}。"
            "请看清这几行该不该留。"
        )
    return ""


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
