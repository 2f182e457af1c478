"""Every route × every role × {own village, next village, a village of another township}, walked against one readable table.

``ROUTES`` says of each route who may come: OPEN (everybody), SIGNED_IN (whoever holds an account), or a permission of
``accounts.rules.TABLE``. A route that is not in it fails the test, and so does a line without a route. What the walk expects
follows from the two tables alone: whoever may, is not turned away; whoever holds another post there, is refused (403); in
other people's villages nothing seems to be there (404); a stranger is led to the sign-in page.

Adding a route: one line in ROUTES; when its address has a new argument, one line in OBJECTS; when it is a form that names
its village, one line in FORMS.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse
from world import BASE_URL, COUNTY, NOW, OFFICES, PASSWORD, Browser, settings_for

from villagehub.accounts.actor import Actor
from villagehub.accounts.queries import person_with_login
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import TABLE, Permission
from villagehub.app import create_app
from villagehub.disclosures.actions import open_draft
from villagehub.disclosures.scope import Account
from villagehub.kernel.period import Period
from villagehub.kernel.refused import NotFound
from villagehub.ledgers.actions import keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of, vault_of
from villagehub.ops.doctor import KEYS
from villagehub.places.queries import read_village
from villagehub.storage import db, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.web.headers import ALWAYS

OPEN, SIGNED_IN = "everybody", "whoever has an account"

ROUTES: dict[str, str | Permission] = {
    # the rim
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /static/<filename>": OPEN,
    # villagers
    "GET /": OPEN,
    "GET /t/<code>": OPEN,
    "GET /v/<code>": OPEN,
    "GET /v/<code>/n": OPEN,
    "GET /v/<code>/n/<number>": OPEN,
    "GET /v/<code>/n/<number>/changes": OPEN,
    "GET /v/<code>/<rest>": OPEN,
    "POST /v/<code>/funds/find": OPEN,
    # codes
    "GET /C/<code>": OPEN,
    "GET /c/<code>": OPEN,
    "GET /c": OPEN,
    # accounts
    "GET /login": OPEN,
    "POST /login": OPEN,
    "POST /logout": OPEN,
    "GET /account": SIGNED_IN,
    "GET /account/password": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/sign-out-everywhere": SIGNED_IN,
    # disclosures: the desk
    "GET /desk": Permission.READ_STAFF,
    "GET /desk/d/<version_id>": Permission.READ_STAFF,
    "GET /desk/d/<version_id>/row/<number>": Permission.DRAFT,
    "POST /desk/d/<version_id>/row/<number>": Permission.DRAFT,
    "POST /desk/d/<version_id>/balances": Permission.DRAFT,
    "POST /desk/d/<version_id>/nil": Permission.DRAFT,
    "POST /desk/d/<version_id>/reason": Permission.CORRECT,
    "POST /desk/d/<version_id>/submit": Permission.SUBMIT,
    "POST /desk/d/<version_id>/take-back": Permission.SUBMIT,
    "POST /desk/d/<version_id>/abandon": Permission.DRAFT,
    "POST /desk/d/<version_id>/publish": Permission.PUBLISH,
    "POST /desk/v/<code>/nil": Permission.DRAFT,
    "POST /desk/v/<code>/correct/<number>": Permission.CORRECT,
    # ledgers
    "GET /desk/upload": Permission.UPLOAD,
    "POST /desk/upload": Permission.UPLOAD,
    "GET /desk/u/<upload_id>": Permission.READ_STAFF,
    "POST /desk/u/<upload_id>/confirm": Permission.UPLOAD,
    "POST /desk/u/<upload_id>/accept": Permission.UPLOAD,
    "GET /desk/u/<upload_id>/original": Permission.READ_STAFF,
    "GET /desk/template/<section>.xlsx": Permission.READ_STAFF,
    # labels
    "GET /print/poster": Permission.PRINT_POSTER,
    "POST /print/poster": Permission.PRINT_POSTER,
    # disclosures: the reviewing body
    "GET /review": Permission.REVIEW,
    "GET /review/<version_id>": Permission.READ_STAFF,
    "POST /review/<version_id>/vote": Permission.REVIEW,
    "POST /review/<version_id>/recuse": Permission.REVIEW,
    "POST /review/<version_id>/return": Permission.SEND_BACK,
}

PUBLIC_POSTS: set[str] = {"POST /v/<code>/funds/find"}
"""Forms of public pages that carry no token and check the Origin instead (decision 43)."""

LEDGER = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n"

VILLAGES = {"own village": COUNTY.village, "next village": COUNTY.other_village, "other township": COUNTY.far_village}

IN_PLACE: dict[Role, tuple[str, ...]] = {
    Role.CLERK: ("own village",),
    Role.COMMITTEE_MEMBER: ("own village",),
    Role.COMMITTEE_CHAIR: ("own village",),
    Role.VILLAGE_HEAD: ("own village",),
    Role.TOWNSHIP_SUPERVISOR: ("own village", "next village"),
    Role.AUDITOR: ("own village", "next village"),
    Role.COUNTY: tuple(VILLAGES),
    Role.ADMINISTRATOR: tuple(VILLAGES),
}
"""Which of the three villages lie within the place at which the test's person holds the role."""

