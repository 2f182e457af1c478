"""Office pages of receipts: a version's list, the form that brings files in, one picture with its boxes."""

import re
import time
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from villagehub.accounts.guard import allow, may, require, settings, signed_in_actor
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures.acting import hand, takes
from villagehub.disclosures.office import Hand
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.receipt_models import ReceiptMask, ReceiptPage
from villagehub.disclosures.receipts import STATE_WORDS
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.steps import Step, why_not_post, why_not_step
from villagehub.kernel import clock
from villagehub.kernel.ids import LARGEST_ID, read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.receipts.actions import (
    Taken,
    choose_receipts,
    mask_receipt,
    match_receipt,
    must_take_receipts,
    remove_receipt,
    state_vouchers,
    take_files,
)
from villagehub.receipts.intake import MOST_FILES, Arrival, bring_in
from villagehub.receipts.masking import Box, BoxesDrawn, NoBoxes, burn, read_boxes
from villagehub.receipts.queries import read_picture_page, read_receipts_page, unmasked_picture, village_of_receipt
from villagehub.receipts.rules import NothingSent, NotReached, TooManyFiles
from villagehub.storage import reading, unit_of_work
from villagehub.storage.originals import read_original
from villagehub.storage.vault import DiskAlmostFull, vault_of
from villagehub.web.attachments import shown_name
from villagehub.web.errors import error_page
from villagehub.web.headers import LARGEST_PICTURES

blueprint = Blueprint("receipts", __name__)
SECONDS_AT_ONCE: Final = 40
"""Of one request: proxies wait for a minute, and a worker serves others meanwhile."""
_SPARE_BOXES: Final = 3
"""Empty lines for boxes, for those who type."""

DONE_WORDS: Final = {
    "sent": "收下了。请往下看：每一张都要对上一行、遮好个人信息，才能送审。",
    "match": "对好了。",
    "mask": "遮好了，存下来了。",
    "remove": "拿掉了。",
    "states": "记下了。",
    "choose": "改好了。",
}


@blueprint.url_value_preprocessor
def _take_many(endpoint: str | None, _values: object) -> None:
    """Many photographs weigh more than a workbook; said before the form is read."""
    if endpoint == "receipts.send":
        request.max_content_length = LARGEST_PICTURES


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_fault: RequestEntityTooLarge) -> Response:
    return error_page(413, "这些票据加起来太大，没有收下。", "一次最多 60 MB，一个文件最多 10 MB。请分几次传。")


@blueprint.get("/desk/d/<int:version_id>/receipts")
@require(Permission.READ_STAFF)
def listed(version_id: int) -> ResponseReturnValue:
    """A version's rows, each with its pictures or why it has none."""
    return _list_page(version_id)


@blueprint.post("/desk/d/<int:version_id>/receipts")
@takes(Step.EDIT)
def send(version_id: int) -> ResponseReturnValue:
    """Takes photographs and PDFs in. What cannot be taken is named file by file, and the others are kept (422)."""
    sent = [one for one in request.files.getlist("file") if one.filename]
    number = request.form.get("row", "")
    try:
        _must_take(version_id)
        if not sent:
            raise NothingSent()
        if len(sent) > MOST_FILES:
            raise TooManyFiles(count=len(sent))
        arrivals, refused = _bring_in(sent)
        with unit_of_work() as session:
            row = int(number) if re.fullmatch(r"\d{1,12}", number, re.ASCII) else None
            taken = take_files(session, version_id, arrivals, hand(seen=False), number=row) if arrivals else []
    except (NotFound, NeedsSignIn, DiskAlmostFull):
        raise
    except Refused as refusal:
        return _list_page(version_id, refusal)
    if refused or any(one.active or one.again for one in taken):
        return _list_page(version_id, taken=taken, refused=refused)
    return redirect(url_for("receipts.listed", version_id=version_id, done="sent"), 303)


def _must_take(version_id: int) -> None:
    """Asks before any file is read: whose village, whose post, which stage, which section."""
    with reading() as session:
        version = version_with_id(session, version_id)
        ask = why_not_post if version.stage == Stage.PUBLISHED else why_not_step
        refusal = ask(session, version, Step.EDIT, actor=signed_in_actor(), policy=policy_of(settings()))
        if refusal:
            raise refusal
        must_take_receipts(version)


