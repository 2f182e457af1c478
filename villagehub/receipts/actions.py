"""The verbs: files come in for a version, a picture is matched, masked or taken out, rows say why they have none.

On drafts each is a change like any other: it makes its person an author, and a later signature binds to it. What comes for a
published version stays inside until a correction takes it over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.moves import add_author, note
from villagehub.disclosures.office import Hand, hold
from villagehub.disclosures.receipt_models import (
    LateReceipt,
    ReceiptChoice,
    ReceiptFile,
    ReceiptMask,
    ReceiptPage,
    VersionReceipt,
    VersionVoucher,
)
from villagehub.disclosures.receipts import VoucherState
from villagehub.disclosures.scope import section_of, title_of, version_with_id
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.steps import Step, why_not_post
from villagehub.journal import Event, lock_journal, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.refused import NotFound
from villagehub.receipts.intake import Arrival
from villagehub.receipts.masking import Box, PublicPicture
from villagehub.receipts.matching import Target, match
from villagehub.receipts.rules import NoReceiptsHere, NoSuchState, NoSuchTarget, PictureRedacted
from villagehub.sections.base import Shape
from villagehub.storage.tables import VaultReplacement, hold_file, mark_dirty


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file that was taken in."""

    name: str
    pages: int
    number: int | None
    """The row that it was matched to."""
    active: bool
    again: bool
    """It was there already."""


def targets_of(session: Session, version: Version) -> dict[int, Target]:
    """The version's rows by permanent number, with their voucher numbers."""
    found = session.execute(
        select(Thing.number, Thing.id, Row.facts, Row.occurred_on)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
    )
    return {
        number: Target(thing_id, str(facts.get("voucher_no") or ""), day.month if day else None)
        for number, thing_id, facts, day in found
    }


def must_take_receipts(version: Version) -> None:
    """Raises NoReceiptsHere for anything but accounts of money."""
    section = section_of(version)
    if section.shape is not Shape.FLOW or section.persons:
        raise NoReceiptsHere(title=title_of(version.disclosure))


def take_files(
    session: Session, version_id: int, arrivals: Sequence[Arrival], hand: Hand, *, number: int | None = None
) -> list[Taken]:
    """Adds files to a draft (or, beside a published version, for offices only), matched to the row ``number`` or by name.

    The same file once more changes nothing. Raises NoReceiptsHere, NoSuchTarget, UnderReview, NotTheClerk, NotFound.
    """
    version = version_with_id(session, version_id)
    late = version.stage == Stage.PUBLISHED
    if late:
        refusal = why_not_post(session, version, Step.EDIT, actor=hand.actor, policy=hand.policy)
        if refusal:
            raise refusal
    else:
        held = hold(session, version_id, Step.EDIT, hand)
        assert held is not None  # noqa: S101 - an edit is never "taken already"
        version = held
    must_take_receipts(version)
    targets = targets_of(session, version)
    if number is not None and number not in targets:
        raise NoSuchTarget(number=number)
    numbers = {one.thing_id: held_number for held_number, one in targets.items()}
    taken = []
    for one in arrivals:
        thing_id = targets[number].thing_id if number is not None else match(one.name, targets.values())
        again = _take(session, version, one, thing_id, late=late, hand=hand)
        taken.append(Taken(one.name, len(one.pages), numbers.get(thing_id or 0), one.active, again))
    pages = sum(one.pages for one in taken if not one.again)
    if pages:
        _changed(session, version, Event.RECEIPTS_ADDED, hand, {"pages": pages}, late=late)
    return taken


def _take(
    session: Session, version: Version, arrival: Arrival, thing_id: int | None, *, late: bool, hand: Hand
) -> bool:
    """Adds one file and links its pages; True when the version has it already. Raises PictureRedacted."""
    table: type[Any] = LateReceipt if late else VersionReceipt
    kept = {arrival.original.sha256, *(page.sha256 for page, _, _ in arrival.pages)}
    if session.scalar(select(VaultReplacement.old_sha256).where(VaultReplacement.old_sha256.in_(kept)).limit(1)):
        raise PictureRedacted(name=arrival.name)
    hold_file(session, arrival.original.sha256, arrival.original.size, now=hand.now)
    known = session.scalar(
        select(table.id)
        .join(ReceiptPage, ReceiptPage.id == table.page_id)
        .join(ReceiptFile, ReceiptFile.id == ReceiptPage.file_id)
        .where(table.version_id == version.id, ReceiptFile.sha256 == arrival.original.sha256)
        .limit(1)
    )
    if known is not None:
        return True
    for page, _, _ in arrival.pages:
        hold_file(session, page.sha256, page.size, now=hand.now)
    file = ReceiptFile(
        village_id=version.village_id,
        sha256=arrival.original.sha256,
        name=arrival.name,
        active=arrival.active,
        sent_by=hand.actor.person_id,
        sent_at=hand.now,
    )
    session.add(file)
    session.flush()
    for place, (page, width, height) in enumerate(arrival.pages, start=1):
        picture = ReceiptPage(
            village_id=version.village_id,
            file_id=file.id,
            page=place,
            sha256=page.sha256,
            width=width,
            height=height,
        )
        session.add(picture)
        session.flush()
        session.add(table(village_id=version.village_id, version_id=version.id, page_id=picture.id, thing_id=thing_id))
    session.flush()
    if thing_id is not None and not late:
        _has_picture(session, version.id, thing_id)
    return False


def _has_picture(session: Session, version_id: int, thing_id: int) -> None:
    """A row with a picture no longer says that it has none."""
    session.execute(
        delete(VersionVoucher).where(
            VersionVoucher.version_id == version_id,
            VersionVoucher.thing_id == thing_id,
            VersionVoucher.state != VoucherState.AGENCY.value,
        )
    )


