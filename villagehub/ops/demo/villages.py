"""The fictional villages: how many households, who holds which office, what the village owns. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from villagehub.ops.demo.names import SHOPS, TOWNSHIPS, VILLAGES, dice, distinct_names

GROUPS: Final = "一二三四五六七八"
SOURCES: Final = ("pond", "tea", "school", "solar", "forest", "workshop")
"""What may bring a village money: a fish pond, a tea garden, an old school let out, solar panels, a wood, a workshop."""


OPEN: Final = "周一至周五 8:30 至 12:00、14:00 至 17:30"
"""When a village's office is open: the foot of each of its pages."""
WHEN_OPEN: Final = "周一至周五上班时间"
"""The same where a guide or an officer's duties name no hours of their own."""


@dataclass(frozen=True, slots=True)
class Household:
    """One family: its head, the group it belongs to, its land in 亩, and whether its head is over eighty."""

    head: str
    group: int
    land: Decimal
    aged: bool
    poor: bool


@dataclass(frozen=True, slots=True)
class Officers:
    """Who works for the village. Names; the accounts are made from them."""

    head: str
    deputy: str
    clerk: str
    women: str
    chair: str
    members: tuple[str, str]
    board_chair: str
    board_members: tuple[str, str]


@dataclass(frozen=True, slots=True)
class DemoVillage:
    """A village as the generators know it. ``place`` counts from 0; the first villages have the stories."""

    seed: int
    place: int
    code: str
    name: str
    letters: str
    township_code: str
    township: str
    groups: int
    officers: Officers
    households: tuple[Household, ...]
    sources: frozenset[str]
    cleaners: tuple[str, ...]
    labourers: tuple[str, ...]
    shops: dict[str, str]
    tenants: dict[str, str]
    """Who rents or farms what brings the village money, by source."""
    collective: bool
    """Whether the collective's books are published beside the committee's."""

    @property
    def phone(self) -> str:
        """The office's telephone; no area's code is 0000."""
        return f"0000-66{self.code[-5:]}"

    @property
    def cooperative(self) -> str:
        """The collective by its own name: it has books of its own, and lets the tea factory."""
        return f"{self.name}股份经济合作社"

    @property
    def tea_makers(self) -> str:
        """Who rents the collective's tea factory, buys its leaves and pays it a dividend."""
        return f"{self.township}春芽茶叶合作社"

    @property
    def full_name(self) -> str:
        """As the official list has it."""
        return f"{self.name}村民委员会"


def make_villages(seed: int, count: int = len(VILLAGES)) -> list[DemoVillage]:
    """The first ``count`` villages of the county."""
    numbers: dict[str, int] = {}
    made = []
    for place, (township_code, stem, letters) in enumerate(VILLAGES[:count]):
        numbers[township_code] = numbers.get(township_code, 200) + 1
        made.append(_village(seed, place, f"{township_code}{numbers[township_code]}", township_code, stem, letters))
    return made


def _village(seed: int, place: int, code: str, township_code: str, stem: str, letters: str) -> DemoVillage:
    die = dice(seed, code, "village")
    taken: set[str] = set()
    men = distinct_names(die, 6, taken=taken, kind="man")
    women = distinct_names(die, 4, taken=taken, kind="woman")
    young = distinct_names(die, 1, taken=taken, kind="young")
    groups = die.randint(3, 7)
    sources = frozenset(die.sample(SOURCES, die.randint(2, 4)))
    if place == 0:  # its register of resources, contracts and debts tell of the pond
        sources |= {"pond"}
    households = _households(seed, code, groups, taken)
    return DemoVillage(
        seed=seed,
        place=place,
        code=code,
        name=f"{stem}村",
        letters=letters,
        township_code=township_code,
        township=next(name for code_, name, _ in TOWNSHIPS if code_ == township_code),
        groups=groups,
        officers=Officers(
            head=men[0],
            deputy=men[1],
            clerk=young[0],
            women=women[0],
            chair=men[2],
            members=(women[1], men[3]),
            board_chair=men[4],
            board_members=(women[2], men[5]),
        ),
        households=households,
        sources=sources,
        cleaners=tuple(distinct_names(die, die.randint(2, 3), taken=taken, kind="woman")),
        labourers=tuple(distinct_names(die, 6, taken=taken, kind="man")),
        shops={what: die.choice(names) for what, names in SHOPS.items()}
        | {"power": f"{'柳河' if township_code == TOWNSHIPS[0][0] else '白杨'}供电所"},
        tenants={
            "pond": die.choice(households).head,
            "tea": die.choice(households).head,
            "school": die.choice(("青禾县山里人食品厂", "青禾县菌香合作社")),
            "workshop": die.choice(("青禾县暖阳服装厂", "青禾县巧手编织合作社")),
        },
        collective=place in (0, 2, 4),
    )


def _households(seed: int, code: str, groups: int, taken: set[str]) -> tuple[Household, ...]:
    """Families of the lists that are published; the first of each group is its leader."""
    die = dice(seed, code, "households")
    heads = distinct_names(die, groups * die.randint(5, 7), taken=taken)
    return tuple(
        Household(
            head=head,
            group=index % groups + 1,
            land=Decimal(die.randint(14, 92)) / 10,
            aged=index >= groups and die.random() < 0.28,
            poor=index >= groups and die.random() < 0.22,
        )
        for index, head in enumerate(heads)
    )


def group_name(number: int) -> str:
    """``三组``."""
    return f"{GROUPS[number - 1]}组"


def place_list(villages: Sequence[DemoVillage], county_code: str, county_name: str) -> bytes:
    """The county's official list, as ``places import`` takes it."""
    lines = ["code,name", f"{county_code},{county_name}"]
    used = {one.township_code for one in villages}
    lines += [f"{code},{name}" for code, name, _ in TOWNSHIPS if code in used]
    lines += [f"{one.code},{one.full_name}" for one in villages]
    return "\n".join(lines).encode()
