"""Pages after the checking: the record of an upload, undoing it, rows that are to go; and tables for download."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, may, require, settings, signed_in_actor
from villagehub.accounts.rules import Permission
from villagehub.disclosures.office import Hand
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.schemas import REASON_CHOICES
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.traced import Which
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import Refused
from villagehub.ledgers.actions import choose_gone
from villagehub.ledgers.exporting import CSV, XLSX, version_table
from villagehub.ledgers.queries import upload_with_id
from villagehub.ledgers.record import read_record
from villagehub.ledgers.templates import section_template, section_template_csv
from villagehub.ledgers.undoing import undo
from villagehub.sections import section_named
from villagehub.storage import reading, unit_of_work
from villagehub.web.attachments import download

blueprint = Blueprint("records", __name__)


def asked_list() -> Which | None:
    """The list that the address asks for, if it names one."""
    named = request.values.get("list", "")
    return Which(named) if named in tuple(Which) else None


@blueprint.get("/desk/u/<int:upload_id>/record")
@require(Permission.READ_STAFF)
def record(upload_id: int) -> ResponseReturnValue:
    """The permanent page of an upload; who reviews sees the same as who sent it."""
    return _page(upload_id)


def _page(upload_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        village = allow(session, Permission.READ_STAFF, upload.village_id)
        pages = {name: max(1, request.values.get(name, 1, read_id)) for name in ("page", "aside")}
        page = read_record(session, upload, which=asked_list(), **pages)
    html = render_template(
        "ledgers/record.html",
        page=page,
        refusal=refusal,
        typed=request.form if refusal else {},
        reasons=REASON_CHOICES,
        may_change=may(Permission.UPLOAD, village),
    )
    return html, refusal.status if refusal else 200


@blueprint.post("/desk/u/<int:upload_id>/undo", endpoint="undo")
@require(Permission.UPLOAD)
def take_back(upload_id: int) -> ResponseReturnValue:
    """Undoes an accepted upload, or proposes a correction where it is public; a refusal stands on the same page."""
    me = Hand(signed_in_actor(), policy_of(settings()), clock.now())
    try:
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
            if upload.state != "undone":  # the second of two clicks
                code, reason = request.form.get("reason_code", ""), request.form.get("reason", "")
                undo(session, upload, me, code=code, reason=reason)
    except Refused as refusal:
        if refusal.status in (404, 507):
            raise
        return _page(upload_id, refusal)
    return redirect(url_for("records.record", upload_id=upload_id), 303)


@blueprint.post("/desk/u/<int:upload_id>/gone")
@require(Permission.UPLOAD)
def gone(upload_id: int) -> ResponseReturnValue:
    """Keeps which of the rows on this page of the list, missing from the file, are to go; ticked one by one."""
    shown, ticked = (request.form.getlist(name, read_id) for name in ("shown", "gone"))
    with unit_of_work() as session:
        upload = upload_with_id(session, upload_id, lock=True)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
        choose_gone(session, upload, shown, ticked)
    page = request.form.get("page", 1, read_id)
    return redirect(url_for("ledgers.show", upload_id=upload_id, list="missing", page=page) + "#list", 303)


@blueprint.get("/desk/d/<int:version_id>/export.<any(xlsx, csv):ending>")
@require(Permission.READ_STAFF)
def export(version_id: int, ending: str) -> ResponseReturnValue:
    """All rows of a draft or publication as offices see them; sent back unchanged it changes nothing."""
    with reading() as session:
        allow(session, Permission.READ_STAFF, version_with_id(session, version_id).village_id)
        table = version_table(session, version_id, ending)
    return download(table.raw, table.content_type, table.name)


@blueprint.get("/desk/template/<section>.<any(xlsx, csv):ending>")
@require(Permission.READ_STAFF)
def template(section: str, ending: str) -> ResponseReturnValue:
    """An empty ledger of a section, to fill in."""
    found = section_named(section)
    raw = section_template(found) if ending == "xlsx" else section_template_csv(found)
    return download(raw, XLSX if ending == "xlsx" else CSV, f"{found.title}模板.{ending}")
