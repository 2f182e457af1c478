"""The first village's land, contracts, debts, balance sheet, levy and gifts: rows whose figures agree with its books. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from villagehub.kernel.period import Period
from villagehub.ops.demo import leases
from villagehub.ops.demo.collective import Book
from villagehub.ops.demo.entries import quarter_entries
from villagehub.ops.demo.others_in_words import Row
from villagehub.ops.demo.paper import amount
from villagehub.ops.demo.registers import assets_of
from villagehub.ops.demo.villages import DemoVillage

_LOAN_FEN, _PAID_BACK_FEN = 10_000_000, 4_000_000
"""Borrowed long ago; nothing was paid back in the year that is public."""
_RESERVED_IN_EARNINGS_FEN = 3_000_000


def resources_of(village: DemoVillage) -> Iterator[Row]:
    """What is let names its contract; what lies idle is a place of its own."""
    pond, land = leases.POND_MU, leases.LAND_MU
    yield {
        "resource_no": "ZY-001",
        "name": "河边鱼塘",
        "kind": "养殖水面",
        "location": leases.POND_SPOT,
        "east": "机耕路",
        "south": "河堤",
        "area": pond,
        "measured_by": "实测",
        "leased_area": pond,
        "use_mode": "发包",
        "lessee": village.tenants["pond"],
        "contract_no": leases.POND_CONTRACT,
    }
    yield {
        "resource_no": "ZY-002",
        "name": "后山机动地（坡上）",
        "kind": "耕地",
        "location": "一组后山",
        "area": land,
        "measured_by": "确权",
        "leased_area": land,
        "use_mode": "发包",
        "lessee": leases.land_tenant(village),
        "contract_no": leases.LAND_CONTRACT,
    }
    yield {
        "resource_no": "ZY-003",
        "name": "后山机动地（坡下）",
        "kind": "耕地",
        "location": "一组后山",
        "area": Decimal("16.00"),
        "measured_by": "确权",
        "idle_area": Decimal("16.00"),
        "use_mode": "闲置",
    }
    yield {
        "resource_no": "ZY-004",
        "name": "老鹰岩山林",
        "kind": "林地",
        "location": "三组老鹰岩",
        "area": Decimal("480.00"),
        "use_mode": "自营",
    }


def contracts_of(village: DemoVillage, quarter: Period, built: Sequence[Row], today: date) -> Iterator[Row]:
    """As they stand at the quarter's end: the pond in arrears, the land about to end, and each project's contract."""
    council, last = f"{village.name}村民委员会", leases.rent_year(quarter)
    rent, paid = leases.pond_rent_fen(village), leases.pond_paid_fen(village)
    years = range(last - 3, last + 2)
    plan = [
        f"{leases.pond_day(year)}｜{amount(rent)}｜{amount(rent if year < last else paid if year == last else 0)}"
        for year in years
    ]
    assets = [one.number for one in assets_of(village, today.year - 1) if one.contract == leases.POND_CONTRACT]
    yield {
        "contract_no": leases.POND_CONTRACT,
        "title": "河边鱼塘承包合同",
        "kind": "发包",
        "object_no": "ZY-001",
        "party_a": council,
        "party_b": village.tenants["pond"],
        "area": leases.POND_MU,
        "signed_on": f"{years[0]}-06-20",
        "starts_on": f"{years[0]}-07-01",
        "ends_on": f"{years[-1] + 1}-06-30",
        "rent": amount(rent),
        "pay_cycle": "每年7月底前缴清",
        "due": amount(rent * 4),
        "paid": amount(rent * 3 + paid),
        "arrears": amount(rent - paid),
        "schedule": "；".join(plan),
        "decision": "村民代表会议表决通过",
        "bid_mode": "公开竞价",
        "note": f"塘埂和闸门（{'、'.join(assets)}）随塘一起用，不另收钱",
    }
    starts, ends = leases.land_term(today)
    whole = leases.land_rent_fen()
    yield {
        "contract_no": leases.LAND_CONTRACT,
        "title": "后山机动地（坡上）承包合同",
        "kind": "发包",
        "object_no": "ZY-002",
        "party_a": council,
        "party_b": leases.land_tenant(village),
        "area": leases.LAND_MU,
        "starts_on": str(starts),
        "ends_on": str(ends),
        "whole": amount(whole),
        "rent": amount(whole // leases.LAND_YEARS),
        "pay_cycle": "签合同时一次缴清",
        "due": amount(whole),
        "paid": amount(whole),
        "arrears": 0,
        "schedule": f"{starts}｜{amount(whole)}｜{amount(whole)}",
        "bid_mode": "公开竞价",
    }
    for one in built:
        if one.get("contract_no"):
            yield {
                "contract_no": one["contract_no"],
                "title": f"{one['name']}施工合同",
                "kind": "工程",
                "object_no": one["project_no"],
                "party_a": council,
                "party_b": one["winner"],
                "signed_on": one["contract_on"],
                "whole": one["contract_price"],
                "bid_mode": one["bid_mode"],
                "change": one.get("change"),
                "note": "村里付钱，付了多少看工程项目",
            }
    yield _factory_let(village, quarter, today)


def _factory_let(village: DemoVillage, quarter: Period, today: date) -> Row:
    """What the collective let: the rents that fell due until the quarter's end are in its own books."""
    rent, days = leases.usual_of(village).factory_fen, leases.factory_days(quarter)
    over = [day for day in days if day <= quarter.last]
    plan = [f"{day}｜{amount(rent)}｜{amount(rent if day in over else 0)}" for day in days]
    (asset,) = [one for one in assets_of(village, today.year - 1) if one.contract == leases.FACTORY_CONTRACT]
    return {
        "contract_no": leases.FACTORY_CONTRACT,
        "title": f"{leases.FACTORY}租赁合同",
        "kind": "租赁",
        "object_no": asset.number,
        "party_a": village.cooperative,
        "party_b": asset.keeper,
        "signed_on": f"{days[0].year - 1}-12-20",
        "starts_on": f"{days[0].year}-01-01",
        "ends_on": f"{days[-1].year}-12-31",
        "rent": amount(rent * 4),
        "pay_cycle": "每季度缴一次，第二个月底前缴清",
        "due": amount(rent * len(over)),
        "paid": amount(rent * len(over)),
        "arrears": 0,
        "schedule": "；".join(plan),
        "decision": "成员代表会议表决通过",
        "bid_mode": "公开竞价",
        "note": "租金进股份经济合作社自己的账",
    }


