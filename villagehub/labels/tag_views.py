"""The office's page of labels for things: tick which, get one PDF. Making them mints codes, so it is a POST."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, chosen_village, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.journal import Event
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.labels.actions import note_poster
from villagehub.labels.making import make_tags
from villagehub.labels.office_views import as_file
from villagehub.labels.rules import address_warnings
from villagehub.labels.tag_facts import chosen, list_tagged
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("tags_office", __name__)


@blueprint.get("/print/labels")
@require(Permission.PRINT_POSTER)
def tag_form() -> ResponseReturnValue:
    """The things that may have a label."""
    return _form(request.args.get("village", ""), set(), together=True)


@blueprint.post("/print/labels")
@require(Permission.PRINT_POSTER)
def make() -> ResponseReturnValue:
    """The PDF, after the code of every label has been read back; what cannot be printed is said on the same page."""
    code = request.form.get("village", "")
    picked = {int(one) for one in request.form.getlist("number") if one.isascii() and one.isdigit() and len(one) < 12}
    together = request.form.get("paper") != "single"
    actor, now = signed_in_actor(), clock.now()
    with reading() as session:
        village = allow(session, Permission.PRINT_POSTER, read_village(session, code).id)
        tagged = list_tagged(session, village.id)
    try:
        made = make_tags(village, chosen(tagged, picked), settings=settings(), now=now, together=together)
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return _form(code, picked, together=together, refusal=refusal)
    with unit_of_work() as session:
        for one in made.codes:
            note_poster(session, one.id, actor=actor, channel=actor.channel, detail={}, now=now, event=Event.LABEL_MADE)
    return as_file(made.pdf, made.filename)


def _form(code: str, picked: set[int], *, together: bool, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        village = chosen_village(session, Permission.PRINT_POSTER, code)
        villages = villages_of(session, signed_in_actor(), Permission.PRINT_POSTER, table=table())
        tagged = list_tagged(session, village.id)
    html = render_template(
        "labels/tags.html",
        village=village,
        villages=villages,
        tagged=tagged,
        picked=picked,
        together=together,
        refusal=refusal,
        warnings=address_warnings(settings().base_url, case=settings().qr_case),
    )
    return html, refusal.status if refusal else 200
