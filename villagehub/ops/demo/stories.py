"""What is remarkable about single villages: late, waiting, returned, corrected, objected, nothing to report. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from villagehub.kernel.money import plain_yuan
from villagehub.ops.demo.collective import Book
from villagehub.ops.demo.entry import Entry


class Fate(StrEnum):
    """How far the last quarter's account came."""

    PUBLISHED = "published"
    LATE = "late"
    """Nothing was handed in."""
    DRAFT = "draft"
    WAITING = "waiting"
    """Submitted, nobody has signed."""
    RETURNED = "returned"
    REVIEWED = "reviewed"
    """Signed, the village head has not published it."""
    OBJECTED = "objected"
    """Published with a member's objection."""


LAST_QUARTER: Final = {
    1: Fate.RETURNED,
    2: Fate.WAITING,
    3: Fate.OBJECTED,
    5: Fate.LATE,
    6: Fate.DRAFT,
    7: Fate.REVIEWED,
    9: Fate.LATE,
    13: Fate.LATE,
}
"""By the village's place; all others published in time."""
UNDER_WAY: Final = (0, {1: Fate.DRAFT, 2: Fate.RETURNED, 3: Fate.WAITING, 4: Fate.REVIEWED})
"""The village whose groups open their books for the first time, with a later day, and how far each group's account came:
whoever tries the demo finds something to do there for everybody.
"""
TO_UPLOAD: Final = 5
"""The village whose clerk did not send the last quarter's file; it is left in the folder for whoever tries the demo."""
LATER_DAYS: Final = 20
"""How many days after the making of the demo these accounts are due."""
ANSWER_DAYS: Final = 9
"""How many days the village then has to answer the township."""
CORRECTED: Final = (0, 2)
"""The village and the quarter (counted from 0) in which an amount was copied wrongly and corrected later."""
WITH_RECEIPTS: Final = (0, 3)
"""The village and the quarter whose payments have pictures of their receipts."""
NIL: Final = (4, 1)
"""The village and the quarter in which its collective had nothing to report."""


@dataclass(frozen=True, slots=True)
class Slip:
    """An amount that was copied wrongly: what stood in the file, and what is right."""

    entry: Entry
    wrong_fen: int

    @property
    def reason(self) -> str:
        """Why it is corrected, as the clerk writes it."""
        return (
            f"{self.entry.day.month}月凭证号 {self.entry.voucher} 的金额抄错，把{plain_yuan(self.entry.fen)}元写成了"
            f"{plain_yuan(self.wrong_fen)}元，村民看公开栏时发现，已对照领款名册改正"
        )


def labour_of(book: Book) -> Entry:
    """The entry that stories are told about: villagers' paid work."""
    return next(one for one in book.entries if "个工" in one.summary)


def slip_in(book: Book) -> Slip:
    """The first two figures of the labour's amount, exchanged."""
    entry = labour_of(book)
    whole = str(entry.fen // 100)
    exchanged = whole[1] + whole[0] + whole[2:] if whole[1] not in (whole[0], "0") else whole + "0"
    return Slip(entry, int(exchanged) * 100)


def with_slip(book: Book, slip: Slip) -> Book:
    """The book as it was handed in first."""
    return replace(
        book,
        entries=tuple(replace(one, fen=slip.wrong_fen) if one == slip.entry else one for one in book.entries),
    )


def without_payee(book: Book) -> Book:
    """The book of a clerk who forgot whom the villagers' work was paid to."""
    entry = labour_of(book)
    return replace(book, entries=tuple(replace(one, payee="") if one == entry else one for one in book.entries))


def reason_of_return(book: Book) -> str:
    """What the committee's member writes when sending it back."""
    entry = labour_of(book)
    return f"{entry.day.month}月凭证号 {entry.voucher} 的“{entry.summary}”没有写领款人，请问清楚补上，再送审。"


def reason_of_later_day() -> str:
    """Why the township put the groups' day off; villagers read it."""
    return "各组的账今年第一次上网，村里正在帮着理"


def largest_payment(book: Book) -> Entry:
    """What the township asks about."""
    return max((one for one in book.entries if one.direction == "out"), key=lambda one: one.fen)


def question_about(entry: Entry) -> str:
    """What the township writes."""
    return f"请说明这笔{plain_yuan(entry.fen)}元是怎么定下来的，开过会的请附会议记录，有合同和验收单的也请附上。"


def objection_to(book: Book) -> str:
    """What the member writes who does not agree."""
    entry = labour_of(book)
    return f"“{entry.summary}”没有附记工单，用工天数我没法核对，请把记工单补上。"
