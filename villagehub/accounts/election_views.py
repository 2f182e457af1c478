"""Pages for the township on reviewing bodies that are being elected: name one with its dates, say that it is over."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.elections import BODIES, begin_election, end_election, list_elections
from villagehub.accounts.guard import require, signed_in_actor
from villagehub.accounts.managing import managed_places
from villagehub.accounts.models import Election
from villagehub.accounts.queries import place_with_code, villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.kernel import clock
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.models import Level
from villagehub.storage import reading, unit_of_work

bp = Blueprint("elections", __name__)

DONE_WORDS = {
    "begun": "改选已登记。村首页会写明正在改选。请再到“人员”页指定代为审核的人。",
    "ended": "改选办完了。代为审核的任职已结束，请给新选出的人登记任职。",
}


class NoElectionDay(Refused):
    """A day of the form is missing or cannot be read."""

    code = "no_election_day"
    message = "“{field}”没有填对。"
    fix = "请写成 2026-11-23 这样。"
    status = 422


@bp.get("/town/people/elections")
@require(Permission.MANAGE_ACCOUNTS)
def elections() -> ResponseReturnValue:
    """What is being elected in one's places, and the form to name another."""
    return _page()


@bp.post("/town/people/elections", endpoint="begin")
@require(Permission.MANAGE_ACCOUNTS)
def begin() -> ResponseReturnValue:
    """Names a body as being elected."""
    actor = signed_in_actor()
    try:
        with unit_of_work() as session:
            place = place_with_code(session, request.form.get("village", ""))
            places = managed_places(session, actor)
            if place.level != Level.VILLAGE or (places is not None and place.id not in places):
                raise NotFound()
            entity = request.form.get("entity", "")
            begin_election(
                session,
                place,
                entity if entity in BODIES else "committee",
                from_date=_day("from", "从哪天起"),
                until_date=_day("until", "到哪天为止"),
                actor=actor,
                now=clock.now(),
            )
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(refusal)
    return redirect(url_for("elections.elections", done="begun"), 303)


@bp.post("/town/people/elections/<int:election_id>/end", endpoint="end")
@require(Permission.MANAGE_ACCOUNTS)
def end(election_id: int) -> ResponseReturnValue:
    """The election is over; the posts of those who reviewed meanwhile end with it."""
    actor = signed_in_actor()
    with unit_of_work() as session:
        election = session.get(Election, election_id) if election_id <= LARGEST_ID else None
        places = managed_places(session, actor)
        if election is None or (places is not None and election.place_id not in places):
            raise NotFound()
        end_election(session, election, actor=actor, now=clock.now())
    return redirect(url_for("elections.elections", done="ended"), 303)


def _day(name: str, words: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        raise NoElectionDay(field=words) from None


def _page(refusal: Refused | None = None) -> ResponseReturnValue:
    actor = signed_in_actor()
    with reading() as session:
        html = render_template(
            "accounts/elections.html",
            lines=list_elections(session, managed_places(session, actor), today=clock.today()),
            villages=villages_of(session, actor, Permission.MANAGE_ACCOUNTS),
            bodies=BODIES,
            refusal=refusal,
            typed=request.form if refusal else {},
            done="" if refusal else DONE_WORDS.get(request.args.get("done", ""), ""),
        )
    return html, refusal.status if refusal else 200
