"""The township's page of publications that no longer fit their seal, and the word of a person who has looked (decision 32)."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, current_actor, require, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.checking import Alarm, confirm_mismatch, list_alarms
from villagehub.disclosures.scope import version_with_id
from villagehub.kernel import clock
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("checks", __name__)


def my_alarms() -> list[Alarm]:
    """What does not fit in the villages that the person supervises; the township's first page counts them."""
    actor = current_actor()
    if actor is None:
        return []
    with reading() as session:
        mine = villages_of(session, actor, Permission.SUPERVISE, table=table())
        return list_alarms(session, [one.id for one in mine])


@blueprint.get("/town/checks")
@require(Permission.SUPERVISE)
def listed() -> ResponseReturnValue:
    """The list, those that nobody has looked at with a button."""
    return render_template("supervision/checks.html", alarms=my_alarms(), done="done" in request.args)


@blueprint.post("/town/checks/<int:version_id>/confirm")
@require(Permission.SUPERVISE)
def confirm(version_id: int) -> ResponseReturnValue:
    """Somebody has compared it with the paper: villagers read of it from now on."""
    with unit_of_work() as session:
        allow(session, Permission.SUPERVISE, version_with_id(session, version_id).village_id)
        confirm_mismatch(session, version_id, actor=signed_in_actor(), now=clock.now())
    return redirect(url_for("checks.listed", done=1), 303)
