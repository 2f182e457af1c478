"""办事进度: with the 查询码 of the slip a villager sees how far their errand is. Nothing opens without it (decision 29)."""

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import app_secret
from villagehub.cases.actions import errand_by_code
from villagehub.cases.models import Errand
from villagehub.cases.queries import Page, read_errand
from villagehub.cases.rules import NoSuchErrand
from villagehub.cases.stages import State
from villagehub.kernel import clock
from villagehub.kernel.codes import LONGEST_TYPED, length_typed
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import page
from villagehub.public.views import village_of
from villagehub.public.village import Village
from villagehub.storage import reading
from villagehub.web import public_post

blueprint = Blueprint("errand", __name__)

_NEXT_STEP: Final = {
    State.RECEIVED: ("村里收下了，还没开始办", "您不用再跑一趟，等着就行。"),
    State.WORKING: ("村里正在办", "您不用再跑一趟，等着就行。"),
    State.WAITING: ("要您补材料", "请带上补的材料到村委会来一趟。"),
    State.DONE: ("办好了", "这件事已经办完。"),
    State.HANDED_OVER: ("", "这件事往后不归村里办，村里不再算天数。"),
    State.FAILED: ("没办成", "不明白、不同意，可以到村委会问，也可以打下面的办事咨询电话。"),
}
"""In two sentences what it means, and what the villager must do next."""


@blueprint.get("/v/<code>/errand")
def errand_box(code: str) -> ResponseReturnValue:
    """The box for the 查询码; the QR of every slip leads here."""
    with reading() as session:
        village = village_of(session, code)
    return page(render_template("public/errand.html", village=village.facts, one=None, missed=False))


@blueprint.post("/v/<code>/errand")
@public_post
def errand_by_its_code(code: str) -> ResponseReturnValue:
    """How far the errand is: kind, step, day, what comes next; no names. The code stands in no address."""
    if not allowed("errand", request.remote_addr or ""):
        raise SlowDown()
    with reading() as session:
        return errand_page(session, village_of(session, code), request.form.get("code", "")[:LONGEST_TYPED])


def errand_page(session: Session, village: Village, typed: str) -> ResponseReturnValue:
    """The village's errand with this code, or its box again."""
    try:
        return shown_errand(session, village, errand_by_code(session, village.facts.id, typed, app_secret()))
    except NoSuchErrand:
        html = render_template(
            "public/errand.html",
            village=village.facts,
            one=None,
            missed=True,
            length=length_typed(typed),
            noindex=True,
        )
        return page(html, status=422, keep=False)


def shown_errand(session: Session, village: Village, held: Errand) -> ResponseReturnValue:
    """How far this errand is, on a page of the village that now answers for it."""
    one = read_errand(session, held, today=clock.today())
    html = render_template(
        "public/errand.html", village=village.facts, one=one, next_step=_next_step(one), missed=False, noindex=True
    )
    return page(html, keep=False)


def _next_step(one: Page) -> tuple[str, str]:
    words, then = _NEXT_STEP[one.state]
    return words or one.words, then
