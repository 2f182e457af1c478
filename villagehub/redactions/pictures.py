"""Vouchers' pictures that go: the public bytes, the page from under the boxes and the file that was sent.

What stays is the digest in the publication's seal. In the vault a grey card stands for each file that went, so that whatever
still names one (an office's page, a correction that begins with it) shows the card instead of failing.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.disclosures.models import Thing, Version
from villagehub.disclosures.receipt_models import ReceiptFile, ReceiptMask, ReceiptPage, VersionReceipt
from villagehub.disclosures.receipts import page_name
from villagehub.disclosures.redacted import PICTURE
from villagehub.disclosures.redaction_models import Redaction, RedactionItem
from villagehub.ledgers.cutting_out import Copy, replace_originals
from villagehub.storage.tables import VaultReplacement
from villagehub.storage.vault import vault_of

MOST_PICTURES: Final = 10
"""In one proposal, so that the second person looks at each."""
_CARD: Final = (720, 240)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture that can go, or will."""

    mask_id: int
    name: str
    """What the sent file was called, with the page where it has several."""
    numbers: tuple[int, ...]
    """Permanent numbers of the rows that it proves; none: masked so once, and shown nowhere."""
    sha256: str
    asked: bool = True


def list_pictures(session: Session, version: Version, *, only: Collection[int] = ()) -> list[Picture]:
    """The publication's pictures that are still there, in their order; with ``only`` those of these masks."""
    wanted = select(VersionReceipt.mask_id).where(
        VersionReceipt.version_id == version.id, VersionReceipt.thing_id.is_not(None)
    )
    masks = [one for one in session.scalars(wanted.order_by(VersionReceipt.id)) if one is not None]
    found = {one.mask_id: one for one in _pictures(session, [one for one in masks if not only or one in only])}
    return [found[one] for one in dict.fromkeys(masks) if one in found]


def spread_pictures(session: Session, asked: Collection[int]) -> list[Picture]:
    """What goes with these masks: the same bytes wherever they are shown, and every other masking of the same pages that no
    version uses. Another masking that some version shows stays, because its boxes may cover what is to go.
    """
    if not asked:
        return []
    chosen = session.scalars(select(ReceiptMask).where(ReceiptMask.id.in_(asked))).all()
    same = select(ReceiptPage.sha256).where(ReceiptPage.id.in_([one.page_id for one in chosen]))
    masks = session.scalars(
        select(ReceiptMask).join(ReceiptPage, ReceiptPage.id == ReceiptMask.page_id).where(ReceiptPage.sha256.in_(same))
    ).all()
    used = set(session.scalars(select(VersionReceipt.mask_id).where(VersionReceipt.mask_id.in_([m.id for m in masks]))))
    gone, kept = {one.sha256 for one in chosen}, {one.sha256 for one in masks if one.id in used}
    ids = [one.id for one in masks if one.sha256 in gone or one.sha256 not in kept]
    return [
        Picture(one.mask_id, one.name, one.numbers, one.sha256, one.mask_id in asked) for one in _pictures(session, ids)
    ]


def _pictures(session: Session, mask_ids: Collection[int]) -> list[Picture]:
    replaced = select(VaultReplacement.old_sha256).where(VaultReplacement.old_sha256 == ReceiptMask.sha256)
    found = session.execute(
        select(ReceiptMask, ReceiptPage.page, ReceiptFile.name)
        .join(ReceiptPage, ReceiptPage.id == ReceiptMask.page_id)
        .join(ReceiptFile, ReceiptFile.id == ReceiptPage.file_id)
        .where(ReceiptMask.id.in_(mask_ids), ~replaced.exists())
        .order_by(ReceiptMask.id)
    ).all()
    numbers: dict[int, set[int]] = {}
    for mask_id, number in session.execute(
        select(VersionReceipt.mask_id, Thing.number)
        .join(Thing, Thing.id == VersionReceipt.thing_id)
        .where(VersionReceipt.mask_id.in_(mask_ids))
    ):
        numbers.setdefault(mask_id or 0, set()).add(number)
    return [
        Picture(
            mask.id,
            page_name(name, page),
            tuple(sorted(numbers.get(mask.id, ()))),
            mask.sha256,
        )
        for mask, page, name in found
    ]


def pictures_of(session: Session, held: Redaction) -> list[Picture]:
    """The pictures of a proposal as they stand now; what has gone meanwhile is not among them."""
    wanted = select(RedactionItem.field).where(
        RedactionItem.redaction_id == held.id, RedactionItem.row_id.is_(None), RedactionItem.asked.is_(True)
    )
    names = [one for one in session.scalars(wanted) if one.startswith(PICTURE)]
    return spread_pictures(session, [int(one.removeprefix(PICTURE)) for one in names])


def showing_pictures(session: Session, pictures: Iterable[Picture]) -> list[Version]:
    """The versions that show one of these pictures."""
    linked = select(VersionReceipt.version_id).where(VersionReceipt.mask_id.in_([one.mask_id for one in pictures]))
    return list(session.scalars(select(Version).where(Version.id.in_(linked)).order_by(Version.id)))


def keep_card(settings: Settings) -> tuple[str, int]:
    """Puts the grey card into the vault; its SHA-256 and size. Needs an application context."""
    raw = _card(Path(str(current_app.static_folder)) / "fonts" / "NotoSansSC-Regular.ttf")
    return vault_of(settings).keep(raw), len(raw)


def _card(font: Path) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    sheet = Image.new("RGB", _CARD, (238, 238, 238))
    letters = ImageFont.truetype(str(font), 48, layout_engine=ImageFont.Layout.BASIC)
    pen = ImageDraw.Draw(sheet)
    pen.text((_CARD[0] // 2, _CARD[1] // 2), "这张票据已依法隐去", fill=(60, 60, 60), font=letters, anchor="mm")
    out = BytesIO()
    sheet.save(out, "JPEG", quality=80)
    return out.getvalue()


def replace_pictures(
    session: Session, pictures: Sequence[Picture], card: tuple[str, int], erasure_id: int, *, now: datetime
) -> None:
    """Records that the card stands for the pictures, for the pages from which they were made and for the files in which those
    came, a PDF of several pages too. The bytes are dropped after the commit, by ``ledgers.cutting_out.drop_redacted``.
    """
    pages = select(ReceiptMask.page_id).where(ReceiptMask.id.in_([one.mask_id for one in pictures]))
    painted = set(session.scalars(select(ReceiptPage.sha256).where(ReceiptPage.id.in_(pages))))
    sent = select(ReceiptFile.sha256).join(ReceiptPage, ReceiptPage.file_id == ReceiptFile.id)
    files = set(session.scalars(sent.where(ReceiptPage.sha256.in_(painted))))
    gone = {one.sha256 for one in pictures} | painted | files
    copies = [Copy(one, card[0], card[1]) for one in sorted(gone)]
    replace_originals(session, copies, erasure_id, now=now)
