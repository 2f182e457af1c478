"""Pages of uploading and checking: parse, call one action or query, answer."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from villagehub.accounts.guard import allow, may, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import Account, title_of
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.problem import Severity
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.actions import abandon_upload, accept, account_of, confirm, keep_report
from villagehub.ledgers.begun import newest_line, since
from villagehub.ledgers.beside import follow, read_beside
from villagehub.ledgers.bundling import Sent, take_bundle
from villagehub.ledgers.checking import report_of
from villagehub.ledgers.continuing import continued_by
from villagehub.ledgers.mend_page import what_next
from villagehub.ledgers.mending import mend, merged, refuse_stale, typed_in
from villagehub.ledgers.models import Upload, Way
from villagehub.ledgers.overrides import row_of
from villagehub.ledgers.preview import preview, state_token
from villagehub.ledgers.queries import (
    books_before,
    list_bundles,
    list_recent,
    may_match,
    read_upload_page,
    upload_with_id,
)
from villagehub.ledgers.record_views import asked_list
from villagehub.ledgers.report import open_questions
from villagehub.ledgers.rereading import read_upload
from villagehub.ledgers.result import Checked
from villagehub.ledgers.schemas import ENTITIES, BadUpload
from villagehub.ledgers.states import UploadState
from villagehub.ledgers.taking import Received, account_asked, receive_bytes, usual_words
from villagehub.places.queries import read_village_by_id
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of
from villagehub.web.attachments import shown_name

blueprint = Blueprint("ledgers", __name__)
FORM = ("village", "section", "period", "entity", "group_no", "pasted")
PASTED_NAME = "粘贴的表格.txt"
REFRESH = 2
"""Seconds after which the page of waiting asks again, without a script."""


@blueprint.get("/desk/upload")
@require(Permission.UPLOAD)
def upload_form() -> ResponseReturnValue:
    """The form, with what the address says filled in."""
    typed = {name: request.args.get(name, "") for name in FORM}
    if "paste" in request.args:
        typed |= _pasted_before(request.args.get("paste", 0, int))
    return _form(typed)


def _pasted_before(upload_id: int) -> dict[str, str]:
    """What was pasted for an earlier upload, to be mended and sent once more."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        village = allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
    if upload.way != Way.PASTED or upload.names_gone_at is not None:
        return {}
    return {
        "village": village.code,
        "section": upload.section,
        "period": str(upload.period),
        "entity": upload.entity,
        "group_no": upload.group_no,
        "pasted": vault_of(settings()).read(upload.sha256).decode(),
    }


@blueprint.post("/desk/upload")
@require(Permission.UPLOAD)
def send() -> ResponseReturnValue:
    """Takes a file or a pasted table in, checks it, and leads to its page; what is refused answers 422 with the same page.
    Whoever would rather type is led to the form of rows.
    """
    typed = {name: request.form.get(name, "") for name in FORM}
    try:
        if request.form.get("entity") == "":
            raise BadUpload(what="没有选是谁的账。")
        if request.form.get("way") == Way.TYPED:
            return redirect(_typing_url(account_asked(typed)), 303)
        if request.form.get("way") == "villages":
            return redirect(url_for("bundles.show", bundle_id=_take_bundle(typed)), 303)
        received = _receive(typed)
        going = read_beside(received.upload_id, settings()) if received.unread else None
    except Refused as refusal:
        if refusal.status in (403, 404, 507):
            raise
        return _form(typed, refusal)
    upload_id, again = received.upload_id, received.again
    if going is None:
        with reading() as session:
            rejected = upload_with_id(session, upload_id).outcome == "reject"
        if rejected:
            return _page(upload_id, again=again, status=422)
    return redirect(url_for("ledgers.show", upload_id=upload_id, again=1 if again else None), 303)


def _receive(typed: dict[str, str]) -> Received:
    account = account_asked(typed)
    sent, pasted = request.files.get("file"), typed["pasted"]
    named = sent is not None and bool(sent.filename)
    if named and pasted.strip():
        raise rules.TwoTables()
    if pasted.strip():
        refusal = rules.why_not_pasted(pasted)
        if refusal:
            raise refusal
        raw = pasted.encode(errors="replace")
        return receive_bytes(account, raw, PASTED_NAME, way=Way.PASTED, actor=signed_in_actor(), settings=settings())
    if sent is None or not named:
        raise rules.NoFile()
    name = shown_name(sent.filename or "")
    return receive_bytes(account, sent.read(), name, actor=signed_in_actor(), settings=settings())


