"""The way in by code, for everybody: ``/C/<code>`` on paper. The front page's box is ``public.code_views``.

Always 302 and never kept: a code lives longer than the address of its page.
"""

from flask import Blueprint, Response, make_response, redirect, render_template
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
    return lead(code)


def lead(text: str, status: int = 302) -> ResponseReturnValue:
    """Leads to the page of a code as it was typed or scanned, or says why it was taken out of use. Raises WrongCode,
    UnknownCode, ErrandCode, SealCode.
    """
    with reading() as session:
        code = facts_of(session, find_code(session, text))
    return _retired(code) if code.retired_at else leads_to(code.path, status)


def leads_to(path: str, status: int = 302) -> Response:
    """A way that nobody keeps."""
    response = redirect(path, status)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def _retired(code: CodeFacts) -> ResponseReturnValue:
    assert code.retired_at  # noqa: S101 - the caller looked
    refusal = RetiredCode(
        day=day(local_day(code.retired_at)), became=code.became.rstrip("。") + "。", village=code.village.name
    )
    html = render_template("labels/retired.html", code=code, refusal=refusal)
    return compressed(make_response(html, refusal.status))
