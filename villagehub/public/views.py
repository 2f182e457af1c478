"""Addresses of villagers' pages: read the address, render one page, answer."""

import gzip
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.kernel.codes import form_typed
from villagehub.labels.long_picture import draw_long_picture
from villagehub.places.queries import list_townships, list_villages, read_village
from villagehub.public import open_data, people, picture, records, sections_pages, twins
from villagehub.public.address import UNREADABLE, Address, NoSuchPage, read_address
from villagehub.public.home import late_periods, later_notes, read_home
from villagehub.public.last_clean import last_clean_page, must_fit
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import CACHE, PRINT, page
from villagehub.public.mapping import MAPPINGS
from villagehub.public.proofs import shot_at
from villagehub.public.published import Item, Publication, newest, publications_of
from villagehub.public.said_group import fitting, is_group, readings_of, same_group, sorted_out
from villagehub.public.search import search_page
from villagehub.public.village import Village, find
from villagehub.public.words import WORDS
from villagehub.sections import SECTIONS
from villagehub.sections.base import LASTING, Shape
from villagehub.storage import reading
from villagehub.storage.vault import vault_of
from villagehub.supervision.kept import RULE, read_kept
from villagehub.web import public_post
from villagehub.web.attachments import attach

blueprint = Blueprint("public", __name__)


def village_of(session: Session, code: str) -> Village:
    """The village with all it has published, by its current or a former code; raises NoSuchPlace, or NoSuchPage for what is
    no code at all (it is not repeated).
    """
    if not re.fullmatch(r"\d{1,12}", code, re.ASCII):
        raise NoSuchPage(what=UNREADABLE)
    facts = read_village(session, code)
    return Village(facts, publications_of(session, facts.id), clock.today())


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """The front door: a box for a typed code, and the way by township."""
    with reading() as session:
        places = list_townships(session)
    return page(render_template("public/front.html", places=places, township=None))


@blueprint.get("/favicon.ico")
def no_icon() -> ResponseReturnValue:
    """Browsers ask for it at every visit; there is none, and that is no error."""
    return "", 204, {"Cache-Control": "public, max-age=86400"}


@blueprint.get("/t/<code>")
def township(code: str) -> ResponseReturnValue:
    """The villages of a township."""
    with reading() as session:
        here, places = list_villages(session, code)
    return page(render_template("public/front.html", places=places, township=here))


@blueprint.get("/v/<code>")
def home(code: str) -> ResponseReturnValue:
    """A village's home page; an old code leads to the current one for good."""
    with reading() as session:
        village = village_of(session, code)
        if village.facts.code != code:
            return redirect(f"/v/{village.facts.code}", 301)
        return page(render_home(session, village))


@blueprint.get("/v/<code>/n")
def all_records(code: str) -> ResponseReturnValue:
    """All publications of the village."""
    with reading() as session:
        return page(records.records_page(village_of(session, code), request.args))


@blueprint.get("/v/<code>/n/<int:number>")
def one_record(code: str, number: int) -> ResponseReturnValue:
    """One publication."""
    with reading() as session:
        return page(records.record_page(session, village_of(session, code), number, request.args))


@blueprint.get("/v/<code>/n/<int:number>/changes")
def what_changed(code: str, number: int) -> ResponseReturnValue:
    """One correction beside its predecessor."""
    with reading() as session:
        return page(records.changes_page(session, village_of(session, code), number))


@blueprint.get("/v/<code>/n/<int:number>/read")
def read_aloud(code: str, number: int) -> ResponseReturnValue:
    """广播稿: one publication as it is read over the village's loudspeaker, every amount in words."""
    with reading() as session:
        return page(records.script_page(session, village_of(session, code), number))


@blueprint.get("/words")
def words() -> ResponseReturnValue:
    """名词解释: what the words of the books mean."""
    return page(render_template("public/words.html", words=WORDS))


@blueprint.get("/mapping")
def mapping() -> ResponseReturnValue:
    """和别的数据标准对照: our columns beside those of Fiscal Data Package and OCDS."""
    return page(
        render_template("public/mapping.html", mappings=MAPPINGS, sections=SECTIONS, column_of=open_data.column_of)
    )


