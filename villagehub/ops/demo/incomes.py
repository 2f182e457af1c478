"""What comes in: money from above, rents, and once a year a project that is paid for and built. Pure."""

from collections.abc import Iterator
from datetime import date
from random import Random

from villagehub.kernel.period import Period
from villagehub.ops.demo.entry import Entry, cents, hundreds, months_of, working_day
from villagehub.ops.demo.leases import LEVIED, LEVY, LEVY_FEN, WITH_OTHERS, levied_fen, pond_paid_fen, pond_rent_fen
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage
from villagehub.ops.demo.works import works_of


def income(village: DemoVillage, period: Period, die: Random) -> Iterator[Entry]:
    """The usual income of a quarter; what brings rent depends on what the village owns."""
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
        half_paid = "（先缴一半）" if pond_paid_fen(village) < pond_rent_fen(village) else ""
        yield Entry(
            working_day(die, year, first),
            f"河边鱼塘{year}年承包费{half_paid}",
            "in",
            pond_paid_fen(village),
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
    if village.place == WITH_OTHERS and quarter == 4:
        heads = sum(count for _, count in LEVIED)
        yield Entry(
            date(year, first, 18),
            f"{LEVY}筹资（{heads}人，每人{LEVY_FEN // 100}元）",
            "in",
            levied_fen(),
            "一事一议筹资",
            f"一组到三组村民{heads}人",
        )
    if quarter == 1 and die.random() < 0.4:
        yield Entry(
            date(year, first, 22), "在外务工老乡捐修路款", "in", hundreds(die, 20, 90), "社会捐赠", "在外务工老乡7人"
        )
    yield Entry(date(year, last, 21), "银行存款利息", "in", cents(die, 12, 88), "存款利息", f"{village.township}农商行")


def project(village: DemoVillage, period: Period) -> Iterator[Entry]:
    """The year's project: the grant and the first payment in one quarter, the rest after the acceptance in the next."""
    works = works_of(village, period.previous().first.year)
    if works.quarter == period.previous():
        words = f"付{works.name}尾款（验收后）"
        yield Entry(works.rest_paid_on, words, "out", works.rest_fen, "工程项目", works.builder)
    works = works_of(village, period.first.year)
    if works.quarter == period:
        finance = f"{village.township}财政所"
        yield Entry(works.granted_on, f"{works.name}上级专项补助", "in", works.whole_fen, "上级补助", finance)
        words = f"付{works.name}进度款（七成）"
        yield Entry(works.first_paid_on, words, "out", works.first_fen, "工程项目", works.builder)