LOGINS = {role: login for login, _, role, _ in reversed(OFFICES)}


@dataclass(frozen=True)
class Stage:
    """The application with objects in all three villages, and a browser for every role (None: nobody signed in)."""

    app: Flask
    browsers: dict[Role | None, Browser]
    objects: dict[str, dict[str, Any]]
    """By village code: the value of each argument that names something of that village."""


def a_draft(app: Flask, code: str) -> int:
    """A draft of this village that none of the walkers has written."""
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        account = Account(read_village(session, code).id, "finance", Period.parse("2026Q3"))
        return open_draft(session, account, actor=Actor(author.id, author.name), now=NOW).id


def an_upload(app: Flask, code: str) -> int:
    """A checked file of this village, sent in by none of the walkers."""
    raw = LEDGER.encode()
    sha256 = vault_of(app.extensions["villagehub"]).keep(raw)
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        account = Account(read_village(session, code).id, "finance", Period.parse("2026Q3"))
        checked = check_bytes(raw, "账.csv", account, app.extensions["villagehub"])
        upload, _ = receive(
            session,
            account,
            sha256=sha256,
            size=len(raw),
            filename="账.csv",
            actor=Actor(author.id, author.name),
            now=NOW,
        )
        keep_report(session, upload, checked, report_of(checked))
        return upload.id


OBJECTS: dict[str, Callable[[Flask, str], Any]] = {
    "code": lambda app, code: code,
    "version_id": a_draft,
    "upload_id": an_upload,
}
"""What to put for an argument of an address so that it names something of this village."""

FIXED = {"filename": "css/desk.css", "section": "finance", "number": 1, "rest": "assets"}
"""Arguments that name no village's thing."""

FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "POST /account/password": lambda code: {"old": PASSWORD, "new": "short", "again": "short"},
    "POST /v/<code>/funds/find": lambda code: {"name": "李秀英"},
    "POST /desk/upload": lambda code: {
        "village": code,
        "section": "finance",
        "period": "2026Q3",
        "file": (BytesIO(LEDGER.encode()), "账.csv"),
    },
    "POST /print/poster": lambda code: {"village": code, "section": "finance"},
    "POST /desk/d/<version_id>/publish": lambda code: {"password": PASSWORD},
    "POST /review/<version_id>/vote": lambda code: {"password": PASSWORD, "vote": "agree", "looked": "yes"},
}
"""What a form sends. With a field ``village`` the village counts, though the address does not name it."""

TOKEN_PAGES: dict[str, str] = {"POST /login": "/login", "POST /logout": "/login"}
"""Pages that carry a token for people who are not signed in."""


