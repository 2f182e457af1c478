"""A village's feed and its bundle: addresses beside the village's pages, made when they are asked for."""

from flask import Blueprint, Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from villagehub.api.bundle import make_bundle
from villagehub.api.feed import make_feed
from villagehub.api.pace import must_not_hurry
from villagehub.config import Settings
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.scope import version_with_id
from villagehub.public.address import NoSuchPage
from villagehub.public.last_clean import must_fit
from villagehub.public.records import numbered
from villagehub.public.views import village_of
from villagehub.sections import section_named
from villagehub.storage import reading
from villagehub.transparency.ours import folder_of
from villagehub.web.attachments import attach

blueprint = Blueprint("open_files", __name__)
blueprint.before_request(must_not_hurry)


@blueprint.get("/v/<code>/feed.atom")
def feed(code: str) -> ResponseReturnValue:
    """Atom (RFC 4287): what the village has published last, for readers of feeds."""
    settings: Settings = current_app.extensions["villagehub"]
    with reading() as session:
        village = village_of(session, code)
    if village.facts.code != code:
        return redirect(f"/v/{village.facts.code}/feed.atom", 301)
    return _answer(make_feed(village, settings.base_url), "application/atom+xml; charset=utf-8")


@blueprint.get("/v/<code>/<section>/feed.atom")
def section_feed(code: str, section: str) -> ResponseReturnValue:
    """The same of one section, of all books that keep it. Raises NoSuchSection."""
    settings: Settings = current_app.extensions["villagehub"]
    wanted = section_named(section)
    with reading() as session:
        village = village_of(session, code)
    if village.facts.code != code:
        return redirect(f"/v/{village.facts.code}/{wanted.name}/feed.atom", 301)
    return _answer(make_feed(village, settings.base_url, wanted), "application/atom+xml; charset=utf-8")


@blueprint.get("/v/<code>/data.zip")
def bundle(code: str) -> ResponseReturnValue:
    """Everything that the village shows now but lists of persons, as a Frictionless data package."""
    with reading() as session:
        village = village_of(session, code)
        if village.facts.code != code:
            return redirect(f"/v/{village.facts.code}/data.zip", 301)
        made = _answer(make_bundle(session, village), "application/zip")
    attach(made, f"{village.facts.name}-公开数据.zip")
    return made


@blueprint.get("/v/<code>/n/<int:number>/proof.zip")
def proof_bundle(code: str, number: int) -> ResponseReturnValue:
    """All that is needed to check one publication elsewhere. Raises NoSuchPage for a hidden one, NothingInTheLog,
    LogDamaged.
    """
    settings: Settings = current_app.extensions["villagehub"]
    with reading() as session:
        village = village_of(session, code)
        if village.facts.code != code:
            return redirect(f"/v/{village.facts.code}/n/{number}/proof.zip", 301)
        publication = numbered(village, number)
        if publication.hidden and not publication.checking:
            raise NoSuchPage(what=f"第 {number} 号公开已撤下")
        version = version_with_id(session, publication.id)
        raw = make_proof_bundle(session, version, folder_of(settings), settings.base_url)
        must_fit(publication)  # last: of a damaged log whoever runs it is told how to mend it
    made = _answer(raw, "application/zip")
    made.headers["X-Robots-Tag"] = "noindex"
    attach(made, f"{village.facts.name}-第{number}号公开-核对包.zip")
    return made


def _answer(body: bytes, content_type: str) -> Response:
    response = make_response(body)
    response.content_type = content_type
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
