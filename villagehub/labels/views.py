"""The way in by code, for everybody: ``/C/<code>`` on paper, ``/c?code=`` from the front page's box.

Always 302 and never kept: a code lives longer than the address of its page.
"""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.kernel.clock import local_day
from villagehub.labels.queries import CodeFacts, facts_of, find_code
from villagehub.labels.rules import RetiredCode
from villagehub.storage import reading
from villagehub.web.filters import day
from villagehub.web.wire import compressed

blueprint = Blueprint("labels", __name__)


@blueprint.get("/C/<code>", endpoint="scanned")
@blueprint.get("/c/<code>", endpoint="typed")
def resolve(code: str) -> ResponseReturnValue:
    """Leads to the code's current page; a wrong, unknown or retired code says what to do."""
    return _lead(code)


@blueprint.get("/c")
def typed_in() -> ResponseReturnValue:
    """The front page's box: the code as a person typed it."""
    typed = request.args.get("code", "")
    return _lead(typed) if typed.strip() else _leads_to("/")


def _lead(text: str) -> ResponseReturnValue:
    with reading() as session:
        code = facts_of(session, find_code(session, text))
    return _retired(code) if code.retired_at else _leads_to(code.path)


def _leads_to(path: str) -> Response:
    response = redirect(path, 302)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def _retired(code: CodeFacts) -> ResponseReturnValue:
    assert code.retired_at  # noqa: S101 - the caller looked
    refusal = RetiredCode(
        day=day(local_day(code.retired_at)), became=code.became.rstrip("。") + "。", village=code.village.name
    )
    html = render_template("labels/retired.html", code=code, refusal=refusal)
    return compressed(make_response(html, refusal.status))
