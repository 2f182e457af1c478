"""The page on which a village keeps its own facts."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import chosen_village, require, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.profiles.actions import save_profile
from villagehub.profiles.models import VillageProfile
from villagehub.profiles.queries import Profile, read_profile
from villagehub.profiles.rules import DAYS, FIELDS, PLAIN, ROTA, BadProfile, ProfileChanged, read_profile_form
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("profiles", __name__)


def profile_of(village_id: int) -> Profile:
    """The facts as of today, for the foot of a public page."""
    with reading() as session:
        return read_profile(session, village_id, today=clock.today())


@blueprint.get("/desk/profile")
@require(Permission.EDIT_PROFILE)
def form() -> ResponseReturnValue:
    """The form with what holds now."""
    return _page(request.args.get("v", ""))


@blueprint.post("/desk/profile", endpoint="save")
@require(Permission.EDIT_PROFILE)
def save() -> ResponseReturnValue:
    """Keeps the facts, or shows the form again with what is wrong."""
    code = request.form.get("village", "")
    with reading() as session:
        village = chosen_village(session, Permission.EDIT_PROFILE, code)
    try:
        facts = read_profile_form(request.form, agreed=request.form.get("agreed") == "yes")
        with unit_of_work() as session:
            save_profile(
                session,
                village.id,
                facts,
                revision=request.form.get("revision", 0, int),
                actor=signed_in_actor(),
                now=clock.now(),
            )
    except (BadProfile, ProfileChanged) as refusal:
        return _page(village.code, refusal)
    return redirect(url_for("profiles.form", v=village.code, done=1), 303)


def _page(code: str, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        village = chosen_village(session, Permission.EDIT_PROFILE, code)
        mine = villages_of(session, signed_in_actor(), Permission.EDIT_PROFILE, table=table())
        held = session.get(VillageProfile, village.id)
    facts = request.form if refusal else held.facts if held else {}
    html = render_template(
        "profiles/form.html",
        village=village,
        villages=mine,
        plain=PLAIN,
        days=DAYS,
        rota=[one.name for one in ROTA],
        filled=sum(1 for number in range(1, len(DAYS) + 1) if facts.get(f"who{number}")),
        words={one.name: one.words for one in FIELDS},
        facts=facts,
        revision=held.revision if held else 0,
        agreed=request.form.get("agreed") == "yes" if refusal else False,
        refusal=refusal,
        errors=refusal.facts.get("errors", {}) if refusal else {},
        done="done" in request.args and refusal is None,
    )
    return html, refusal.status if refusal else 200
