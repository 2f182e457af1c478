"""A ledger of a few rows, typed on a page: add rows, take rows out, have them checked like a file. Works without a script."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, require, settings, signed_in_actor
from villagehub.accounts.rules import Permission
from villagehub.disclosures.row_lines import HistoryLine
from villagehub.disclosures.scope import ENTITY_WORDS, Account, title_of
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.begun import Begun, read_begun, since, why_not_same
from villagehub.ledgers.models import Upload, Way
from villagehub.ledgers.queries import upload_with_id
from villagehub.ledgers.report import of_severity
from villagehub.ledgers.taking import account_asked, take_in
from villagehub.ledgers.typed import (
    EMPTY_ROWS,
    FIRST_ROW,
    MOST_ROWS,
    NAME,
    Row,
    as_csv,
    columns_of,
    filled,
    from_csv,
    rows_typed,
)
from villagehub.places.queries import read_village_by_id
from villagehub.sections import section_named
from villagehub.storage import reading
from villagehub.storage.vault import vault_of

blueprint = Blueprint("fill", __name__)


@dataclass(frozen=True, slots=True)
class Faults:
    """What must be mended: by field, and what belongs to no field."""

    cells: dict[str, str] = field(default_factory=dict)
    """``r<row>-<column>`` → sentence."""
    others: tuple[str, ...] = ()


@blueprint.get("/desk/upload/fill")
@require(Permission.UPLOAD)
def form() -> ResponseReturnValue:
    """The form of an account's rows: what its draft holds, what was published last, or nothing yet. With ``upload`` what was
    typed before stands in it again.
    """
    if "upload" in request.args:
        return _typed_before(request.args.get("upload", 0, int))
    if "section" not in request.args:
        return redirect(url_for("ledgers.upload_form"))
    account = account_asked(request.args)
    with reading() as session:
        begun = read_begun(session, account)
    return _page(account, begun.rows or [{}] * EMPTY_ROWS, begun)


def _typed_before(upload_id: int) -> ResponseReturnValue:
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        allow(session, Permission.UPLOAD, upload.village_id, entity=upload.entity)
        account = account_of(upload)
        begun = read_begun(session, account)
    if upload.way != Way.TYPED or upload.names_gone_at is not None:
        return redirect(url_for("ledgers.show", upload_id=upload_id))
    rows = from_csv(section_named(upload.section), vault_of(settings()).read(upload.sha256))
    return _page(account, rows, begun, faults=_faults(upload) if upload.outcome == "reject" else None)


@blueprint.post("/desk/upload/fill", endpoint="send")
@require(Permission.UPLOAD)
def send() -> ResponseReturnValue:
    """Adds or takes out a row, or has the table checked; whatever was typed stays."""
    account = account_asked(request.form)
    section = section_named(account.section)
    rows = rows_typed(section, request.form, count=min(max(request.form.get("count", 0, int), 0), MOST_ROWS + 1))
    before = Begun(rows, request.form.get("base", ""), request.form.get("seen", 0, int))
    wanted, _, which = request.form.get("do", "check").partition("-")
    if wanted == "add" and len(rows) < MOST_ROWS:
        return _page(account, [*rows, *[{}] * min(EMPTY_ROWS, MOST_ROWS - len(rows))], before)
    if wanted == "drop" and which.isascii() and which.isdecimal():
        kept = [row for number, row in enumerate(rows, start=FIRST_ROW) if number != int(which)]
        return _page(account, kept or [{}], before)
    try:
        upload_id = _check(account, rows, before)
    except Refused as refusal:
        if refusal.status in (403, 404, 507):
            raise
        return _refused(account, rows, before, refusal)
    with reading() as session:
        upload = upload_with_id(session, upload_id)
    if upload.outcome == "reject":
        return _page(account, filled(rows), before, faults=_faults(upload))
    return redirect(url_for("ledgers.show", upload_id=upload_id), 303)


def _check(account: Account, rows: list[Row], before: Begun) -> int:
    """Has the rows checked as a file; returns the upload's id. Raises NothingTyped, TooManyTyped, ChangedMeanwhile."""
    typed = filled(rows)
    with reading() as session:
        refusal = rules.why_not_typed(title_of(account), rows=len(typed)) or why_not_same(session, account, before.base)
    if refusal:
        raise refusal
    raw = as_csv(section_named(account.section), typed)
    return take_in(account, raw, NAME, way=Way.TYPED, actor=signed_in_actor(), settings=settings())


def _refused(account: Account, rows: list[Row], before: Begun, refusal: Refused) -> ResponseReturnValue:
    """The form again, with what others did to the draft meanwhile; sent once more, it starts from the draft of now."""
    with reading() as session:
        meanwhile = since(session, account, before.seen)
        now = read_begun(session, account)
    return _page(account, rows or [{}], Begun(rows, now.base, now.seen), refusal=refusal, meanwhile=meanwhile)


def _faults(upload: Upload) -> Faults:
    names = {one.heading: one.name for one in columns_of(section_named(upload.section))}
    cells: dict[str, str] = {}
    others = []
    for problem in of_severity(upload.report, "must_fix"):
        sentence = f"{problem['message']}{problem['fix']}"
        name = names.get(problem["heading"] or "")
        if problem["row"] and name:
            cells.setdefault(f"r{problem['row']}-{name}", sentence)
        else:
            others.append(sentence)
    return Faults(cells, tuple(others))


def _page(
    account: Account,
    rows: list[Row],
    begun: Begun,
    *,
    refusal: Refused | None = None,
    meanwhile: list[HistoryLine] | None = None,
    faults: Faults | None = None,
) -> ResponseReturnValue:
    if len(rows) > MOST_ROWS:
        refusal = rules.why_not_typed(title_of(account), rows=len(rows))
        rows = []
    section = section_named(account.section)
    with reading() as session:
        village = read_village_by_id(session, account.village_id)
    html = render_template(
        "ledgers/fill.html",
        account=account,
        title=title_of(account),
        village=village,
        whose=ENTITY_WORDS[account.entity],
        columns=columns_of(section),
        flow=any(one.field is None for one in columns_of(section)),
        rows=list(enumerate(rows, start=FIRST_ROW)),
        most=MOST_ROWS,
        begun=begun,
        refusal=refusal,
        meanwhile=meanwhile or [],
        faults=faults or Faults(),
    )
    return html, refusal.status if refusal else 422 if faults else 200