@blueprint.get("/v/<code>/n/<int:number>/p/<int:place>.jpg")
def receipt(code: str, number: int, place: int) -> ResponseReturnValue:
    """A masked picture of a receipt. Kept by nobody without asking again, so that a hide reaches it at once."""
    with reading() as session:
        publication = records.numbered(village_of(session, code), number)
        must_fit(publication)
        sha256 = shot_at(session, publication, place)
    settings: Settings = current_app.extensions["villagehub"]
    response = make_response(vault_of(settings).read(sha256))
    response.content_type = "image/jpeg"
    response.headers["Cache-Control"] = CACHE
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(sha256[:32])
    return response.make_conditional(request)


@blueprint.get("/v/<code>/due")
def what_was_due(code: str) -> ResponseReturnValue:
    """该公开几项: every period of this year whose day is over, by what became of it."""
    with reading() as session:
        village = village_of(session, code)
        if village.facts.code != code:
            return redirect(f"/v/{village.facts.code}/due", 301)
        today, village_id = village.today, village.facts.id
        kept = read_kept(session, [village_id], year=today.year, today=today)[village_id]
        later = later_notes(session, village_id, late_periods(session, village_id, today=today), today=today)
    return page(
        render_template("public/kept.html", village=village.facts, kept=kept, later=later, rule=RULE, today=today)
    )


@blueprint.get("/v/<code>/")
def home_with_slash(code: str) -> ResponseReturnValue:
    """A typed address with a slash too many."""
    return redirect(f"/v/{code}", 301)


@blueprint.get("/v/<code>/search")
def search_village(code: str) -> ResponseReturnValue:
    """What the village shows now, by words, amount or year. Kept nowhere: nobody's question is anybody else's business."""
    after = sections_pages.read_filter(request.args).after
    with reading() as session:
        return page(
            search_page(session, village_of(session, code), request.args.get("q", ""), after),
            keep=False,
        )


@blueprint.get("/v/<code>/<path:rest>")
def section(code: str, rest: str) -> ResponseReturnValue:
    """A section, a period, a row, or one of them as a file."""
    address = read_address(rest)
    with reading() as session:
        village = village_of(session, code)
        if village.facts.code != code:
            return redirect(address.path(village.facts.code), 301)
        if address.ending == "png" and request.query_string:
            # Drawing takes part of a second; without a query the picture is kept, so that nobody can have it drawn at will.
            return redirect(address.path(code), 302)
        if address.ending:
            return _file(session, village, address)
        clean = last_clean_page(session, village, request.path)
        if clean is not None:
            if set(request.args) - {PRINT}:  # a part of it is made from what the database now has
                return redirect(address.path(code), 302)
            return page(gzip.decompress(clean.body).decode())
        html = sections_pages.section_page(session, village, address, request.args)
    # A list of names narrowed by group and surname is nobody's business but the reader's: kept nowhere.
    return page(html, keep="zu" not in request.args)


@blueprint.get("/v/<code>/funds/find")
def find_again(code: str) -> ResponseReturnValue:
    """Where a tap on text size or a shared address of a result leads: the name stands in no address, so ask again."""
    return redirect(f"/v/{code}/funds")


_MOST_FOUND: Final = 50


