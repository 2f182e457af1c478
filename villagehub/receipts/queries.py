"""What the room's pages show: a version's rows with their receipts, and one picture with its boxes. Frozen values come out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.receipt_models import ReceiptFile, ReceiptMask, ReceiptPage, VersionReceipt, VersionVoucher
from villagehub.disclosures.receipts import ReceiptLine, Receipts, read_receipts, wants_receipts
from villagehub.disclosures.row_lines import ROWS_A_PAGE
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import STAGE_WORDS, Stage
from villagehub.disclosures.steps import Step, why_not_post, why_not_step
from villagehub.kernel.money import yuan
from villagehub.kernel.refused import Refused
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.receipts.actions import must_take_receipts, receipt_with_id

MOST_CHOICES: Final = 2000
"""Rows that a list to choose from offers."""


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row and what proves it."""

    number: int
    words: str
    """Excel row, voucher, day, summary, amount: by which a clerk knows it again."""
    pictures: tuple[ReceiptLine, ...]
    late: tuple[ReceiptLine, ...]
    state: str
    state_number: str
    state_words: str


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    """A version's receipts."""

    version_id: int
    title: str
    village: VillageFacts
    stage_words: str
    published: bool
    refusal: Refused | None
    """Why this reader may not change anything; of a published version: may not add."""
    wanted: bool
    receipts: Receipts
    rows: tuple[RowLine, ...]
    rows_total: int
    without: int
    """Payments that have neither picture nor reason."""
    choices: tuple[tuple[int, str], ...]
    page: int
    pages: int


def read_receipts_page(
    session: Session, version: Version, *, actor: Actor, policy: Policy, page: int = 1
) -> ReceiptsPage:
    """The page. The caller has checked that the village is theirs. Raises NoReceiptsHere."""
    must_take_receipts(version)
    held, rows = read_receipts(session, version.id), _rows(session, version.id)
    vouchers = {
        one.thing_id: one
        for one in session.scalars(select(VersionVoucher).where(VersionVoucher.version_id == version.id))
    }
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    page = min(max(1, page), pages)
    published = version.stage == Stage.PUBLISHED
    ask = why_not_post if published else why_not_step
    matched = {one.thing_id for one in held.lines}
    return ReceiptsPage(
        version_id=version.id,
        title=title_of(version.disclosure),
        village=read_village_by_id(session, version.village_id),
        stage_words=STAGE_WORDS[Stage(version.stage)],
        published=published,
        refusal=ask(session, version, Step.EDIT, actor=actor, policy=policy),
        wanted=wants_receipts(session, version.village_id),
        receipts=held,
        rows=tuple(
            RowLine(
                number=number,
                words=words,
                pictures=held.of(thing_id),
                late=tuple(one for one in held.late if one.thing_id == thing_id),
                state=vouchers[thing_id].state if thing_id in vouchers else "",
                state_number=vouchers[thing_id].number if thing_id in vouchers else "",
                state_words=held.states.get(thing_id, ""),
            )
            for number, thing_id, words, _ in rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
        ),
        rows_total=len(rows),
        without=sum(1 for _, thing_id, _, out in rows if out and thing_id not in matched and thing_id not in vouchers),
        choices=tuple((number, words) for number, _, words, _ in rows[:MOST_CHOICES]),
        page=page,
        pages=pages,
    )


def _rows(session: Session, version_id: int) -> list[tuple[int, int, str, bool]]:
    """Permanent number, thing, words, and whether money went out."""
    found = session.execute(
        select(Thing.number, Thing.id, VersionRow.source_row, Row.facts, Row.amount_fen, Row.direction, Row.occurred_on)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version_id)
        .order_by(VersionRow.position)
    )
    return [
        (number, thing_id, _words(source_row, day, facts, amount), direction == "out")
        for number, thing_id, source_row, facts, amount, direction, day in found
    ]


def _words(source_row: int | None, day: Any, facts: dict[str, Any], amount: int | None) -> str:
    voucher = facts.get("voucher_no")
    parts = (
        f"第 {source_row} 行" if source_row else "",
        f"凭证号 {voucher}" if voucher else "没有凭证号",
        f"{day.month}月{day.day}日" if day else "",
        str(facts.get("summary") or "")[:40],
        f"{yuan(amount)} 元" if amount is not None else "",
    )
    return " · ".join(one for one in parts if one)


@dataclass(frozen=True, slots=True)
class PicturePage:
    """One picture of a version."""

    id: int
    version_id: int
    title: str
    village: VillageFacts
    name: str
    active: bool
    number: int | None
    row_words: str
    choices: tuple[tuple[int, str], ...]
    page_id: int
    width: int
    height: int
    mask_id: int | None
    boxes: tuple[tuple[int, int, int, int], ...]
    refusal: Refused | None
    left: int
    """Pictures of the version at which nobody has looked yet, this one included."""
    following: int | None
    """The next one of them."""


def read_picture_page(session: Session, receipt_id: int, *, actor: Actor, policy: Policy) -> PicturePage:
    """The page of a picture. The caller has checked that the village is theirs. Raises NotFound."""
    link = receipt_with_id(session, receipt_id)
    version = session.get_one(Version, link.version_id)
    page = session.get_one(ReceiptPage, link.page_id)
    file = session.get_one(ReceiptFile, page.file_id)
    mask = session.get(ReceiptMask, link.mask_id) if link.mask_id else None
    rows = _rows(session, version.id)
    here = next(((number, words) for number, thing_id, words, _ in rows if thing_id == link.thing_id), (None, ""))
    unmasked = [one.id for one in read_receipts(session, version.id).unmasked]
    return PicturePage(
        id=link.id,
        version_id=version.id,
        title=title_of(version.disclosure),
        village=read_village_by_id(session, version.village_id),
        name=file.name if page.page == 1 else f"{file.name} 第 {page.page} 页",
        active=file.active,
        number=here[0],
        row_words=here[1],
        choices=tuple((number, words) for number, _, words, _ in rows[:MOST_CHOICES]),
        page_id=page.id,
        width=page.width,
        height=page.height,
        mask_id=link.mask_id,
        boxes=boxes_of(mask.boxes) if mask else (),
        refusal=why_not_step(session, version, Step.EDIT, actor=actor, policy=policy),
        left=len(unmasked),
        following=next((one for one in unmasked if one != link.id), None),
    )


def boxes_of(stored: Sequence[Sequence[int]]) -> tuple[tuple[int, int, int, int], ...]:
    """Boxes as they are stored, as values."""
    return tuple((int(one[0]), int(one[1]), int(one[2]), int(one[3])) for one in stored)


def unmasked_picture(session: Session, receipt_id: int) -> str:
    """The painted picture's SHA-256, for the mask to be burnt into. Raises NotFound."""
    return session.get_one(ReceiptPage, receipt_with_id(session, receipt_id).page_id).sha256


def village_of_receipt(session: Session, receipt_id: int) -> int:
    """Whose picture it is; raises NotFound."""
    found: VersionReceipt = receipt_with_id(session, receipt_id)
    return found.village_id