def _take_bundle(typed: dict[str, str]) -> int:
    """Takes in a file of many villages, all of which the person may upload for."""
    account, actor, sent = account_asked(typed), signed_in_actor(), request.files.get("file")
    if sent is None or not sent.filename:
        raise rules.NoFile()
    with reading() as session:
        villages = villages_of(session, actor, Permission.UPLOAD, entity=account.entity, table=table())
    whole = Sent(sent.read(), shown_name(sent.filename), account)
    return take_bundle(whole, villages, actor=actor, settings=settings())


def _typing_url(account: Account) -> str:
    """The form of rows for this account."""
    with reading() as session:
        code = read_village_by_id(session, account.village_id).code
    return url_for(
        "fill.form",
        village=code,
        section=account.section,
        period=str(account.period),
        entity=account.entity,
        group_no=account.group_no,
    )


@blueprint.get("/desk/u/<int:upload_id>")
@require(Permission.READ_STAFF)
def show(upload_id: int) -> ResponseReturnValue:
    """The page of an upload: faults by Excel row and column, questions, and what acceptance would do; while the file is being
    read, how far that is.
    """
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.READ_STAFF, upload.village_id)
    how_far = follow(upload_id, settings())
    if how_far is not None:
        page = render_template(
            "ledgers/reading.html", title=title_of(account_of(upload)), filename=upload.filename, how_far=how_far
        )
        return page, {"Refresh": str(REFRESH)}
    return _page(upload_id, again="again" in request.args)


@blueprint.post("/desk/u/<int:upload_id>/confirm")
@require(Permission.UPLOAD)
def answer(upload_id: int) -> ResponseReturnValue:
    """Keeps what was typed into the bad cells and reads the file again with it, then keeps 就是这样 for the ticked questions;
    both under the person's name. A refusal shows the page once more with all that was typed.
    """
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
        typed = typed_in(upload, request.form, seen=request.form.get("revision", 0, int))
    places, touched = request.form.getlist("place"), set(typed) | set(request.form.getlist("back"))
    try:
        if touched:
            _mend(upload, typed)
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            if touched:  # the file was read again: what is not asked any more needs no answer
                rows, asked = {row_of(one) for one in touched}, {one["place"] for one in upload.report["problems"]}
                places = [one for one in places if one in asked and one.partition("@")[2] not in rows]
            confirm(session, upload, places, actor=signed_in_actor(), now=clock.now())
    except (
        rules.StaleMending,
        rules.NeverTyped,
        rules.TypedTooLong,
        rules.PrivateNumberTyped,
        rules.TooManyFixes,
    ) as no:
        return _page(upload_id, refusal=no, status=no.status, typed=typed)
    if not typed:
        return redirect(url_for("ledgers.show", upload_id=upload_id), 303)
    good, following = what_next(upload.report, typed)
    place = f"p{following}" if following else "mended"
    return redirect(url_for("ledgers.show", upload_id=upload_id, good=good, next=following, _anchor=place), 303)


def _mend(upload: Upload, typed: dict[str, str]) -> None:
    """Reads the file again with what was typed in it, and keeps both together."""
    actor, now, seen = signed_in_actor(), clock.now(), request.form.get("revision", 0, int)
    refuse_stale(upload, seen)
    fixes = merged(upload, typed, request.form.getlist("back"), actor=actor, now=now)
    checked = read_upload(upload, settings(), fixes=fixes)
    with unit_of_work() as session:
        held = upload_with_id(session, upload.id, lock=True)
        mend(session, held, fixes, checked, report_of(checked), seen=seen, actor=actor, now=now)


@blueprint.post("/desk/u/<int:upload_id>/accept")
@require(Permission.UPLOAD)
def take(upload_id: int) -> ResponseReturnValue:
    """Makes the checked rows a draft, if the preview that the person saw still holds."""
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
    if upload.state == UploadState.ACCEPTED:  # the second of two clicks
        return redirect(url_for("ledgers.show", upload_id=upload_id), 303)
    checked = read_upload(upload, settings())
    try:
        if _asks_more(upload_id, checked):
            raise rules.StalePreview()
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            if upload.state != UploadState.ACCEPTED:
                lock_counter(
                    session, upload.village_id
                )  # nobody else fills the draft between the question and the answer
                if state_token(session, upload) != request.form.get("token", ""):
                    raise rules.StalePreview()
                accept(session, upload, checked, actor=signed_in_actor(), policy=policy_of(settings()), now=clock.now())
    except Refused as refusal:
        return _page(upload_id, refusal=refusal, status=refusal.status, seen=request.form.get("seen", 0, int))
    return redirect(url_for("ledgers.show", upload_id=upload_id), 303)


