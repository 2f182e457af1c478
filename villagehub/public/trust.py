"""The trust line (evidence.md "What the page may say"), and the page that checks once more and says what is proved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.disclosures.checking import find_fault, keep_check, standing_of
from villagehub.disclosures.mismatches import State, mismatch_of
from villagehub.disclosures.redacted import Told, redactions_of
from villagehub.disclosures.scope import version_with_id
from villagehub.kernel import clock
from villagehub.kernel.clock import SHANGHAI, local_day
from villagehub.kernel.period import day_words
from villagehub.public.address import NoSuchPage
from villagehub.public.limits import SlowDown, allowed
from villagehub.public.look import page
from villagehub.public.published import Publication
from villagehub.public.records import numbered
from villagehub.public.sections_pages import hidden_page
from villagehub.public.views import village_of
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.key_changes import is_agreed
from villagehub.transparency.key_terms import read_steps, told_of_change, told_of_entry, told_of_terms
from villagehub.transparency.log import place_of
from villagehub.transparency.ours import folder_of
from villagehub.transparency.verifying import sizes
from villagehub.transparency.witnesses import cosigned_by, witnesses_of
from villagehub.web import public_post

blueprint = Blueprint("trust", __name__)

_UNKNOWN: Final = "现在没法核对"
_WRONG: Final = "内容和存档不一致，正在查。请以公开栏纸质版为准。"


@dataclass(frozen=True, slots=True)
class Trust:
    """The line, and whether the mark 存 stands beside it."""

    kept: bool
    words: str
    wrong: bool = False
    checked: str = ""
    """When it was last checked, for the check page."""


def trust_of(publication: Publication, corrected: int = 0) -> Trust:
    """What the page may say of this publication now."""
    with reading() as session:
        found = standing_of(session, publication.id, now=clock.now())
    checked = _moment(found.checked_at) if found.checked_at else ""
    if found.state == "confirmed":
        return Trust(False, _WRONG, wrong=True, checked=checked)
    if found.state != "clean" or found.first_published_at is None:
        return Trust(False, _UNKNOWN, checked=checked)
    if corrected:
        day = day_words(local_day(found.first_published_at), beside=publication.period.last)
        return Trust(True, f"除 {corrected} 次更正外，和{day}公开时一样", checked=checked)
    return Trust(True, f"和{publication.day_words}公开时一样，没有改过", checked=checked)


def _moment(at: datetime) -> str:
    return f"{day_words(local_day(at), beside=clock.today())} {at.astimezone(SHANGHAI):%H:%M}"


@dataclass(frozen=True, slots=True)
class Settled:
    """What the check page says of a mismatch that is over."""

    title: str
    words: str


def settled_of(session: Session, publication: Publication) -> Settled | None:
    """The newest mismatch that a person had confirmed, once it fits again; None otherwise."""
    held = mismatch_of(session, publication.id)
    if held is None or held.state not in (State.MENDED, State.CLEARED):
        return None
    found = day_words(local_day(held.confirmed_at), beside=clock.today())
    if held.state is State.MENDED or held.cleared_at is None:
        return Settled(f"{found}发现不一致，现在改回来了", "现在的内容和存档一致。原因还在查，查清了写在这里。")
    cleared = day_words(local_day(held.cleared_at), beside=clock.today())
    reason = held.reason.rstrip("。")
    return Settled(f"{found}发现不一致，{cleared}已查清", f"原因：{reason}。现在的内容和存档一致。经办：{held.by}")


def redactions_told(version_id: int) -> list[Told]:
    """What was redacted of this publication by law, for its pages."""
    with reading() as session:
        return redactions_of(session, version_id)


@blueprint.get("/v/<code>/n/<int:number>/check")
def show(code: str, number: int) -> ResponseReturnValue:
    """怎么核对: the newest check, what it proves and what not, and how to check without this site."""
    with reading() as session:
        village = village_of(session, code)
        publication = numbered(village, number)
        if publication.hidden and not publication.checking:
            return page(hidden_page(village, publication, f"第 {number} 号公开"))
        newer = village.superseded_by(publication)
        place = place_of(session, version_with_id(session, publication.id).leaf_id)
        steps = read_steps(session)
        html = render_template(
            "public/check.html",
            village=village.facts,
            p=publication,
            mismatch=settled_of(session, publication),
            trust=trust_of(publication, 0 if newer else village.corrections(publication)),
            newer=newer,
            versions=[one for one in village.publications if one.disclosure_id == publication.disclosure_id],
            witnesses=_witnesses(),
            awaited=len(witnesses_of(current_app.extensions["villagehub"])),
            key_change=told_of_change(steps, agreed=is_agreed(session, steps), today=clock.today()),
            place=place,
            key_then="" if place is None else told_of_entry(steps, place),
            key_terms=told_of_terms(steps, today=clock.today()),
            tools=sizes(),
        )
    return page(html, keep=False)


def _witnesses() -> list[tuple[str, str]]:
    """Name and moment of each witness whose cosignature on the newest checkpoint holds."""
    settings = current_app.extensions["villagehub"]
    found = cosigned_by(folder_of(settings).checkpoint(), witnesses_of(settings))
    return [(one.verifier.name, _moment(moment)) for one, moment in found]


@blueprint.post("/v/<code>/n/<int:number>/check")
@public_post
def look_again(code: str, number: int) -> ResponseReturnValue:
    """现在再核对: computes the publication again, now, and shows what was found. Raises SlowDown."""
    if not allowed("check", request.remote_addr or ""):
        raise SlowDown()
    with reading() as session:  # whoever asks keeps no writer waiting while it computes
        village = village_of(session, code)
        publication = numbered(village, number)
        if publication.hidden and not publication.checking:
            raise NoSuchPage(what=f"第 {number} 号公开已撤下")
        version, now = version_with_id(session, publication.id), clock.now()
        fault = find_fault(session, version, folder_of(current_app.extensions["villagehub"]))
    if fault is not None:
        with unit_of_work() as session:
            keep_check(session, version, fault, now=now)
    return redirect(f"/v/{code}/n/{number}/check", 303)