def debts_of(village: DemoVillage, quarter: Period) -> Iterator[Row]:
    """The rest of the pond's rent, and the loan."""
    year = leases.rent_year(quarter)
    rent, paid = leases.pond_rent_fen(village), leases.pond_paid_fen(village)
    yield {
        "debt_no": "ZQ-01",
        "kind": "别人欠村里",
        "counterparty": village.tenants["pond"],
        "cause": f"河边鱼塘{year}年承包费",
        "original": amount(rent),
        "settled": amount(paid),
        "balance": amount(rent - paid),
        "since": f"{year}-07",
        "due_on": str(leases.pond_day(year)),
    }
    yield {
        "debt_no": "ZW-01",
        "kind": "村里欠银行",
        "counterparty": "青禾农村商业银行",
        "cause": "修通组路贷款",
        "original": amount(_LOAN_FEN),
        "settled": amount(_PAID_BACK_FEN),
        "balance": amount(_LOAN_FEN - _PAID_BACK_FEN),
        "due_on": f"{quarter.first.year + 2}-12-31",
        "interest_rate": "年利率3.45%",
        "note": "利息到期一次付清",
    }


def levies_of() -> Iterator[Row]:
    """What each group raised for the field road."""
    rate = leases.LEVY_FEN
    for group, heads in leases.LEVIED:
        yield {
            "project": leases.LEVY,
            "group_name": group,
            "heads": heads,
            "standard": rate // 100,
            "due": amount(heads * rate),
            "collected": amount(heads * rate),
            "days_done": heads // 2,
            "spent": amount(heads * rate),
            "purpose": "买砂石、租压路机",
            "decision": "村民会议",
        }


def donations_of(book: Book) -> Iterator[Row]:
    """Every gift of money in the quarter's books, and things, which no book of money has."""
    first = book.period.first
    for one in book.entries:
        if one.category == "社会捐赠":
            yield {
                "occurred_on": str(one.day),
                "summary": one.summary,
                "in": amount(one.fen),
                "category": "钱",
                "counterparty": one.payee,
            }
    for days, summary, side, fen, giver in (
        (30, "抗旱水泵三台", "in", 540_000, "青禾县山里人食品厂"),
        (41, "老年活动室桌椅八套", "in", 200_000, "不愿留名的村民"),
        (45, "桌椅放进老年活动室", "out", 200_000, None),
        (48, "水泵分给三个组用", "out", 540_000, None),
    ):
        yield {
            "occurred_on": str(first + timedelta(days=days)),
            "summary": summary,
            side: amount(fen),
            "category": "东西",
            "counterparty": giver,
        }


def statement_of(village: DemoVillage, books: Sequence[Book]) -> Iterator[Row]:
    """The balance sheet at the end of the year whose last quarter is among ``books``."""
    final = next(one for one in books if one.period.number == 4)
    year = final.period.first.year
    rent_is_open = leases.rent_year(books[-1].period) == year
    owed = (leases.pond_rent_fen(village) - leases.pond_paid_fen(village)) if rent_is_open else 0
    columns = [
        _lines(village, year, final.closing_fen, owed, _RESERVED_IN_EARNINGS_FEN + 1_000_000),
        _lines(village, year - 1, _cash_before(village, books, year), 0, _RESERVED_IN_EARNINGS_FEN),
    ]
    for number, (item, now) in enumerate(columns[0].items(), start=1):
        yield {
            "statement": "资产负债表",
            "line_no": str(number),
            "item": item,
            "amount": amount(now),
            "before": amount(columns[1][item]),
        }


def _cash_before(village: DemoVillage, books: Sequence[Book], year: int) -> int:
    """What was left on the last day before ``year``, counted back over its quarters that are public no more."""
    first = next(one for one in books if one.period.first.year == year)
    cash, quarter = first.opening_fen, first.period
    while quarter.number > 1:
        quarter = quarter.previous()
        cash -= sum(one.fen if one.direction == "in" else -one.fen for one in quarter_entries(village, quarter))
    return cash


def _lines(village: DemoVillage, year: int, cash: int, owed: int, earnings: int) -> dict[str, int]:
    assets, loan = assets_of(village, year), _LOAN_FEN - _PAID_BACK_FEN
    original, gone = sum(one.original_fen for one in assets), sum(one.gone_fen for one in assets)
    net, whole = original - gone, cash + owed + original - gone
    return {
        "货币资金": cash,
        "应收款项": owed,
        "流动资产合计": cash + owed,
        "固定资产原值": original,
        "减：累计折旧": gone,
        "固定资产净值": net,
        "非流动资产合计": net,
        "资产总计": whole,
        "长期借款及应付款": loan,
        "负债合计": loan,
        "公积公益金": whole - loan - earnings,
        "未分配收益": earnings,
        "所有者权益合计": whole - loan,
    }