def _bring_in(sent: list[FileStorage]) -> tuple[list[Arrival], list[Refused]]:
    arrivals: list[Arrival] = []
    refused: list[Refused] = []
    begun = time.monotonic()
    for one in sent:
        if time.monotonic() - begun > SECONDS_AT_ONCE:
            refused.append(NotReached(name=shown_name(one.filename or "")))
            continue
        try:
            arrivals.append(bring_in(one.read(), one.filename or "", settings()))
        except DiskAlmostFull:
            raise
        except Refused as refusal:
            refused.append(refusal)
    return arrivals, refused


@blueprint.post("/desk/d/<int:version_id>/vouchers")
@takes(Step.EDIT)
def states(version_id: int) -> ResponseReturnValue:
    """Writes for the rows of one page why they have no picture."""
    page = request.form.get("page", 1, read_id)
    said = {
        int(name[1]): (value, request.form.get(f"no-{name[1]}", ""))
        for field, value in request.form.items()
        if (name := re.fullmatch(r"state-(\d{1,12})", field, re.ASCII))
    }
    every = request.form.get("every", "")
    if every:
        said = {number: (state or every, text) for number, (state, text) in said.items()}
    try:
        with unit_of_work() as session:
            state_vouchers(session, version_id, said, hand(seen=False))
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _list_page(version_id, refusal)
    return redirect(url_for("receipts.listed", version_id=version_id, page=page, done="states") + "#rows", 303)


@blueprint.post("/desk/v/<code>/receipts")
@require(Permission.CHOOSE_RECEIPTS)
def choose(code: str) -> ResponseReturnValue:
    """Sets whether every payment of the village should have a picture."""
    assert g.village.code == code  # noqa: S101 - what ``require`` found
    wanted = request.form.get("wanted") == "yes"
    with unit_of_work() as session:
        choose_receipts(session, g.village.id, wanted=wanted, actor=signed_in_actor(), now=clock.now())
    version = request.form.get("version", 0, read_id)
    if version:
        return redirect(url_for("receipts.listed", version_id=version, done="choose"), 303)
    return redirect(url_for("disclosures.desk"), 303)


@blueprint.get("/desk/receipts/<int:receipt_id>")
@require(Permission.READ_STAFF)
def picture(receipt_id: int) -> ResponseReturnValue:
    """One picture: which row, and the boxes."""
    return _picture_page(receipt_id)


@blueprint.post("/desk/receipts/<int:receipt_id>/mask")
@takes(Step.EDIT)
def mask(receipt_id: int) -> ResponseReturnValue:
    """Burns the boxes in and keeps the result, or shows what the typed boxes would cover."""
    wish = request.form.get("do", "save")
    typed = _typed_boxes()
    try:
        _may_edit(receipt_id)
        boxes = read_boxes(typed)
        if wish == "look":
            return _picture_page(receipt_id, drawn=boxes)
        if wish == "none" and boxes:
            raise BoxesDrawn(count=len(boxes))
        if wish != "none" and not boxes:
            raise NoBoxes()
        with reading() as session:
            sha256 = unmasked_picture(session, receipt_id)
        burnt = burn(read_original(vault_of(settings()), sha256), boxes)
        vault_of(settings()).keep(burnt.jpeg)
    except (NotFound, NeedsSignIn, DiskAlmostFull):
        raise
    except Refused as refusal:
        return _picture_page(receipt_id, refusal, typed=typed)
    return _do(receipt_id, "mask", lambda session, me: mask_receipt(session, receipt_id, boxes, burnt, me))


@blueprint.post("/desk/receipts/<int:receipt_id>/row")
@takes(Step.EDIT)
def match_row(receipt_id: int) -> ResponseReturnValue:
    """Says which row the picture belongs to."""
    number = request.form.get("row", 0, read_id)
    return _do(receipt_id, "match", lambda session, me: match_receipt(session, receipt_id, number, me))


@blueprint.post("/desk/receipts/<int:receipt_id>/remove")
@takes(Step.EDIT)
def remove(receipt_id: int) -> ResponseReturnValue:
    """Takes the picture out of the draft."""
    return _do(receipt_id, "remove", lambda session, me: remove_receipt(session, receipt_id, me))


def _may_edit(receipt_id: int) -> None:
    with reading() as session:
        page = read_picture_page(session, receipt_id, actor=signed_in_actor(), policy=policy_of(settings()))
        if page.refusal:
            raise page.refusal


