"""Pages on people for the township and administrators: who holds which post, a new password, posts begun and ended."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts import actions
from villagehub.accounts.elections import appoint_substitute, list_elections
from villagehub.accounts.guard import require, signed_in_actor
from villagehub.accounts.managing import (
    managed_people,
    managed_places,
    person_to_manage,
    posts_here,
    roles_below,
    serves_in,
    why_not_give,
    why_not_manage,
)
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.passwords import one_time_password
from villagehub.accounts.people import LoginTaken, clean_login
from villagehub.accounts.queries import person_with_login, place_with_code, posts_of, villages_of
from villagehub.accounts.roles import ROLE_LEVELS, ROLE_WORDS, Role
from villagehub.accounts.roster import Slip
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.accounts.second_factor import has_second_factor, reset_second_factor
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import reading, unit_of_work
from villagehub.web.looking import holds, words_asked

bp = Blueprint("people", __name__)


class Unfilled(Refused):
    """Something in the form is missing or cannot be read."""

    code = "form_unfilled"
    message = "“{field}”没有填对。"
    fix = "{how}"
    status = 422


@bp.get("/town/people")
@require(Permission.MANAGE_ACCOUNTS)
def people() -> ResponseReturnValue:
    """Everybody with a post in one's places, with terms; or those whose name, login or place holds the words typed."""
    words = words_asked(request.args)
    with reading() as session:
        whole = managed_people(session, signed_in_actor(), today=clock.today())
        elections = list_elections(session, managed_places(session, signed_in_actor()), today=clock.today())
    lines = [
        one
        for one in whole
        if holds(
            words, one.person.name, one.person.login, *(f"{post.place_name} {post.words}" for post in one.person.posts)
        )
    ]
    return render_template(
        "accounts/people.html",
        lines=lines,
        whole=len(whole),
        asked=" ".join(words),
        elections=elections,
        today=clock.today(),
    )


@bp.get("/town/people/new")
@require(Permission.MANAGE_ACCOUNTS)
def new() -> ResponseReturnValue:
    """The form for a new account with its first post."""
    return _form_page(None)


@bp.post("/town/people/new", endpoint="add")
@require(Permission.MANAGE_ACCOUNTS)
def add() -> ResponseReturnValue:
    """Makes the account and the post, and shows the one-time password this once."""
    actor, now, password = signed_in_actor(), clock.now(), one_time_password()
    try:
        with unit_of_work() as session:
            login = clean_login(request.form.get("login", ""))
            if person_with_login(session, login) is not None:
                raise LoginTaken(login=login)
            name = request.form.get("name", "").strip()
            if not name:
                raise Unfilled(field="姓名", how="请写姓名，签字和公开时会写出来。")
            person = actions.add_person(
                session, login, name=name, password=password, must_change=True,
                actor=actor, channel=actor.channel, now=now,
            )  # fmt: skip
            _appoint_from_form(session, person)
            slip = Slip(person.login, person.name, password, "")
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _form_page(None, refusal)
    return render_template("accounts/slips.html", slips=[slip], done="账号已建好。")


@bp.get("/town/people/<int:person_id>")
@require(Permission.MANAGE_ACCOUNTS)
def person(person_id: int) -> ResponseReturnValue:
    """One person: posts and terms, and what can be done."""
    return _form_page(person_id)


@bp.post("/town/people/<int:person_id>/password", endpoint="reset")
@require(Permission.MANAGE_ACCOUNTS)
def reset(person_id: int) -> ResponseReturnValue:
    """Gives a one-time password, shown this once, and signs the person out everywhere."""
    actor, password = signed_in_actor(), one_time_password()
    try:
        with unit_of_work() as session:
            found = person_to_manage(session, person_id, actor, today=clock.today())
            actions.give_password(
                session, found, password, must_change=True, actor=actor, channel=actor.channel, now=clock.now()
            )
            slip = Slip(found.login, found.name, password, "")
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _form_page(person_id, refusal)
    return render_template("accounts/slips.html", slips=[slip], done="密码已重设，原来登录的手机和电脑都已退出。")


