"""我要问: a villager asks about a page, sees what others asked and was answered, and with the 查询码 how far their own is."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.disclosures.scope import version_with_id
from villagehub.kernel import clock
from villagehub.kernel.codes import LONGEST_TYPED, grouped, length_typed, read_code
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import Refused
from villagehub.places.queries import villages_in
from villagehub.public.address import NoSuchPage
from villagehub.public.finance_page import MORE_ROWS
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import page
from villagehub.public.published import Publication, items_of
from villagehub.public.views import village_of
from villagehub.public.village import Village
from villagehub.questions import rules
from villagehub.questions.actions import Asked, ask, code_of, move, question_by_code
from villagehub.questions.models import Question
from villagehub.questions.queries import (
    Page,
    asked_on,
    count_waiting,
    deadline_of,
    list_shown,
    list_shown_about,
    read_public_page,
    read_shown,
)
from villagehub.questions.stages import NEXT, OF_ASKER, Move
from villagehub.questions.views import policy
from villagehub.sections import section_named
from villagehub.storage import reading, unit_of_work
from villagehub.web import public_post

blueprint = Blueprint("ask", __name__)


def _pace() -> None:
    if not allowed("ask", request.remote_addr or ""):
        raise SlowDown()


@blueprint.get("/v/<code>/ask")
def ask_page(code: str) -> ResponseReturnValue:
    """The box, prefilled with what the page was about; below it what others asked, with the answers."""
    return _form(code)


@blueprint.post("/v/<code>/ask")
@public_post
def ask_village(code: str) -> ResponseReturnValue:
    """Takes the question in and shows its 查询码; or the form again with what is wrong."""
    _pace()
    form, ours = request.form, policy()
    asked = Asked(
        form.get("text", ""),
        form.get("n", None, read_id),
        form.get("i", None, read_id),
        form.get("phone", ""),
        sure="sure" in form,
    )
    try:
        with unit_of_work() as session:
            village = village_of(session, code)
            made = ask(session, village.facts.id, asked, policy=ours, actor=None, now=clock.now())
            (told,) = _worded(session, [read_public_page(session, made)])
            reckoned = deadline_of(session, asked_on(told), ours.reply_days)
            secret = grouped(code_of(made.id, ours.secret))
    except (rules.QuestionText, rules.QuestionPhone, rules.QuestionNames, rules.Accusation) as refusal:
        return _form(code, refusal)
    html = render_template(
        "public/asked.html", village=village.facts, page=told, secret=secret, reckoned=reckoned, noindex=True
    )
    return page(html, keep=False)


@blueprint.get("/v/<code>/ask/<int:number>")
def one_question(code: str, number: int) -> ResponseReturnValue:
    """One answered question."""
    with reading() as session:
        village = village_of(session, code)
        found = read_shown(session, village.facts.id, number)
        if found is None:
            raise NoSuchPage(what="这个提问没有登出来")
        (one,) = _worded(session, [found])
    return page(render_template("public/question.html", village=village.facts, one=one))


@blueprint.get("/v/<code>/ask/say")
@blueprint.get("/v/<code>/ask/status")
def status_again(code: str) -> ResponseReturnValue:
    """Where a tap on text size leads: the 查询码 stands in no address, so ask again."""
    return redirect(f"/v/{code}/ask#s")


@blueprint.post("/v/<code>/ask/status")
@public_post
def status(code: str) -> ResponseReturnValue:
    """How far one's own question is, by its 查询码."""
    _pace()
    with reading() as session:
        village = village_of(session, code)
        return status_page(session, village, request.form.get("code", "")[:LONGEST_TYPED])


@blueprint.post("/v/<code>/ask/say")
@public_post
def say(code: str) -> ResponseReturnValue:
    """解决了, or 没解决: one tap of whoever holds the 查询码. What is not solved goes up."""
    _pace()
    typed, chosen = request.form.get("code", "")[:LONGEST_TYPED], request.form.get("move", "")
    with unit_of_work() as session:
        village = village_of(session, code)
        with suppress(rules.NoSuchQuestion):
            held = _mine(session, village, typed)
            if chosen in OF_ASKER and Move(chosen) in NEXT[read_public_page(session, held).state]:
                move(session, held.id, Move(chosen), "", seen=None, actor=None, now=clock.now())
        return status_page(session, village, typed)


