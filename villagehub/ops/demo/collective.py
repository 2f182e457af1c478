"""The books of a village's collective (集体经济组织), beside the committee's; and both as a chain of quarters. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.period import Period
from villagehub.ops.demo.entries import quarter_entries
from villagehub.ops.demo.entry import Entry, cents, hundreds, months_of, numbered, tens, working_day
from villagehub.ops.demo.leases import usual_of
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage

LEAST_LEFT_FEN: Final = 600_000
"""No quarter of the demo ends with less than this on the account."""


@dataclass(frozen=True, slots=True)
class Book:
    """One quarter of one subject's books; opening + income − expense = closing, in fen."""

    period: Period
    entries: tuple[Entry, ...]
    opening_fen: int
    cash_fen: int

    @property
    def income_fen(self) -> int:
        """What came in."""
        return sum(one.fen for one in self.entries if one.direction == "in")

    @property
    def expense_fen(self) -> int:
        """What was paid."""
        return sum(one.fen for one in self.entries if one.direction == "out")

    @property
    def closing_fen(self) -> int:
        """What is left."""
        return self.opening_fen + self.income_fen - self.expense_fen


def committee_books(village: DemoVillage, quarters: Sequence[Period]) -> list[Book]:
    """The committee's books; each quarter opens with what the one before left."""
    return _chain(village, quarters, quarter_entries, "committee")


def collective_books(village: DemoVillage, quarters: Sequence[Period], *, without: Period | None = None) -> list[Book]:
    """The collective's books; in the quarter ``without`` nothing happened at all."""

    def entries_of(one: DemoVillage, period: Period) -> list[Entry]:
        return [] if period == without else collective_entries(one, period)

    return _chain(village, quarters, entries_of, "collective")


def group_book(village: DemoVillage, group: int, quarter: Period) -> Book:
    """The first book of a group of villagers."""

    def entries_of(one: DemoVillage, period: Period) -> list[Entry]:
        return group_entries(one, group, period)

    return _chain(village, [quarter], entries_of, f"group{group}")[0]


def _chain(
    village: DemoVillage,
    quarters: Sequence[Period],
    entries_of: Callable[[DemoVillage, Period], list[Entry]],
    whose: str,
) -> list[Book]:
    die = dice(village.seed, village.code, whose, "opening", quarters[0])
    flows = [entries_of(village, period) for period in quarters]
    left, lowest = 0, 0
    for flow in flows:
        left += sum(one.fen if one.direction == "in" else -one.fen for one in flow)
        lowest = min(lowest, left)
    opening = cents(die, 9_000, 62_000) - lowest + LEAST_LEFT_FEN
    books = []
    for period, flow in zip(quarters, flows, strict=True):
        book = Book(period, tuple(flow), opening, tens(die, 0, 96))
        books.append(book)
        opening = book.closing_fen
    return books


def group_entries(village: DemoVillage, group: int, period: Period) -> list[Entry]:
    """A quarter of one group: rent for its hill, the ditch cleaned by its villagers, a lamp mended."""
    die = dice(village.seed, village.code, "group", group, period)
    year, first, middle, last = period.first.year, *(month for _, month in months_of(period))
    days = die.randint(6, 14)
    return numbered(
        [
            Entry(
                working_day(die, year, first),
                "组里山场租金",
                "in",
                hundreds(die, 12, 48),
                "发包和出租",
                die.choice(village.households).head,
            ),
            Entry(
                working_day(die, year, middle),
                f"清水渠人工费（{days}个工，每工120元）",
                "out",
                days * 12_000,
                "修渠、路灯等公益",
                die.choice(village.labourers),
                by_hand=True,
            ),
            Entry(
                working_day(die, year, middle),
                "购水渠闸板",
                "out",
                tens(die, 18, 60),
                "修渠、路灯等公益",
                village.shops["building"],
            ),
            Entry(
                working_day(die, year, last),
                "修组里路灯",
                "out",
                tens(die, 12, 40),
                "修渠、路灯等公益",
                village.shops["building"],
            ),
        ]
    )


def collective_entries(village: DemoVillage, period: Period) -> list[Entry]:
    """A quarter of the collective: a co-operative's dividend, a garden's upkeep, once a year the members' share."""
    die, usual = dice(village.seed, village.code, "jt", period), usual_of(village)
    year, first, middle, last = period.first.year, *(month for _, month in months_of(period))
    found = [
        Entry(
            working_day(die, year, middle),
            f"茶叶加工厂{period.short_label}租金",
            "in",
            usual.factory_fen,
            "发包和出租",
            village.tea_makers,
        ),
        Entry(
            working_day(die, year, first),
            "集体茶园除草施肥人工费",
            "out",
            die.randint(12, 30) * 12_000,
            "经营支出",
            die.choice(village.labourers),
            by_hand=True,
        ),
        Entry(
            working_day(die, year, first),
            "购有机肥、修剪工具",
            "out",
            tens(die, 60, 180),
            "经营支出",
            village.shops["seedling"],
        ),
    ]
    if period.number == 1:
        found += [
            Entry(
                working_day(die, year, first, 8, 16),
                f"春芽茶叶合作社{year - 1}年分红",
                "in",
                usual.dividend_fen,
                "投资收益",
                village.tea_makers,
            ),
            Entry(
                working_day(die, year, first, 20, 27),
                f"发{year - 1}年成员分红（{usual.members}人，每人25元）",
                "out",
                usual.members * 2_500,
                "福利和分红",
                f"集体成员{usual.members}人",
                by_hand=True,
            ),
        ]
    if period.number == 2:
        found.append(
            Entry(
                working_day(die, year, last),
                "春茶鲜叶销售收入",
                "in",
                cents(die, 6_000, 14_000),
                "经营收入",
                village.tea_makers,
            )
        )
    found.append(
        Entry(
            working_day(die, year, last, 21, 21),
            "银行存款利息",
            "in",
            cents(die, 9, 60),
            "存款利息",
            f"{village.township}农商行",
        )
    )
    return numbered(found)
