"""The page on which a person says which column is which for a whole file of many villages. Its form is that of one upload."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import require, settings, signed_in_actor
from villagehub.accounts.rules import Permission
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.bundle_views import my_bundle
from villagehub.ledgers.bundling import match_bundle
from villagehub.ledgers.mapping import choices, rows_chosen, why_not_matched
from villagehub.ledgers.models import Bundle
from villagehub.ledgers.outline import SheetOutline, outline_chosen
from villagehub.ledgers.queries import kept_words
from villagehub.ledgers.remembering import targets_of
from villagehub.sections import section_named
from villagehub.storage.originals import read_named
from villagehub.storage.vault import vault_of

blueprint = Blueprint("bundle_columns", __name__)


@blueprint.get("/desk/bundles/<int:bundle_id>/columns")
@require(Permission.UPLOAD)
def page(bundle_id: int) -> ResponseReturnValue:
    """Every column with its heading and three values, and what it is taken for."""
    bundle, at = my_bundle(bundle_id), max(request.args.get("sheet", 0, int), 0)
    return _page(bundle, at, _outline(bundle, at, request.args.get("rows", "")))


@blueprint.post("/desk/bundles/<int:bundle_id>/columns")
@require(Permission.UPLOAD)
def save(bundle_id: int) -> ResponseReturnValue:
    """Keeps the choices, reads by them what each village would get, and leads back to the file's page."""
    bundle, at = my_bundle(bundle_id), max(request.form.get("sheet", 0, int), 0)
    outline = _outline(bundle, at, request.form.get("rows", ""))
    sheet = outline[at] if at < len(outline) else None
    targets = [request.form.get(f"c{place}", "") for place in range(len(sheet.columns))] if sheet else []
    try:
        refusal = why_not_matched(section_named(bundle.section), sheet.columns if sheet else (), targets)
        if refusal or sheet is None:
            raise refusal or rules.NothingMatched()
        seen = request.form.get("revision", 0, int)
        match_bundle(bundle, sheet, targets, seen=seen, actor=signed_in_actor(), settings=settings(), now=clock.now())
    except Refused as no:
        if no.status in (403, 404, 507):
            raise
        return _page(my_bundle(bundle_id), at, outline, targets=targets, refusal=no)
    return redirect(url_for("bundles.show", bundle_id=bundle_id), 303)


def _outline(bundle: Bundle, at: int, rows: str) -> list[SheetOutline]:
    raw, filename = read_named(vault_of(settings()), bundle.sha256, bundle.filename)
    known, most = targets_of(bundle.layouts), settings().web_max_rows
    return outline_chosen(raw, filename, bundle.section, at, rows_chosen(rows), layouts=known, max_rows=most)


def _page(
    bundle: Bundle,
    at: int,
    outline: list[SheetOutline],
    *,
    targets: list[str] | None = None,
    refusal: Refused | None = None,
) -> ResponseReturnValue:
    section, sheet = section_named(bundle.section), outline[at] if at < len(outline) else None
    held = bundle.layouts.get(sheet.mark) if sheet else None
    html = render_template(
        "ledgers/columns.html",
        filename=bundle.filename,
        revision=bundle.revision,
        back_url=url_for("bundles.show", bundle_id=bundle.id),
        back_words="回到按村分开",
        page_url=url_for("bundle_columns.page", bundle_id=bundle.id),
        title=f"{bundle.period.label}{section.title}",
        outline=outline,
        at=at,
        sheet=sheet,
        chosen=targets if targets is not None else [one.target for one in sheet.columns] if sheet else [],
        choices=choices(section),
        matched=f"按{kept_words(held, clock.now())}对法。" if held else "",
        remembered="",
        may_change=bundle.state == "received",
        refusal=refusal,
    )
    return html, refusal.status if refusal else 200
