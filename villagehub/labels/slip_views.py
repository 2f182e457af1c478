"""The office's 查询单: one PDF of slips for the households of a published list. Making it mints a code, so it is a POST."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from villagehub.accounts.guard import allow, app_secret, require, settings, signed_in_actor
from villagehub.accounts.rules import Permission
from villagehub.disclosures.acting import version_page
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.slips import read_slips
from villagehub.journal import Event
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.labels.actions import note_poster
from villagehub.labels.making import make_slips
from villagehub.labels.office_views import as_file
from villagehub.storage import reading, unit_of_work

blueprint = Blueprint("slips_office", __name__)


@blueprint.post("/print/slips/<int:version_id>")
@require(Permission.PRINT_SLIPS)
def make(version_id: int) -> ResponseReturnValue:
    """The PDF, after every code on it has been read back; what cannot be printed is said on the version's page."""
    actor, now = signed_in_actor(), clock.now()
    try:
        with reading() as session:
            version = version_with_id(session, version_id)
            village = allow(session, Permission.PRINT_SLIPS, version.village_id)
            held, slips = read_slips(session, version, today=clock.today(), secret=app_secret())
        part = max(1, request.form.get("part", 1, read_id))
        made = make_slips(village, held, slips, part=part, settings=settings(), now=now)
    except NotFound:
        raise
    except Refused as refusal:
        if refusal.status >= 500:
            raise
        return version_page(version_id, refusal=refusal, at="print")
    with unit_of_work() as session:
        note_poster(
            session,
            made.code.id,
            actor=actor,
            channel=actor.channel,
            detail=made.detail,
            now=now,
            event=Event.SLIPS_MADE,
        )
    return as_file(made.pdf, made.filename)
