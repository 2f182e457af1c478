"""The office's paper: posters, and the sheet of one version. Making one mints a code, so it is a POST."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, chosen_village, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.acting import version_page
from villagehub.disclosures.package_views import key_in_address, package_page, read_here
from villagehub.disclosures.review_rules import NoSuchPackage
from villagehub.disclosures.scope import version_with_id
from villagehub.journal import Event
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound, Refused
from villagehub.labels.actions import note_poster
from villagehub.labels.making import make_package, make_poster, make_sheet
from villagehub.labels.queries import list_codes
from villagehub.labels.rules import address_warnings
from villagehub.labels.sheet_facts import read_sheet
from villagehub.labels.targets import section_target
from villagehub.places.queries import read_village
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work
from villagehub.web.attachments import attach

blueprint = Blueprint("labels_office", __name__)


@blueprint.get("/print/poster")
@require(Permission.PRINT_POSTER)
def poster_form() -> ResponseReturnValue:
    """The form, and the village's codes so far."""
    return _form({name: request.args.get(name, "") for name in ("village", "section", "board")})


@blueprint.post("/print/poster")
@require(Permission.PRINT_POSTER)
def make() -> ResponseReturnValue:
    """The PDF, after every code on it has been read back; what cannot be printed is said on the same page."""
    typed = {name: request.form.get(name, "") for name in ("village", "section", "board")}
    actor, now = signed_in_actor(), clock.now()
    with reading() as session:
        village = allow(session, Permission.PRINT_POSTER, read_village(session, typed["village"]).id)
    try:
        poster = make_poster(
            village, section_target(typed["section"]), settings=settings(), board=typed["board"], now=now
        )
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return _form(typed, refusal)
    with unit_of_work() as session:
        note_poster(session, poster.code.id, actor=actor, channel=actor.channel, detail=poster.detail, now=now)
    return as_file(poster.pdf, poster.filename)


@blueprint.post("/print/sheet/<int:version_id>")
@require(Permission.READ_STAFF)
def make_version_sheet(version_id: int) -> ResponseReturnValue:
    """The 公开榜 of a published version, the 审核表 of one that waits: for whoever may read it."""
    actor, now = signed_in_actor(), clock.now()
    try:
        with reading() as session:
            allow(session, Permission.READ_STAFF, version_with_id(session, version_id).village_id)
            facts = read_sheet(
                session, version_id, today=clock.today(), board_only=settings().collective_review == "board"
            )
        made = make_sheet(facts, settings=settings(), now=now)
    except NotFound:
        raise
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return version_page(version_id, refusal=refusal, at="print")
    with unit_of_work() as session:
        note_poster(
            session,
            made.code.id,
            actor=actor,
            channel=actor.channel,
            detail=made.detail,
            now=now,
            event=Event.SHEET_MADE,
        )
    return as_file(made.pdf, made.filename)


@blueprint.post("/print/package/<code>/<body>/<due>")
@require(Permission.READ_STAFF)
def make_package_sheets(code: str, body: str, due: str) -> ResponseReturnValue:
    """The 审核表 of everything in a package that still needs signatures, in one PDF."""
    actor, now, key = signed_in_actor(), clock.now(), key_in_address(body, due)
    try:
        with reading() as session:
            waiting = [one.line.version_id for one in read_here(session, key).open_items]
            board_only = settings().collective_review == "board"
            sheets = [read_sheet(session, one, today=clock.today(), board_only=board_only) for one in waiting]
        if not sheets:
            raise NoSuchPackage()
        made = make_package(sheets, settings=settings(), now=now)
    except NotFound:
        raise
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return package_page(key, refusal)
    with unit_of_work() as session:
        for sheet, held in zip(made.sheets, made.codes, strict=True):
            detail = {"version": sheet.version_id, "sheet": "审核表", "pages": made.pages}
            note_poster(
                session, held.id, actor=actor, channel=actor.channel, detail=detail, now=now, event=Event.SHEET_MADE
            )
    return as_file(made.pdf, made.filename)


def as_file(pdf: bytes, name: str) -> Response:
    """A PDF to save."""
    response = make_response(pdf)
    response.content_type = "application/pdf"
    attach(response, name)
    return response


def _form(typed: dict[str, str], refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        village = chosen_village(session, Permission.PRINT_POSTER, typed["village"])
        villages = villages_of(session, signed_in_actor(), Permission.PRINT_POSTER, table=table())
        codes = list_codes(session, village.id)
    html = render_template(
        "labels/poster.html",
        typed=typed,
        refusal=refusal,
        village=village,
        villages=villages,
        sections=SECTIONS.values(),
        codes=codes,
        warnings=address_warnings(settings().base_url, case=settings().qr_case),
    )
    return html, refusal.status if refusal else 200