@bp.post("/town/people/<int:person_id>/second-step/reset", endpoint="reset_second")
@require(Permission.MANAGE_ACCOUNTS)
def reset_second(person_id: int) -> ResponseReturnValue:
    """Takes a lost authenticator off the account; where the settings ask for one, it is set up anew at sign-in."""
    actor = signed_in_actor()
    try:
        with unit_of_work() as session:
            found = person_to_manage(session, person_id, actor, today=clock.today())
            reset_second_factor(session, found, actor=actor, channel=actor.channel, now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _form_page(person_id, refusal)
    return redirect(url_for("people.person", person_id=person_id, done="second"), 303)


@bp.post("/town/people/<int:person_id>/posts", endpoint="appoint")
@require(Permission.MANAGE_ACCOUNTS)
def appoint(person_id: int) -> ResponseReturnValue:
    """Begins a post, perhaps one that fills in for somebody."""
    try:
        with unit_of_work() as session:
            found = person_to_manage(session, person_id, signed_in_actor(), today=clock.today())
            _appoint_from_form(session, found)
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _form_page(person_id, refusal)
    return redirect(url_for("people.person", person_id=person_id, done="appointed"), 303)


@bp.post("/town/people/<int:person_id>/posts/end", endpoint="end_post")
@require(Permission.MANAGE_ACCOUNTS)
def end_post(person_id: int) -> ResponseReturnValue:
    """Ends a post at once; what the person did stays as it is."""
    actor = signed_in_actor()
    try:
        with unit_of_work() as session:
            found = person_to_manage(session, person_id, actor, today=clock.today())
            post = session.get(Appointment, request.form.get("post", 0, read_id))
            if post is None or post.person_id != found.id:
                raise Unfilled(field="任职", how="请在名单里选一个任职再点结束。")
            actions.end_one(session, found, post, actor=actor, channel=actor.channel, now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _form_page(person_id, refusal)
    return redirect(url_for("people.person", person_id=person_id, done="ended"), 303)


def _appoint_from_form(session: Session, found: Person) -> None:
    """The post that the form describes. Raises what ``appoint`` raises, RoleAbove, NotFound, Unfilled."""
    actor, form = signed_in_actor(), request.form
    role = next((one for one in Role if one.value == form.get("role")), None)
    if role is None:
        raise Unfilled(field="职务", how="请选一个职务。")
    refusal = why_not_give(actor, role)
    if refusal:
        raise refusal
    place = place_with_code(session, form.get("place", ""))
    places = managed_places(session, actor)
    if places is not None and place.id not in places:
        raise NotFound()
    entity = form.get("entity", "")
    other = None
    if form.get("stands_in_for", "").strip():
        other = person_with_login(session, form["stands_in_for"].strip().lower())
        if other is None or not serves_in(session, other, places):
            raise Unfilled(field="替谁代办", how="请写那个人的登录名，登录名在“人员”页上。")
    if form.get("substitute") == "yes":
        appoint_substitute(
            session,
            found,
            role,
            place=place,
            entity=entity if entity in ("committee", "collective") else "",
            from_date=_day("from", "从哪天起"),
            until_date=_day("until", "到哪天为止"),
            actor=actor,
            now=clock.now(),
        )
        return
    actions.appoint(
        session,
        found,
        role,
        place=place,
        entity=entity if entity in ("committee", "collective", "group") else "",
        from_date=_day("from", "从哪天起"),
        until_date=_day("until", "到哪天为止"),
        stands_in_for=other,
        reason=form.get("reason", ""),
        actor=actor,
        channel=actor.channel,
        now=clock.now(),
    )


def _day(name: str, words: str) -> date | None:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unfilled(field=words, how="请写成 2026-11-23 这样。") from None


def _form_page(person_id: int | None, refusal: Refused | None = None) -> ResponseReturnValue:
    """The page of one person, or the form for a new one; after a refusal with what was typed."""
    actor, today = signed_in_actor(), clock.today()
    with reading() as session:
        found = session.get(Person, person_id) if person_id is not None else None
        if person_id is not None and found is None:
            raise NotFound()
        why = why_not_manage(session, found, actor, today=today) if found else None
        if isinstance(why, NotFound):
            raise why
        roles = roles_below(actor)
        posts, elsewhere = posts_here(
            posts_of(session, found.id, today=today) if found else (), managed_places(session, actor)
        )
        html = render_template(
            "accounts/person.html",
            person=found,
            posts=posts,
            elsewhere=elsewhere,
            why_not=why,
            second=found is not None and has_second_factor(session, found.id),
            roles=[(one.value, ROLE_WORDS[one]) for one in roles],
            elections=list_elections(session, managed_places(session, actor), today=today),
            villages=villages_of(session, actor, Permission.MANAGE_ACCOUNTS),
            any_place=any(ROLE_LEVELS[one] != ("village",) for one in roles),
            refusal=refusal,
            typed=request.form if refusal else {},
            done="" if refusal else request.args.get("done", ""),
            today=today,
        )
    return html, refusal.status if refusal else 200