@blueprint.post("/v/<code>/funds/find")
@public_post
def find_person(code: str) -> ResponseReturnValue:
    """One's own subsidy by exact name; nothing of it stands in the address or is kept (decision 27)."""
    if not allowed("find", request.remote_addr or ""):
        raise SlowDown()
    name = unicodedata.normalize("NFKC", request.form.get("name", ""))[:30].strip()
    group = ""
    with reading() as session:
        village = village_of(session, code)
        found = _named(session, village, name)
        if all(one.masked for one in found) and (readings := readings_of(name)):
            name, group, found = fitting([(bare, beside, _named(session, village, bare)) for bare, beside in readings])
        begun = {one.section.name for one in village.publications}
        checking = [
            one
            for one in newest(village.publications)
            if one.section.persons and one.checking and not one.aggregate and not one.expired
        ]
    read = is_group(group) or any(same_group(one.group, group) for one in found)
    parts = sorted_out(found, group if read else "")
    shown = parts.listed[:_MOST_FOUND]
    html = render_template(
        "public/found.html",
        village=village.facts,
        name=name,
        code=0 if found else form_typed(name),
        group=group if read else "",
        unread="" if read else group,
        whole=[one for one in shown if one in parts.whole],
        others=[one for one in shown if one in parts.others],
        alike=[one for one in shown if one in parts.alike],
        many={"whole": len(parts.whole), "others": len(parts.others), "alike": len(parts.alike)},
        left=parts.left,
        batches={one.publication: one.batch for one in shown},
        more=len(parts.listed) > len(shown),
        checking=checking,
        same=len({one.group for one in parts.whole}) > 1,
        lists=[one for one in SECTIONS.values() if one.persons and (one.due or one.name in begun)],
        noindex=True,
    )
    return page(html, keep=False)


def _named(session: Session, village: Village, name: str) -> list[people.Found]:
    return [
        line
        for one in newest(village.publications)
        if one.section.persons and name and not one.aggregate and not one.expired
        for line in people.named(
            one.section,
            village.items(session, one.id),
            name,
            batch=f"{one.address.subject} {one.period.label}".strip(),
            publication=one.number,
        )
    ]


def render_home(session: Session, village: Village) -> str:
    """The home page's bytes."""
    facts = read_home(
        session,
        village.facts.code,
        village.facts.id,
        village.publications,
        lambda version_id: village.items(session, version_id),
        today=village.today,
    )
    return render_template("public/home.html", village=village.facts, home=facts, at_home=True)


def render_path(session: Session, village: Village, path: str, query: Mapping[str, str]) -> str:
    """Any stored page of the village by its path, for the builder; raises NoSuchPage."""
    code = village.facts.code
    if path == f"/v/{code}":
        return render_home(session, village)
    rest = path.removeprefix(f"/v/{code}/")
    if rest == "n":
        return records.records_page(village, query)
    return sections_pages.section_page(session, village, read_address(unquote(rest)), query)


def _picture(village: Village, publication: Publication, items: Sequence[Item]) -> Response:
    """The long picture for family groups; shown, not saved, so that a long press reaches it."""
    if publication.section.shape is not Shape.FLOW:
        raise NoSuchPage(what="只有收支账做成长图")
    settings: Settings = current_app.extensions["villagehub"]
    words = picture.words_of_picture(
        village.facts, publication, items, corrected=village.corrections(publication), settings=settings
    )
    response = make_response(draw_long_picture(words, Path(str(current_app.static_folder)) / "fonts"))
    response.content_type = "image/png"
    response.headers["Cache-Control"] = CACHE
    return response


def _file(session: Session, village: Village, address: Address) -> Response:
    plain = replace(address, ending="")
    if address.period is None:
        found = village.of(plain)
        if not found or found[0].section.shape not in LASTING:
            raise NoSuchPage(what="要下载，请先点开某一期")
        publication = found[0]
    else:
        publication = find(session, village, plain)
    must_fit(publication)
    if address.ending == "png" and publication.hidden:
        return page(sections_pages.hidden_page(village, publication))
    items = [] if publication.section.persons else village.items(session, publication.id)
    if address.ending == "png":
        return _picture(village, publication, items)
    if address.ending == "csv":
        raw, kind = twins.as_csv(publication, items, village.facts.name), twins.CSV_TYPE
    elif address.ending == "json":
        raw, kind = twins.as_json(publication, items, village.facts.code), twins.JSON_TYPE
    else:
        raw, kind = twins.as_xlsx(publication, items, village.facts.name), twins.XLSX_TYPE
    response = make_response(raw)
    response.content_type = kind
    response.headers["Cache-Control"] = "public, no-cache"
    attach(response, f"{village.facts.name}-{publication.title}-第{publication.number}号.{address.ending}")
    if publication.section.persons:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
