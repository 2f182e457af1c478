"""What a village took in and paid in one quarter: the entries of its committee's books. Pure; amounts in whole fen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from villagehub.kernel.period import Period
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import GROUPS, DemoVillage


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a clerk's book, in the clerk's words. ``category`` is the label that villagers read."""

    day: date
    summary: str
    direction: str
    fen: int
    category: str
    payee: str = ""
    voucher: str = ""
    by_hand: bool = False
    """Paid out in cash or on a list of hands: the work of villagers."""


_PROJECTS: Final = (
    ("{group}组水渠硬化工程", 620, 1280),
    ("{group}组通组路水毁修复工程", 480, 960),
    ("安全饮水管网改造工程", 560, 1180),
    ("村文化广场整修工程", 420, 780),
    ("太阳能路灯安装工程", 360, 720),
)
"""What the township pays for once a year: name, and from to in hundreds of yuan."""

_LABOUR: Final = {
    1: ("植树节栽树人工费", "春修水渠人工费", "通村路清雪除冰人工费"),
    2: ("村东水渠清淤人工费", "饮水管道维修人工费", "堰塘清淤人工费"),
    3: ("村道除草人工费", "水毁路段清障人工费", "村东水渠清淤人工费"),
    4: ("森林防火隔离带砍草人工费", "村道除草人工费", "饮水池清洗人工费"),
}
_SEASON: Final = {
    1: ("森林防火巡山误工补贴", "购绿化苗木"),
    2: ("防汛值班误工补贴", "挖机清理塌方台班费"),
    3: ("防汛值班误工补贴", "挖机清理塌方台班费"),
    4: ("森林防火巡山误工补贴", "村道护栏维修材料"),
}


def working_day(die: Random, year: int, month: int, low: int = 3, high: int = 27) -> date:
    """A weekday of the month."""
    day = date(year, month, die.randint(low, high))
    return day - timedelta(days=max(0, day.weekday() - 4))


def hundreds(die: Random, low: int, high: int) -> int:
    """Between so many hundreds of yuan, in fen."""
    return die.randint(low, high) * 10_000


def tens(die: Random, low: int, high: int) -> int:
    """Between so many tens of yuan, in fen."""
    return die.randint(low, high) * 1_000


def cents(die: Random, low: int, high: int) -> int:
    """Between so many yuan, to the fen."""
    return die.randint(low * 100, high * 100)


def quarter_entries(village: DemoVillage, period: Period) -> list[Entry]:
    """The quarter's entries by day, with vouchers that restart each month."""
    die = dice(village.seed, village.code, "finance", period)
    found = [*_income(village, period, die), *_monthly(village, period, die), *_quarterly(village, period, die)]
    found += [*_public(village, period, die), *_project(village, period)]
    return numbered(found)


def numbered(entries: list[Entry]) -> list[Entry]:
    """By day, with voucher numbers 1, 2, 3 … in each month."""
    ordered = sorted(entries, key=lambda one: (one.day, one.direction, one.summary))
    numbers: dict[int, int] = {}
    made = []
    for one in ordered:
        numbers[one.day.month] = numbers.get(one.day.month, 0) + 1
        made.append(replace(one, voucher=str(numbers[one.day.month])))
    return made


def months_of(period: Period) -> list[tuple[int, int]]:
    """The quarter's (year, month) pairs."""
    return [(period.first.year, period.first.month + step) for step in range(3)]


