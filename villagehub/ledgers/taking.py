"""What all ways in share: which account a form means, and one table taken in, kept as it came and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.guard import allow
from villagehub.accounts.rules import Permission
from villagehub.config import Settings
from villagehub.disclosures.expected import comes_round, usual_periods
from villagehub.disclosures.rules import why_not_cadence
from villagehub.disclosures.scope import Account
from villagehub.files.confined import Told
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.ledgers.actions import keep_report, receive
from villagehub.ledgers.checking import report_of
from villagehub.ledgers.continuing import continue_earlier
from villagehub.ledgers.models import Way
from villagehub.ledgers.queries import upload_with_id
from villagehub.ledgers.remembering import remembered
from villagehub.ledgers.rereading import read_upload
from villagehub.ledgers.schemas import BadUpload, read_form
from villagehub.ledgers.states import UploadState
from villagehub.places.queries import VillageFacts, read_village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of


@dataclass(frozen=True, slots=True)
class Received:
    """A table that is kept and recorded."""

    upload_id: int
    again: bool
    """The same came before."""
    unread: bool
    """It is to be read yet, or once more."""


def account_asked(typed: Mapping[str, str]) -> Account:
    """The account that a form names, once the person at the page may upload for it. Without a period the newest whole one
    is meant, where the section comes round by itself. Raises BadUpload, BadPeriod, NoYear, NoSuchCadence, and as ``allow``.
    """
    form, today = read_form(dict(typed)), clock.today()
    section = section_named(form["section"])
    with reading() as session:
        village = allow(session, Permission.UPLOAD, read_village(session, form["village"]).id, entity=form["entity"])
        if form["period"].strip():
            period = Period.read(form["period"], today=today)
        elif comes_round(section):
            period = usual_periods(session, [village.id], section, today=today)[village.id]
        else:
            raise BadUpload(what=f"{section.title}没有写是哪一期，例如 {today.year}年9月。")
    refusal = why_not_cadence(section, period, today=today)
    if refusal:
        raise refusal
    return Account(village.id, section.name, period, form["entity"], form["group_no"])


def usual_words(session: Session, villages: Sequence[VillageFacts]) -> str:
    """What an empty period means, in words; for several villages without the periods, which may differ."""
    named = [one for one in SECTIONS.values() if comes_round(one)]
    if len(villages) != 1:
        return "、".join(one.title for one in named)
    here, today = villages[0].id, clock.today()
    return "，".join(f"{one.title} {usual_periods(session, [here], one, today=today)[here].label}" for one in named)


def receive_bytes(
    account: Account,
    raw: bytes,
    name: str,
    *,
    way: Way = Way.FILE,
    layouts: Mapping[str, Any] | None = None,
    actor: Actor,
    settings: Settings,
) -> Received:
    """Keeps the bytes in the vault and records them, before anything in them is read. ``layouts`` are columns that were
    matched for the whole that this is a part of. Needs an application context and no open unit of work.
    """
    sha256 = vault_of(settings).keep(raw)
    with unit_of_work() as session:
        upload, again = receive(
            session, account, sha256=sha256, size=len(raw), filename=name, way=way, actor=actor, now=clock.now()
        )
        # What was rejected is read again: the reading child may have died of something that has passed meanwhile.
        unread = upload.state == UploadState.RECEIVED or upload.outcome == "reject"
        if unread:
            known = remembered(session, account.village_id, account.section)
            upload.layouts = {**upload.layouts, **known, **(layouts or {})}
        return Received(upload.id, again, unread)


def check_upload(upload_id: int, *, actor: Actor, settings: Settings, told: Told | None = None) -> None:
    """Reads an upload's file and stores what a check found; ``told`` hears how far it is. Needs an application context and no
    open unit of work.
    """
    with reading() as session:
        upload = upload_with_id(session, upload_id)
    checked = read_upload(upload, settings, told=told)
    with unit_of_work() as session:
        held = upload_with_id(session, upload_id, lock=True)
        if held.revision != upload.revision:
            return  # somebody has matched its columns, mended it or given it up meanwhile, and that stands
        keep_report(session, held, checked, report_of(checked))
        if checked.continues:
            continue_earlier(session, held, checked.continues, actor=actor, now=clock.now())


def take_in(
    account: Account,
    raw: bytes,
    name: str,
    *,
    way: Way = Way.FILE,
    layouts: Mapping[str, Any] | None = None,
    actor: Actor,
    settings: Settings,
) -> int:
    """Receives and checks in one go, for tables of a few rows and for shares of a larger file; returns the upload's id. As
    ``receive_bytes``.
    """
    received = receive_bytes(account, raw, name, way=way, layouts=layouts, actor=actor, settings=settings)
    if received.unread:
        check_upload(received.upload_id, actor=actor, settings=settings)
    return received.upload_id
