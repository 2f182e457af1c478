"""Pages of the desk: the list of things to do, one version, one row; and what begins from a list: a correction, a nil."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from villagehub.accounts.elections import running_elections
from villagehub.accounts.guard import allow, chosen_village, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures import office, rules
from villagehub.disclosures.acting import AS_PUBLIC, VERSION, hand, meanwhile, takes, version_page
from villagehub.disclosures.one_version import read_version
from villagehub.disclosures.openings import list_waiting_openings
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.queries import list_not_begun, list_open, list_published, waiting_for
from villagehub.disclosures.row_lines import read_row
from villagehub.disclosures.schemas import BadForm
from villagehub.disclosures.scope import ENTITY_WORDS, Account, publication_of, section_of, version_with_id
from villagehub.disclosures.steps import Step, why_not_step
from villagehub.disclosures.wording import heading_of, typed
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.period import Period
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.queries import VillageFacts, read_village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("disclosures", __name__)
PAGE = 20
"""Publications on one page of the list."""


@blueprint.get("/desk")
@require(Permission.READ_STAFF)
def desk() -> ResponseReturnValue:
    """要办的事: what is open, what has not been begun, what was published last."""
    return _desk_page()


def _chosen_code(mine: list[VillageFacts]) -> str:
    """The village to look at: the one the address names, else the one this browser chose last; empty means all of them."""
    codes = {one.code for one in mine}
    if "v" in request.args:
        named = request.args["v"]
        if len(mine) > 1 and (not named or named in codes):
            browser["desk_village"] = named
        return named or (mine[0].code if len(mine) == 1 else "")
    if len(mine) == 1:
        return mine[0].code
    last = browser.get("desk_village", "")
    # A post may have ended since then: what is remembered counts only while it is theirs.
    return last if last in codes else ""


def _desk_page(refusal: Refused | None = None, refused_at: str = "") -> ResponseReturnValue:
    actor, today = signed_in_actor(), clock.today()
    before = request.args.get("before", 0, read_id)
    with reading() as session:
        mine = villages_of(session, actor, Permission.READ_STAFF, table=table())
        chosen = refused_at or _chosen_code(mine)
        villages = [chosen_village(session, Permission.READ_STAFF, chosen)] if chosen else mine
        ids = [one.id for one in villages]
        clerk_at = {one.id: one for one in villages_of(session, actor, Permission.DRAFT, table=table())}
        opened = list_open(session, ids, today=today)
        published = list_published(session, ids, today=today, most=PAGE + 1, before=before)
        html = render_template(
            "disclosures/desk.html",
            villages=mine,
            chosen=chosen,
            waiting=waiting_for(session, opened, actor=actor, policy=policy_of(settings())),
            opened=opened,
            elections=running_elections(session, ids, today=today),
            openings=list_waiting_openings(session, ids),
            not_begun=list_not_begun(session, [one for one in ids if one in clerk_at], today=today),
            published=published[:PAGE],
            before=before,
            older=published[PAGE - 1].version_id if len(published) > PAGE else 0,
            clerk_at=[one for one in clerk_at.values() if one.id in ids],
            sections=list(SECTIONS.values()),
            entities=ENTITY_WORDS,
            refusal=refusal,
            typed=request.form if refusal else {},
        )
    return html, refusal.status if refusal else 200


@blueprint.get("/desk/d/<int:version_id>")
@require(Permission.READ_STAFF)
def version(version_id: int) -> ResponseReturnValue:
    """One version in full; with ``look=public`` only what villagers will read of it."""
    return version_page(version_id, template=AS_PUBLIC if request.args.get("look") == "public" else VERSION)


@blueprint.get("/desk/d/<int:version_id>/row/<int:number>")
@takes(Step.EDIT)
def row(version_id: int, number: int) -> ResponseReturnValue:
    """The form of one row."""
    return _row_page(version_id, number)


@blueprint.post("/desk/d/<int:version_id>/row/<int:number>", endpoint="change_row")
@takes(Step.EDIT)
def change_row(version_id: int, number: int) -> ResponseReturnValue:
    """Corrects one row, or shows its form again with what is wrong."""
    with reading() as session:
        section = section_of(version_with_id(session, version_id))
    said = {one.name: request.form[one.name] for one in section.stored_fields if one.name in request.form}
    confirmed = request.form.get("confirmed") == "yes"
    try:
        with unit_of_work() as session:
            office.change_row(session, version_id, number, hand(), said, confirmed=confirmed)
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _row_page(version_id, number, refusal)
    with reading() as session:
        page = read_row(session, version_id, number).page
    return redirect(
        url_for("disclosures.version", version_id=version_id, done="row", page=page if page > 1 else None)
        + f"#i{number}",
        303,
    )


def _row_page(version_id: int, number: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = version_with_id(session, version_id)
        village = allow(session, Permission.READ_STAFF, found.village_id)
        stopped = why_not_step(session, found, Step.EDIT, actor=signed_in_actor(), policy=policy_of(settings()))
        if stopped:
            return version_page(version_id, refusal=stopped, at="edit")
        held = read_row(session, version_id, number)
        page = read_version(
            session, version_id, actor=signed_in_actor(), policy=policy_of(settings()), today=clock.today()
        )
    section = section_named(page.section)
    facts = refusal.facts if refusal else {}
    faults = list(facts.get("faults", ()))
    errors = {one.field: f"{one.message}{one.fix}" for one in faults if one.field} | dict(facts.get("errors", {}))
    html = render_template(
        "disclosures/row.html",
        page=page,
        village=village,
        row=held,
        fields=[
            (one, heading_of(one), request.form.get(one.name, typed(one, held.facts.get(one.name))))
            for one in section.stored_fields
        ],
        refusal=refusal,
        errors=errors,
        faults=faults,
        asks=isinstance(refusal, rules.DoubtfulRow),
        meanwhile=meanwhile(page, refusal),
    )
    return html, refusal.status if refusal else 200


@blueprint.post("/desk/v/<code>/correct/<int:number>")
@require(Permission.CORRECT)
def correct(code: str, number: int) -> ResponseReturnValue:
    """Opens the draft that corrects 第 N 号公开, with its reason."""
    with reading() as session:
        village = read_village(session, code)
        published = publication_of(session, village.id, number)
    if published is None:
        raise rules.NoSuchPublication(village=village.name, number=number)
    try:
        with unit_of_work() as session:
            draft = office.start_correction(
                session,
                village,
                number,
                hand(seen=False),
                code=request.form.get("reason_code", ""),
                reason=request.form.get("reason", ""),
            )
            draft_id = draft.id
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return version_page(published.id, refusal=refusal, at="correct")
    return redirect(url_for("disclosures.version", version_id=draft_id, done="correct"), 303)


@blueprint.post("/desk/v/<code>/nil", endpoint="start_nil")
@require(Permission.DRAFT)
def start_nil(code: str) -> ResponseReturnValue:
    """Opens the nil return of a period."""
    try:
        with reading() as session:
            village = read_village(session, code)
        account = _account(village.id)
        with unit_of_work() as session:
            draft_id = office.start_nil(session, account, hand(seen=False)).id
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _desk_page(refusal, refused_at=code)
    return redirect(url_for("disclosures.version", version_id=draft_id, done="nil"), 303)


def _account(village_id: int) -> Account:
    """What the form names; raises BadForm, BadPeriod."""
    section, entity = request.form.get("section", ""), request.form.get("entity", "committee")
    group = request.form.get("group_no", "").strip()
    if section not in SECTIONS:
        raise BadForm(count=1, first="没有选是哪一类。", errors={})
    if (
        entity not in ENTITY_WORDS
        or bool(group) != (entity == "group")
        or not re.fullmatch(r"\d{0,3}", group, re.ASCII)
    ):
        raise BadForm(count=1, first="没有选清是谁的账：村民小组要写第几组（只写数字），别的不写组号。", errors={})
    return Account(village_id, section, Period.read(request.form.get("period", ""), today=clock.today()), entity, group)
