"""Addresses of villagers' pages: read the address, render one page, answer."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.kernel import clock
from villagehub.places.queries import list_townships, list_villages, read_village
from villagehub.public import people, records, sections_pages, twins
from villagehub.public.address import Address, NoSuchPage, read_address
from villagehub.public.home import read_home
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import page
from villagehub.public.published import newest, publications_of
from villagehub.public.sections_pages import Village
from villagehub.sections.base import Shape
from villagehub.storage import reading
from villagehub.web import public_post

blueprint = Blueprint("public", __name__)


def village_of(session: Session, code: str) -> Village:
    """The village with all it has published, by its current or a former code; raises NoSuchPlace."""
    facts = read_village(session, code)
    return Village(facts, publications_of(session, facts.id), clock.today())


@blueprint.get("/")
def front() -> ResponseReturnValue:
    """The front door: a box for a typed code, and the way by township."""
    with reading() as session:
        places = list_townships(session)
    return page(render_template("public/front.html", places=places, township=None))


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


@blueprint.get("/v/<code>/<path:rest>")
def section(code: str, rest: str) -> ResponseReturnValue:
    """A section, a period, a row, or one of them as a file."""
    address = read_address(rest)
    with reading() as session:
        village = village_of(session, code)
        if village.facts.code != code:
            return redirect(address.path(village.facts.code), 301)
        if address.ending:
            return _file(session, village, address)
        html = sections_pages.section_page(session, village, address, request.args)
    # A list of names narrowed by group and surname is nobody's business but the reader's: kept nowhere.
    return page(html, keep="zu" not in request.args)


@blueprint.post("/v/<code>/funds/find")
@public_post
def find_person(code: str) -> ResponseReturnValue:
    """One's own subsidy by exact name; nothing of it stands in the address or is kept (decision 27)."""
    if not allowed("find", request.remote_addr or ""):
        raise SlowDown()
    name = unicodedata.normalize("NFKC", request.form.get("name", ""))[:30].strip()
    with reading() as session:
        village = village_of(session, code)
        found = [
            line
            for one in newest(village.publications)
            if one.section.persons and name and not one.aggregate and not one.expired
            for line in people.named(
                village.items(session, one.id), name, batch=f"{one.address.subject} {one.period.label}".strip()
            )
        ]
    html = render_template(
        "public/found.html",
        village=village.facts,
        name=name,
        found=found[:50],
        same=len({one.group for one in found}) > 1,
        noindex=True,
    )
    return page(html, keep=False)


def render_home(session: Session, village: Village) -> str:
    """The home page's bytes."""
    facts = read_home(session, village.facts.code, village.facts.id, village.publications, today=village.today)
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


def _file(session: Session, village: Village, address: Address) -> Response:
    plain = replace(address, ending="")
    if address.period is None:
        found = village.of(plain)
        if not found or found[0].section.shape not in (Shape.REGISTER, Shape.STANDING):
            raise NoSuchPage(what="要下载，请先点开某一期")
        publication = found[0]
    else:
        publication = sections_pages.find(village, plain)
    items = [] if publication.section.persons else village.items(session, publication.id)
    if address.ending == "csv":
        raw, kind = twins.as_csv(publication, items, village.facts.name), twins.CSV_TYPE
    else:
        raw, kind = twins.as_xlsx(publication, items, village.facts.name), twins.XLSX_TYPE
    response = make_response(raw)
    response.content_type = kind
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers.set(
        "Content-Disposition",
        "attachment",
        filename=f"{village.facts.name}-{publication.title}-第{publication.number}号.{address.ending}",
    )
    if publication.section.persons:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