@pytest.fixture(scope="module")
def stage(databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Rights do not depend on the engine, so the walk is made on SQLite."""
    folder = tmp_path_factory.mktemp("permissions")
    for name in KEYS:
        load_key(folder / "keys", name)
    app = create_app(settings_for(Path(folder), databases.fresh("sqlite", folder, settled=True)))
    app.test_client_class = Browser
    browsers: dict[Role | None, Browser] = {None: app.test_client()}  # type: ignore[dict-item]
    for role, login in LOGINS.items():
        browsers[role] = app.test_client()  # type: ignore[assignment]
        assert browsers[role].sign_in(login).status_code == 303
    with app.app_context():
        objects = {code: {name: make(app, code) for name, make in OBJECTS.items()} for code in VILLAGES.values()}
    yield Stage(app, browsers, objects)
    with app.app_context():
        db.engine.dispose()


def routes_of(app: Flask) -> dict[str, Callable[..., Any]]:
    """Each route as the table writes it (arguments without their converters), and its view."""
    found: dict[str, Callable[..., Any]] = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^<>]*?(\w+)>", r"<\1>", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[f"{method} {address}"] = app.view_functions[rule.endpoint]
    return found


def test_every_route_stands_in_the_table_and_every_line_has_a_route(stage: Stage) -> None:
    found = set(routes_of(stage.app))
    assert sorted(found - set(ROUTES)) == [], "routes that the table does not know"
    assert sorted(set(ROUTES) - found) == [], "lines of the table without a route"


def test_forms_without_a_token_are_known_by_name(stage: Stage) -> None:
    from villagehub.web.csrf import is_public_post

    assert {route for route, view in routes_of(stage.app).items() if is_public_post(view)} == PUBLIC_POSTS


def test_views_ask_for_the_permission_that_the_table_names(stage: Stage) -> None:
    asked = {route: view.permission for route, view in routes_of(stage.app).items() if hasattr(view, "permission")}
    assert asked == {route: need for route, need in ROUTES.items() if isinstance(need, Permission)}


def names_a_village(route: str) -> bool:
    return "village" in (FORMS[route]("") if route in FORMS else {}) or any(
        name in OBJECTS for name in re.findall(r"<(?:\w+:)?(\w+)>", route)
    )


def ask(stage: Stage, role: Role | None, route: str, code: str) -> TestResponse:
    """Sends the request as this role, about something of this village."""
    method, _, rule = route.partition(" ")
    values = {**FIXED, **stage.objects[code]}
    address = re.sub(r"<(\w+)>", lambda found: str(values[found[1]]), rule)
    browser = stage.browsers[role]
    if method == "GET":
        return browser.get(address)
    if route in PUBLIC_POSTS:
        return browser.post(address, data=FORMS[route](code), headers={"Origin": BASE_URL})
    fields = FORMS[route](code) if route in FORMS else {}
    page = TOKEN_PAGES.get(route) or ("/login" if role is None else "/account")
    return browser.send(address, fields, page=page)


def what_happened(answer: TestResponse) -> str:
    if answer.status_code in (302, 303) and answer.headers["Location"].startswith("/login?"):
        return "led to sign-in"
    if answer.status_code == 404 and NotFound.message not in answer.text:
        return "let in"  # something else is not there, for instance 第 1 号公开, and the answer says so
    return {403: "refused", 404: "hidden"}.get(answer.status_code, "let in")


def expected(need: str | Permission, role: Role | None, where: str, *, village_counts: bool) -> str:
    """What the two tables say."""
    if need == OPEN:
        return "let in"
    if role is None:
        return "led to sign-in"
    if need == SIGNED_IN:
        return "let in"
    if village_counts and where not in IN_PLACE[role]:
        # A post that never carries this right is told so at once, before the village is even looked at.
        return "hidden" if role in TABLE[Permission(need)] else "turned away"
    return "let in" if role in TABLE[Permission(need)] else "refused"


WALK = [
    route
    for route in sorted(ROUTES)
    if route not in ("POST /logout", "POST /login", "POST /account/sign-out-everywhere")
]
"""Those three end or begin sessions, which the walk needs; tests/accounts/test_sign_in.py walks them."""


@pytest.mark.parametrize("route", WALK)
def test_each_role_meets_exactly_what_the_table_says(stage: Stage, route: str) -> None:
    village_counts = names_a_village(route)
    wrong: list[str] = []
    for role in (None, *Role):
        for where, code in VILLAGES.items() if village_counts else [("own village", COUNTY.village)]:
            answer = ask(stage, role, route, code)
            wanted = expected(ROUTES[route], role, where, village_counts=village_counts)
            met = what_happened(answer)
            if met != wanted and not (wanted == "turned away" and met in ("refused", "hidden")):
                wrong.append(f"{role or 'nobody'}, {where}: {met} ({answer.status_code}), not {wanted}")
            assert answer.status_code < 500, f"{role}, {where}"
            assert [name for name in (*ALWAYS, "Content-Security-Policy") if name not in answer.headers] == []
            # A stored or kept page is the same bytes for everybody, so it carries no number of this one request.
            assert ("X-Request-Id" in answer.headers) or "ETag" in answer.headers
            assert ROUTES[route] == OPEN or answer.headers["Cache-Control"] == "no-store"
    assert wrong == []


def test_nobody_holds_a_right_in_a_village_that_is_not_theirs() -> None:
    """The walk's own table is not looser than the places: only county and administrator reach all three villages."""
    assert [role for role in Role if len(IN_PLACE[role]) == 3] == [Role.COUNTY, Role.ADMINISTRATOR]
    assert set(IN_PLACE) == set(LOGINS) == set(Role)
