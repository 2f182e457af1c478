"""Buttons on a version's page: the clerk's, and the publisher's. Each parses its form and calls one verb of ``office``."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, settings, signed_in_actor
from villagehub.accounts.rules import Permission
from villagehub.disclosures import office
from villagehub.disclosures.acting import PUBLISH, VERSION, act, takes, version_page
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.steps import Step, why_not_post
from villagehub.storage import reading

blueprint = Blueprint("drafts", __name__)


@blueprint.post("/desk/d/<int:version_id>/submit")
@takes(Step.SUBMIT)
def submit(version_id: int) -> ResponseReturnValue:
    """Hands the draft to its reviewing body."""
    return act(version_id, "submit", lambda session, me: office.submit_version(session, version_id, me))


@blueprint.post("/desk/d/<int:version_id>/nil")
@takes(Step.NIL)
def nil(version_id: int) -> ResponseReturnValue:
    """Turns a draft into a nil return."""
    rows_may_go = request.form.get("rows_may_go") == "yes"
    return act(
        version_id,
        "nil",
        lambda session, me: office.make_nil(session, version_id, me, rows_may_go=rows_may_go),
    )


@blueprint.post("/desk/d/<int:version_id>/reason")
@takes(Step.REASON)
def reason(version_id: int) -> ResponseReturnValue:
    """Keeps why a publication is corrected."""
    code, words = request.form.get("reason_code", ""), request.form.get("reason", "")
    return act(
        version_id,
        "reason",
        lambda session, me: office.say_reason(session, version_id, me, code=code, reason=words),
    )


@blueprint.post("/desk/d/<int:version_id>/balances")
@takes(Step.EDIT)
def balances(version_id: int) -> ResponseReturnValue:
    """Keeps opening, bank and cash as the clerk typed them."""
    amounts = {name: request.form.get(name, "") for name in ("opening", "bank", "cash")}
    return act(
        version_id,
        "balances",
        lambda session, me: office.say_balances(session, version_id, me, amounts),
    )


@blueprint.post("/desk/d/<int:version_id>/take-back")
@takes(Step.TAKE_BACK)
def take_back(version_id: int) -> ResponseReturnValue:
    """Takes a submitted version back to a draft."""
    return act(version_id, "take_back", lambda session, me: office.take_back(session, version_id, me))


@blueprint.post("/desk/d/<int:version_id>/abandon")
@takes(Step.ABANDON)
def abandon(version_id: int) -> ResponseReturnValue:
    """Gives a draft up."""
    return act(version_id, "abandon", lambda session, me: office.abandon(session, version_id, me))


@blueprint.post("/desk/d/<int:version_id>/publish")
@takes(Step.PUBLISH)
def publish(version_id: int) -> ResponseReturnValue:
    """Publishes a reviewed version under the publisher's password, then has its pages built."""
    return act(
        version_id,
        "publish",
        lambda session, me: office.publish_version(session, version_id, me),
        template=PUBLISH if request.form.get("from") == "publish" else VERSION,
        signs=Step.PUBLISH,
        afterwards=run_after_publish,
    )


@blueprint.get("/desk/d/<int:version_id>/publish", endpoint="publish_form")
@takes(Step.PUBLISH)
def publish_form(version_id: int) -> ResponseReturnValue:
    """The publisher's page for a phone: what it is, who signed, one password, one button."""
    with reading() as session:
        found = version_with_id(session, version_id)
        allow(session, Permission.READ_STAFF, found.village_id)
        refusal = why_not_post(session, found, Step.PUBLISH, actor=signed_in_actor(), policy=policy_of(settings()))
    if refusal:
        raise refusal
    return version_page(version_id, template=PUBLISH)