def _mine(session: Session, village: Village, typed: str) -> Question:
    found = question_by_code(session, typed, policy().secret)
    if found.village_id not in villages_in(session, village.facts.id):
        raise rules.NoSuchQuestion()
    return found


def status_page(session: Session, village: Village, typed: str) -> ResponseReturnValue:
    """How far the village's question with this code is, or its box again."""
    try:
        return shown_question(session, village, _mine(session, village, typed), typed)
    except rules.NoSuchQuestion:
        length = length_typed(typed)
        html = render_template(
            "public/question_status.html", village=village.facts, one=None, length=length, noindex=True
        )
        return page(html, status=422, keep=False)


def shown_question(session: Session, village: Village, held: Question, typed: str) -> ResponseReturnValue:
    """How far this question is, on a page of the village that now answers for it."""
    (told,) = _worded(session, [read_public_page(session, held)])
    html = render_template(
        "public/question_status.html",
        village=village.facts,
        one=told,
        whose="" if told.village.id == village.facts.id else told.village.name,
        late=told.late(village.today),
        secret=read_code(typed),
        may_say=bool(set(NEXT[told.state]) & OF_ASKER),
        noindex=True,
    )
    return page(html, keep=False)


def _form(code: str, refusal: Refused | None = None) -> ResponseReturnValue:
    typed = request.form if refusal else request.args
    after = request.args.get("after", 0, read_id)
    with reading() as session:
        village = village_of(session, code)
        number, item = typed.get("n", None, read_id), typed.get("i", None, read_id)
        publication = next(
            (one for one in village.publications if one.number == number and (one.checking or not one.hidden)), None
        )
        about = _about(session, publication, item)
        shown = list_shown(session, village.facts.id)
        here = _worded(session, shown[after : after + MORE_ROWS])
        waiting = count_waiting(session, village.facts.id)
    html = render_template(
        "public/ask.html",
        village=village.facts,
        refusal=refusal,
        doubt=isinstance(refusal, rules.QuestionNames),
        kept="" if isinstance(refusal, rules.Accusation) or not refusal else request.form.get("text", "")[:400],
        phone=request.form.get("phone", "")[:30] if refusal else "",
        about=about,
        n=publication.number if publication else None,
        i=item if about and item else None,
        shown=here,
        more=after + MORE_ROWS if len(shown) > after + MORE_ROWS else None,
        corrected=[one for one in shown if one.corrected][:10],
        waiting=waiting,
        days=policy().reply_days,
        noindex=bool(refusal),
    )
    return page(html, status=refusal.status if refusal else 200, keep=not refusal)


def _about(session: Session, publication: Publication | None, item: int | None) -> str:
    if publication is None:
        return ""
    words = f"第 {publication.number} 号公开：{publication.title}"
    if item is None or publication.section.persons:
        return words
    row = _row_words(session, publication.id, item)
    return f"{words}，{row}" if row else words


def _row_words(session: Session, version_id: int, item: int) -> str:
    """What villagers read as the name of a row; nothing for a row that is hidden, or of a list of persons."""
    section = section_named(version_with_id(session, version_id).disclosure.section)
    held = [] if section.persons else items_of(session, version_id, only=item)
    return str(held[0].values.get(section.headline) or "") if held else ""


def _worded(session: Session, questions: Sequence[Page]) -> list[Page]:
    """The questions with the row that each is about called by its name, not by its number alone."""
    known: dict[tuple[int, int], str] = {}
    for one in questions:
        if one.version_id is not None and one.item is not None and (one.version_id, one.item) not in known:
            known[one.version_id, one.item] = _row_words(session, one.version_id, one.item)
    return [replace(one, row=known.get((one.version_id or 0, one.item or 0), "")) for one in questions]


def questions_about(village_id: int, item: int) -> list[Page]:
    """Answered questions about one thing; its page shows them beside the content."""
    with reading() as session:
        return _worded(session, list_shown_about(session, village_id, item))
