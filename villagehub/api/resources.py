"""The resources under /api/v1. Each reads what the pages read, and answers with an entity tag."""

from typing import Any, Final

from flask import Response, json, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from villagehub.api import schemas
from villagehub.api.document import PREFIX, path_parameter
from villagehub.api.pace import must_not_hurry
from villagehub.places.queries import VillageFacts, read_village, villages_after
from villagehub.public.last_clean import must_fit
from villagehub.public.open_data import NO_LIST, publication_json, row_json, row_schema
from villagehub.public.published import Publication, count_items, items_of
from villagehub.public.records import numbered
from villagehub.public.views import village_of
from villagehub.public.village import Village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading

blueprint = Blueprint("open_data", __name__, url_prefix=PREFIX, description="公开的账，给程序用")
blueprint.before_request(must_not_hurry)

_CODE: Final = path_parameter("code", "村的统计用区划代码", type="string", pattern="^[0-9]{1,12}$")
_NUMBER: Final = path_parameter("number", "第几号公开", type="integer", minimum=0, maximum=2**53 - 1)
_NAME: Final = path_parameter("name", "板块的英文名", type="string", enum=list(SECTIONS))


@blueprint.after_request
def with_tag(response: Response) -> Response:
    """Good answers carry an entity tag and may be kept, if they are asked for again each time."""
    if response.status_code == 200:
        response.headers["Cache-Control"] = "public, no-cache"
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
    return response


def _place(facts: VillageFacts) -> dict[str, Any]:
    return {
        "code": facts.code,
        "name": facts.name,
        "township_code": facts.township_code,
        "township": facts.township_name,
        "county": facts.county_name,
        "page": f"/v/{facts.code}",
    }


@blueprint.route("/villages")
@blueprint.arguments(schemas.AfterCode, location="query")
@blueprint.response(200, schemas.Villages)
def list_villages(query: dict[str, Any]) -> dict[str, Any]:
    """全部的村，按编码排。"""
    with reading() as session:
        found = villages_after(session, query["after"], query["limit"] + 1)
    return _paged([_place(one) for one in found], query["limit"], "code")


@blueprint.route("/villages/<code>", parameters=[_CODE])
@blueprint.response(200, schemas.Village)
def one_village(code: str) -> dict[str, Any]:
    """一个村。"""
    with reading() as session:
        return _place(read_village(session, code))


@blueprint.route("/villages/<code>/publications", parameters=[_CODE])
@blueprint.arguments(schemas.AfterNumber, location="query")
@blueprint.response(200, schemas.Publications)
def list_publications(query: dict[str, Any], code: str) -> dict[str, Any]:
    """一个村的公开记录，新的在前。"""
    before = query["after"]
    with reading() as session:
        village = village_of(session, code)
    found = [one for one in village.publications if before is None or one.number < before]
    return _paged([_publication(village, one) for one in found[: query["limit"] + 1]], query["limit"], "number")


@blueprint.route("/villages/<code>/publications/<int:number>", parameters=[_CODE, _NUMBER])
@blueprint.response(200, schemas.Publication)
def one_publication(code: str, number: int) -> dict[str, Any]:
    """一号公开：审核人、合计、防改码。"""
    with reading() as session:
        village = village_of(session, code)
    return _publication(village, numbered(village, number))


@blueprint.route("/villages/<code>/publications/<int:number>/rows", parameters=[_CODE, _NUMBER])
@blueprint.arguments(schemas.AfterNumber, location="query")
@blueprint.response(200, schemas.Rows)
def list_rows(query: dict[str, Any], code: str, number: int) -> dict[str, Any]:
    """一号公开里的每一行。个人名单没有行，只有合计。"""
    with reading() as session:
        village = village_of(session, code)
        publication = numbered(village, number)
        must_fit(publication)
        made, total = _rows(session, publication, query["after"] or 0, query["limit"])
    name = publication.section.name
    note = publication.hidden or (NO_LIST if publication.section.persons else "")
    count = len(made["items"])
    complete = count == total and not note
    return {
        **made,
        "count": count,
        "total": total,
        "complete": complete,
        "schema": f"{PREFIX}/sections/{name}/schema",
        "note": note,
    }


@blueprint.route("/sections")
@blueprint.response(200, schemas.Sections)
def list_sections() -> dict[str, Any]:
    """公开的板块。"""
    return {
        "items": [
            {
                "name": one.name,
                "title": one.title,
                "what": one.what,
                "persons": one.persons,
                "schema": f"{PREFIX}/sections/{one.name}/schema",
            }
            for one in SECTIONS.values()
        ]
    }


@blueprint.route("/sections/<name>/schema", parameters=[_NAME])
@blueprint.response(200, content_type="application/schema+json")
def section_schema(name: str) -> ResponseReturnValue:
    """一个板块里一行的 JSON Schema。"""
    return Response(json.dumps(row_schema(section_named(name))), content_type="application/schema+json")


def _publication(village: Village, one: Publication) -> dict[str, Any]:
    newer = village.superseded_by(one)
    return publication_json(one, village.facts.code, superseded_by=newer.number if newer else None)


def _rows(session: Session, one: Publication, after: int, limit: int) -> tuple[dict[str, Any], int]:
    if one.section.persons or one.aggregate or one.hidden:
        return {"items": [], "next": None}, 0
    found = items_of(session, one.id, after=after, most=limit + 1)
    more = found[limit - 1].position if len(found) > limit else None
    return {"items": [row_json(one.section, item) for item in found[:limit]], "next": more}, count_items(
        session, one.id
    )


def _paged(items: list[dict[str, Any]], limit: int, key: str) -> dict[str, Any]:
    return {"items": items[:limit], "next": items[limit - 1][key] if len(items) > limit else None}
