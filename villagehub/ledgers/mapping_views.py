"""The page on which a person says which column is which. Works without a script: the heading's row is chosen first."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, require, settings, signed_in_actor
from villagehub.accounts.rules import Permission
from villagehub.disclosures.scope import title_of
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.checking import report_of
from villagehub.ledgers.mapping import choices, rows_chosen, why_not_matched
from villagehub.ledgers.models import Upload
from villagehub.ledgers.outline import SheetOutline, outline_chosen
from villagehub.ledgers.queries import kept_words, matched_words, may_match, upload_with_id
from villagehub.ledgers.remembering import forget_layout, layout_entry, match_columns, remembered, targets_of
from villagehub.ledgers.rereading import read_upload
from villagehub.sections import section_named
from villagehub.storage import reading, unit_of_work
from villagehub.storage.originals import read_original
from villagehub.storage.vault import vault_of

blueprint = Blueprint("columns", __name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which sheet (counted from 0), and which rows of it are the heading; none where they are left to the reading."""

    at: int
    rows: tuple[int, int] | None


@blueprint.get("/desk/u/<int:upload_id>/columns")
@require(Permission.UPLOAD)
def page(upload_id: int) -> ResponseReturnValue:
    """Every column with its heading and three values, and what it is taken for."""
    upload = _upload(upload_id)
    asked = _asked(request.args.get("sheet", 0, int), request.args.get("rows", ""))
    return _page(upload, _outline(upload, asked), asked)


@blueprint.post("/desk/u/<int:upload_id>/columns")
@require(Permission.UPLOAD)
def save(upload_id: int) -> ResponseReturnValue:
    """Keeps the choices, reads the file again by them and leads to its page; or forgets what the village remembered."""
    upload = _upload(upload_id)
    if request.form.get("do") == "forget":
        with unit_of_work() as session:
            held = upload_with_id(session, upload_id, lock=True)
            forget_layout(session, held, request.form.get("mark", ""), actor=signed_in_actor(), now=clock.now())
        return redirect(url_for("columns.page", upload_id=upload_id, sheet=request.form.get("sheet", 0, int)), 303)
    asked = _asked(request.form.get("sheet", 0, int), request.form.get("rows", ""))
    outline = _outline(upload, asked)
    sheet = _sheet(outline, asked)
    targets = [request.form.get(f"c{place}", "") for place in range(len(sheet.columns))] if sheet else []
    try:
        refusal = rules.why_not_change(upload.state, superseded=upload.superseded_by is not None) or why_not_matched(
            section_named(upload.section), sheet.columns if sheet else (), targets
        )
        if refusal:
            raise refusal
        assert sheet is not None  # noqa: S101 - without one nothing is matched
        _match(upload, sheet, targets)
    except Refused as no:
        if no.status in (403, 404, 507):
            raise
        return _page(_upload(upload_id), outline, asked, targets=targets, refusal=no)
    return redirect(url_for("ledgers.show", upload_id=upload_id), 303)


def _match(upload: Upload, sheet: SheetOutline, targets: list[str]) -> None:
    actor, now = signed_in_actor(), clock.now()
    layouts = {**upload.layouts, sheet.mark: layout_entry(sheet.columns, targets, upload, actor=actor, now=now)}
    checked = read_upload(upload, settings(), layouts=layouts)
    with unit_of_work() as session:
        held = upload_with_id(session, upload.id, lock=True)
        seen = request.form.get("revision", 0, int)
        match_columns(session, held, layouts, checked, report_of(checked), seen=seen, actor=actor, now=now)


def _upload(upload_id: int) -> Upload:
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
    return upload


def _asked(at: int, rows: str) -> _Asked:
    return _Asked(max(at, 0), rows_chosen(rows))


def _outline(upload: Upload, asked: _Asked) -> list[SheetOutline]:
    """The file's sheets; the asked one with the heading that was chosen for it."""
    return outline_chosen(
        read_original(vault_of(settings()), upload.sha256),
        upload.filename,
        upload.section,
        asked.at,
        asked.rows,
        layouts=targets_of(upload.layouts),
        max_rows=settings().web_max_rows,
    )


def _sheet(outline: list[SheetOutline], asked: _Asked) -> SheetOutline | None:
    return outline[asked.at] if asked.at < len(outline) else None


def _page(
    upload: Upload,
    outline: list[SheetOutline],
    asked: _Asked,
    *,
    targets: list[str] | None = None,
    refusal: Refused | None = None,
) -> ResponseReturnValue:
    section, sheet = section_named(upload.section), _sheet(outline, asked)
    with reading() as session:
        kept = remembered(session, upload.village_id, upload.section)
    mark = sheet.mark if sheet else ""
    given = targets if targets is not None else [one.target for one in sheet.columns] if sheet else []
    html = render_template(
        "ledgers/columns.html",
        filename=upload.filename,
        revision=upload.revision,
        back_url=url_for("ledgers.show", upload_id=upload.id),
        back_words="回到核对结果",
        page_url=url_for("columns.page", upload_id=upload.id),
        title=title_of(account_of(upload)),
        outline=outline,
        at=asked.at,
        sheet=sheet,
        chosen=given,
        choices=choices(section),
        matched=matched_words(upload, mark, clock.now()) if mark in upload.layouts else "",
        remembered=kept_words(kept[mark], clock.now()) if mark in kept else "",
        may_change=may_match(upload),
        refusal=refusal,
    )
    return html, refusal.status if refusal else 200
