"""The page on which the township or the county says yes or no to a step of a change of the log's key."""

from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import current_actor, require, settings, signed_in_actor, table
from villagehub.accounts.rules import NeedsSignIn, Permission, why_not_anywhere
from villagehub.accounts.two_people import WORDS_LENGTH
from villagehub.disclosures.acting import prove
from villagehub.disclosures.signing import Deed
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.key_changes import answer, list_changes, must_confirm, newest_change
from villagehub.transparency.key_rules import State, why_not_confirm

blueprint = Blueprint("log_key", __name__)
DONE_WORDS: Final = {
    State.CONFIRMED: "已确认。请告诉系统管理员，在服务器上再运行一次同样的命令。一周里没办，要重新提出。",
    State.REFUSED: "记下了：不同意。日志没有动，系统管理员会看到原因。",
}
"""What is said after an answer, by where the proposal stands when the page is shown."""
_DONE: Final = {"confirm": State.CONFIRMED, "refuse": State.REFUSED}


def key_change_waiting() -> str:
    """What waits for the person signed in, for their first page; empty where nothing does, or not for them."""
    actor = current_actor()
    if actor is None or why_not_anywhere(actor, Permission.CONFIRM_KEY, table=table()) is not None:
        return ""
    with reading() as session:
        held = newest_change(session, now=clock.now())
    return held.words if held is not None and why_not_confirm(actor, held.state)[1] is None else ""


@blueprint.get("/town/key")
@require(Permission.CONFIRM_KEY)
def listed() -> ResponseReturnValue:
    """The step that waits, in plain words, and those before it."""
    return _page()


def _page(refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        changes = list_changes(session, now=clock.now())
    newest = changes[0] if changes else None
    open_one = newest if newest is not None and newest.state in (State.PROPOSED, State.CONFIRMED) else None
    said = _DONE.get(request.args.get("done", ""))
    html = render_template(
        "supervision/log_key.html",
        held=open_one,
        waits=open_one is not None and open_one.state is State.PROPOSED,
        why_not=why_not_confirm(signed_in_actor(), open_one.state)[1] if open_one is not None else None,
        earlier=[one for one in changes if one is not open_one],
        longest=WORDS_LENGTH[1],
        refusal=refusal,
        reason=request.form.get("reason", "") if refusal is not None else "",
        done=DONE_WORDS[newest.state] if newest is not None and refusal is None and newest.state is said else "",
    )
    return html, refusal.status if refusal else 200


@blueprint.post("/town/key/confirm")
@require(Permission.CONFIRM_KEY)
def confirm() -> ResponseReturnValue:
    """The second person says yes, with password or code. The log changes when the operator does the step."""
    return _answered("confirm", State.CONFIRMED)


@blueprint.post("/town/key/refuse")
@require(Permission.CONFIRM_KEY)
def refuse() -> ResponseReturnValue:
    """The second person says no, and why."""
    return _answered("refuse", State.REFUSED)


def _answered(done: str, said: State) -> ResponseReturnValue:
    now, actor, change_id = clock.now(), signed_in_actor(), request.form.get("change", 0, read_id)
    try:
        with reading() as session:  # before the password: whom it would not help, it costs no try
            must_confirm(session, change_id, actor=actor, now=now)
        proved = prove(Deed.CONFIRM) if said is State.CONFIRMED else None
        with unit_of_work() as session:
            answer(
                session,
                settings(),
                change_id,
                said,
                reason=request.form.get("reason", ""),
                actor=actor,
                now=now,
            )
            if proved is not None:
                proved.use(session, 0, now=now)
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(refusal)
    return redirect(url_for("log_key.listed", done=done), 303)
