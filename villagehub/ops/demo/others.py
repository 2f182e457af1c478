"""The further sections of the first village: what it owns by nature, has let, decided, built, owes and was given. Pure.

One sheet each, laid out as the section's template has it, a few rows; the names are the village's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from villagehub.ledgers.templates import ledger_columns, ledger_heading
from villagehub.ops.demo import others_in_words as in_words
from villagehub.ops.demo.calendar import last_quarters
from villagehub.ops.demo.others_in_words import Row
from villagehub.ops.demo.paper import Cell, Paper, as_xlsx, title_merges
from villagehub.ops.demo.registers import Asset, assets_of
from villagehub.ops.demo.villages import DemoVillage, group_name
from villagehub.sections import section_named

WITH_OTHERS: Final = 0
"""The place of the village that publishes everything."""
OPEN_FOR: Final = 8
"""Days since the 公示 that is still open was put up."""


@dataclass(frozen=True, slots=True)
class Other:
    """One account of a further section: its period as ``Period.parse`` reads it, its rows by field, its clerk's sheet's title."""

    section: str
    period: str
    rows: tuple[Row, ...]


def others_of(village: DemoVillage, today: date) -> Iterator[Other]:
    """All further accounts of the village, most of them of the last whole year and quarter."""
    quarter = last_quarters(today)[-1]
    year = str(today.year - 1)
    # The pond's rent of this spring is owed in part; in the first quarter's books it is still last spring's.
    spring = quarter.first.year if quarter.number > 1 else quarter.first.year - 1
    let = [one for one in assets_of(village, today.year - 1) if one.contract]
    yield Other("resources", year, tuple(_resources(village)))
    yield Other("contracts", year, tuple(_contracts(village, let, spring, today)))
    yield Other("debts", str(quarter), tuple(_debts(village, spring)))
    yield Other("projects", year, tuple(_projects(village, today)))
    yield Other("powers", year, tuple(in_words.powers_of(village)))
    yield Other("guides", year, tuple(in_words.guides_of(village)))
    yield Other("decisions", str(quarter), tuple(in_words.decisions_of(quarter.first)))
    yield Other("compensation", f"{quarter.last:%Y-%m}", tuple(_compensation(village, quarter.last)))
    yield Other("levies", year, tuple(_levies()))
    yield Other("donations", str(quarter), tuple(_donations(quarter.first)))
    yield Other("statements", year, tuple(_statement()))
    yield Other("notices", f"{quarter.last:%Y-%m}", tuple(in_words.notices_of(village, quarter.last)))
    ended, still = quarter.last - timedelta(days=25), today - timedelta(days=OPEN_FOR)
    yield Other("announcements", str(ended), (in_words.ended_of(village, ended),))
    yield Other("announcements", str(still), tuple(in_words.open_of(village, still, today)))


def other_sheet(other: Other, title: str, clerk: str) -> bytes:
    """The clerk's sheet: title, headings of the template, rows, who made it."""
    section = section_named(other.section)
    columns = [one for one in ledger_columns(section) if any(row.get(one[0]) is not None for row in other.rows)]
    body = [tuple(row.get(name) for name, _ in columns) for row in other.rows]
    rows: list[tuple[Cell, ...]] = [
        (title,),
        tuple(ledger_heading(name, one) for name, one in columns),
        *body,
        (f"制表人：{clerk}",),
    ]
    widths = dict.fromkeys(range(1, len(columns) + 1), 18)
    return as_xlsx([Paper(section.title, tuple(rows), (2, 2), tuple(title_merges(1, len(columns))), 1, widths)])


def _resources(village: DemoVillage) -> Iterator[Row]:
    yield {
        "resource_no": "ZY-001",
        "name": "河边鱼塘",
        "kind": "养殖水面",
        "location": "二组河边",
        "east": "机耕路",
        "south": "河堤",
        "area": Decimal("12.5"),
        "measured_by": "实测",
        "leased_area": Decimal("12.5"),
        "use_mode": "发包",
        "lessee": village.tenants["pond"],
        "contract_no": "HT-01",
    }
    yield {
        "resource_no": "ZY-002",
        "name": "后山机动地",
        "kind": "耕地",
        "location": "一组后山",
        "area": Decimal("36"),
        "measured_by": "确权",
        "leased_area": Decimal("20"),
        "idle_area": Decimal("16"),
        "use_mode": "闲置",
    }
    yield {
        "resource_no": "ZY-003",
        "name": "老鹰岩山林",
        "kind": "林地",
        "location": "三组老鹰岩",
        "area": Decimal("480"),
        "use_mode": "自营",
    }


def _contracts(village: DemoVillage, let: Sequence[Asset], spring: int, today: date) -> Iterator[Row]:
    yield {
        "contract_no": "HT-01",
        "title": "河边鱼塘承包合同",
        "kind": "发包",
        "object_no": "ZY-001",
        "party_a": village.name + "村民委员会",
        "party_b": village.tenants["pond"],
        "area": Decimal("12.5"),
        "starts_on": f"{spring - 3}-04-01",
        "ends_on": f"{spring + 2}-03-31",
        "rent": 24000,
        "pay_cycle": "每年3月底前缴清",
        "due": 48000,
        "paid": 36000,
        "arrears": 12000,
        "schedule": f"{spring - 1}-03-31｜24000｜24000；{spring}-03-31｜24000｜12000；{spring + 1}-03-31｜24000",
        "decision": "村民代表会议表决通过",
        "bid_mode": "公开竞价",
    }
    for place, one in enumerate(let, start=2):
        ends = today + timedelta(days=54) if place == 2 else date(today.year + place, 6, 30)
        yield {
            "contract_no": one.contract,
            "title": f"{one.name}租赁合同",
            "kind": "租赁",
            "object_no": one.number,
            "party_a": f"{village.name}村民委员会",
            "party_b": one.keeper,
            "starts_on": f"{today.year - 2}-07-01",
            "ends_on": str(ends),
            "rent": one.original_fen // 2000,
            "due": one.original_fen // 2000,
            "paid": one.original_fen // 2000,
            "arrears": 0,
            "bid_mode": "公开竞价",
        }


