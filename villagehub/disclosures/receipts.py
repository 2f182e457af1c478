"""What a version shows of its receipts (decision 24): which pictures belong to which row, and why a row has none.

Here is what submitting, reviewing and publishing need of it. Pictures come in and are masked in the room ``receipts``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.receipt_models import (
    LateReceipt,
    ReceiptChoice,
    ReceiptFile,
    ReceiptMask,
    ReceiptPage,
    VersionReceipt,
    VersionVoucher,
)
from villagehub.kernel.canonical import canonical
from villagehub.kernel.refused import Refused
from villagehub.transparency.tree import leaf_hash


class VoucherState(StrEnum):
    """Why a row has no picture. A missing picture is not a missing voucher: only the last is a fault."""

    AGENCY = "agency"
    UNSENT = "unsent"
    NONE = "none"


STATE_WORDS: Final = {
    VoucherState.AGENCY: "原始凭证在镇代理中心",
    VoucherState.UNSENT: "图片没传",
    VoucherState.NONE: "确无票据",
}


def voucher_words(state: str, number: str) -> str:
    """``原始凭证在镇代理中心（第118号）``, ``图片没传``, ``确无票据``; a number that begins with a word is ``凭证号 记-118``."""
    words = STATE_WORDS[VoucherState(state)]
    if not number or state != VoucherState.AGENCY:
        return words
    return f"{words}（第{number}号）" if number[0].isdigit() else f"{words}（凭证号 {number}）"


class ReceiptsUnmatched(Refused):
    """A picture belongs to a row of this version, or it is taken out."""

    code = "receipts_unmatched"
    message = "《{title}》里有 {count} 张票据还没有对上是哪一行。"
    fix = "请点“票据”，给它们选好行；不要的，点“拿掉”。"
    status = 422


class ReceiptsUnmasked(Refused):
    """Nothing unmasked is submitted (decision 24): whoever reviews sees what the public will see."""

    code = "receipts_unmasked"
    message = "《{title}》里有 {count} 张票据还没有遮个人信息。"
    fix = "请点“票据”，一张一张看：有身份证号、电话、卡号的遮住；没有的，点“没有要遮的”。"
    status = 422


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One picture of a version."""

    id: int
    """Of the version's link; 0 for one that came after publication."""
    page_id: int
    mask_id: int | None
    thing_id: int | None
    """None: matched to no row of this version."""
    number: int | None
    """The row's permanent number."""
    name: str
    """What the sent file was called, with the page where it has several."""
    active: bool
    """The PDF carried scripts or files; only its pages' looks were kept."""


@dataclass(frozen=True, slots=True)
class Receipts:
    """All that a version has of receipts."""

    lines: tuple[ReceiptLine, ...]
    late: tuple[ReceiptLine, ...]
    states: dict[int, str]
    """Words by thing: why it has no picture."""
    lacking: frozenset[int]
    """Things that have no voucher at all: the one fault."""

    def of(self, thing_id: int) -> tuple[ReceiptLine, ...]:
        """The pictures of one row."""
        return tuple(one for one in self.lines if one.thing_id == thing_id)

    @property
    def unmatched(self) -> tuple[ReceiptLine, ...]:
        """Pictures that belong to no row so far."""
        return tuple(one for one in self.lines if one.thing_id is None)

    @property
    def unmasked(self) -> tuple[ReceiptLine, ...]:
        """Pictures at which nobody has looked yet."""
        return tuple(one for one in self.lines if one.mask_id is None)


def read_receipts(session: Session, version_id: int) -> Receipts:
    """Pictures in the order in which they came, and the states; a picture of a row that has left the version is unmatched."""
    numbers = _numbers(session, version_id)
    vouchers = session.scalars(select(VersionVoucher).where(VersionVoucher.version_id == version_id)).all()
    return Receipts(
        lines=_lines(session, VersionReceipt, version_id, numbers),
        late=_lines(session, LateReceipt, version_id, numbers),
        states={one.thing_id: voucher_words(one.state, one.number) for one in vouchers if one.thing_id in numbers},
        lacking=frozenset(one.thing_id for one in vouchers if one.state == VoucherState.NONE),
    )


def page_name(name: str, page: int) -> str:
    """What a page is called: the sent file's name, and which page where it is not the first."""
    return name if page == 1 else f"{name} 第 {page} 页"


def _numbers(session: Session, version_id: int) -> dict[int, int]:
    found = session.execute(
        select(Thing.id, Thing.number)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version_id)
    )
    return {thing_id: number for thing_id, number in found}  # noqa: C416 - typed, unlike dict()


def _lines(session: Session, table: type[Any], version_id: int, numbers: dict[int, int]) -> tuple[ReceiptLine, ...]:
    found = session.execute(
        select(table, ReceiptPage.page, ReceiptFile.name, ReceiptFile.active)
        .join(ReceiptPage, ReceiptPage.id == table.page_id)
        .join(ReceiptFile, ReceiptFile.id == ReceiptPage.file_id)
        .where(table.version_id == version_id)
        .order_by(table.id)
    )
    return tuple(
        ReceiptLine(
            id=link.id if isinstance(link, VersionReceipt) else 0,
            page_id=link.page_id,
            mask_id=link.mask_id if isinstance(link, VersionReceipt) else None,
            thing_id=link.thing_id if link.thing_id in numbers else None,
            number=numbers.get(link.thing_id or 0),
            name=page_name(name, page),
            active=active,
        )
        for link, page, name, active in found
    )


