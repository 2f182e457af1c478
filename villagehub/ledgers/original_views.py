"""The clerk's own file as it came, one row of it, and the same with its faults marked; staff only."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, require, settings
from villagehub.accounts.rules import Permission
from villagehub.disclosures.scope import title_of
from villagehub.ledgers import rules
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.exporting import XLSX
from villagehub.ledgers.original_row import read_original_row
from villagehub.ledgers.queries import upload_with_id
from villagehub.ledgers.rereading import marked_workbook_of
from villagehub.ledgers.sheets import MOST_BYTES
from villagehub.storage import reading
from villagehub.storage.originals import read_named
from villagehub.storage.vault import vault_of
from villagehub.web.attachments import download

blueprint = Blueprint("originals", __name__)


@blueprint.get("/desk/u/<int:upload_id>/original")
@require(Permission.READ_STAFF)
def file(upload_id: int) -> ResponseReturnValue:
    """The clerk's own file, byte for byte, or the reduced copy once its list is over; staff only."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.READ_STAFF, upload.village_id)
    raw, name = read_named(vault_of(settings()), upload.sha256, upload.filename)
    return download(raw, "application/octet-stream", name)


@blueprint.get("/desk/u/<int:upload_id>/row/<int:number>")
@require(Permission.READ_STAFF)
def row(upload_id: int, number: int) -> ResponseReturnValue:
    """One row of the clerk's own file, cell by cell; staff only."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        village = allow(session, Permission.READ_STAFF, upload.village_id)
    sheet = request.args.get("sheet", "")
    return render_template(
        "ledgers/original_row.html",
        village=village,
        title=title_of(account_of(upload)),
        filename=upload.filename,
        upload_id=upload_id,
        sheet=sheet,
        number=number,
        cells=read_original_row(upload, sheet, number, settings()),
    )


@blueprint.get("/desk/u/<int:upload_id>/marked.xlsx")
@require(Permission.READ_STAFF)
def marked(upload_id: int) -> ResponseReturnValue:
    """The clerk's own table with its faults marked, to be mended and sent back; staff only, like the original."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.READ_STAFF, upload.village_id)
    refusal = rules.why_not_change(upload.state)
    if refusal:
        raise refusal
    made = marked_workbook_of(upload, settings())
    if not made:
        raise rules.NothingToMark()
    if len(made) > MOST_BYTES:
        raise rules.MarkedTooLarge(size=round(len(made) / 1024 / 1024))
    name = f"{upload.filename.rpartition('.')[0] or upload.filename}（标好错）.xlsx"
    return download(made, XLSX, name)
