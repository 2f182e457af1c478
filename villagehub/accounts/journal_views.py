"""The journal's page for the township, auditors and the county."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import require, signed_in_actor
from villagehub.accounts.journal_list import EVENT_WORDS, JournalFilter, read_journal
from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission
from villagehub.kernel.ids import read_id
from villagehub.storage import reading

bp = Blueprint("journal_pages", __name__)


@bp.get("/town/journal")
@require(Permission.OVERSEE)
def journal() -> ResponseReturnValue:
    """Who did what, the newest first; filters that cannot be read ask for everything."""
    args = request.args
    asked = JournalFilter(
        village=_text("village", 12),
        event=_text("event", 40),
        person=_text("person", 40),
        from_day=_day(args.get("from", "")),
        until_day=_day(args.get("until", "")),
        before=args.get("before", None, read_id),
    )
    actor = signed_in_actor()
    with reading() as session:
        lines, after = read_journal(session, actor, asked)
        villages = villages_of(session, actor, Permission.OVERSEE)
    kept = {name: args[name] for name in ("village", "event", "person", "from", "until") if args.get(name)}
    return render_template(
        "accounts/journal.html", lines=lines, after=after, asked=asked, kept=kept, villages=villages, events=EVENT_WORDS
    )


def _text(name: str, most: int) -> str:
    """What was typed, without marks that no database takes."""
    return "".join(mark for mark in request.args.get(name, "") if mark.isprintable()).strip()[:most]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None