def _asks_more(upload_id: int, checked: Checked) -> bool:
    """Whether this reading asks what the stored report does not, because the program reads better than it did then; what it
    found is kept, so that the page shows the new questions.
    """
    with unit_of_work() as session:
        upload = upload_with_id(session, upload_id, lock=True)
        known = {one["place"] for one in upload.report.get("problems", [])}
        if upload.state != UploadState.CHECKED or known >= {one.place for one in checked.of(Severity.CONFIRM)}:
            return False
        keep_report(session, upload, checked, report_of(checked))
        return True


@blueprint.post("/desk/u/<int:upload_id>/abandon")
@require(Permission.UPLOAD)
def give_up(upload_id: int) -> ResponseReturnValue:
    """Gives an upload up that no draft was made of; a refusal stands on the same page."""
    try:
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
            if upload.state != UploadState.ABANDONED:  # the second of two clicks
                abandon_upload(session, upload, actor=signed_in_actor(), now=clock.now())
    except Refused as refusal:
        if refusal.status in (403, 404, 507):
            raise
        return _page(upload_id, refusal=refusal, status=refusal.status)
    return redirect(url_for("ledgers.show", upload_id=upload_id), 303)


def _form(typed: dict[str, str], refusal: Refused | None = None) -> ResponseReturnValue:
    actor = signed_in_actor()
    with reading() as session:
        villages = villages_of(session, actor, Permission.UPLOAD, table=table())
        recent = list_recent(session, [one.id for one in villages])
        bundles = list_bundles(session, actor.person_id)
        usual = usual_words(session, villages)
        if not typed["entity"]:
            typed |= books_before(session, [one.id for one in villages], actor.person_id)
    page = render_template(
        "ledgers/upload.html",
        villages=villages,
        sections=list(SECTIONS.values()),
        entities=ENTITIES,
        usual=usual,
        most_typed=rules.MOST_TYPED,
        recent=recent,
        bundles=bundles,
        typed=typed,
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


def _page(
    upload_id: int,
    *,
    again: bool = False,
    refusal: Refused | None = None,
    status: int = 200,
    seen: int = 0,
    typed: dict[str, str] | None = None,
) -> ResponseReturnValue:
    now = clock.now()
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        village = allow(session, Permission.READ_STAFF, upload.village_id)
        mine = may(Permission.UPLOAD, village)
        refused = rules.why_not_accept(  # what cannot be accepted yet needs no trial: the file is not read for it
            upload.state,
            outcome=upload.outcome,
            open_questions=len(open_questions(upload.report, upload.confirmations)),
            superseded=upload.superseded_by is not None,
        )
        account = account_of(upload)
    tried = None
    if mine and refused is None:
        tried = preview(
            upload_id,
            read_upload(upload, settings()),
            actor=signed_in_actor(),
            policy=policy_of(settings()),
            now=now,
            which=asked_list(),
            page=request.values.get("page", 1, read_id),
        )
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        meanwhile = since(session, account, seen) if isinstance(refusal, rules.StalePreview) and seen else []
        newest, continued = newest_line(session, account), continued_by(session, upload)
        page = read_upload_page(
            session,
            upload,
            preview=tried,
            may_change=mine,
            now=now,
            draft_url=url_for("disclosures.version", version_id=upload.version_id) if upload.version_id else "",
            upload_url=_again_url(upload, village.code),
            columns_url=url_for("columns.page", upload_id=upload.id) if may_match(upload) else "",
            typed=typed,
        )
        good = request.args.get("good", -1, int)
        good = good if good <= len(upload.fixes) else -1  # an address may say anything
    return render_template(
        "ledgers/check.html",
        page=page,
        again=again,
        refusal=refusal,
        meanwhile=meanwhile,
        seen=newest,
        continued=continued,
        good=good,
        following=request.args.get("next", 0, int),
    ), status


def _again_url(upload: Upload, code: str) -> str:
    """Where the table is mended and sent again: with what was typed or pasted, or the form for another file."""
    if upload.way == Way.TYPED:
        return url_for("fill.form", upload=upload.id)
    if upload.way == Way.PASTED:
        return url_for("ledgers.upload_form", paste=upload.id)
    return url_for(
        "ledgers.upload_form",
        village=code,
        section=upload.section,
        period=str(upload.period),
        entity=upload.entity,
        group_no=upload.group_no,
    )