def _debts(village: DemoVillage, spring: int) -> Iterator[Row]:
    yield {
        "debt_no": "ZQ-01",
        "kind": "别人欠村里",
        "counterparty": village.tenants["pond"],
        "cause": "鱼塘承包费",
        "original": 24000,
        "settled": 12000,
        "balance": 12000,
        "since": f"{spring - 1}-04",
        "due_on": f"{spring}-03-31",
    }
    yield {
        "debt_no": "ZW-01",
        "kind": "村里欠银行",
        "counterparty": "青禾农村商业银行",
        "cause": "修通组路贷款",
        "original": 100000,
        "settled": 40000,
        "balance": 60000,
        "due_on": f"{spring + 2}-12-31",
        "interest_rate": "年利率3.45%",
    }


def _projects(village: DemoVillage, today: date) -> Iterator[Row]:
    year = today.year - 1
    yield {
        "project_no": f"XM-{year}-01",
        "name": "村东水渠清淤",
        "location": "一组到三组",
        "content": "清淤1.8公里，补砌护坡",
        "fund_source": "村集体资金",
        "stage": "结算",
        "approved_on": f"{year}-03-10",
        "approval": "村民代表会议决议",
        "budget": 68000,
        "bid_on": f"{year}-04-02",
        "bid_mode": "三家比价",
        "winner": "青禾水利施工队",
        "contract_no": "HT-90",
        "contract_on": f"{year}-04-08",
        "contract_price": 63800,
        "accepted_on": f"{year}-06-20",
        "accepted_by": "村务监督委员会、村民代表",
        "settled_on": f"{year}-07-15",
        "settlement": 65200,
        "paid": 65200,
    }
    yield {
        "project_no": f"XM-{year}-02",
        "name": "通组路路灯",
        "location": "二组到三组的路",
        "fund_source": "上级补助",
        "stage": "合同",
        "approved_on": f"{year}-09",
        "budget": 42000,
        "bid_on": f"{year}-11-05",
        "bid_mode": "公开比选",
        "winner": "青禾县明亮路灯厂",
        "contract_no": "HT-91",
        "contract_on": f"{year}-11-20",
        "contract_price": 39600,
        "paid": 12000,
    }
    yield {
        "project_no": f"XM-{year}-03",
        "name": "通组路扩宽",
        "stage": "立项",
        "approved_on": f"{year}-12",
        "budget": 260000,
    }


def _compensation(village: DemoVillage, last: date) -> Iterator[Row]:
    areas = ("1.2", "0.35", "0.8", "2.1", "0.6", "1.05")
    for place, (area, one) in enumerate(zip(areas, village.households, strict=False), start=1):
        yield {
            "project": "通村公路扩宽",
            "batch": "第一批",
            "group_name": group_name(one.group),
            "recipient": one.head,
            "parcel": f"河边田{place}号",
            "basis": Decimal(area),
            "rate": 38000,
            "amount": int(Decimal(area) * 38000),
            "paid_on": str(last - timedelta(days=12)),
            "pay_method": "打卡",
            "state": "已付",
        }


def _levies() -> Iterator[Row]:
    for group, heads in (("一组", 126), ("二组", 88), ("三组", 104)):
        yield {
            "project": "修机耕路",
            "group_name": group,
            "heads": heads,
            "standard": 20,
            "due": heads * 20,
            "collected": heads * 20,
            "days_done": heads // 2,
            "spent": heads * 20,
            "purpose": "买砂石、租压路机",
            "decision": "村民会议",
        }


def _donations(first: date) -> Iterator[Row]:
    yield {
        "occurred_on": str(first + timedelta(days=30)),
        "summary": "抗旱水泵三台",
        "in": 5400,
        "category": "东西",
        "counterparty": "青禾县山里人食品厂",
    }
    yield {
        "occurred_on": str(first + timedelta(days=41)),
        "summary": "给老年活动室买桌椅",
        "in": 2000,
        "category": "钱",
        "counterparty": "不愿留名的村民",
    }
    yield {
        "occurred_on": str(first + timedelta(days=48)),
        "summary": "水泵分给三个组用",
        "out": 5400,
        "category": "东西",
    }


def _statement() -> Iterator[Row]:
    lines = (
        ("货币资金", 86000, 72000),
        ("应收款项", 12000, 0),
        ("流动资产合计", 98000, 72000),
        ("固定资产净值", 773000, 810000),
        ("非流动资产合计", 773000, 810000),
        ("资产总计", 871000, 882000),
        ("应付款项", 11000, 20000),
        ("长期借款及应付款", 60000, 80000),
        ("负债合计", 71000, 100000),
        ("公积公益金", 760000, 752000),
        ("未分配收益", 40000, 30000),
        ("所有者权益合计", 800000, 782000),
    )
    for number, (item, now, before) in enumerate(lines, start=1):
        yield {"statement": "资产负债表", "line_no": str(number), "item": item, "amount": now, "before": before}
