"""Pages of a year for the township: of all its villages, and of one."""

import re
from collections.abc import Sequence

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import require, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.kernel import clock
from villagehub.places.queries import VillageFacts
from villagehub.storage import reading
from villagehub.supervision.kept import RULE
from villagehub.supervision.overview import chosen_township, townships_of
from villagehub.supervision.year import Year, read_year

blueprint = Blueprint("town_year", __name__)


@blueprint.get("/town/year")
@require(Permission.OVERSEE)
def town() -> ResponseReturnValue:
    """这一年: of all villages of a township."""
    with reading() as session:
        mine = townships_of(villages_of(session, signed_in_actor(), Permission.OVERSEE, table=table()))
    chosen = chosen_township(mine, request.args.get("t", ""))
    villages = chosen.villages if chosen else ()
    name, code = (chosen.name, chosen.code) if chosen else ("全镇情况", "")
    return _page(villages, name, {"t": code} if code else {})


@blueprint.get("/town/v/<code>/year")
@require(Permission.OVERSEE)
def village(code: str) -> ResponseReturnValue:
    """这一年: of one village."""
    found: VillageFacts = g.village
    return _page([found], found.name, {"code": found.code})


def _page(villages: Sequence[VillageFacts], name: str, where: dict[str, str]) -> ResponseReturnValue:
    today = clock.today()
    asked = request.args.get("y", "")
    year = int(asked) if re.fullmatch(r"20\d\d", asked, re.ASCII) else today.year
    return render_template(
        "supervision/year.html",
        villages=villages,
        names={one.id: one for one in villages},
        name=name,
        where=where,
        year=year_of(villages, year),
        years=sorted({today.year - 2, today.year - 1, today.year, year}),
        rule=RULE,
        today=today,
    )


def year_of(villages: Sequence[VillageFacts], year: int = 0) -> Year:
    """A year (0: this one) of villages that the caller may oversee; the township's pages call it for their line."""
    today = clock.today()
    with reading() as session:
        return read_year(session, villages, year=year or today.year, today=today)
