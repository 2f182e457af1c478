"""Pages of one village for the township: what is due, who is there, later days; one version; one row."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from villagehub.accounts.elections import running_elections
from villagehub.accounts.guard import allow, may, require, settings, signed_in_actor
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures.one_version import read_version
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.queries import list_open, list_published
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.stages import Stage
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.queries import VillageFacts
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work
from villagehub.supervision.audit_queries import list_audits
from villagehub.supervision.forms import read_waiver_form
from villagehub.supervision.hints import lines_of, odd_entries
from villagehub.supervision.missing import list_overdue
from villagehub.supervision.one_village import officers, read_row_page
from villagehub.supervision.overview import read_quarter
from villagehub.supervision.standing import quarters_before
from villagehub.supervision.table import read_rows
from villagehub.supervision.telling import village_text
from villagehub.supervision.turns import bodies_of, turns_of
from villagehub.supervision.waivers import grant_waiver, list_waivable, list_waivers

blueprint = Blueprint("town_village", __name__)


@blueprint.get("/town/v/<code>")
@require(Permission.OVERSEE)
def village(code: str) -> ResponseReturnValue:
    """One village: every account of the quarter, who holds which post, what waits for whom."""
    return _village_page(g.village)


@blueprint.get("/desk/v/<code>/handover")
@require(Permission.READ_STAFF)
def handover(code: str) -> ResponseReturnValue:
    """交接清单: what is open in the village on this day, to print and sign when a post changes hands."""
    found: VillageFacts = g.village
    today = clock.today()
    with reading() as session:
        overdue = list_overdue(session, [found], policy=policy_of(settings()), today=today, now=clock.now())
        return render_template(
            "supervision/handover.html",
            village=found,
            waiting=list_open(session, [found.id], today=today),
            overdue=[one.item for one in overdue],
            published=list_published(session, [found.id], today=today, most=10),
            people=officers(session, found.id, today=today),
            waivers=list_waivers(session, found.id),
            today=today,
            who=signed_in_actor().name,
        )


@blueprint.post("/town/v/<code>/waivers")
@require(Permission.SUPERVISE)
def waive(code: str) -> ResponseReturnValue:
    """Puts a due day off, or shows the form again with what is wrong."""
    found: VillageFacts = g.village
    try:
        form = read_waiver_form(request.form)
        with unit_of_work() as session:
            grant_waiver(
                session,
                found,
                form.section,
                form.period,
                entity=form.entity,
                group_no=form.group_no,
                until=form.until,
                reason=form.reason,
                actor=signed_in_actor(),
                now=clock.now(),
            )
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _village_page(found, refusal)
    return redirect(url_for("town_village.village", code=found.code, q=request.form.get("q"), done="waived"), 303)


def _village_page(found: VillageFacts, refusal: Refused | None = None) -> ResponseReturnValue:
    today, now = clock.today(), clock.now()
    quarter = read_quarter(request.values.get("q", ""), today=today)
    with reading() as session:
        audits = list_audits(session, [found.id], today=today)
        (row,) = read_rows(
            session, [found], quarter, today=today, now=now, audits={}, review_days=settings().review_days
        )
        people = officers(session, found.id, today=today)
        waiting = list_open(session, [found.id], today=today)
        waivers = list_waivers(session, found.id)
        can_wait = list_waivable(session, row)
        elections = running_elections(session, [found.id], today=today)
        policy = policy_of(settings())
        turns = turns_of(session, [row], policy=policy, today=today)
        submitted = [one.version_id for one in waiting if one.stage is Stage.SUBMITTED]
        bodies = bodies_of(session, submitted, policy=policy, today=today)
    html = render_template(
        "supervision/village.html",
        village=found,
        quarter=quarter,
        quarters=quarters_before(today),
        row=row,
        people=people,
        waiting=waiting,
        bodies=bodies,
        waivers=waivers,
        can_wait=can_wait,
        elections=elections,
        audits=audits,
        reminder=village_text(row, turns, today=today),
        may_waive=may(Permission.SUPERVISE, found),
        refusal=refusal,
        typed=request.form if refusal else {},
        sections_words={name: one.title for name, one in SECTIONS.items()},
        done=refusal is None and request.args.get("done") == "waived",
    )
    return html, refusal.status if refusal else 200


def draft_look(version_id: int) -> Markup:
    """What is worth a look in a draft, for whoever is about to submit it; the draft's page calls it. Nothing is written."""
    with reading() as session:
        odd = odd_entries(session, version_with_id(session, version_id), lines_of(settings()))
    return Markup(render_template("supervision/draft_look.html", odd=odd, version_id=version_id))  # noqa: S704 - a template


@blueprint.get("/town/d/<int:version_id>")
@require(Permission.OVERSEE)
def version(version_id: int) -> ResponseReturnValue:
    """One version: its figures, its rows in the order of the clerk's file, and the file itself."""
    with reading() as session:
        found = version_with_id(session, version_id)
        allow(session, Permission.OVERSEE, found.village_id)
        page = read_version(
            session,
            version_id,
            actor=signed_in_actor(),
            policy=policy_of(settings()),
            today=clock.today(),
            page=request.args.get("page", 1, read_id),
        )
        upload_id = found.upload_id
        everything = list_audits(session, [found.village_id], today=clock.today())
        audits = [one for one in everything if one.version_id == found.id]
        odd = odd_entries(session, found, lines_of(settings()), everything) if page.number is not None else ()
    return render_template(
        "supervision/version.html",
        page=page,
        upload_id=upload_id,
        audits=audits,
        odd=odd,
        may_ask=page.number is not None and may(Permission.SUPERVISE, page.village),
    )


@blueprint.get("/town/d/<int:version_id>/row/<int:number>")
@require(Permission.OVERSEE)
def row(version_id: int, number: int) -> ResponseReturnValue:
    """One row: what is kept of it, and where it stands in the clerk's own file."""
    with reading() as session:
        found = version_with_id(session, version_id)
        allow(session, Permission.OVERSEE, found.village_id)
        page = read_version(
            session, version_id, actor=signed_in_actor(), policy=policy_of(settings()), today=clock.today()
        )
        line = read_row_page(session, found, number)
        audits = list_audits(session, [found.village_id], today=clock.today())
        odd = odd_entries(session, found, lines_of(settings())) if page.number is not None else ()
    return render_template(
        "supervision/row.html",
        page=page,
        row=line,
        audits=[one for one in audits if one.thing_id == line.thing_id],
        reasons=[why for one in odd if one.number == number for why in one.reasons],
        may_ask=page.number is not None and may(Permission.SUPERVISE, page.village),
    )
