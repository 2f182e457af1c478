"""The township's page for lists that are the same in all its villages."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.handing_down import HandedDown, hand_down, handed_sections
from villagehub.storage import reading
from villagehub.web.attachments import shown_name

blueprint = Blueprint("handing_down", __name__)


@blueprint.get("/town/lists")
@require(Permission.SUPERVISE)
def form() -> ResponseReturnValue:
    """Which list, for which year, and the file."""
    return _page({})


@blueprint.post("/town/lists")
@require(Permission.SUPERVISE)
def send() -> ResponseReturnValue:
    """Gives every village of the township its draft, or says what is wrong with the file; then none gets it."""
    typed = {name: request.form.get(name, "") for name in ("section", "period")}
    sent, actor = request.files.get("file"), signed_in_actor()
    try:
        period = Period.read(typed["period"], today=clock.today())
        if sent is None or not sent.filename:
            raise rules.NoFile()
        with reading() as session:
            villages = villages_of(session, actor, Permission.SUPERVISE, table=table())
        answer = hand_down(
            sent.read(),
            shown_name(sent.filename),
            typed["section"],
            period,
            villages,
            confirmed="confirmed" in request.form,
            actor=actor,
            settings=settings(),
        )
    except Refused as refusal:
        if refusal.status in (403, 404, 507):
            raise
        return _page(typed, refusal=refusal), refusal.status
    return _page(typed, answer=answer), 422 if answer.problems else 200


def _page(typed: dict[str, str], *, refusal: Refused | None = None, answer: HandedDown | None = None) -> str:
    shown: dict[str, Any] = {"typed": typed, "refusal": refusal, "answer": answer}
    return render_template("ledgers/handing_down.html", sections=handed_sections(), year=clock.today().year, **shown)
