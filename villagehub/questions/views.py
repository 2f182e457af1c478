"""Pages of questions for the offices: the village answers, the township reads and settles, both enter what came on paper."""

from collections.abc import Iterable, Mapping
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import allow, app_secret, current_actor, may, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.kernel import clock
from villagehub.kernel.codes import grouped
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.queries import VillageFacts, read_village
from villagehub.questions.actions import Asked, Policy, ask, code_of, masked, move, question_with_id
from villagehub.questions.models import Question
from villagehub.questions.queries import Page, Tally, list_questions, read_page, tally_waiting
from villagehub.questions.stages import NEXT, OF_TOWNSHIP, SOURCE_WORDS, TO_ANSWER, Move
from villagehub.questions.yearly import Answered, read_answered
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("questions", __name__)
ONLY = {"waiting": "等着办的", "pressing": "过期的、转到镇里的", "village": "等答复的"}
"""What the list of questions can be narrowed down to, in words."""
ENTERED = {name: words for name, words in SOURCE_WORDS.items() if name != "web"}


class NoQuestionMove(Refused):
    """Nothing was chosen, or what is not this person's to do."""

    code = "no_question_move"
    message = "还没有选怎么处理。"
    fix = "请在下面选一项，再交一次。"
    status = 422


def policy() -> Policy:
    """What the settings say, with the site's secret for 查询码."""
    return Policy(settings().reply_days, settings().discipline_line, app_secret())


def desk_questions(chosen: str = "") -> Tally:
    """What waits for the villages that the person at the desk may answer for; the desk's page calls it."""
    actor = current_actor()
    with reading() as session:
        mine = villages_of(session, actor, Permission.ANSWER_QUESTION, table=table()) if actor else []
        ids = [one.id for one in mine if chosen in ("", one.code)]
        return tally_waiting(session, ids, today=clock.today(), wanted=TO_ANSWER)


def town_questions(town: str = "", code: str = "") -> tuple[Tally, dict[str, str]]:
    """What waits in the villages that the person supervises, and how the list's address names them; a township's code and a
    village's narrow it down. The township's page and its desk call it.
    """
    actor, where = current_actor(), _where(town, code)
    with reading() as session:
        mine = villages_of(session, actor, Permission.SUPERVISE, table=table()) if actor else []
        ids = [one.id for one in _in(mine, where)]
        return tally_waiting(session, ids, today=clock.today()), where


def year_of_questions(villages: Iterable[VillageFacts], year: int) -> Answered:
    """How the questions that these villages got in a year were answered; the township's pages call it for what they show."""
    with reading() as session:
        return read_answered(session, [one.id for one in villages], year=year)


def _where(town: str, code: str) -> dict[str, str]:
    return {name: value for name, value in (("t", town), ("v", code)) if value}


def _in(villages: Iterable[VillageFacts], where: Mapping[str, str]) -> list[VillageFacts]:
    return [
        one
        for one in villages
        if where.get("t", one.township_code) == one.township_code and where.get("v", one.code) == one.code
    ]


@blueprint.get("/desk/questions")
@require(Permission.READ_STAFF)
def listed() -> ResponseReturnValue:
    """提问: the questions to the person's villages; what waits first. ``show`` narrows the list down to what waits for an
    office, is pressing, or waits for the village; ``t`` and ``v`` to a township and a village.
    """
    actor, today, show = signed_in_actor(), clock.today(), request.args.get("show", "")
    where = _where(request.args.get("t", ""), request.args.get("v", ""))
    with reading() as session:
        mine = villages_of(session, actor, Permission.READ_STAFF, table=table())
        lines = list_questions(session, [one.id for one in _in(mine, where)])
    chosen = _only(lines, show, today)
    waiting = chosen if show in ONLY else [one for one in lines if NEXT[one.state]]
    return render_template(
        "questions/listed.html",
        waiting=sorted(waiting, key=lambda one: (not one.presses(today), one.due_on)),
        ended=[] if show in ONLY else [one for one in lines if not NEXT[one.state]],
        today=today,
        many=len(mine) > 1,
        show=show if show in ONLY else "",
        only={name: (words, len(_only(lines, name, today))) for name, words in ONLY.items()},
        where=where,
    )


def _only(lines: Iterable[Page], show: str, today: date) -> list[Page]:
    if show == "pressing":
        return [one for one in lines if one.presses(today)]
    return [one for one in lines if (one.state in TO_ANSWER if show == "village" else one.waits)]


