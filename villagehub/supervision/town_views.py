"""Pages over many villages: the township's table, its file, the reminders to copy, and the county's table."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import may, require, settings, signed_in_actor, table
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.disclosures.policy import policy_of
from villagehub.kernel import clock
from villagehub.kernel.period import Period, day_words
from villagehub.places.queries import VillageFacts
from villagehub.sections import judged_sections
from villagehub.storage import reading
from villagehub.supervision.audit_queries import list_audits, open_by_village
from villagehub.supervision.hints import lines_of, odd_books
from villagehub.supervision.overview import (
    Township,
    TownshipRow,
    chosen_township,
    counts_of,
    read_county,
    read_quarter,
    sorted_townships,
    townships_of,
)
from villagehub.supervision.standing import quarters_before
from villagehub.supervision.table import Row, read_rows, shown_rows, sorted_rows
from villagehub.supervision.telling import missing_items, township_text, village_text
from villagehub.supervision.turns import turns_of
from villagehub.supervision.workbook import county_workbook, table_workbook
from villagehub.web.attachments import attach

blueprint = Blueprint("town", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked() -> tuple[Period, dict[str, str]]:
    """The quarter, and what the address says; it goes on into every link of the page."""
    quarter = read_quarter(request.args.get("q", ""), today=clock.today())
    return quarter, {name: request.args.get(name, "") for name in ("t", "sort", "show")}


def _rows(session: Session, quarter: Period, code: str) -> tuple[list[Township], Township | None, list[Row]]:
    mine = townships_of(villages_of(session, signed_in_actor(), Permission.OVERSEE, table=table()))
    chosen = chosen_township(mine, code)
    if chosen is None:
        return mine, None, []
    audits = open_by_village(session, [one.id for one in chosen.villages], today=clock.today())
    rows = read_rows(
        session,
        chosen.villages,
        quarter,
        today=clock.today(),
        now=clock.now(),
        audits=audits,
        review_days=settings().review_days,
    )
    return mine, chosen, rows


@blueprint.get("/town")
@require(Permission.OVERSEE)
def town() -> ResponseReturnValue:
    """全镇情况: every village by section, the worst first."""
    quarter, asked = _asked()
    with reading() as session:
        mine, chosen, rows = _rows(session, quarter, asked["t"])
        ids = [one.id for one in chosen.villages] if chosen else []
        audits = list_audits(session, ids, today=clock.today(), only_open=True)
    return render_template(
        "supervision/town.html",
        audits=len(audits),
        oldest=max(((clock.now() - one.opened_at).days for one in audits), default=0),
        townships=mine,
        township=chosen,
        quarter=quarter,
        quarters=_quarters(quarter),
        rows=sorted_rows(shown_rows(rows, asked["show"]), asked["sort"]),
        counts=counts_of(rows),
        sections=judged_sections(),
        asked={name: value for name, value in asked.items() if value},
        today=clock.today(),
    )


def _quarters(chosen: Period) -> list[Period]:
    """The last five quarters, and the chosen one if it is an older one."""
    found = quarters_before(clock.today())
    return found if chosen in found else [chosen, *found]


@blueprint.get("/town/table.xlsx")
@require(Permission.OVERSEE)
def table_file() -> ResponseReturnValue:
    """The same table as a file, in the order of the page."""
    quarter, asked = _asked()
    with reading() as session:
        _, chosen, rows = _rows(session, quarter, asked["t"])
    name = chosen.name if chosen else "还没有村"
    raw = table_workbook(name, quarter, sorted_rows(rows, asked["sort"]), as_of=f"到{day_words(clock.today())}")
    return _xlsx(raw, name, quarter)


@blueprint.get("/town/reminders")
@require(Permission.OVERSEE)
def reminders() -> ResponseReturnValue:
    """催办文字: plain text for the group chat, for all villages and for each."""
    quarter, asked = _asked()
    today = clock.today()
    with reading() as session:
        _, chosen, rows = _rows(session, quarter, asked["t"])
        late = [one for one in sorted_rows(rows, "") if missing_items(one)]
        turns = turns_of(session, late, policy=policy_of(settings()), today=today)
    return render_template(
        "supervision/reminders.html",
        township=chosen,
        quarter=quarter,
        asked={name: value for name, value in asked.items() if value},
        everyone=township_text(chosen.name, late, turns, today=today) if chosen else "",
        each=[(one.village, village_text(one, turns, today=today)) for one in late],
    )


@blueprint.get("/town/look")
@require(Permission.OVERSEE)
def look() -> ResponseReturnValue:
    """值得看一看: entries of the quarter's books that are worth a question, each with its reasons."""
    quarter, asked = _asked()
    with reading() as session:
        mine = townships_of(villages_of(session, signed_in_actor(), Permission.OVERSEE, table=table()))
        chosen = chosen_township(mine, asked["t"])
        villages = {one.id: one for one in chosen.villages} if chosen else {}
        audits = list_audits(session, list(villages), today=clock.today())
        books = odd_books(session, list(villages), quarter, lines_of(settings()), audits)
    return render_template(
        "supervision/look.html",
        township=chosen,
        quarter=quarter,
        quarters=_quarters(quarter),
        books=[(villages[one.village_id], one) for one in books],
        may_ask={one.id for one in villages.values() if may(Permission.SUPERVISE, one)},
        asked={name: value for name, value in asked.items() if value},
        lines=lines_of(settings()),
    )


@blueprint.get("/county")
@require(Permission.OVERSEE_COUNTY)
def county() -> ResponseReturnValue:
    """全县情况: the same over townships, each of which leads to its villages."""
    quarter, asked = _asked()
    villages, lines = _county(quarter, asked["sort"])
    return render_template(
        "supervision/county.html",
        lines=lines,
        quarter=quarter,
        quarters=_quarters(quarter),
        sections=judged_sections(),
        county=_county_name(villages),
        asked={name: value for name, value in asked.items() if value},
        today=clock.today(),
    )


@blueprint.get("/county/table.xlsx")
@require(Permission.OVERSEE_COUNTY)
def county_file() -> ResponseReturnValue:
    """The same table as a file, in the order of the page."""
    quarter, asked = _asked()
    villages, lines = _county(quarter, asked["sort"])
    name = _county_name(villages)
    return _xlsx(county_workbook(name, quarter, lines, as_of=f"到{day_words(clock.today())}"), name, quarter)


def _county(quarter: Period, sort: str) -> tuple[list[VillageFacts], list[TownshipRow]]:
    today, now = clock.today(), clock.now()
    with reading() as session:
        villages = villages_of(session, signed_in_actor(), Permission.OVERSEE_COUNTY, table=table())
        audits = open_by_village(session, [one.id for one in villages], today=today)
        lines = read_county(
            session,
            townships_of(villages),
            quarter,
            today=today,
            now=now,
            audits=audits,
            review_days=settings().review_days,
        )
    return villages, sorted_townships(lines, sort)


def _county_name(villages: Sequence[VillageFacts]) -> str:
    """The county's name; an administrator may see several."""
    names = sorted({one.county_name for one in villages})
    return "、".join(names[:3]) + ("等" if len(names) > 3 else "") if names else "还没有村"


def _xlsx(raw: bytes, name: str, quarter: Period) -> Response:
    response = make_response(raw)
    response.content_type = XLSX
    attach(response, f"{name}{quarter.label}公开情况.xlsx")
    return response
