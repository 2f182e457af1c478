"""Between the request and the permission table: who is signed in, what they may do, at which village.

Deny by default: every address under OFFICE_PATHS needs a sign-in before its view runs, whatever the view says. Views then say
which permission they need with ``require``, and check each object's village with ``allow``.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Final, ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.queries import villages_of
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import (
    NeedsSignIn,
    Permission,
    PermissionTable,
    permission_table,
    why_not,
    why_not_anywhere,
)
from villagehub.accounts.sessions import find_session, touch_session
from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.kernel.disk import DiskFull
from villagehub.kernel.refused import Refused
from villagehub.places.queries import VillageFacts, read_village, read_village_by_id
from villagehub.storage import reading, unit_of_work
from villagehub.web import own_path

P = ParamSpec("P")
R = TypeVar("R")

OFFICE_PATHS: Final = ("/desk", "/review", "/town", "/county", "/print", "/account")
"""Pages of people who hold an office. Everything else is open to everybody."""

_WHILE_MUST_CHANGE: Final = ("own_password.page", "own_password.change")
_WHILE_MUST_ENROL: Final = ("second_step.page", "second_step.begin", "second_step.confirm")
_AT_THE_DOOR: Final = ("accounts.login", "accounts.sign_in", "accounts.logout", "accounts.sign_in_code")
_OFFICE_ROLES: Final = (Role.TOWNSHIP_SUPERVISOR, Role.AUDITOR, Role.COUNTY, Role.ADMINISTRATOR)


class NoVillageYet(Refused):
    """The person's place has no villages so far."""

    code = "no_village_yet"
    message = "您任职的地方还没有村。"
    fix = "请管理员先用 villagehub places import 导入村名单。"
    status = 404


class SignedIn:
    """What flask-login keeps for the request: the browser's token and the person behind it."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(
        self, token: str, actor: Actor, *, must_change: bool, must_enrol: bool = False, second_factor: bool = False
    ) -> None:
        self.token = token
        self.actor = actor
        self.must_change = must_change
        self.must_enrol = must_enrol
        self.second_factor = second_factor

    def get_id(self) -> str:
        """The token: flask-login keeps it in the signed cookie and hands it back to the loader."""
        return self.token


def settings() -> Settings:
    """The application's settings."""
    return cast("Settings", current_app.extensions["villagehub"])


def app_secret() -> bytes:
    """The application's secret key, for signed values and the back-off's keyed hashes."""
    key = current_app.secret_key
    return key if isinstance(key, bytes) else str(key).encode()


def table() -> PermissionTable:
    """The permission table as the settings have it."""
    return permission_table(settings().publish_by, settings().questions_read_by)


def is_office_path(path: str) -> bool:
    """Whether the address belongs to people who hold an office."""
    return any(path == one or path.startswith(f"{one}/") for one in OFFICE_PATHS)


def current_actor() -> Actor | None:
    """Who is signed in; None on public pages, where the session is not even looked at."""
    if not (is_office_path(request.path) or request.endpoint in _AT_THE_DOOR):
        return None
    return current_user.actor if current_user.is_authenticated else None


def signs_with_code() -> bool:
    """Whether the person signed in puts their name under something with the authenticator's code (decision 18)."""
    return current_actor() is not None and current_user.second_factor


def signed_in_actor() -> Actor:
    """Who is signed in; raises NeedsSignIn."""
    actor = current_actor()
    if actor is None:
        raise NeedsSignIn()
    return actor


def require(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets a view run only for those who hold the permission.

    Where the address has a village's ``code``, they must hold it there (another village answers 404), and ``g.village``
    is that village; otherwise at some village at least, and the view checks its object's village with ``allow``.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            code = kwargs.get("code")
            if isinstance(code, str):
                with reading() as session:
                    village = read_village(session, code)
                refusal = why_not(signed_in_actor(), permission, village, table=table())
                g.village = village
            else:
                refusal = why_not_anywhere(signed_in_actor(), permission, table=table())
            if refusal:
                raise refusal
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def allow(session: Session, permission: Permission, village_id: int, *, entity: str | None = None) -> VillageFacts:
    """The village of an object, if the person signed in holds the permission there; raises NeedsSignIn, NotFound for
    another's village, NotAllowed for a post without it. With ``entity`` only posts for that entity count.
    """
    village = read_village_by_id(session, village_id)
    refusal = why_not(signed_in_actor(), permission, village, entity=entity, table=table())
    if refusal:
        raise refusal
    g.village = village
    return village


def of_no_one_village() -> None:
    """The page is about several villages: the top bar names none of them."""
    g.pop("village", None)


def chosen_village(session: Session, permission: Permission, code: str | None = None) -> VillageFacts:
    """The village with this code, or the first of the person's villages where it names none (one person may serve
    several); raises as ``allow`` does.
    """
    if code:
        return allow(session, permission, read_village(session, code).id)
    actor = signed_in_actor()
    refusal = why_not_anywhere(actor, permission, table=table())
    if refusal:
        raise refusal
    villages = villages_of(session, actor, permission, table=table())
    if not villages:
        raise NoVillageYet()
    g.village = villages[0]
    return villages[0]


def may(permission: Permission, village: VillageFacts) -> bool:
    """Whether the person signed in holds the permission at the village; for pages that show or hide a button."""
    return why_not(current_actor(), permission, village, table=table()) is None


def _load(token: str) -> SignedIn | None:
    now = clock.now()
    with reading() as session:
        found = find_session(session, token, now=now)
    if found is None:
        return None
    if found.touch:
        with suppress(DiskFull), unit_of_work() as session:  # reading goes on
            touch_session(session, token, now=now)
    must_enrol = needs_second_factor(found.actor) and not found.second_factor
    return SignedIn(
        token,
        found.actor,
        must_change=found.must_change,
        must_enrol=must_enrol,
        second_factor=found.second_factor,
    )


def needs_second_factor(actor: Actor) -> bool:
    """Whether the settings ask this person for a second step; never in the demo, whose accounts lie in a file."""
    wanted = settings().totp_required
    if wanted == "nobody" or settings().demo:
        return False
    return wanted == "everybody" or any(post.role in _OFFICE_ROLES for post in actor.appointments)


def _guard_office() -> ResponseReturnValue | None:
    """Runs before every view: loads the session on office pages (outside any transaction) and turns strangers away."""
    if not is_office_path(request.path):
        return None
    if not current_user.is_authenticated:
        raise NeedsSignIn()
    if current_user.must_change and request.endpoint not in _WHILE_MUST_CHANGE:
        return redirect(url_for("own_password.page"))
    if current_user.must_enrol and request.endpoint not in (*_WHILE_MUST_CHANGE, *_WHILE_MUST_ENROL):
        return redirect(url_for("second_step.page"))
    return None


def _lead_to_sign_in(refusal: NeedsSignIn) -> ResponseReturnValue:
    """A page is opened after sign-in; an action is not repeated by itself, so the way leads back to its page."""
    if request.method in ("GET", "HEAD"):
        wanted = own_path(request.full_path.rstrip("?"), "")
        return redirect(url_for("accounts.login", next=wanted or None))
    before = (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
    return redirect(url_for("accounts.login", next=own_path(before, "") or None, ended=1), code=303)


def register(app: Flask) -> None:
    """Puts flask-login over our session table and the guard before every view."""
    manager = LoginManager()
    manager.session_protection = None  # phones change address; the token alone decides
    manager.user_loader(_load)
    manager.init_app(app)
    app.before_request(_guard_office)
    app.register_error_handler(NeedsSignIn, _lead_to_sign_in)
