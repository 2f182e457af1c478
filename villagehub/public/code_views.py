"""The front page's box takes any code of ours, whichever paper it stands on, and opens what it is for.

A code of the board, and a 防改码, lead to a public page. A 查询码 is answered here, so that it stands in no address: neither a
phone's history nor a server's log keeps it. It opens what the proper box opens, under the same limits. A slip's code has 40
bits and is searched for in one village at a time, as in its own box: tried on every household of a county at once, a guess
would be worth as much more as the county has villages. So the villager taps the village, but not behind a village's own
search: there it is tried in that one.
"""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.guard import app_secret
from villagehub.cases.actions import errand_anywhere
from villagehub.cases.rules import NoSuchErrand
from villagehub.disclosures.models import Version
from villagehub.disclosures.slips import NoSuchSlip, villages_with_lists
from villagehub.kernel.codes import (
    CODE_LENGTH,
    ERRAND_LENGTH,
    LONGEST_TYPED,
    SEAL_LENGTH,
    grouped,
    length_typed,
    read_code,
    sealed_range,
)
from villagehub.labels.rules import UnknownCode
from villagehub.labels.views import lead, leads_to
from villagehub.places.queries import PlaceLine, list_by_township, read_village_by_id, villages_in
from villagehub.public.ask_views import shown_question
from villagehub.public.errand_views import shown_errand
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import page
from villagehub.public.slip_views import slip_page
from villagehub.public.views import village_of
from villagehub.public.village import Village
from villagehub.questions.actions import question_by_code
from villagehub.questions.rules import NoSuchQuestion
from villagehub.questions.views import policy
from villagehub.storage import reading
from villagehub.transparency.models import Leaf
from villagehub.web import public_post

blueprint = Blueprint("codes", __name__)

Towns = list[tuple[PlaceLine, list[PlaceLine]]]

MOST_VILLAGES: Final = 60
"""To choose from at once; where there are more, the township is asked first."""
_PLACE_LENGTH: Final = 12


def _pace(purpose: str) -> None:
    """The count of the box that the code belongs to; a step that has no box elsewhere has a count of its own."""
    if not allowed(purpose, request.remote_addr or ""):
        raise SlowDown()


@blueprint.get("/c")
def code_box() -> ResponseReturnValue:
    """The box alone. An old page's or paper's ``?code=`` still opens what the board's codes open; anything else may be a
    查询码 or nearly one, so it is led out of the address and asked for again.
    """
    typed = request.args.get("code", "")
    if not typed.strip():
        return page(render_template("public/code.html", noindex=True), keep=False)
    if length_typed(typed) != CODE_LENGTH + 1:
        return leads_to("/c", 303)
    try:
        return lead(typed)
    except UnknownCode:
        return leads_to("/c", 303)


@blueprint.post("/c")
@public_post
def open_code() -> ResponseReturnValue:
    """Opens what the code is for; or says what it may be, with the box again. Raises SlowDown."""
    typed, at = request.form.get("code", "")[:LONGEST_TYPED], request.form.get("at", "")[:_PLACE_LENGTH]
    if not typed.strip():
        return leads_to("/c", 303)
    length = length_typed(typed)
    if length == SEAL_LENGTH:
        return _sealed(typed)
    if length == ERRAND_LENGTH + 1:
        return _errand(typed)
    if length == CODE_LENGTH + 1:
        here = request.form.get("here", "")[:_PLACE_LENGTH]
        return _slip(typed, at) if at else _board_or_question(typed, here)
    return _missed(typed, length)


def _missed(typed: str, length: int) -> ResponseReturnValue:
    html = render_template("public/code.html", missed=True, typed=typed, length=length, noindex=True)
    return page(html, status=422, keep=False)


def _village(session: Session, village_id: int) -> Village:
    return village_of(session, read_village_by_id(session, village_id).code)


def _sealed(typed: str) -> ResponseReturnValue:
    """To where the publication with this 防改码 is compared; a merged village's numbers are its own, so to its home."""
    _pace("seal")
    first, last = sealed_range(typed)
    wanted = (
        select(Version)
        .join(Leaf, Leaf.id == Version.leaf_id)
        .where(Leaf.hash.between(first, last), Version.number.is_not(None))
    )
    with reading() as session:
        found = session.scalars(wanted).first()
        if found is None:
            return _missed(typed, SEAL_LENGTH)
        village = _village(session, found.village_id).facts
        home = f"/v/{village.code}"
        return leads_to(f"{home}/n/{found.number}/check" if village.id == found.village_id else home, 303)


def _errand(typed: str) -> ResponseReturnValue:
    _pace("errand")
    with reading() as session:
        try:
            held = errand_anywhere(session, typed, app_secret())
        except NoSuchErrand:
            return _missed(typed, ERRAND_LENGTH + 1)
        return shown_errand(session, _village(session, held.village_id), held)


def _board_or_question(typed: str, here: str) -> ResponseReturnValue:
    try:
        return lead(typed, 303)
    except UnknownCode:
        pass
    _pace("ask")
    with reading() as session:
        try:
            held = question_by_code(session, typed, policy().secret)
        except NoSuchQuestion:
            return (
                _slip_here(session, typed, here) if len(here) == _PLACE_LENGTH else _which_village(session, typed, "")
            )
        return shown_question(session, _village(session, held.village_id), held, typed)


def _slip(typed: str, at: str) -> ResponseReturnValue:
    if len(at) == _PLACE_LENGTH:
        _pace("slip")
        with reading() as session:
            return slip_page(session, village_of(session, at), typed)
    _pace("township")  # nothing is tried yet: a count of its own, so that the tap costs no try at the village
    with reading() as session:
        return _which_village(session, typed, at)


def _slip_here(session: Session, typed: str, here: str) -> ResponseReturnValue:
    """The slip of the village in whose search the code was typed; where it has none such, that, and whose it may be."""
    _pace("slip")
    village = village_of(session, here)
    answer = slip_page(session, village, typed)
    if answer.status_code != NoSuchSlip.status:
        return answer
    return _which_village(session, typed, "", tried=village)


def to_choose(towns: Towns, township: str) -> tuple[Towns, bool]:
    """Of the townships with their villages those to choose from, and whether a township is to be chosen first. Pure."""
    choice = [one for one in towns if one[0].code == township] or towns
    return choice, len(choice) > 1 and sum(len(below) for _, below in choice) > MOST_VILLAGES


def _which_village(session: Session, typed: str, township: str, *, tried: Village | None = None) -> ResponseReturnValue:
    """Whose slip: the villages that have lists, or first their townships; without the one that was tried already."""
    some = villages_with_lists(session) - (set(villages_in(session, tried.facts.id)) if tried else set())
    choice, by_town = to_choose(list_by_township(session, some), township)
    if not choice:
        return _missed(typed, CODE_LENGTH + 1)
    code = read_code(typed)
    html = render_template(
        "public/code_village.html",
        choice=choice,
        by_town=by_town,
        typed=code,
        shown=grouped(code),
        tried=tried.facts.name if tried else "",
        noindex=True,
    )
    return page(html, status=422, keep=False)