@dataclass(frozen=True, slots=True)
class RowProof:
    """What one row has, for comparing two versions."""

    pictures: tuple[str, ...]
    """SHA-256 of the masked pictures; empty text for one that is not masked yet."""
    state: str

    @property
    def words(self) -> str:
        """``2 张图``, ``图片没传``; empty where nothing is said."""
        return "，".join(filter(None, (f"{len(self.pictures)} 张图" if self.pictures else "", self.state)))


def proofs_by_number(session: Session, version_id: int) -> dict[int, RowProof]:
    """By permanent number, for the rows of which anything is said."""
    held, numbers = read_receipts(session, version_id), _numbers(session, version_id)
    masks = {one.mask_id for one in held.lines if one.mask_id}
    hashes = {one.id: one.sha256 for one in session.scalars(select(ReceiptMask).where(ReceiptMask.id.in_(masks)))}
    proofs = (
        (
            number,
            RowProof(
                tuple(hashes.get(one.mask_id or 0, "") for one in held.of(thing_id)), held.states.get(thing_id, "")
            ),
        )
        for thing_id, number in numbers.items()
    )
    return {number: one for number, one in proofs if one.pictures or one.state}


def proof_change(old: RowProof | None, new: RowProof | None) -> tuple[str, str] | None:
    """What to say before and after; None where both show the same. Other pictures in the same number are 换过."""
    if old == new:
        return None
    before, after = (one.words if one else "没有" for one in (old, new))
    return before, f"{after}（换过）" if before == after else after


def wants_receipts(session: Session, village_id: int) -> bool:
    """The village's setting: whether every payment should have a picture."""
    chosen = session.get(ReceiptChoice, village_id)
    return chosen is not None and chosen.wanted


def why_not_receipts(session: Session, version: Version, title: str) -> Refused | None:
    """None when every picture belongs to a row and has been looked at."""
    held = read_receipts(session, version.id)
    if held.unmatched:
        return ReceiptsUnmatched(title=title, count=len(held.unmatched))
    if held.unmasked:
        return ReceiptsUnmasked(title=title, count=len(held.unmasked))
    return None


def receipt_content(session: Session, version_id: int) -> dict[str, Any]:
    """What of the receipts a reviewer agrees to; empty where there are none."""
    pictures = [[number, sha256] for number, sha256, _, _ in _public(session, version_id)]
    vouchers = [[number, state, text] for number, state, text in _vouchers(session, version_id)]
    return {"receipts": pictures, "vouchers": vouchers} if pictures or vouchers else {}


def receipt_leaves(session: Session, version_id: int) -> list[bytes]:
    """Leaf hashes of the public pictures, in order: whose row, and both digests of the bytes (evidence.md)."""
    return [
        leaf_hash(canonical({"row": number, "sha256": sha256, "sm3": sm3, "size": size}))
        for number, sha256, sm3, size in _public(session, version_id)
    ]


def voucher_facts(session: Session, version_id: int) -> dict[str, Any]:
    """The states as facts that a publication commits to, by name."""
    return {
        f"voucher:{number}": {"state": state, "number": text} for number, state, text in _vouchers(session, version_id)
    }


def public_receipts(session: Session, version_id: int) -> list[tuple[int, ReceiptMask]]:
    """The masked pictures with their rows' things, in the order of their places in addresses (1, 2, 3 …)."""
    found = session.execute(
        select(VersionReceipt.thing_id, ReceiptMask)
        .join(ReceiptMask, ReceiptMask.id == VersionReceipt.mask_id)
        .where(VersionReceipt.version_id == version_id, VersionReceipt.thing_id.is_not(None))
        .order_by(VersionReceipt.id)
    )
    return [(thing_id, mask) for thing_id, mask in found if thing_id is not None]


def _public(session: Session, version_id: int) -> Sequence[tuple[int, str, str, int]]:
    found = session.execute(
        select(Thing.number, ReceiptMask.sha256, ReceiptMask.sm3, ReceiptMask.size)
        .join(VersionReceipt, VersionReceipt.thing_id == Thing.id)
        .join(ReceiptMask, ReceiptMask.id == VersionReceipt.mask_id)
        .where(VersionReceipt.version_id == version_id)
        .order_by(VersionReceipt.id)
    )
    return [(number, sha256, sm3, size) for number, sha256, sm3, size in found]


def _vouchers(session: Session, version_id: int) -> Sequence[tuple[int, str, str]]:
    """States of rows that the version still has."""
    numbers = _numbers(session, version_id)
    found = session.scalars(select(VersionVoucher).where(VersionVoucher.version_id == version_id))
    return sorted((numbers[one.thing_id], one.state, one.number) for one in found if one.thing_id in numbers)


def copy_receipts(session: Session, source: Version, target: Version) -> None:
    """A correction begins with what the publication shows; what was sent for it later comes along, still unmasked."""
    tables: tuple[type[Any], ...] = (VersionReceipt, LateReceipt)
    for table in tables:
        for link in session.scalars(select(table).where(table.version_id == source.id).order_by(table.id)).all():
            session.add(
                VersionReceipt(
                    village_id=target.village_id,
                    version_id=target.id,
                    page_id=link.page_id,
                    thing_id=link.thing_id,
                    mask_id=link.mask_id if isinstance(link, VersionReceipt) else None,
                )
            )
    session.flush()
    for one in session.scalars(select(VersionVoucher).where(VersionVoucher.version_id == source.id)).all():
        session.add(VersionVoucher(version_id=target.id, thing_id=one.thing_id, state=one.state, number=one.number))
    session.flush()


def drop_receipts(session: Session, version_id: int) -> None:
    """A nil return has no rows, and so no receipts; the files stay where they are kept."""
    session.execute(delete(VersionReceipt).where(VersionReceipt.version_id == version_id))
    session.execute(delete(VersionVoucher).where(VersionVoucher.version_id == version_id))
