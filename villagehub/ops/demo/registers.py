"""What a village owns, and who holds which office: the rows of its two yearly registers. Pure; values in whole fen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.ops.demo.leases import FACTORY, FACTORY_CONTRACT, POND_CONTRACT, POND_SPOT, WITH_OTHERS
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage, group_name


@dataclass(frozen=True, slots=True)
class Asset:
    """One fixed asset as it stands in the register at a year's end."""

    number: str
    name: str
    category: str
    operating: bool
    quantity: int
    unit: str
    location: str
    acquired: str
    original_fen: int
    gone_fen: int
    state: str
    keeper: str
    contract: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Officer:
    """One person in one post."""

    name: str
    post: str
    body: str
    portfolio: str
    duties: str


_KINDS: Final = (
    # name, category, unit, place, from and to in hundreds of yuan, years of use
    ("党群服务中心办公楼", "房屋建筑物", "栋", "村部", 3200, 8600, 40),
    ("村卫生室", "房屋建筑物", "处", "村部旁", 900, 1800, 40),
    ("便民服务大厅桌椅", "办公设备", "套", "村部", 60, 160, 8),
    ("台式电脑", "办公设备", "台", "村部", 70, 150, 6),
    ("打印复印一体机", "办公设备", "台", "村部", 28, 66, 6),
    ("高音广播设备", "公益设施", "套", "村部楼顶", 90, 210, 10),
    ("文化广场健身器材", "公益设施", "套", "文化广场", 180, 420, 10),
    ("垃圾收集箱", "公益设施", "个", "各组路口", 60, 240, 8),
    ("太阳能路灯", "公益设施", "盏", "通村路沿线", 480, 1500, 10),
    ("安全饮水蓄水池", "农田水利", "座", "后山", 900, 2600, 30),
    ("灌溉水渠", "农田水利", "条", "河边田", 1200, 4200, 30),
    ("通组水泥路", "道路桥梁", "条", "通组路", 3600, 12000, 20),
    ("漫水桥", "道路桥梁", "座", "村口河上", 800, 2400, 30),
    ("抗旱水泵", "机器设备", "台", "村部仓库", 18, 60, 8),
    ("森林防火风力灭火机", "机器设备", "台", "村部仓库", 30, 90, 8),
)
_LET: Final = {
    "school": ("旧小学校舍", "房屋建筑物", "处", 1800, 4200, 40),
    "pond": ("鱼塘塘埂和闸门", "农田水利", "处", 300, 900, 30),
    "tea": ("茶叶初制所", "房屋建筑物", "处", 900, 2400, 30),
    "workshop": ("扶贫车间厂房", "房屋建筑物", "处", 2600, 6800, 40),
    "solar": ("光伏电站", "机器设备", "座", 1800, 3600, 20),
    "forest": ("护林房", "房屋建筑物", "处", 120, 380, 30),
}


