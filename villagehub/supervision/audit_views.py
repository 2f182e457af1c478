"""Pages of audits, for the township that asks and for the village that answers."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.guard import allow, current_actor, may, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures.books import post_over, why_not_books
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import reading, unit_of_work
from villagehub.storage.originals import read_named
from villagehub.storage.vault import vault_of
from villagehub.supervision import audit_rules as rules
from villagehub.supervision.audit_queries import AuditLine, AuditPage, list_audits, read_audit
from villagehub.supervision.audits import Said, ask, audit_with_id, authors_of_audited, move_audit
from villagehub.supervision.forms import read_day, read_move, read_number
from villagehub.supervision.material import take_material
from villagehub.supervision.models import AuditEvent
from villagehub.supervision.one_village import read_row_page
from villagehub.supervision.stages import MOVE_HINTS, MOVE_WORDS, NEEDS_DAY, VILLAGE_MOVES, Move
from villagehub.web.attachments import download

blueprint = Blueprint("audits", __name__)


@blueprint.get("/desk/audits")
@require(Permission.READ_STAFF)
def listed() -> ResponseReturnValue:
    """审看: the audits of the person's villages, the open ones first."""
    with reading() as session:
        lines = _mine(session)
    return render_template("supervision/audits.html", lines=lines)


def _mine(session: Session, *, only_open: bool = False) -> list[AuditLine]:
    """Audits of the villages whose staff pages the person reads; what was handed over only where they oversee."""
    actor, today = signed_in_actor(), clock.today()
    mine = {one.id for one in villages_of(session, actor, Permission.READ_STAFF, table=table())}
    above = {one.id for one in villages_of(session, actor, Permission.OVERSEE, table=table())}
    lines = list_audits(session, mine & above, today=today, only_open=only_open)
    return lines + list_audits(session, mine - above, today=today, only_open=only_open, hidden=False)


def desk_audits(chosen: str = "") -> list[AuditLine]:
    """What audits ask of the villages that the person at the desk may answer for; the desk's page calls it."""
    actor = current_actor()
    with reading() as session:
        mine = villages_of(session, actor, Permission.ANSWER_AUDIT, table=table()) if actor else []
        held = {one.code: one for one in mine if chosen in ("", one.code)}
        ids = [one.id for one in held.values()]
        found = list_audits(session, ids, today=clock.today(), only_open=True, hidden=False)
    return [
        one
        for one in found
        if one.waits_for_village
        and why_not_books(actor, Permission.ANSWER_AUDIT, held[one.village_code], one.entity, table=table()) is None
    ]


@blueprint.get("/town/d/<int:version_id>/ask")
@require(Permission.SUPERVISE)
def ask_form(version_id: int) -> ResponseReturnValue:
    """The form of a question about a publication, or about one row of it."""
    return _ask_page(version_id)


@blueprint.post("/town/d/<int:version_id>/ask", endpoint="ask")
@require(Permission.SUPERVISE)
def ask_village(version_id: int) -> ResponseReturnValue:
    """Opens the audit, or shows the form again with what is wrong."""
    try:
        with unit_of_work() as session:
            version = version_with_id(session, version_id)
            allow(session, Permission.SUPERVISE, version.village_id)
            said = Said(request.form.get("text", ""), read_day(request.form.get("due_on", "")))
            number = read_number(request.form.get("row", ""))
            audit_id = ask(session, version, said, number=number, actor=signed_in_actor(), now=clock.now()).id
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _ask_page(version_id, refusal)
    return redirect(url_for("audits.show", audit_id=audit_id, done="ask"), 303)


