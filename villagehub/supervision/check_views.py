"""The township's page of publications that no longer fit their seal, and the word of a person who has looked (decision 32)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, current_actor, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.checking import Alarm, confirm_mismatch, list_alarms
from villagehub.disclosures.mismatches import (
    LONGEST,
    NoMismatchReason,
    clear_mismatch,
    confirmed_ever,
    list_mended,
)
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.kernel import clock
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.key_changes import is_agreed
from villagehub.transparency.key_terms import read_steps, told_of_change
from villagehub.transparency.log import signed_size
from villagehub.transparency.witnesses import dispute

blueprint = Blueprint("checks", __name__)


KEY_NEWS: Final = timedelta(days=60)
"""So long the township's first page tells of a change of the log's key."""

UNCONFIRMED: Final = (
    "这里的记录上，没有第二个人确认过这一步（恢复过旧备份的，或者换的时候还不用两个人确认的，也会这样）。"
)


def my_alarms() -> list[Alarm]:
    """What does not fit in the villages that the person supervises; the township's first page counts them."""
    actor = current_actor()
    if actor is None:
        return []
    with reading() as session:
        mine = villages_of(session, actor, Permission.SUPERVISE, table=table())
        return list_alarms(session, [one.id for one in mine])


def log_dispute() -> tuple[str, str] | None:
    """The witness that has seen another history of the log, and what it said, while that stops all publishing."""
    folder = LogFolder(settings().log)
    return dispute(folder, signed_size(folder))


def log_key_change() -> str:
    """The newest change of the log's key, for the township's first page: nobody changes it unseen. Empty after ``KEY_NEWS``."""
    today = clock.today()
    with reading() as session:
        steps = read_steps(session)
        agreed = is_agreed(session, steps)
        told = told_of_change(steps, agreed=agreed, today=today)
    if told is None or today - told[1] > KEY_NEWS:
        return ""
    return told[0] if agreed else f"{told[0]}{UNCONFIRMED}"


@blueprint.get("/town/checks")
@require(Permission.SUPERVISE)
def listed() -> ResponseReturnValue:
    """The list, those that nobody has looked at with a button."""
    return render_template(
        "supervision/checks.html",
        alarms=my_alarms(),
        mended=_my_mended(),
        longest=LONGEST,
        done="done" in request.args,
        cleared="cleared" in request.args,
        refused=None,
    )


@dataclass(frozen=True, slots=True)
class Mended:
    """A publication that fits again, and of which villagers wait to read why it did not."""

    version_id: int
    village_code: str
    village_name: str
    number: int
    title: str


def _my_mended() -> list[Mended]:
    with reading() as session:
        mine = villages_of(session, signed_in_actor(), Permission.SUPERVISE, table=table())
        names = {one.id: one for one in mine}
        found = [version_with_id(session, one) for one in list_mended(session, confirmed_ever(session, list(names)))]
        return [
            Mended(
                one.id,
                names[one.village_id].code,
                names[one.village_id].name,
                one.number or 0,
                title_of(one.disclosure),
            )
            for one in found
        ]


@blueprint.post("/town/checks/<int:version_id>/confirm")
@require(Permission.SUPERVISE)
def confirm(version_id: int) -> ResponseReturnValue:
    """Somebody has compared it with the paper: villagers read of it from now on."""
    with unit_of_work() as session:
        allow(session, Permission.SUPERVISE, version_with_id(session, version_id).village_id)
        confirm_mismatch(session, version_id, actor=signed_in_actor(), now=clock.now())
    return redirect(url_for("checks.listed", done=1), 303)


@blueprint.post("/town/checks/<int:version_id>/clear")
@require(Permission.SUPERVISE)
def clear(version_id: int) -> ResponseReturnValue:
    """It fits again, and somebody says why it did not: villagers read that on the check page."""
    reason = request.form.get("reason", "")
    try:
        with unit_of_work() as session:
            allow(session, Permission.SUPERVISE, version_with_id(session, version_id).village_id)
            clear_mismatch(session, version_id, reason, actor=signed_in_actor(), now=clock.now())
    except NoMismatchReason as refused:
        page = render_template(
            "supervision/checks.html",
            alarms=my_alarms(),
            mended=_my_mended(),
            longest=LONGEST,
            refused=(version_id, reason, refused),
        )
        return page, refused.status
    return redirect(url_for("checks.listed", cleared=1), 303)
