"""The page for many accounts at once: a CSV file in, one-time passwords out, once."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import require, signed_in_actor
from villagehub.accounts.managing import managed_places
from villagehub.accounts.people_views import Unfilled
from villagehub.accounts.roster import COLUMNS, MOST, places_to_name, read_roster, slips_csv, take_roster, told_of
from villagehub.accounts.rules import Permission
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import unit_of_work
from villagehub.web.attachments import attach

bp = Blueprint("roster", __name__)


@bp.get("/town/people/import")
@require(Permission.MANAGE_ACCOUNTS)
def roster() -> ResponseReturnValue:
    """The form, with an example that can be copied."""
    return _page()


@bp.post("/town/people/import", endpoint="take")
@require(Permission.MANAGE_ACCOUNTS)
def take() -> ResponseReturnValue:
    """Takes the whole list or nothing of it; the answer carries the passwords, which are kept nowhere."""
    actor, sent = signed_in_actor(), request.files.get("file")
    raw = sent.read() if sent else b""
    try:
        if not raw:
            raise Unfilled(field="名单文件", how="请选一个 CSV 文件。Excel 里用“另存为”，类型选 CSV。")
        lines = read_roster(raw)
        with unit_of_work() as session:
            places = places_to_name(session, managed_places(session, actor))
            slips = take_roster(session, lines, places, actor=actor, channel=actor.channel, now=clock.now())
    except Refused as refusal:
        return _page(refusal)
    if request.form.get("as") == "csv":
        response = make_response(slips_csv(slips))
        response.content_type = "text/csv; charset=utf-8"
        attach(response, "一次性密码.csv")
        return response
    return render_template("accounts/slips.html", slips=[one for one in slips if not one.there], done=told_of(slips))


def _page(refusal: Refused | None = None) -> ResponseReturnValue:
    html = render_template("accounts/import.html", refusal=refusal, columns=COLUMNS, most=MOST)
    return html, refusal.status if refusal else 200
