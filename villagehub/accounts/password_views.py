"""The page on which a person changes their own password; and the question for it before something grave."""

from datetime import datetime
from typing import Final

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from villagehub.accounts import actions
from villagehub.accounts.guard import app_secret, signed_in_actor
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import LEAST, is_password
from villagehub.accounts.people import lock_person
from villagehub.accounts.sessions import find_session
from villagehub.accounts.throttle import counters
from villagehub.accounts.views import at_the_door
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work

bp: Final = Blueprint("own_password", __name__)


class WrongOldPassword(Refused):
    """The present password was typed wrong."""

    code = "wrong_old_password"
    message = "现在的密码不对。"
    fix = "请再输一次现在用的密码。"
    status = 403


class NotRepeated(Refused):
    """The new password was not typed the same way twice."""

    code = "not_repeated"
    message = "两遍新密码不一样。"
    fix = "请两格都重新输一次。"
    status = 422


class SamePassword(Refused):
    """The new password is the old one; whoever handed out a one-time password would go on knowing it."""

    code = "same_password"
    message = "新密码和现在的一样，没有改。"
    fix = "请换一个别人不知道的。"
    status = 422


@bp.get("/account/password")
def page() -> ResponseReturnValue:
    """The form for a new password."""
    return _page()


@bp.post("/account/password", endpoint="change")
def change() -> ResponseReturnValue:
    """Sets a new password, which signs every browser out; one signs in again with it."""
    actor, now = signed_in_actor(), clock.now()
    try:
        held = ask_password(request.form.get("old", ""))
        new = request.form.get("new", "")
        if new != request.form.get("again", ""):
            raise NotRepeated()
        if new == request.form.get("old", ""):
            raise SamePassword()
        with unit_of_work() as session:
            person = person_if_unchanged(session, held, now=now)
            if person is None:
                return at_the_door("ended")
            actions.give_password(session, person, new, actor=actor, channel=actor.channel, now=now)
    except Refused as refusal:
        return _page(refusal)
    return at_the_door("changed")


def ask_password(typed: str) -> str:
    """The stored hash that the typed password was found to fit. Raises WrongOldPassword, TooManyTries.

    Opens transactions of its own; hand the hash to ``person_if_unchanged`` in the transaction that acts on it.
    """
    actor, now = signed_in_actor(), clock.now()
    counted = counters(app_secret(), str(actor.person_id), kind="own password", address=request.remote_addr or "")
    with unit_of_work() as session:
        refusal = actions.claim_try(session, counted, now=now)
    if refusal:
        raise refusal
    with reading() as session:
        held = session.get_one(Person, actor.person_id).password_hash
    if not is_password(held, typed):
        raise WrongOldPassword()
    with unit_of_work() as session:
        actions.forgive_try(session, counted, now=now)
    return held


def person_if_unchanged(session: Session, held: str, *, now: datetime) -> Person | None:
    """The person at the page, locked; None where the password was changed or the session ended since it was asked for.

    The hash takes a while. Without this, whoever knows the old password could overtake a reset that says: all signed out.
    """
    person = lock_person(session, signed_in_actor().person_id)
    alive = find_session(session, current_user.token, now=now) is not None
    return person if alive and person.password_hash == held else None


def _page(refusal: Refused | None = None) -> ResponseReturnValue:
    page = render_template("accounts/password.html", refusal=refusal, least=LEAST, must=current_user.must_change)
    return make_response(page, refusal.status if refusal else 200)
