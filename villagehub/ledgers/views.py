"""Pages of uploading and checking: parse, call one action or query, answer."""

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from villagehub.accounts.guard import allow, may, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import Account
from villagehub.kernel import clock
from villagehub.kernel.period import Cadence, Period
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.actions import accept, account_of, confirm, keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of, shown_name, vault_of
from villagehub.ledgers.preview import preview, state_token
from villagehub.ledgers.queries import list_recent, read_upload_page, upload_with_id
from villagehub.ledgers.schemas import ENTITIES, read_form
from villagehub.ledgers.templates import section_template
from villagehub.places.queries import read_village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("ledgers", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/desk/upload")
@require(Permission.UPLOAD)
def upload_form() -> ResponseReturnValue:
    """The form, with what the address says filled in."""
    return _form({name: request.args.get(name, "") for name in ("village", "section", "period", "entity", "group_no")})


@blueprint.post("/desk/upload")
@require(Permission.UPLOAD)
def send() -> ResponseReturnValue:
    """Takes a file in, checks it, and leads to its page; a refused file answers 422 with the same page."""
    typed = {name: request.form.get(name, "") for name in ("village", "section", "period", "entity", "group_no")}
    try:
        upload_id, again = _take_in(typed)
    except Refused as refusal:
        if refusal.status in (403, 404, 507):
            raise
        return _form(typed, refusal)
    with reading() as session:
        rejected = upload_with_id(session, upload_id).outcome == "reject"
    if rejected:
        return _page(upload_id, again=again, status=422)
    return redirect(url_for("ledgers.show", upload_id=upload_id, again=1 if again else None), 303)


def _take_in(typed: dict[str, str]) -> tuple[int, bool]:
    form = read_form(typed)
    period = Period.parse(form["period"])
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise rules.NoFile()
    actor, now = signed_in_actor(), clock.now()
    with reading() as session:
        village = read_village(session, form["village"])
        allow(session, Permission.UPLOAD, village.id, entity=form["entity"])
    raw, name = sent.read(), shown_name(sent.filename)
    sha256 = vault_of(settings()).keep(raw)
    account = Account(village.id, form["section"], period, form["entity"], form["group_no"])
    with unit_of_work() as session:
        upload, again = receive(session, account, sha256=sha256, size=len(raw), filename=name, actor=actor, now=now)
        # What was rejected is read again: the reading child may have died of something that has passed meanwhile.
        upload_id, known = upload.id, upload.state != "received" and upload.outcome != "reject"
    if not known:
        checked = check_bytes(raw, name, account, settings())
        with unit_of_work() as session:
            keep_report(session, upload_with_id(session, upload_id, lock=True), checked, report_of(checked))
    return upload_id, again


@blueprint.get("/desk/u/<int:upload_id>")
@require(Permission.READ_STAFF)
def show(upload_id: int) -> ResponseReturnValue:
    """The page of an upload: faults by Excel row and column, questions, and what acceptance would do."""
    return _page(upload_id, again="again" in request.args)


@blueprint.post("/desk/u/<int:upload_id>/confirm")
@require(Permission.UPLOAD)
def answer(upload_id: int) -> ResponseReturnValue:
    """Keeps 就是这样 for the ticked questions, under the person's name."""
    with unit_of_work() as session:
        upload = upload_with_id(session, upload_id, lock=True)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
        confirm(session, upload, request.form.getlist("place"), actor=signed_in_actor(), now=clock.now())
    return redirect(url_for("ledgers.show", upload_id=upload_id), 303)


@blueprint.post("/desk/u/<int:upload_id>/accept")
@require(Permission.UPLOAD)
def take(upload_id: int) -> ResponseReturnValue:
    """Makes the checked rows a draft, if the preview that the person saw still holds."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
        state, account, sha256, name = upload.state, account_of(upload), upload.sha256, upload.filename
    if state == "accepted":  # the second of two clicks
        return redirect(url_for("ledgers.show", upload_id=upload_id), 303)
    checked = check_bytes(vault_of(settings()).read(sha256), name, account, settings())
    try:
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            if upload.state != "accepted":
                if state_token(session, upload) != request.form.get("token", ""):
                    raise rules.StalePreview()
                accept(session, upload, checked, actor=signed_in_actor(), policy=policy_of(settings()), now=clock.now())
    except Refused as refusal:
        return _page(upload_id, refusal=refusal, status=refusal.status)
    return redirect(url_for("ledgers.show", upload_id=upload_id), 303)


@blueprint.get("/desk/u/<int:upload_id>/original")
@require(Permission.READ_STAFF)
def original(upload_id: int) -> ResponseReturnValue:
    """The clerk's own file, byte for byte; staff only."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.READ_STAFF, upload.village_id)
    raw = vault_of(settings()).read(upload.sha256)
    response = _download(raw, "application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=upload.filename)
    return response


@blueprint.get("/desk/template/<section>.xlsx")
@require(Permission.READ_STAFF)
def template_file(section: str) -> ResponseReturnValue:
    """An empty ledger of a section, to fill in."""
    found = section_named(section)
    response = _download(section_template(found), XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"{found.title}模板.xlsx")
    return response


def _download(raw: bytes, content_type: str) -> Response:
    response = make_response(raw)
    response.content_type = content_type
    return response


def _form(typed: dict[str, str], refusal: Refused | None = None) -> ResponseReturnValue:
    actor = signed_in_actor()
    with reading() as session:
        villages = villages_of(session, actor, Permission.UPLOAD, table=table())
        recent = list_recent(session, [one.id for one in villages])
    last = Period.of(Cadence.QUARTER, clock.today()).previous()
    periods = [
        last,
        last.previous(),
        Period.of(Cadence.MONTH, clock.today()).previous(),
        Period.of(Cadence.YEAR, last.last),
    ]
    page = render_template(
        "ledgers/upload.html",
        villages=villages,
        sections=list(SECTIONS.values()),
        entities=ENTITIES,
        periods=periods,
        recent=recent,
        typed={**typed, "period": typed.get("period") or str(last)},
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def _page(
    upload_id: int, *, again: bool = False, refusal: Refused | None = None, status: int = 200
) -> ResponseReturnValue:
    now = clock.now()
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        village = allow(session, Permission.READ_STAFF, upload.village_id)
        mine = may(Permission.UPLOAD, village)
        wants_preview = upload.state == "checked" and upload.outcome != "reject" and mine
        account, sha256, name = account_of(upload), upload.sha256, upload.filename
    seen = None
    if wants_preview:
        checked = check_bytes(vault_of(settings()).read(sha256), name, account, settings())
        seen = preview(upload_id, checked, actor=signed_in_actor(), policy=policy_of(settings()), now=now)
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        page = read_upload_page(
            session,
            upload,
            preview=seen,
            may_change=mine,
            now=now,
            draft_url=url_for("disclosures.version", version_id=upload.version_id) if upload.version_id else "",
            upload_url=url_for(
                "ledgers.upload_form",
                village=village.code,
                section=upload.section,
                period=str(upload.period),
                entity=upload.entity,
                group_no=upload.group_no,
            ),
        )
    return render_template("ledgers/check.html", page=page, again=again, refusal=refusal), status