def _ask_page(version_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        version = version_with_id(session, version_id)
        village = allow(session, Permission.SUPERVISE, version.village_id)
        number = read_number(request.values.get("row", ""))
        html = render_template(
            "supervision/ask.html",
            village=village,
            version_id=version_id,
            title=title_of(version.disclosure),
            publication=version.number,
            row=read_row_page(session, version, number) if number is not None else None,
            refusal=refusal,
            typed=request.form if refusal else {},
        )
    return html, refusal.status if refusal else 200


@blueprint.get("/desk/audits/<int:audit_id>")
@require(Permission.READ_STAFF)
def show(audit_id: int) -> ResponseReturnValue:
    """One audit: everything said in it, and what this person can do next."""
    return _page(audit_id)


@blueprint.post("/desk/audits/<int:audit_id>/answer")
@require(Permission.ANSWER_AUDIT)
def answer(audit_id: int) -> ResponseReturnValue:
    """The village explains, or reports what it put right; a file may come with it."""
    return _move(audit_id, Permission.ANSWER_AUDIT, of_village=True)


@blueprint.post("/desk/audits/<int:audit_id>/decide")
@require(Permission.SUPERVISE)
def decide(audit_id: int) -> ResponseReturnValue:
    """The township asks on, or decides."""
    return _move(audit_id, Permission.SUPERVISE, of_village=False)


def _move(audit_id: int, permission: Permission, *, of_village: bool) -> ResponseReturnValue:
    with reading() as session:
        _readable(session, audit_id, permission)
    form = request.form
    try:
        move = read_move(form.get("move", ""), of_village=of_village)
        said = Said(
            form.get("text", ""),
            read_day(form.get("due_on", "")) if move in NEEDS_DAY else None,
            read_number(form.get("correction", "")) if move is Move.CORRECTED else None,
            take_material(request.files.get("file"), settings()) if of_village else None,
        )
        with unit_of_work() as session:
            move_audit(
                session,
                audit_id,
                move,
                said,
                seen=form.get("seen", 0, read_id),
                actor=signed_in_actor(),
                now=clock.now(),
            )
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(audit_id, refusal)
    return redirect(url_for("audits.show", audit_id=audit_id, done=move.value), 303)


def _readable(session: Session, audit_id: int, permission: Permission = Permission.READ_STAFF) -> AuditPage:
    """The audit, if the person holds the permission at its village and it was not handed over their heads."""
    audit = audit_with_id(session, audit_id)
    village = allow(session, permission, audit.village_id)
    page = read_audit(session, audit, today=clock.today())
    if permission is not Permission.READ_STAFF:  # the books' own people answer; all of the village's staff may read
        post_over(signed_in_actor(), permission, village, page.line.entity)
    if page.handed_over and not may(Permission.OVERSEE, village):
        raise rules.NoSuchAudit()
    return page


def _page(audit_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        page = _readable(session, audit_id)
        village = allow(session, Permission.READ_STAFF, page.village_id)
        authors = authors_of_audited(session, audit_with_id(session, audit_id))
        answers = why_not_books(signed_in_actor(), Permission.ANSWER_AUDIT, village, page.line.entity) is None
    drafted = signed_in_actor().person_id in authors
    moves = [one for one in page.moves if one not in VILLAGE_MOVES] if may(Permission.SUPERVISE, village) else []
    replies = [one for one in page.moves if one in VILLAGE_MOVES] if answers else []
    done = request.args.get("done", "")
    html = render_template(
        "supervision/audit.html",
        page=page,
        village=village,
        moves=[] if drafted else moves,
        drafted=drafted and bool(moves),
        replies=replies,
        oversees=may(Permission.OVERSEE, village),
        words=MOVE_WORDS,
        hints=MOVE_HINTS,
        needs_day=NEEDS_DAY,
        refusal=refusal,
        typed=request.form if refusal else {},
        done=MOVE_WORDS[Move(done)] if refusal is None and done in list(Move) else "",
    )
    return html, refusal.status if refusal else 200


@blueprint.get("/desk/audits/<int:audit_id>/file/<int:number>")
@require(Permission.READ_STAFF)
def material(audit_id: int, number: int) -> ResponseReturnValue:
    """The file that came with one line, or the reduced copy where it was a list that is over; offices only."""
    with reading() as session:
        _readable(session, audit_id)
        found = session.scalar(select(AuditEvent).where(AuditEvent.audit_id == audit_id, AuditEvent.seq == number))
    if found is None or found.file_sha256 is None:
        raise rules.NoSuchAudit()
    raw, name = read_named(vault_of(settings()), found.file_sha256, found.file_name)
    return download(raw, "application/octet-stream", name)
