"""One household's own line by the 查询码 of its slip (decision 27): nothing of it stands in an address or is kept."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import app_secret
from villagehub.disclosures.slips import ListBeingChecked, NoSuchSlip, slip_by_code
from villagehub.kernel.codes import LONGEST_TYPED, length_typed
from villagehub.kernel.spoken import spoken_yuan
from villagehub.places.queries import read_village_by_id
from villagehub.public import people
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import page
from villagehub.public.views import village_of
from villagehub.public.village import Village
from villagehub.sections import section_named
from villagehub.storage import reading
from villagehub.web import public_post

blueprint = Blueprint("slips", __name__)


@blueprint.get("/v/<code>/funds/slip")
def slip_again(code: str) -> ResponseReturnValue:
    """Where a tap on text size leads: the 查询码 stands in no address, so ask again."""
    return redirect(f"/v/{code}/funds")


@blueprint.post("/v/<code>/funds/slip")
@public_post
def open_slip(code: str) -> ResponseReturnValue:
    """The line that the slip shows, as it stands now."""
    if not allowed("slip", request.remote_addr or ""):
        raise SlowDown()
    with reading() as session:
        return slip_page(session, village_of(session, code), request.form.get("code", "")[:LONGEST_TYPED])


def slip_page(session: Session, village: Village, typed: str) -> Response:
    """The village's slip with this code, or why there is none, with its box."""
    try:
        held, values = slip_by_code(session, village.facts.id, typed, today=village.today, secret=app_secret())
    except (NoSuchSlip, ListBeingChecked) as refusal:
        html = render_template(
            "public/slip.html", village=village.facts, refusal=refusal, length=length_typed(typed), noindex=True
        )
        return page(html, status=refusal.status, keep=False)
    amount, state = values.get("amount"), values.get("state")
    html = render_template(
        "public/slip.html",
        village=village.facts,
        line=people.line(section_named(held.section), values, batch=f"{held.programme} {held.period_words}"),
        spoken=spoken_yuan(int(amount)) if amount is not None else "",
        state=section_named(held.section).field_named("state").label_of(state) if state else "",
        slips=held,
        whose="" if held.village_id == village.facts.id else read_village_by_id(session, held.village_id).name,
        noindex=True,
    )
    return page(html, keep=False)