@blueprint.get("/desk/questions/<int:question_id>")
@require(Permission.READ_STAFF)
def show(question_id: int) -> ResponseReturnValue:
    """One question: everything said in it, and what this person can do next."""
    return _page(question_id)


@blueprint.post("/desk/questions/<int:question_id>/answer")
@require(Permission.ANSWER_QUESTION)
def answer(question_id: int) -> ResponseReturnValue:
    """The village answers; the answer may be a correction."""
    return _move(question_id, Permission.ANSWER_QUESTION, Move.ANSWER)


@blueprint.post("/desk/questions/<int:question_id>/decide")
@require(Permission.READ_QUESTION)
def decide(question_id: int) -> ResponseReturnValue:
    """Whoever reads for the public hands it on, does not show it, or settles it."""
    chosen = request.form.get("move", "")
    step = Move(chosen) if chosen in OF_TOWNSHIP else None
    return _move(question_id, Permission.SUPERVISE if step is Move.SETTLE else Permission.READ_QUESTION, step)


def _move(question_id: int, permission: Permission, step: Move | None) -> ResponseReturnValue:
    form = request.form
    try:
        with unit_of_work() as session:
            allow(session, permission, question_with_id(session, question_id).village_id)
            if step is None:
                raise NoQuestionMove()
            move(
                session,
                question_id,
                step,
                form.get("shown" if step is Move.HAND_ON else "text", ""),
                seen=form.get("seen", 0, read_id),
                actor=signed_in_actor(),
                now=clock.now(),
                correction=form.get("correction", None, read_id),
            )
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _page(question_id, refusal)
    return redirect(url_for("questions.show", question_id=question_id, done=step.value), 303)


def _page(question_id: int, refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        question = question_with_id(session, question_id)
        village = allow(session, Permission.READ_STAFF, question.village_id)
        page = read_page(session, question)
        proposed = masked(session, question, page.original)
    following = NEXT[page.state]
    reads, settles = may(Permission.READ_QUESTION, village), may(Permission.SUPERVISE, village)
    moves = [one for one in following if one in OF_TOWNSHIP and (settles if one is Move.SETTLE else reads)]
    html = render_template(
        "questions/show.html",
        page=page,
        village=village,
        refusal=refusal,
        typed=request.form if refusal else {},
        answers=Move.ANSWER in following and may(Permission.ANSWER_QUESTION, village),
        moves=moves,
        proposed=proposed,
        today=clock.today(),
        done=request.args.get("done", ""),
    )
    return html, refusal.status if refusal else 200


@blueprint.get("/desk/questions/new")
@require(Permission.READ_STAFF)
def new() -> ResponseReturnValue:
    """The form for what came on paper, by telephone or by word of mouth."""
    return _form()


@blueprint.post("/desk/questions/new")
@require(Permission.READ_STAFF)
def enter() -> ResponseReturnValue:
    """Enters it into the same row as all others, with where it came from, and shows the 查询码 to hand over."""
    form = request.form
    try:
        with unit_of_work() as session:
            village = read_village(session, form.get("village", "")[:12])
            allow(session, Permission.READ_STAFF, village.id)
            source = form.get("source", "")
            asked = Asked(
                form.get("text", ""),
                form.get("number", None, read_id),
                form.get("item", None, read_id),
                form.get("phone", ""),
                source if source in ENTERED else "paper",
            )
            made = ask(session, village.id, asked, policy=policy(), actor=signed_in_actor(), now=clock.now())
            receipt = _receipt(session, made, policy())
    except NeedsSignIn:
        raise
    except Refused as refusal:
        return _form(refusal)
    return render_template("questions/entered.html", page=receipt[0], code=receipt[1])


def _receipt(session: Session, question: Question, ours: Policy) -> tuple[Page, str]:
    return read_page(session, question), grouped(code_of(question.id, ours.secret))


def _form(refusal: Refused | None = None) -> ResponseReturnValue:
    with reading() as session:
        mine = villages_of(session, signed_in_actor(), Permission.READ_STAFF, table=table())
    html = render_template(
        "questions/new.html",
        villages=mine,
        sources=ENTERED,
        refusal=refusal,
        typed=request.form if refusal else request.args,
    )
    return html, refusal.status if refusal else 200
