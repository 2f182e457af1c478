"""Pages of the reviewing body: what waits for a signature, one version to read, and the three answers to it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures import office, rules
from villagehub.disclosures.acting import REVIEW, VERSION, act, takes, version_page
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.queries import list_open, waiting_for
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.steps import Step
from villagehub.kernel import clock
from villagehub.storage import reading

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/review")
@require(Permission.REVIEW)
def waiting() -> ResponseReturnValue:
    """What waits for a signature at the person's villages, theirs first."""
    actor = signed_in_actor()
    with reading() as session:
        villages = villages_of(session, actor, Permission.REVIEW, table=table())
        opened = list_open(session, [one.id for one in villages], today=clock.today())
        wanted = waiting_for(session, opened, actor=actor, policy=policy_of(settings()))
    asked = [one for one in opened if one.stage is Stage.SUBMITTED]
    return render_template(
        "disclosures/review_list.html",
        mine=[one for one in asked if one.version_id in wanted],
        others=[one for one in asked if one.version_id not in wanted],
        many=len(villages) > 1,
    )


@blueprint.get("/review/<int:version_id>")
@require(Permission.READ_STAFF)
def version(version_id: int) -> ResponseReturnValue:
    """One version to read row by row, with the form to sign."""
    return version_page(version_id, template=REVIEW)


@blueprint.post("/review/<int:version_id>/vote")
@takes(Step.VOTE)
def vote(version_id: int) -> ResponseReturnValue:
    """Signs or objects, under the reviewer's password."""
    agrees = request.form.get("vote") == "agree"
    objection = request.form.get("objection", "")

    def cast(session: Session, me: office.Hand) -> None:
        if request.form.get("vote") not in ("agree", "object"):
            raise rules.NoAnswer()
        if request.form.get("looked") != "yes":
            raise rules.LookedAtNothing()
        office.cast_vote(session, version_id, me, agrees=agrees, objection="" if agrees else objection)

    return act(version_id, "vote", cast, template=REVIEW, signs=Step.VOTE)


@blueprint.post("/review/<int:version_id>/recuse")
@takes(Step.STAND_ASIDE)
def recuse(version_id: int) -> ResponseReturnValue:
    """Stands aside from one row."""
    number, words = max(0, request.form.get("row", 0, int)), request.form.get("reason", "")
    return act(
        version_id,
        "stand_aside",
        lambda session, me: office.stand_aside(session, version_id, number, me, reason=words),
        template=REVIEW,
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
