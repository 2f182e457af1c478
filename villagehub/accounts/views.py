"""Pages of the room: sign in, sign out, one's own account, a new password."""

import secrets
from typing import Final

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from villagehub.accounts import actions, desk
from villagehub.accounts.guard import SignedIn, settings, signed_in_actor
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import LEAST, is_password
from villagehub.accounts.people import BadLogin, clean_login
from villagehub.accounts.queries import actor_of, person_with_login, posts_of
from villagehub.accounts.throttle import Counter, counters
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work
from villagehub.web import own_path
from villagehub.web.logs import log, request_id

bp = Blueprint("accounts", __name__)

_DEVICE_SECONDS: Final = 180 * 24 * 60 * 60


class WrongPassword(Refused):
    """The same words whether the name or the password is wrong."""

    code = "wrong_password"
    message = "登录名或密码不对。"
    fix = "请再输一次，注意大小写。忘了密码，请找镇里的管理员重设。"
    status = 403


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


@bp.get("/login")
def login() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next"), desk.home_url()))
    note = next((name for name in ("ended", "changed") if name in request.args), "")
    return _login_page(next_path=own_path(request.args.get("next"), ""), note=note)


@bp.post("/login", endpoint="sign_in")
def sign_in() -> ResponseReturnValue:
    """Signs in, or shows the page again with what was wrong."""
    typed, password = request.form.get("login", "")[:80], request.form.get("password", "")
    next_path = own_path(request.form.get("next"), "")
    try:
        cleaned = clean_login(typed)
    except BadLogin:
        cleaned = typed
    counted = _counters(cleaned, _known_device(cleaned))
    refusal = _claim(counted)
    if refusal is None:
        user = _check_and_begin(cleaned, password, counted)
        if user is not None:
            return _signed_in(user, cleaned, next_path)
        refusal = WrongPassword()
    log.info("sign_in_refused", id=request_id(), code=refusal.code)
    response = make_response(_login_page(next_path=next_path, login=typed, refusal=refusal), refusal.status)
    if "wait_seconds" in refusal.facts:
        response.headers["Retry-After"] = str(refusal.facts["wait_seconds"])
    return response


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Signs this browser out and leads back to the sign-in page."""
    if current_user.is_authenticated:
        with unit_of_work() as session:
            actions.end_session(session, current_user.token, now=clock.now())
    return _at_the_door()


@bp.get("/account")
def account() -> ResponseReturnValue:
    """Who one is here: name, posts and terms."""
    actor = signed_in_actor()
    with reading() as session:
        posts = posts_of(session, actor.person_id, today=clock.today())
    return render_template("accounts/account.html", actor=actor, posts=posts)


@bp.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """Signs every browser of this person out: a phone was lost, a session was left open somewhere."""
    actor = signed_in_actor()
    with unit_of_work() as session:
        actions.end_sessions(session, actor.person_id)
    return _at_the_door()


@bp.get("/account/password")
def password() -> ResponseReturnValue:
    """The form for a new password."""
    return _password_page()


@bp.post("/account/password", endpoint="change_password")
def change_password() -> ResponseReturnValue:
    """Sets a new password, which signs every browser out; one signs in again with it."""
    actor = signed_in_actor()
    counted = _counters(f"password of {actor.person_id}", None)
    refusal = _claim(counted)
    if refusal:
        return _password_page(refusal)
    with reading() as session:
        held = session.get_one(Person, actor.person_id).password_hash
    if not is_password(held, request.form.get("old", "")):
        return _password_page(WrongOldPassword())
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _password_page(NotRepeated())
    try:
        with unit_of_work() as session:
            person = session.get_one(Person, actor.person_id)
            actions.give_password(session, person, new, actor=actor, channel=actor.channel, now=clock.now())
            actions.forgive_try(session, counted, now=clock.now())
    except Refused as weak:
        return _password_page(weak)
    return _at_the_door("changed")


def _secret() -> bytes:
    key = current_app.secret_key
    return key if isinstance(key, bytes) else str(key).encode()


def _counters(login: str, device: str | None) -> tuple[Counter, ...]:
    return counters(_secret(), login=login, address=request.remote_addr or "", device=device)


def _claim(counted: tuple[Counter, ...]) -> Refused | None:
    """Counts the try in a transaction of its own, before anything is checked."""
    with unit_of_work() as session:
        return actions.claim_try(session, counted, now=clock.now())


def _check_and_begin(login: str, password: str, counted: tuple[Counter, ...]) -> SignedIn | None:
    """Begins the session, None when name or password is wrong. The slow hash is made outside any transaction."""
    with reading() as session:
        held = person_with_login(session, login)
        known = (held.id, held.password_hash, held.disabled_at) if held else None
    if not is_password(known[1] if known else None, password) or known is None or known[2] is not None:
        return None
    now = clock.now()
    with unit_of_work() as session:
        actions.forgive_try(session, counted, now=now)
        person = session.get_one(Person, known[0])
        token = actions.begin_session(session, person, password, now=now)
        return SignedIn(token, actor_of(session, person, now=now), must_change=person.must_change)


def _signed_in(user: SignedIn, login: str, next_path: str) -> ResponseReturnValue:
    """A fresh session (nothing of the anonymous one is kept), the device's mark, and the way on."""
    browser.clear()
    login_user(user)
    response = make_response(redirect(next_path or desk.home_url(), code=303))
    response.set_cookie(
        _device_cookie(),
        _marks().dumps([login, _known_device(login) or secrets.token_hex(8)]),
        max_age=_DEVICE_SECONDS,
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def _device_cookie() -> str:
    return "__Host-vh-device" if settings().secure_cookies else "vh-device"


def _marks() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt="villagehub known device")


def _known_device(login: str) -> str | None:
    """The browser's mark, if this browser has signed in under this login name before."""
    try:
        name, mark = _marks().loads(request.cookies.get(_device_cookie(), ""), max_age=_DEVICE_SECONDS)
    except (BadSignature, ValueError):
        return None
    return str(mark) if name == login else None


def _login_page(*, next_path: str, login: str = "", refusal: Refused | None = None, note: str = "") -> str:
    return render_template("accounts/login.html", next_path=next_path, login=login, refusal=refusal, note=note)


def _password_page(refusal: Refused | None = None) -> ResponseReturnValue:
    page = render_template("accounts/password.html", refusal=refusal, least=LEAST, must=current_user.must_change)
    return make_response(page, refusal.status if refusal else 200)


def _at_the_door(note: str = "") -> ResponseReturnValue:
    """Back to the sign-in page with nothing left in the browser's session."""
    logout_user()
    browser.clear()
    return redirect(url_for("accounts.login") + (f"?{note}=1" if note else ""), code=303)
