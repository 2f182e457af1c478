"""Pages of the room: sign in, sign out, one's own account."""

import secrets
from hashlib import sha256
from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

from villagehub.accounts import actions, desk
from villagehub.accounts.guard import SignedIn, app_secret, settings, signed_in_actor
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import ONE_TIME_DAYS, is_password
from villagehub.accounts.people import BadLogin, clean_login
from villagehub.accounts.queries import actor_of, person_with_login, posts_of
from villagehub.accounts.second_factor import WrongCode, factor_key, has_second_factor, take_code
from villagehub.accounts.sessions import list_sessions
from villagehub.accounts.throttle import Counter, counters
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work
from villagehub.web import own_path
from villagehub.web.logs import log, request_id

bp = Blueprint("accounts", __name__)

_DEVICE_SECONDS: Final = 180 * 24 * 60 * 60
_HALF_WAY_SECONDS: Final = 5 * 60


class WrongPassword(Refused):
    """The same words whether the name or the password is wrong."""

    code = "wrong_password"
    message = "登录名或密码不对。"
    fix = "请再输一次，注意大小写。忘了密码，请找镇里的管理员重设。"
    status = 403


class OneTimeOver(Refused):
    """The one-time password is right but too old; a slip that was lost opens nothing."""

    code = "one_time_over"
    message = f"这个一次性密码过期了：给出以后 {ONE_TIME_DAYS} 天里没有用。"
    fix = "请找给您密码的人（一般是镇里的管理员）再重设一次，当面拿新的。"
    status = 403


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
    counted = counters(app_secret(), cleaned, address=request.remote_addr or "", device=_known_device(cleaned))
    refusal = _claim(counted)
    if refusal is None:
        found = _right_password(cleaned, password)
        if isinstance(found, int):
            return _after_password(found, cleaned, password, counted, next_path)
        refusal = found
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
    return at_the_door()


@bp.get("/account")
def account() -> ResponseReturnValue:
    """Who one is here: name, posts and terms."""
    actor = signed_in_actor()
    with reading() as session:
        posts = posts_of(session, actor.person_id, today=clock.today())
        second = has_second_factor(session, actor.person_id)
        signed_in = list_sessions(session, actor.person_id, current_user.token, now=clock.now())
    return render_template("accounts/account.html", actor=actor, posts=posts, sessions=signed_in, second=second)


@bp.post("/account/sessions/end")
def end_one_session() -> ResponseReturnValue:
    """Signs one other browser of this person out; one that is gone already is fine."""
    actor = signed_in_actor()
    with unit_of_work() as session:
        actions.end_named_session(session, actor.person_id, request.form.get("session", ""), now=clock.now())
    return redirect(url_for("accounts.account"), code=303)


@bp.post("/account/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """Signs every browser of this person out: a phone was lost, a session was left open somewhere."""
    actor = signed_in_actor()
    with unit_of_work() as session:
        actions.end_sessions(session, actor.person_id)
    return at_the_door()


def _claim(counted: tuple[Counter, ...]) -> Refused | None:
    """Counts the try in a transaction of its own, before anything is checked."""
    with unit_of_work() as session:
        return actions.claim_try(session, counted, now=clock.now())


def _right_password(login: str, password: str) -> int | Refused:
    """The person's id, or why the password does not open. The slow hash is made outside any transaction."""
    with reading() as session:
        held = person_with_login(session, login)
    if not is_password(held.password_hash if held else None, password) or held is None or held.disabled_at is not None:
        return WrongPassword()
    if held.must_change and held.one_time_until is not None and held.one_time_until <= clock.now():
        return OneTimeOver()
    return held.id


def _after_password(
    person_id: int, login: str, password: str, counted: tuple[Counter, ...], next_path: str
) -> ResponseReturnValue:
    """Signs in, or asks for the code of the authenticator where the person has set one up."""
    now = clock.now()
    with unit_of_work() as session:
        actions.forgive_try(session, counted, now=now)
        person = session.get_one(Person, person_id)
        if has_second_factor(session, person_id):
            pass_on = _half_way().dumps([person_id, _mark_of(person), next_path])
            return _code_page(pass_on)
        token = actions.begin_session(session, person, password, now=now)
        user = SignedIn(token, actor_of(session, person, now=now), must_change=person.must_change)
    return _signed_in(user, login, next_path)


@bp.post("/login/code", endpoint="sign_in_code")
def sign_in_code() -> ResponseReturnValue:
    """The second step: the code of the authenticator, or a recovery code. The first step holds for five minutes."""
    pass_on = request.form.get("pass_on", "")
    try:
        person_id, mark, next_path = _half_way().loads(pass_on, max_age=_HALF_WAY_SECONDS)
    except (BadSignature, ValueError):
        return at_the_door("ended")
    counted = counters(app_secret(), str(person_id), kind="second step", address=request.remote_addr or "")
    refusal = _claim(counted)
    if refusal:
        return _code_page(pass_on, refusal)
    now, key = clock.now(), factor_key(settings().keys)
    with unit_of_work() as session:
        person = session.get_one(Person, person_id)
        if person.disabled_at is not None or _mark_of(person) != mark:
            return at_the_door("ended")
        right = take_code(session, person, request.form.get("code", ""), key, now=now)
        if right:
            actions.forgive_try(session, counted, now=now)
            token = actions.begin_session(session, person, None, now=now)
            user = SignedIn(token, actor_of(session, person, now=now), must_change=person.must_change)
            login = person.login
    if not right:
        log.info("second_step_refused", id=request_id())
        return _code_page(pass_on, WrongCode())
    return _signed_in(user, login, own_path(next_path, ""))


def _half_way() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app_secret(), salt="villagehub password was right")


def _mark_of(person: Person) -> str:
    """Changes with the password, so that a half-way sign-in ends with it."""
    return sha256(person.password_hash.encode()).hexdigest()[:16]


def _code_page(pass_on: str, refusal: Refused | None = None) -> ResponseReturnValue:
    page = render_template("accounts/code.html", pass_on=pass_on, refusal=refusal)
    return make_response(page, refusal.status if refusal else 200)


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
    return URLSafeTimedSerializer(app_secret(), salt="villagehub known device")


def _known_device(login: str) -> str | None:
    """The browser's mark, if this browser has signed in under this login name before."""
    try:
        name, mark = _marks().loads(request.cookies.get(_device_cookie(), ""), max_age=_DEVICE_SECONDS)
    except (BadSignature, ValueError):
        return None
    return str(mark) if name == login else None


def _login_page(*, next_path: str, login: str = "", refusal: Refused | None = None, note: str = "") -> str:
    return render_template("accounts/login.html", next_path=next_path, login=login, refusal=refusal, note=note)


def at_the_door(note: str = "") -> ResponseReturnValue:
    """Back to the sign-in page with nothing left in the browser's session."""
    logout_user()
    browser.clear()
    return redirect(url_for("accounts.login") + (f"?{note}=1" if note else ""), code=303)