def _changed(
    session: Session, version: Version, event: Event, hand: Hand, detail: dict[str, Any], *, late: bool = False
) -> None:
    if not late:
        version.revision += 1
        add_author(session, version, hand.actor)
    note(session, version, event, actor=hand.actor, now=hand.now, detail=detail)


def receipt_with_id(session: Session, receipt_id: int) -> VersionReceipt:
    """A version's picture; raises NotFound."""
    found = session.get(VersionReceipt, receipt_id) if receipt_id <= LARGEST_ID else None
    if found is None:
        raise NotFound()
    return found


def _held(session: Session, receipt_id: int, hand: Hand) -> tuple[VersionReceipt, Version]:
    """The picture with its draft, locked."""
    version = hold(session, receipt_with_id(session, receipt_id).version_id, Step.EDIT, hand)
    assert version is not None  # noqa: S101 - an edit is never "taken already"
    found = session.get(VersionReceipt, receipt_id, populate_existing=True)
    if found is None:  # somebody took it out while this one waited
        raise NotFound()
    return found, version


def match_receipt(session: Session, receipt_id: int, number: int, hand: Hand) -> int:
    """Says by hand which row the picture belongs to; returns the version's id. Raises NoSuchTarget, UnderReview …"""
    link, version = _held(session, receipt_id, hand)
    target = targets_of(session, version).get(number)
    if target is None:
        raise NoSuchTarget(number=number)
    if link.thing_id != target.thing_id:
        link.thing_id = target.thing_id
        session.flush()
        _has_picture(session, version.id, target.thing_id)
        _changed(session, version, Event.RECEIPT_MATCHED, hand, {"number": number})
    return version.id


def mask_receipt(session: Session, receipt_id: int, boxes: Sequence[Box], picture: PublicPicture, hand: Hand) -> int:
    """Keeps the masked picture as what may become public; returns the version's id. A former mask is no longer used."""
    link, version = _held(session, receipt_id, hand)
    former = session.get(ReceiptMask, link.mask_id) if link.mask_id else None
    drawn = [one.as_list() for one in boxes]
    if former is not None and (former.sha256, former.boxes) == (picture.sha256, drawn):
        return version.id
    hold_file(session, picture.sha256, len(picture.jpeg), now=hand.now)
    mask = ReceiptMask(
        village_id=link.village_id,
        page_id=link.page_id,
        boxes=drawn,
        sha256=picture.sha256,
        sm3=picture.sm3,
        size=len(picture.jpeg),
        width=picture.width,
        height=picture.height,
        made_by=hand.actor.person_id,
        made_at=hand.now,
    )
    session.add(mask)
    session.flush()
    link.mask_id = mask.id
    _changed(session, version, Event.RECEIPT_MASKED, hand, {"boxes": len(drawn)})
    return version.id


def remove_receipt(session: Session, receipt_id: int, hand: Hand) -> int:
    """Takes the picture out of the draft; returns the version's id. What was sent stays in the vault."""
    link, version = _held(session, receipt_id, hand)
    session.delete(link)
    session.flush()
    _changed(session, version, Event.RECEIPT_REMOVED, hand, {})
    return version.id


def state_vouchers(session: Session, version_id: int, said: Mapping[int, tuple[str, str]], hand: Hand) -> int:
    """Writes why rows have no picture: by permanent number a state (empty: nothing is said) and the agency's number.

    Returns how many rows changed. Raises NoReceiptsHere, NoSuchTarget, NoSuchState, UnderReview …
    """
    version = hold(session, version_id, Step.EDIT, hand)
    assert version is not None  # noqa: S101 - an edit is never "taken already"
    must_take_receipts(version)
    targets = targets_of(session, version)
    changed = 0
    for number, (state, text) in said.items():
        if number not in targets:
            raise NoSuchTarget(number=number)
        if state and state not in list(VoucherState):
            raise NoSuchState(number=number)
        thing_id = targets[number].thing_id
        kept = hide_numbers(one_line(text))[:40] if state == VoucherState.AGENCY else ""
        held = session.get(VersionVoucher, (version.id, thing_id))
        if (held.state, held.number) == (state, kept) if held else not state:
            continue
        changed += 1
        if held is not None:
            session.delete(held)
            session.flush()
        if state:
            session.add(VersionVoucher(version_id=version.id, thing_id=thing_id, state=state, number=kept))
            session.flush()
    if changed:
        _changed(session, version, Event.VOUCHERS_STATED, hand, {"rows": changed})
    return changed


def choose_receipts(session: Session, village_id: int, *, wanted: bool, actor: Actor, now: datetime) -> None:
    """Sets whether every payment of the village should have a picture. The caller has asked for the permission."""
    lock_journal(session, village_id)  # before looking: there may be no choice yet that could be locked
    held = session.get(ReceiptChoice, village_id)
    if held is not None and held.wanted == wanted:
        return
    if held is None:
        session.add(ReceiptChoice(village_id=village_id, wanted=wanted, set_by=actor.person_id, set_at=now))
    else:
        held.wanted, held.set_by, held.set_at = wanted, actor.person_id, now
    session.flush()
    mark_dirty(session, village_id, "village", now=now)
    record(
        session,
        Event.RECEIPTS_CHOSEN,
        village_id=village_id,
        actor_id=actor.person_id,
        actor_name=actor.name,
        channel=actor.channel,
        subject_kind="village",
        subject_id=village_id,
        detail={"wanted": wanted},
        now=now,
    )