def _income(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    year, first, middle, last = period.first.year, *(month for _, month in months_of(period))
    usual, quarter = dice(village.seed, village.code, "usual"), period.number
    finance = f"{village.township}财政所"
    yield Entry(
        working_day(die, year, first, 8, 25),
        f"镇财政拨{period.short_label}村级运转经费"
        if "镇" in village.township
        else f"乡财政拨{period.short_label}村级运转经费",
        "in",
        hundreds(usual, 90, 165),
        "上级补助",
        finance,
    )
    if "workshop" in village.sources:
        yield Entry(
            working_day(die, year, first),
            f"扶贫车间{period.short_label}租金",
            "in",
            hundreds(usual, 24, 45),
            "发包和出租",
            village.tenants["workshop"],
        )
    if "solar" in village.sources:
        yield Entry(
            working_day(die, year, middle, 10, 24),
            "光伏电站发电收入",
            "in",
            cents(die, 2100, 5400),
            "经营收入",
            village.shops["power"],
        )
    if "pond" in village.sources and quarter == 3:
        yield Entry(
            working_day(die, year, first),
            f"鱼塘{year}年租金",
            "in",
            hundreds(usual, 80, 200),
            "发包和出租",
            village.tenants["pond"],
        )
    if "tea" in village.sources and quarter == 1:
        yield Entry(
            working_day(die, year, last),
            f"村集体茶园{year}年承包费",
            "in",
            hundreds(usual, 60, 150),
            "发包和出租",
            village.tenants["tea"],
        )
    if "school" in village.sources and quarter in (1, 3):
        half = "上半年" if quarter == 1 else "下半年"
        yield Entry(
            working_day(die, year, first, 10, 20),
            f"旧小学校舍{half}租金",
            "in",
            hundreds(usual, 30, 70),
            "发包和出租",
            village.tenants["school"],
        )
    if "forest" in village.sources and quarter == 4:
        yield Entry(
            working_day(die, year, middle),
            f"{year}年集体公益林补偿",
            "in",
            cents(usual, 5200, 13000),
            "上级补助",
            finance,
        )
    if quarter == 1 and die.random() < 0.4:
        yield Entry(
            date(year, first, 22), "在外务工老乡捐修路款", "in", hundreds(die, 20, 90), "社会捐赠", "在外务工老乡7人"
        )
    yield Entry(date(year, last, 21), "银行存款利息", "in", cents(die, 12, 88), "存款利息", f"{village.township}农商行")


def _monthly(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    usual = dice(village.seed, village.code, "monthly")
    wage, lamp = tens(usual, 50, 80), usual.randint(140, 420)
    for year, month in months_of(period):
        yield Entry(
            working_day(die, year, month, 24, 27),
            f"发{month}月保洁员工资（{len(village.cleaners)}人）",
            "out",
            wage * len(village.cleaners),
            "修渠、路灯等公益",
            f"保洁员{len(village.cleaners)}人",
            by_hand=True,
        )
        yield Entry(
            working_day(die, year, month, 8, 16),
            f"{month}月村部和路灯电费",
            "out",
            cents(die, lamp, lamp + 160),
            "办公水电",
            village.shops["power"],
        )


def _quarterly(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    year, first, middle, last = period.first.year, *(month for _, month in months_of(period))
    usual, quarter = dice(village.seed, village.code, "quarterly"), period.number
    leader = tens(usual, 30, 60)
    yield Entry(
        working_day(die, year, last, 20, 27),
        f"发{period.short_label}村民小组长误工补贴",
        "out",
        leader * village.groups,
        "干部报酬和误工",
        f"小组长{village.groups}人",
        by_hand=True,
    )
    present = die.randint(18, 31)
    yield Entry(
        working_day(die, year, middle),
        f"村民代表会议误工补贴（{present}人，每人30元）",
        "out",
        present * 3_000,
        "干部报酬和误工",
        f"村民代表{present}人",
        by_hand=True,
    )
    yield Entry(
        working_day(die, year, first),
        "购打印纸、笔记本等办公用品",
        "out",
        tens(die, 22, 86),
        "办公水电",
        village.shops["stationery"],
    )
    yield Entry(
        working_day(die, year, die.choice((first, middle, last))),
        "村干部到县里开会、送资料车费",
        "out",
        tens(die, 8, 26),
        "办公水电",
        village.officers.deputy,
    )
    if die.random() < 0.45:
        what = "制作村务公开栏" if die.random() < 0.5 else "印制宣传单、横幅"
        yield Entry(
            working_day(die, year, middle), what, "out", tens(die, 30, 120), "办公水电", village.shops["printing"]
        )
    if quarter == 4:
        yield Entry(
            working_day(die, year, middle),
            f"订{year + 1}年报刊",
            "out",
            tens(usual, 126, 238),
            "办公水电",
            "青禾县邮政分公司",
        )
        aged = sum(1 for one in village.households if one.aged) * 3
        yield Entry(
            working_day(die, year, first, 14, 24),
            f"重阳节慰问高龄老人（{aged}人，每人100元）",
            "out",
            aged * 10_000,
            "困难慰问",
            f"高龄老人{aged}人",
            by_hand=True,
        )
    if quarter == 1:
        poor = max(5, sum(1 for one in village.households if one.poor) + 3)
        yield Entry(
            working_day(die, year, first, 16, 26),
            f"春节慰问困难户（{poor}户，每户300元）",
            "out",
            poor * 30_000,
            "困难慰问",
            f"困难户{poor}户",
            by_hand=True,
        )


def _public(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    year, first, middle, last = period.first.year, *(month for _, month in months_of(period))
    days = die.randint(6, 18)
    yield Entry(
        working_day(die, year, die.choice((first, middle))),
        f"{die.choice(_LABOUR[period.number])}（{days}个工，每工120元）",
        "out",
        days * 12_000,
        "修渠、路灯等公益",
        die.choice(village.labourers),
        by_hand=True,
    )
    watch, extra = _SEASON[period.number]
    turns = die.randint(10, 24)
    yield Entry(
        working_day(die, year, last),
        f"{watch}（{turns}班，每班60元）",
        "out",
        turns * 6_000,
        "干部报酬和误工",
        f"值班人员{die.randint(4, 8)}人",
        by_hand=True,
    )
    if die.random() < 0.7:
        payee = village.shops["seedling" if "苗木" in extra else "digging" if "挖机" in extra else "building"]
        yield Entry(working_day(die, year, middle), extra, "out", hundreds(die, 9, 38), "修渠、路灯等公益", payee)
    if die.random() < 0.6:
        yield Entry(
            working_day(die, year, last),
            "购路灯配件",
            "out",
            tens(die, 24, 118),
            "修渠、路灯等公益",
            village.shops["building"],
        )
    yield Entry(
        working_day(die, year, last, 15, 26),
        f"{period.short_label}垃圾清运费",
        "out",
        hundreds(dice(village.seed, village.code, "rubbish"), 12, 24),
        "修渠、路灯等公益",
        f"{village.township}环卫站",
    )


def _project(village: DemoVillage, period: Period) -> Iterator[Entry]:
    """The year's project: the grant and the first payment in one quarter, the rest after the acceptance in the next."""
    for earlier, at in ((False, period), (True, period.previous())):
        die = dice(village.seed, village.code, "project", at.first.year)
        name, low, high = die.choice(_PROJECTS)
        name = name.format(group=GROUPS[die.randrange(village.groups)])
        sum_fen, quarter, builder = hundreds(die, low, high), die.randint(1, 4), village.shops["works"]
        if at.number != quarter:
            continue
        months = months_of(period)
        if earlier:
            year, month = months[0]
            rest = sum_fen - sum_fen * 7 // 10
            yield Entry(
                working_day(die, year, month, 12, 25), f"付{name}尾款（验收后）", "out", rest, "工程项目", builder
            )
            continue
        year, month = months[0]
        yield Entry(
            working_day(die, year, month, 5, 15),
            f"{name}上级专项补助",
            "in",
            sum_fen,
            "上级补助",
            f"{village.township}财政所",
        )
        year, month = months[2]
        yield Entry(
            working_day(die, year, month, 10, 25),
            f"付{name}进度款（七成）",
            "out",
            sum_fen * 7 // 10,
            "工程项目",
            builder,
        )
