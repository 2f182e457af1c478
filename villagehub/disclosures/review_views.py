"""Pages of the reviewing body: what waits for a signature, one version to read and tick, rows to stand aside from."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures import office
from villagehub.disclosures.acting import REVIEW, VERSION, act, takes, version_page
from villagehub.disclosures.one_version import read_version
from villagehub.disclosures.package import list_packages
from villagehub.disclosures.package_signing import tick_page
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.steps import Step
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.storage import reading

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/review")
@require(Permission.REVIEW)
def waiting() -> ResponseReturnValue:
    """What waits for signatures at the person's villages, one package per body and due date, theirs first."""
    actor = signed_in_actor()
    with reading() as session:
        villages = villages_of(session, actor, Permission.REVIEW, table=table())
        packages = list_packages(
            session, [one.id for one in villages], actor=actor, policy=policy_of(settings()), today=clock.today()
        )
    return render_template("disclosures/review_list.html", packages=packages, many=len(villages) > 1)


@blueprint.get("/review/<int:version_id>")
@require(Permission.READ_STAFF)
def version(version_id: int) -> ResponseReturnValue:
    """One version to read row by row, with the form to sign."""
    return version_page(version_id, template=REVIEW)


@blueprint.post("/review/<int:version_id>/seen")
@takes(Step.READ)
def seen(version_id: int) -> ResponseReturnValue:
    """Ticks 我看过 for one page of rows, then leads to the next page, or back to the package."""
    page, pages = request.form.get("page", 1, read_id), request.form.get("pages", 1, read_id)
    if page < pages:
        then = url_for("reviews.version", version_id=version_id, page=page + 1)
    else:
        then = _package_url(version_id) + f"#v{version_id}"
    return act(
        version_id,
        "tick",
        lambda session, me: tick_page(session, version_id, page, me),
        template=REVIEW,
        then=then,
    )


@blueprint.post("/review/<int:version_id>/recuse")
@takes(Step.STAND_ASIDE)
def recuse(version_id: int) -> ResponseReturnValue:
    """Stands aside from one row, and leads back to it."""
    number, words = max(0, request.form.get("row", 0, read_id)), request.form.get("reason", "")
    page = request.form.get("page", 1, read_id)
    return act(
        version_id,
        "stand_aside",
        lambda session, me: office.stand_aside(session, version_id, number, me, reason=words),
        template=REVIEW,
        then=url_for("reviews.version", version_id=version_id, page=page, done="stand_aside") + f"#i{number}",
    )


@blueprint.post("/review/<int:version_id>/return")
@takes(Step.SEND_BACK)
def send_back(version_id: int) -> ResponseReturnValue:
    """Returns the version to the clerk, with a reason."""
    words = request.form.get("reason", "")
    return act(
        version_id,
        "send_back",
        lambda session, me: office.send_back(session, version_id, me, reason=words),
        template=VERSION if request.form.get("from") == "desk" else REVIEW,
    )


def _package_url(version_id: int) -> str:
    """Where the version is signed."""
    with reading() as session:
        found = version_with_id(session, version_id)
        village = allow(session, Permission.READ_STAFF, found.village_id)
        page = read_version(
            session, version_id, actor=signed_in_actor(), policy=policy_of(settings()), today=clock.today()
        )
    return url_for("packages.show", code=village.code, body=page.package.body, due=page.package.due)