def assets_of(village: DemoVillage, year: int) -> list[Asset]:
    """The register at the end of ``year``: what was there before stays under its number, one thing is new each year."""
    die = dice(village.seed, village.code, "assets")
    kinds = sorted(die.sample(range(len(_KINDS)), die.randint(9, 13)))
    found = []
    for place, (name, category, unit, where, low, high, life) in enumerate((_KINDS[one] for one in kinds), start=1):
        many = unit in ("台", "个", "盏", "套") and name not in ("高音广播设备", "便民服务大厅桌椅")
        quantity = die.randint(2, 24 if unit in ("个", "盏") else 4) if many else 1
        bought, value = die.randint(2009, 2023), die.randint(low, high) * 10_000
        worn = min(value, value * (year - bought) // life)
        idle = name == "抗旱水泵" and die.random() < 0.5
        keeper = (
            f"{group_name(die.randint(1, village.groups))}组长"
            if where in ("后山", "河边田", "通组路")
            else village.name
        )
        found.append(
            Asset(
                f"ZC-{place:03d}", name, category, False, quantity, unit, f"{village.name}{where}",
                f"{bought}-{die.randint(1, 12):02d}", value, worn, "闲置" if idle else "自用", keeper,
            )
        )  # fmt: skip
    found += _let(village, year, len(found))
    if village.collective:
        found.append(_factory(village, year, len(found) + 1))
    return [*found, *_bought(village, year)]


def _let(village: DemoVillage, year: int, before: int) -> Iterator[Asset]:
    """What brings rent; each with its contract. Tenants that are persons are masked on public pages."""
    for place, source in enumerate(sorted(village.sources), start=before + 1):
        die = dice(village.seed, village.code, "let", source)
        name, category, unit, low, high, life = _LET[source]
        bought, value = die.randint(2006, 2021), die.randint(low, high) * 10_000
        own = source in ("solar", "forest")
        tenant = village.name if own else village.tenants[source]
        where, since = group_name(die.randint(1, village.groups)), f"{bought}-{die.randint(1, 12):02d}"
        contract = "" if own else f"{die.randint(2021, 2024)}-{die.randint(1, 20):02d}号"
        if (village.place, source) == (WITH_OTHERS, "pond"):
            where, contract = POND_SPOT, POND_CONTRACT
        yield Asset(
            f"ZC-{place:03d}", name, category, source != "forest", 1, unit,
            f"{village.name}{where}", since,
            value, min(value, value * (year - bought) // life), "自用" if own else "出租", tenant, contract,
        )  # fmt: skip


def _factory(village: DemoVillage, year: int, place: int) -> Asset:
    """The tea factory, whose rent the collective's own books have."""
    die = dice(village.seed, village.code, "let", FACTORY)
    bought, value = die.randint(2012, 2019), die.randint(4200, 9600) * 10_000
    contract = (
        FACTORY_CONTRACT if village.place == WITH_OTHERS else f"{die.randint(2022, 2024)}-{die.randint(21, 29)}号"
    )
    return Asset(
        f"ZC-{place:03d}", FACTORY, "房屋建筑物", True, 1, "处", f"{village.name}{group_name(die.randint(1, village.groups))}",
        f"{bought}-{die.randint(1, 12):02d}", value, min(value, value * (year - bought) // 30), "出租", village.tea_makers,
        contract,
    )  # fmt: skip


def _bought(village: DemoVillage, year: int) -> Iterator[Asset]:
    """One small thing each year, so that registers of two years differ."""
    for bought in range(2024, year + 1):
        die = dice(village.seed, village.code, "bought", bought)
        name, unit, low, high = die.choice(
            (
                ("应急发电机", "台", 26, 80),
                ("投影仪", "台", 24, 52),
                ("档案密集柜", "组", 30, 96),
                ("割草机", "台", 9, 28),
            )
        )
        value = die.randint(low, high) * 10_000
        yield Asset(
            f"ZC-{bought}-01", name, "办公设备" if unit == "组" or name == "投影仪" else "机器设备", False, 1, unit,
            f"{village.name}村部", f"{bought}-{die.randint(3, 11):02d}", value, min(value, value * (year - bought) // 8), "自用",
            village.name, change=f"{bought}年新购" if bought == year else "",
        )  # fmt: skip


def phones_of(village: DemoVillage, officers: Sequence[Officer]) -> dict[str, str]:
    """Everybody's own office telephone, the same in every post and year; like the village's, in an area that is none."""
    taken, found = {village.phone}, dict[str, str]()
    for one in officers:
        die = dice(village.seed, village.code, "phone", one.name)
        while one.name not in found:
            phone = f"0000-6{die.randint(100_000, 999_999)}"
            if phone not in taken:
                found[one.name] = phone
                taken.add(phone)
    return found


def officers_of(village: DemoVillage) -> list[Officer]:
    """Who answers for what; the same people hold the accounts."""
    who = village.officers
    party, committee, watch = "村党支部", "村民委员会", "村务监督委员会"
    found = [
        Officer(who.head, "书记、主任", f"{party}、{committee}", "全面工作，财务审批", "按权限审批开支，按季公开"),
        Officer(who.deputy, "副主任", committee, "农业生产、水利道路、防汛", "工程用工当天登记，验收后付款"),
        Officer(who.women, "委员、妇联主席", committee, "妇女儿童、低保和惠民补贴申报", "名单先公示，再上报"),
        Officer(who.clerk, "报账员", committee, "记账、资料、公开栏", "每季度后十天内上传账表"),
        Officer(who.chair, "主任", watch, "审核账目、监督工程", "每季度逐笔看账并签字"),
        *(Officer(one, "成员", watch, "审核账目、收集意见", "每季度逐笔看账并签字") for one in who.members),
    ]
    if village.collective:
        board = "股份经济合作社"
        found += [
            Officer(who.head, "理事长", board, "集体资产经营", "重大事项交成员代表会议决定"),
            Officer(who.board_chair, "监事会主席", board, "监督集体资产和收益分配", "每季度看账并签字"),
            *(Officer(one, "监事", board, "监督集体账目", "每季度看账并签字") for one in who.board_members),
        ]
    return found