def _do(receipt_id: int, what: str, work: Callable[[Session, Hand], int]) -> ResponseReturnValue:
    """One verb in one transaction. After a mask the next picture follows, so that many are done in one go."""
    try:
        with unit_of_work() as session:
            version_id = work(session, hand(seen=False))
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _picture_page(receipt_id, refusal)
    if what == "match":
        return redirect(url_for("receipts.picture", receipt_id=receipt_id, done=what), 303)
    if what == "mask":
        with reading() as session:
            page = read_picture_page(session, receipt_id, actor=signed_in_actor(), policy=policy_of(settings()))
        if page.following is not None:
            return redirect(url_for("receipts.picture", receipt_id=page.following, done=what), 303)
    return redirect(url_for("receipts.listed", version_id=version_id, done=what), 303)


def _typed_boxes() -> list[list[str]]:
    """The form's boxes, four fields each."""
    columns = [request.form.getlist(name) for name in ("x", "y", "w", "h")]
    return [list(four) for four in zip(*columns, strict=False)]


def _picture_page(
    receipt_id: int,
    refusal: Refused | None = None,
    *,
    typed: list[list[str]] | None = None,
    drawn: tuple[Box, ...] | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        allow(session, Permission.READ_STAFF, village_of_receipt(session, receipt_id))
        page = read_picture_page(session, receipt_id, actor=signed_in_actor(), policy=policy_of(settings()))
    boxes = [one.as_list() for one in drawn] if drawn is not None else [list(one) for one in page.boxes]
    shown = typed if typed is not None else [[f"{value / 10:g}" for value in one] for one in boxes]
    html = render_template(
        "receipts/picture.html",
        page=page,
        drawn=boxes if typed is None else [],
        boxes=[*shown, *([[""] * 4] * _SPARE_BOXES)],
        looking=drawn is not None,
        refusal=refusal,
        done="" if refusal else DONE_WORDS.get(request.args.get("done", ""), ""),
    )
    return html, refusal.status if refusal else 200


def _list_page(
    version_id: int,
    refusal: Refused | None = None,
    *,
    taken: list[Taken] | None = None,
    refused: list[Refused] | None = None,
) -> ResponseReturnValue:
    with reading() as session:
        version = version_with_id(session, version_id)
        allow(session, Permission.READ_STAFF, version.village_id)
        page = read_receipts_page(
            session,
            version,
            actor=signed_in_actor(),
            policy=policy_of(settings()),
            page=request.values.get("page", 1, read_id),
        )
    html = render_template(
        "receipts/list.html",
        page=page,
        refusal=refusal,
        taken=taken or [],
        refused=refused or [],
        chosen=request.values.get("row", ""),
        states=[(one.value, words) for one, words in STATE_WORDS.items()],
        may_choose=may(Permission.CHOOSE_RECEIPTS, page.village),
        done="" if refusal else DONE_WORDS.get(request.args.get("done", ""), ""),
    )
    return html, refusal.status if refusal else 422 if refused else 200


@blueprint.get("/desk/receipts/page/<int:page_id>.jpg")
@require(Permission.READ_STAFF)
def page_picture(page_id: int) -> ResponseReturnValue:
    """A page as it was painted, unmasked; for people who hold an office in the village or above it only."""
    with reading() as session:
        found = session.get(ReceiptPage, page_id) if page_id <= LARGEST_ID else None
        if found is None:
            raise NotFound()
        allow(session, Permission.READ_STAFF, found.village_id)
        sha256 = found.sha256
    return _jpeg(sha256)


@blueprint.get("/desk/receipts/mask/<int:mask_id>.jpg")
@require(Permission.READ_STAFF)
def mask_picture(mask_id: int) -> ResponseReturnValue:
    """A masked picture, as the public will see it or sees it."""
    with reading() as session:
        found = session.get(ReceiptMask, mask_id) if mask_id <= LARGEST_ID else None
        if found is None:
            raise NotFound()
        allow(session, Permission.READ_STAFF, found.village_id)
        sha256 = found.sha256
    return _jpeg(sha256)


def _jpeg(sha256: str) -> Response:
    response = make_response(read_original(vault_of(settings()), sha256))
    response.content_type = "image/jpeg"
    return response
