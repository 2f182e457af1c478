"""What the first village has let and raised: books, contracts, debts and registers tell it from here alone. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from villagehub.kernel.period import Period
from villagehub.ops.demo.entry import hundreds
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage

WITH_OTHERS: Final = 0
"""The place of the village that publishes everything."""

POND_CONTRACT: Final = "HT-01"
POND_MU: Final = Decimal("12.50")
POND_SPOT: Final = "二组河边"
LAND_CONTRACT: Final = "HT-02"
LAND_MU: Final = Decimal("20.00")
LAND_FEN_PER_MU: Final = 12_000
LAND_YEARS: Final = 5
ENDS_IN: Final = 54
"""Days after the making of the demo on which the land's lease ends: the next one is already open to objections."""

FACTORY: Final = "茶叶加工厂房"
FACTORY_CONTRACT: Final = "JT-01"
"""The collective numbers its own contracts."""
FACTORY_YEARS: Final = 3

LEVY: Final = "修机耕路"
LEVY_FEN: Final = 2_000
"""For each head."""
LEVIED: Final = (("一组", 126), ("二组", 88), ("三组", 104))
"""Group and heads."""


def pond_rent_fen(village: DemoVillage) -> int:
    """A year's rent of the fish pond, due at the end of July; an even number of hundreds of yuan."""
    return 2 * hundreds(dice(village.seed, village.code, "pond"), 40, 100)


def pond_paid_fen(village: DemoVillage) -> int:
    """What came of the last rent: in the village with all sections half of it is still owed."""
    return pond_rent_fen(village) // (2 if village.place == WITH_OTHERS else 1)


def pond_day(year: int) -> date:
    """Until when a year's rent is to be paid."""
    return date(year, 7, 31)


def rent_year(quarter: Period) -> int:
    """The year of the newest third quarter that is over with ``quarter``: its rent was the last to fall due."""
    return quarter.first.year if quarter.number >= 3 else quarter.first.year - 1


def land_rent_fen() -> int:
    """The hill land's rent for all its years, paid when it was let."""
    return int(LAND_MU * LAND_FEN_PER_MU) * LAND_YEARS


def land_term(today: date) -> tuple[date, date]:
    """First and last day of the hill land's lease."""
    ends = today + timedelta(days=ENDS_IN)
    after = ends + timedelta(days=1)
    day = min(after.day, 28)
    return date(after.year - LAND_YEARS, after.month, day), ends


def land_tenant(village: DemoVillage) -> str:
    """Who rents the hill land: another household than the pond's."""
    return next(one.head for one in village.households if one.head != village.tenants["pond"])


@dataclass(frozen=True, slots=True)
class Usual:
    """What is the same each year in a collective's books: its members, a quarter's rent of the tea factory, its dividend."""

    members: int
    factory_fen: int
    dividend_fen: int


def usual_of(village: DemoVillage) -> Usual:
    """The same whoever asks: the books, or the contract."""
    die = dice(village.seed, village.code, "jt")
    return Usual(die.randint(310, 620), hundreds(die, 60, 120), hundreds(die, 180, 360))


def factory_days(quarter: Period) -> list[date]:
    """Until when each rent of the tea factory is to be paid, as its contract stands at the end of ``quarter``: the end of the
    middle month of each quarter. It began with the year before, so that every quarter that is public lies in it.
    """
    first = quarter.first.year - 1
    ends = ((3, 1), (6, 1), (9, 1), (12, 1))
    return [
        date(year, month, day) - timedelta(days=1)
        for year in range(first, first + FACTORY_YEARS)
        for month, day in ends
    ]


def levied_fen() -> int:
    """What the levy for the field road brought, all of which was spent."""
    return sum(heads for _, heads in LEVIED) * LEVY_FEN
