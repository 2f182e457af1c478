"""The office's page of posters: choose village and section, get the PDF. Making one mints a code, so it is a POST."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, chosen_village, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.labels.actions import note_poster
from villagehub.labels.making import make_poster
from villagehub.labels.queries import list_codes
from villagehub.labels.rules import address_warnings
from villagehub.labels.targets import section_target
from villagehub.places.queries import read_village
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("labels_office", __name__)


@blueprint.get("/print/poster")
@require(Permission.PRINT_POSTER)
def poster_form() -> ResponseReturnValue:
    """The form, and the village's codes so far."""
    return _form({name: request.args.get(name, "") for name in ("village", "section", "board")})


@blueprint.post("/print/poster")
@require(Permission.PRINT_POSTER)
def make() -> ResponseReturnValue:
    """The PDF, after every code on it has been read back; what cannot be printed is said on the same page."""
    typed = {name: request.form.get(name, "") for name in ("village", "section", "board")}
    actor, now = signed_in_actor(), clock.now()
    with reading() as session:
        village = allow(session, Permission.PRINT_POSTER, read_village(session, typed["village"]).id)
    try:
        poster = make_poster(
            village, section_target(typed["section"]), settings=settings(), board=typed["board"], now=now
        )
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return _form(typed, refusal)
    with unit_of_work() as session:
        note_poster(session, poster.code.id, actor=actor, channel=actor.channel, detail=poster.detail, now=now)
    return _as_file(poster.pdf, poster.filename)


def _as_file(pdf: bytes, name: str) -> Response:
    response = make_response(pdf)
    response.content_type = "application/pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _form(typed: dict[str, str], refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        village = chosen_village(session, Permission.PRINT_POSTER, typed["village"])
        villages = villages_of(session, signed_in_actor(), Permission.PRINT_POSTER, table=table())
        codes = list_codes(session, village.id)
    html = render_template(
        "labels/poster.html",
        typed=typed,
        refusal=refusal,
        village=village,
        villages=villages,
        sections=SECTIONS.values(),
        codes=codes,
        warnings=address_warnings(settings().base_url, case=settings().qr_case),
    )
    return html, refusal.status if refusal else 200
