"""Pages of redaction: one person proposes, another of the other level sees exactly what will be gone and confirms."""

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import allow, of_no_one_village, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures.acting import prove
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.books import why_not_books
from villagehub.disclosures.models import Version
from villagehub.disclosures.queries import list_published
from villagehub.disclosures.redacted import BASES
from villagehub.disclosures.redaction_models import Redaction
from villagehub.disclosures.scope import section_of, title_of, version_with_id
from villagehub.disclosures.signing import Deed
from villagehub.disclosures.stages import Stage
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound, Refused
from villagehub.ledgers.cutting_out import drop_redacted
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.redactions import actions, rules
from villagehub.redactions.pages import list_redactions, read_redaction
from villagehub.redactions.pictures import MOST_PICTURES, list_pictures
from villagehub.redactions.reach import list_rows
from villagehub.redactions.said import list_said
from villagehub.storage import reading, unit_of_work, wipe_freed
from villagehub.web.logs import log
from villagehub.web.looking import holds, words_asked

blueprint = Blueprint("redactions", __name__)
NEWEST: Final = 60
SEARCHED: Final = 600
PAGE: Final = 40
"""Rows on one page to choose from."""
DONE_WORDS: Final = {
    "propose": "已提出。请告诉能确认的人，让他登录自己的账号来看。",
    "withdraw": "已收回，什么也没有动。",
    "confirm": "已隐去。网页、下载文件、查询和原始文件里都没有了，不能恢复。",
}


@blueprint.get("/desk/redact")
@require(Permission.REDACT)
def overview() -> ResponseReturnValue:
    """What waits, what was done, and the publications to choose from."""
    actor, words = signed_in_actor(), words_asked(request.args)
    with reading() as session:
        villages = villages_of(session, actor, Permission.REDACT, table=table())
        ids = [one.id for one in villages]
        named = [one.id for one in villages if any(holds([word], one.name) for word in words)] or ids
        found = list_published(session, named, today=clock.today(), most=SEARCHED if words else NEWEST)
        of_no_one_village()
        return render_template(
            "redactions/overview.html",
            lines=list_redactions(session, ids, now=clock.now()),
            published=[
                one for one in found if holds(words, one.village_name, one.title) and _mine(session, one.version_id)
            ],
            asked=" ".join(words),
            many=len(ids) > 1,
        )


def _mine(session: Session, version_id: int) -> bool:
    version = session.get_one(Version, version_id)
    village = read_village_by_id(session, version.village_id)
    return why_not_books(signed_in_actor(), Permission.REDACT, village, version.disclosure.entity) is None


@blueprint.get("/desk/d/<int:version_id>/redact")
@require(Permission.REDACT)
def ask(version_id: int) -> ResponseReturnValue:
    """First which rows, then which fields of them."""
    return _form(version_id)


