"""Subsidies as they are paid to villagers, list by list. Pure; amounts in whole fen.

Programmes are of the ordinary kind (names are shown for a time) and of the sensitive kind (only a sum is shown). Numbers
of persons in these lists are no real ones: they begin with 0000 or are starred out by the clerk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from villagehub.kernel.period import Cadence, Period
from villagehub.ops.demo.entry import working_day
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage, Household, group_name

LAND_RATE = Decimal("72.5")
"""Yuan for each 亩."""
AGED_YUAN = Decimal(50)
"""Yuan a month."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One line of a list. ``basis`` × ``rate`` (yuan) is the amount."""

    group: str
    person: str
    basis: Decimal
    rate: Decimal
    fen: int
    card: str
    id_number: str
    paid_on: date


@dataclass(frozen=True, slots=True)
class Batch:
    """One list: the programme as its title says it, the period, and what ``basis`` counts."""

    programme: str
    period: Period
    basis_words: str
    basis_unit: str
    rate_words: str
    payments: tuple[Payment, ...]

    @property
    def total_fen(self) -> int:
        """What was paid in all."""
        return sum(one.fen for one in self.payments)


def land_batch(village: DemoVillage, year: int) -> Batch:
    """耕地地力保护补贴 of a year, paid in June."""
    period = Period.parse(f"{year}-06")
    day = working_day(dice(village.seed, village.code, "land", year), year, 6, 12, 26)
    payments = []
    for place, one in enumerate(village.households, start=1):
        payments.append(_payment(village, place, one, one.land, LAND_RATE, day))
    return Batch("耕地地力保护补贴", period, "补贴面积", "亩", "补贴标准（元/亩）", tuple(payments))


def aged_batch(village: DemoVillage, quarter: Period) -> Batch:
    """高龄津贴 of a quarter, paid in its last month."""
    each = [(one, AGED_YUAN) for one in village.households if one.aged]
    return _three_months(village, quarter, "高龄津贴", each)


def poor_batch(village: DemoVillage, quarter: Period) -> Batch:
    """农村低保 of a quarter; sensitive, so nobody's name is ever shown."""
    die = dice(village.seed, village.code, "poor", quarter.first.year)
    each = [(one, Decimal(die.randint(28, 46) * 10)) for one in village.households if one.poor]
    return _three_months(village, quarter, "农村低保补助", each)


def _three_months(
    village: DemoVillage, quarter: Period, programme: str, each: Sequence[tuple[Household, Decimal]]
) -> Batch:
    """``each``: who gets how many yuan a month."""
    last = quarter.last
    day = working_day(dice(village.seed, village.code, programme, quarter), last.year, last.month, 10, 22)
    payments = [
        _payment(village, place, one, Decimal(3), monthly, day) for place, (one, monthly) in enumerate(each, start=1)
    ]
    period = Period.of(Cadence.MONTH, last)
    return Batch(programme, period, "月数", "个月", "补贴标准（元/月）", tuple(payments))


def _payment(village: DemoVillage, place: int, one: Household, basis: Decimal, rate: Decimal, day: date) -> Payment:
    return Payment(
        group=group_name(one.group),
        person=one.head,
        basis=basis,
        rate=rate,
        fen=int(basis * rate * 100),
        card=f"0000{village.code[-6:]}{place:06d}",
        id_number=f"9901**********{place:04d}",
        paid_on=day,
    )
