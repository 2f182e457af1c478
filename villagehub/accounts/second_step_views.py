"""The page on which a person sets up the second step of sign-in."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from villagehub.accounts.guard import settings, signed_in_actor
from villagehub.accounts.models import Person
from villagehub.accounts.password_views import ask_password, person_if_unchanged
from villagehub.accounts.people import lock_person
from villagehub.accounts.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    factor_key,
    has_second_factor,
    waiting_enrolment,
)
from villagehub.accounts.views import at_the_door
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work

bp = Blueprint("second_step", __name__)
QUIET = 4


@bp.get("/account/second-step")
def page() -> ResponseReturnValue:
    """Whether it is on; while it is being set up the square and the typed secret."""
    return _page()


@bp.post("/account/second-step/begin", endpoint="begin")
def begin() -> ResponseReturnValue:
    """Makes a fresh secret to scan."""
    actor = signed_in_actor()
    try:
        with unit_of_work() as session:
            person = lock_person(session, actor.person_id)
            begin_enrolment(session, person, factor_key(settings().keys), now=clock.now())
    except Refused as refusal:
        return _page(refusal)
    return redirect(url_for("second_step.page"), 303)


@bp.post("/account/second-step", endpoint="confirm")
def confirm() -> ResponseReturnValue:
    """Turns it on after one right code, and shows the recovery codes this once.

    Asks for the password: at a screen that was left open a stranger could else enrol their own phone.
    """
    now = clock.now()
    try:
        held = ask_password(request.form.get("password", ""))
        with unit_of_work() as session:
            person = person_if_unchanged(session, held, now=now)
            if person is None:
                return at_the_door("ended")
            codes = confirm_enrolment(
                session, person, request.form.get("code", ""), factor_key(settings().keys), now=now
            )
    except Refused as refusal:
        return _page(refusal)
    return render_template("accounts/recovery.html", codes=codes)


def _page(refusal: Refused | None = None) -> ResponseReturnValue:
    actor = signed_in_actor()
    with reading() as session:
        person = session.get_one(Person, actor.person_id)
        waiting = waiting_enrolment(session, person, factor_key(settings().keys), site="码上公开")
        on = has_second_factor(session, actor.person_id)
    html = render_template(
        "accounts/second_step.html",
        on=on,
        waiting=waiting,
        square=_square(waiting.uri) if waiting else None,
        must=current_user.must_enrol,
        refusal=refusal,
    )
    return html, refusal.status if refusal else 200


def _square(text: str) -> tuple[int, str]:
    """Side and path of the symbol, with its quiet zone, for an inline drawing."""
    import qrcode

    maker = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    maker.add_data(text)
    maker.make(fit=True)
    rows = maker.get_matrix()
    path = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, dark in enumerate(modules)
        if dark
    )
    return len(rows) + 2 * QUIET, path
