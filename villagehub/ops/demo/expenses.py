"""What a village pays for each month, each quarter, and in each season. Pure."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from villagehub.kernel.period import Period
from villagehub.ops.demo.entry import Entry, cents, hundreds, months_of, tens, working_day
from villagehub.ops.demo.leases import LEVY, WITH_OTHERS, levied_fen
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage
from villagehub.ops.demo.works import ATTENDED, works_of

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


def monthly(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    """Cleaners and electricity."""
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


def quarterly(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    """Group leaders, meetings, paper, journeys; newspapers and visits in their season."""
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
    present, paid_on = die.randint(18, 31), working_day(die, year, middle)
    if village.place == WITH_OTHERS:  # its decisions tell of the meeting: as many are paid, and not before they came
        present, following = ATTENDED, period.following()
        if works_of(village, following.first.year).quarter == following:
            paid_on = working_day(dice(village.seed, village.code, "meeting", period), year, last, 22, 27)
    yield Entry(
        paid_on,
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
            f"重阳节慰问老人（{aged}人，每人100元）",
            "out",
            aged * 10_000,
            "困难慰问",
            f"老人{aged}人",
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


def public_works(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    """Villagers' work, watches, repairs, rubbish."""
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
    if village.place == WITH_OTHERS and period.number == 4:
        yield Entry(
            date(year, middle, 20),
            f"{LEVY}砂石、压路机租金",
            "out",
            levied_fen(),
            "修渠、路灯等公益",
            village.shops["digging"],
        )
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
