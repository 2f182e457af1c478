"""Cells mended on an upload's page or by ``--fix``: what was typed, by whom, and the recheck that is stored with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.journal import Event
from villagehub.kernel.clock import rfc3339
from villagehub.kernel.illness import hide_illness
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.actions import keep_report, note
from villagehub.ledgers.models import Upload
from villagehub.ledgers.overrides import (
    ILLNESS,
    LONGEST_TYPED,
    MOST_FIXES,
    NEVER,
    cell_at,
    holds_private_number,
    keeps_of,
    row_of,
)
from villagehub.ledgers.result import Checked
from villagehub.ledgers.sheets import column_letter
from villagehub.sections import section_named

FIELD: Final = "fix@"
"""What the name of an input begins with; the cell's place follows."""


def typed_texts(fixes: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The typed text of each mended cell, as the reading wants it."""
    return {place: str(one["typed"]) for place, one in fixes.items()}


def shown_text(cell: Mapping[str, Any], fixes: Mapping[str, Mapping[str, Any]]) -> str:
    """What the input of a bad cell holds at first: what was typed before, else the file's own text where it is whole."""
    held = fixes.get(cell["place"])
    if held is not None:
        return str(held["typed"])
    return str(cell["value"]) if cell["whole"] else ""


def typed_in(upload: Upload, form: Mapping[str, str], *, seen: int) -> dict[str, str]:
    """The inputs of the form that hold something else than the page put there, by place.

    When the upload has changed since the page was ``seen``, what the file itself holds counts as untouched, and cells that
    are no longer asked about are told too, so that nothing that was typed is lost.
    """
    cells = {cell["place"]: cell for cell in upload.report.get("cells", [])}
    stale = seen != upload.revision
    found: dict[str, str] = {}
    for name, text in form.items():
        place, typed = name.removeprefix(FIELD), text.strip()
        if place == name or cell_at(place) is None:
            continue
        cell = cells.get(place)
        if cell is None:
            if stale and typed not in (upload.fixes.get(place, {}).get("was"), ""):
                found[place] = typed
            continue
        untouched = typed == shown_text(cell, upload.fixes) or (stale and cell["whole"] and typed == cell["value"])
        if cell["keeps"] != NEVER and not untouched:
            found[place] = typed
    return found


def merged(
    upload: Upload, typed: Mapping[str, str], back: Iterable[str], *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """The upload's mended cells with these added, and those of ``back`` given up again.

    Raises TypedTooLong, PrivateNumberTyped, NeverTyped, TooManyFixes.
    """
    cells = {cell["place"]: cell for cell in upload.report.get("cells", [])}
    fixes = {place: one for place, one in upload.fixes.items() if place not in set(back)}
    for place, text in typed.items():
        cell = cells.get(place, {})
        refusal = _why_not_typed(place, text, cell)
        if refusal:
            raise refusal
        if cell and cell["whole"] and text == cell["value"]:
            fixes.pop(place, None)
            continue
        earlier = upload.fixes.get(place, {})
        fixes[place] = {
            "typed": hide_illness(text) if cell.get("keeps") == ILLNESS else text,
            "was": cell.get("value", earlier.get("was", "")),
            "heading": cell.get("heading", earlier.get("heading", "")),
            "person_id": actor.person_id,
            "name": actor.name,
            "at": rfc3339(now),
        }
    if len(fixes) > MOST_FIXES:
        raise rules.TooManyFixes(most=MOST_FIXES)
    return fixes


def _why_not_typed(place: str, text: str, cell: Mapping[str, Any]) -> Refused | None:
    where = mask_for_problem(place.lstrip("!"))
    if cell.get("keeps") == NEVER:
        return rules.NeverTyped(where=where)
    if len(text) > LONGEST_TYPED:
        return rules.TypedTooLong(where=where, most=LONGEST_TYPED)
    if holds_private_number(text, str(cell.get("keeps", ""))):
        return rules.PrivateNumberTyped(where=where)
    return None


def refuse_stale(upload: Upload, seen: int | None) -> None:
    """Raises AcceptedAlready or Continued when the upload can no longer be changed, and StaleMending when it has another
    revision than the person has ``seen``.
    """
    refusal = rules.why_not_change(upload.state, superseded=upload.superseded_by is not None)
    if refusal is None and seen is not None and seen != upload.revision:
        refusal = rules.StaleMending(who=_last_hand(upload))
    if refusal:
        raise refusal


def mend(
    session: Session,
    upload: Upload,
    fixes: Mapping[str, Any],
    checked: Checked,
    report: dict[str, Any],
    *,
    seen: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keeps the mended cells together with what the recheck found; answers to questions about touched rows are void.

    ``seen`` is the revision of the upload that the person looked at (None: no page was looked at). Raises AcceptedAlready,
    Continued, StaleMending, and for a cell that no fault named: NeverTyped, PrivateNumberTyped.
    """
    refuse_stale(upload, seen)
    touched = {place for place in {*fixes, *upload.fixes} if fixes.get(place) != upload.fixes.get(place)}
    rows = {row_of(place) for place in touched}
    upload.confirmations = {
        place: answer for place, answer in upload.confirmations.items() if place.partition("@")[2] not in rows
    }
    upload.fixes = {
        place: {
            **one,
            "was": checked.before.get(place, one["was"]),
            "typed": _screened(place, one["typed"], upload.section, checked) if place in touched else one["typed"],
        }
        for place, one in fixes.items()
    }
    keep_report(session, upload, checked, report)
    note(session, upload, Event.UPLOAD_MENDED, actor=actor, now=now, detail={"cells": len(touched)})


def _screened(place: str, text: str, section: str, checked: Checked) -> str:
    """A typed text as it may be stored, by what this reading took its column for; most cells were screened before by what an
    earlier reading said, but anybody at a keyboard may name any cell. Raises NeverTyped, PrivateNumberTyped.
    """
    sheet, _, index = cell_at(place) or ("", 0, 0)
    letter = column_letter(index)
    targets = {one.target for one in checked.columns if (one.sheet or "") == sheet and one.column == letter}
    keeps = keeps_of(section_named(section), targets)
    refusal = _why_not_typed(place, text, {"keeps": keeps}) if text else None
    if refusal:
        raise refusal
    return hide_illness(text) if keeps == ILLNESS else text


def _last_hand(upload: Upload) -> str:
    """Who changed the upload last, as far as it says."""
    said = sorted(
        (str(one["at"]), str(one["name"])) for one in (*upload.fixes.values(), *upload.confirmations.values())
    )
    return said[-1][1] if said else "别人"
