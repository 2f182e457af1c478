"""The project that each village builds in a year: its books and its register of projects tell it from here alone. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from villagehub.kernel.period import Period
from villagehub.ops.demo.entry import hundreds, months_of, working_day
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage, group_name

_PROJECTS: Final = (
    ("{group}水渠硬化工程", 620, 1280),
    ("{group}通组路水毁修复工程", 480, 960),
    ("安全饮水管网改造工程", 560, 1180),
    ("村文化广场整修工程", 420, 780),
    ("太阳能路灯安装工程", 360, 720),
)

ATTENDED: Final = 38
"""Representatives of the first village who come to each meeting that its decisions tell of."""


@dataclass(frozen=True, slots=True)
class Works:
    """One year's project. Amounts in fen; the grant is the whole price, and nothing is paid but these two payments."""

    name: str
    builder: str
    quarter: Period
    whole_fen: int
    first_fen: int
    granted_on: date
    first_paid_on: date
    rest_paid_on: date

    @property
    def rest_fen(self) -> int:
        """What is paid after the acceptance, in the quarter that follows."""
        return self.whole_fen - self.first_fen

    @property
    def voted_on(self) -> date:
        """The representatives met before any money came."""
        return self.quarter.first - timedelta(days=20)


def works_of(village: DemoVillage, year: int) -> Works:
    """The project whose grant comes in ``year``."""
    die = dice(village.seed, village.code, "project", year)
    name, low, high = die.choice(_PROJECTS)
    name = name.format(group=group_name(die.randrange(village.groups) + 1))
    whole = hundreds(die, low, high)
    quarter = Period.parse(f"{year}Q{die.randint(1, 4)}")
    months, after = months_of(quarter), months_of(quarter.following())
    return Works(
        name,
        village.shops["works"],
        quarter,
        whole,
        whole * 7 // 10,
        working_day(die, *months[0], 5, 15),
        working_day(die, *months[2], 10, 25),
        working_day(die, *after[0], 12, 25),
    )


def works_in(village: DemoVillage, quarters: list[Period]) -> list[Works]:
    """The projects of which any money stands in the books of these quarters, the oldest first."""
    years = range(quarters[0].first.year - 1, quarters[-1].first.year + 1)
    found = [works_of(village, year) for year in years]
    return [one for one in found if {one.quarter, one.quarter.following()} & set(quarters)]
