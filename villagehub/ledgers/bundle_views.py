"""Pages of a file of many villages: what each would get, whose each name is, and each village's share. Without a script."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from villagehub.accounts.guard import allow, of_no_one_village, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.scope import ENTITY_WORDS
from villagehub.kernel.refused import NotAllowed, Refused
from villagehub.ledgers.bundling import (
    LEFT_OUT,
    NoSuchBundle,
    divide_bundle,
    find_bundle,
    held_rows,
    hidden_sheets,
    villages_meant,
    why_not_divide,
)
from villagehub.ledgers.figures import FIGURES, figure
from villagehub.ledgers.models import Bundle, Upload
from villagehub.ledgers.queries import state_words
from villagehub.places.queries import VillageFacts
from villagehub.sections import section_named
from villagehub.storage import reading
from villagehub.storage.originals import read_named
from villagehub.storage.vault import vault_of
from villagehub.web.attachments import attach

blueprint = Blueprint("bundles", __name__)


@dataclass(frozen=True, slots=True)
class NameLine:
    """One name in the file and what it would get."""

    no: int
    shown: str
    rows: int
    figures: list[tuple[str, str]]
    troubles: str
    chosen: str
    """The village's id, ``0`` where the rows are left out, empty where nobody has said yet."""
    many: bool
    """Whether several villages have this name."""


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One village's share after dividing."""

    village: str
    upload_id: int
    words: str
    kept: int
    aside: int
    held: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows read = given to villages + set aside + left out + held back."""

    read: int
    given: int
    aside: int
    left_out: int
    held: int


@blueprint.get("/desk/bundles/<int:bundle_id>")
@require(Permission.UPLOAD)
def show(bundle_id: int) -> ResponseReturnValue:
    """What each name would get; after dividing, what became of each village's share."""
    return _page(my_bundle(bundle_id))


@blueprint.post("/desk/bundles/<int:bundle_id>")
@require(Permission.UPLOAD)
def divide(bundle_id: int) -> ResponseReturnValue:
    """Gives every village its share; a refusal shows the page once more with all that was chosen."""
    bundle = my_bundle(bundle_id)
    chosen, held = _typed(bundle), "held" in request.form
    actor = signed_in_actor()
    with reading() as session:
        villages = villages_of(session, actor, Permission.UPLOAD, entity=bundle.entity, table=table())
    try:
        divide_bundle(
            bundle_id,
            chosen,
            villages,
            seen_held=held,
            seen=request.form.get("revision", 0, int),
            actor=actor,
            settings=settings(),
        )
    except Refused as refusal:
        if refusal.status in (403, 404, 507):
            raise
        return _page(my_bundle(bundle_id), chosen=chosen, held=held, refusal=refusal)
    return redirect(url_for("bundles.show", bundle_id=bundle_id), 303)


@blueprint.get("/desk/bundles/<int:bundle_id>/original")
@require(Permission.UPLOAD)
def original(bundle_id: int) -> ResponseReturnValue:
    """The whole file, for whoever sent it."""
    return _original(my_bundle(bundle_id))


@blueprint.get("/town/bundles")
@require(Permission.OVERSEE)
def town_list() -> ResponseReturnValue:
    """The newest files of many villages, all of which lie within the reader's places."""
    actor = signed_in_actor()
    with reading() as session:
        here = {one.id: one.name for one in villages_of(session, actor, Permission.OVERSEE, table=table())}
        newest = session.scalars(select(Bundle).order_by(Bundle.id.desc()).limit(500))
        found = [one for one in newest if one.village_ids and set(one.village_ids) <= set(here)][:50]
    lines = [
        {
            "id": one.id,
            "title": f"{one.period.label}{section_named(one.section).title}",
            "filename": one.filename,
            "who": one.sent_by_name,
            "at": one.sent_at,
            "villages": "、".join(here[village] for village in one.village_ids),
            "rows": sum(sheet["read"] for sheet in one.report["sheets"]),
            "divided": one.state == "divided",
        }
        for one in found
    ]
    return render_template("ledgers/bundles.html", lines=lines)