def _form(version_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    typed = request.form if request.method == "POST" else request.args
    numbers, masks = _numbers(typed.getlist("row")), _numbers(typed.getlist("picture"))
    with reading() as session:
        version = version_with_id(session, version_id)
        village = _may(session, version)
        rows = list_rows(session, version, only=numbers) if numbers else []
        words = words_asked(request.args)
        pictures = list_pictures(session, version, only=masks)[: MOST_PICTURES if masks else None]
        every_word = list_said(session, version)
        said = [one for one in every_word if one.name in typed.getlist("said")]
        choosing = not rows and not masks and not typed.getlist("said")
        every = [] if numbers or masks else list_rows(session, version)
        matching = [one for one in every if holds(words, one.headline, *(text for _, text in one.fields))]
        begun = request.args.get("from", "")
        start = int(begun) if begun.isascii() and begun.isdecimal() and len(begun) < 7 else 0
        html = render_template(
            "redactions/propose.html",
            village=village,
            version_id=version_id,
            title=title_of(version.disclosure),
            number=version.number,
            said=every_word if choosing else said,  # those of the second step are ticked already
            rows=rows[: rules.MOST_ROWS],
            choosing=choosing,
            pictures=pictures if masks or choosing else [],  # those of the second step are ticked already
            listed=[one for one in matching if one.fields][start : start + PAGE],
            more=start + PAGE if len(matching) > start + PAGE else 0,
            asked=" ".join(words),
            is_person=lambda field: rules.is_about_a_person(section_of(version), field),
            bases=BASES,
            typed=typed,
            ticked=set(request.form.getlist("field")) if refusal else set(),
            refusal=refusal,
        )
    return html, refusal.status if refusal else 200


def _numbers(typed: Iterable[str]) -> list[int]:
    return [int(one) for one in typed if one.isascii() and one.isdecimal() and len(one) < 10]


def _may(session: Session, version: Version) -> VillageFacts:
    """The village, if this person may redact in these books and the version is public; raises NotFound, NotAllowed."""
    village = allow(session, Permission.REDACT, version.village_id)
    actions.post_of(session, version, signed_in_actor())
    if version.stage != Stage.PUBLISHED:
        raise rules.NotPublicYet(title=title_of(version.disclosure))
    return village


@blueprint.post("/desk/d/<int:version_id>/redact")
@require(Permission.REDACT)
def propose(version_id: int) -> ResponseReturnValue:
    """Puts the proposal down; nothing goes yet."""
    with reading() as session:
        _may(session, version_with_id(session, version_id))
    chosen: dict[int, list[str]] = {}
    for one in request.form.getlist("field"):
        row_id, _, name = one.partition(":")
        if row_id.isascii() and row_id.isdecimal() and len(row_id) < 16:
            chosen.setdefault(int(row_id), []).append(name)
    try:
        with unit_of_work() as session:
            made = actions.propose(
                session,
                version_id,
                chosen,
                said=set(request.form.getlist("said")),
                pictures=set(_numbers(request.form.getlist("picture"))),
                basis=request.form.get("basis", ""),
                words=request.form.get("words", ""),
                actor=signed_in_actor(),
                now=clock.now(),
            )
            redaction_id = made.id
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        if refusal.status == 403:
            raise
        return _form(version_id, refusal)
    return redirect(url_for("redactions.show", redaction_id=redaction_id, done="propose"), 303)


@blueprint.get("/desk/redact/<int:redaction_id>")
@require(Permission.REDACT)
def show(redaction_id: int) -> ResponseReturnValue:
    """Exactly what will be gone; afterwards what was done, and what is left to do by hand."""
    return _page(redaction_id)


def _page(redaction_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        held = _held(session, redaction_id)
        found = read_redaction(session, held, actor=signed_in_actor(), settings=settings(), now=clock.now())
        html = render_template(
            "redactions/one.html",
            page=found,
            refusal=refusal,
            done=DONE_WORDS.get(request.args.get("done", ""), "") if refusal is None else "",
        )
    return html, refusal.status if refusal else 200


def _held(session: Session, redaction_id: int) -> Redaction:
    held = actions.hold(session, redaction_id, lock=False)
    allow(session, Permission.REDACT, held.village_id)
    return held


@blueprint.post("/desk/redact/<int:redaction_id>/confirm")
@require(Permission.REDACT)
def confirm(redaction_id: int) -> ResponseReturnValue:
    """The second person, with password or code. What is erased stays erased; pages and files follow, and follow again."""
    actor, seen, now = signed_in_actor(), request.form.get("seen", ""), clock.now()
    with reading() as session:
        _held(session, redaction_id)
    try:
        proved = prove(Deed.REDACT)  # first: whoever mistypes leaves no copies behind
        ready = actions.prepare(redaction_id, seen=seen, actor=actor, settings=settings(), now=now)
        with unit_of_work() as session:
            actions.confirm(
                session,
                redaction_id,
                ready,
                actor=actor,
                settings=settings(),
                now=now,
                sign=lambda village_id: proved.use(session, village_id, now=now),
            )
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(redaction_id, refusal)
    finish()
    return redirect(url_for("redactions.show", redaction_id=redaction_id, done="confirm"), 303)


def finish() -> None:
    """What follows the commit; a step that fails is logged, and the clock does it again."""
    run_after_publish()
    for step in (wipe_freed, lambda: drop_redacted(settings())):
        try:
            step()
        except Exception:
            log.exception("after_redaction_failed")


@blueprint.post("/desk/redact/<int:redaction_id>/withdraw")
@require(Permission.REDACT)
def withdraw(redaction_id: int) -> ResponseReturnValue:
    """Takes the proposal back; nothing was touched."""
    with reading() as session:
        _held(session, redaction_id)
    try:
        with unit_of_work() as session:
            actions.withdraw(session, redaction_id, actor=signed_in_actor(), now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(redaction_id, refusal)
    return redirect(url_for("redactions.show", redaction_id=redaction_id, done="withdraw"), 303)
