"""Pages for taking something off the public pages at once, from a phone, and for deciding what stays (decision 20)."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.guard import allow, current_actor, require, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures import hiding
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.books import post_over
from villagehub.disclosures.hidden import hide_of
from villagehub.disclosures.hiding_lines import HideLine, list_hideable, list_hides, list_waiting_reviews
from villagehub.disclosures.hiding_models import Hide
from villagehub.disclosures.models import Version
from villagehub.disclosures.queries import list_published
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import reading, unit_of_work
from villagehub.web.looking import holds, words_asked

blueprint = Blueprint("hides", __name__)
NEWEST: Final = 60
"""So many publications are listed when nothing is looked for."""
SEARCHED: Final = 600
"""So many of the newest are looked through for the words."""

DONE_WORDS = {
    "hide": "已撤下。网页、下载文件、印出去的码，现在都只看到“撤下”的说明。",
    "confirm": "已确认，会一直撤下，直到改好或镇里恢复。",
    "keep": "已决定：不恢复，等改好后重新公开。",
    "lift": "已恢复公开，和撤下以前一样。",
    "one_of_two": "这一次撤下已取消。同一份还有另一次撤下，村民仍然看不到，在下面的“现在撤下的”里。",
}


@blueprint.get("/desk/hide")
@require(Permission.HIDE)
def hides() -> ResponseReturnValue:
    """What is hidden now, with its decisions, and what could be hidden: the newest, or what the words typed find."""
    return _list_page()


def _list_page(refusal: Refused | None = None) -> ResponseReturnValue:
    actor, words = signed_in_actor(), words_asked(request.args)
    with reading() as session:
        villages = villages_of(session, actor, Permission.HIDE, table=table())
        ids = [one.id for one in villages]
        named = [one.id for one in villages if any(holds([word], one.name) for word in words)] or ids
        found = list_hideable(session, named, actor=actor, today=clock.today(), most=SEARCHED if words else NEWEST)
        html = render_template(
            "disclosures/hides.html",
            hides=list_hides(session, ids, actor=actor),
            published=[one for one in found if holds(words, one.village_name, one.title)],
            asked=" ".join(words),
            newest=NEWEST if len(found) == NEWEST and not words else 0,
            any_published=bool(list_published(session, ids, today=clock.today(), most=1)),
            many=len(ids) > 1,
            refusal=refusal,
            done=DONE_WORDS.get(request.args.get("done", ""), "") if refusal is None else "",
        )
    return html, refusal.status if refusal else 200


@blueprint.get("/desk/d/<int:version_id>/hide")
@require(Permission.HIDE)
def ask(version_id: int) -> ResponseReturnValue:
    """The page with the one big button."""
    return _form(version_id)


def _form(version_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        version = version_with_id(session, version_id)
        village = allow(session, Permission.HIDE, version.village_id)
        post_over(signed_in_actor(), Permission.HIDE, village, version.disclosure.entity)
        title = title_of(version.disclosure)
        if version.number is None and refusal is None:
            refusal = hiding.NotPublic(title=title)
        html = render_template(
            "disclosures/hide.html",
            village=village,
            version_id=version_id,
            title=title,
            number=version.number,
            hidden=hide_of(session, version),
            refusal=refusal,
            typed=request.form if refusal else {},
        )
    return html, refusal.status if refusal else 200


@blueprint.post("/desk/d/<int:version_id>/hide", endpoint="hide")
@require(Permission.HIDE)
def hide(version_id: int) -> ResponseReturnValue:
    """Hides at once: no second question, no password, because a leak does not wait."""
    try:
        with unit_of_work() as session:
            hiding.hide_now(
                session,
                version_id,
                cause=request.form.get("cause", ""),
                words=request.form.get("words", ""),
                actor=signed_in_actor(),
                now=clock.now(),
            )
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        if refusal.status == 403:
            raise
        return _form(version_id, refusal)
    run_after_publish()
    return redirect(url_for("hides.hides", done="hide"), 303)


def _decide(hide_id: int, done: str, permission: Permission, act: Callable[..., None]) -> ResponseReturnValue:
    with reading() as session:
        held = session.get(Hide, hide_id)
        if held is None:
            raise NotFound()
        allow(session, permission, held.village_id)
    try:
        with unit_of_work() as session:
            act(session, hide_id, actor=signed_in_actor(), now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _list_page(refusal)
    run_after_publish()
    if done == "lift":
        with reading() as session:
            still = hide_of(session, session.get_one(Version, session.get_one(Hide, hide_id).version_id))
        done = "one_of_two" if still else done
    return redirect(url_for("hides.hides", done=done), 303)


@blueprint.post("/desk/hide/<int:hide_id>/confirm")
@require(Permission.HIDE)
def confirm(hide_id: int) -> ResponseReturnValue:
    """The second word."""
    return _decide(hide_id, "confirm", Permission.HIDE, hiding.confirm_hide)


@blueprint.post("/desk/hide/<int:hide_id>/keep")
@require(Permission.SUPERVISE)
def keep(hide_id: int) -> ResponseReturnValue:
    """The township's decision that it stays hidden."""
    return _decide(hide_id, "keep", Permission.SUPERVISE, hiding.keep_hidden)


@blueprint.post("/desk/hide/<int:hide_id>/lift")
@require(Permission.HIDE)
def lift(hide_id: int) -> ResponseReturnValue:
    """Everything comes back."""
    return _decide(hide_id, "lift", Permission.HIDE, hiding.lift_hide)


def told() -> tuple[list[HideLine], list[tuple[int, str]]]:
    """For the first office pages: what is hidden at the reader's villages, and for the township which reviews wait."""
    actor = current_actor()
    if actor is None:
        return [], []
    with reading() as session:
        return list_hides(session, _places(session, actor, Permission.READ_STAFF), actor=actor), list_waiting_reviews(
            session, _places(session, actor, Permission.SUPERVISE)
        )


def _places(session: Session, actor: Actor, permission: Permission) -> list[int]:
    return [one.id for one in villages_of(session, actor, permission, table=table())]


def register(app: Flask) -> None:
    """The pages, and ``told()`` for the layout."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["told"] = told