@blueprint.get("/town/bundles/<int:bundle_id>/original")
@require(Permission.OVERSEE)
def town_original(bundle_id: int) -> ResponseReturnValue:
    """The whole file, for the township of all its villages."""
    with reading() as session:
        bundle = find_bundle(session, bundle_id)
        if not bundle.village_ids:
            raise NoSuchBundle()
        for village_id in bundle.village_ids:
            allow(session, Permission.OVERSEE, village_id)
    return _original(bundle)


def my_bundle(bundle_id: int) -> Bundle:
    """The file, for whoever sent it and may still upload for all its villages; raises NoSuchBundle, NotFound, NotAllowed."""
    with reading() as session:
        bundle = find_bundle(session, bundle_id)
        for village_id in bundle.village_ids:
            allow(session, Permission.UPLOAD, village_id, entity=bundle.entity)
    of_no_one_village()
    if bundle.sent_by != signed_in_actor().person_id:
        if bundle.village_ids:
            raise NotAllowed(action="看几个村放在一起的文件")
        raise NoSuchBundle()
    return bundle


def _original(bundle: Bundle) -> ResponseReturnValue:
    raw, name = read_named(vault_of(settings()), bundle.sha256, bundle.filename)
    response = make_response(raw)
    response.content_type = "application/octet-stream"
    attach(response, name)
    return response


def _typed(bundle: Bundle) -> dict[str, int]:
    """What was chosen for each name; nothing where the choice was left empty."""
    chosen = {}
    for no, one in enumerate(bundle.report["names"]):
        typed = request.form.get(f"n{no}", "")
        if typed.isascii() and typed.isdecimal() and len(typed) < 18:
            chosen[one["name"]] = int(typed)
    return chosen


def _page(
    bundle: Bundle,
    *,
    chosen: dict[str, int] | None = None,
    held: bool = False,
    refusal: Refused | None = None,
) -> ResponseReturnValue:
    now_chosen = {name: int(meant) for name, meant in bundle.chosen.items()} if chosen is None else chosen
    with reading() as session:
        villages = villages_of(session, signed_in_actor(), Permission.UPLOAD, entity=bundle.entity, table=table())
        shares = [
            _share(session.get_one(Upload, upload_id), village_id, villages)
            for village_id, upload_id in bundle.report.get("uploads", {}).items()
        ]
    html = render_template(
        "ledgers/bundle.html",
        bundle=bundle,
        title=f"{bundle.period.label}{section_named(bundle.section).title}",
        whose=ENTITY_WORDS[bundle.entity],
        names=[_line(no, one, now_chosen, villages) for no, one in enumerate(bundle.report["names"])],
        sheets=bundle.report["sheets"],
        villages=villages,
        counts=_counts(bundle, now_chosen),
        hidden=hidden_sheets(bundle),
        open=why_not_divide(bundle, now_chosen, seen_held=True),
        held_ticked=held,
        shares=shares,
        refusal=refusal,
    )
    return html, refusal.status if refusal else 200


def _line(no: int, one: dict[str, Any], chosen: dict[str, int], villages: list[VillageFacts]) -> NameLine:
    troubles = [f"{one['must_fix']} 处要改"] if one["must_fix"] else []
    troubles += [f"{one['confirm']} 处要确认"] if one["confirm"] else []
    return NameLine(
        no,
        one["shown"],
        one["rows"],
        [(words, figure(key, one["totals"][key])) for key, words in FIGURES.items() if key in one["totals"]],
        "，".join(troubles),
        str(chosen.get(one["name"], "")),
        len(villages_meant(one["name"], villages)) > 1,
    )


def _share(upload: Upload, village_id: str, villages: list[VillageFacts]) -> ShareLine:
    counts = upload.report.get("counts", {})
    return ShareLine(
        next((one.name for one in villages if str(one.id) == village_id), ""),
        upload.id,
        state_words(upload),
        counts.get("kept", 0),
        counts.get("set_aside", 0),
        counts.get("held_back", 0),
    )


def _counts(bundle: Bundle, chosen: dict[str, int]) -> Counts:
    sheets, names = bundle.report["sheets"], bundle.report["names"]
    left_out = sum(one["rows"] for one in names if chosen.get(one["name"]) == LEFT_OUT)
    return Counts(
        sum(one["read"] for one in sheets),
        sum(one["rows"] for one in names) - left_out,
        sum(one["aside"] for one in sheets),
        left_out,
        held_rows(bundle),
    )
