"""Pages of errands for the offices: taking one in, every further step, the slip; for the township what is late."""

from dataclasses import replace
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import (
    allow,
    app_secret,
    chosen_village,
    may,
    require,
    settings,
    signed_in_actor,
    table,
)
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.cases import rules
from villagehub.cases.actions import Hand, code_of, errand_with_id, note_slip, open_errand, take_step
from villagehub.cases.guides import guides_of
from villagehub.cases.printing import make_slip
from villagehub.cases.queries import deadline_of, list_errands, read_errand
from villagehub.cases.rules import Opening, Step
from villagehub.cases.stages import NEXT, STEP_WORDS, State
from villagehub.kernel import clock
from villagehub.kernel.codes import grouped
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.labels.office_views import as_file
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("cases", __name__)
_LONGEST: Final = 1000
"""Characters of a field that are looked at; longer texts are refused by their rule all the same."""


def _hand() -> Hand:
    return Hand(signed_in_actor(), clock.now())


@blueprint.get("/desk/errands")
@require(Permission.READ_STAFF)
def listed() -> ResponseReturnValue:
    """村民办事: the errands of the person's villages, what is late first; no names."""
    actor = signed_in_actor()
    with reading() as session:
        mine = villages_of(session, actor, Permission.READ_STAFF, table=table())
        waiting, ended = list_errands(session, [one.id for one in mine], today=clock.today())
        opens = bool(villages_of(session, actor, Permission.HANDLE_ERRAND, table=table()))
    return render_template("cases/listed.html", waiting=waiting, ended=ended, many=len(mine) > 1, opens=opens)


@blueprint.get("/desk/errands/new")
@require(Permission.HANDLE_ERRAND)
def new() -> ResponseReturnValue:
    """The form: a guide, or none; the guide's promise stands in the box already where it names working days."""
    return _form(request.args.get("village", ""))


@blueprint.post("/desk/errands/new")
@require(Permission.HANDLE_ERRAND)
def take_in() -> ResponseReturnValue:
    """Takes it in and shows it with its 查询码; or the form again with what is wrong."""
    form = request.form
    with reading() as session:
        village = allow(session, Permission.HANDLE_ERRAND, read_village(session, form.get("village", "")[:12]).id)
    typed = Opening(
        form.get("title", "")[:_LONGEST],
        form.get("days", None, read_id),
        form.get("name", "")[:_LONGEST],
        form.get("phone", "")[:_LONGEST],
        form.get("guide", None, read_id),
    )
    try:
        with unit_of_work() as session:
            made = open_errand(session, village.id, typed, _hand(), secret=app_secret()).id
    except Refused as refusal:
        return _form(village.code, refusal)
    return redirect(url_for("cases.show", errand_id=made, done="received"), 303)


@blueprint.get("/desk/errands/<int:errand_id>")
@require(Permission.READ_STAFF)
def show(errand_id: int) -> ResponseReturnValue:
    """One errand: how far it is; who came and the 查询码 only for those who do errands there."""
    return _page(errand_id)


@blueprint.post("/desk/errands/<int:errand_id>/step")
@require(Permission.HANDLE_ERRAND)
def step(errand_id: int) -> ResponseReturnValue:
    """The next step."""
    form = request.form
    try:
        with unit_of_work() as session:
            allow(session, Permission.HANDLE_ERRAND, errand_with_id(session, errand_id).village_id)
            chosen = form.get("state", "")
            if chosen not in STEP_WORDS:
                raise rules.NoErrandStep()
            typed = Step(
                State(chosen),
                form.get("text", "")[:_LONGEST],
                form.get("office", "")[:_LONGEST],
                form.get("office_phone", "")[:_LONGEST],
            )
            take_step(session, errand_id, typed, _hand(), seen=form.get("seen", 0, read_id))
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(errand_id, refusal)
    return redirect(url_for("cases.show", errand_id=errand_id, done=chosen), 303)


@blueprint.post("/desk/errands/<int:errand_id>/slip")
@require(Permission.HANDLE_ERRAND)
def slip(errand_id: int) -> ResponseReturnValue:
    """The slip as a PDF, after its code has been read back. The first may mint the village's code, so it is a POST."""
    hand = _hand()
    with reading() as session:
        errand = errand_with_id(session, errand_id)
        allow(session, Permission.HANDLE_ERRAND, errand.village_id)
        page = read_errand(session, errand, today=clock.today())
        deadline = deadline_of(session, page)
    try:
        made = make_slip(page, deadline, code_of(errand_id, app_secret()), settings=settings(), now=hand.now)
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return _page(errand_id, refusal)
    with unit_of_work() as session:
        note_slip(session, errand_id, hand)
    return as_file(made.pdf, made.filename)


def _page(errand_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        errand = errand_with_id(session, errand_id)
        village = allow(session, Permission.READ_STAFF, errand.village_id)
        page = read_errand(session, errand, today=clock.today())
        handles = may(Permission.HANDLE_ERRAND, village)
        person = (errand.person_name, errand.phone) if handles else ("", "")
        if not handles:  # what was written to the villager is for the villager and those who do it
            page = replace(page, lines=tuple(replace(one, text="") for one in page.lines))
    html = render_template(
        "cases/show.html",
        page=page,
        village=village,
        person=person,
        handles=handles,
        emptied=errand.emptied_at is not None,
        secret=grouped(code_of(errand_id, app_secret())) if handles else "",
        steps=[(one, *STEP_WORDS[one]) for one in STEP_WORDS if handles and one in NEXT[page.state]],
        refusal=refusal,
        typed=request.form if refusal else {},
        done=request.args.get("done", ""),
    )
    return html, refusal.status if refusal else 200


def _form(code: str, refusal: Refused | None = None) -> ResponseReturnValue:
    typed = request.form if refusal else request.args
    with reading() as session:
        village = chosen_village(session, Permission.HANDLE_ERRAND, code[:12])
        villages = villages_of(session, signed_in_actor(), Permission.HANDLE_ERRAND, table=table())
        guides = guides_of(session, village.id)
    guide = next((one for one in guides if one.number == typed.get("guide", None, read_id)), None)
    html = render_template(
        "cases/new.html",
        village=village,
        villages=villages,
        guides=guides,
        guide=guide,
        free=not guides or guide is not None or "free" in typed or refusal is not None,
        refusal=refusal,
        typed=typed,
    )
    return html, refusal.status if refusal else 200
